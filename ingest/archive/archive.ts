import {join} from 'node:path';
import {
  type CompleteTraits,
  completeTraits,
  type SpeciesParameters,
  type SpeciesTraits,
  speciesTable,
} from '#model';
import {
  type ArchiveBird,
  type ArchiveSpecies,
  type ArchiveTrees,
  type Cohort,
  createValidator,
  EcoError,
  PriceFile,
  type SiteData,
  type SoilClass,
  SoilFile,
  type TreeMeasurement,
  type Validator,
} from '#schemas';
import {jsonInside, textInside} from '../registry/site-files.ts';
import {readBirds} from './read-birds.ts';
import {readCohorts} from './read-cohorts.ts';
import {readSpecies} from './read-species.ts';
import {readTrees, TreeColumnsBuilder} from './read-trees.ts';

/** The archive of a site: what is known of its species and trees, and what else growth and costs follow from. */
export type Archive = {
  site: string;
  species: readonly ArchiveSpecies[];
  /** As the table has them, and with gaps filled from relatives; in the order of `species`. */
  traits: readonly SpeciesTraits[];
  completeTraits: readonly CompleteTraits[];
  /** By rule from the traits; not calibrated to a climate. */
  parameters: readonly SpeciesParameters[];
  speciesAt: ReadonlyMap<string, number>;
  /** Ids of the site's zones: `trees.zone` is an index into them. */
  zones: readonly string[];
  trees: ArchiveTrees;
  /** Measurements by day of trees that came with imports, by the tree's id. */
  history: ReadonlyMap<number, readonly TreeMeasurement[]>;
  /** How many imports it holds. */
  imports: number;
  /** A number that no tree has, or had. */
  nextId: number;
  birds: readonly ArchiveBird[];
  cohorts: readonly Cohort[];
  soils: readonly SoilClass[];
  prices: PriceFile | null;
};

// Compiled when an archive is first read: a start need not wait for it.
let validators: {soils: Validator<SoilFile>; prices: Validator<PriceFile>} | undefined;
function valid(): NonNullable<typeof validators> {
  validators ??= {soils: createValidator<SoilFile>(SoilFile), prices: createValidator<PriceFile>(PriceFile)};
  return validators;
}

async function checked<T>(folder: string, name: string, validator: Validator<T>): Promise<T> {
  const value = await jsonInside(folder, name);
  if (!validator(value)) throw new EcoError('site_invalid', `${join(folder, name)}: ${validator.problem()}`);
  return value;
}

function checkSoils(where: string, {soils}: SoilFile): void {
  const fail = (soil: SoilClass, message: string) =>
    new EcoError('site_invalid', `${where}, soil ${soil.id}: ${message}`);
  const ids = new Set<string>();
  for (const soil of soils) {
    if (ids.has(soil.id)) throw fail(soil, 'stands there twice');
    ids.add(soil.id);
    let downM = 0;
    for (const layer of soil.layers) {
      if (layer.fromM !== downM || layer.toM <= layer.fromM)
        throw fail(soil, `a layer from ${downM} m down was expected, got ${layer.fromM} to ${layer.toM} m`);
      downM = layer.toM;
      const {wiltingPointFraction: dry, fieldCapacityFraction: moist, saturationFraction: full} = layer;
      if (!(dry.value < moist.value && moist.value < full.value))
        throw fail(
          soil,
          `wilting point < field capacity < saturation was expected, got ${dry.value}, ${moist.value}, ${full.value}`,
        );
    }
  }
}

/** Traits with their gaps filled, and what growth follows from; a table may be too sparse for that. */
function grown(
  traits: readonly SpeciesTraits[],
  where: string,
): {complete: CompleteTraits[]; parameters: SpeciesParameters[]} {
  try {
    return {complete: traits.map((one) => completeTraits(one, traits)), parameters: speciesTable(traits)};
  } catch (error) {
    if (error instanceof RangeError) throw new EcoError('site_invalid', `${where}: ${error.message}`);
    throw error;
  }
}

/**
 * Reads what a site's folder holds of its archive; parts that it does not name are empty.
 * @throws {EcoError} `site_invalid` with file, line, column and what was expected.
 */
export async function readArchive({site, zones, folder}: SiteData): Promise<Archive> {
  const at = (name: string) => join(folder, name);
  const needs = (file: string | undefined, other: string) => {
    if (file !== undefined && site.species === undefined)
      throw new EcoError(
        'site_invalid',
        `${at('site.json')}: ${other} needs species, a table of the species in it`,
      );
  };
  needs(site.trees, 'trees');
  needs(site.cohorts, 'cohorts');
  const {species, traits} =
    site.species === undefined
      ? {species: [], traits: []}
      : await readSpecies(await textInside(folder, site.species), at(site.species));
  const {complete, parameters} = grown(traits, at(site.species ?? 'site.json'));
  const speciesAt = new Map(species.map(({id}, index) => [id, index]));
  const zoneIds = zones.map(({properties}) => properties.id);
  const of = {traits: complete, parameters};
  const soilFile = site.soils === undefined ? null : await checked(folder, site.soils, valid().soils);
  if (soilFile) checkSoils(at(site.soils!), soilFile);
  const trees =
    site.trees === undefined
      ? new TreeColumnsBuilder(site.origin).finish()
      : await readTrees(await textInside(folder, site.trees), at(site.trees), {
          site,
          zones: zoneIds,
          speciesAt,
          of,
        });
  return {
    site: site.id,
    species,
    traits,
    completeTraits: complete,
    parameters,
    speciesAt,
    zones: zoneIds,
    history: new Map(),
    imports: 0,
    trees,
    nextId: (trees.id.at(-1) ?? 0) + 1,
    birds:
      site.birds === undefined ? [] : await readBirds(await textInside(folder, site.birds), at(site.birds)),
    cohorts:
      site.cohorts === undefined
        ? []
        : await readCohorts(await textInside(folder, site.cohorts), at(site.cohorts), {
            zones: zoneIds,
            speciesAt,
          }),
    soils: soilFile?.soils ?? [],
    prices: site.prices === undefined ? null : await checked(folder, site.prices, valid().prices),
  };
}
