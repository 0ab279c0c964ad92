import {psychrometricConstantKPaPerC} from './air-pressure.ts';
import {netShortwaveMj} from './net-radiation.ts';
import {saturationSlopeKPaPerC} from './vapour-pressure.ts';

/** Albedo of open water. */
export const WATER_ALBEDO = 0.08;
/** Latent heat of evaporation, MJ/kg: FAO-56's constant. */
const LATENT_HEAT_MJ_PER_KG = 2.45;

/**
 * Evaporation of a pond, mm per day, never below zero: Penman's combination with the wind function of Shuttleworth,
 * 6.43·(1 + 0.536 u2)·(es − ea)/λ.
 * Source: Shuttleworth (1993), Evaporation, in Maidment (ed.), Handbook of Hydrology, equation 4.2.30.
 */
export function openWaterEvaporationMm(of: {
  airTemperatureC: number;
  radiationMj: number;
  netLongwaveMj: number;
  windSpeedAt2mMPerS: number;
  saturationKPa: number;
  vapourPressureKPa: number;
  pressureKPa: number;
}): number {
  const slope = saturationSlopeKPaPerC(of.airTemperatureC);
  const gamma = psychrometricConstantKPaPerC(of.pressureKPa);
  const netRadiationMj = netShortwaveMj(of.radiationMj, WATER_ALBEDO) - of.netLongwaveMj;
  const deficitKPa = Math.max(0, of.saturationKPa - of.vapourPressureKPa);
  const drying = 6.43 * (1 + 0.536 * of.windSpeedAt2mMPerS) * deficitKPa;
  return Math.max(0, (slope * netRadiationMj + gamma * drying) / ((slope + gamma) * LATENT_HEAT_MJ_PER_KG));
}
