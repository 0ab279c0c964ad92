import {
  BucketColumns,
  type BucketDay,
  type BucketVegetation,
  basalCropCoefficientByLeafArea,
  bucketStart,
  GIVEN,
  GIVEN_STRIDE,
  irrigationNeedMm,
  MOVED,
  MOVED_STRIDE,
} from '#model';
import {monthsOfDays} from '../climate/calendar.ts';
import type {PlanUnit, YearWeather} from '../plan.ts';
import type {WaterMonths} from './sink.ts';

/** Basal crop coefficients of bare ground and of full cover. Source: FAO-56, table 17 and (97); of woods between 0.9 and 1. */
const BARE_COEFFICIENT = 0.15;
const FULL_COEFFICIENT = 0.95;
/** Trees root as deep as this, m, or as the soil is, or a little below the water table. Guess. */
const TREE_ROOTS_M = 1.5;
/** Grass and herbs take this share of the available water without stress. Source: FAO-56, table 22, pasture. */
const GROUND_DEPLETION = 0.55;
/** Height of grass and herbs, m. */
const GROUND_HEIGHT_M = 0.3;
/** A day on which the plants transpire less than this share of what they would is one of stress. */
const STRESSED_BELOW = 0.99;

/** What stands on the units, as their water sees it; leaf area of unit u in month m at [12 · u + m]. */
export type UnitCover = {
  treeLai: Float64Array;
  /** Means by leaf area, one per unit. */
  heightM: Float64Array;
  depletionFraction: Float64Array;
  rootsInWaterM: Float64Array;
};

/** Watering of a unit: while it is on. */
export type Watering = {
  depletionFraction: number;
  refillFraction: number;
  mostMmPerDay: number;
  wettedFraction: number;
  /** Share of the unit that is watered. */
  areaFraction: number;
  fromMonth: number;
};

/** Daily water of all units through a year, by month. */
export class UnitWater {
  readonly months: WaterMonths;
  /** Largest gap in a unit's balance over a day, mm. */
  gapMm = 0;
  readonly #units: readonly PlanUnit[];
  readonly #bucket: BucketColumns;
  readonly #profileM: Float64Array;
  readonly #vegetation: {-readonly [K in keyof BucketVegetation]: BucketVegetation[K]};
  readonly #day: BucketDay = {et0Mm: 0, rainMm: 0, windSpeedAt2mMPerS: 0, minimumHumidityPercent: 0};
  readonly #watering: (Watering | null)[];
  readonly #storedMm: Float64Array;
  /** Water that the roots of the month can take in a full soil, by unit. */
  readonly #totalMm: Float64Array;

  constructor(units: readonly PlanUnit[]) {
    this.#units = units;
    const bare: BucketVegetation = {
      lai: 0,
      heightM: GROUND_HEIGHT_M,
      rootDepthM: 0.3,
      basalCoefficient: BARE_COEFFICIENT,
      tabulatedDepletionFraction: GROUND_DEPLETION,
    };
    this.#bucket = new BucketColumns(
      units.map(({bucket}) => bucket),
      units.map(() => bare),
      units.map(({bucket, startWaterFraction}) => bucketStart(bucket, startWaterFraction)),
    );
    this.#profileM = Float64Array.from(units, ({bucket}) =>
      bucket.layers.reduce((sum, {thicknessM}) => sum + thicknessM, 0),
    );
    this.#vegetation = {...bare};
    this.#watering = units.map(() => null);
    this.#storedMm = Float64Array.from(units, (_, unit) => this.storageMm(unit));
    this.#totalMm = new Float64Array(units.length);
    const column = () => new Float64Array(12 * units.length);
    this.months = {
      rainMm: column(),
      et0Mm: column(),
      interceptionMm: column(),
      evaporationMm: column(),
      transpirationMm: column(),
      runOffMm: column(),
      percolationMm: column(),
      capillaryMm: column(),
      irrigationMm: column(),
      storageMm: column(),
      relativeWater: column(),
      stressDays: column(),
    };
  }

  /** Watering of a unit from now on, or none. */
  water(unit: number, watering: Watering | null): void {
    this.#watering[unit] = watering;
    if (!watering) this.#bucket.give(unit, 'irrigationMm', 0);
  }

  storageMm(unit: number): number {
    const {layerMm, layerCount} = this.#bucket;
    let sum = 0;
    for (let k = 0; k < layerCount; k += 1) sum += layerMm[unit * layerCount + k]!;
    return sum;
  }

  /** A year, day by day, under what stands there; the ground layer's leaf area is by unit. */
  year(weather: YearWeather, cover: UnitCover, groundLai: Float64Array): void {
    const {months} = this;
    for (const column of Object.values(months)) column.fill(0);
    this.gapMm = 0;
    const monthOf = monthsOfDays(weather.days);
    const bucket = this.#bucket;
    let month = -1;
    let daysInMonth = 0;
    for (let day = 0; day < weather.days; day += 1) {
      if (monthOf[day] !== month) {
        month = monthOf[day]!;
        daysInMonth = 0;
        for (let next = day; next < weather.days && monthOf[next] === month; next += 1) daysInMonth += 1;
        this.#setMonth(month, cover, groundLai);
      }
      this.#irrigate(month);
      this.#day.et0Mm = weather.et0Mm[day]!;
      this.#day.rainMm = weather.rainMm[day]!;
      this.#day.windSpeedAt2mMPerS = weather.windSpeedAt2mMPerS[day]!;
      this.#day.minimumHumidityPercent = weather.minimumHumidityPercent[day]!;
      bucket.step(this.#day);
      this.#book(month, daysInMonth);
    }
  }

  /** Leaves, heights and roots of a month, and its water table. */
  #setMonth(month: number, cover: UnitCover, groundLai: Float64Array): void {
    const vegetation = this.#vegetation;
    for (let unit = 0; unit < this.#units.length; unit += 1) {
      const {groundLayer, tableDepthM} = this.#units[unit]!;
      const trees = cover.treeLai[12 * unit + month]!;
      const lai = trees + groundLai[unit]!;
      const share = lai > 0 ? trees / lai : 0;
      const tableM = tableDepthM?.[month] ?? Number.POSITIVE_INFINITY;
      const treeRootsM = Math.min(
        this.#profileM[unit]!,
        TREE_ROOTS_M,
        Math.max(groundLayer.rootDepthM, tableM + cover.rootsInWaterM[unit]!),
      );
      vegetation.lai = lai;
      vegetation.heightM = share * cover.heightM[unit]! + (1 - share) * GROUND_HEIGHT_M;
      vegetation.rootDepthM = share * treeRootsM + (1 - share) * groundLayer.rootDepthM;
      vegetation.basalCoefficient = basalCropCoefficientByLeafArea({
        lai,
        bare: BARE_COEFFICIENT,
        full: FULL_COEFFICIENT,
      });
      vegetation.tabulatedDepletionFraction =
        share * cover.depletionFraction[unit]! + (1 - share) * GROUND_DEPLETION;
      this.#bucket.setVegetation(unit, vegetation);
      this.#bucket.give(unit, 'tableDepthM', tableM);
      this.#totalMm[unit] = this.#bucket.totalAvailableMm(unit);
    }
  }

  #irrigate(month: number): void {
    for (let unit = 0; unit < this.#units.length; unit += 1) {
      const watering = this.#watering[unit];
      if (!watering) continue;
      let mm = 0;
      if (month >= watering.fromMonth) {
        const totalMm = this.#bucket.totalAvailableMm(unit);
        mm = irrigationNeedMm(
          {
            totalMm,
            depletionMm: totalMm - this.#bucket.presentMm(unit),
            readilyMm: watering.depletionFraction * totalMm,
          },
          {
            targetDepletionFraction: 1 - watering.refillFraction,
            efficiencyFraction: 1,
            mostMm: watering.mostMmPerDay,
          },
        );
      }
      this.#bucket.give(unit, 'irrigationMm', mm * watering.areaFraction);
      this.#bucket.give(unit, 'irrigationWettedFraction', watering.wettedFraction * watering.areaFraction);
    }
  }

  /** A day of a month of so many days into the months, and into the balance. */
  #book(month: number, days: number): void {
    const {moved, given, layerMm, layerCount} = this.#bucket;
    const {rainMm, et0Mm, interceptionMm, evaporationMm, transpirationMm, runOffMm} = this.months;
    const {percolationMm, capillaryMm, irrigationMm, storageMm, relativeWater, stressDays} = this.months;
    const storedMm = this.#storedMm;
    const totalMm = this.#totalMm;
    const {rainMm: rain, et0Mm: et0} = this.#day;
    let most = this.gapMm;
    for (let unit = 0; unit < storedMm.length; unit += 1) {
      const at = 12 * unit + month;
      const row = unit * MOVED_STRIDE;
      const irrigation = given[unit * GIVEN_STRIDE + GIVEN.irrigationMm]!;
      const intercepted = moved[row + MOVED.interceptedMm]!;
      const runOff = moved[row + MOVED.runOffMm]!;
      const evaporation = moved[row + MOVED.evaporationMm]!;
      const transpiration = moved[row + MOVED.transpirationMm]!;
      const percolation = moved[row + MOVED.percolationMm]!;
      const capillary = moved[row + MOVED.capillaryMm]!;
      let stored = 0;
      for (let k = 0; k < layerCount; k += 1) stored += layerMm[unit * layerCount + k]!;
      const gap = Math.abs(
        rain +
          irrigation +
          capillary -
          (intercepted + runOff + evaporation + transpiration + percolation) -
          (stored - storedMm[unit]!),
      );
      storedMm[unit] = stored;
      if (gap > most) most = gap;
      const total = totalMm[unit]!;
      const relative = total > 0 ? moved[row + MOVED.presentMm]! / total : 0;
      rainMm[at] = rainMm[at]! + rain;
      et0Mm[at] = et0Mm[at]! + et0;
      irrigationMm[at] = irrigationMm[at]! + irrigation;
      interceptionMm[at] = interceptionMm[at]! + intercepted;
      runOffMm[at] = runOffMm[at]! + runOff;
      evaporationMm[at] = evaporationMm[at]! + evaporation;
      transpirationMm[at] = transpirationMm[at]! + transpiration;
      percolationMm[at] = percolationMm[at]! + percolation;
      capillaryMm[at] = capillaryMm[at]! + capillary;
      relativeWater[at] = relativeWater[at]! + relative / days;
      if (moved[row + MOVED.stressCoefficient]! < STRESSED_BELOW) stressDays[at] = stressDays[at]! + 1;
      storageMm[at] = stored;
    }
    this.gapMm = most;
  }
}
