/** Air of the reference: where both modifiers are 1. */
const REFERENCE_PPM = 350;

/**
 * Light-use efficiency under a CO2 content (ppm) against that at 350 ppm. `at700`: its value at 700 ppm (fCalpha700, 1 ≤ at700 < 2).
 * Source: Almeida, Sands, Bruce et al. (2009); Forrester & Tang (2016), doi:10.1016/j.ecolmodel.2015.07.010.
 */
export function co2EfficiencyModifier(co2Ppm: number, at700: number): number {
  const limit = at700 / (2 - at700);
  return (limit * co2Ppm) / (REFERENCE_PPM * (limit - 1) + co2Ppm);
}

/**
 * Canopy conductance under a CO2 content (ppm) against that at 350 ppm. `at700`: its value at 700 ppm (fCg700, 0.5 < at700 ≤ 1).
 * Source: as `co2EfficiencyModifier`.
 */
export function co2ConductanceModifier(co2Ppm: number, at700: number): number {
  const atZero = at700 / (2 * at700 - 1);
  return atZero / (1 + ((atZero - 1) * co2Ppm) / REFERENCE_PPM);
}
