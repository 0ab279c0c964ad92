/** Young and old carbon of a soil, kg m⁻². */
export type SoilCarbon = {youngKgPerM2: number; oldKgPerM2: number};

export type SoilCarbonParameters = {
  /** Decay of young and old carbon, a⁻¹, at r = 1. */
  youngRate: number;
  oldRate: number;
  /** Share of decaying young carbon that becomes old: 0.125 of straw, leaves and fine roots, 0.25 of manure. */
  humification: number;
};

/** Source: Andrén & Kätterer (1997), doi:10.1890/1051-0761(1997)007[1226:ITICBM]2.0.CO;2. */
export const SOIL_CARBON_PARAMETERS: SoilCarbonParameters = {
  youngRate: 0.8,
  oldRate: 0.00605,
  humification: 0.125,
};

/** Mean annual temperature of the Swedish site where r = 1, °C. */
const REFERENCE_C = 5.4;

/** Speed r of all decay against the reference site, by mean annual temperature: doubles with 10 °C. Own choice, Q10 of 2. */
export function decaySpeed(meanAnnualC: number): number {
  return 2 ** ((meanAnnualC - REFERENCE_C) / 10);
}

/** (1 − e^−x)/x: what is left on average while a share e^−x remains at the end; 1 at x = 0. */
function meanLeft(x: number): number {
  return x === 0 ? 1 : -Math.expm1(-x) / x;
}

/**
 * The soil's carbon a year later, exactly, under a steady input of litter carbon (kg m⁻² a⁻¹), and what was respired in the
 * year (kg m⁻²). `speed`: r.
 * Source: Andrén & Kätterer (1997), ICBM, analytic solution.
 */
export function soilCarbonYear(
  soil: SoilCarbon,
  inputKgPerM2: number,
  speed: number,
  p: SoilCarbonParameters = SOIL_CARBON_PARAMETERS,
): SoilCarbon & {respiredKgPerM2: number} {
  const {youngKgPerM2: young, oldKgPerM2: old} = soil;
  const a = p.youngRate * speed;
  const b = p.oldRate * speed;
  const youngKgPerM2 = young * Math.exp(-a) + inputKgPerM2 * meanLeft(a);
  // of old carbon made per decayed young carbon, what is left at the end: (e^−a − e^−b)/(b − a)
  const madeLeft = Math.exp(-a) * meanLeft(b - a);
  const oldKgPerM2 =
    old * Math.exp(-b) + p.humification * (a * young * madeLeft + inputKgPerM2 * (meanLeft(b) - madeLeft));
  return {
    youngKgPerM2,
    oldKgPerM2,
    respiredKgPerM2: young + old + inputKgPerM2 - youngKgPerM2 - oldKgPerM2,
  };
}

/** The soil that a steady input ends in. Source: Andrén & Kätterer (1997). */
export function steadySoilCarbon(
  inputKgPerM2: number,
  speed: number,
  p: SoilCarbonParameters = SOIL_CARBON_PARAMETERS,
): SoilCarbon {
  return {
    youngKgPerM2: inputKgPerM2 / (p.youngRate * speed),
    oldKgPerM2: (p.humification * inputKgPerM2) / (p.oldRate * speed),
  };
}
