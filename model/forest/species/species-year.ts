import {co2EfficiencyModifier} from '../modifiers/carbon-dioxide.ts';
import {floodModifier} from '../modifiers/flooding.ts';
import {potentialGrossProductionG, rootFraction} from '../modifiers/light-use.ts';
import {nutritionModifier} from '../modifiers/nutrition.ts';
import {DAYS_OF_MONTHS, leafFractionsByCalendar} from '../modifiers/phenology.ts';
import {type PhysiologyMode, physiologyModifier} from '../modifiers/physiology.ts';
import {type SoilWaterResponse, soilWaterModifier} from '../modifiers/soil-water.ts';
import {frostModifier, temperatureModifier} from '../modifiers/temperature.ts';
import {vpdModifier} from '../modifiers/vapour-pressure-deficit.ts';
import type {ForestSpecies} from '../tree/species-table.ts';
import {SHARED_PARAMETERS} from './functional-types.ts';
import type {SpeciesParameters} from './species-rule.ts';

/** A month as the trees of one response unit have it. */
export type UnitMonth = {
  meanC: number;
  frostDays: number;
  radiationMjPerM2Day: number;
  /** Of the daylight hours. */
  vpdKPa: number;
  co2Ppm: number;
  /** Available soil water over its capacity, 0–1. */
  relativeWater: number;
  /** Days with the root zone under water. */
  floodedDays: number;
};

export type UnitSoil = {waterResponse: SoilWaterResponse; fertility: number};

export type SpeciesYear = {
  /** Potential gross production of each month, g dry matter per m² of absorbing area. */
  monthlyG: number[];
  potentialGPerM2: number;
  /** Share of net production that goes to roots. */
  rootFraction: number;
};

/**
 * What a year of a response unit gives to a species: twelve months from January. `inLeaf`: share of each month in leaf, by default
 * by the species' calendar.
 * Source: Landsberg & Waring (1997); Forrester & Tang (2016), doi:10.1016/j.ecolmodel.2015.07.010.
 */
export function speciesYear(
  species: SpeciesParameters,
  months: readonly UnitMonth[],
  soil: UnitSoil,
  mode: PhysiologyMode,
  inLeaf: readonly number[] = leafFractionsByCalendar(species.leafMonths),
): SpeciesYear {
  const {values} = species;
  const {nutrition, roots, co2EfficiencyAt700} = SHARED_PARAMETERS;
  const water: SoilWaterResponse = {
    deficitAtHalf: soil.waterResponse.deficitAtHalf * values.waterDeficitFactor,
    power: soil.waterResponse.power,
  };
  const monthlyG: number[] = [];
  let total = 0;
  let weighted = 0;
  for (const [m, month] of months.entries()) {
    const physiology = physiologyModifier(
      mode,
      vpdModifier(month.vpdKPa, values.vpdResponsePerKPa),
      soilWaterModifier(month.relativeWater, water),
      floodModifier(month.floodedDays, values.floodSensitivity),
    );
    const days = DAYS_OF_MONTHS[m]!;
    const grams = potentialGrossProductionG({
      efficiencyMolPerMol: values.efficiency,
      radiationMjPerM2Day: month.radiationMjPerM2Day,
      days,
      temperature: temperatureModifier(month.meanC, {
        minC: values.minC,
        optC: values.optC,
        maxC: values.maxC,
      }),
      frost: frostModifier({
        frostDays: month.frostDays,
        days,
        lossPerFrostDay: values.frostLossDays,
      }),
      nutrition: nutritionModifier(soil.fertility, nutrition),
      co2: co2EfficiencyModifier(month.co2Ppm, co2EfficiencyAt700),
      physiology,
      inLeafFraction: inLeaf[m]!,
    });
    monthlyG.push(grams);
    total += grams;
    weighted += grams * physiology;
  }
  return {
    monthlyG,
    potentialGPerM2: total,
    rootFraction: rootFraction(total > 0 ? weighted / total : 0, soil.fertility, roots),
  };
}

/** Share of a year's production that falls while deciduous neighbours bear leaves. `inLeaf`: theirs, by month. */
export function leafOnShare(monthlyG: readonly number[], inLeaf: readonly number[]): number {
  const total = monthlyG.reduce((sum, grams) => sum + grams, 0);
  if (total <= 0) return 1;
  return monthlyG.reduce((sum, grams, m) => sum + grams * inLeaf[m]!, 0) / total;
}

/** Share of trees that reach the greatest age. Source: Seidl et al. (2012). */
const REACHES_MAX_AGE = 0.01;

/** A species as the growth of its trees takes it. */
export function treeParametersOf({values, evergreen, thickens, palm}: SpeciesParameters): ForestSpecies {
  return {
    foliage: {a: values.foliageA, b: values.foliageB},
    stem: {a: values.stemA, b: values.stemB},
    branch: {a: values.branchA, b: values.branchB},
    root: {a: values.rootA, b: values.rootB},
    slaM2PerKg: values.slaM2PerKg,
    leafTurnover: values.leafTurnover,
    fineRootTurnover: SHARED_PARAMETERS.fineRootTurnover,
    fineRootOverFoliage: values.fineRootOverFoliage,
    formFactor: values.formFactor,
    woodDensityKgPerM3: 1000 * values.woodDensityGPerCm3,
    openSlope: {form: 'saturating', mPerCm: values.openMPerCm},
    shadeSlope: {form: 'saturating', mPerCm: values.shadeMPerCm},
    maxHeightM: values.maxHeightM,
    ageLimitYr: values.ageLimitYr,
    ageResponse: SHARED_PARAMETERS.ageResponse,
    maxAgeYr: values.maxAgeYr,
    reachesMaxAge: REACHES_MAX_AGE,
    stressMortality: values.stressMortality,
    lightClass: values.lightClass,
    maxGrowthCm: values.maxGrowthCm,
    maxDbhCm: values.maxDbhCm,
    crownForm: values.crownForm,
    crownShade: values.crownShade,
    deciduous: !evergreen,
    fixedSize: !thickens,
    heightRate: palm ? values.saplingRate : 0,
    fixedRadiusM: palm ? PALM_RADIUS_M : 0,
  };
}

/** Crown of a palm, m: it does not widen. */
const PALM_RADIUS_M = 2;
