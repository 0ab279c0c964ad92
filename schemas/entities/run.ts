import {type Static, Type} from 'typebox';

/** What a run of a scenario tells: its yearly indicators, its tables, its states, and what it was made from. */
const closed = {additionalProperties: false} as const;

/** How an indicator of several zones comes together, and whether it can be told by what holds it. */
export type Indicator = {
  name: {en: string; zh: string};
  /** UCUM. */
  unit: string;
  /** `stock`: what is there at the year's end; `flow`: what happened in the year. */
  kind: 'stock' | 'flow' | 'state';
  /** Its total is of trees that stand for themselves, of cohorts and of the ground layer, in shares. */
  parts: boolean;
};

/** Yearly indicators of a run, for each zone and the whole site. */
export const INDICATORS = {
  stems_per_ha: {name: {en: 'Stems', zh: '株数密度'}, unit: '/har', kind: 'stock', parts: true},
  basal_area_m2_per_ha: {
    name: {en: 'Basal area', zh: '胸高断面积'},
    unit: 'm2/har',
    kind: 'stock',
    parts: true,
  },
  volume_m3_per_ha: {name: {en: 'Stem volume', zh: '蓄积量'}, unit: 'm3/har', kind: 'stock', parts: true},
  lai: {name: {en: 'Leaf area index', zh: '叶面积指数'}, unit: 'm2/m2', kind: 'stock', parts: true},
  mean_dbh_cm: {name: {en: 'Mean diameter', zh: '平均胸径'}, unit: 'cm', kind: 'state', parts: false},
  dominant_height_m: {name: {en: 'Dominant height', zh: '优势高'}, unit: 'm', kind: 'state', parts: false},
  carbon_trees_t: {
    name: {en: 'Carbon in living plants', zh: '活体植物碳储量'},
    unit: 't',
    kind: 'stock',
    parts: true,
  },
  carbon_dead_t: {
    name: {en: 'Carbon in dead wood', zh: '枯死木碳储量'},
    unit: 't',
    kind: 'stock',
    parts: true,
  },
  carbon_soil_t: {name: {en: 'Carbon in soil', zh: '土壤碳储量'}, unit: 't', kind: 'stock', parts: false},
  carbon_total_t: {name: {en: 'Carbon, all', zh: '总碳储量'}, unit: 't', kind: 'stock', parts: false},
  net_uptake_tco2_per_year: {
    name: {en: 'Net CO₂ uptake', zh: '净二氧化碳吸收量'},
    unit: 't/a',
    kind: 'flow',
    parts: false,
  },
  npp_t_per_ha: {
    name: {en: 'Net primary production', zh: '净初级生产力'},
    unit: 't/har/a',
    kind: 'flow',
    parts: true,
  },
  mortality_percent: {name: {en: 'Mortality', zh: '年死亡率'}, unit: '%', kind: 'flow', parts: false},
  recruits_per_ha: {name: {en: 'Recruits', zh: '进界株数'}, unit: '/har', kind: 'flow', parts: false},
  species_richness: {name: {en: 'Tree species', zh: '树种数'}, unit: '1', kind: 'state', parts: false},
  shannon: {name: {en: 'Shannon diversity', zh: '香农多样性'}, unit: '1', kind: 'state', parts: false},
  transpiration_mm: {name: {en: 'Transpiration', zh: '蒸腾量'}, unit: 'mm', kind: 'flow', parts: false},
  run_off_mm: {name: {en: 'Run-off', zh: '径流量'}, unit: 'mm', kind: 'flow', parts: false},
  percolation_mm: {name: {en: 'Percolation', zh: '深层渗漏量'}, unit: 'mm', kind: 'flow', parts: false},
  irrigation_m3: {name: {en: 'Irrigation', zh: '灌溉量'}, unit: 'm3', kind: 'flow', parts: false},
  drought_days: {name: {en: 'Days of drought', zh: '干旱日数'}, unit: 'd', kind: 'flow', parts: false},
  cost_cny: {name: {en: 'Cost', zh: '费用'}, unit: '{CNY}', kind: 'flow', parts: false},
} as const satisfies Record<string, Indicator>;
export type IndicatorId = keyof typeof INDICATORS;
export const INDICATOR_IDS = Object.keys(INDICATORS) as readonly IndicatorId[];

/** The zone that is all of the site. No zone of a site may be called so. */
export const WHOLE_SITE = 'island';

/** What the total of an indicator with `parts` is made of. */
export const PARTS = ['trees', 'cohorts', 'ground'] as const;
export type Part = (typeof PARTS)[number];

export const RUN_TABLES = ['tree', 'stand', 'cohort', 'removal', 'water', 'carbon'] as const;
export type RunTable = (typeof RUN_TABLES)[number];

export const RUN_STATES = ['queued', 'running', 'done', 'failed', 'cancelled'] as const;
export type RunState = (typeof RUN_STATES)[number];

/** Members of a run: 0 has the parameters as they stand in the table; the others draw theirs. */
export const MOST_MEMBERS = 1024;
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
