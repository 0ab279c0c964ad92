import type {RollUp, RollUpRow} from '#schemas';
import {
  accumulate,
  type Buckets,
  composeColumns,
  type RollUpColumns,
  type RollUpInput,
} from './accumulator.ts';

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

/** Roll-up of rows; buckets without rows do not appear. */
export function rollUp(input: RollUpInput, buckets: Buckets, kind: RollUp): RollUpRow[] {
  return finishRollUp(accumulate(input, buckets, kind), kind);
}

/** Longer buckets from the 15-min tier; equal to `rollUp` of the rows, bit for bit. */
export function composeRollUps(shorter: RollUpColumns, buckets: Buckets, kind: RollUp): RollUpRow[] {
  return finishRollUp(composeColumns(shorter, buckets), kind);
}
