import {type CapillaryParameters, capillaryRiseMm} from './capillary-rise.ts';
import {exposedWettedFraction, maximumCropCoefficient, TALLEST_CROP_M} from './crop-coefficient.ts';
import {evaporationCoefficient, evaporationReduction, totalEvaporableWaterMm} from './evaporable-layer.ts';
import {interceptionMm} from './interception.ts';
import {depletionFraction, waterStressCoefficient} from './root-zone.ts';
import {curveNumberByDepletion, curveNumberRunOffMm, dryCurveNumber, wetCurveNumber} from './run-off.ts';
import {relativeConductivity} from './water-retention.ts';

/** One layer of a soil. A layer of no thickness holds nothing and lets everything through. */
export type SoilLayer = {
  thicknessM: number;
  saturationFraction: number;
  fieldCapacityFraction: number;
  wiltingPointFraction: number;
  saturatedConductivityMmPerDay: number;
  /** Campbell's b. */
  campbellExponent: number;
};

/** The soil under a response unit, and how its surface sheds, dries and lifts water. */
export type BucketParameters = {
  /** From the top; at least one. */
  layers: readonly SoilLayer[];
  /** Of the layer that evaporation dries; within the first layer. */
  evaporableDepthM: number;
  readilyEvaporableMm: number;
  /** Of a mean antecedent condition. */
  curveNumber: number;
  /** What the rock below lets through; `Infinity` where nothing holds it. */
  bottomConductivityMmPerDay: number;
  capillary: CapillaryParameters;
};

/** What stands on a response unit; changes by the month or the year. */
export type BucketVegetation = {
  lai: number;
  heightM: number;
  rootDepthM: number;
  /** Basal crop coefficient at this leaf area. */
  basalCoefficient: number;
  /** Share of the available water taken without stress at 5 mm a day. */
  tabulatedDepletionFraction: number;
};

/** A day's weather and water, all of it: gaps in a record are filled, and named, before it comes here. */
export type BucketDrivers = {
  et0Mm: number;
  rainMm: number;
  windSpeedAt2mMPerS: number;
  minimumHumidityPercent: number;
  /** What reaches the soil, and on which share of it. */
  irrigationMm: number;
  irrigationWettedFraction: number;
  /** Run-on, flood water. */
  inflowMm: number;
  /** Of the water table below the ground; `Infinity` for none in reach. */
  tableDepthM: number;
};

/** What a response unit carries from day to day. */
export type BucketState = {
  /** Of each layer, mm. */
  layerMm: readonly number[];
  /** Of the exposed part of the evaporable layer, FAO-56's De. */
  surfaceDepletionMm: number;
  wettedFraction: number;
};

/** What a day moves, mm. */
export type BucketFluxes = {
  interceptedMm: number;
  /** What the curve number sheds, and what a full soil gives back. */
  runOffMm: number;
  evaporationMm: number;
  transpirationMm: number;
  /** Out of the last layer. */
  percolationMm: number;
  capillaryMm: number;
  /** Ks: transpiration as a share of what the vegetation would take. */
  stressCoefficient: number;
  /** Change of each layer. */
  layerChangeMm: readonly number[];
  surfaceDepletionChangeMm: number;
  wettedFraction: number;
};

/** Least share of the ground that irrigation wets: water has to go somewhere. */
export const LEAST_WETTED_FRACTION = 0.01;

/** Ground under leaves, 0 to 1: with the extinction that (97) has. FAO-56's (76) is for crops; under trees it gives next to none. */
export function coverByLeafArea(lai: number): number {
  return 1 - Math.exp(-0.7 * lai);
}

/** Share of a layer that roots reach, 0 to 1. */
export function rootedFraction(topM: number, thicknessM: number, rootDepthM: number): number {
  if (thicknessM <= 0) return 0;
  return Math.min(1, Math.max(0, (rootDepthM - topM) / thicknessM));
}

/** Water a layer passes on in a day from what it holds, mm: above field capacity by its conductivity, above saturation all. */
export function layerDrainageMm(waterMm: number, layer: SoilLayer): number {
  const capacityMm = 1000 * layer.fieldCapacityFraction * layer.thicknessM;
  if (waterMm <= capacityMm) return 0;
  const saturationMm = 1000 * layer.saturationFraction * layer.thicknessM;
  if (saturationMm <= 0) return waterMm;
  const conductivityMm =
    layer.saturatedConductivityMmPerDay *
    relativeConductivity(waterMm / saturationMm, layer.campbellExponent);
  return Math.min(waterMm - capacityMm, Math.max(conductivityMm, waterMm - saturationMm));
}

/** The water that roots can reach. */
export type RootZoneWater = {
  /** TAW: between field capacity and wilting point. */
  totalMm: number;
  /** Of it there now; water above field capacity does not count. */
  presentMm: number;
  /** Dr = TAW − present. */
  depletionMm: number;
};

/** Water in the reach of the roots, over the layers they are in. */
export function rootZoneWater(
  state: BucketState,
  vegetation: BucketVegetation,
  p: BucketParameters,
): RootZoneWater {
  let topM = 0;
  let totalMm = 0;
  let presentMm = 0;
  p.layers.forEach((layer, k) => {
    const rooted = rootedFraction(topM, layer.thicknessM, vegetation.rootDepthM);
    const availableMm =
      1000 * layer.fieldCapacityFraction * layer.thicknessM -
      1000 * layer.wiltingPointFraction * layer.thicknessM;
    const aboveWiltingMm = state.layerMm[k]! - 1000 * layer.wiltingPointFraction * layer.thicknessM;
    totalMm += rooted * availableMm;
    presentMm += rooted * Math.min(availableMm, Math.max(0, aboveWiltingMm));
    topM += layer.thicknessM;
  });
  return {totalMm, presentMm, depletionMm: totalMm - presentMm};
}

/** Relative extractable water, 0 to 1: what roots could still take as a share of all they could; 0 without roots. Granier et al. (1999). */
export function relativeExtractableWater(water: RootZoneWater): number {
  return water.totalMm > 0 ? water.presentMm / water.totalMm : 0;
}

/** A soil at a share of its available water, 0 (wilting point) to 1 (field capacity), its surface as dry as that. */
export function bucketStart(p: BucketParameters, availableFraction: number): BucketState {
  const first = p.layers[0]!;
  return {
    layerMm: p.layers.map(
      (layer) =>
        1000 *
        layer.thicknessM *
        (layer.wiltingPointFraction +
          availableFraction * (layer.fieldCapacityFraction - layer.wiltingPointFraction)),
    ),
    surfaceDepletionMm:
      (1 - availableFraction) * totalEvaporableWaterMm({...first, depthM: p.evaporableDepthM}),
    wettedFraction: 1,
  };
}

/**
 * What a day moves in the soil of a response unit, all of it from yesterday's state. FAO-56's dual crop coefficient over layers that
 * keep the water balance: rain + irrigation + inflow + rise = interception + evaporation + transpiration + run-off + percolation +
 * change.
 *
 * Where it leaves `fao56Day`, and why:
 * - leaves hold rain first, and what evaporates from them leaves less energy for the rest: the sum never exceeds Kcmax·ET0;
 * - evaporation and transpiration stop at what a layer has (its wilting point; the surface half of it), so that nothing is clipped;
 * - layers stand still in the ground: roots that grow reach water that was there, and none is made;
 * - water above field capacity drains by Campbell's conductivity, above saturation at once; what cannot drain (rock, a water table in
 *   the profile) fills the layers from below and then runs off.
 */
export function bucketFluxes(
  state: BucketState,
  drivers: BucketDrivers,
  vegetation: BucketVegetation,
  p: BucketParameters,
): BucketFluxes {
  const first = p.layers[0]!;
  const last = p.layers.length - 1;
  const et0Mm = Math.max(0, drivers.et0Mm);
  const {rainMm, irrigationMm, inflowMm} = drivers;
  const {basalCoefficient, rootDepthM} = vegetation;

  // the energy, and what wet leaves take of it
  const maximum = maximumCropCoefficient({
    ...drivers,
    basal: basalCoefficient,
    heightM: Math.min(vegetation.heightM, TALLEST_CROP_M),
  });
  const energyMm = maximum * et0Mm;
  const interceptedMm = interceptionMm({rainMm, lai: vegetation.lai, energyMm});
  const energyLeft = energyMm > 0 ? 1 - interceptedMm / energyMm : 0;

  // what the ground sheds: the curve number's own abstraction is of the rain above the leaves
  const totalEvaporableMm = totalEvaporableWaterMm({...first, depthM: p.evaporableDepthM});
  const curveNumber = curveNumberByDepletion({
    dry: dryCurveNumber(p.curveNumber),
    wet: wetCurveNumber(p.curveNumber),
    depletionMm: state.surfaceDepletionMm,
    readilyMm: p.readilyEvaporableMm,
    totalMm: totalEvaporableMm,
  });
  const fellMm = rainMm - interceptedMm;
  const shedMm = Math.min(fellMm, curveNumberRunOffMm(rainMm, curveNumber));
  const infiltrationMm = fellMm - shedMm + irrigationMm + inflowMm;

  // evaporation from the exposed wet ground, by yesterday's surface
  let wettedFraction = state.wettedFraction;
  if (irrigationMm > 0) wettedFraction = Math.max(LEAST_WETTED_FRACTION, drivers.irrigationWettedFraction);
  else if (rainMm + inflowMm >= 3) wettedFraction = 1;
  const exposed = exposedWettedFraction(coverByLeafArea(vegetation.lai), wettedFraction);
  const reduction = evaporationReduction(state.surfaceDepletionMm, totalEvaporableMm, p.readilyEvaporableMm);
  const ke = evaporationCoefficient({
    reduction,
    maximum,
    basal: basalCoefficient,
    exposedWettedFraction: exposed,
  });
  const wettingMm = fellMm - shedMm + inflowMm + irrigationMm / wettedFraction;
  const wetDepletionMm = Math.max(0, state.surfaceDepletionMm - wettingMm);
  const firstWiltingMm = 1000 * first.wiltingPointFraction * first.thicknessM;
  const firstFloorMm = firstWiltingMm - 500 * first.wiltingPointFraction * p.evaporableDepthM;
  const evaporationMm = Math.max(
    0,
    Math.min(
      ke * et0Mm * energyLeft,
      exposed * (totalEvaporableMm - wetDepletionMm),
      state.layerMm[0]! + infiltrationMm - firstFloorMm,
    ),
  );

  // transpiration, from the layers as they offer
  const water = rootZoneWater(state, vegetation, p);
  const fraction = depletionFraction(vegetation.tabulatedDepletionFraction, (basalCoefficient + ke) * et0Mm);
  const stressCoefficient =
    water.totalMm > 0 ? waterStressCoefficient(water.depletionMm, water.totalMm, fraction) : 0;
  let topM = 0;
  let deepestRooted = 0;
  let offeredMm = 0;
  const offers = p.layers.map((layer, k) => {
    const rooted = rootedFraction(topM, layer.thicknessM, rootDepthM);
    topM += layer.thicknessM;
    if (rooted > 0) deepestRooted = k;
    let aboveMm = state.layerMm[k]! - 1000 * layer.wiltingPointFraction * layer.thicknessM;
    // what evaporation takes beyond today's water is gone
    if (k === 0) aboveMm += Math.min(0, infiltrationMm - evaporationMm);
    const offerMm = rooted * Math.max(0, aboveMm);
    offeredMm += offerMm;
    return offerMm;
  });
  const transpirationMm = Math.min(stressCoefficient * basalCoefficient * et0Mm * energyLeft, offeredMm);
  const uptakeShare = offeredMm > 0 ? transpirationMm / offeredMm : 0;

  // down through the layers, each passing on what it cannot hold
  const changesMm: number[] = [];
  let comingMm = infiltrationMm;
  let capillaryMm = 0;
  p.layers.forEach((layer, k) => {
    const takenMm = offers[k]! * uptakeShare + (k === 0 ? evaporationMm : 0);
    let changeMm = comingMm - takenMm;
    if (k === deepestRooted) {
      const capacityMm = 1000 * layer.fieldCapacityFraction * layer.thicknessM;
      capillaryMm = Math.min(
        capillaryRiseMm(rootDepthM, drivers.tableDepthM, p.capillary),
        Math.max(0, capacityMm - (state.layerMm[k]! + changeMm)),
      );
      changeMm += capillaryMm;
    }
    comingMm = layerDrainageMm(state.layerMm[k]! + changeMm, layer);
    if (k === last) {
      comingMm = Math.min(comingMm, drivers.tableDepthM < topM ? 0 : p.bottomConductivityMmPerDay);
    }
    changesMm.push(changeMm - comingMm);
  });
  const percolationMm = comingMm;

  // and back up where the soil is full
  let backMm = 0;
  for (let k = last; k >= 0; k -= 1) {
    const layer = p.layers[k]!;
    const changeMm = changesMm[k]! + backMm;
    backMm = Math.max(0, state.layerMm[k]! + changeMm - 1000 * layer.saturationFraction * layer.thicknessM);
    changesMm[k] = changeMm - backMm;
  }

  return {
    interceptedMm,
    runOffMm: shedMm + backMm,
    evaporationMm,
    transpirationMm,
    percolationMm,
    capillaryMm,
    stressCoefficient,
    layerChangeMm: changesMm,
    surfaceDepletionChangeMm:
      Math.min(totalEvaporableMm, wetDepletionMm + evaporationMm / exposed) - state.surfaceDepletionMm,
    wettedFraction,
  };
}

/** The soil a day later. */
export function integrateBucket(state: BucketState, fluxes: BucketFluxes): BucketState {
  return {
    layerMm: state.layerMm.map((mm, k) => mm + fluxes.layerChangeMm[k]!),
    surfaceDepletionMm: state.surfaceDepletionMm + fluxes.surfaceDepletionChangeMm,
    wettedFraction: fluxes.wettedFraction,
  };
}

/**
 * What a day's water balance leaves unexplained, mm: in − out − change, with what assimilation added to the layers (a term of its
 * own, never hidden). Zero to rounding.
 */
export function bucketBalanceMm(
  before: BucketState,
  drivers: BucketDrivers,
  fluxes: BucketFluxes,
  after: BucketState,
  assimilatedMm = 0,
): number {
  const sum = (layers: readonly number[]) => layers.reduce((total, mm) => total + mm, 0);
  const inMm = drivers.rainMm + drivers.irrigationMm + drivers.inflowMm + fluxes.capillaryMm + assimilatedMm;
  const outMm =
    fluxes.interceptedMm +
    fluxes.evaporationMm +
    fluxes.transpirationMm +
    fluxes.runOffMm +
    fluxes.percolationMm;
  return inMm - outMm - (sum(after.layerMm) - sum(before.layerMm));
}
