import {readFileSync} from 'node:fs';
import {resolve} from 'node:path';

/** An uplink of a real device: its bytes, and what the maker's own decoder makes of them. */
export type RecordedUplink = {
  device: string;
  payload_hex: string;
  decoded: Record<string, number | {value: number; unit: string | null}>;
};

export const UPLINKS = JSON.parse(
  readFileSync(resolve(import.meta.dirname, '../../fixtures/payloads/decentlab/uplinks.json'), 'utf8'),
) as RecordedUplink[];

/** What the maker's decoder says, in the catalogue's units: element and statistic → value. */
export type MeasuredRow = {name: string; element: string; statistic?: string; factor?: number};
export const MEASURED: Record<string, MeasuredRow[]> = {
  'DL-ATM41': [
    {name: 'Air temperature', element: 'air_temperature'},
    {name: 'Relative humidity', element: 'relative_humidity'},
    {name: 'Atmospheric pressure', element: 'air_pressure', factor: 10},
    {name: 'Wind speed', element: 'wind_speed', statistic: 'mean'},
    {name: 'Maximum wind speed', element: 'wind_speed', statistic: 'max'},
    {name: 'Wind direction', element: 'wind_direction', statistic: 'mean'},
    {name: 'Solar radiation', element: 'solar_radiation', statistic: 'mean'},
    {name: 'Precipitation', element: 'precipitation', statistic: 'sum'},
  ],
  'DL-PM': [
    {name: 'Air temperature', element: 'air_temperature'},
    {name: 'Air humidity', element: 'relative_humidity'},
    {name: 'Barometric pressure', element: 'air_pressure', factor: 0.01},
    {name: 'PM2.5 mass concentration', element: 'pm2_5', statistic: 'mean'},
    {name: 'PM10 mass concentration', element: 'pm10', statistic: 'mean'},
  ],
  'DL-NTU': [{name: 'Turbidity in NTU', element: 'turbidity'}],
  'DL-5TM': [
    {name: 'Soil temperature', element: 'soil_temperature'},
    {name: 'Volumetric water content', element: 'soil_moisture'},
  ],
  'DL-TRS11': [
    {name: 'Soil temperature', element: 'soil_temperature'},
    {name: 'Volumetric water content', element: 'soil_moisture'},
  ],
  'DL-SHT35': [
    {name: 'Air temperature', element: 'air_temperature'},
    {name: 'Air humidity', element: 'relative_humidity'},
  ],
  'DL-ALB': [{name: 'Incoming radiation', element: 'solar_radiation', statistic: 'mean'}],
  'DL-TBRG': [{name: 'Precipitation', element: 'precipitation', statistic: 'sum'}],
  'DL-GMM': [
    {name: 'Air temperature', element: 'air_temperature'},
    {name: 'Air humidity', element: 'relative_humidity'},
    {name: 'CO2 concentration', element: 'carbon_dioxide'},
    {name: 'Atmospheric pressure', element: 'air_pressure', factor: 10},
  ],
};

export function decodedValue({decoded}: RecordedUplink, name: string): number {
  return (decoded[name] as {value: number}).value;
}

/** The decoder's output as a network server carries it: names in small letters with _, each with value and unit. */
function decodedObject({decoded}: RecordedUplink): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(decoded).map(([name, value]) => [
      name
        .toLowerCase()
        .replace(/[^a-z0-9]+/g, '_')
        .replace(/_$/, ''),
      typeof value === 'number' ? value : {displayName: name, ...value},
    ]),
  );
}

const base64 = ({payload_hex}: RecordedUplink) => Buffer.from(payload_hex, 'hex').toString('base64');
export const DEV_EUI = '70b3d57ba0000f2c';

/**
 * A ChirpStack v4 `up` event. Shape: integration.UplinkEvent of the ChirpStack API (docs.rs/chirpstack_api 4.x) in its JSON
 * form, and chirpstack.io/docs/chirpstack/integrations/events.html.
 */
export function chirpstackUp(uplink: RecordedUplink, more: object = {}) {
  return {
    deduplicationId: '3ac7e3c4-4401-4b8d-9386-a5c902f9202d',
    time: '2026-11-22T07:00:00.123456+00:00',
    deviceInfo: {
      tenantId: '52f14cd4-c6f1-4fbd-8f87-4025e1d49242',
      tenantName: 'Island',
      applicationId: 'ca739e26-7b67-4f14-b69e-d568c22a5a75',
      applicationName: 'field',
      deviceProfileId: '605d08d4-65f5-4d2c-8a5a-3d2457662f79',
      deviceProfileName: uplink.device,
      deviceName: `${uplink.device} by the pond`,
      devEui: DEV_EUI,
      tags: {},
    },
    devAddr: '00189440',
    adr: true,
    dr: 1,
    fCnt: 4,
    fPort: 1,
    confirmed: false,
    data: base64(uplink),
    object: decodedObject(uplink),
    rxInfo: [{gatewayId: '0016c001f153a14c', uplinkId: 4217106255, rssi: -97, snr: 7.5}],
    txInfo: {frequency: 868100000, modulation: {lora: {bandwidth: 125000, spreadingFactor: 11}}},
    ...more,
  };
}

/**
 * An uplink message of The Things Stack v3. Shape: thethingsindustries.com/docs/integrations/data-formats. Empty fields
 * are left out there.
 */
export function thingsStackUp(uplink: RecordedUplink | null, message: object = {}) {
  return {
    end_device_ids: {
      device_id: 'pond-station',
      application_ids: {application_id: 'field'},
      dev_eui: DEV_EUI.toUpperCase(),
      join_eui: '800000000000000C',
      dev_addr: '00BCB929',
    },
    correlation_ids: ['as:up:01E0WZGT6Y7657CPFPE5WEYDSQ'],
    received_at: '2026-11-22T07:00:01.512Z',
    uplink_message: {
      session_key_id: 'AXA50tHUUfLtKmQHFtFbsA==',
      f_port: 1,
      f_cnt: 4,
      ...(uplink === null ? {} : {frm_payload: base64(uplink), decoded_payload: decodedObject(uplink)}),
      rx_metadata: [{gateway_ids: {gateway_id: 'roof', eui: '9C5C8E00001A05C4'}, rssi: -97, snr: 7.5}],
      settings: {data_rate: {lora: {bandwidth: 125000, spreading_factor: 7}}, frequency: '868100000'},
      received_at: '2026-11-22T07:00:00.123456789Z',
      consumed_airtime: '0.056576s',
      ...message,
    },
  };
}
