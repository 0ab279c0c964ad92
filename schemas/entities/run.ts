import {type Static, Type} from 'typebox';

/** What a run of a scenario tells: its yearly indicators, its tables, its states, and what it was made from. */
const closed = {additionalProperties: false} as const;

/**
 * Yearly figures of a zone and of the whole site, in this order. `stock` and `state`: at the year's end; `flow`: of the year. Units
 * are UCUM. Stems of the archive and planted ones count at any size; what comes up from seed from the height on at which saplings are
 * trees, 4 m (half the greatest height of lower species), with a diameter that the species' form gives it there.
 */
export const INDICATORS = [
  {
    id: 'stems_per_ha',
    unit: '/har',
    kind: 'stock',
    name: {
      en: 'Stems (from seed: from 4 m, DBH 3–6 cm)',
      zh: '株数密度（天然更新：自高 4 m、胸径 3–6 cm 起）',
    },
  },
  {id: 'basal_area_m2_per_ha', unit: 'm2/har', kind: 'stock', name: {en: 'Basal area', zh: '胸高断面积'}},
  {id: 'volume_m3_per_ha', unit: 'm3/har', kind: 'stock', name: {en: 'Stem volume', zh: '立木蓄积'}},
  {id: 'lai', unit: 'm2/m2', kind: 'stock', name: {en: 'Leaf area index', zh: '叶面积指数'}},
  {id: 'mean_dbh_cm', unit: 'cm', kind: 'state', name: {en: 'Mean diameter', zh: '平均胸径'}},
  {
    id: 'dominant_height_m',
    unit: 'm',
    kind: 'state',
    name: {en: 'Height of the 100 thickest per hectare', zh: '优势高'},
  },
  {id: 'carbon_trees_t', unit: 't', kind: 'stock', name: {en: 'Carbon in plants', zh: '植被碳'}},
  {
    id: 'carbon_trees_equation_t',
    unit: 't',
    kind: 'stock',
    name: {en: 'Carbon in trees by equation', zh: '林木碳（方程估算）'},
  },
  {id: 'carbon_dead_t', unit: 't', kind: 'stock', name: {en: 'Carbon in dead wood', zh: '枯死木碳'}},
  {id: 'carbon_soil_t', unit: 't', kind: 'stock', name: {en: 'Carbon in soil', zh: '土壤碳'}},
  {id: 'carbon_total_t', unit: 't', kind: 'stock', name: {en: 'Carbon, all', zh: '总碳'}},
  {
    id: 'net_uptake_tco2_per_year',
    unit: 't/a',
    kind: 'flow',
    name: {en: 'CO₂ taken up, net', zh: '净固碳量（CO₂）'},
  },
  {
    id: 'npp_t_per_ha',
    unit: 't/har/a',
    kind: 'flow',
    name: {en: 'Net primary production', zh: '净初级生产力'},
  },
  {
    id: 'mortality_percent',
    unit: '%',
    kind: 'flow',
    name: {
      en: 'Stems that died (from seed: from 4 m, DBH 3–6 cm)',
      zh: '枯损率（天然更新：自高 4 m、胸径 3–6 cm 起）',
    },
  },
  {
    id: 'recruits_per_ha',
    unit: '/har',
    kind: 'flow',
    name: {en: 'Recruits (grown to 4 m, DBH 3–6 cm)', zh: '进界株数（长至高 4 m、胸径 3–6 cm）'},
  },
  {id: 'species_richness', unit: '1', kind: 'state', name: {en: 'Species', zh: '物种数'}},
  {id: 'shannon', unit: '1', kind: 'state', name: {en: 'Shannon diversity', zh: '香农多样性'}},
  {id: 'transpiration_mm', unit: 'mm', kind: 'flow', name: {en: 'Transpiration', zh: '蒸腾'}},
  {id: 'run_off_mm', unit: 'mm', kind: 'flow', name: {en: 'Run-off', zh: '径流'}},
  {id: 'percolation_mm', unit: 'mm', kind: 'flow', name: {en: 'Percolation', zh: '深层渗漏'}},
  {id: 'irrigation_m3', unit: 'm3', kind: 'flow', name: {en: 'Irrigation', zh: '灌溉水量'}},
  {id: 'drought_days', unit: 'd', kind: 'flow', name: {en: 'Days of water stress', zh: '水分胁迫日数'}},
  {id: 'cost_cny', unit: '{CNY}', kind: 'flow', name: {en: 'Cost of the year', zh: '当年费用'}},
] as const satisfies readonly {
  id: string;
  unit: string;
  kind: 'stock' | 'state' | 'flow';
  name: {en: string; zh: string};
}[];
export type IndicatorId = (typeof INDICATORS)[number]['id'];

/** Indicators that are told in parts as well. */
export const SHARED_INDICATORS = [
  'stems_per_ha',
  'basal_area_m2_per_ha',
  'volume_m3_per_ha',
  'lai',
  'carbon_trees_t',
  'npp_t_per_ha',
] as const satisfies readonly IndicatorId[];

/** What such a total is made of: the archive's trees, trees that came since, cohorts, grass and herbs. */
export const PARTS = ['archive', 'new-trees', 'cohorts', 'ground'] as const;
export type Part = (typeof PARTS)[number];

/** The zone that is all of the site. No zone of a site may be called so. */
export const WHOLE_SITE = 'island';

export const RUN_TABLES = ['tree', 'stand', 'cohort', 'removal', 'water', 'carbon'] as const;
export type RunTable = (typeof RUN_TABLES)[number];

export const RUN_STATES = ['queued', 'running', 'done', 'failed', 'cancelled'] as const;
export type RunState = (typeof RUN_STATES)[number];

/** Members of a run: 0 has the parameters as they stand in the table; the others draw theirs. */
export const MOST_MEMBERS = 256;
export const MOST_YEARS = 500;

/** What a user may say when a run is started; what is left out is the scenario's. */
export const RunRequest = Type.Object(
  {
    years: Type.Optional(Type.Integer({minimum: 1, maximum: MOST_YEARS, description: 'Years to run'})),
    members: Type.Optional(
      Type.Integer({minimum: 1, maximum: MOST_MEMBERS, description: 'Members of the ensemble'}),
    ),
    seed: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: 4_294_967_295,
        description: 'Seed of chance; two scenarios with the same one share their weather, draws and luck',
      }),
    ),
  },
  closed,
);
export type RunRequest = Static<typeof RunRequest>;
