import {normalAt, normalQuantile} from '../random/counter.ts';
import {randomKey} from '../random/hash.ts';

/** One draw of eq. 4 of Chave et al. (2014): ln AGB = intercept + slope·ln(ρD²H), and the sd of its residuals. */
export type Equation4Draw = {intercept: number; slope: number; residualSd: number};

/**
 * Mean, standard deviation and correlation of the posterior of eq. 4.
 * Source: computed from the 201 draws that Réjou-Méchain et al. (2017), BIOMASS, give for Chave et al. (2014), eq. 4.
 */
const POSTERIOR = {
  intercept: {mean: -2.76277, sd: 0.020864},
  slope: {mean: 0.975948, sd: 0.0026893},
  interceptSlopeCorrelation: -0.96899,
  residualSd: {mean: 0.357274, sd: 0.0038293},
} as const;

/** Relative standard errors of field measurements. Own choice within usual practice: tape 2 %, hypsometer 8 %. */
export type MeasurementErrors = {dbhCv: number; heightCv: number};
export const MEASUREMENT_ERRORS: MeasurementErrors = {dbhCv: 0.02, heightCv: 0.08};

/** Wood density is cut to what woods have. Source: Réjou-Méchain et al. (2017): 0.08–1.39 g cm⁻³. */
const DENSITY_RANGE = [0.08, 1.39] as const;

export type StockTree = {
  /** Whole number below 2³², the same at every survey. */
  id: number;
  dbhCm: number;
  heightM: number;
  woodDensityGPerCm3: number;
  woodDensitySd: number;
  /** Where the density comes from (a species, a genus): trees of one source err together. */
  woodDensitySource: string;
};

export type StockOptions = {
  seed: number;
  draws: number;
  /** Name of the survey: measurement errors of another survey are others, all other errors stay. */
  survey: string;
  errors?: MeasurementErrors;
  /** Draws of the equation; by default from the posterior's mean and covariance. */
  equation?: readonly Equation4Draw[];
};

/** The equation of a draw: intercept and slope move together. */
function equationAt(seed: number, draw: number): Equation4Draw {
  const {intercept, slope, interceptSlopeCorrelation: r, residualSd} = POSTERIOR;
  const first = normalAt(randomKey(seed, 'equation', 'slope'), draw);
  const second = normalAt(randomKey(seed, 'equation', 'intercept'), draw);
  const third = normalAt(randomKey(seed, 'equation', 'residual'), draw);
  return {
    slope: slope.mean + slope.sd * first,
    intercept: intercept.mean + intercept.sd * (r * first + Math.sqrt(1 - r * r) * second),
    residualSd: residualSd.mean + residualSd.sd * third,
  };
}

const TWO_32 = 4_294_967_296;

/**
 * Draws of the above-ground dry mass of a list of trees together, kg. In each draw the equation is the same for all trees, the
 * error of a wood density the same for all trees of its source; a tree's own departure from the equation is its own and stays
 * with it from survey to survey; measurement errors are new in each survey. The same seed gives the same numbers, whatever the
 * order of the trees.
 * Source: Réjou-Méchain et al. (2017), error propagation after Chave, Condit, Aguilar et al. (2004), doi:10.1098/rstb.2003.1425.
 */
export function biomassDraws(trees: readonly StockTree[], options: StockOptions): Float64Array {
  const {seed, draws, survey, errors = MEASUREMENT_ERRORS, equation} = options;
  const residualKey = randomKey(seed, 'residual');
  const dbhKey = randomKey(seed, 'dbh', survey);
  const heightKey = randomKey(seed, 'height', survey);
  const ordered = [...trees].sort((a, b) => a.id - b.id);
  const sources = [...new Set(ordered.map(({woodDensitySource}) => woodDensitySource))];
  const densityKeys = sources.map((source) => randomKey(seed, 'density', source));
  const densityErrors = new Float64Array(sources.length);
  const sourceAt = new Map(sources.map((source, at) => [source, at]));
  const sourceOf = ordered.map(({woodDensitySource}) => sourceAt.get(woodDensitySource)!);
  const totals = new Float64Array(draws);
  for (let draw = 0; draw < draws; draw += 1) {
    const {intercept, slope, residualSd} = equation
      ? equation[draw % equation.length]!
      : equationAt(seed, draw);
    for (const [at, key] of densityKeys.entries()) densityErrors[at] = normalAt(key, draw);
    let total = 0;
    for (const [at, tree] of ordered.entries()) {
      const counter = draw * TWO_32 + tree.id;
      const densityError = tree.woodDensitySd * densityErrors[sourceOf[at]!]!;
      const density = Math.min(
        DENSITY_RANGE[1],
        Math.max(DENSITY_RANGE[0], tree.woodDensityGPerCm3 + densityError),
      );
      // the errors are relative and small: their logarithm is normal
      const lnDbh = Math.log(tree.dbhCm) + errors.dbhCv * normalAt(dbhKey, counter);
      const lnHeight = Math.log(tree.heightM) + errors.heightCv * normalAt(heightKey, counter);
      const lnMass = intercept + slope * (Math.log(density) + 2 * lnDbh + lnHeight);
      total += Math.exp(lnMass + residualSd * normalAt(residualKey, counter));
    }
    totals[draw] = total;
  }
  return totals;
}

export type Interval = {mean: number; median: number; lower: number; upper: number};

/** Quantile of sorted values, linear between them. */
function quantile(sorted: Float64Array, p: number): number {
  const at = p * (sorted.length - 1);
  const below = Math.floor(at);
  const above = Math.min(sorted.length - 1, below + 1);
  return sorted[below]! + (at - below) * (sorted[above]! - sorted[below]!);
}

/** Mean, median and the interval that holds `coverage` (0.95) of the draws, in equal tails. Null without draws. */
export function interval(draws: Float64Array, coverage = 0.95): Interval | null {
  if (draws.length === 0) return null;
  const sorted = Float64Array.from(draws).sort();
  const tail = (1 - coverage) / 2;
  return {
    mean: draws.reduce((sum, value) => sum + value, 0) / draws.length,
    median: quantile(sorted, 0.5),
    lower: quantile(sorted, tail),
    upper: quantile(sorted, 1 - tail),
  };
}

/**
 * The change between two surveys, draw by draw. Errors that the surveys share cancel where the trees are the same.
 * @throws {RangeError} when the two have not the same number of draws.
 */
export function changeDraws(before: Float64Array, after: Float64Array): Float64Array {
  if (before.length !== after.length) {
    throw new RangeError(`change needs equal draws, got ${before.length} and ${after.length}`);
  }
  return after.map((value, draw) => value - before[draw]!);
}

/** Root over shoot: below and above 125 t ha⁻¹ of shoot, with its range. Source: IPCC (2006), vol. 4, table 4.4, subtropical humid forest. */
const ROOT_OVER_SHOOT = {
  light: {mean: 0.2, low: 0.09, high: 0.25},
  dense: {mean: 0.24, low: 0.22, high: 0.33},
} as const;
const DENSE_FROM_T_PER_HA = 125;
/** Carbon in dry matter. Source: IPCC (2006), vol. 4, table 4.3: 0.47 all, 0.48 broadleaf, 0.51 conifer in temperate woods. */
export const CARBON_FRACTION = {all: 0.47, broadleaf: 0.48, conifer: 0.51} as const;
/** Mass of CO2 over that of its carbon. */
export const CO2_PER_CARBON = 44 / 12;
/** Oxygen given off per mass of dry matter made. Source: practice of China’s accounting of gross ecosystem product: 1.19. */
export const OXYGEN_PER_DRY_MATTER = 1.19;

/** Root over shoot of a stand. `aboveGroundTPerHa`: dry matter. */
export function rootOverShoot(aboveGroundTPerHa: number): number {
  return aboveGroundTPerHa < DENSE_FROM_T_PER_HA ? ROOT_OVER_SHOOT.light.mean : ROOT_OVER_SHOOT.dense.mean;
}

/**
 * Draws of the carbon in trees and their roots, t, from draws of above-ground mass (kg) on an area (ha). The error of root over
 * shoot is one for the whole stand: normal within the published range as its 95 % interval, skewed as that is.
 */
export function carbonDraws(
  aboveGroundKg: Float64Array,
  stand: {areaHa: number; seed: number; carbonFraction?: number},
): Float64Array {
  const key = randomKey(stand.seed, 'roots');
  const z95 = normalQuantile(0.975);
  const mean = aboveGroundKg.reduce((sum, kg) => sum + kg, 0) / Math.max(1, aboveGroundKg.length);
  const dense = mean / 1000 / stand.areaHa >= DENSE_FROM_T_PER_HA;
  const roots = dense ? ROOT_OVER_SHOOT.dense : ROOT_OVER_SHOOT.light;
  return aboveGroundKg.map((kg, draw) => {
    const z = normalAt(key, draw);
    const sd = (z < 0 ? roots.mean - roots.low : roots.high - roots.mean) / z95;
    const share = Math.max(0, roots.mean + sd * z);
    return (kg / 1000) * (1 + share) * (stand.carbonFraction ?? CARBON_FRACTION.all);
  });
}
