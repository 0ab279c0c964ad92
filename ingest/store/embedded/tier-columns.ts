import {accumulate, BASE_BUCKET_MS, type RollUpColumns} from '#model';
import {FLAG, type RollUp} from '#schemas';
import type {Columns} from './row-arrays.ts';

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

/** Entries of both, with no quarter hour in common, oldest first. */
export function mergeTiers(a: TierColumns, b: TierColumns): TierColumns {
  if (a.startMs.length === 0) return b;
  if (b.startMs.length === 0) return a;
  const merged = emptyTier(a.startMs.length + b.startMs.length);
  let i = 0;
  let j = 0;
  for (let k = 0; k < merged.startMs.length; k++) {
    const fromA = j >= b.startMs.length || (i < a.startMs.length && a.startMs[i]! < b.startMs[j]!);
    const source = fromA ? a : b;
    const at = fromA ? i++ : j++;
    for (const field of TIER_FIELDS) merged[field][k] = source[field][at]!;
  }
  return merged;
}

/** The entries for whose index `keep` is true. */
export function pickTier(tier: TierColumns, keep: (index: number) => boolean): TierColumns {
  const chosen: number[] = [];
  for (let i = 0; i < tier.startMs.length; i++) if (keep(i)) chosen.push(i);
  if (chosen.length === tier.startMs.length) return tier;
  const picked = emptyTier(chosen.length);
  for (const field of TIER_FIELDS) {
    const from = tier[field];
    const into = picked[field];
    for (let k = 0; k < chosen.length; k++) into[k] = from[chosen[k]!]!;
  }
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
