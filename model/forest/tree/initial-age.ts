/** Growth in diameter, cm a⁻¹, that a tree of unknown age is taken to have had. Guess. */
const GROWTH_CM = {slow: 0.5, medium: 0.8, fast: 1.2} as const;

/** Age of a tree, years, guessed from its diameter: at most 0.9 of the greatest age. */
export function ageOfDiameter(dbhCm: number, growthRate: keyof typeof GROWTH_CM, maxAgeYr: number): number {
  return Math.min(0.9 * maxAgeYr, dbhCm / GROWTH_CM[growthRate]);
}
