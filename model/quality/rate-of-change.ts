import {FLAG, type Flag} from '#schemas';

/** A value before the first one: there is none. */
export type EarlierValue = {readonly timeMs: number; readonly value: number} | null;

/**
 * Rate of change test (QARTOD test 7): suspect where the change from the row before, divided by the true time step,
 * exceeds `ratePerS` (units per second; the limit itself passes). The first value of a series passes, as in the
 * reference; after a row without a value the test is not evaluated.
 * Source: ioos_qc `rate_of_change_test` (which cuts time steps to whole seconds; we keep milliseconds).
 */
export function rateOfChangeFlag(
  before: EarlierValue,
  timeMs: number,
  value: number,
  ratePerS: number | null,
): Flag {
  if (ratePerS === null) return FLAG.notEvaluated;
  if (Number.isNaN(value)) return FLAG.missing;
  if (before === null) return FLAG.pass;
  const rate = Math.abs((value - before.value) / ((timeMs - before.timeMs) / 1000));
  if (Number.isNaN(rate)) return FLAG.notEvaluated;
  return rate > ratePerS ? FLAG.suspect : FLAG.pass;
}
