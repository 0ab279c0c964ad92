/**
 * Seeds able to grow that a m² of mature crown bears in an ordinary year. `seedMassMg`: of one. Number falls with mass as a heavy seed
 * is dear (Moles, Falster, Leishman & Westoby 2004, doi:10.1111/j.0022-0477.2004.00880.x); the figures are guesses.
 */
export function seedsPerCrownM2(seedMassMg: number): number {
  return 300 * seedMassMg ** -0.7;
}

/** Years of many seeds: one in `everyYears` bears `factor` times the ordinary, the others what keeps the mean at 1. `draw`: 0–1. */
export function mastFactor(draw: number, mast: {everyYears: number; factor: number}): number {
  if (draw < 1 / mast.everyYears) return mast.factor;
  return Math.max(0, (mast.everyYears - mast.factor) / (mast.everyYears - 1));
}
