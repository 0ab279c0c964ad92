import {FAO56, type Fao56Constants} from './fao56-constants.ts';

/** Coefficients of the Ångström formula: the share that reaches the ground under a closed sky, and what full sunshine adds. */
export type Angstrom = {overcastFraction: number; sunshineFraction: number};

/** FAO-56's, for a place without measurements. */
export const FAO56_ANGSTROM: Angstrom = {overcastFraction: 0.25, sunshineFraction: 0.5};

/**
 * Global radiation from hours of bright sunshine, MJ/m² per day. Sunshine beyond the day's length counts as all of it; in the
 * polar night there is none. FAO-56 (35).
 */
export function radiationFromSunshineMj(
  of: {sunshineH: number; daylightH: number; extraterrestrialMj: number; angstrom: Angstrom},
  constants: Fao56Constants = FAO56,
): number {
  const {sunshineH, daylightH, extraterrestrialMj, angstrom} = of;
  if (daylightH <= 0) return 0;
  const share = sunshineH / daylightH;
  const counted = constants.sunshineWithinDay ? Math.min(1, share) : share;
  return (angstrom.overcastFraction + angstrom.sunshineFraction * counted) * extraterrestrialMj;
}

/** Adjustment of Hargreaves' radiation formula, °C^-0.5, by how far the sea is. FAO-56, text of (50). */
export const TEMPERATURE_RANGE_ADJUSTMENT = {interior: 0.16, coast: 0.19} as const;

/** Global radiation from the day's range of temperature, MJ/m² per day: clear days have a wide one. FAO-56 (50). */
export function radiationFromTemperatureRangeMj(of: {
  maximumC: number;
  minimumC: number;
  extraterrestrialMj: number;
  adjustment: number;
}): number {
  return of.adjustment * Math.sqrt(Math.max(0, of.maximumC - of.minimumC)) * of.extraterrestrialMj;
}
