/** Decay of dead wood, a⁻¹, by the diameter (cm) up to which it holds: thick wood lasts. Guess within the usual 0.05–0.15. */
const DECAY_BY_DIAMETER = [
  {belowCm: 10, perYear: 0.15},
  {belowCm: 30, perYear: 0.1},
  {belowCm: Number.POSITIVE_INFINITY, perYear: 0.05},
] as const;

/** Decay rate of dead wood of a diameter, a⁻¹. */
export function deadWoodDecayPerYear(diameterCm: number): number {
  return DECAY_BY_DIAMETER.find(({belowCm}) => diameterCm < belowCm)!.perYear;
}

/** A pool of dead wood a year later, exactly, under a steady input (kg a⁻¹), and what decayed in the year (kg). */
export function deadWoodYear(
  massKg: number,
  inputKg: number,
  decayPerYear: number,
): {massKg: number; decayedKg: number} {
  const steadyKg = inputKg / decayPerYear;
  const after = steadyKg + (massKg - steadyKg) * Math.exp(-decayPerYear);
  return {massKg: after, decayedKg: massKg + inputKg - after};
}

/** Share of the dead trees still standing that fall in a year. Guess: half of them lie after four years, as in warm and wet woods. */
const FALLS_PER_YEAR = 0.16;

/** Whether a dead tree that stood falls in a year, by a draw 0–1. */
export function deadTreeFalls(draw: number): boolean {
  return draw < FALLS_PER_YEAR;
}
