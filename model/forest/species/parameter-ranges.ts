/**
 * Every number that a species' growth follows from, with the least and the greatest value that it may have. Values of a rule are
 * cut to these bounds; values of an override outside them are refused.
 */
export const PARAMETER_RANGES = {
  maxHeightM: [1, 120],
  maxDbhCm: [1, 1000],
  /** Of which 1 % of trees reach it. */
  maxAgeYr: [5, 5000],
  /** Age at which growth ends. */
  ageLimitYr: [5, 500],
  woodDensityGPerCm3: [0.1, 1.3],
  slaM2PerKg: [2, 40],
  /** Canopy light-use efficiency, mol C per mol photons. */
  efficiency: [0.01, 0.1],
  minC: [-10, 15],
  optC: [10, 32],
  maxC: [28, 50],
  /** Days of growth lost per day of frost. */
  frostLossDays: [0, 1],
  vpdResponsePerKPa: [0.2, 1],
  /** On the soil's deficit at which growth is halved. */
  waterDeficitFactor: [0.7, 1.3],
  /** Share of available water that can be used before the tree suffers (FAO-56's p). */
  depletionFraction: [0.3, 0.7],
  /** Relative soil water below which drought may kill. */
  droughtLimit: [0.1, 0.4],
  /** Share of growth lost in flooded soil. */
  floodSensitivity: [0, 1],
  /** Days of flooded roots that kill half. */
  floodHalfDays: [10, 300],
  /** How far roots reach below the water table, m. */
  rootsInWaterM: [0, 1],
  foliageA: [0.005, 0.2],
  foliageB: [1.2, 2.2],
  leafTurnover: [0.1, 1],
  fineRootOverFoliage: [0.3, 1.5],
  formFactor: [0.3, 0.6],
  stemA: [0.001, 1],
  stemB: [2, 3],
  branchA: [0.001, 0.2],
  branchB: [1.5, 3],
  rootA: [0.001, 0.1],
  rootB: [1.8, 3],
  openMPerCm: [0.2, 1.5],
  shadeMPerCm: [0.5, 2.5],
  lightClass: [1, 5],
  /** Of iLand's European species 1.4 and 6.9; of gap models about 0.9. */
  stressMortality: [0.1, 7],
  maturityYr: [1, 30],
  saplingRate: [0.02, 0.15],
  maxGrowthCm: [0.3, 4],
  crownForm: [0.4, 1.5],
  crownShade: [0, 0.5],
  /** Mean distance that seeds travel, m. */
  seedDistanceM: [1, 200],
  /** Share of seeds that animals carry anywhere within 500 m. */
  seedCarriedFraction: [0, 1],
  /** Seeds able to grow of a m² of mature crown in an ordinary year. */
  seedsPerCrownM2: [0.1, 5000],
} as const satisfies Record<string, readonly [number, number]>;

export type ParameterId = keyof typeof PARAMETER_RANGES;

/** Relative standard deviations of the parameters that matter most, for ensembles; of the rest: none is known. */
export const PARAMETER_CV: Partial<Record<ParameterId, number>> = {
  efficiency: 0.15,
  slaM2PerKg: 0.15,
  foliageA: 0.2,
  stressMortality: 0.4,
  floodHalfDays: 0.3,
};

/** How a value came about: fitted to measurements or a reference, taken from a publication, or set by rule or judgement. */
export type BasisLabel = 'calibrated' | 'literature' | 'guess';
export type Basis = {label: BasisLabel; source: string};
