import {crc32 as zlibCrc32} from 'node:zlib';
import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import {byteOf, CHANNELS, channelValue, type Playback, readEtw, writeEtw} from '#simulation';
import {crc32} from '../../../simulation/playback/crc32.ts';

const playback = fc
  .record({
    trees: fc.integer({min: 0, max: 30}),
    steps: fc.integer({min: 1, max: 12}),
    firstYear: fc.integer({min: -2000, max: 3000}),
    extentM: fc.constantFrom(10, 2000, 40_000),
    seed: fc.integer({min: 1, max: 2 ** 31}),
  })
  .map(({trees, steps, firstYear, extentM, seed}): Playback => {
    let state = seed;
    const next = () => {
      state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
      return state / 4_294_967_296;
    };
    let id = 0;
    const metres = (extent: number) => Float64Array.from({length: trees}, () => (next() - 0.5) * extent);
    return {
      text: {
        schemaVersion: 1,
        site: 'a-site',
        scenario: '情景',
        startTrees: Math.floor(trees / 2),
        channels: CHANNELS,
        species: [
          {id: 'a', scientificName: 'Aa a'},
          {id: 'b', scientificName: 'Bb b'},
        ],
      },
      firstYear,
      stepYears: 1,
      origin: {longitudeDeg: 106.7, latitudeDeg: 29.58, heightM: 0},
      ids: Uint32Array.from({length: trees}, () => (id += 1 + Math.floor(next() * 1e6))),
      xM: metres(extentM),
      yM: metres(extentM),
      zM: metres(extentM / 100),
      species: Uint16Array.from({length: trees}, () => Math.floor(next() * 2)),
      steps,
      channels: CHANNELS.map(() => Uint8Array.from({length: trees * steps}, () => Math.floor(next() * 256))),
    };
  });

const spreadM = (values: Float64Array) =>
  values.length === 0 ? 0 : Math.max(...values) - Math.min(...values);

it('gives back what was written; places to half a step', () => {
  fc.assert(
    fc.property(playback, (written) => {
      const read = readEtw(writeEtw(written));
      expect({...read, xM: null, yM: null, zM: null}).toEqual({...written, xM: null, yM: null, zM: null});
      for (const [axis, leastM] of [
        ['xM', 0.1],
        ['yM', 0.1],
        ['zM', 0.01],
      ] as const) {
        const halfM = Math.max(leastM, (spreadM(written[axis]) + leastM) / 65_535) / 2;
        for (const [i, m] of written[axis].entries())
          expect(Math.abs(read[axis][i]! - m)).toBeLessThan(halfM * 1.001);
      }
    }),
  );
});

it('has the header at the places that the description names', () => {
  const [one] = fc.sample(playback, {numRuns: 1, seed: 4});
  const bytes = writeEtw({...one!, firstYear: 2026});
  const view = new DataView(bytes.buffer);
  expect(new TextDecoder().decode(bytes.subarray(0, 4))).toBe('ETW1');
  expect(view.getUint32(4, true)).toBe(one!.ids.length);
  expect(view.getUint32(8, true)).toBe(one!.steps);
  expect(view.getUint32(12, true)).toBe(5);
  expect(view.getInt32(16, true)).toBe(2026);
  expect(view.getFloat64(24, true)).toBe(106.7);
  const textBytes = view.getUint32(100, true);
  expect(textBytes % 4).toBe(0);
  const staticAt = 128 + textBytes;
  const idsAt = staticAt + 8 * one!.ids.length;
  expect(view.getUint32(108, true)).toBe(zlibCrc32(bytes.subarray(128, staticAt)));
  expect(view.getUint32(112, true)).toBe(zlibCrc32(bytes.subarray(staticAt, idsAt)));
  expect(view.getUint32(120, true)).toBe(zlibCrc32(bytes.subarray(idsAt + 4 * one!.ids.length)));
  expect(view.getUint32(124, true)).toBe(zlibCrc32(bytes.subarray(0, 124)));
});

it('refuses a file with any byte changed, cut off or of another kind', () => {
  const [one] = fc.sample(playback, {numRuns: 1, seed: 7});
  const bytes = writeEtw(one!);
  fc.assert(
    fc.property(fc.integer({min: 0, max: bytes.length - 1}), fc.integer({min: 1, max: 255}), (at, by) => {
      const changed = bytes.slice();
      changed[at]! ^= by;
      expect(() => readEtw(changed)).toThrow();
    }),
  );
  expect(() => readEtw(bytes.subarray(0, bytes.length - 1))).toThrow(/expected \d+ bytes/);
  expect(() => readEtw(new Uint8Array(20))).toThrow('expected a header of 128 bytes, got 20');
});

it('refuses ids that do not ascend and columns of another length', () => {
  const [one] = fc.sample(
    playback.filter(({ids}) => ids.length > 2),
    {numRuns: 1, seed: 3},
  );
  expect(() => writeEtw({...one!, ids: one!.ids.slice().reverse()})).toThrow(/ascending/);
  expect(() => writeEtw({...one!, xM: new Float64Array(1)})).toThrow(/xM: expected \d+ entries, got 1/);
});

// Check value of CRC-32: "CRC RevEng" catalogue, CRC-32/ISO-HDLC.
it('sums 123456789 to cbf43926', () => {
  expect(crc32(new TextEncoder().encode('123456789'))).toBe(0xcbf43926);
});

describe('a channel', () => {
  it.each([
    {id: 'height', value: 12.3, read: 12.25},
    {id: 'height', value: 70, read: 63.75},
    {id: 'height', value: -1, read: 0},
    {id: 'crown_radius', value: 3.21, read: 3.2},
    {id: 'dbh', value: 41.4, read: 41},
    {id: 'health', value: 1, read: 1},
  ])('$id takes $value for $read', ({id, value, read}) => {
    const channel = CHANNELS.find((one) => one.id === id)!;
    expect(channelValue(channel, byteOf(channel, value))).toBeCloseTo(read, 9);
  });

  it('holds carbon of small and large trees within 12 % or 0.13 kg', () => {
    const carbon = CHANNELS.find(({id}) => id === 'carbon')!;
    for (const kg of [0.5, 3, 12, 90, 700, 4000, 8000]) {
      expect(Math.abs(channelValue(carbon, byteOf(carbon, kg)) - kg)).toBeLessThan(Math.max(0.13, 0.12 * kg));
    }
  });
});
