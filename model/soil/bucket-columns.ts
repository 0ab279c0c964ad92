import {
  type BucketParameters,
  type BucketState,
  type BucketVegetation,
  coverByLeafArea,
  LEAST_WETTED_FRACTION,
  rootedFraction,
} from './bucket.ts';
import {TALLEST_CROP_M} from './crop-coefficient.ts';
import {totalEvaporableWaterMm} from './evaporable-layer.ts';
import {INTERCEPTION_MM_PER_LAI} from './interception.ts';
import {curveNumberRunOffMm, dryCurveNumber, wetCurveNumber} from './run-off.ts';
import {relativeConductivity} from './water-retention.ts';

/** The weather of a day over all units of one climate. */
export type BucketDay = {
  et0Mm: number;
  rainMm: number;
  windSpeedAt2mMPerS: number;
  minimumHumidityPercent: number;
};

/** Columns of what a unit is given beside the weather (`BucketDrivers`): set before a step, they stay until set again. */
export const GIVEN = {irrigationMm: 0, irrigationWettedFraction: 1, inflowMm: 2, tableDepthM: 3} as const;
export const GIVEN_STRIDE = 4;

/** Columns of what a step moved (`BucketFluxes`), and of the water that roots could take when it began (`RootZoneWater`). */
export const MOVED = {
  interceptedMm: 0,
  runOffMm: 1,
  evaporationMm: 2,
  transpirationMm: 3,
  percolationMm: 4,
  capillaryMm: 5,
  stressCoefficient: 6,
  presentMm: 7,
} as const;
export const MOVED_STRIDE = 8;

// Columns of a unit's constants: of its soil, then of its vegetation
const TOTAL_EVAPORABLE = 0;
const READILY_EVAPORABLE = 1;
const FIRST_FLOOR = 2;
const DRY_CURVE_NUMBER = 3;
const WET_CURVE_NUMBER = 4;
const BOTTOM_CONDUCTIVITY = 5;
const PROFILE_DEPTH = 6;
const CAPILLARY_MAXIMUM = 7;
const CAPILLARY_AT_TABLE = 8;
const CAPILLARY_LENGTH = 9;
const HEIGHT_FACTOR = 10;
const BASAL = 11;
const LEAVES_HOLD = 12;
const BARE_FRACTION = 13;
const TABULATED_FRACTION = 14;
const ROOT_DEPTH = 15;
const TOTAL_AVAILABLE = 16;
const DEEPEST_ROOTED = 17;
const UNIT_STRIDE = 18;

// Columns of a layer's constants
const WILTING = 0;
const CAPACITY = 1;
const SATURATION = 2;
const CONDUCTIVITY = 3;
const EXPONENT = 4;
const CONDUCTIVITY_AT_CAPACITY = 5;
const ROOTED = 6;
const LAYER_STRIDE = 7;

/**
 * The buckets of many response units as columns, for runs of years: `bucketFluxes` and `integrateBucket` on typed arrays that are
 * written in place, without allocation. What follows from the soil is worked out once, what follows from the vegetation when it
 * changes. Blocks hold unit after unit, those of layers layer after layer from the top.
 */
export class BucketColumns {
  readonly count: number;
  readonly layerCount: number;
  /** State: water of each layer, De and the wetted share of each unit. */
  readonly layerMm: Float64Array;
  readonly surfaceDepletionMm: Float64Array;
  readonly wettedFraction: Float64Array;
  /** Row `unit * GIVEN_STRIDE`, columns `GIVEN`. */
  readonly given: Float64Array;
  /** Row `unit * MOVED_STRIDE`, columns `MOVED`. */
  readonly moved: Float64Array;
  readonly #soils: readonly BucketParameters[];
  readonly #units: Float64Array;
  readonly #layers: Float64Array;
  readonly #layerChangeMm: Float64Array;
  readonly #surfaceChangeMm: Float64Array;
  readonly #nextWettedFraction: Float64Array;
  readonly #offerMm: Float64Array;

  /** @throws {RangeError} unless all soils have the same number of layers (some may have no thickness), at least one. */
  constructor(
    soils: readonly BucketParameters[],
    vegetation: readonly BucketVegetation[],
    states: readonly BucketState[],
  ) {
    const count = soils.length;
    const layerCount = soils[0]?.layers.length ?? 1;
    for (const [unit, soil] of soils.entries()) {
      if (soil.layers.length !== layerCount || layerCount === 0) {
        throw new RangeError(
          `expected ${Math.max(1, layerCount)} layers in the soil of unit ${unit}, got ${soil.layers.length}`,
        );
      }
    }
    if (vegetation.length !== count || states.length !== count) {
      throw new RangeError(
        `expected ${count} vegetations and states, got ${vegetation.length} and ${states.length}`,
      );
    }
    this.#soils = soils;
    this.count = count;
    this.layerCount = layerCount;
    this.layerMm = Float64Array.from(states.flatMap((state) => state.layerMm));
    this.surfaceDepletionMm = Float64Array.from(states, (state) => state.surfaceDepletionMm);
    this.wettedFraction = Float64Array.from(states, (state) => state.wettedFraction);
    this.given = new Float64Array(count * GIVEN_STRIDE);
    this.moved = new Float64Array(count * MOVED_STRIDE);
    this.#units = new Float64Array(count * UNIT_STRIDE);
    this.#layers = new Float64Array(count * layerCount * LAYER_STRIDE);
    this.#layerChangeMm = new Float64Array(count * layerCount);
    this.#surfaceChangeMm = new Float64Array(count);
    this.#nextWettedFraction = new Float64Array(count);
    this.#offerMm = new Float64Array(layerCount);
    for (let unit = 0; unit < count; unit += 1) {
      this.given[unit * GIVEN_STRIDE + GIVEN.irrigationWettedFraction] = 1;
      this.given[unit * GIVEN_STRIDE + GIVEN.tableDepthM] = Number.POSITIVE_INFINITY;
      this.#setSoil(unit, soils[unit]!);
      this.setVegetation(unit, vegetation[unit]!);
    }
  }

  #setSoil(unit: number, soil: BucketParameters): void {
    const units = this.#units;
    const at = unit * UNIT_STRIDE;
    const first = soil.layers[0]!;
    units[at + TOTAL_EVAPORABLE] = totalEvaporableWaterMm({...first, depthM: soil.evaporableDepthM});
    units[at + READILY_EVAPORABLE] = soil.readilyEvaporableMm;
    units[at + FIRST_FLOOR] =
      1000 * first.wiltingPointFraction * first.thicknessM -
      500 * first.wiltingPointFraction * soil.evaporableDepthM;
    units[at + DRY_CURVE_NUMBER] = dryCurveNumber(soil.curveNumber);
    units[at + WET_CURVE_NUMBER] = wetCurveNumber(soil.curveNumber);
    units[at + BOTTOM_CONDUCTIVITY] = soil.bottomConductivityMmPerDay;
    units[at + PROFILE_DEPTH] = soil.layers.reduce((sum, layer) => sum + layer.thicknessM, 0);
    units[at + CAPILLARY_MAXIMUM] = soil.capillary.maximumMm;
    units[at + CAPILLARY_AT_TABLE] = soil.capillary.atTableMm;
    units[at + CAPILLARY_LENGTH] = soil.capillary.lengthM;
    for (const [k, layer] of soil.layers.entries()) {
      const row = (unit * this.layerCount + k) * LAYER_STRIDE;
      this.#layers[row + WILTING] = 1000 * layer.wiltingPointFraction * layer.thicknessM;
      this.#layers[row + CAPACITY] = 1000 * layer.fieldCapacityFraction * layer.thicknessM;
      this.#layers[row + SATURATION] = 1000 * layer.saturationFraction * layer.thicknessM;
      this.#layers[row + CONDUCTIVITY] = layer.saturatedConductivityMmPerDay;
      this.#layers[row + EXPONENT] = layer.campbellExponent;
      this.#layers[row + CONDUCTIVITY_AT_CAPACITY] =
        layer.saturatedConductivityMmPerDay *
        relativeConductivity(layer.fieldCapacityFraction / layer.saturationFraction, layer.campbellExponent);
    }
  }

  /** Takes over a unit's vegetation, as its leaves open or its trees have grown. */
  setVegetation(unit: number, vegetation: BucketVegetation): void {
    const units = this.#units;
    const layers = this.#layers;
    const at = unit * UNIT_STRIDE;
    units[at + HEIGHT_FACTOR] = (Math.min(vegetation.heightM, TALLEST_CROP_M) / 3) ** 0.3;
    units[at + BASAL] = vegetation.basalCoefficient;
    units[at + LEAVES_HOLD] = INTERCEPTION_MM_PER_LAI * vegetation.lai;
    units[at + BARE_FRACTION] = 1 - coverByLeafArea(vegetation.lai);
    units[at + TABULATED_FRACTION] = vegetation.tabulatedDepletionFraction;
    units[at + ROOT_DEPTH] = vegetation.rootDepthM;
    let topM = 0;
    let totalMm = 0;
    let deepest = 0;
    const soil = this.#soils[unit]!.layers;
    for (let k = 0; k < soil.length; k += 1) {
      const {thicknessM} = soil[k]!;
      const row = (unit * this.layerCount + k) * LAYER_STRIDE;
      const rooted = rootedFraction(topM, thicknessM, vegetation.rootDepthM);
      layers[row + ROOTED] = rooted;
      if (rooted > 0) deepest = k;
      totalMm += rooted * (layers[row + CAPACITY]! - layers[row + WILTING]!);
      topM += thicknessM;
    }
    units[at + TOTAL_AVAILABLE] = totalMm;
    units[at + DEEPEST_ROOTED] = deepest;
  }

  /** A unit's state as a value. */
  state(unit: number): BucketState {
    const from = unit * this.layerCount;
    return {
      layerMm: Array.from(this.layerMm.subarray(from, from + this.layerCount)),
      surfaceDepletionMm: this.surfaceDepletionMm[unit]!,
      wettedFraction: this.wettedFraction[unit]!,
    };
  }

  /** What a unit is given beside the weather, by its name in `BucketDrivers`. */
  give(unit: number, what: keyof typeof GIVEN, value: number): void {
    this.given[unit * GIVEN_STRIDE + GIVEN[what]] = value;
  }

  /** What the last step moved in a unit, by its name in `BucketFluxes`; `presentMm` as in `RootZoneWater`, before the step. */
  last(unit: number, what: keyof typeof MOVED): number {
    return this.moved[unit * MOVED_STRIDE + MOVED[what]]!;
  }

  /** TAW of a unit, mm. */
  totalAvailableMm(unit: number): number {
    return this.#units[unit * UNIT_STRIDE + TOTAL_AVAILABLE]!;
  }

  /** Water that roots can take now, mm: `presentMm` of `RootZoneWater`. */
  presentMm(unit: number): number {
    const layers = this.#layers;
    let presentMm = 0;
    for (let k = 0; k < this.layerCount; k += 1) {
      const row = (unit * this.layerCount + k) * LAYER_STRIDE;
      const above = this.layerMm[unit * this.layerCount + k]! - layers[row + WILTING]!;
      const available = layers[row + CAPACITY]! - layers[row + WILTING]!;
      if (above > 0) presentMm += layers[row + ROOTED]! * Math.min(above, available);
    }
    return presentMm;
  }

  /** A day of the units [from, to): all that moves first, then all states. */
  step(day: BucketDay, from = 0, to = this.count): void {
    this.#move(day, from, to);
    this.#integrate(from, to);
  }

  /** `bucketFluxes` of each unit, in the same order; `layerMm` and the other states are yesterday's. */
  #move(day: BucketDay, from: number, to: number): void {
    const {layerCount, layerMm, surfaceDepletionMm, wettedFraction, given, moved} = this;
    const units = this.#units;
    const layers = this.#layers;
    const layerChangeMm = this.#layerChangeMm;
    const surfaceChangeMm = this.#surfaceChangeMm;
    const nextWettedFraction = this.#nextWettedFraction;
    const offerMm = this.#offerMm;
    const {rainMm} = day;
    const et0Mm = Math.max(0, day.et0Mm);
    const wind = Math.min(6, Math.max(1, day.windSpeedAt2mMPerS));
    const humidity = Math.min(80, Math.max(20, day.minimumHumidityPercent));
    const climate = 0.04 * (wind - 2) - 0.004 * (humidity - 45);

    for (let unit = from; unit < to; unit += 1) {
      const at = unit * UNIT_STRIDE;
      const row0 = unit * layerCount;
      const basal = units[at + BASAL]!;
      const irrigation = given[unit * GIVEN_STRIDE + GIVEN.irrigationMm]!;
      const inflow = given[unit * GIVEN_STRIDE + GIVEN.inflowMm]!;
      const tableM = given[unit * GIVEN_STRIDE + GIVEN.tableDepthM]!;
      const totalMm = units[at + TOTAL_EVAPORABLE]!;
      const readilyMm = units[at + READILY_EVAPORABLE]!;
      const depletion = surfaceDepletionMm[unit]!;

      // energy, leaves, run-off, wetting: the second half only where water comes
      const tall = 1.2 + climate * units[at + HEIGHT_FACTOR]!;
      const maximum = Math.max(tall, basal + 0.05);
      let wetted = wettedFraction[unit]!;
      let intercepted = 0;
      let energyLeft = et0Mm > 0 ? 1 : 0;
      let shed = 0;
      let infiltration = 0;
      let wetDepletion = depletion;
      if (rainMm > 0 || irrigation > 0 || inflow > 0) {
        const energyMm = maximum * et0Mm;
        intercepted = Math.max(0, Math.min(rainMm, units[at + LEAVES_HOLD]!, energyMm));
        energyLeft = energyMm > 0 ? 1 - intercepted / energyMm : 0;
        const fell = rainMm - intercepted;
        const dry = units[at + DRY_CURVE_NUMBER]!;
        const wet = units[at + WET_CURVE_NUMBER]!;
        const wetUpTo = 0.5 * readilyMm;
        const dryFrom = 0.7 * readilyMm + 0.3 * totalMm;
        let curveNumber = wet;
        if (depletion >= dryFrom) curveNumber = dry;
        else if (depletion > wetUpTo) {
          curveNumber = ((depletion - wetUpTo) * dry + (dryFrom - depletion) * wet) / (dryFrom - wetUpTo);
        }
        shed = Math.min(fell, curveNumberRunOffMm(rainMm, curveNumber));
        infiltration = fell - shed + irrigation + inflow;
        if (irrigation > 0) {
          wetted = Math.max(
            LEAST_WETTED_FRACTION,
            given[unit * GIVEN_STRIDE + GIVEN.irrigationWettedFraction]!,
          );
        } else if (rainMm + inflow >= 3) wetted = 1;
        wetDepletion = Math.max(0, depletion - (fell - shed + inflow + irrigation / wetted));
      }

      // evaporation from the exposed wet ground
      const bare = units[at + BARE_FRACTION]!;
      let exposed = Math.min(bare, wetted);
      exposed = Math.max(exposed, 0.01);
      let reduction = 0;
      if (totalMm <= readilyMm) reduction = depletion < totalMm ? 1 : 0;
      else if (depletion < totalMm) reduction = Math.min(1, (totalMm - depletion) / (totalMm - readilyMm));
      const ke = Math.max(0, Math.min(reduction * (maximum - basal), exposed * maximum));
      const evaporation = Math.max(
        0,
        Math.min(
          ke * et0Mm * energyLeft,
          exposed * (totalMm - wetDepletion),
          layerMm[row0]! + infiltration - units[at + FIRST_FLOOR]!,
        ),
      );

      // transpiration, from the layers as they offer
      let presentMm = 0;
      let offeredMm = 0;
      for (let k = 0; k < layerCount; k += 1) {
        const row = (row0 + k) * LAYER_STRIDE;
        const rooted = layers[row + ROOTED]!;
        let above = layerMm[row0 + k]! - layers[row + WILTING]!;
        const available = layers[row + CAPACITY]! - layers[row + WILTING]!;
        if (above > 0) presentMm += rooted * Math.min(above, available);
        if (k === 0 && infiltration < evaporation) above += infiltration - evaporation;
        const offer = above > 0 ? rooted * above : 0;
        offerMm[k] = offer;
        offeredMm += offer;
      }
      const availableMm = units[at + TOTAL_AVAILABLE]!;
      let stress = 0;
      if (presentMm > 0) {
        const fraction = Math.min(
          0.8,
          Math.max(0.1, units[at + TABULATED_FRACTION]! + 0.04 * (5 - (basal + ke) * et0Mm)),
        );
        // TAW − Dr, as the definition has it: the last digit is part of the answer
        const left = availableMm - (availableMm - presentMm);
        stress = Math.min(1, Math.max(0, left / ((1 - fraction) * availableMm)));
      }
      const transpiration = Math.min(stress * basal * et0Mm * energyLeft, offeredMm);
      const uptakeShare = offeredMm > 0 ? transpiration / offeredMm : 0;

      // down through the layers
      let coming = infiltration;
      let capillary = 0;
      let full = false;
      for (let k = 0; k < layerCount; k += 1) {
        const row = (row0 + k) * LAYER_STRIDE;
        const capacity = layers[row + CAPACITY]!;
        const saturation = layers[row + SATURATION]!;
        const had = layerMm[row0 + k]!;
        let change = coming - (offerMm[k]! * uptakeShare + (k === 0 ? evaporation : 0));
        if (tableM < Number.POSITIVE_INFINITY && k === units[at + DEEPEST_ROOTED]!) {
          const wayM = Math.max(0, tableM - units[at + ROOT_DEPTH]!);
          const rise = Math.min(
            units[at + CAPILLARY_MAXIMUM]!,
            units[at + CAPILLARY_AT_TABLE]! * Math.exp(-wayM / units[at + CAPILLARY_LENGTH]!),
          );
          capillary = Math.min(rise, Math.max(0, capacity - (had + change)));
          change += capillary;
        }
        const holds = had + change;
        if (holds <= capacity) coming = 0;
        else if (saturation <= 0) coming = holds;
        else {
          coming = holds - capacity;
          // what is less than the conductivity at field capacity drains whole: no power is needed to know it
          if (coming > layers[row + CONDUCTIVITY_AT_CAPACITY]!) {
            const conductivity =
              layers[row + CONDUCTIVITY]! * relativeConductivity(holds / saturation, layers[row + EXPONENT]!);
            coming = Math.min(coming, Math.max(conductivity, holds - saturation));
          }
        }
        if (k === layerCount - 1) {
          coming = Math.min(
            coming,
            tableM < units[at + PROFILE_DEPTH]! ? 0 : units[at + BOTTOM_CONDUCTIVITY]!,
          );
        }
        layerChangeMm[row0 + k] = change - coming;
        full = full || had + (change - coming) > saturation;
      }
      // and back up where the soil is full
      let back = 0;
      if (full) {
        for (let k = layerCount - 1; k >= 0; k -= 1) {
          const change = layerChangeMm[row0 + k]! + back;
          back = Math.max(0, layerMm[row0 + k]! + change - layers[(row0 + k) * LAYER_STRIDE + SATURATION]!);
          layerChangeMm[row0 + k] = change - back;
        }
      }

      const out = unit * MOVED_STRIDE;
      moved[out + MOVED.interceptedMm] = intercepted;
      moved[out + MOVED.runOffMm] = shed + back;
      moved[out + MOVED.evaporationMm] = evaporation;
      moved[out + MOVED.transpirationMm] = transpiration;
      moved[out + MOVED.percolationMm] = coming;
      moved[out + MOVED.capillaryMm] = capillary;
      moved[out + MOVED.stressCoefficient] = stress;
      moved[out + MOVED.presentMm] = presentMm;
      surfaceChangeMm[unit] = Math.min(totalMm, wetDepletion + evaporation / exposed) - depletion;
      nextWettedFraction[unit] = wetted;
    }
  }

  /** `integrateBucket` of each unit. */
  #integrate(from: number, to: number): void {
    const {layerMm, surfaceDepletionMm, wettedFraction} = this;
    const layerChangeMm = this.#layerChangeMm;
    const surfaceChangeMm = this.#surfaceChangeMm;
    const nextWettedFraction = this.#nextWettedFraction;
    const end = to * this.layerCount;
    for (let row = from * this.layerCount; row < end; row += 1) {
      layerMm[row] = layerMm[row]! + layerChangeMm[row]!;
    }
    for (let unit = from; unit < to; unit += 1) {
      surfaceDepletionMm[unit] = surfaceDepletionMm[unit]! + surfaceChangeMm[unit]!;
      wettedFraction[unit] = nextWettedFraction[unit]!;
    }
  }
}
