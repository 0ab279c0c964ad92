/** Rain that a leaf area holds on a day of rain, mm per unit of LAI. Source: Dickinson (1984), doi:10.1029/GM029p0058. */
export const INTERCEPTION_MM_PER_LAI = 0.2;

/**
 * Rain that stays on leaves and evaporates on the same day, mm: no more than falls, than the leaves hold, and than the day's
 * energy evaporates; the rest drips.
 */
export function interceptionMm(of: {rainMm: number; lai: number; energyMm: number}): number {
  return Math.max(0, Math.min(of.rainMm, INTERCEPTION_MM_PER_LAI * of.lai, of.energyMm));
}

/** Share of the rain that a canopy keeps, as 3-PG has it: the full share from a given leaf area on. Landsberg & Waring (1997). */
export function interceptedFraction3Pg(of: {lai: number; fullLai: number; maximumFraction: number}): number {
  if (!(of.fullLai > 0)) return of.maximumFraction;
  return of.maximumFraction * Math.min(1, of.lai / of.fullLai);
}
