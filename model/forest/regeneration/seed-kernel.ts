import type {SpeciesParameters} from '../species/species-rule.ts';

/** Part of a kernel that recursive filters make: `passes` two-sided exponentials in each direction, one after the other. */
export type KernelPart = {
  share: number;
  passes: 1 | 2;
  /** What a pass leaves from one cell to the next, 0 ≤ decay < 1. */
  decay: number;
};

/** Where the seeds of a cell fall: shares add up to 1. */
export type SeedKernel = {
  parts: readonly KernelPart[];
  /** Seeds that animals carry, evenly over the surroundings. */
  carried: {share: number; radiusCells: number};
};

/** How far animals carry seeds, m (MODELS: bird tail). */
const CARRIED_WITHIN_M = 500;
/** Mean distance over the scale of a product of two exponentials: (√2 + ln(1 + √2))/√2. */
const MEAN_OVER_SCALE = 1 + Math.log(1 + Math.SQRT2) / Math.SQRT2;
/** Into how many normal distributions a wind kernel is taken apart. */
const NORMALS = 4;

/**
 * Gravity: a two-sided exponential along each axis, with the mean distance asked for. Continuous scale s, per cell e^(−c/s).
 */
export function exponentialKernel(meanDistanceM: number, cellM: number): KernelPart[] {
  const scaleM = meanDistanceM / MEAN_OVER_SCALE;
  return [{share: 1, passes: 1, decay: Math.exp(-cellM / scaleM)}];
}

/**
 * Wind: the 2Dt kernel F(r) = 1 − (1 + r²/u)^(−p) with p = 1, whose mean distance is π√u/2. It is a mixture of normal distributions
 * of variance u/(2E), E exponential; here of the middles of equal shares of E, each normal made by two exponential passes of the
 * same variance.
 * Source: Clark, Silman, Kern, Macklin & HilleRisLambers (1999), Ecology 80: 1475–1494, doi:10.1890/0012-9658(1999)080[1475:SDNAFP]2.0.CO;2.
 */
export function windKernel(meanDistanceM: number, cellM: number): KernelPart[] {
  const scale2Cells = ((2 * meanDistanceM) / Math.PI / cellM) ** 2;
  return Array.from({length: NORMALS}, (_, k) => {
    const exponential = -Math.log(1 - (k + 0.5) / NORMALS);
    const variance = scale2Cells / (2 * exponential);
    return {share: 1 / NORMALS, passes: 2, decay: decayOfVariance(variance / 2)};
  });
}

/** Decay of a two-sided exponential, (1 − d)/(1 + d)·d^|k|, of a variance in cells²: 2d/(1 − d)². */
function decayOfVariance(variance: number): number {
  return variance <= 0 ? 0 : (variance + 1 - Math.sqrt(2 * variance + 1)) / variance;
}

/** Where a species' seeds fall, on cells of `cellM`. */
export function seedKernelOf({dispersal, values}: SpeciesParameters, cellM: number): SeedKernel {
  const {seedDistanceM, seedCarriedFraction} = values;
  const make = dispersal === 'wind' ? windKernel : exponentialKernel;
  const parts = make(seedDistanceM, cellM).map((part) => ({
    ...part,
    share: part.share * (1 - seedCarriedFraction),
  }));
  return {
    parts,
    carried: {share: seedCarriedFraction, radiusCells: Math.round(CARRIED_WITHIN_M / cellM)},
  };
}
