/** Global radiation under a clear sky, MJ/m² in the time of the radiation outside, by elevation alone. FAO-56 (37). */
export function clearSkyRadiationMj(elevationM: number, extraterrestrialMj: number): number {
  return (0.75 + 2e-5 * elevationM) * extraterrestrialMj;
}

/** Water that would fall from the column of air, mm. ASCE-EWRI (2005), equation D.3. */
export function precipitableWaterMm(vapourPressureKPa: number, pressureKPa: number): number {
  return 0.14 * vapourPressureKPa * pressureKPa + 2.1;
}

/** Sine of the sun's elevation, weighted by radiation over the day, at least 0.1. ASCE-EWRI (2005), equation D.5. */
export function dailySunElevationSine(latitudeDeg: number, dayOfYear: number): number {
  const latitudeRad = (latitudeDeg * Math.PI) / 180;
  const season = Math.sin((2 * Math.PI * dayOfYear) / 365 - 1.39);
  return Math.max(0.1, Math.sin(0.85 + 0.3 * latitudeRad * season - 0.42 * latitudeRad * latitudeRad));
}

/**
 * Global radiation under a clear sky with turbidity and water vapour, MJ/m²: direct and diffuse share by the sun's elevation.
 * ASCE-EWRI (2005), appendix D, equations D.1–D.4, clean air (turbidity coefficient 1).
 */
export function clearSkyRadiationAsceMj(of: {
  extraterrestrialMj: number;
  sunElevationSine: number;
  vapourPressureKPa: number;
  pressureKPa: number;
}): number {
  const sine = Math.max(0.01, of.sunElevationSine);
  const waterMm = precipitableWaterMm(of.vapourPressureKPa, of.pressureKPa);
  const direct = 0.98 * Math.exp((-0.00146 * of.pressureKPa) / sine - 0.075 * (waterMm / sine) ** 0.4);
  const diffuse = Math.min(0.35 - 0.36 * direct, 0.18 + 0.82 * direct);
  return (direct + diffuse) * of.extraterrestrialMj;
}
