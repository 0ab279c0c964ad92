import {FLAG, type Flag, QC_CENSORED, type RollUp, type RollUpRow, type SeriesPoint} from '#schemas';
import {composeColumns, type RollUpColumns, type RollUpInput} from './accumulator.ts';
import {censoredStatistics, hasCensored, isUsed} from './censored-share.ts';
import {aggregate, finishRollUp} from './roll-up.ts';
import {flagIndex, worstFlag} from './worst-flag.ts';

export type ThinOptions = {
  /** At most this many points, at least 1. */
  points: number;
  fromMs: number;
  /** Exclusive. */
  toMs: number;
  kind: RollUp;
};

const RADIANS = Math.PI / 180;

function rowPoint(input: RollUpInput, row: number): SeriesPoint {
  const value = input.value[row]!;
  const measured = Number.isNaN(value) ? null : value;
  const flag = measured === null ? FLAG.missing : ((input.qc[row]! & 0xf) as Flag);
  const point = {timeMs: input.timeMs[row]!, min: measured, max: measured, mean: measured, count: 1, flag};
  // The row itself, not a statistic of it: its number is shown as the limit that it is.
  if (measured === null || (input.qc[row]! & QC_CENSORED) === 0) return point;
  return {...point, censored: censoredStatistics(input, [row], 'mean')!.censored};
}

/** Length of the buckets: [fromMs, toMs) in `points` equal parts, in whole milliseconds. */
function bucketLengthMs({points, fromMs, toMs}: ThinOptions): number {
  if (!(points >= 1)) throw new RangeError(`expected at least one point, got ${points}`);
  return Math.max(1, Math.ceil((toMs - fromMs) / Math.floor(points)));
}

/** One point of the rows [from, to) of a bucket. */
function bucketPoint(
  input: RollUpInput,
  from: number,
  to: number,
  startMs: number,
  kind: RollUp,
  censored: boolean,
): SeriesPoint {
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  const flags = [0, 0, 0, 0, 0];
  // values that did not fail, and all of them, should none be left
  const good = {used: 0, sum: 0, cosSum: 0};
  const all = {used: 0, sum: 0, cosSum: 0};
  for (let row = from; row < to; row += 1) {
    const value = input.value[row]!;
    const flag = Number.isNaN(value) ? FLAG.missing : input.qc[row]! & 0xf;
    const index = flagIndex(flag);
    flags[index] = flags[index]! + 1;
    if (Number.isNaN(value)) continue;
    if (value < min) min = value;
    if (value > max) max = value;
    let term = value;
    let cosine = 0;
    if (kind === 'circularMean') {
      term = Math.sin(value * RADIANS);
      cosine = Math.cos(value * RADIANS);
    } else if (kind === 'energyMean') {
      term = 10 ** (value / 10);
    }
    for (const sums of flag === FLAG.fail || flag === FLAG.missing ? [all] : [all, good]) {
      sums.used += 1;
      sums.sum += term;
      sums.cosSum += cosine;
    }
  }
  const sums = good.used > 0 ? good : all;
  const point = {
    timeMs: startMs,
    min: all.used === 0 ? null : min,
    max: all.used === 0 ? null : max,
    mean: aggregate(kind, sums.used, sums.sum, sums.cosSum),
    count: to - from,
    flag: worstFlag(flags),
  };
  if (!censored) return point;
  const rows: number[] = [];
  for (let row = from; row < to; row += 1) {
    if (good.used > 0 ? isUsed(input, row) : !Number.isNaN(input.value[row]!)) rows.push(row);
  }
  const found = censoredStatistics(input, rows, kind);
  return found === null ? point : {...point, ...found};
}

/**
 * Points of a chart from the rows in [fromMs, toMs), oldest first. No more rows than `points`: each row is a point with its
 * own time and count 1. Else equal buckets of time, each with its start, so that extremes are kept and counts add up to the
 * rows; a bucket of one row keeps that row's time.
 *
 * Every row given is part of the picture: min and max are those of all values, failed ones too (whoever does not want them
 * filters by flag before). `mean` is the kind's aggregate over values that did not fail, or over all when every one did; for
 * sums the points' `mean` add up to the total of what did not fail.
 */
export function thin(input: RollUpInput, options: ThinOptions): SeriesPoint[] {
  const {fromMs, toMs, points, kind} = options;
  const lengthMs = bucketLengthMs(options);
  let first = 0;
  while (first < input.timeMs.length && input.timeMs[first]! < fromMs) first += 1;
  let end = input.timeMs.length;
  while (end > first && input.timeMs[end - 1]! >= toMs) end -= 1;
  const thinned: SeriesPoint[] = [];
  if (end - first <= points) {
    for (let row = first; row < end; row += 1) thinned.push(rowPoint(input, row));
    return thinned;
  }
  const censored = hasCensored(input.qc);
  for (let row = first; row < end; ) {
    const bucket = Math.floor((input.timeMs[row]! - fromMs) / lengthMs);
    const startMs = fromMs + bucket * lengthMs;
    let next = row + 1;
    while (next < end && input.timeMs[next]! < startMs + lengthMs) next += 1;
    thinned.push(
      next - row === 1 ? rowPoint(input, row) : bucketPoint(input, row, next, startMs, kind, censored),
    );
    row = next;
  }
  return thinned;
}

/** Roll-up rows as points of a chart, with the bucket's worst flag. */
export function rollUpPoints(rows: readonly RollUpRow[]): SeriesPoint[] {
  return rows.map(({startMs, min, max, mean, count, flagCounts, censored}) => ({
    timeMs: startMs,
    min,
    max,
    mean,
    count,
    flag: worstFlag(flagCounts),
    ...(censored === undefined ? {} : {censored}),
  }));
}

/**
 * Points of a chart from a tier's buckets that begin in [fromMs, toMs): each bucket a point, or neighbours joined until
 * there are at most `points`. Extremes are kept (of values that did not fail: a tier knows no others), counts add up.
 */
export function thinRollUps(columns: RollUpColumns, options: ThinOptions): SeriesPoint[] {
  const {fromMs, toMs, points, kind} = options;
  const lengthMs = bucketLengthMs(options);
  const inside = startingIn(columns, fromMs, toMs);
  if (inside.startMs.length <= points) return rollUpPoints(finishRollUp(inside, kind));
  const buckets = Math.ceil((toMs - fromMs) / lengthMs);
  const joined = Float64Array.from({length: buckets + 1}, (_, i) => fromMs + i * lengthMs);
  return rollUpPoints(finishRollUp(composeColumns(inside, joined), kind));
}

/** The buckets that begin in [fromMs, toMs): views of the same columns. */
function startingIn(columns: RollUpColumns, fromMs: number, toMs: number): RollUpColumns {
  let from = 0;
  let to = columns.startMs.length;
  while (from < to && columns.startMs[from]! < fromMs) from += 1;
  while (to > from && columns.startMs[to - 1]! >= toMs) to -= 1;
  return {
    startMs: columns.startMs.subarray(from, to),
    min: columns.min.subarray(from, to),
    max: columns.max.subarray(from, to),
    sum: columns.sum.subarray(from, to),
    cosSum: columns.cosSum.subarray(from, to),
    pass: columns.pass.subarray(from, to),
    notEvaluated: columns.notEvaluated.subarray(from, to),
    suspect: columns.suspect.subarray(from, to),
    fail: columns.fail.subarray(from, to),
    missing: columns.missing.subarray(from, to),
  };
}
