/** Lowest anemometer for which the profile over short grass holds, m. */
const LEAST_HEIGHT_M = 0.5;

/**
 * Wind speed at 2 m over short grass from that at another height, m/s. FAO-56 (47).
 * @throws {RangeError} below 0.5 m, where the logarithm has no meaning.
 */
export function windSpeedAt2mMPerS(windSpeedMPerS: number, heightM: number): number {
  if (!(heightM >= LEAST_HEIGHT_M)) {
    throw new RangeError(`expected an anemometer at ${LEAST_HEIGHT_M} m or higher, got ${heightM} m`);
  }
  // the printed factors give 1.0002 where there is nothing to convert
  if (heightM === 2) return windSpeedMPerS;
  return (windSpeedMPerS * 4.87) / Math.log(67.8 * heightM - 5.42);
}
