/** How growth answers to a drying soil: at the relative deficit `deficitAtHalf` it is halved, the steeper the larger `power`. */
export type SoilWaterResponse = {deficitAtHalf: number; power: number};

/** By texture, the four classes of 3-PG. Source: Landsberg & Waring (1997), table 2. */
export const SOIL_WATER_RESPONSES = {
  sand: {deficitAtHalf: 0.7, power: 9},
  sandyLoam: {deficitAtHalf: 0.6, power: 7},
  clayLoam: {deficitAtHalf: 0.5, power: 5},
  clay: {deficitAtHalf: 0.4, power: 3},
} as const satisfies Record<string, SoilWaterResponse>;

export type SoilTexture = keyof typeof SOIL_WATER_RESPONSES;

/**
 * The same by 3-PG's soil class 1 (sand) to 4 (clay), also between them: 0.8 − 0.1·k and 11 − 2·k.
 * Source: Sands (2004), 3-PGpjs user manual.
 */
export function soilClassResponse(soilClass: number): SoilWaterResponse {
  return {deficitAtHalf: 0.8 - 0.1 * soilClass, power: 11 - 2 * soilClass};
}

/**
 * Share 0–1 of growth that the soil's water allows. `relativeWater`: available water over available capacity, 0–1.
 * Source: Landsberg & Waring (1997); Sands & Landsberg (2002).
 */
export function soilWaterModifier(relativeWater: number, response: SoilWaterResponse): number {
  const deficit = Math.max(0, 1 - relativeWater);
  return 1 / (1 + (deficit / response.deficitAtHalf) ** response.power);
}
