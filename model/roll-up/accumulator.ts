import {FLAG, type RollUp} from '#schemas';
import type {Boundaries} from './boundaries.ts';
import {flagIndex} from './worst-flag.ts';

/** Rows of one series, oldest first; value NaN where there is none. */
export type RollUpInput = {
  readonly timeMs: ArrayLike<number>;
  readonly value: ArrayLike<number>;
  readonly qc: ArrayLike<number>;
};

/**
 * What a tier stores of each bucket, enough to compose longer buckets to the last bit: columns of equal length, one entry
 * for each bucket that holds a row, oldest first. Rows flagged fail or missing are counted and enter nothing else.
 */
export type RollUpColumns = {
  startMs: Float64Array;
  /** NaN: no value entered. */
  min: Float64Array;
  max: Float64Array;
  /** By kind: sum of the values (mean, sum), of their sines (circularMean), of 10^(L/10) (energyMean). */
  sum: Float64Array;
  /** Sum of the cosines for circularMean, else 0. */
  cosSum: Float64Array;
  /** Rows by flag, in FLAGS' order; the first three entered the statistics. */
  pass: Int32Array;
  notEvaluated: Int32Array;
  suspect: Int32Array;
  fail: Int32Array;
  missing: Int32Array;
};

const RADIANS = Math.PI / 180;
/** Everything is summed by quarter hours first, so that an hour, a day or a month is the same however it is made. */
export const BASE_BUCKET_MS = 900_000;

function emptyColumns(rows: number): RollUpColumns {
  return {
    startMs: new Float64Array(rows),
    min: new Float64Array(rows).fill(Number.NaN),
    max: new Float64Array(rows).fill(Number.NaN),
    sum: new Float64Array(rows),
    cosSum: new Float64Array(rows),
    pass: new Int32Array(rows),
    notEvaluated: new Int32Array(rows),
    suspect: new Int32Array(rows),
    fail: new Int32Array(rows),
    missing: new Int32Array(rows),
  };
}

/** The first `rows` entries. */
function firstRows(columns: RollUpColumns, rows: number): RollUpColumns {
  return {
    startMs: columns.startMs.slice(0, rows),
    min: columns.min.slice(0, rows),
    max: columns.max.slice(0, rows),
    sum: columns.sum.slice(0, rows),
    cosSum: columns.cosSum.slice(0, rows),
    pass: columns.pass.slice(0, rows),
    notEvaluated: columns.notEvaluated.slice(0, rows),
    suspect: columns.suspect.slice(0, rows),
    fail: columns.fail.slice(0, rows),
    missing: columns.missing.slice(0, rows),
  };
}

/** Buckets by boundaries, or UTC buckets of a length that begin at whole multiples of it since 1970. */
export type Buckets = Boundaries | {readonly bucketMs: number};

/** Starts of the buckets that hold times; NaN if none does. The times must ascend. */
export function bucketStarts(buckets: Buckets): (timeMs: number) => number {
  if (!(buckets instanceof Float64Array)) {
    const {bucketMs} = buckets;
    if (!(bucketMs > 0)) throw new RangeError(`expected a bucket length above 0 ms, got ${bucketMs}`);
    return (timeMs) => Math.floor(timeMs / bucketMs) * bucketMs;
  }
  const last = buckets.length - 1;
  let bucket = 0;
  return (timeMs) => {
    if (last < 1 || timeMs < buckets[0]! || timeMs >= buckets[last]!) return Number.NaN;
    while (buckets[bucket + 1]! <= timeMs) bucket += 1;
    return buckets[bucket]!;
  };
}

/** No more buckets than this can hold one of so many rows. */
function mostBuckets(rows: number, buckets: Buckets): number {
  return buckets instanceof Float64Array ? Math.min(rows, Math.max(0, buckets.length - 1)) : rows;
}

/**
 * Sufficient statistics of rows by bucket; rows outside of them are left out, buckets without rows do not appear.
 * Values are added in order of time within each quarter hour (UTC), and quarter hours in order of time: the sum equals, bit
 * for bit, the composition of 15-min buckets by `composeColumns`.
 */
export function accumulate(input: RollUpInput, buckets: Buckets, kind: RollUp): RollUpColumns {
  const rows = input.timeMs.length;
  const out = emptyColumns(mostBuckets(rows, buckets));
  const counts = [out.pass, out.notEvaluated, out.suspect, out.fail, out.missing];
  const startOf = bucketStarts(buckets);
  let at = -1;
  let quarter = Number.NaN;
  let sum = 0;
  let cosSum = 0;
  const flush = (): void => {
    if (at < 0) return;
    out.sum[at] = out.sum[at]! + sum;
    out.cosSum[at] = out.cosSum[at]! + cosSum;
    sum = 0;
    cosSum = 0;
  };
  for (let row = 0; row < rows; row += 1) {
    const timeMs = input.timeMs[row]!;
    const start = startOf(timeMs);
    if (Number.isNaN(start)) continue;
    const rowQuarter = Math.floor(timeMs / BASE_BUCKET_MS);
    if (at < 0 || out.startMs[at] !== start) {
      flush();
      at += 1;
      out.startMs[at] = start;
      quarter = rowQuarter;
    } else if (rowQuarter !== quarter) {
      flush();
      quarter = rowQuarter;
    }
    const value = input.value[row]!;
    const flag = Number.isNaN(value) ? FLAG.missing : input.qc[row]! & 0xf;
    const count = counts[flagIndex(flag)]!;
    count[at] = count[at]! + 1;
    if (flag === FLAG.fail || flag === FLAG.missing) continue;
    // written so that NaN (no value yet) is replaced
    if (!(out.min[at]! <= value)) out.min[at] = value;
    if (!(out.max[at]! >= value)) out.max[at] = value;
    if (kind === 'circularMean') {
      sum += Math.sin(value * RADIANS);
      cosSum += Math.cos(value * RADIANS);
    } else {
      sum += kind === 'energyMean' ? 10 ** (value / 10) : value;
    }
  }
  flush();
  return firstRows(out, at + 1);
}

/**
 * Longer buckets from shorter ones that lie inside them (days from 15-min buckets). A shorter bucket belongs to the one
 * that holds its start. Give it the 15-min tier: a day composed of composed hours may differ in the last bit.
 */
export function composeColumns(shorter: RollUpColumns, buckets: Buckets): RollUpColumns {
  const rows = shorter.startMs.length;
  const out = emptyColumns(mostBuckets(rows, buckets));
  const startOf = bucketStarts(buckets);
  let at = -1;
  for (let row = 0; row < rows; row += 1) {
    const start = startOf(shorter.startMs[row]!);
    if (Number.isNaN(start)) continue;
    if (at < 0 || out.startMs[at] !== start) {
      at += 1;
      out.startMs[at] = start;
    }
    const min = shorter.min[row]!;
    const max = shorter.max[row]!;
    if (!Number.isNaN(min) && !(out.min[at]! <= min)) out.min[at] = min;
    if (!Number.isNaN(max) && !(out.max[at]! >= max)) out.max[at] = max;
    out.sum[at] = out.sum[at]! + shorter.sum[row]!;
    out.cosSum[at] = out.cosSum[at]! + shorter.cosSum[row]!;
    out.pass[at] = out.pass[at]! + shorter.pass[row]!;
    out.notEvaluated[at] = out.notEvaluated[at]! + shorter.notEvaluated[row]!;
    out.suspect[at] = out.suspect[at]! + shorter.suspect[row]!;
    out.fail[at] = out.fail[at]! + shorter.fail[row]!;
    out.missing[at] = out.missing[at]! + shorter.missing[row]!;
  }
  return firstRows(out, at + 1);
}
