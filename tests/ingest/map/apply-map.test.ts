import {describe, expect, it} from 'vitest';
import type {ColumnRule, ReadingMap} from '#schemas';
import {applyMap, deviceOfMap, readMap} from '../../../ingest/map/index.ts';

const TIME = '2024-03-31T10:00:00Z';

function mapOf(column: Partial<ColumnRule>, more: Partial<ReadingMap> = {}): ReadingMap {
  return readMap(
    {
      schemaVersion: 1,
      id: 'test',
      device: {value: 'd-1'},
      time: {path: 'time'},
      columns: [{path: 'v', element: 'air_temperature', ...column}],
      ...more,
    },
    'test',
  );
}
const apply = (map: ReadingMap, payload: unknown, topic = 'a/b/c') => applyMap(map, {topic, payload});
const reading = (column: Partial<ColumnRule>, payload: Record<string, unknown>) =>
  apply(mapOf(column), {time: TIME, ...payload}).readings[0];

describe('values', () => {
  it.each<[string, Partial<ColumnRule>, Record<string, unknown>, object]>([
    ['a number as it is', {}, {v: 21.5}, {value: 21.5}],
    ['a number as text', {}, {v: ' -1.5e1 '}, {value: -15}],
    ['its unit, unconverted', {unit: '[degF]'}, {v: '70'}, {value: 70, unit: '[degF]'}],
    // A radius in µm is half the diameter.
    [
      'radius to diameter',
      {factor: 2, unit: 'um', element: 'stem_diameter'},
      {v: '3677.9'},
      {value: 7355.8, unit: 'um'},
    ],
    ['factor before offset', {factor: 2, offset: 1}, {v: 3}, {value: 7}],
    // 12 mm/h over a quarter of an hour is 3 mm.
    ['mm/h over 15 min', {ratePerHourOverS: 900, element: 'precipitation'}, {v: '12'}, {value: 3}],
    ['a compass point', {compassPoints: true, element: 'wind_direction'}, {v: 'wsw'}, {value: 247.5}],
    ['north', {compassPoints: true, element: 'wind_direction'}, {v: 'N'}, {value: 0}],
    ['a censored value', {censoredPrefix: true}, {v: '<0.01'}, {value: 0.01, qualifier: '<'}],
    ['a censored value above', {censoredPrefix: true}, {v: '> 200'}, {value: 200, qualifier: '>'}],
    ['a sentinel as text', {missing: [-9999]}, {v: '-9999'}, {value: null}],
    ['a sentinel with decimals', {missing: [-9999]}, {v: '-9999.00'}, {value: null}],
    ['a sentinel as number', {missing: [-9999]}, {v: -9999}, {value: null}],
    ['a sentinel as word', {missing: ['///']}, {v: '///'}, {value: null}],
    ['NA', {}, {v: 'NA'}, {value: null}],
    ['NaN of a logger', {}, {v: 'NAN'}, {value: null}],
    ['null', {}, {v: null}, {value: null}],
    ['a sentinel before the factor', {missing: [-99], factor: 2}, {v: '-99'}, {value: null}],
    ['depth', {depthM: 0.3}, {v: 1}, {value: 1, depthM: 0.3}],
    ['height', {heightM: 10}, {v: 1}, {value: 1, heightM: 10}],
    [
      'depth of a column, negated',
      {depthFrom: {path: 'z', negate: true}},
      {v: 1, z: '-0.065'},
      {value: 1, depthM: 0.065},
    ],
    ['depth 0, negated', {depthFrom: {path: 'z', negate: true}}, {v: 1, z: '0'}, {value: 1, depthM: 0}],
    ['instance', {instance: 'north'}, {v: 1}, {value: 1, instance: 'north'}],
    ['instance of a column', {instanceFrom: 'probe'}, {v: 1, probe: 'A 1'}, {value: 1, instance: 'A_1'}],
    [
      'statistic and period',
      {statistic: 'mean', period: 'PT1H'},
      {v: 1},
      {value: 1, stat: 'mean', period: 'PT1H'},
    ],
    ['a dotted path', {path: 'object.data.temp'}, {object: {data: {temp: 7}}}, {value: 7}],
    ['a list by number', {path: 'data.1'}, {data: [1, 2]}, {value: 2}],
    ['a column whose name has dots', {path: 'pm2.5'}, {'pm2.5': '8', pm2: {5: 9}}, {value: 8}],
    [
      'rows chosen by another column',
      {where: {path: 'kind', in: ['T', 'TA']}},
      {v: 1, kind: 'TA'},
      {value: 1},
    ],
  ])('%s', (_name, column, payload, expected) => {
    const {element = 'air_temperature'} = column;
    expect(reading(column, payload)).toEqual({element, ...expected});
  });

  it.each<[string, Partial<ColumnRule>, Record<string, unknown>]>([
    ['an empty cell', {}, {v: '  '}],
    ['no such key', {}, {}],
    ['a path into a number', {path: 'v.x'}, {v: 3}],
    ['another kind of row', {where: {path: 'kind', in: ['T']}}, {v: 1, kind: 'RH'}],
    ['no kind', {where: {path: 'kind', in: ['T']}}, {v: 1}],
    ['a name of the prototype', {path: 'constructor'}, {v: 1}],
    ['a path into the prototype', {path: '__proto__.polluted'}, {v: 1}],
    ['length of a text', {path: 'v.length'}, {v: 'abc'}],
  ])('gives no reading for %s', (_name, column, payload) => {
    const {readings, rejected} = apply(mapOf(column), {time: TIME, ...payload});
    expect({readings, rejected}).toEqual({readings: [], rejected: []});
  });

  it.each<[string, Partial<ColumnRule>, Record<string, unknown>, string]>([
    ['a word', {}, {v: 'warm'}, 'value_invalid'],
    ['a decimal comma', {}, {v: '1,5'}, 'value_invalid'],
    ['hexadecimal', {}, {v: '0x10'}, 'value_invalid'],
    ['infinity', {}, {v: '1e999'}, 'value_invalid'],
    ['a boolean', {}, {v: true}, 'value_invalid'],
    ['an object', {}, {v: {}}, 'value_invalid'],
    ['a sign that the map does not allow', {}, {v: '<0.01'}, 'value_invalid'],
    ['no compass point', {compassPoints: true}, {v: 'north'}, 'value_invalid'],
    [
      'a height where a depth belongs',
      {depthFrom: {path: 'z', negate: true}},
      {v: 1, z: '6.03'},
      'depth_invalid',
    ],
    ['no depth', {depthFrom: {path: 'z'}}, {v: 1}, 'depth_invalid'],
  ])(
    'rejects %s, with the column and what was expected, and keeps the others',
    (_name, column, payload, code) => {
      const map = mapOf(column);
      const both = readMap(
        {...map, columns: [...map.columns, {path: 'ok', element: 'air_pressure'}]},
        'test',
      );
      const {readings, rejected} = apply(both, {time: TIME, ok: 1000, ...payload});
      expect(readings).toEqual([{element: 'air_pressure', value: 1000}]);
      expect(rejected).toMatchObject([{path: map.columns[0]!.path, code}]);
      expect(rejected[0]!.message).toMatch(/was expected, got/);
    },
  );

  it('hands over limits of column and map, the same object each time', () => {
    const map = mapOf({limits: {suspectRange: [0, 5]}}, {intervalS: 600});
    const limits = [1, 2].map((v) => {
      const mapped = apply(map, {time: TIME, v});
      return mapped.limits.get(mapped.readings[0]!);
    });
    expect(limits[0]).toEqual({intervalS: 600, suspectRange: [0, 5]});
    expect(limits[1]).toBe(limits[0]);
  });

  it('lists what it neither reads nor leaves out on purpose', () => {
    const map = mapOf({path: 'a.v', where: {path: 'kind', in: ['x']}}, {ignore: ['known']});
    const payload = {time: TIME, a: {v: 1, w: 2}, kind: 'x', known: 3, other: [4, {deep: 5}]};
    expect(apply(map, payload).unmapped).toEqual(['a.w', 'other.0', 'other.1.deep']);
  });

  it('stays quick and small with hostile payloads', () => {
    let deep: unknown = 1;
    for (let i = 0; i < 5000; i++) deep = {d: deep};
    const wide = Object.fromEntries(Array.from({length: 5000}, (_, i) => [`k${i}`, i]));
    const started = performance.now();
    const {unmapped} = apply(mapOf({}), {
      time: TIME,
      v: 1,
      deep,
      ...wide,
      ...JSON.parse('{"__proto__": {"x": 1}}'),
    });
    expect(unmapped.length).toBeLessThanOrEqual(200);
    expect(performance.now() - started).toBeLessThan(100);
    expect(Object.hasOwn(Object.prototype, 'x')).toBe(false);
  });

  it('takes battery and link', () => {
    const map = mapOf(
      {},
      {battery: {voltsPath: 'b.v', percentPath: 'b.p'}, link: {rssiPath: 'rssi', snrPath: 'snr'}},
    );
    const mapped = apply(map, {time: TIME, v: 1, b: {v: '3.6', p: 250}, rssi: -97});
    expect(mapped.battery).toEqual({volts: 3.6});
    expect(mapped.link).toEqual({rssiDbm: -97});
    expect(mapped.unmapped).toEqual([]);
  });
});

describe('device', () => {
  const of = (device: ReadingMap['device'], payload: object, topic = 'zigbee2mqtt/kitchen') =>
    apply(mapOf({}, {device, devicePrefix: 'z-'}), {time: TIME, v: 1, ...payload}, topic).device;

  it('is named by a constant, a level of the topic, or the payload', () => {
    expect(of({value: 'one'}, {})).toBe('z-one');
    expect(of({topicLevel: 1}, {})).toBe('z-kitchen');
    expect(of({path: 'dev.eui'}, {dev: {eui: 42}})).toBe('z-42');
  });

  it('gets an id that two foreign names never share', () => {
    const ids = ['a b', 'a-b', 'a/b', '温度一', '温度二', 'x'.repeat(150), `${'x'.repeat(149)}y`].map(
      (name) => of({path: 'name'}, {name}),
    );
    expect(new Set(ids).size).toBe(ids.length);
    for (const id of ids) expect(id).toMatch(/^z-[A-Za-z0-9_-]{1,62}$/);
    expect(ids[0]).toMatch(/^z-a-b-[0-9a-f]{6}$/);
  });

  it.each([
    [{path: 'name'}, {}],
    [{path: 'name'}, {name: ''}],
    [{path: 'name'}, {name: {}}],
    [{path: 'name'}, {name: 'x'.repeat(201)}],
    [{topicLevel: 5}, {}],
  ] as const)('is missing: %j of %j fails the payload', (device, payload) => {
    expect(() => of(device, payload)).toThrow(expect.objectContaining({code: 'map_failed'}));
  });

  it.each([null, [], 'text', 5])('a payload of %j fails', (payload) => {
    expect(() => apply(mapOf({}), payload)).toThrow(expect.objectContaining({code: 'map_failed'}));
  });

  it('stands where the map says', () => {
    const map = mapOf(
      {verticalDatum: 'local'},
      {
        intervalS: 600,
        positions: {
          mill: {longitudeDeg: 1, latitudeDeg: 2, groundM: 3},
          '*': {longitudeDeg: 4, latitudeDeg: 5},
        },
      },
    );
    const fallback = {longitudeDeg: 9, latitudeDeg: 9};
    const at = (name: string) => deviceOfMap(map, {id: `p-${name}`, name, sensors: [], fallback});
    expect(at('mill')).toMatchObject({
      longitudeDeg: 1,
      latitudeDeg: 2,
      groundM: 3,
      origin: 'measured',
      intervalS: 600,
    });
    expect(at('mill-2019')).toMatchObject({longitudeDeg: 1});
    expect(at('millrace')).toMatchObject({longitudeDeg: 4});
    expect(at('mill').levels).toEqual({verticalDatum: 'local'});
    expect(deviceOfMap(mapOf({}), {id: 'x', name: 'x', sensors: [], fallback})).toMatchObject(fallback);
  });
});
