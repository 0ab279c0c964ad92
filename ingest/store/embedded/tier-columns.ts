import {accumulate, BASE_BUCKET_MS, type RollUpColumns} from '#model';
import {FLAG, type RollUp} from '#schemas';
import {type Columns, lowerBound} from './row-arrays.ts';

/**
 * Quarter hours of one series: what `model` composes longer buckets from, and what a chart needs besides. One entry for
 * each quarter hour (UTC) that holds a row, oldest first.
 */
export type TierColumns = RollUpColumns & {
  /** Time of the first and the last row with a value; NaN: none has one. */
  firstMs: Float64Array;
  lastMs: Float64Array;
  /** Extremes of all values, failed ones too; NaN where they are `min` and `max`. */
  minAll: Float64Array;
  maxAll: Float64Array;
};

/** Quarter hours are kept for series with at least so many rows in each; of others the rows are as few. */
export const LEAST_ROWS_A_QUARTER = 3;

/** Quarter hours of rows that lie oldest first. */
export function tierColumns(rows: Columns, kind: RollUp): TierColumns {
  const base = accumulate(rows, {bucketMs: BASE_BUCKET_MS}, kind);
  const n = base.startMs.length;
  const tier: TierColumns = {
    ...base,
    firstMs: new Float64Array(n).fill(Number.NaN),
    lastMs: new Float64Array(n).fill(Number.NaN),
    minAll: new Float64Array(n).fill(Number.NaN),
    maxAll: new Float64Array(n).fill(Number.NaN),
  };
  let at = 0;
  for (let row = 0; row < rows.timeMs.length; row++) {
    const timeMs = rows.timeMs[row]!;
    while (timeMs >= tier.startMs[at]! + BASE_BUCKET_MS) at++;
    const value = rows.value[row]!;
    if (Number.isNaN(value)) continue;
    if (Number.isNaN(tier.firstMs[at]!)) tier.firstMs[at] = timeMs;
    tier.lastMs[at] = timeMs;
    const flag = rows.qc[row]! & 0xf;
    if (flag !== FLAG.fail && flag !== FLAG.missing) continue;
    // Written so that NaN (nothing yet) is replaced.
    if (!(tier.min[at]! <= value) && !(tier.minAll[at]! <= value)) tier.minAll[at] = value;
    if (!(tier.max[at]! >= value) && !(tier.maxAll[at]! >= value)) tier.maxAll[at] = value;
  }
  return tier;
}

export const TIER_FIELDS = [
  'startMs',
  'min',
  'max',
  'sum',
  'cosSum',
  'pass',
  'notEvaluated',
  'suspect',
  'fail',
  'missing',
  'firstMs',
  'lastMs',
  'minAll',
  'maxAll',
] as const;
export const TIER_COUNTS: ReadonlySet<string> = new Set<string>([
  'pass',
  'notEvaluated',
  'suspect',
  'fail',
  'missing',
]);

export function emptyTier(n: number): TierColumns {
  return Object.fromEntries(
    TIER_FIELDS.map((field) => [field, TIER_COUNTS.has(field) ? new Int32Array(n) : new Float64Array(n)]),
  ) as unknown as TierColumns;
}

type Run = {from: number; to: number};

/** Copies entries to `into` at `at`, whole runs of a column at a time; the place after them. */
function putRun(into: TierColumns, at: number, tier: TierColumns, {from, to}: Run): number {
  for (const field of TIER_FIELDS) into[field].set(tier[field].subarray(from, to), at);
  return at + to - from;
}

/** Entries of both, with no quarter hour in common, oldest first. */
export function mergeTiers(a: TierColumns, b: TierColumns): TierColumns {
  if (a.startMs.length === 0) return b;
  if (b.startMs.length === 0) return a;
  const merged = emptyTier(a.startMs.length + b.startMs.length);
  // The one whose entries come next, and where it and the other stand.
  let [next, from, other, otherFrom] = a.startMs[0]! < b.startMs[0]! ? [a, 0, b, 0] : [b, 0, a, 0];
  for (let at = 0; at < merged.startMs.length; ) {
    const left = otherFrom < other.startMs.length;
    const end = next.startMs.length;
    // At least one, so that it comes to an end whatever it is given.
    const to = left
      ? Math.max(lowerBound(next.startMs, other.startMs[otherFrom]!), Math.min(from + 1, end))
      : end;
    at = putRun(merged, at, next, {from, to});
    [next, from, other, otherFrom] = [other, otherFrom, next, to];
  }
  return merged;
}

/** The entries that begin in none of the stretches (in order, apart). */
export function tierOutside(
  tier: TierColumns,
  stretches: readonly {fromMs: number; toMs: number}[],
): TierColumns {
  const runs: Run[] = [];
  let from = 0;
  for (const {fromMs, toMs} of stretches) {
    runs.push({from, to: lowerBound(tier.startMs, fromMs)});
    from = lowerBound(tier.startMs, toMs);
  }
  runs.push({from, to: tier.startMs.length});
  const picked = emptyTier(runs.reduce((sum, run) => sum + run.to - run.from, 0));
  let at = 0;
  for (const run of runs) at = putRun(picked, at, tier, run);
  return picked;
}

/** All rows of the quarter hours, whatever their flag. */
export function rowsIn(tier: TierColumns): number {
  let rows = 0;
  for (let i = 0; i < tier.startMs.length; i++) {
    rows += tier.pass[i]! + tier.notEvaluated[i]! + tier.suspect[i]! + tier.fail[i]! + tier.missing[i]!;
  }
  return rows;
}
