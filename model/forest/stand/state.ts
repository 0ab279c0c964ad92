import type {PhysiologyMode} from '../modifiers/physiology.ts';
import type {Pools} from './mortality.ts';
import type {SizeDistribution, StandParameters} from './parameters.ts';
import type {Sizes} from './sizes.ts';
import type {Thinning} from './thinning.ts';

/** The weather of one month. */
export type StandMonthWeather = {
  /** 1–12. */
  month: number;
  minC: number;
  maxC: number;
  meanC: number;
  rainMm: number;
  radiationMjPerM2Day: number;
  frostDays: number;
  co2Ppm: number;
};

export type StandSpecies = {
  p: StandParameters;
  distribution: SizeDistribution | null;
  /** Months from planting to the first row; negative: planted later. */
  ageMonths: number;
  /** Fertility, 0–1 (FR). */
  fertility: number;
  start: Pools;
  thinnings: readonly Thinning[];
};

export type StandSite = {
  latitudeDeg: number;
  /** 1 sand to 4 clay; 0: no answer to soil water; below 0: the species' own. */
  soilClass: number;
  startWaterMm: number;
  minWaterMm: number;
  maxWaterMm: number;
};

/** Which of the published forms are used: 3-PGpjs is closing, whole, min; 3-PGmix is layered, shared, product. */
export type StandSettings = {
  light: 'closing' | 'layered';
  water: 'whole' | 'shared';
  physiology: PhysiologyMode;
};

export type StandInput = {
  site: StandSite;
  settings: StandSettings;
  species: readonly StandSpecies[];
  /** The first month is that of the first row, which is the initial state: its weather does nothing. */
  weather: readonly StandMonthWeather[];
};

/** Shares 0–1 of growth and conductance that the month allows (CO2: against 350 ppm). */
export type StandModifiers = {
  age: number;
  vpd: number;
  temperature: number;
  conductanceTemperature: number;
  frost: number;
  soilWater: number;
  nutrition: number;
  co2Efficiency: number;
  co2Conductance: number;
  /** vpd and soilWater by the mode of physiology, times age. */
  physiology: number;
};

/** What a month did to one species. Masses in t dry matter per ha. */
export type SpeciesFluxes = {
  absorbedMjPerM2: number;
  laiAbove: number;
  vpdKPa: number;
  /** Null where no month has passed. */
  modifiers: StandModifiers | null;
  grossProductionTPerHa: number;
  netProductionTPerHa: number;
  /** Part of net production that paid the debt. */
  debtPaidTPerHa: number;
  /** Debt that the next fall of leaves found unpaid. */
  debtForgivenTPerHa: number;
  /** Foliage put out on debt at the start of the season. */
  foliageLentTPerHa: number;
  rootFraction: number;
  stemFraction: number;
  foliageFraction: number;
  foliageLitterTPerHa: number;
  rootLitterTPerHa: number;
  /** Mass of all parts of trees that died, and that were thinned. */
  deadTPerHa: number;
  removedTPerHa: number;
  selfThinningPerHa: number;
  transpirationMm: number;
  interceptionMm: number;
};

/** State of one species after a month, and what the month did. */
export type SpeciesMonth = Pools &
  Sizes &
  SpeciesFluxes & {
    ageYr: number;
    planted: boolean;
    dormant: boolean;
    /** Foliage that must be paid for before further growth. */
    foliageDebtTPerHa: number;
    lai: number;
    volumeM3PerHa: number;
  };

export type StandMonth = {
  month: number;
  species: SpeciesMonth[];
  soilEvaporationMm: number;
  /** Transpiration, soil evaporation and interception together, as far as the water reached. */
  evapotranspirationMm: number;
  /** What the water reached for over what was asked, 0–1; growth is cut by it. */
  waterFraction: number;
  runOffMm: number;
  /** Added so that the soil does not fall below its floor. */
  suppliedMm: number;
  availableWaterMm: number;
};

/** A species while the month works on it: the state of before, and what has changed so far. */
export type Working = {
  input: StandSpecies;
  planted: boolean;
  /** Years since planting at the start of the month, 0 before. */
  ageYr: number;
  /** The same at its end. */
  endAgeYr: number;
  pools: Pools;
  debt: number;
  lai: number;
  sizes: Sizes;
  thinningsDone: number;
};
