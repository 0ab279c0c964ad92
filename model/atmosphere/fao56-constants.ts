/**
 * The numbers of the reference evapotranspiration that programs write with different digits. The equations are the same
 * everywhere; a published table can be reached to its last digit only with its own program's numbers.
 */
export type Fao56Constants = {
  /** Saturation vapour pressure at 0 °C in (11), kPa. */
  saturationAtZeroKPa: number;
  /** Factor of the slope of the saturation curve in (13). */
  slopeFactor: number;
  /** Exponent of the pressure of the air in (7). */
  pressureExponent: number;
  /** Radiation outside the atmosphere in one day of perpendicular sun, over π, in (21): (24·60/π)·0.0820 MJ/m². */
  solarMjPerDay: number;
  /** Angle of one day of the year in (23) and (24), rad. */
  dayAngleRad: number;
  /** Declination (24): amplitude·sin(day angle − phase), rad. */
  declinationRad: number;
  declinationPhaseRad: number;
  /** Hours of daylight per radian of the sunset hour angle in (34). */
  daylightHPerRad: number;
  /** Stefan–Boltzmann constant in (39), MJ/(K⁴·m²·d). */
  stefanBoltzmannMj: number;
  /** 0 °C in (39), K. */
  zeroK: number;
  /** Limits of Rs/Rso in (39), or null for none. */
  cloudRatioLimits: {least: number; most: number} | null;
  /** Whether sunshine beyond the day's length in (35) counts as the day's length: no sun shines longer, but records do. */
  sunshineWithinDay: boolean;
};

/**
 * As printed in Allen, Pereira, Raes & Smith (1998), FAO Irrigation and Drainage Paper 56, whose equation numbers stand in
 * brackets throughout this folder. The lower limit of Rs/Rso is ASCE-EWRI's (2005): without it dull days are off by up to 0.23 mm.
 */
export const FAO56: Fao56Constants = {
  saturationAtZeroKPa: 0.6108,
  slopeFactor: 4098,
  pressureExponent: 5.26,
  solarMjPerDay: ((24 * 60) / Math.PI) * 0.082,
  dayAngleRad: (2 * Math.PI) / 365,
  declinationRad: 0.409,
  declinationPhaseRad: 1.39,
  daylightHPerRad: 24 / Math.PI,
  stefanBoltzmannMj: 4.903e-9,
  zeroK: 273.16,
  cloudRatioLimits: {least: 0.3, most: 1},
  sunshineWithinDay: true,
};

/** REF-ET 4.1 (University of Idaho): solar constant 1367 W/m², gas constant 286.9 J/(kg·K), declination 23.45°·sin(2π(J + 284)/365). */
export const REF_ET: Fao56Constants = {
  ...FAO56,
  pressureExponent: 9.8 / (0.0065 * 286.9),
  solarMjPerDay: (24 / Math.PI) * 1367 * 0.0036,
  declinationRad: (23.45 * Math.PI) / 180,
  declinationPhaseRad: (-2 * Math.PI * 284) / 365,
  stefanBoltzmannMj: 4.901e-9,
};

/** SPEI 1.8, the R package of Beguería & Vicente-Serrano: rounded factors, no limits of cloud and sunshine. */
export const SPEI_PACKAGE: Fao56Constants = {
  ...FAO56,
  saturationAtZeroKPa: 0.611,
  slopeFactor: 4099,
  solarMjPerDay: 37.6,
  dayAngleRad: 0.0172,
  daylightHPerRad: 7.64,
  stefanBoltzmannMj: 4.9e-9,
  zeroK: 273.15,
  cloudRatioLimits: null,
  sunshineWithinDay: false,
};
