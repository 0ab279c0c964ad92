import type {SpeciesTraits} from './traits.ts';

/** A cell of a species table that cannot be a trait. */
export class TraitError extends Error {
  readonly code = 'trait_invalid';
}

type NumberTrait = {
  trait: keyof SpeciesTraits;
  column: string;
  range: readonly [number, number];
  note?: RegExp;
};

/** Numbers of a species table by column; `note` finds the source of the figure in the row's note. */
const NUMBERS: readonly NumberTrait[] = [
  {trait: 'maxHeightM', column: 'max_height_m', range: [0.5, 130], note: /^height (.+)/},
  {trait: 'maxDbhCm', column: 'max_dbh_cm', range: [0.5, 1500], note: /^(?:max dbh|dbh increment) (.+)/},
  {trait: 'maxAgeYr', column: 'max_age_yr', range: [1, 6000]},
  {
    trait: 'woodDensityGPerCm3',
    column: 'wood_density_g_cm3',
    range: [0.05, 1.5],
    note: /^wood density (.+)/,
  },
  {trait: 'slaM2PerKg', column: 'sla_m2_kg', range: [0.5, 80], note: /^SLA (.+)/},
  {trait: 'shadeTolerance', column: 'shade_tolerance_1_5', range: [1, 5]},
  {trait: 'droughtTolerance', column: 'drought_tolerance_1_5', range: [1, 5]},
  {trait: 'waterloggingTolerance', column: 'waterlogging_tolerance_1_5', range: [1, 5]},
  {
    trait: 'maxIncrementCmPerYr',
    column: 'max_dbh_increment_cm_yr',
    range: [0.01, 20],
    note: /^dbh increment (.+)/,
  },
  {trait: 'seedMassMg', column: 'seed_mass_mg', range: [1e-4, 1e7], note: /^seed (.+)/},
  {trait: 'minC', column: 't_min_c', range: [-40, 25], note: /^temperatures (.+)/},
  {trait: 'optC', column: 't_opt_c', range: [0, 45], note: /^temperatures (.+)/},
  {trait: 'maxC', column: 't_max_c', range: [10, 60], note: /^temperatures (.+)/},
  {trait: 'leafOutMonth', column: 'leafout_month', range: [1, 12]},
  {trait: 'leafFallMonth', column: 'leaffall_month', range: [1, 12]},
];

type WordTrait = {trait: keyof SpeciesTraits; column: string; words: readonly string[]};

const WORDS: readonly WordTrait[] = [
  {trait: 'leafHabit', column: 'leaf_habit', words: ['evergreen', 'semi-evergreen', 'deciduous']},
  {trait: 'leafType', column: 'leaf_type', words: ['broadleaf', 'needle', 'palm', 'bamboo']},
  {trait: 'growthRate', column: 'growth_rate', words: ['slow', 'medium', 'fast']},
  {trait: 'dispersal', column: 'dispersal', words: ['wind', 'gravity', 'animal', 'water']},
  {
    trait: 'crownForm',
    column: 'crown_form',
    words: ['spreading', 'round', 'conical', 'columnar', 'weeping', 'palm'],
  },
];

/**
 * Traits from a row of a species table, by its column names; empty cells are not known.
 * @throws {TraitError} `trait_invalid` for a name that is missing, a number outside its range, a word that is none of the known, or
 * temperatures that are not in order.
 */
export function traitsFromRow(row: Readonly<Record<string, string | undefined>>): SpeciesTraits {
  const scientificName = row['scientific_name']?.trim() ?? '';
  const family = row['family']?.trim() ?? '';
  if (scientificName === '' || family === '') {
    throw new TraitError('a species needs scientific_name and family');
  }
  const notes = (row['source_note'] ?? '').split(/[;,]/).map((part) => part.trim());
  const traits: Record<string, unknown> = {scientificName, family};
  const sources: Record<string, string> = {};
  for (const {trait, column, range, note} of NUMBERS) {
    const text = row[column]?.trim() ?? '';
    if (text === '') continue;
    const value = Number(text);
    if (!(value >= range[0] && value <= range[1])) {
      throw new TraitError(
        `${column} of ${scientificName} is "${text}", expected a number from ${range[0]} to ${range[1]}`,
      );
    }
    traits[trait] = value;
    const source = note && notes.map((part) => note.exec(part)?.[1]).find((found) => found !== undefined);
    if (source) sources[trait] = source;
  }
  for (const {trait, column, words} of WORDS) {
    const word = row[column]?.trim() ?? '';
    if (word === '') continue;
    if (!words.includes(word)) {
      throw new TraitError(`${column} of ${scientificName} is "${word}", expected ${words.join(', ')}`);
    }
    traits[trait] = word;
  }
  const {minC, optC, maxC} = traits as SpeciesTraits;
  const known = [minC, optC, maxC].filter((value) => value !== undefined);
  if (known.some((value, i) => i > 0 && value <= known[i - 1]!)) {
    throw new TraitError(
      `temperatures of ${scientificName} are ${known.join(', ')}, expected min < opt < max`,
    );
  }
  return {...(traits as SpeciesTraits), sources};
}
