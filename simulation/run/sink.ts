/** Yearly figures of a zone and of the island, in this order. */
export const INDICATORS = [
  {id: 'stems_per_ha', unit: 'ha-1', name: {en: 'Stems', zh: '株数密度'}},
  {id: 'basal_area_m2_per_ha', unit: 'm2 ha-1', name: {en: 'Basal area', zh: '胸高断面积'}},
  {id: 'volume_m3_per_ha', unit: 'm3 ha-1', name: {en: 'Stem volume', zh: '立木蓄积'}},
  {id: 'lai', unit: 'm2 m-2', name: {en: 'Leaf area index', zh: '叶面积指数'}},
  {id: 'mean_dbh_cm', unit: 'cm', name: {en: 'Mean diameter', zh: '平均胸径'}},
  {id: 'dominant_height_m', unit: 'm', name: {en: 'Height of the 100 thickest per hectare', zh: '优势高'}},
  {id: 'carbon_trees_t', unit: 't', name: {en: 'Carbon in plants', zh: '植被碳'}},
  {
    id: 'carbon_trees_equation_t',
    unit: 't',
    name: {en: 'Carbon in trees by equation', zh: '林木碳（方程估算）'},
  },
  {id: 'carbon_dead_t', unit: 't', name: {en: 'Carbon in dead wood', zh: '枯死木碳'}},
  {id: 'carbon_soil_t', unit: 't', name: {en: 'Carbon in soil', zh: '土壤碳'}},
  {id: 'carbon_total_t', unit: 't', name: {en: 'Carbon, all', zh: '总碳'}},
  {id: 'net_uptake_tco2_per_year', unit: 't a-1', name: {en: 'CO2 taken up, net', zh: '净固碳量（CO2）'}},
  {id: 'npp_t_per_ha', unit: 't ha-1 a-1', name: {en: 'Net primary production', zh: '净初级生产力'}},
  {id: 'mortality_percent', unit: '%', name: {en: 'Stems that died', zh: '枯损率'}},
  {id: 'recruits_per_ha', unit: 'ha-1', name: {en: 'Recruits', zh: '进界株数'}},
  {id: 'species_richness', unit: '1', name: {en: 'Species', zh: '物种数'}},
  {id: 'shannon', unit: '1', name: {en: 'Shannon diversity', zh: '香农多样性'}},
  {id: 'transpiration_mm', unit: 'mm', name: {en: 'Transpiration', zh: '蒸腾'}},
  {id: 'run_off_mm', unit: 'mm', name: {en: 'Run-off', zh: '径流'}},
  {id: 'percolation_mm', unit: 'mm', name: {en: 'Percolation', zh: '深层渗漏'}},
  {id: 'irrigation_m3', unit: 'm3', name: {en: 'Irrigation', zh: '灌溉水量'}},
  {id: 'drought_days', unit: 'd', name: {en: 'Days of water stress', zh: '水分胁迫日数'}},
  {id: 'cost_cny', unit: 'CNY', name: {en: 'Cost', zh: '费用'}},
] as const;

export type IndicatorId = (typeof INDICATORS)[number]['id'];

/** Stocks that are told in parts: `SHARED_INDICATORS[k]` has row k of `RunYear.parts`. */
export const SHARED_INDICATORS = [
  'stems_per_ha',
  'basal_area_m2_per_ha',
  'volume_m3_per_ha',
  'lai',
  'carbon_trees_t',
  'npp_t_per_ha',
] as const satisfies readonly IndicatorId[];

/** Where a stock stands: in the archive's trees, in trees that came since, in cohorts, in grass and herbs. */
export const PARTS = ['archive', 'new-trees', 'cohorts', 'ground'] as const;

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
      /** Stems planted, taken, pruned; for irrigation and fertilising the hectares they act on. */
      amount: number;
      costCny: number;
    }
  | {kind: 'skipped'; year: number; month: number; operation: number; reason: SkipReason; message: string};

/** Who takes what a member's years yield. */
export type RunSink = {
  year(year: RunYear): void;
  event(event: RunEvent): void;
};
