import {
  co2EfficiencyModifier,
  droughtDeath,
  dryMatterGPerMj,
  type ForestYear,
  floodDeath,
  frostModifier,
  leafFractionsByCalendar,
  nutritionModifier,
  rootFraction,
  SHARED_PARAMETERS,
  type SpeciesParameters,
  temperatureModifier,
  vpdModifier,
} from '#model';
import type {PlanUnit, RunPlan} from '../plan.ts';
import type {YearMonths} from './year-months.ts';

/** Mean of a month from which on plants are taken to grow, °C: below it neither flood nor drought kills. Guess. */
const GROWING_C = 5;

/**
 * What a year gives to each species on each unit: potential production, the roots' share, death by drought and flood. The same as
 * `speciesYear`, `droughtMonths`, `droughtDeath` and `floodDeath` say, with all that does not depend on the unit worked out once.
 */
export class SpeciesYears {
  /** As the stands take it; entries of pairs that were not asked for are of an earlier year. */
  readonly year: ForestYear;
  /** Physiology of a pair over the year, weighted by production, 0–1; for regeneration. */
  readonly environment: Float64Array;
  readonly #species: readonly SpeciesParameters[];
  readonly #units: readonly PlanUnit[];
  readonly #mode: RunPlan['physiology'];
  /** Per species and month: grams that light, warmth, frost, CO2 and leaves allow, the limit by dry air, the share in leaf. */
  readonly #grams: Float64Array;
  readonly #vpd: Float64Array;
  readonly #inLeaf: Float64Array;
  readonly #deciduous: Float64Array;

  constructor(plan: RunPlan, key: number) {
    const pairs = plan.units.length * plan.species.length;
    this.#species = plan.species;
    this.#units = plan.units;
    this.#mode = plan.physiology;
    this.year = {
      potentialGPerM2: new Float64Array(pairs),
      rootFraction: new Float64Array(pairs),
      siteDeath: new Float64Array(pairs),
      leafOnShare: new Float64Array(plan.species.length).fill(1),
      key,
      year: plan.firstYear,
    };
    this.environment = new Float64Array(pairs);
    this.#grams = new Float64Array(12 * plan.species.length);
    this.#vpd = new Float64Array(12 * plan.species.length);
    this.#inLeaf = Float64Array.from(
      plan.species.flatMap(({leafMonths}) => leafFractionsByCalendar(leafMonths)),
    );
    this.#deciduous = deciduousSeason(plan.species);
  }

  /** Share in leaf of a species in a month, 0–1. */
  inLeaf(species: number, month: number): number {
    return this.#inLeaf[12 * species + month]!;
  }

  /** What is the same on all units. */
  begin(months: YearMonths, year: number): void {
    this.year.year = year;
    const co2 = co2EfficiencyModifier(months.co2Ppm, SHARED_PARAMETERS.co2EfficiencyAt700);
    for (let s = 0; s < this.#species.length; s += 1) {
      const {values, evergreen} = this.#species[s]!;
      let total = 0;
      let whileOthersBear = 0;
      for (let m = 0; m < 12; m += 1) {
        const at = 12 * s + m;
        const grams =
          dryMatterGPerMj(values.efficiency) *
          months.radiationMjPerM2Day[m]! *
          months.days[m]! *
          temperatureModifier(months.meanC[m]!, values) *
          frostModifier({
            frostDays: months.frostDays[m]!,
            days: months.days[m]!,
            lossPerFrostDay: values.frostLossDays,
          }) *
          co2 *
          this.#inLeaf[at]!;
        this.#grams[at] = grams;
        this.#vpd[at] = vpdModifier(months.vpdKPa[m]!, values.vpdResponsePerKPa);
        total += grams * this.#vpd[at]!;
        whileOthersBear += grams * this.#vpd[at]! * this.#deciduous[m]!;
      }
      this.year.leafOnShare[s] = evergreen && total > 0 ? whileOthersBear / total : 1;
    }
  }

  /**
   * A pair of unit and species. `relativeWater`, at [12 · unit + month]: of the year; `fertility`: of the unit now; `meanC` of the months.
   */
  pair(
    unit: number,
    species: number,
    relativeWater: Float64Array,
    fertility: number,
    meanC: Float64Array,
  ): void {
    const {values} = this.#species[species]!;
    const {soil, floodedDays} = this.#units[unit]!;
    const at = unit * this.#species.length + species;
    const half = soil.waterResponse.deficitAtHalf * values.waterDeficitFactor;
    const power = soil.waterResponse.power;
    const whole = Number.isInteger(power) && power < 16;
    const {droughtLimit, floodSensitivity} = values;
    const smallest = this.#mode === 'min';
    const gramsOf = this.#grams;
    const vpdOf = this.#vpd;
    const inLeaf = this.#inLeaf;
    let left = 0;
    let total = 0;
    let weighted = 0;
    let drought = 0;
    let floodDays = 0;
    for (let m = 0; m < 12; m += 1) {
      const of = 12 * species + m;
      const water = relativeWater[12 * unit + m]!;
      // soilWaterModifier, floodModifier, physiologyModifier
      const deficit = Math.max(0, 1 - water) / half;
      let lack = 0;
      if (deficit > 0) {
        // the powers of the texture classes are small whole numbers
        if (whole) for (lack = 1, left = power; left > 0; left -= 1) lack *= deficit;
        else lack = Math.exp(power * Math.log(deficit));
      }
      const wet = 1 / (1 + lack);
      const flooded = floodedDays[m]!;
      const aired = 1 - floodSensitivity * Math.min(1, flooded / 30);
      const vpd = vpdOf[of]!;
      const physiology = smallest ? Math.min(1, vpd, wet, aired) : vpd * wet * aired;
      const grams = gramsOf[of]! * physiology;
      total += grams;
      weighted += grams * physiology;
      if (meanC[m]! >= GROWING_C) {
        const leaf = inLeaf[of]!;
        if (leaf > 0) drought += Math.max(0, 1 - water / droughtLimit);
        floodDays += leaf * flooded;
      }
    }
    const nutrition = nutritionModifier(fertility, SHARED_PARAMETERS.nutrition);
    const mean = total > 0 ? weighted / total : 0;
    this.year.potentialGPerM2[at] = total * nutrition;
    this.year.rootFraction[at] = rootFraction(mean, fertility, SHARED_PARAMETERS.roots);
    const dry = droughtDeath(drought);
    const drowned =
      floodDays > 0 ? floodDeath({rootDays: floodDays, crownDays: 0, halfDays: values.floodHalfDays}) : 0;
    this.year.siteDeath[at] = 1 - (1 - dry) * (1 - drowned);
    this.environment[at] = mean * nutrition;
  }
}

/** Share in leaf of the deciduous species of a place, by month: what evergreens have over them. */
function deciduousSeason(species: readonly SpeciesParameters[]): Float64Array {
  const season = new Float64Array(12);
  const deciduous = species.filter(({evergreen}) => !evergreen);
  for (const {leafMonths} of deciduous) {
    for (const [m, share] of leafFractionsByCalendar(leafMonths).entries()) {
      season[m] = season[m]! + share / deciduous.length;
    }
  }
  return deciduous.length > 0 ? season : season.fill(1);
}
