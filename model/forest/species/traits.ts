/** What is known of a species. Absent: not known. */
export type SpeciesTraits = {
  /** Latin name without authors. */
  scientificName: string;
  family: string;
  leafHabit?: 'evergreen' | 'semi-evergreen' | 'deciduous';
  leafType?: 'broadleaf' | 'needle' | 'palm' | 'bamboo';
  maxHeightM?: number;
  maxDbhCm?: number;
  maxAgeYr?: number;
  woodDensityGPerCm3?: number;
  slaM2PerKg?: number;
  /** 1 intolerant to 5 tolerant (Niinemets & Valladares 2006). */
  shadeTolerance?: number;
  droughtTolerance?: number;
  waterloggingTolerance?: number;
  growthRate?: 'slow' | 'medium' | 'fast';
  maxIncrementCmPerYr?: number;
  seedMassMg?: number;
  dispersal?: 'wind' | 'gravity' | 'animal' | 'water';
  /** Limits of growth for the mean temperature of a day. */
  minC?: number;
  optC?: number;
  maxC?: number;
  crownForm?: 'spreading' | 'round' | 'conical' | 'columnar' | 'weeping' | 'palm';
  /** Months 1–12; an evergreen's leaf-out is its main flush, and it has no leaf-fall. */
  leafOutMonth?: number;
  leafFallMonth?: number;
  /** Where figures come from, by trait; a trait without one is an estimate. */
  sources?: Partial<Record<string, string>>;
};

export type CompleteTraits = Required<Omit<SpeciesTraits, 'leafFallMonth' | 'leafOutMonth' | 'sources'>> &
  Pick<SpeciesTraits, 'leafFallMonth' | 'leafOutMonth' | 'sources'> & {
    /** Traits that were filled from relatives, with whom. */
    filled: Partial<Record<string, string>>;
  };

const NUMBERS = [
  'maxHeightM',
  'maxDbhCm',
  'maxAgeYr',
  'woodDensityGPerCm3',
  'slaM2PerKg',
  'shadeTolerance',
  'droughtTolerance',
  'waterloggingTolerance',
  'maxIncrementCmPerYr',
  'seedMassMg',
  'minC',
  'optC',
  'maxC',
] as const;
const WORDS = ['leafHabit', 'leafType', 'growthRate', 'dispersal', 'crownForm'] as const;
const MONTHS = ['leafOutMonth', 'leafFallMonth'] as const;

function median(values: readonly number[]): number | undefined {
  if (values.length === 0) return undefined;
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** The commonest word; the first in the alphabet among equals. */
function commonest(words: readonly string[]): string | undefined {
  const counts = new Map<string, number>();
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  return [...counts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1))[0]?.[0];
}

/**
 * Traits with the gaps filled from relatives among the known species: of the genus, else of the family, else of all; numbers by
 * the median, words by the commonest.
 * @throws {RangeError} when no known species has a trait that is missing.
 */
export function completeTraits(traits: SpeciesTraits, known: readonly SpeciesTraits[]): CompleteTraits {
  const genus = traits.scientificName.split(' ')[0]!;
  const circles = [
    {name: `genus ${genus}`, members: known.filter((one) => one.scientificName.split(' ')[0] === genus)},
    {name: `family ${traits.family}`, members: known.filter((one) => one.family === traits.family)},
    {name: 'all species', members: known},
  ];
  const filled: Record<string, string> = {};
  const complete: Record<string, unknown> = {...traits};
  const fill = (trait: keyof SpeciesTraits, of: (members: readonly SpeciesTraits[]) => unknown) => {
    if (traits[trait] !== undefined) return;
    for (const {name, members} of circles) {
      const value = of(members);
      if (value === undefined) continue;
      complete[trait] = value;
      filled[trait] = name;
      return;
    }
    if (!MONTHS.includes(trait as (typeof MONTHS)[number])) {
      throw new RangeError(`no known species has ${trait}, needed for ${traits.scientificName}`);
    }
  };
  for (const trait of NUMBERS) {
    fill(trait, (members) => median(members.map((one) => one[trait]).filter((value) => value !== undefined)));
  }
  for (const trait of WORDS) {
    fill(trait, (members) =>
      commonest(members.map((one) => one[trait]).filter((value) => value !== undefined)),
    );
  }
  if (complete['leafHabit'] !== 'evergreen') {
    const shedding = (members: readonly SpeciesTraits[]) =>
      members.filter(({leafHabit}) => leafHabit !== 'evergreen');
    for (const trait of MONTHS) {
      fill(trait, (members) => {
        const months = shedding(members)
          .map((one) => one[trait])
          .filter((value) => value !== undefined);
        const word = commonest(months.map(String));
        return word === undefined ? undefined : Number(word);
      });
    }
  }
  return {...(complete as CompleteTraits), filled};
}
