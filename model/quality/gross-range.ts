import {FLAG, type Flag} from '#schemas';

/**
 * Gross range test (QARTOD test 4, sensor or physical limits): fail outside [low, high], limits inclusive; missing for
 * no value (NaN).
 */
export function grossRangeFlag(value: number, range: readonly [number, number]): Flag {
  if (Number.isNaN(value)) return FLAG.missing;
  return value < range[0] || value > range[1] ? FLAG.fail : FLAG.pass;
}
