import {FLAG, type Flag} from '#schemas';

/**
 * Spike test (QARTOD test 6, average form): the distance of a value from the mean of both neighbours, above `fail` or
 * above `suspect`; the limits themselves pass. Missing for no value; not evaluated where a neighbour has none, or is
 * not there (NaN), as at both ends of a series.
 * Source: ioos_qc `spike_test`, method "average".
 */
export function spikeFlag(
  before: number,
  value: number,
  after: number,
  limits: {readonly suspect: number; readonly fail: number} | null,
): Flag {
  if (limits === null) return FLAG.notEvaluated;
  if (Number.isNaN(value)) return FLAG.missing;
  const distance = Math.abs(value - (before + after) / 2);
  if (Number.isNaN(distance)) return FLAG.notEvaluated;
  if (distance > limits.fail) return FLAG.fail;
  return distance > limits.suspect ? FLAG.suspect : FLAG.pass;
}
