/** Yearly figures and their parts, in the order of a year's rows: `SHARED_INDICATORS[k]` has row k of `RunYear.parts`. */
export {INDICATORS, type IndicatorId, PARTS, SHARED_INDICATORS} from '#schemas';

/** Status of a tree's row: no longer there, alive, dead and standing. */
export const TREE_STATUS = {gone: 0, alive: 1, standingDead: 2} as const;

/** Why a stem is no longer alive; a row of `Removals` has its place in this list. */
export const CAUSES = ['age', 'stress', 'site', 'starved', 'harvest', 'planting', 'moved'] as const;
export type Cause = (typeof CAUSES)[number];

/** Trees that are there at the year's end, alive or dead and standing; rows 0 to `count`. Order may change from year to year: join by `id`. */
export type TreeRows = {
  count: number;
  id: Uint32Array;
  xM: Float64Array;
  yM: Float64Array;
  species: Int32Array;
  unit: Int32Array;
  /** `TREE_STATUS`. */
  status: Uint8Array;
  dbhCm: Float64Array;
  heightM: Float64Array;
  ageYr: Float64Array;
  crownRadiusM: Float64Array;
  /** Light 0–1 in the year. */
  lightIndex: Float64Array;
  /** Lack of carbon 0–1 in the year. */
  stress: Float64Array;
  netProductionKg: Float64Array;
  litterKg: Float64Array;
  foliageKg: Float64Array;
  fineRootKg: Float64Array;
  coarseRootKg: Float64Array;
  stemKg: Float64Array;
  branchKg: Float64Array;
  reserveKg: Float64Array;
};

/** Cohorts that are there at the year's end; rows 0 to `count`; those that came up have `origin` 1. Masses are of one stem. */
export type CohortRows = {
  count: number;
  unit: Int32Array;
  species: Int32Array;
  origin: Uint8Array;
  stemsPerHa: Float64Array;
  dbhCm: Float64Array;
  heightM: Float64Array;
  ageYr: Float64Array;
  lightIndex: Float64Array;
  stress: Float64Array;
  netProductionKg: Float64Array;
  /** All parts of a stem, kg. */
  massKg: Float64Array;
};

/**
 * Saplings of each unit from 1 cm of diameter on and below the height of trees: that stand at the year's end, that grew to it in the
 * year, that died in it; and all of them by cell and species, of any size. What came up and is taller is in the rows of trees and cohorts.
 */
export type SaplingUnits = {
  stems: Float64Array;
  came: Float64Array;
  died: Float64Array;
  rows(): Iterable<{unit: number; species: number; stems: number; dbhCm: number}>;
};

/** Trees (`id`) and stems of cohorts (`id` 0, `stems` of them) that died or were taken in the year; rows 0 to `count`. */
export type Removals = {
  count: number;
  id: Uint32Array;
  species: Int32Array;
  unit: Int32Array;
  stems: Float64Array;
  dbhCm: Float64Array;
  heightM: Float64Array;
  /** Of all parts, of all stems. */
  carbonKg: Float64Array;
  /** Place in `CAUSES`. */
  cause: Uint8Array;
  /** Place of the operation in the scenario; −1: none. */
  operation: Int32Array;
};

/** A species in a zone (`zone` = number of zones: the island) at the year's end; rows 0 to `count`, those without stems left out. */
export type StandRows = {
  count: number;
  zone: Int32Array;
  species: Int32Array;
  stems: Float64Array;
  basalAreaM2: Float64Array;
  volumeM3: Float64Array;
  leafAreaM2: Float64Array;
  carbonT: Float64Array;
  nppT: Float64Array;
  /** Mean of the stems. */
  dbhCm: Float64Array;
  heightM: Float64Array;
  deaths: Float64Array;
};

/** Water of unit u in month m (0 = January) at [12·u + m], mm but for the last. */
export type WaterMonths = {
  rainMm: Float64Array;
  et0Mm: Float64Array;
  interceptionMm: Float64Array;
  evaporationMm: Float64Array;
  transpirationMm: Float64Array;
  runOffMm: Float64Array;
  percolationMm: Float64Array;
  capillaryMm: Float64Array;
  irrigationMm: Float64Array;
  /** Of all layers, at the month's end. */
  storageMm: Float64Array;
  /** Mean of the month, 0–1. */
  relativeWater: Float64Array;
  /** Days on which the plants lacked water. */
  stressDays: Float64Array;
};

/** Carbon of zone z in t, the island last; flows of the year, stocks of its end. */
export type CarbonZones = {
  nppT: Float64Array;
  /** Leaves, roots, twigs. */
  litterT: Float64Array;
  /** With the trees that died of themselves. */
  mortalityT: Float64Array;
  /** Carried away. */
  harvestT: Float64Array;
  /** Brought in with planted trees. */
  plantedT: Float64Array;
  respiredDeadT: Float64Array;
  respiredSoilT: Float64Array;
  treesT: Float64Array;
  groundT: Float64Array;
  deadT: Float64Array;
  youngSoilT: Float64Array;
  oldSoilT: Float64Array;
};

/** What the year's books leave unexplained; zero to rounding. */
export type RunChecks = {
  /** Largest of all trees and cohorts: production − change − litter, over the mass. */
  carbonOfOneRelative: number;
  /** Production + planted − respired − harvest − change of all stocks, over the stocks. */
  carbonOfAllRelative: number;
  /** Largest of all units and days, mm. */
  waterMm: number;
  /** Largest absorbed over incoming light of all cells. */
  absorbedFraction: number;
};

/**
 * A year of a member. All columns are written again in the next year: who keeps something copies it. The state before the first year
 * comes as year `firstYear − 1`, its flows 0.
 */
export type RunYear = {
  year: number;
  /** Indicator i of zone z at [i · (zones + 1) + z]; the island is the last zone. NaN where there is none (no stems: no mean). */
  indicators: Float64Array;
  /** Part p of shared indicator k of zone z at [(k · PARTS + p) · (zones + 1) + z]. */
  parts: Float64Array;
  trees: TreeRows;
  cohorts: CohortRows;
  saplings: SaplingUnits;
  removals: Removals;
  stands: StandRows;
  water: WaterMonths;
  carbon: CarbonZones;
  checks: RunChecks;
};

/** Why an operation could not be done as asked. */
export type SkipReason = 'nothing-there' | 'fewer-than-asked' | 'no-room' | 'not-possible';

/** What happened. `operation`: place in the scenario's list. */
export type RunEvent =
  | {
      kind: 'done';
      year: number;
      month: number;
      operation: number;
      /** Stems planted, taken, pruned; m³ of water given in the year; hectares fertilised. */
      amount: number;
      costCny: number;
    }
  | {kind: 'skipped'; year: number; month: number; operation: number; reason: SkipReason; message: string};

/** Who takes what a member's years yield. */
export type RunSink = {
  year(year: RunYear): void;
  event(event: RunEvent): void;
};
