import type {FlatLineExemption} from '#schemas';
import {sunElevationDeg} from '../atmosphere/sun.ts';

/** Where a series stands: decides day and night. */
export type Place = {readonly latitudeDeg: number; readonly longitudeDeg: number};

/** Below this the wind is calm, and a wind vane that does not turn is no fault. m/s. */
export const CALM_BELOW_M_PER_S = 0.5;

/**
 * Whether a row takes no part in the flat line test: at or above a value, at one value, while the wind speed of the same
 * time is below 0.5 m/s (NaN: not known, so it does take part), or while the sun is below the horizon.
 */
export function isExempt(
  unless: FlatLineExemption | null,
  timeMs: number,
  value: number,
  place: Place,
  windSpeed: number,
): boolean {
  if (unless === null) return false;
  if (unless === 'calm') return windSpeed < CALM_BELOW_M_PER_S;
  if (unless === 'night') return sunElevationDeg(timeMs, place.latitudeDeg, place.longitudeDeg) < 0;
  return 'atLeast' in unless ? value >= unless.atLeast : value === unless.equals;
}
