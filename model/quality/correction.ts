import type {Correction} from '#schemas';

/**
 * A value under a correction: value · gain + offset, both interpolated linearly in time between the two calibrations and
 * held outside of them. NaN (no value) stays NaN.
 *
 * Source: Wagner, R.J. et al. (2006), USGS Techniques and Methods 1-D3, «Data corrections» (fouling and drift are
 * prorated over time between two visits); Horsburgh, J.S. et al. (2015), doi:10.1016/j.envsoft.2015.04.002 (linear drift
 * correction).
 */
export function correctedValue(
  {startMs, endMs, offset, gain}: Correction,
  timeMs: number,
  value: number,
): number {
  const share = endMs > startMs ? Math.min(1, Math.max(0, (timeMs - startMs) / (endMs - startMs))) : 1;
  const factor = gain[0] + (gain[1] - gain[0]) * share;
  return value * factor + (offset[0] + (offset[1] - offset[0]) * share);
}

/** What a calibration found: the instrument's reading of a standard or of a reference instrument, and its true value. */
export type CalibrationPoint = {readonly reading: number; readonly reference: number};

/**
 * Gain and offset that turn readings into true values: from one standard an offset, from two the line through both.
 * @throws {RangeError} unless one or two standards are given, two with different readings and a gain above 0.
 */
export function adjustment(points: readonly CalibrationPoint[]): {gain: number; offset: number} {
  const [first, second] = points;
  if (first === undefined || points.length > 2) {
    throw new RangeError(`one or two calibration standards were expected, got ${points.length}`);
  }
  if (second === undefined) return {gain: 1, offset: first.reference - first.reading};
  const gain = (second.reference - first.reference) / (second.reading - first.reading);
  if (!(gain > 0 && Number.isFinite(gain))) {
    throw new RangeError(
      `two different standards that the instrument tells apart were expected, got readings ${first.reading} and ` +
        `${second.reading} of ${first.reference} and ${second.reference}`,
    );
  }
  return {gain, offset: first.reference - gain * first.reading};
}

/**
 * The correction of an instrument that drifted linearly between two calibrations: what each found is taken off in
 * proportion to the time passed. Nothing found at the start means that it was true then.
 */
export function driftCorrection(of: {
  startMs: number;
  endMs: number;
  /** As found (or left) at the start; absent: true. */
  start?: readonly CalibrationPoint[];
  end: readonly CalibrationPoint[];
}): Correction {
  const {startMs, endMs} = of;
  if (!(startMs < endMs)) throw new RangeError('the start of a drift must be before its end');
  const begin = of.start === undefined ? {gain: 1, offset: 0} : adjustment(of.start);
  const end = adjustment(of.end);
  return {startMs, endMs, offset: [begin.offset, end.offset], gain: [begin.gain, end.gain]};
}
