import {
  type CompleteTraits,
  calibrateEfficiency,
  functionalTypeOf,
  meanSaturationVapourPressureKPa,
  normalProbability,
  type ParameterId,
  type PhysiologyMode,
  type ReferenceSite,
  SOIL_WATER_RESPONSES,
  type SpeciesOverride,
  type SpeciesParameters,
  speciesTable,
} from '#model';
import type {ScenarioParameters} from '#schemas';
import {monthStarts} from '../climate/calendar.ts';
import {PRESENT_CO2_PPM} from '../climate/carbon-dioxide.ts';
import type {GeneratorParameters} from '../climate/generator.ts';
import type {MonthNormals} from '../climate/normals.ts';
import type {PlaceArchive} from '../place/place-input.ts';

/** Soil on which the known increments of species are taken to have been reached: moist and fairly rich. Guess. */
const REFERENCE_SOIL = {waterResponse: SOIL_WATER_RESPONSES.clayLoam, fertility: 0.6};
const REFERENCE_RELATIVE_WATER = 0.8;
/** Increments beyond these, cm a⁻¹, are those of culms and champions. */
const INCREMENT_CM = [0.3, 4] as const;

/** Species that the rule of types would misjudge. */
const RULE_EXCEPTIONS: Record<string, SpeciesOverride> = {
  'Ficus carica': {type: 'ORN', label: 'guess', source: 'a fig grown as a small fruit tree'},
};

/** The site's mean year on a good soil: what light-use efficiencies are calibrated in, whatever a scenario's climate is. */
export function referenceSite(
  normals: MonthNormals,
  generator: GeneratorParameters,
  mode: PhysiologyMode,
): ReferenceSite {
  const starts = monthStarts(365);
  return {
    months: normals.meanC.map((meanC, m) => {
      const sdC = generator.maxSdC[m]! * generator.minShare;
      const minC = normals.minC[m]!;
      const frostShare = sdC > 0 ? normalProbability(-minC / sdC) : minC < 0 ? 1 : 0;
      const saturationKPa = meanSaturationVapourPressureKPa(normals.maxC[m]!, minC);
      return {
        meanC,
        frostDays: frostShare * (starts[m + 1]! - starts[m]!),
        radiationMjPerM2Day: normals.radiationMjPerM2[m]!,
        vpdKPa: saturationKPa * (1 - normals.humidityFraction[m]!),
        co2Ppm: PRESENT_CO2_PPM,
        relativeWater: REFERENCE_RELATIVE_WATER,
        floodedDays: 0,
      };
    }),
    soil: REFERENCE_SOIL,
    mode,
  };
}

/** A scenario's values by scientific name: those of a type for all its species, a species' own over them. */
export function overridesOf(
  archive: PlaceArchive,
  parameters: readonly ScenarioParameters[],
): Record<string, SpeciesOverride> {
  const overrides = {...RULE_EXCEPTIONS};
  const typeOf = (traits: CompleteTraits) =>
    overrides[traits.scientificName]?.type ?? functionalTypeOf(traits);
  const add = (name: string, one: ScenarioParameters) => {
    const before = overrides[name];
    const source = before ? `${before.source}; ${one.source}` : one.source;
    overrides[name] = {
      ...before,
      label: one.label,
      source,
      values: {...before?.values, ...(one.values as Partial<Record<ParameterId, number>>)},
    };
  };
  for (const one of parameters) {
    if (one.type === undefined) continue;
    for (const traits of archive.completeTraits) {
      if (typeOf(traits) === one.type) add(traits.scientificName, one);
    }
  }
  for (const one of parameters) {
    const index = archive.species.findIndex(({id}) => id === one.species);
    if (index >= 0) add(archive.traits[index]!.scientificName, one);
  }
  return overrides;
}

/** Species already calibrated, by all that their calibration follows from: a plan would spend half its time on it. */
const known = new WeakMap<PlaceArchive, Map<string, SpeciesParameters>>();
const MOST_KNOWN = 5000;

function calibrated(
  archive: PlaceArchive,
  row: SpeciesParameters,
  incrementCm: number,
  reference: ReferenceSite,
): SpeciesParameters {
  let bySpecies = known.get(archive);
  if (!bySpecies || bySpecies.size >= MOST_KNOWN) {
    bySpecies = new Map();
    known.set(archive, bySpecies);
  }
  const key = JSON.stringify([row, incrementCm, reference]);
  let found = bySpecies.get(key);
  if (!found) {
    found = calibrateEfficiency(row, incrementCm, reference);
    bySpecies.set(key, found);
  }
  return found;
}

/**
 * Parameters of the archive's species that are present, in the archive's order, calibrated in the site's mean year; a species whose
 * efficiency a scenario states keeps it. `indexOf`: from the archive's species to these, -1 for the absent.
 */
export function plannedSpecies(of: {
  archive: PlaceArchive;
  present: ReadonlySet<number>;
  parameters: readonly ScenarioParameters[];
  reference: ReferenceSite;
}): {species: SpeciesParameters[]; ids: string[]; indexOf: Int32Array} {
  const {archive, present, parameters, reference} = of;
  const overrides = overridesOf(archive, parameters);
  const table = speciesTable(archive.traits, overrides);
  const indexOf = new Int32Array(archive.species.length).fill(-1);
  const species: SpeciesParameters[] = [];
  const ids: string[] = [];
  archive.species.forEach(({id}, index) => {
    if (!present.has(index)) return;
    indexOf[index] = species.length;
    ids.push(id);
    const row = table[index]!;
    const stated = overrides[row.scientificName]?.values?.efficiency !== undefined;
    const {maxIncrementCmPerYr} = archive.completeTraits[index]!;
    const incrementCm = Math.min(INCREMENT_CM[1], Math.max(INCREMENT_CM[0], maxIncrementCmPerYr));
    species.push(stated ? row : calibrated(archive, row, incrementCm, reference));
  });
  return {species, ids, indexOf};
}
