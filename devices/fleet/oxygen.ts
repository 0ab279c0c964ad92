/**
 * Dissolved oxygen of fresh water in equilibrium with air, mg/L, at a pressure in hPa. Benson & Krause (1980, 1984) as in
 * Standard Methods 4500-O: 9.092 mg/L at 20 °C and 1013.25 hPa.
 */
export function oxygenSaturationMgPerL(temperatureC: number, pressureHPa: number): number {
  const kelvin = temperatureC + 273.15;
  const atOneAtmosphere = Math.exp(
    -139.34411 +
      1.575701e5 / kelvin -
      6.642308e7 / kelvin ** 2 +
      1.2438e10 / kelvin ** 3 -
      8.621949e11 / kelvin ** 4,
  );
  const p = pressureHPa / 1013.25;
  const vapour = Math.exp(11.8571 - 3840.7 / kelvin - 216961 / kelvin ** 2);
  const theta = 0.000975 - 1.426e-5 * temperatureC + 6.436e-8 * temperatureC ** 2;
  return (atOneAtmosphere * p * (1 - vapour / p) * (1 - theta * p)) / ((1 - vapour) * (1 - theta));
}
