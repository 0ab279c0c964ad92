/** Saturation vapour pressure over water, kPa, with the constants of 3-PG (6.1078 mbar; 17.269; 237.3 °C). */
function saturationKPa(temperatureC: number): number {
  return 0.61078 * Math.exp((17.269 * temperatureC) / (temperatureC + 237.3));
}

/**
 * Mean vapour pressure deficit of the daylight hours, kPa, from the mean daily extremes of the air temperature, °C: half the
 * difference of their saturation pressures, the air being saturated at the minimum.
 * Source: Landsberg & Waring (1997); constants as 3-PG (Sands 2004).
 */
export function daytimeVpdKPa(minC: number, maxC: number): number {
  return (saturationKPa(maxC) - saturationKPa(minC)) / 2;
}

/**
 * Share 0–1 of conductance and growth that dry air leaves: exp(−k·VPD). `responsePerKPa`: 3-PG's CoeffCond, which is given per
 * mbar, times 10 (0.05 mbar⁻¹ = 0.5 kPa⁻¹).
 * Source: Landsberg & Waring (1997); Sands & Landsberg (2002).
 */
export function vpdModifier(vpdKPa: number, responsePerKPa: number): number {
  return Math.exp(-responsePerKPa * vpdKPa);
}
