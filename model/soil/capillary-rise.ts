/** How a soil lifts water: at most so much a day, less by an exponential of the way. */
export type CapillaryParameters = {maximumMm: number; atTableMm: number; lengthM: number};

/**
 * Water that can rise from a water table to the bottom of the roots in a day, mm: min(max, a·exp(−dz/l)); all that can where the
 * table stands among the roots. A table infinitely deep gives none.
 */
export function capillaryRiseMm(rootDepthM: number, tableDepthM: number, p: CapillaryParameters): number {
  const wayM = Math.max(0, tableDepthM - rootDepthM);
  return Math.min(p.maximumMm, p.atTableMm * Math.exp(-wayM / p.lengthM));
}
