import {psychrometricConstantKPaPerC} from './air-pressure.ts';
import {FAO56, type Fao56Constants} from './fao56-constants.ts';
import {saturationSlopeKPaPerC} from './vapour-pressure.ts';

/** What a reference surface puts into the equation: the numerator's and the denominator's constant. */
export type ReferenceSurface = {numerator: number; denominator: number};

/** Surfaces of a daily step: clipped grass of FAO-56 (6), alfalfa of ASCE-EWRI (2005). */
export const DAILY_SURFACES = {
  short: {numerator: 900, denominator: 0.34},
  tall: {numerator: 1600, denominator: 0.38},
} as const satisfies Record<string, ReferenceSurface>;

/** A surface over one hour, and the share of net radiation that goes into the soil under it. */
export type HourlySurface = {
  day: ReferenceSurface & {soilHeatFraction: number};
  night: ReferenceSurface & {soilHeatFraction: number};
};

/** Surfaces of an hourly step: FAO-56 (53) with (45, 46); ASCE-EWRI (2005), table 1, whose stomata close at night. */
export const HOURLY_SURFACES = {
  fao56: {
    day: {numerator: 37, denominator: 0.34, soilHeatFraction: 0.1},
    night: {numerator: 37, denominator: 0.34, soilHeatFraction: 0.5},
  },
  asceShort: {
    day: {numerator: 37, denominator: 0.24, soilHeatFraction: 0.1},
    night: {numerator: 37, denominator: 0.96, soilHeatFraction: 0.5},
  },
  asceTall: {
    day: {numerator: 66, denominator: 0.25, soilHeatFraction: 0.04},
    night: {numerator: 66, denominator: 1.7, soilHeatFraction: 0.2},
  },
} as const satisfies Record<string, HourlySurface>;

/**
 * Evapotranspiration of a reference surface, mm in the time of the radiation: FAO-56 (6) for a day, (53) for an hour, by the
 * surface's constants. Below zero where dew forms. Air that is moister than saturation has a deficit of zero.
 */
export function penmanMonteithMm(
  of: {
    airTemperatureC: number;
    netRadiationMj: number;
    soilHeatFluxMj: number;
    windSpeedAt2mMPerS: number;
    saturationKPa: number;
    vapourPressureKPa: number;
    pressureKPa: number;
  },
  surface: ReferenceSurface,
  constants: Fao56Constants = FAO56,
): number {
  const slope = saturationSlopeKPaPerC(of.airTemperatureC, constants);
  const gamma = psychrometricConstantKPaPerC(of.pressureKPa);
  const deficitKPa = Math.max(0, of.saturationKPa - of.vapourPressureKPa);
  const wind = of.windSpeedAt2mMPerS;
  const radiative = 0.408 * slope * (of.netRadiationMj - of.soilHeatFluxMj);
  const aerodynamic = gamma * (surface.numerator / (of.airTemperatureC + 273)) * wind * deficitKPa;
  return (radiative + aerodynamic) / (slope + gamma * (1 + surface.denominator * wind));
}
