import {
  basalCropCoefficient,
  type CropCoefficientCurve,
  coverFraction,
  exposedWettedFraction,
  maximumCropCoefficient,
  maximumCropCoefficientOverAlfalfa,
} from './crop-coefficient.ts';
import {evaporationCoefficient, evaporationReduction, totalEvaporableWaterMm} from './evaporable-layer.ts';
import {depletionFraction, totalAvailableWaterMm, waterStressCoefficient} from './root-zone.ts';
import {curveNumberByDepletion, curveNumberRunOffMm, dryCurveNumber, wetCurveNumber} from './run-off.ts';

/** Crop and soil of a field, by FAO-56's tables. */
export type Fao56Parameters = {
  curve: CropCoefficientCurve;
  initialHeightM: number;
  maximumHeightM: number;
  initialRootDepthM: number;
  maximumRootDepthM: number;
  /** Share of the available water taken without stress at 5 mm a day (table 22). */
  tabulatedDepletionFraction: number;
  fieldCapacityFraction: number;
  wiltingPointFraction: number;
  initialWaterFraction: number;
  /** Of the layer that evaporation dries. */
  evaporableDepthM: number;
  readilyEvaporableMm: number;
  /** Of a mean antecedent condition; null leaves run-off out. */
  curveNumber: number | null;
  referenceSurface: 'short' | 'tall';
};

/** What a field carries from day to day. */
export type Fao56State = {
  /** 0 on the first day. */
  seasonDay: number;
  heightM: number;
  rootDepthM: number;
  /** Of the evaporable layer, De. */
  surfaceDepletionMm: number;
  /** Of the root zone, Dr. */
  depletionMm: number;
  wettedFraction: number;
};

/** A day's weather and what a farmer gives. */
export type Fao56Drivers = {
  et0Mm: number;
  rainMm: number;
  windSpeedAt2mMPerS: number;
  minimumHumidityPercent: number;
  /** What reaches the soil (depth × efficiency), and on which share of it; null without irrigation. */
  irrigation: {depthMm: number; wettedFraction: number} | null;
};

/** What a day did. */
export type Fao56Fluxes = {
  basal: number;
  maximum: number;
  coveredFraction: number;
  exposedWettedFraction: number;
  runOffMm: number;
  evaporationReduction: number;
  evaporationCoefficient: number;
  evaporationMm: number;
  /** Out of the evaporable layer. */
  surfacePercolationMm: number;
  cropEvapotranspirationMm: number;
  availableMm: number;
  depletionFraction: number;
  stressCoefficient: number;
  evapotranspirationMm: number;
  percolationMm: number;
};

/** A field on its first morning: the surface dry, the root zone as measured. */
export function fao56Start(p: Fao56Parameters): Fao56State {
  return {
    seasonDay: 0,
    heightM: p.initialHeightM,
    rootDepthM: p.initialRootDepthM,
    surfaceDepletionMm: totalEvaporableWaterMm({...p, depthM: p.evaporableDepthM}),
    depletionMm: 1000 * (p.fieldCapacityFraction - p.initialWaterFraction) * p.initialRootDepthM,
    wettedFraction: 1,
  };
}

/**
 * One day of FAO-56's dual crop coefficient (chapters 7 and 8) for a field with one root zone, in the order of its published
 * implementations: the verification mode. Depletion is clipped to the available water, and roots grow into soil at field capacity:
 * both are FAO-56's, and neither keeps the water balance. The bucket that does is `bucketFluxes`.
 */
export function fao56Day(
  state: Fao56State,
  drivers: Fao56Drivers,
  p: Fao56Parameters,
): {state: Fao56State; fluxes: Fao56Fluxes} {
  const {et0Mm, rainMm, irrigation} = drivers;
  // 1 the crop; what has grown does not shrink
  const basal = basalCropCoefficient(state.seasonDay, p.curve);
  const grown = (basal - p.curve.initial) / (p.curve.mid - p.curve.initial);
  const heightM = Math.max(
    state.heightM,
    p.initialHeightM + (p.maximumHeightM - p.initialHeightM) * grown,
    0.001,
  );
  const rootDepthM = Math.max(
    state.rootDepthM,
    p.initialRootDepthM + (p.maximumRootDepthM - p.initialRootDepthM) * grown,
  );
  // 2, 3 the energy, and the ground that is covered
  const maximum =
    p.referenceSurface === 'tall'
      ? maximumCropCoefficientOverAlfalfa(basal)
      : maximumCropCoefficient({...drivers, basal, heightM});
  const coveredFraction = coverFraction({basal, bare: p.curve.initial, maximum, heightM});
  // 4 run-off, by yesterday's surface
  const totalMm = totalEvaporableWaterMm({...p, depthM: p.evaporableDepthM});
  const readilyMm = p.readilyEvaporableMm;
  const runOffMm =
    p.curveNumber === null
      ? 0
      : curveNumberRunOffMm(
          rainMm,
          curveNumberByDepletion({
            dry: dryCurveNumber(p.curveNumber),
            wet: wetCurveNumber(p.curveNumber),
            depletionMm: state.surfaceDepletionMm,
            readilyMm,
            totalMm,
          }),
        );
  // 5 what is wet: by the last event
  let wettedFraction = state.wettedFraction;
  if (irrigation !== null) wettedFraction = irrigation.wettedFraction;
  else if (rainMm >= 3) wettedFraction = 1;
  const exposed = exposedWettedFraction(coveredFraction, wettedFraction);
  // 6 evaporation, by yesterday's surface
  const reduction = evaporationReduction(state.surfaceDepletionMm, totalMm, readilyMm);
  const ke = evaporationCoefficient({reduction, maximum, basal, exposedWettedFraction: exposed});
  const evaporationMm = ke * et0Mm;
  // 7 the surface
  const irrigationMm = irrigation?.depthMm ?? 0;
  const rainInMm = rainMm - runOffMm;
  const surfaceInMm = rainInMm + irrigationMm / wettedFraction;
  const surfacePercolationMm = Math.max(0, surfaceInMm - state.surfaceDepletionMm);
  const surfaceDepletionMm = Math.min(
    totalMm,
    Math.max(0, state.surfaceDepletionMm - surfaceInMm + evaporationMm / exposed + surfacePercolationMm),
  );
  // 8 stress, by yesterday's root zone
  const cropEvapotranspirationMm = (basal + ke) * et0Mm;
  const availableMm = totalAvailableWaterMm({...p, rootDepthM});
  const fraction = depletionFraction(p.tabulatedDepletionFraction, cropEvapotranspirationMm);
  const stressCoefficient = waterStressCoefficient(state.depletionMm, availableMm, fraction);
  const evapotranspirationMm = (stressCoefficient * basal + ke) * et0Mm;
  // 9 the root zone
  const percolationMm = Math.max(0, rainInMm + irrigationMm - evapotranspirationMm - state.depletionMm);
  const depletionMm = Math.min(
    availableMm,
    Math.max(0, state.depletionMm - rainInMm - irrigationMm + evapotranspirationMm + percolationMm),
  );
  return {
    state: {
      seasonDay: state.seasonDay + 1,
      heightM,
      rootDepthM,
      surfaceDepletionMm,
      depletionMm,
      wettedFraction,
    },
    fluxes: {
      basal,
      maximum,
      coveredFraction,
      exposedWettedFraction: exposed,
      runOffMm,
      evaporationReduction: reduction,
      evaporationCoefficient: ke,
      evaporationMm,
      surfacePercolationMm,
      cropEvapotranspirationMm,
      availableMm,
      depletionFraction: fraction,
      stressCoefficient,
      evapotranspirationMm,
      percolationMm,
    },
  };
}
