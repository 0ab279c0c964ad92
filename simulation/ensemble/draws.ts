import {normalAt, PARAMETER_RANGES, type ParameterId, randomKey, type SpeciesParameters} from '#model';
import type {RunPlan} from '../plan.ts';

/**
 * Which of the three sources of spread a member shares with which others. Members 1, 2, 3, … come in blocks of four, in which
 * every two members have exactly one of the three in common (the half fraction of a 2³ design: Box, Hunter & Hunter 2005, chapter
 * 6), so that how much such pairs differ tells the variance that the others bring (`spread.ts`), without a further run. All
 * members have the same distribution. Member 0 has the table's parameters and chance 0.
 */
export type Draw = {
  /** Draw of the parameters that are guesses; 0: as in the table. */
  guess: number;
  /** Draw of those with a source. */
  known: number;
  /** Weather, and who dies or comes up: the member that the year loop is told. */
  chance: number;
};

export const BLOCK = 4;
const SIDES = [
  [0, 0, 0],
  [0, 1, 1],
  [1, 0, 1],
  [1, 1, 0],
] as const;

export function drawOf(member: number): Draw {
  if (member === 0) return {guess: 0, known: 0, chance: 0};
  const first = 2 * Math.floor((member - 1) / BLOCK) + 1;
  const [guess, known, chance] = SIDES[(member - 1) % BLOCK]!;
  return {guess: first + guess, known: first + known, chance: first + chance};
}

/** Standard deviation of the logarithm of a log-normal quantity with a coefficient of variation: σ² = ln(1 + CV²). */
export function logSd(cv: number): number {
  return Math.sqrt(Math.log(1 + cv * cv));
}

/** Whether a value of a species is a guess. */
function isGuess(species: SpeciesParameters, parameter: ParameterId): boolean {
  return species.basis[parameter].label === 'guess';
}

/**
 * Values of a species in a draw: log-normal about the table's value, which is the median, cut to the parameter's range. A guess
 * comes from the rule of the functional type, so that it errs alike for all species of the type; a value with a source errs by
 * itself.
 */
function drawnSpecies(plan: RunPlan, species: SpeciesParameters, draw: Draw): SpeciesParameters {
  const values = {...species.values};
  for (const [name, cv] of Object.entries(plan.parameterCv)) {
    const parameter = name as ParameterId;
    const guess = isGuess(species, parameter);
    const counter = guess ? draw.guess : draw.known;
    if (counter === 0 || !(cv > 0)) continue;
    const who = guess ? species.type : species.scientificName;
    const z = normalAt(randomKey(plan.seed, 'parameter', guess ? 'guess' : 'known', parameter, who), counter);
    const [least, most] = PARAMETER_RANGES[parameter];
    values[parameter] = Math.min(most, Math.max(least, values[parameter] * Math.exp(logSd(cv) * z)));
  }
  return {...species, values};
}

/** The plan as a member runs it, with its own parameters. They depend on seed and member alone, not on the scenario. */
export function drawnPlan(plan: RunPlan, member: number): RunPlan {
  const draw = drawOf(member);
  if (draw.guess === 0 && draw.known === 0) return plan;
  return {...plan, species: plan.species.map((species) => drawnSpecies(plan, species, draw))};
}

/** Whether any parameter of a label is drawn at all. */
export function drawsAny(plan: RunPlan, label: 'guess' | 'known'): boolean {
  return Object.entries(plan.parameterCv).some(
    ([name, cv]) =>
      cv > 0 && plan.species.some((species) => isGuess(species, name as ParameterId) === (label === 'guess')),
  );
}
