import fc from 'fast-check';
import {afterEach, beforeEach, describe, expect, it} from 'vitest';
import {nameBytes, QuickReader} from '../../../ingest/pipeline/quick-read.ts';
import {createMemoryStore, type MemoryStore} from './memory-store.ts';
import {createWorld, device, NOW, SITE, type World} from './world.ts';

const NAMES = ['air_temperature', 'relative_humidity', 'wind_direction'];
const reader = new QuickReader();
function read(text: string, names = NAMES): {timeMs: number; values: number[]} | null {
  // Inside a larger buffer, as a packet lies in a chunk: nothing before or after it may count.
  const bytes = Buffer.from(`1}}${text}}}}`);
  const found = reader.read(bytes, 3, 3 + Buffer.byteLength(text), names.map(nameBytes));
  return found ? {timeMs: reader.timeMs, values: reader.values.slice(0, reader.count)} : null;
}

describe('the plain form', () => {
  it.each([
    ['{"time":"2026-11-22T08:00:00Z","readings":{"air_temperature":20}}', [20]],
    [
      '{"time":"2026-11-22T08:00:00.000Z","seq":17,"readings":{"air_temperature":-20.25,"relative_humidity":0.5}}',
      [-20.25, 0.5],
    ],
    [
      '{"time":"2026-11-22T08:00:00Z","readings":{"air_temperature":0.1,"relative_humidity":123456789012.345,"wind_direction":0}}',
      [0.1, 123456789012.345, 0],
    ],
  ])('%s', (text, values) => expect(read(text)).toEqual({timeMs: Date.UTC(2026, 10, 22, 8), values}));

  it.each([
    '',
    '{}',
    '{"readings":{"air_temperature":20}}',
    '{ "time":"2026-11-22T08:00:00Z","readings":{"air_temperature":20}}',
    '{"time":"2026-11-22T08:00:00Z","readings":{"air_temperature":20}} ',
    '{"time":"2026-11-22T08:00:00Z","readings":{"air_temperature":20}',
    '{"time":"2026-11-22T08:00:00Z","readings":{"air_temperature":20},"link":{}}',
    '{"time":"2026-11-22T08:00:00Z","readings":{}}',
    '{"time":"2026-11-22T08:00:00Z","readings":{"relative_humidity":20}}',
    '{"time":"2026-11-22T08:00:00Z","readings":{"air_temperature":20,"wind_direction":3}}',
    '{"time":"2026-11-22T08:00:00Z","readings":{"air_temperature":20,"air_temperature":3}}',
    '{"time":"2026-11-22T08:00:00Z","readings":{"air_temperature":20,}}',
    '{"time":"2026-11-22T08:00:00Z","readings":{"air_temperature":"20"}}',
    '{"time":"2026-11-22T08:00:00Z","readings":{"air_temperature":null}}',
    ...['1e3', '01', '.5', '5.', '-', '+5', '1234567890123456', '0.1234567890123456', 'NaN', ''].map(
      (number) => `{"time":"2026-11-22T08:00:00Z","readings":{"air_temperature":${number}}}`,
    ),
    ...[
      '2026-11-22T08:00:00',
      '2026-11-22T08:00Z',
      '2026-11-22T24:00:00Z',
      '2026-11-22T08:60:00Z',
      '2026-11-22T08:00:60Z',
      '2026-02-30T08:00:00Z',
      '2026-13-22T08:00:00Z',
      '2026-11-22 08:00:00Z',
      '2026-11-22T08:00:00.1Z',
      '2026-11-22T08:00:00.1234Z',
      '2026-11-22T08:00:00+08:00',
      '2O26-11-22T08:00:00Z',
    ].map((time) => `{"time":"${time}","readings":{"air_temperature":20}}`),
    ...['-1', '1.5', '"1"', 'null'].map(
      (seq) => `{"time":"2026-11-22T08:00:00Z","seq":${seq},"readings":{"air_temperature":20}}`,
    ),
  ])('leaves to the general reader: %s', (text) => expect(read(text)).toBeNull());

  it('reads every number as JSON.parse does', () => {
    const decimal = fc
      .tuple(fc.boolean(), fc.bigInt({min: 0n, max: 10n ** 15n - 1n}), fc.integer({min: 0, max: 14}))
      .map(([negative, digits, decimals]) => {
        const text = digits
          .toString()
          .padStart(decimals + 1, '0')
          .slice(0, 15);
        const whole = text.slice(0, text.length - decimals);
        return `${negative ? '-' : ''}${whole === '' ? '0' : whole}${decimals > 0 ? `.${text.slice(text.length - decimals)}` : ''}`;
      });
    let quick = 0;
    fc.assert(
      fc.property(decimal, (text) => {
        const found = read(`{"time":"2026-11-22T08:00:00Z","readings":{"air_temperature":${text}}}`);
        if (found === null) return;
        quick++;
        expect(found.values[0]).toBe(JSON.parse(text));
      }),
      {numRuns: 10_000, seed: 1},
    );
    expect(quick).toBeGreaterThan(7500);
  });

  it('reads every time as the general reader does', () => {
    fc.assert(
      fc.property(fc.integer({min: 0, max: 4e12}), fc.boolean(), (ms, whole) => {
        const timeMs = whole ? ms - (ms % 1000) : ms;
        const iso = new Date(timeMs).toISOString();
        const text = whole ? iso.replace('.000Z', 'Z') : iso;
        expect(read(`{"time":"${text}","readings":{"air_temperature":1}}`)?.timeMs).toBe(timeMs);
      }),
      {numRuns: 2000, seed: 2},
    );
  });
});

describe('in the pipeline', () => {
  let store: MemoryStore;
  let world: World;
  beforeEach(async () => {
    store = createMemoryStore();
    world = await createWorld({store, devices: [device('quick'), device('slow')]});
  });
  afterEach(() => world.close());
  const send = (id: string, text: string, receivedMs?: number) =>
    world.sendRaw(
      `eco/v1/${SITE}/${id}/up`,
      text,
      {kind: 'device', username: id, site: SITE, device: id},
      receivedMs,
    );

  it('stores the same as the general reader, whatever comes', async () => {
    const value = fc.oneof(
      {
        weight: 8,
        arbitrary: fc
          .double({min: -1e3, max: 1e3, noNaN: true})
          .map((n) => String(Math.round(n * 100) / 100)),
      },
      fc.constantFrom(
        '360',
        '-0',
        '0',
        '1e2',
        '1e999',
        'null',
        '"x"',
        '{"value":3}',
        '[1,2]',
        '9007199254740993',
        '00',
      ),
    );
    const readings = fc
      .tuple(fc.constantFrom(3, 3, 3, 2, 1, 0), fc.array(value, {minLength: 3, maxLength: 3}), fc.boolean())
      .map(([count, values, turned]) => {
        const parts = NAMES.slice(0, count).map((name, i) => `"${name}":${values[i]}`);
        return (turned && count > 2 ? parts.toReversed() : parts).join(',');
      });
    const tail = fc.constantFrom('', '', '', '', ',"battery":{"volts":3}', ' ', ',');
    const head = fc.constantFrom('', '', '"seq":4,', '"seq":-4,', ' ');
    let n = 0;
    await fc.assert(
      fc.asyncProperty(
        readings,
        head,
        tail,
        fc.integer({min: -3, max: 800}),
        async (body, seq, end, minutes) => {
          n++;
          const time = new Date(NOW + minutes * 60_000 - 43_200_000 + (n % 997)).toISOString();
          const text = `{"time":"${time}",${seq}"readings":{${body}}${end}}`;
          const [quick, slow] = [await send('quick', text), await send('slow', ` ${text}`)];
          expect(quick.rejected.map(({code}) => code)).toEqual(slow.rejected.map(({code}) => code));
          expect({...quick, rejected: []}).toEqual({...slow, rejected: []});
        },
      ),
      {numRuns: 1500, seed: 3},
    );
    const bySeries = (id: string) =>
      world.registry
        .datastreams({device: id})
        .map(({id: name, series}) => [
          name.slice(id.length),
          store
            .all()
            .filter((row) => row.series === series)
            .map(({timeMs, value: v, qc}) => [timeMs, v, qc]),
        ])
        .toSorted();
    expect(bySeries('quick')).toEqual(bySeries('slow'));
    expect(store.all().length).toBeGreaterThan(2500);
  }, 60_000);

  it('follows a device that changes what it sends', async () => {
    const message = (names: string[], i: number) =>
      `{"time":"${new Date(NOW - 3_600_000 + i * 1000).toISOString()}","readings":{${names.map((name) => `"${name}":20`).join(',')}}}`;
    let stored = 0;
    for (let i = 0; i < 200; i++) {
      const names = i % 3 === 0 ? NAMES : i % 3 === 1 ? NAMES.toReversed() : NAMES.slice(0, 2);
      stored += (await send('quick', message(names, i))).stored;
    }
    // Of every three messages two have three values and one has two.
    expect(stored).toBe(200 * 3 - 66);
  });
});
