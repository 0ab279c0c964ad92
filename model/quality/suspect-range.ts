import {FLAG, type Flag} from '#schemas';

/**
 * Operator's range (QARTOD test 4, user span): suspect outside [low, high], limits inclusive; missing for no value (NaN);
 * not evaluated without a range.
 */
export function suspectRangeFlag(value: number, range: readonly [number, number] | null): Flag {
  if (range === null) return FLAG.notEvaluated;
  if (Number.isNaN(value)) return FLAG.missing;
  return value < range[0] || value > range[1] ? FLAG.suspect : FLAG.pass;
}
