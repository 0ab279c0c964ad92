/** Water that can evaporate from the surface layer after a wetting, mm: down to half of the wilting point. FAO-56 (73). */
export function totalEvaporableWaterMm(of: {
  fieldCapacityFraction: number;
  wiltingPointFraction: number;
  depthM: number;
}): number {
  return 1000 * (of.fieldCapacityFraction - 0.5 * of.wiltingPointFraction) * of.depthM;
}

/**
 * Reduction of evaporation Kr, 0 to 1, by what the surface layer has lost: none while the readily evaporable water lasts.
 * FAO-56 (74).
 */
export function evaporationReduction(depletionMm: number, totalMm: number, readilyMm: number): number {
  // a surface all of whose water goes readily gives the last of it as the first
  if (totalMm <= readilyMm) return depletionMm < totalMm ? 1 : 0;
  return Math.min(1, Math.max(0, (totalMm - depletionMm) / (totalMm - readilyMm)));
}

/** Coefficient of evaporation Ke from the exposed wet soil, within the energy there is. FAO-56 (71). */
export function evaporationCoefficient(of: {
  reduction: number;
  maximum: number;
  basal: number;
  exposedWettedFraction: number;
}): number {
  return Math.max(0, Math.min(of.reduction * (of.maximum - of.basal), of.exposedWettedFraction * of.maximum));
}
