import type {CrownParameters, HeightSlope, TreeParameters} from './parameters.ts';

export type ForestSpecies = TreeParameters & CrownParameters;

/** Numbers per species in the parameter table. */
export const STRIDE = 40;
export const FOLIAGE_A = 0;
export const FOLIAGE_B = 1;
export const STEM_A = 2;
export const STEM_B = 3;
export const BRANCH_A = 4;
export const BRANCH_B = 5;
export const ROOT_A = 6;
export const ROOT_B = 7;
export const SLA = 8;
export const LEAF_TURNOVER = 9;
export const FINE_TURNOVER = 10;
export const FINE_RATIO = 11;
export const STEM_FORM = 12;
export const OPEN_A = 13;
export const OPEN_B = 14;
export const SHADE_A = 15;
export const SHADE_B = 16;
export const SLOPE_POWER = 17;
export const MAX_HEIGHT = 18;
export const AGE_LIMIT = 19;
export const AGE_HALF = 20;
export const AGE_POWER = 21;
export const INTRINSIC = 22;
export const STRESS_RESPONSE = 23;
export const LIGHT_SHARE = 24;
export const CROWN_FORM = 25;
export const CROWN_SHADE = 26;
export const BARE = 27;
export const MAX_GROWTH = 28;
export const MAX_DBH = 29;
export const FIXED_SIZE = 30;
export const HEIGHT_RATE = 31;
export const FIXED_RADIUS = 32;
export const SLOPE_RATIO = 33;
export const VOLUME_FORM = 34;

/** A height slope as a·D^b (power) or a·e^(bD). */
function slopeNumbers(slope: HeightSlope, maxHeightM: number): [number, number] {
  if (slope.form === 'power') return [slope.a, slope.b];
  return [100 * slope.mPerCm, -slope.mPerCm / (maxHeightM - 1.3)];
}

/**
 * Parameters of all species as one table, row `species · STRIDE`.
 * @throws {RangeError} where a species' two height slopes have different forms.
 */
export function tableOf(species: readonly ForestSpecies[]): Float64Array {
  const table = new Float64Array(species.length * STRIDE);
  for (const [i, p] of species.entries()) {
    if (p.openSlope.form !== p.shadeSlope.form) {
      throw new RangeError('a species has one form of height slope, got two');
    }
    const [openA, openB] = slopeNumbers(p.openSlope, p.maxHeightM);
    const [shadeA, shadeB] = slopeNumbers(p.shadeSlope, p.maxHeightM);
    const row: Record<number, number> = {
      [FOLIAGE_A]: p.foliage.a,
      [FOLIAGE_B]: p.foliage.b,
      [STEM_A]: p.stem.a,
      [STEM_B]: p.stem.b,
      [BRANCH_A]: p.branch.a,
      [BRANCH_B]: p.branch.b,
      [ROOT_A]: p.root.a,
      [ROOT_B]: p.root.b,
      [SLA]: p.slaM2PerKg,
      [LEAF_TURNOVER]: p.leafTurnover,
      [FINE_TURNOVER]: p.fineRootTurnover,
      [FINE_RATIO]: p.fineRootOverFoliage,
      [STEM_FORM]: p.formFactor * p.woodDensityKgPerM3 * (Math.PI / 4),
      [OPEN_A]: openA,
      [OPEN_B]: openB,
      [SHADE_A]: shadeA,
      [SHADE_B]: shadeB,
      [SLOPE_POWER]: p.openSlope.form === 'power' ? 1 : 0,
      [MAX_HEIGHT]: p.maxHeightM,
      [AGE_LIMIT]: p.ageLimitYr,
      [AGE_HALF]: p.ageResponse.atHalf,
      [AGE_POWER]: p.ageResponse.power,
      [INTRINSIC]: 1 - p.reachesMaxAge ** (1 / p.maxAgeYr),
      [STRESS_RESPONSE]: p.stressMortality,
      [LIGHT_SHARE]: 0.25 * (p.lightClass - 1),
      [CROWN_FORM]: p.crownForm,
      [CROWN_SHADE]: p.crownShade,
      [BARE]: p.deciduous ? 0.25 : 1,
      [MAX_GROWTH]: p.maxGrowthCm,
      [MAX_DBH]: p.maxDbhCm,
      [FIXED_SIZE]: p.fixedSize ? 1 : 0,
      [HEIGHT_RATE]: p.heightRate,
      [FIXED_RADIUS]: p.fixedRadiusM,
      [VOLUME_FORM]: p.formFactor * (Math.PI / 4),
      [SLOPE_RATIO]: (p.branch.a * p.branch.b) / (p.stem.a * p.stem.b),
    };
    for (const [column, value] of Object.entries(row)) table[i * STRIDE + Number(column)] = value;
  }
  return table;
}
