/** Use of light 0–1 at a light index 0–1 of a species that bears no shade (class 1); below 0 in the dark. Source: as `lightResponse`. */
export function intolerantResponse(index: number): number {
  return 1 - Math.exp(-5.5 * (index - 0.05));
}

/** Use of light 0–1 at a light index 0–1 of a species that bears much shade (class 5). Source: as `lightResponse`. */
export function tolerantResponse(index: number): number {
  return Math.min(10 * index, Math.max(0.1613 * index + 0.7871, index));
}

/** Use of light 0–1 between the two: `share` is 0 for class 1, 1 for class 5. */
export function responseBetween(intolerant: number, tolerant: number, share: number): number {
  return Math.max(0, Math.min(1, intolerant + share * (tolerant - intolerant)));
}

/**
 * Use of light 0–1 at a light index 0–1, between that of a species that bears no shade (class 1) and one that bears much (5).
 * Source: Seidl et al. (2012), doi:10.1016/j.ecolmodel.2012.02.015.
 */
export function lightResponse(index: number, lightClass: number): number {
  return responseBetween(intolerantResponse(index), tolerantResponse(index), 0.25 * (lightClass - 1));
}
