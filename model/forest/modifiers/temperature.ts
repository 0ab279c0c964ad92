/** Limits of growth for the air temperature, °C: `minC` < `optC` < `maxC`. */
export type CardinalTemperatures = {minC: number; optC: number; maxC: number};

/**
 * Share 0–1 of growth that the air temperature (°C, mean of the month) allows: 1 at the optimum, 0 at and beyond the limits.
 * Source: Landsberg & Waring (1997), doi:10.1016/S0378-1127(97)00026-1, in the form of Sands & Landsberg (2002).
 */
export function temperatureModifier(temperatureC: number, {minC, optC, maxC}: CardinalTemperatures): number {
  if (temperatureC <= minC || temperatureC >= maxC) return 0;
  const rise = (temperatureC - minC) / (optC - minC);
  const fall = (maxC - temperatureC) / (maxC - optC);
  return rise * fall ** ((maxC - optC) / (optC - minC));
}

/**
 * Share 0–1 of growth left by frost: each day with frost costs `lossPerFrostDay` days of growth (3-PG's kF) out of `days`.
 * Source: Sands & Landsberg (2002); 3-PG counts 30 days in every month.
 */
export function frostModifier(frost: {frostDays: number; days: number; lossPerFrostDay: number}): number {
  return Math.max(0, 1 - frost.lossPerFrostDay * (frost.frostDays / frost.days));
}
