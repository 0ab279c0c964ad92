import {type CensoredShare, FLAG, QC_CENSORED, type RollUp} from '#schemas';
import {summarise} from '../censored/summary.ts';
import type {RollUpInput} from './accumulator.ts';

/** What some rows have in common where not all of their values are known. */
export type CensoredStatistics = {
  censored: CensoredShare;
  min: number | null;
  max: number | null;
  /** The kind's aggregate. */
  mean: number | null;
};

/** Whether some of the rows hold a limit in place of a value. */
export function hasCensored(qc: ArrayLike<number>): boolean {
  for (let row = 0; row < qc.length; row += 1) if ((qc[row]! & QC_CENSORED) !== 0) return true;
  return false;
}

/** Whether a row enters statistics: it has a value and did not fail. */
export function isUsed(input: RollUpInput, row: number): boolean {
  const flag = input.qc[row]! & 0xf;
  return !Number.isNaN(input.value[row]!) && flag !== FLAG.fail && flag !== FLAG.missing;
}

/**
 * Statistics of rows of which some are censored: extremes of the detected ones, and the kind's aggregate by Kaplan-Meier
 * (a sum is the mean times the rows; levels in dB are averaged as energies; directions have none). null if none of the rows
 * is censored.
 */
export function censoredStatistics(
  input: RollUpInput,
  rows: readonly number[],
  kind: RollUp,
): CensoredStatistics | null {
  if (!rows.some((row) => (input.qc[row]! & QC_CENSORED) !== 0)) return null;
  const energy = kind === 'energyMean';
  const value = rows.map((row) => (energy ? 10 ** (input.value[row]! / 10) : input.value[row]!));
  const {censored, ...known} = summarise(
    value,
    rows.map((row) => input.qc[row]!),
  );
  const level = (number: number | null) => (number === null || !energy ? number : 10 * Math.log10(number));
  let mean = level(known.mean);
  if (kind === 'circularMean') mean = null;
  if (mean !== null && kind === 'sum') mean *= rows.length;
  const {belowLimit, aboveLimit} = censored!;
  return {
    censored: {...censored!, belowLimit: level(belowLimit), aboveLimit: level(aboveLimit)},
    min: level(known.min),
    max: level(known.max),
    mean,
  };
}
