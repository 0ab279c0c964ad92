import {FAO56, type Fao56Constants} from './fao56-constants.ts';

/** Mean pressure of the air at a height above sea level (m), kPa. FAO-56 (7). */
export function airPressureKPa(elevationM: number, constants: Fao56Constants = FAO56): number {
  return 101.3 * ((293 - 0.0065 * elevationM) / 293) ** constants.pressureExponent;
}

/** Psychrometric constant, kPa/°C. FAO-56 (8). */
export function psychrometricConstantKPaPerC(pressureKPa: number): number {
  return 0.665e-3 * pressureKPa;
}
