const DEG = Math.PI / 180;
/** Day of the year at the middle of each month, as the source has it for the day length. */
const MID_MONTH_DAYS = [16, 44, 75, 105, 136, 166, 197, 228, 258, 289, 319, 350] as const;
/** Slope of saturation pressure over the psychrometric constant at 20 °C. */
const E20 = 2.2;
/** Latent heat of vaporisation, J kg⁻¹. */
const LATENT_HEAT = 2_460_000;
/** Air density, kg m⁻³. */
const AIR_DENSITY = 1.2;
/** From vapour pressure deficit in mbar to saturation deficit, kg kg⁻¹. */
const DEFICIT_PER_MBAR = 0.000622;

/** Day length of a month (1–12), s. Source: 3-PG (Landsberg & Waring 1997). */
export function monthDayLengthS(latitudeDeg: number, month: number): number {
  const sine = 0.4 * Math.sin(0.0172 * (MID_MONTH_DAYS[month - 1]! - 80));
  const cosine = (-sine * Math.tan(latitudeDeg * DEG)) / Math.sqrt(1 - sine * sine);
  return (86_400 / Math.PI) * Math.acos(Math.max(-1, Math.min(1, cosine)));
}

/**
 * Water that a wet or transpiring surface loses in a month, mm: Penman–Monteith at 20 °C over the hours of daylight.
 * Source: Landsberg & Waring (1997); constants of 3-PG (Sands 2004).
 */
export function evaporationMm(surface: {
  conductanceMPerS: number;
  netRadiationWPerM2: number;
  vpdKPa: number;
  boundaryConductanceMPerS: number;
  days: number;
  dayLengthS: number;
}): number {
  const g = surface.conductanceMPerS;
  if (g <= 0) return 0;
  const ga = surface.boundaryConductanceMPerS;
  const deficit = DEFICIT_PER_MBAR * 10 * surface.vpdKPa;
  const heat = E20 * surface.netRadiationWPerM2 + AIR_DENSITY * LATENT_HEAT * deficit * ga;
  return (surface.days * surface.dayLengthS * g * heat) / (g * (1 + E20) + ga) / LATENT_HEAT;
}
