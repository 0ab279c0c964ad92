import {FAO56, type Fao56Constants} from './fao56-constants.ts';

/** Saturation vapour pressure over water, kPa. FAO-56 (11). */
export function saturationVapourPressureKPa(
  airTemperatureC: number,
  constants: Fao56Constants = FAO56,
): number {
  return constants.saturationAtZeroKPa * Math.exp((17.27 * airTemperatureC) / (airTemperatureC + 237.3));
}

/** Mean saturation vapour pressure of a day, kPa: of both ends, as the curve bends. FAO-56 (12). */
export function meanSaturationVapourPressureKPa(
  maximumC: number,
  minimumC: number,
  constants: Fao56Constants = FAO56,
): number {
  return (
    (saturationVapourPressureKPa(maximumC, constants) + saturationVapourPressureKPa(minimumC, constants)) / 2
  );
}

/** Slope of the saturation vapour pressure curve, kPa/°C. FAO-56 (13). */
export function saturationSlopeKPaPerC(airTemperatureC: number, constants: Fao56Constants = FAO56): number {
  const saturationKPa = saturationVapourPressureKPa(airTemperatureC, constants);
  return (constants.slopeFactor * saturationKPa) / (airTemperatureC + 237.3) ** 2;
}

/** Vapour pressure from the wet and the dry bulb, kPa; 0.000662 /°C for a ventilated psychrometer. FAO-56 (15, 16). */
export function vapourPressureFromPsychrometerKPa(of: {
  wetBulbC: number;
  dryBulbC: number;
  pressureKPa: number;
  coefficientPerC: number;
}): number {
  const {wetBulbC, dryBulbC, pressureKPa, coefficientPerC} = of;
  return saturationVapourPressureKPa(wetBulbC) - coefficientPerC * pressureKPa * (dryBulbC - wetBulbC);
}

/** Vapour pressure from a day's extremes, kPa: the air is moistest when it is coldest. FAO-56 (17). */
export function vapourPressureFromExtremesKPa(of: {
  maximumC: number;
  minimumC: number;
  maximumHumidityPercent: number;
  minimumHumidityPercent: number;
}): number {
  const morning = (saturationVapourPressureKPa(of.minimumC) * of.maximumHumidityPercent) / 100;
  const afternoon = (saturationVapourPressureKPa(of.maximumC) * of.minimumHumidityPercent) / 100;
  return (morning + afternoon) / 2;
}

/** Vapour pressure deficit of a day by its extremes alone, kPa. Source: Landsberg & Waring (1997), doi:10.1016/S0378-1127(97)00026-1. */
export function vapourPressureDeficitFromExtremesKPa(maximumC: number, minimumC: number): number {
  return (saturationVapourPressureKPa(maximumC) - saturationVapourPressureKPa(minimumC)) / 2;
}
