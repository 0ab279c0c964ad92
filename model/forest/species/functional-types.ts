import type {CardinalTemperatures} from '../modifiers/temperature.ts';
import type {Allometry} from '../tree/parameters.ts';

/** A group of species that grow alike: the values a species has until something better is known of it. */
export type FunctionalType = {
  name: {en: string; zh: string};
  /** Genera that make a species one of this type. */
  genera?: readonly string[];
  /** Canopy light-use efficiency, mol C per mol photons. */
  efficiency: number;
  temperature: CardinalTemperatures;
  /** Answer to dry air, kPa⁻¹. */
  vpdResponsePerKPa: number;
  /** Foliage, kg, at the type's specific leaf area. */
  foliage: Allometry;
  leafTurnover: {evergreen: number; deciduous: number};
  slaM2PerKg: number;
  fineRootOverFoliage: number;
  formFactor: number;
  branch: Allometry;
  root: Allometry;
  /** Height growth in the open and in shade, m per cm. */
  openMPerCm: number;
  shadeMPerCm: number;
  /** Stems of palms and bamboos do not thicken. */
  thickens: boolean;
};

const both = (share: number) => ({evergreen: share, deciduous: share});

/**
 * The types, as priors: each number is a guess within what is published for such trees, to be calibrated. Orders of light-use
 * efficiency and specific leaf area: Forrester & Tang (2016), subtropical species; allometries and form: between the species
 * tables of published individual-based models and Chinese biomass equations.
 */
export const FUNCTIONAL_TYPES = {
  EBT: {
    name: {en: 'evergreen broadleaf, shade-tolerant', zh: '常绿阔叶（耐阴）'},
    efficiency: 0.04,
    temperature: {minC: 2, optC: 22, maxC: 40},
    vpdResponsePerKPa: 0.55,
    foliage: {a: 0.04, b: 1.75},
    leafTurnover: both(0.5),
    slaM2PerKg: 9,
    fineRootOverFoliage: 0.6,
    formFactor: 0.45,
    branch: {a: 0.03, b: 2.2},
    root: {a: 0.02, b: 2.35},
    openMPerCm: 0.55,
    shadeMPerCm: 1.1,
    thickens: true,
  },
  EBM: {
    name: {en: 'evergreen broadleaf, medium', zh: '常绿阔叶（中性）'},
    efficiency: 0.048,
    temperature: {minC: 2, optC: 24, maxC: 41},
    vpdResponsePerKPa: 0.5,
    foliage: {a: 0.036, b: 1.75},
    leafTurnover: both(0.8),
    slaM2PerKg: 10,
    fineRootOverFoliage: 0.6,
    formFactor: 0.45,
    branch: {a: 0.035, b: 2.2},
    root: {a: 0.02, b: 2.35},
    openMPerCm: 0.6,
    shadeMPerCm: 1.1,
    thickens: true,
  },
  FIC: {
    name: {en: 'large fig', zh: '榕属大乔木'},
    genera: ['Ficus'],
    efficiency: 0.05,
    temperature: {minC: 5, optC: 26, maxC: 42},
    vpdResponsePerKPa: 0.45,
    foliage: {a: 0.045, b: 1.8},
    leafTurnover: both(0.9),
    slaM2PerKg: 10,
    fineRootOverFoliage: 0.6,
    formFactor: 0.4,
    branch: {a: 0.045, b: 2.3},
    root: {a: 0.025, b: 2.35},
    openMPerCm: 0.45,
    shadeMPerCm: 0.9,
    thickens: true,
  },
  DBM: {
    name: {en: 'deciduous broadleaf, medium', zh: '落叶阔叶（中性）'},
    efficiency: 0.048,
    temperature: {minC: 2, optC: 22, maxC: 40},
    vpdResponsePerKPa: 0.55,
    foliage: {a: 0.024, b: 1.7},
    leafTurnover: both(1),
    slaM2PerKg: 14,
    fineRootOverFoliage: 0.75,
    formFactor: 0.44,
    branch: {a: 0.03, b: 2.2},
    root: {a: 0.018, b: 2.35},
    openMPerCm: 0.65,
    shadeMPerCm: 1.2,
    thickens: true,
  },
  DBP: {
    name: {en: 'deciduous pioneer', zh: '落叶先锋树种'},
    efficiency: 0.06,
    temperature: {minC: 3, optC: 25, maxC: 41},
    vpdResponsePerKPa: 0.6,
    foliage: {a: 0.03, b: 1.55},
    leafTurnover: both(1),
    slaM2PerKg: 14,
    fineRootOverFoliage: 0.75,
    formFactor: 0.4,
    branch: {a: 0.04, b: 1.95},
    root: {a: 0.016, b: 2.5},
    openMPerCm: 0.8,
    shadeMPerCm: 1.4,
    thickens: true,
  },
  SAL: {
    name: {en: 'willow, alder of wet sites', zh: '柳、桤木等湿生落叶树'},
    genera: ['Salix', 'Pterocarya', 'Alnus'],
    efficiency: 0.058,
    temperature: {minC: 0, optC: 24, maxC: 39},
    vpdResponsePerKPa: 0.65,
    foliage: {a: 0.03, b: 1.55},
    leafTurnover: both(1),
    slaM2PerKg: 14,
    fineRootOverFoliage: 0.75,
    formFactor: 0.4,
    branch: {a: 0.04, b: 1.95},
    root: {a: 0.016, b: 2.5},
    openMPerCm: 0.75,
    shadeMPerCm: 1.3,
    thickens: true,
  },
  TAX: {
    name: {en: 'deciduous wetland conifer', zh: '落叶湿生针叶树'},
    genera: ['Metasequoia', 'Taxodium', 'Glyptostrobus'],
    efficiency: 0.052,
    temperature: {minC: 2, optC: 24, maxC: 39},
    vpdResponsePerKPa: 0.6,
    foliage: {a: 0.03, b: 1.7},
    leafTurnover: both(1),
    slaM2PerKg: 12,
    fineRootOverFoliage: 0.75,
    formFactor: 0.42,
    branch: {a: 0.02, b: 2.25},
    root: {a: 0.02, b: 2.4},
    openMPerCm: 0.85,
    shadeMPerCm: 1.3,
    thickens: true,
  },
  CON: {
    name: {en: 'evergreen conifer', zh: '常绿针叶树'},
    efficiency: 0.042,
    temperature: {minC: 0, optC: 20, maxC: 39},
    vpdResponsePerKPa: 0.6,
    foliage: {a: 0.075, b: 1.6},
    leafTurnover: both(0.33),
    slaM2PerKg: 5.5,
    fineRootOverFoliage: 0.75,
    formFactor: 0.44,
    branch: {a: 0.022, b: 2.3},
    root: {a: 0.006, b: 2.7},
    openMPerCm: 0.7,
    shadeMPerCm: 1.2,
    thickens: true,
  },
  ORN: {
    name: {en: 'small flowering or fruit tree', zh: '小型花果树'},
    efficiency: 0.045,
    temperature: {minC: 2, optC: 23, maxC: 40},
    vpdResponsePerKPa: 0.55,
    foliage: {a: 0.03, b: 1.7},
    leafTurnover: {evergreen: 0.9, deciduous: 1},
    slaM2PerKg: 12,
    fineRootOverFoliage: 0.7,
    formFactor: 0.4,
    branch: {a: 0.05, b: 2.1},
    root: {a: 0.02, b: 2.3},
    openMPerCm: 0.5,
    shadeMPerCm: 0.9,
    thickens: true,
  },
  BAM: {
    name: {en: 'bamboo, palm', zh: '竹与棕榈'},
    efficiency: 0.05,
    temperature: {minC: 3, optC: 24, maxC: 40},
    vpdResponsePerKPa: 0.55,
    foliage: {a: 0.05, b: 1.6},
    leafTurnover: both(0.6),
    slaM2PerKg: 12,
    fineRootOverFoliage: 0.8,
    formFactor: 0.5,
    branch: {a: 0.01, b: 2},
    root: {a: 0.02, b: 2.2},
    // not used: culms and palm stems keep their size by rules of their own
    openMPerCm: 0.55,
    shadeMPerCm: 1.1,
    thickens: false,
  },
} as const satisfies Record<string, FunctionalType>;

export type FunctionalTypeId = keyof typeof FUNCTIONAL_TYPES;

/** What all types share: 3-PG's root allocation and answers to fertility and CO2. Source: Sands (2004), Forrester & Tang (2016). */
export const SHARED_PARAMETERS = {
  fineRootTurnover: 1,
  roots: {maxFraction: 0.6, minFraction: 0.25, atZeroFertility: 0},
  nutrition: {atZero: 0.6, power: 1},
  co2EfficiencyAt700: 1.3,
  co2ConductanceAt700: 0.7,
  ageResponse: {atHalf: 0.95, power: 4},
} as const;
