import type {RollUp, RollUpRow} from '#schemas';
import {
  accumulate,
  type Buckets,
  bucketStarts,
  composeColumns,
  type RollUpColumns,
  type RollUpInput,
} from './accumulator.ts';
import {censoredStatistics, hasCensored, isUsed} from './censored-share.ts';

/** Shorter than this, of its greatest possible length, a resultant has no direction: opposite winds cancel. */
const NO_DIRECTION = 1e-9;

/** The kind's aggregate of `used` values: mean, direction in degrees (0 ≤ d < 360), sum, or level in dB. */
export function aggregate(kind: RollUp, used: number, sum: number, cosSum: number): number | null {
  if (used === 0) return null;
  switch (kind) {
    case 'mean':
      return sum / used;
    case 'sum':
      return sum;
    case 'energyMean':
      return 10 * Math.log10(sum / used);
    case 'circularMean': {
      if (Math.hypot(sum, cosSum) < NO_DIRECTION * used) return null;
      const degrees = (Math.atan2(sum, cosSum) * 180) / Math.PI;
      const positive = degrees < 0 ? degrees + 360 : degrees;
      // -1e-15 + 360 is 360
      return positive >= 360 ? 0 : positive + 0;
    }
  }
}

/**
 * Roll-up rows of stored columns. `mean` is the kind's aggregate (mean, direction, sum or energy mean); `count` is all rows
 * whatever their flag; min, max and mean are null where every row failed or has no value. Of directions, min and max are
 * those of the numbers.
 */
export function finishRollUp(columns: RollUpColumns, kind: RollUp): RollUpRow[] {
  const rows: RollUpRow[] = [];
  for (let i = 0; i < columns.startMs.length; i += 1) {
    const pass = columns.pass[i]!;
    const notEvaluated = columns.notEvaluated[i]!;
    const suspect = columns.suspect[i]!;
    const fail = columns.fail[i]!;
    const missing = columns.missing[i]!;
    const used = pass + notEvaluated + suspect;
    rows.push({
      startMs: columns.startMs[i]!,
      min: used === 0 ? null : columns.min[i]!,
      max: used === 0 ? null : columns.max[i]!,
      mean: aggregate(kind, used, columns.sum[i]!, columns.cosSum[i]!),
      count: used + fail + missing,
      flagCounts: [pass, notEvaluated, suspect, fail, missing],
    });
  }
  return rows;
}

/**
 * Roll-up of rows; buckets without rows do not appear. Where values are censored, `mean` is by Kaplan-Meier and `censored`
 * says so: a limit is never taken for a value, nor for 0.
 */
export function rollUp(input: RollUpInput, buckets: Buckets, kind: RollUp): RollUpRow[] {
  const rows = finishRollUp(accumulate(input, buckets, kind), kind);
  if (!hasCensored(input.qc)) return rows;
  const startOf = bucketStarts(buckets);
  const used = new Map<number, number[]>();
  for (let row = 0; row < input.timeMs.length; row += 1) {
    const start = startOf(input.timeMs[row]!);
    if (Number.isNaN(start) || !isUsed(input, row)) continue;
    const list = used.get(start);
    if (list) list.push(row);
    else used.set(start, [row]);
  }
  return rows.map((row) => {
    const found = censoredStatistics(input, used.get(row.startMs) ?? [], kind);
    return found === null ? row : {...row, ...found};
  });
}

/** Longer buckets from the 15-min tier; equal to `rollUp` of the rows, bit for bit. */
export function composeRollUps(shorter: RollUpColumns, buckets: Buckets, kind: RollUp): RollUpRow[] {
  return finishRollUp(composeColumns(shorter, buckets), kind);
}
