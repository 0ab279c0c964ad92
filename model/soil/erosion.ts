/**
 * Rainfall erosivity R, MJ·mm/(hm²·h·a), from twelve monthly rain sums (mm): 17.02·Σ 1.735·10^(1.5·lg(p²/P) − 0.8188), with
 * p of the month and P of the year. A dry month adds nothing; a dry year has none.
 * Source: Wischmeier & Smith (1978), monthly form; 17.02 turns the US unit into the SI one.
 * @throws {RangeError} unless there are twelve sums, none negative.
 */
export function rainfallErosivity(monthlyRainMm: readonly number[]): number {
  if (monthlyRainMm.length !== 12 || !monthlyRainMm.every((p) => p >= 0 && p < Number.POSITIVE_INFINITY)) {
    throw new RangeError(
      `expected twelve monthly sums of rain, none negative, got [${monthlyRainMm.join(', ')}]`,
    );
  }
  const yearMm = monthlyRainMm.reduce((sum, p) => sum + p, 0);
  let sum = 0;
  for (const p of monthlyRainMm) {
    if (p > 0) sum += 1.735 * 10 ** (1.5 * Math.log10((p * p) / yearMm) - 0.8188);
  }
  return 17.02 * sum;
}

/** Below this no land is rated: even closed cover lets a little go. */
const LEAST_COVER_FACTOR = 0.003;
/** Vegetation cover, percent, from which the formula gives no erosion. */
const CLOSED_COVER_PERCENT = 78.3;

/**
 * Cover factor C, 0.003 to 1, from vegetation cover in percent: 1 for bare ground, 0.6508 − 0.3436·lg c up to 78.3 %.
 * Source: Cai et al. (2000), J. Soil Water Conservation 14(2); the least value is ours.
 */
export function coverFactor(coverPercent: number): number {
  if (!(coverPercent > 0)) return 1;
  if (coverPercent > CLOSED_COVER_PERCENT) return LEAST_COVER_FACTOR;
  return Math.min(1, Math.max(LEAST_COVER_FACTOR, 0.6508 - 0.3436 * Math.log10(coverPercent)));
}

/**
 * Slope length and steepness factor LS: L = (length / 22.13)^m with m 0.2 below 1°, 0.3 below 3°, 0.4 below 5°, else 0.5;
 * S = 10.8 sin θ + 0.03 below 5°, 16.8 sin θ − 0.5 below 10°, else 21.9 sin θ − 0.96.
 * Sources: McCool et al. (1987); Liu et al. (1994), doi:10.13031/2013.28273, for steep slopes.
 */
export function slopeFactor(slopeDeg: number, slopeLengthM: number): number {
  const sine = Math.sin((slopeDeg * Math.PI) / 180);
  let exponent = 0.5;
  if (slopeDeg < 1) exponent = 0.2;
  else if (slopeDeg < 3) exponent = 0.3;
  else if (slopeDeg < 5) exponent = 0.4;
  let steepness = 21.9 * sine - 0.96;
  if (slopeDeg < 5) steepness = 10.8 * sine + 0.03;
  else if (slopeDeg < 10) steepness = 16.8 * sine - 0.5;
  return (slopeLengthM / 22.13) ** exponent * steepness;
}

export type ErosionFactors = {
  /** R, MJ·mm/(hm²·h·a). */
  erosivity: number;
  /** K, t·hm²·h/(hm²·MJ·mm). */
  erodibility: number;
  /** LS. */
  slope: number;
  /** C. */
  cover: number;
  /** P: 1 without measures, about 0.35 on terraced paddy. */
  practice: number;
};

/** Soil erosion modulus, t/(km²·a): RUSLE, 100·R·K·LS·C·P (100 hm² to the km²). */
export function soilErosionModulus(factors: ErosionFactors): number {
  return 100 * factors.erosivity * factors.erodibility * factors.slope * factors.cover * factors.practice;
}
