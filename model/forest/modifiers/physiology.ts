/** How limits act together: the worst alone (3-PGpjs), or all of them (3-PGmix). */
export type PhysiologyMode = 'min' | 'product';

/**
 * The physiological modifier (f_phys), 0–1: the smallest of the limits, or their product.
 * Source: Landsberg & Waring (1997) for `min`; Forrester & Tang (2016) for `product`.
 */
export function physiologyModifier(mode: PhysiologyMode, ...limits: readonly number[]): number {
  return mode === 'min' ? Math.min(1, ...limits) : limits.reduce((product, limit) => product * limit, 1);
}
