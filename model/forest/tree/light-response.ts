/**
 * Use of light 0–1 at a light index 0–1, between that of a species that bears no shade (class 1) and one that bears much (5).
 * Source: Seidl et al. (2012), doi:10.1016/j.ecolmodel.2012.02.015.
 */
export function lightResponse(index: number, lightClass: number): number {
  const intolerant = 1 - Math.exp(-5.5 * (index - 0.05));
  const tolerant = Math.min(10 * index, Math.max(0.1613 * index + 0.7871, index));
  const share = 0.25 * (lightClass - 1);
  return Math.max(0, Math.min(1, intolerant + share * (tolerant - intolerant)));
}
