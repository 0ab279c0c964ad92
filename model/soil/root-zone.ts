/** Water that roots can take between field capacity and wilting point, mm. FAO-56 (82). */
export function totalAvailableWaterMm(of: {
  fieldCapacityFraction: number;
  wiltingPointFraction: number;
  rootDepthM: number;
}): number {
  return 1000 * (of.fieldCapacityFraction - of.wiltingPointFraction) * of.rootDepthM;
}

/** Share of the available water that is taken without stress, 0.1 to 0.8: less on thirsty days. FAO-56, table 22, note 2. */
export function depletionFraction(tabulated: number, cropEvapotranspirationMm: number): number {
  return Math.min(0.8, Math.max(0.1, tabulated + 0.04 * (5 - cropEvapotranspirationMm)));
}

/** Water stress coefficient Ks, 0 at the wilting point to 1 while the readily available water lasts. FAO-56 (84). */
export function waterStressCoefficient(
  depletionMm: number,
  availableMm: number,
  readilyFraction: number,
): number {
  return Math.min(1, Math.max(0, (availableMm - depletionMm) / ((1 - readilyFraction) * availableMm)));
}
