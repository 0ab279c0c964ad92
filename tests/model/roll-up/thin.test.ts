import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import {accumulate, rollUpPoints, thin, thinRollUps, worstFlag} from '#model';
import type {RollUp} from '#schemas';

const N = Number.NaN;

const inputArbitrary = fc
  .array(
    fc.record({
      stepMs: fc.constantFrom(1, 1000, 60_000, 7_200_000),
      value: fc.oneof(
        {weight: 8, arbitrary: fc.double({min: -50, max: 50, noNaN: true})},
        {weight: 1, arbitrary: fc.constant(N)},
      ),
      flag: fc.constantFrom(1, 1, 2, 3, 4),
    }),
    {maxLength: 200},
  )
  .map((list) => {
    let timeMs = 0;
    const input = {timeMs: [] as number[], value: [] as number[], qc: [] as number[]};
    for (const {stepMs, value, flag} of list) {
      timeMs += stepMs;
      input.timeMs.push(timeMs);
      input.value.push(value);
      input.qc.push(Number.isNaN(value) ? 9 : flag);
    }
    return input;
  });

describe('thin', () => {
  it('makes each row a point while there are no more rows than points', () => {
    const input = {timeMs: [5, 7, 30], value: [1, N, 3], qc: [1, 9, 4 | 64]};
    expect(thin(input, {points: 3, fromMs: 0, toMs: 31, kind: 'mean'})).toEqual([
      {timeMs: 5, min: 1, max: 1, mean: 1, count: 1, flag: 1},
      {timeMs: 7, min: null, max: null, mean: null, count: 1, flag: 9},
      {timeMs: 30, min: 3, max: 3, mean: 3, count: 1, flag: 4},
    ]);
    // `to` is exclusive
    expect(thin(input, {points: 3, fromMs: 6, toMs: 30, kind: 'mean'})).toHaveLength(1);
  });

  it('else takes equal buckets of time, with extremes, count and worst flag', () => {
    const input = {timeMs: [0, 10, 20, 50, 60, 99], value: [1, 5, 3, 7, N, 8], qc: [1, 3, 1, 2, 9, 1]};
    expect(thin(input, {points: 2, fromMs: 0, toMs: 100, kind: 'mean'})).toEqual([
      {timeMs: 0, min: 1, max: 5, mean: 3, count: 3, flag: 3},
      {timeMs: 50, min: 7, max: 8, mean: 7.5, count: 3, flag: 1},
    ]);
  });

  it('shows failed values in the extremes and leaves them out of the mean while others are there', () => {
    const input = {timeMs: [0, 1, 2, 50, 51], value: [1, 999, 3, 500, 700], qc: [1, 4, 1, 4, 4]};
    expect(thin(input, {points: 2, fromMs: 0, toMs: 100, kind: 'mean'})).toEqual([
      {timeMs: 0, min: 1, max: 999, mean: 2, count: 3, flag: 4},
      {timeMs: 50, min: 500, max: 700, mean: 600, count: 2, flag: 4},
    ]);
  });

  it('averages directions and levels as their kind says, and adds sums up', () => {
    const of = (kind: RollUp, value: number[]) =>
      thin(
        {timeMs: value.map((_, i) => i), value, qc: value.map(() => 1)},
        {points: 1, fromMs: 0, toMs: 10, kind},
      )[0]!.mean;
    expect(of('circularMean', [350, 20])).toBeCloseTo(5, 9);
    expect(of('energyMean', [60, 70])).toBeCloseTo(67.4036, 4);
    expect(of('sum', [0.5, 1, 2])).toBe(3.5);
  });

  it('keeps the extremes and the number of rows, in at most so many points, in order', () => {
    fc.assert(
      fc.property(inputArbitrary, fc.integer({min: 1, max: 60}), (input, points) => {
        const toMs = (input.timeMs.at(-1) ?? 0) + 1;
        const thinned = thin(input, {points, fromMs: 0, toMs, kind: 'mean'});
        expect(thinned.length).toBeLessThanOrEqual(points);
        expect(thinned.reduce((sum, {count}) => sum + count, 0)).toBe(input.timeMs.length);
        const values = input.value.filter((value) => !Number.isNaN(value));
        const seen = thinned.filter(({min}) => min !== null);
        if (values.length > 0) {
          expect(Math.min(...seen.map(({min}) => min!))).toBe(Math.min(...values));
          expect(Math.max(...seen.map(({max}) => max!))).toBe(Math.max(...values));
        } else {
          expect(seen).toEqual([]);
        }
        for (const {min, mean, max} of seen) {
          expect(mean).toBeGreaterThanOrEqual(min! - 1e-9);
          expect(mean).toBeLessThanOrEqual(max! + 1e-9);
        }
        const times = thinned.map(({timeMs}) => timeMs);
        expect(times).toEqual([...times].sort((a, b) => a - b));
      }),
    );
  });

  it('refuses less than one point', () => {
    expect(() =>
      thin({timeMs: [], value: [], qc: []}, {points: 0, fromMs: 0, toMs: 1, kind: 'mean'}),
    ).toThrow(RangeError);
  });
});

describe('thinRollUps', () => {
  it('keeps counts and extremes of a tier', () => {
    fc.assert(
      fc.property(inputArbitrary, fc.integer({min: 1, max: 20}), (input, points) => {
        const tier = accumulate(input, {bucketMs: 900_000}, 'mean');
        const toMs = (input.timeMs.at(-1) ?? 0) + 1;
        const thinned = thinRollUps(tier, {points, fromMs: 0, toMs, kind: 'mean'});
        expect(thinned.length).toBeLessThanOrEqual(points);
        expect(thinned.reduce((sum, {count}) => sum + count, 0)).toBe(input.timeMs.length);
        const good = input.value.filter((value, i) => !Number.isNaN(value) && input.qc[i] !== 4);
        const highs = thinned.flatMap(({max}) => (max === null ? [] : [max]));
        expect(Math.max(...highs)).toBe(Math.max(...good));
      }),
    );
  });

  it('leaves out buckets that begin outside, and joins none without need', () => {
    const tier = accumulate(
      {timeMs: [0, 60_000, 120_000, 180_000], value: [1, 2, 3, 4], qc: [1, 1, 1, 1]},
      {bucketMs: 60_000},
      'mean',
    );
    const points = thinRollUps(tier, {points: 10, fromMs: 60_000, toMs: 180_000, kind: 'mean'});
    expect(points.map(({timeMs, mean}) => [timeMs, mean])).toEqual([
      [60_000, 2],
      [120_000, 3],
    ]);
  });
});

it.each([
  {counts: [5, 1, 0, 0, 0], flag: 1},
  {counts: [0, 3, 0, 0, 1], flag: 2},
  {counts: [5, 0, 1, 0, 9], flag: 3},
  {counts: [5, 0, 1, 1, 0], flag: 4},
  {counts: [0, 0, 0, 0, 2], flag: 9},
])('a bucket with $counts rows by flag shows $flag', ({counts, flag}) => {
  expect(worstFlag(counts)).toBe(flag);
  const flagCounts = counts as [number, number, number, number, number];
  expect(rollUpPoints([{startMs: 0, min: 1, max: 1, mean: 1, count: 6, flagCounts}])[0]!.flag).toBe(flag);
});
