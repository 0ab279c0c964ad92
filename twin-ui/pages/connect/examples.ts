/**
 * A message as each network sends it, to try the page with before a device is there. Shapes follow the public
 * documentation: ChirpStack integration events, The Things Stack data formats, Zigbee2MQTT messages. Numbers are made up.
 */
const TIME = '2026-11-22T07:00:00.123Z';

export const EXAMPLES: Readonly<Record<string, {topic: string; payload: unknown}>> = {
  'chirpstack-v4': {
    topic: 'application/ca739e26-7b67-4f14-b69e-d568c22a5a75/device/70b3d57ba0000f2c/event/up',
    payload: {
      time: TIME,
      deviceInfo: {
        applicationName: 'field',
        deviceName: 'Station by the pond',
        devEui: '70b3d57ba0000f2c',
      },
      fCnt: 4,
      fPort: 1,
      data: 'Ag8s',
      object: {
        air_temperature: {value: 18.25, unit: '°C'},
        air_humidity: {value: 71.4, unit: '%'},
        barometric_pressure: {value: 99320, unit: 'Pa'},
        soil_moisture: 31.2,
        battery_voltage: {value: 3.61, unit: 'V'},
      },
      rxInfo: [{gatewayId: '0016c001f153a14c', rssi: -97, snr: 7.5}],
    },
  },
  'the-things-stack-v3': {
    topic: 'v3/field@island/devices/pond-station/up',
    payload: {
      end_device_ids: {device_id: 'pond-station', dev_eui: '70B3D57BA0000F2C'},
      received_at: TIME,
      uplink_message: {
        f_port: 1,
        f_cnt: 4,
        decoded_payload: {temperature: 18.25, humidity: 71.4},
        normalized_payload: [{air: {temperature: 18.25, relativeHumidity: 71.4, pressure: 993.2}}],
        rx_metadata: [{gateway_ids: {gateway_id: 'roof'}, rssi: -97, snr: 7.5}],
        received_at: TIME,
      },
    },
  },
  zigbee2mqtt: {
    topic: 'zigbee2mqtt/greenhouse',
    payload: {
      temperature: 21.6,
      humidity: 64.2,
      pressure: 993,
      soil_moisture: 38,
      battery: 92,
      linkquality: 120,
      last_seen: TIME,
    },
  },
};
