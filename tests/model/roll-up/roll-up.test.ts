import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import {accumulate, composeColumns, composeRollUps, finishRollUp, rollUp, zonedBoundaries} from '#model';
import type {RollUp} from '#schemas';

const HOUR = 3_600_000;
const N = Number.NaN;
const rows = (value: number[], options: {qc?: number[]; stepMs?: number; startMs?: number} = {}) => ({
  timeMs: value.map((_, i) => (options.startMs ?? 0) + i * (options.stepMs ?? 60_000)),
  value,
  qc: options.qc ?? value.map((v) => (Number.isNaN(v) ? 9 : 1)),
});

describe('rollUp', () => {
  it('gives min, max, mean, count and flag counts of each bucket that holds a row', () => {
    const input = {timeMs: [0, 1, 59_999, 60_000, 180_000], value: [1, 2, 6, 5, 4], qc: [1, 1, 3, 1, 2]};
    expect(rollUp(input, {bucketMs: 60_000}, 'mean')).toEqual([
      {startMs: 0, min: 1, max: 6, mean: 3, count: 3, flagCounts: [2, 0, 1, 0, 0]},
      {startMs: 60_000, min: 5, max: 5, mean: 5, count: 1, flagCounts: [1, 0, 0, 0, 0]},
      {startMs: 180_000, min: 4, max: 4, mean: 4, count: 1, flagCounts: [0, 1, 0, 0, 0]},
    ]);
  });

  it('counts failed and missing rows and leaves them out of the statistics', () => {
    expect(rollUp(rows([1, 9999, N, 3], {qc: [1, 4, 9, 3]}), {bucketMs: HOUR}, 'mean')).toEqual([
      {startMs: 0, min: 1, max: 3, mean: 2, count: 4, flagCounts: [1, 0, 1, 1, 1]},
    ]);
    expect(rollUp(rows([9999, N], {qc: [4, 9]}), {bucketMs: HOUR}, 'sum')).toEqual([
      {startMs: 0, min: null, max: null, mean: null, count: 2, flagCounts: [0, 0, 0, 1, 1]},
    ]);
  });

  it.each<{kind: RollUp; values: number[]; expected: number | null}>([
    {kind: 'sum', values: [0.2, 0.2, 0.4], expected: 0.8},
    // mean of directions across north
    {kind: 'circularMean', values: [350, 10, 0], expected: 0},
    {kind: 'circularMean', values: [350, 20], expected: 5},
    {kind: 'circularMean', values: [90, 180], expected: 135},
    {kind: 'circularMean', values: [260, 280], expected: 270},
    {kind: 'circularMean', values: [0, 180], expected: null},
    // ISO 1996-1: 10 lg of the mean of 10^(L/10); two equal sources in time are that level, one silent half is 3 dB less
    {kind: 'energyMean', values: [60, 60], expected: 60},
    {kind: 'energyMean', values: [60, 70], expected: 67.4036},
    {kind: 'energyMean', values: [80, 20], expected: 76.9897},
  ])('$kind of $values is $expected', ({kind, values, expected}) => {
    const [row] = rollUp(rows(values), {bucketMs: HOUR}, kind);
    if (expected === null) expect(row!.mean).toBeNull();
    else expect(row!.mean).toBeCloseTo(expected, 4);
    expect([row!.min, row!.max]).toEqual([Math.min(...values), Math.max(...values)]);
  });

  it('rolls up by local days, the ends outside left out', () => {
    // 0.1 mm each hour of two days; rain days 08–08 in UTC+8 begin at 00 UTC
    const input = rows(Array(48).fill(0.1), {stepMs: HOUR, startMs: Date.UTC(2026, 6, 1, -3)});
    const days = zonedBoundaries(Date.UTC(2026, 6, 1), Date.UTC(2026, 6, 2), 'Asia/Shanghai', 'P1D', 8);
    const [day, ...more] = rollUp(input, days, 'sum');
    expect(more).toEqual([]);
    expect(day).toMatchObject({startMs: Date.UTC(2026, 6, 1), count: 24});
    expect(day!.mean).toBeCloseTo(2.4, 12);
  });

  it('gives nothing for nothing', () => {
    expect(rollUp(rows([]), {bucketMs: HOUR}, 'mean')).toEqual([]);
    expect(rollUp(rows([1]), new Float64Array(0), 'mean')).toEqual([]);
    expect(rollUp(rows([1]), Float64Array.of(5, 10), 'mean')).toEqual([]);
  });
});

const inputArbitrary = fc
  .array(
    fc.record({
      stepMs: fc.integer({min: 1, max: 2_000_000}),
      value: fc.oneof(
        {weight: 8, arbitrary: fc.double({min: 0, max: 120, noNaN: true})},
        {weight: 1, arbitrary: fc.constant(N)},
      ),
      flag: fc.constantFrom(1, 1, 2, 3, 4),
    }),
    {maxLength: 120},
  )
  .map((list) => {
    let timeMs = Date.UTC(2026, 9, 24, 20);
    const input = {timeMs: [] as number[], value: [] as number[], qc: [] as number[]};
    for (const {stepMs, value, flag} of list) {
      timeMs += stepMs;
      input.timeMs.push(timeMs);
      input.value.push(value);
      input.qc.push(Number.isNaN(value) ? 9 : flag);
    }
    return input;
  });
const kinds = fc.constantFrom<RollUp>('mean', 'sum', 'circularMean', 'energyMean');

describe('composition', () => {
  it('of 15-min buckets is what the rows give, bit for bit: hours, local days, months', () => {
    fc.assert(
      fc.property(inputArbitrary, kinds, (input, kind) => {
        const quarters = accumulate(input, {bucketMs: 900_000}, kind);
        expect(composeRollUps(quarters, {bucketMs: HOUR}, kind)).toEqual(
          rollUp(input, {bucketMs: HOUR}, kind),
        );
        const from = input.timeMs[0] ?? 0;
        const to = (input.timeMs.at(-1) ?? 0) + 1;
        for (const zone of ['Asia/Shanghai', 'Australia/Lord_Howe', 'Asia/Kathmandu', 'Europe/Berlin']) {
          for (const period of ['P1D', 'P1M'] as const) {
            const boundaries = zonedBoundaries(from, to, zone, period, 8);
            expect(composeRollUps(quarters, boundaries, kind)).toEqual(rollUp(input, boundaries, kind));
          }
        }
      }),
      {numRuns: 200},
    );
  });

  it('loses no row: counts add up whatever the buckets', () => {
    fc.assert(
      fc.property(inputArbitrary, kinds, fc.integer({min: 1, max: 5_000_000}), (input, kind, bucketMs) => {
        const counts = rollUp(input, {bucketMs}, kind).map(({count}) => count);
        expect(counts.reduce((sum, count) => sum + count, 0)).toBe(input.timeMs.length);
      }),
    );
  });

  it('does not depend on where a tier is cut into blocks', () => {
    fc.assert(
      fc.property(inputArbitrary, kinds, fc.nat(120), (input, kind, cut) => {
        // blocks end at a boundary of the buckets
        const at = input.timeMs.findIndex(
          (timeMs, i) =>
            i >= cut && i > 0 && Math.floor(timeMs / HOUR) !== Math.floor(input.timeMs[i - 1]! / HOUR),
        );
        fc.pre(at > 0);
        const part = (from: number, to: number) => ({
          timeMs: input.timeMs.slice(from, to),
          value: input.value.slice(from, to),
          qc: input.qc.slice(from, to),
        });
        const blocks = [part(0, at), part(at, input.timeMs.length)].flatMap((block) =>
          rollUp(block, {bucketMs: HOUR}, kind),
        );
        expect(blocks).toEqual(rollUp(input, {bucketMs: HOUR}, kind));
      }),
      {numRuns: 200},
    );
  });

  it('keeps the columns of a tier as they are when the buckets are its own', () => {
    const input = rows([1, 2, 3, 4], {stepMs: 600_000});
    const quarters = accumulate(input, {bucketMs: 900_000}, 'mean');
    expect(composeColumns(quarters, {bucketMs: 900_000})).toEqual(quarters);
    expect(finishRollUp(quarters, 'mean').map(({mean}) => mean)).toEqual([1.5, 3, 4]);
  });
});
