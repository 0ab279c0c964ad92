/** MJ/m² of evaporated water as mm: the inverse of the latent heat of 2.45 MJ/kg. FAO-56 (20). */
const MM_PER_MJ = 0.408;

/**
 * Reference evapotranspiration by temperature alone, mm per day, never below zero. FAO-56 (52).
 * Source: Hargreaves & Samani (1985), doi:10.13031/2013.26773.
 */
export function hargreavesEt0Mm(of: {
  meanC: number;
  maximumC: number;
  minimumC: number;
  extraterrestrialMj: number;
}): number {
  const rangeC = Math.max(0, of.maximumC - of.minimumC);
  return Math.max(0, 0.0023 * (of.meanC + 17.8) * Math.sqrt(rangeC) * MM_PER_MJ * of.extraterrestrialMj);
}
