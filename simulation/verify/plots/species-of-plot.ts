import {
  ageOfDiameter,
  type CompleteTraits,
  calibrateEfficiency,
  completeTraits,
  curveHeightM,
  type ReferenceSite,
  type SpeciesParameters,
  type SpeciesTraits,
  speciesTable,
  TraitError,
  traitsFromRow,
} from '#model';
import {EcoError} from '#schemas';
import {placeOf, type Table, textAt} from '../table.ts';
import type {PlotMap} from './plot-map.ts';

export type PlotSpecies = {code: string; name: string; traits: CompleteTraits; parameters: SpeciesParameters};

/** A stem of which the diameter alone is known: its height by the mean of the curves of open and shaded trees, its age by its growth. */
export function treeOf({parameters, traits}: PlotSpecies, dbhCm: number) {
  const {maxHeightM, openMPerCm, shadeMPerCm, maxAgeYr} = parameters.values;
  return {
    dbhCm,
    heightM: Math.min(maxHeightM, curveHeightM(dbhCm, maxHeightM, (openMPerCm + shadeMPerCm) / 2)),
    ageYr: ageOfDiameter(dbhCm, traits.growthRate, maxAgeYr),
  };
}

/** Known increments are believed between these, cm a⁻¹. */
const INCREMENT_CM = [0.3, 4] as const;

/** @throws {EcoError} `table_invalid` with the row of a trait that cannot be. */
function traitsOf(table: Table): SpeciesTraits[] {
  return table.rows.map((row, i) => {
    try {
      return traitsFromRow(row);
    } catch (error) {
      if (error instanceof TraitError)
        throw new EcoError('table_invalid', `${placeOf(table, i)}: ${error.message}`);
      throw error;
    }
  });
}

/**
 * The species of a plot by the code its stems bear: own traits where there are some, the rest from relatives by genus and family,
 * light-use efficiency moved to the place's climate as for any site.
 * @throws {EcoError} `table_invalid` for a code that the species table does not have.
 */
export function speciesOfPlot(
  codes: readonly string[],
  tables: {species: Table; own: Table | null; relatives: readonly Table[]},
  map: PlotMap,
  site: ReferenceSite,
): PlotSpecies[] {
  const {species} = tables;
  const own = new Map((tables.own ? traitsOf(tables.own) : []).map((one) => [one.scientificName, one]));
  const relatives = tables.relatives.flatMap(traitsOf);
  const named = codes.map((code) => {
    const i = species.rows.findIndex((_, row) => textAt(species, row, map.species.code) === code);
    if (i < 0)
      throw new EcoError(
        'table_invalid',
        `${species.name}: no species ${code}, which stems of the plot have`,
      );
    const name = textAt(species, i, map.species.name);
    return {
      code,
      name,
      traits: own.get(name) ?? {scientificName: name, family: textAt(species, i, map.species.family)},
    };
  });
  const known = [...own.values(), ...relatives];
  const parameters = speciesTable(
    named.map(({traits}) => traits),
    {},
    known,
  );
  return named.map(({code, name, traits}, i) => {
    const complete = completeTraits(traits, known);
    const increment = Math.min(INCREMENT_CM[1], Math.max(INCREMENT_CM[0], complete.maxIncrementCmPerYr));
    return {code, name, traits: complete, parameters: calibrateEfficiency(parameters[i]!, increment, site)};
  });
}
