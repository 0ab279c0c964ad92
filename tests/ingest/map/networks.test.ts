import {resolve} from 'node:path';
import {describe, expect, it} from 'vitest';
import {ELEMENTS, type ElementType, type ReadingMap} from '#schemas';
import {createMapBook, type MapBook} from '../../../ingest/map/index.ts';
import {previewMap} from '../../../ingest/pipeline/index.ts';
import {
  chirpstackUp,
  decodedValue,
  MEASURED,
  type RecordedUplink,
  thingsStackUp,
  UPLINKS,
} from './network-envelopes.ts';

const book: MapBook = await createMapBook({folders: [resolve(import.meta.dirname, '../../../sites/maps')]});
const elements = new Map<string, ElementType>(Object.entries(ELEMENTS));
const mapOf = (id: string): ReadingMap => book.get(id)!;

function preview(map: ReadingMap, payload: unknown, topic = 'x/y') {
  const [first] = previewMap(map, {topic, payload: Buffer.from(JSON.stringify(payload))}, (id) =>
    elements.get(id),
  );
  return first!;
}

const NETWORKS = [
  {
    map: 'chirpstack-v4',
    envelope: (uplink: RecordedUplink) => chirpstackUp(uplink),
    prefix: 'cs-70b3d57ba0000f2c',
  },
  {
    map: 'the-things-stack-v3',
    envelope: (uplink: RecordedUplink) => thingsStackUp(uplink),
    prefix: 'tts-70B3D57BA0000F2C',
  },
];

describe.each(NETWORKS)('$map', ({map, envelope, prefix}) => {
  it.each(UPLINKS)('$device comes out as its maker decodes it', (uplink) => {
    const {device, timeMs, readings, rejected, link} = preview(mapOf(map), envelope(uplink));
    expect(device).toBe(prefix);
    expect(timeMs).toBe(Date.UTC(2026, 10, 22, 7, 0, 0, 123));
    expect(rejected).toEqual([]);
    expect(link).toEqual({rssiDbm: -97, snrDb: 7.5});
    const rows = MEASURED[uplink.device]!;
    expect(readings.filter(({problem}) => problem !== null)).toEqual([]);
    expect(readings.map(({element, statistic}) => `${element} ${statistic}`).toSorted()).toEqual(
      rows.map(({element, statistic = 'point'}) => `${element} ${statistic}`).toSorted(),
    );
    for (const {name, element, statistic = 'point', factor = 1} of rows) {
      const reading = readings.find((one) => one.element === element && one.statistic === statistic)!;
      expect(reading.result, name).toBeCloseTo(decodedValue(uplink, name) * factor, 9);
    }
  });

  it('a probe that lay on a desk is decoded, and the range says that its value is none', () => {
    const uplink = UPLINKS.find(({device}) => device === 'DL-5TM')!;
    const {readings} = preview(mapOf(map), envelope(uplink));
    expect(readings.find(({element}) => element === 'soil_moisture')).toMatchObject({
      result: -0.0215397767,
      flag: 4,
      failed: ['grossRange', 'suspectRange'],
    });
  });
});

describe('chirpstack-v4', () => {
  const map = mapOf('chirpstack-v4');
  const uplink = UPLINKS[0]!;

  it('takes the device’s name and battery, and flat names of other makers', () => {
    const {label, battery} = preview(map, chirpstackUp(uplink));
    expect(label).toBe('DL-ATM41 by the pond');
    expect(battery).toEqual({volts: 3.061});
    const flat = preview(map, chirpstackUp(uplink, {object: {temperature: 21.5, humidity: 61, battery: 88}}));
    expect(flat.readings).toMatchObject([
      {element: 'air_temperature', result: 21.5, flag: 1},
      {element: 'relative_humidity', result: 61},
    ]);
    expect(flat.battery).toEqual({percent: 88});
  });

  it('an event without a decoded object gives no reading, and names what it has', () => {
    const {readings, unmapped} = preview(map, chirpstackUp(uplink, {object: undefined}));
    expect(readings).toEqual([]);
    expect(unmapped).toContain('data');
  });
});

describe('the-things-stack-v3', () => {
  const map = mapOf('the-things-stack-v3');

  // Names and units: the payload normalisation of The Things Stack; depth in cm, ec in dS/m.
  it('reads the normalised payload first, with soil at its depths', () => {
    const message = {
      normalized_payload: [
        {air: {temperature: 20.5, relativeHumidity: 60, pressure: 1005.5}, battery: 3.1},
        {soil: {depth: 10, moisture: 23.5, temperature: 18.5, ec: 0.4, pH: 6.5}},
        {soil: {depth: 30, moisture: 31, temperature: 17.5}},
      ],
      decoded_payload: {temperature: 20.4, humidity: 61},
      last_battery_percentage: {f_cnt: 3, value: 87.5, received_at: '2026-11-22T01:00:00Z'},
    };
    const {readings, battery, label} = preview(map, thingsStackUp(null, message));
    expect(label).toBe('pond-station');
    expect(battery).toEqual({volts: 3.1, percent: 87.5});
    expect(readings.map(({element, depthM, result}) => [element, depthM, result])).toEqual([
      ['air_temperature', null, 20.5],
      ['relative_humidity', null, 60],
      ['air_pressure', null, 1005.5],
      ['soil_moisture', 0.1, 0.235],
      ['soil_temperature', 0.1, 18.5],
      ['soil_conductivity', 0.1, 0.4],
      ['soil_ph', 0.1, 6.5],
      ['soil_moisture', 0.3, 0.31],
      ['soil_temperature', 0.3, 17.5],
    ]);
  });
});

describe('zigbee2mqtt', () => {
  const map = mapOf('zigbee2mqtt');

  // Payloads: zigbee2mqtt.io/guide/usage/mqtt_topics_and_messages.html (first) and with the options last_seen and battery.
  it.each([
    [{temperature: 27.34, humidity: 44.72}, null],
    [
      {
        temperature: 27.34,
        humidity: 44.72,
        battery: 97,
        voltage: 3005,
        linkquality: 102,
        last_seen: '2026-11-22T08:44:09+01:00',
      },
      Date.UTC(2026, 10, 22, 7, 44, 9),
    ],
  ])('%o', (payload, timeMs) => {
    const result = preview(map, payload, 'zigbee2mqtt/greenhouse');
    expect(result).toMatchObject({device: 'z2m-greenhouse', timeMs, rejected: [], unmapped: []});
    expect(result.readings).toMatchObject([
      {element: 'air_temperature', result: 27.34, resultUnit: 'Cel', flag: 1},
      {element: 'relative_humidity', result: 44.72, resultUnit: '%', flag: 1},
    ]);
    expect(result.battery).toEqual('battery' in payload ? {percent: 97} : null);
  });

  it('a switch gives no reading', () => {
    expect(preview(map, {action: 'single'}, 'zigbee2mqtt/door')).toMatchObject({
      readings: [],
      unmapped: ['action'],
    });
  });

  it('without a topic it says how a hook is told one', () => {
    expect(preview(map, {temperature: 1}, 'hooks/zigbee').rejected[0]!.message).toContain('?topic=');
  });
});

describe('hostile payloads', () => {
  const map = mapOf('chirpstack-v4');
  const raw = (text: string) =>
    previewMap(map, {topic: 'x', payload: Buffer.from(text)}, (id) => elements.get(id));

  it.each([
    ['[1, "a", null]', ['map_failed', 'map_failed', 'map_failed']],
    ['{}', ['map_failed']],
    ['{"time": "yesterday", "deviceInfo": {"devEui": "a"}}', ['time_invalid']],
    ['{"__proto__": {"deviceInfo": {"devEui": "a"}}}', ['map_failed']],
    ['{"deviceInfo": {"__proto__": {"devEui": "a"}}}', ['map_failed']],
    ['{"deviceInfo": {"devEui": {"a": 1}}}', ['map_failed']],
    [`{"deviceInfo": {"devEui": "${'x'.repeat(5000)}"}}`, ['map_failed']],
  ])('%s', (text, codes) => {
    expect(raw(text).flatMap(({rejected}) => rejected.map(({code}) => code))).toEqual(codes);
  });

  it('a value that is none costs no other, and says what was expected', () => {
    const [result] = raw(
      JSON.stringify(
        chirpstackUp(UPLINKS[0]!, {object: {temperature: '1e999', humidity: 50, co2: [1], pressure: 'x'}}),
      ),
    );
    expect(result!.rejected.map(({path}) => path)).toEqual(['object.temperature', 'object.pressure']);
    expect(result!.rejected[1]!.message).toBe('object.pressure: a number was expected, got "x"');
    expect(result!.readings).toMatchObject([{element: 'relative_humidity', result: 50}]);
  });

  it('a unit that the payload makes up is refused with its name', () => {
    const object = {air_temperature: {value: 20, unit: 'x'.repeat(500)}};
    const [result] = raw(JSON.stringify(chirpstackUp(UPLINKS[0]!, {object})));
    expect(result!.readings[0]!.problem?.code).toBe('unit_unknown');
  });

  it('a hundred thousand levels and 5,000 names take no time', () => {
    const started = performance.now();
    expect(raw(`{"a":${'['.repeat(100_000)}${']'.repeat(100_000)}}`)[0]!.rejected).toHaveLength(1);
    const many = Object.fromEntries(Array.from({length: 5000}, (_, i) => [`n${i}`, i]));
    expect(
      raw(JSON.stringify(chirpstackUp(UPLINKS[0]!, {object: many})))[0]!.unmapped.length,
    ).toBeLessThanOrEqual(200);
    expect(performance.now() - started).toBeLessThan(2000);
  });
});
