/** Mean and standard deviation of basic wood density, g cm⁻³. */
export type Density = {mean: number; sd: number};

/** A data base of wood density by Latin names; what it lacks is absent. */
export type WoodDensities = {
  species: ReadonlyMap<string, Density>;
  genera: ReadonlyMap<string, Density>;
  families: ReadonlyMap<string, Density>;
};

/** A density with the level at which it was found, and the name there: trees that share it share its error. */
export type FoundDensity = Density & {level: 'species' | 'genus' | 'family'; name: string};

/**
 * Wood density of a species, else of its genus, else of its family; null where none is known.
 * `scientificName`: genus and epithet without authors; the first word is the genus.
 * Source of the order: Réjou-Méchain et al. (2017), doi:10.1111/2041-210X.12753.
 */
export function findWoodDensity(
  taxon: {scientificName: string; family: string},
  densities: WoodDensities,
): FoundDensity | null {
  const {scientificName, family} = taxon;
  const genus = scientificName.split(' ')[0]!;
  const species = densities.species.get(scientificName);
  if (species) return {...species, level: 'species', name: scientificName};
  const ofGenus = densities.genera.get(genus);
  if (ofGenus) return {...ofGenus, level: 'genus', name: genus};
  const ofFamily = densities.families.get(family);
  return ofFamily ? {...ofFamily, level: 'family', name: family} : null;
}
