/** Answer to fertility: `atZero` is the share of growth left on the poorest soil (fN0), `power` the curve's (nfN; 0: no answer). */
export type NutritionResponse = {atZero: number; power: number};

/**
 * Share 0–1 of growth that the soil's fertility allows. `fertility`: 0 poorest to 1 best (3-PG's FR).
 * Source: Landsberg, Johnsen, Albaugh et al. (2001); Sands (2004), 3-PGpjs.
 */
export function nutritionModifier(fertility: number, {atZero, power}: NutritionResponse): number {
  if (power === 0) return 1;
  return 1 - (1 - atZero) * (1 - fertility) ** power;
}
