import {completeTraits, speciesTable} from '#model';
import {
  type ArchiveSpecies,
  type ArchiveTrees,
  EcoError,
  NO_ZONE,
  RULED,
  type Site,
  TREE_ORIGINS,
  type TreeImport,
  type TreeMeasurement,
} from '#schemas';
import type {Archive} from './archive.ts';
import {ruledAgeYr, ruledHeightM, type SpeciesOf, TreeColumnsBuilder} from './read-trees.ts';

type Tree = Parameters<TreeColumnsBuilder['add']>[0];

const MS_PER_YEAR = 365.25 * 86_400_000;

export function yearsBetween(from: string | null, to: string | null): number {
  if (from === null || to === null) return 0;
  return Math.max(0, (Date.parse(to) - Date.parse(from)) / MS_PER_YEAR);
}

function treeAt(trees: ArchiveTrees, i: number): Tree {
  return {
    id: trees.id[i]!,
    tag: trees.tag[i]!,
    species: trees.species[i]!,
    longitudeDeg: trees.longitudeDeg[i]!,
    latitudeDeg: trees.latitudeDeg[i]!,
    dbhCm: trees.dbhCm[i]!,
    heightM: trees.heightM[i]!,
    ageYr: trees.ageYr[i]!,
    zone: trees.zone[i]!,
    origin: trees.origin[i]!,
    ruled: trees.ruled[i]!,
    synthetic: trees.synthetic[i]!,
    measured: trees.measured[i]!,
  };
}

function measurementOf({measured, dbhCm, heightM, ageYr, ruled}: Tree): TreeMeasurement {
  return {measured, dbhCm, heightM, ageYr, ruled};
}

/** An undated measurement comes before every dated one. */
function byDay(a: TreeMeasurement, b: TreeMeasurement): number {
  const [x, y] = [a.measured ?? '', b.measured ?? ''];
  return x < y ? -1 : x > y ? 1 : 0;
}

function withSpecies(base: Archive, imports: readonly TreeImport[]): Archive {
  const known = new Set(base.speciesAt.keys());
  const added: ArchiveSpecies[] = [];
  for (const {id, scientificName, chineseName, family} of imports.flatMap(({species}) => species)) {
    if (known.has(id)) continue;
    known.add(id);
    added.push({
      ...{id, scientificName, authority: '', chineseName, family, origin: 'unknown'},
      ...{flowersFromMonth: null, flowersToMonth: null, feedsBirds: false, relativeAbundance: 0},
      note: 'came with an inventory; parameters from its genus or family',
      fromInventory: true,
    });
  }
  if (added.length === 0) return base;
  const species = [...base.species, ...added];
  const traits = [...base.traits, ...added.map(({scientificName, family}) => ({scientificName, family}))];
  return {
    ...base,
    species,
    traits,
    // Relatives are those of the site's own table, whatever else came with inventories.
    completeTraits: traits.map((one) => completeTraits(one, base.traits)),
    parameters: speciesTable(traits, {}, base.traits),
    speciesAt: new Map(species.map(({id}, at) => [id, at])),
  };
}

/**
 * The archive with the imports laid over it, oldest first. A tree that is there already gets a measurement more; the newest by
 * day is what it is now. What an import replaces is taken off the made-up trees.
 */
export function foldImports(site: Site, base: Archive, imports: readonly TreeImport[]): Archive {
  if (imports.length === 0) return base;
  const archive = withSpecies(base, imports);
  const of: SpeciesOf = {traits: archive.completeTraits, parameters: archive.parameters};
  const zoneAt = new Map(archive.zones.map((zone, at) => [zone, at]));
  const trees = new Map<number, Tree>();
  const history = new Map<number, TreeMeasurement[]>();
  for (let i = 0; i < base.trees.count; i++) trees.set(base.trees.id[i]!, treeAt(base.trees, i));
  for (const {trees: rows, replaces} of imports) {
    if (replaces !== 'nothing') {
      const zones = new Set(rows.map(({zone}) => (zone === null ? NO_ZONE : zoneAt.get(zone))));
      const met = new Set(rows.map(({id}) => id));
      for (let i = 0; i < base.trees.count; i++) {
        if (!base.trees.synthetic[i]) continue;
        const id = base.trees.id[i]!;
        if (!met.has(id) && !history.has(id) && (replaces === 'everything' || zones.has(base.trees.zone[i]!)))
          trees.delete(id);
      }
    }
    for (const row of rows) {
      const before = trees.get(row.id);
      const species = archive.speciesAt.get(row.species);
      if (species === undefined)
        throw new EcoError(
          'import_damaged',
          `tree ${row.id}: a species of the import was expected, got ${row.species}`,
          500,
        );
      const grownYr = before ? yearsBetween(before.measured, row.measured) : 0;
      const ageYr = row.ageYr ?? (before ? before.ageYr + grownYr : ruledAgeYr(of, species, row.dbhCm));
      const tree: Tree = {
        id: row.id,
        tag: row.tag,
        species,
        longitudeDeg: row.longitudeDeg,
        latitudeDeg: row.latitudeDeg,
        dbhCm: row.dbhCm,
        heightM: row.heightM ?? ruledHeightM(of, species, row.dbhCm),
        ageYr,
        zone: row.zone === null ? NO_ZONE : (zoneAt.get(row.zone) ?? NO_ZONE),
        origin: TREE_ORIGINS.indexOf(row.origin),
        ruled: (row.heightM === null ? RULED.height : 0) | (row.ageYr === null ? RULED.age : 0),
        synthetic: 0,
        measured: row.measured,
      };
      const known = history.get(row.id) ?? (before && !before.synthetic ? [measurementOf(before)] : []);
      const measurements = [
        ...known.filter(({measured}) => measured !== row.measured),
        measurementOf(tree),
      ].sort(byDay);
      history.set(row.id, measurements);
      trees.set(row.id, {...tree, ...measurements.at(-1)!});
    }
  }
  const builder = new TreeColumnsBuilder(site.origin);
  for (const [, tree] of [...trees].sort(([a], [b]) => a - b)) builder.add(tree);
  const last = Math.max(
    ...imports.map(({trees: rows}) => rows.reduce((most, {id}) => Math.max(most, id), 0)),
  );
  return {...archive, trees: builder.finish(), history, nextId: Math.max(base.nextId, last + 1)};
}

/**
 * The trees as they were on a day: each with its newest measurement up to then, or its first. Trees measured for the first time
 * later are there too: they stood, nobody had looked.
 */
export function treesAt({trees, history}: Pick<Archive, 'trees' | 'history'>, day: string): ArchiveTrees {
  const then = {
    ...trees,
    dbhCm: trees.dbhCm.slice(),
    heightM: trees.heightM.slice(),
    ageYr: trees.ageYr.slice(),
    ruled: trees.ruled.slice(),
    measured: [...trees.measured],
  };
  for (let i = 0; i < trees.count; i++) {
    const measurements = history.get(trees.id[i]!);
    if (!measurements) continue;
    const found = measurements.findLast(({measured}) => (measured ?? '') <= day) ?? measurements[0]!;
    then.dbhCm[i] = found.dbhCm;
    then.heightM[i] = found.heightM;
    then.ageYr[i] = found.ageYr;
    then.ruled[i] = found.ruled;
    then.measured[i] = found.measured;
  }
  return then;
}
