import type {BucketParameters, PhysiologyMode, SpeciesParameters, UnitSoil} from '#model';
import type {ClimatePlan} from './climate/climate-plan.ts';

export type {ClimatePlan} from './climate/climate-plan.ts';

/** A response unit: where physiology and soil water are the same. A zone, its soil, how often it is under water. */
export type PlanUnit = {
  /** `{zone}/{soil}/{flood class}`. */
  id: string;
  zone: string;
  areaM2: number;
  latitudeDeg: number;
  /** Mean of its ground, metres in the site's vertical datum; absent where the site has no terrain. */
  groundM: number | null;
  soil: UnitSoil;
  bucket: BucketParameters;
  /** Water of the soil at the start as a share of what roots can take, 0–1. */
  startWaterFraction: number;
  /** Carbon of the soil at the start, kg m⁻². */
  soilCarbon: {youngKgPerM2: number; oldKgPerM2: number};
  /** Trees come up by themselves here. */
  regenerates: boolean;
  /**
   * Saplings that stand there at the start: of so many years of seeds under the stands as they are, but for those from `belowCm` of
   * diameter on, which were counted as trees (null: none of them was). Absent: none.
   */
  saplings?: {years: number; belowCm: number | null};
  /** Days of each month (12 from January) with the root zone under water in an ordinary year. */
  floodedDays: readonly number[];
  /** Mean depth of the water table below the ground in each month, m, where a water body stands beside the site; else `Infinity`. */
  tableDepthM?: readonly number[];
  /** Grass, herbs and shrubs where no tree stands above them: leaf area, m² m⁻², root depth, carbon above and below the ground. */
  groundLayer: {lai: number; rootDepthM: number; carbonKgPerM2: number};
};

/** Trees as columns, one entry each in every list. Positions are metres east and north of the site's origin. */
export type TreeColumns = {
  id: Uint32Array;
  xM: Float64Array;
  yM: Float64Array;
  /** Index into the plan's species. */
  species: Uint16Array;
  /** Index into the plan's units. */
  unit: Uint16Array;
  dbhCm: Float64Array;
  heightM: Float64Array;
  ageYr: Float64Array;
};

/** What stands in a unit beside the archive's trees: a species and diameter class with so many stems on a hectare. */
export type PlanCohort = {
  unit: number;
  species: number;
  dbhCm: number;
  heightM: number;
  ageYr: number;
  stemsPerHa: number;
};

/** A day of the island's weather; columns over all days of a year. Gaps are filled, and named, before it comes here. */
export type YearWeather = {
  year: number;
  /** 365 or 366. */
  days: number;
  minC: Float64Array;
  maxC: Float64Array;
  meanC: Float64Array;
  rainMm: Float64Array;
  radiationMjPerM2: Float64Array;
  /** Of the daylight hours. */
  vpdKPa: Float64Array;
  windSpeedAt2mMPerS: Float64Array;
  minimumHumidityPercent: Float64Array;
  et0Mm: Float64Array;
  co2Ppm: number;
};

/** Where an operation acts: units (indices), trees (ids), or a polygon (rings of ENU metres) with the units it touches. */
export type PlanPlace = {
  units: readonly number[];
  trees?: readonly number[];
  rings?: readonly (readonly (readonly [number, number])[])[];
  areaM2: number;
};

export type ThinningRule = 'from-below' | 'from-above' | 'proportional' | 'by-vigour';

/** Operations with their places found and their dates split; `index` is the place in the scenario's own list. */
export type PlanOperation = {
  index: number;
  year: number;
  month: number;
  place: PlanPlace;
  unitCostCny: number;
} & (
  | {
      kind: 'plant';
      species: number;
      count: number;
      spacingM: number | null;
      dbhCm: number;
      heightM: number;
      ageYr: number;
      /** Share that survives each of the first three years. */
      survivalFraction: readonly [number, number, number];
    }
  | {
      kind: 'thin';
      rule: ThinningRule;
      /** Of living stems of the chosen species in the place. */
      target: {stemsPerHa: number} | {basalAreaM2PerHa: number} | {removedFraction: number};
      species: readonly number[] | null;
    }
  | {kind: 'prune'; crownFraction: number; species: readonly number[] | null}
  | {kind: 'coppice'; species: readonly number[] | null}
  | {kind: 'remove-species'; species: readonly number[]}
  | {
      kind: 'irrigate';
      untilYear: number;
      depletionFraction: number;
      refillFraction: number;
      mostMmPerDay: number;
      wettedFraction: number;
    }
  | {kind: 'fertilise'; fertilityGain: number; lastsYears: number}
);

/** Which unit lies where: squares row by row from the south-west, the index of the unit or −1 for water and what is outside. */
export type PlanGround = {
  westM: number;
  southM: number;
  stepM: number;
  columns: number;
  rows: number;
  unit: Int16Array;
};

/** A 20 m cell of a unit that regenerates. */
export type PlanCells = {
  xM: Float64Array;
  yM: Float64Array;
  unit: Uint16Array;
  columns: Int32Array;
  rows: Int32Array;
};

/** Everything a member's run needs, as plain values that a worker can be sent. */
export type RunPlan = {
  site: string;
  scenario: string;
  firstYear: number;
  years: number;
  seed: number;
  members: number;
  physiology: PhysiologyMode;
  species: readonly SpeciesParameters[];
  speciesIds: readonly string[];
  units: readonly PlanUnit[];
  zones: readonly {id: string; name: {en: string; zh: string}; areaM2: number; units: readonly number[]}[];
  trees: TreeColumns;
  /** Number of the first tree that is planted or comes up. */
  nextId: number;
  cohorts: readonly PlanCohort[];
  cells: PlanCells;
  ground: PlanGround;
  operations: readonly PlanOperation[];
  /** Diameter at which a recruit leaves its cohort and stands as a tree of its own, cm. */
  recruitDbhCm: number;
  /** See `simulation/climate`: `weatherOf(plan.climate, member, year)`. */
  climate: ClimatePlan;
  /** Spread of parameters between members (coefficient of variation of the logarithm), by parameter; empty: none. */
  parameterCv: Readonly<Record<string, number>>;
};
