import {FAO56, type Fao56Constants} from './fao56-constants.ts';

/** Albedo of the reference grass. */
const REFERENCE_ALBEDO = 0.23;

/** Net shortwave radiation, MJ/m². FAO-56 (38). */
export function netShortwaveMj(radiationMj: number, albedo: number = REFERENCE_ALBEDO): number {
  return (1 - albedo) * radiationMj;
}

/**
 * Global radiation as a share of that under a clear sky, within the limits of (39); 1 where a clear sky gives nothing, so that
 * a polar night loses what it does under stars.
 */
export function cloudRatio(
  radiationMj: number,
  clearSkyMj: number,
  constants: Fao56Constants = FAO56,
): number {
  if (!(clearSkyMj > 0)) return 1;
  const ratio = radiationMj / clearSkyMj;
  const limits = constants.cloudRatioLimits;
  return limits === null ? ratio : Math.min(limits.most, Math.max(limits.least, ratio));
}

/** How much of the longwave loss vapour and cloud let through: the two brackets of (39). */
function longwaveShare(vapourPressureKPa: number, cloud: number): number {
  return (0.34 - 0.14 * Math.sqrt(vapourPressureKPa)) * (1.35 * cloud - 0.35);
}

/** Net outgoing longwave radiation of a day, MJ/m². FAO-56 (39). */
export function netLongwaveMj(
  of: {maximumC: number; minimumC: number; vapourPressureKPa: number; cloudRatio: number},
  constants: Fao56Constants = FAO56,
): number {
  const warmest = (of.maximumC + constants.zeroK) ** 4;
  const coldest = (of.minimumC + constants.zeroK) ** 4;
  return (
    constants.stefanBoltzmannMj *
    ((warmest + coldest) / 2) *
    longwaveShare(of.vapourPressureKPa, of.cloudRatio)
  );
}

/** Net outgoing longwave radiation of an hour, MJ/m². FAO-56 (39), hourly form. */
export function netLongwaveHourMj(
  of: {airTemperatureC: number; vapourPressureKPa: number; cloudRatio: number},
  constants: Fao56Constants = FAO56,
): number {
  return (
    (constants.stefanBoltzmannMj / 24) *
    (of.airTemperatureC + constants.zeroK) ** 4 *
    longwaveShare(of.vapourPressureKPa, of.cloudRatio)
  );
}

/**
 * Soil heat flux of a month, MJ/m² per day, from the mean air temperatures of the months before and after (FAO-56 (43)), or of
 * one of them and the month itself (44), as at the ends of a record; 0 where neither is known.
 */
export function soilHeatFluxOfMonthMj(previousC: number | null, ownC: number, nextC: number | null): number {
  if (previousC !== null && nextC !== null) return 0.07 * (nextC - previousC);
  if (previousC !== null) return 0.14 * (ownC - previousC);
  return nextC === null ? 0 : 0.14 * (nextC - ownC);
}
