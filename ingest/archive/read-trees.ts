import {ageOfDiameter, type CompleteTraits, curveHeightM, EnuFrame, type SpeciesParameters} from '#model';
import {type ArchiveTrees, NO_ZONE, RULED, type Site, TREE_ORIGINS} from '#schemas';
import {readTable, shown} from './table.ts';

/** What a tree may measure; beyond it the figure is of another unit or wrong. */
export const TREE_LIMITS = {
  dbhCm: [0.1, 1500],
  heightM: [0.1, 130],
  ageYr: [0, 6000],
} as const;
export const MOST_TREES = 5_000_000;

const COLUMNS = ['id', 'species', 'longitude_deg', 'latitude_deg', 'dbh_cm'] as const;
const DAY = /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])$/;

/** What is known of a species when a tree lacks a figure. */
export type SpeciesOf = {
  traits: readonly CompleteTraits[];
  parameters: readonly SpeciesParameters[];
};

/** Height, m, of a tree that nobody measured: between the species' curves of the open and of shade. */
export function ruledHeightM({parameters}: SpeciesOf, species: number, dbhCm: number): number {
  const {values, thickens} = parameters[species]!;
  if (!thickens) return 0.6 * values.maxHeightM;
  return curveHeightM(dbhCm, values.maxHeightM, (values.openMPerCm + values.shadeMPerCm) / 2);
}

/** Age, years, of a tree of unknown age: by the species' growth. */
export function ruledAgeYr({traits}: SpeciesOf, species: number, dbhCm: number): number {
  const {growthRate, maxAgeYr} = traits[species]!;
  return ageOfDiameter(dbhCm, growthRate, maxAgeYr);
}

/** Columns that grow. */
export class TreeColumnsBuilder {
  private readonly frame: EnuFrame;
  private room = 1024;
  private readonly columns: ArchiveTrees = {
    count: 0,
    id: new Uint32Array(1024),
    tag: [],
    species: new Uint16Array(1024),
    longitudeDeg: new Float64Array(1024),
    latitudeDeg: new Float64Array(1024),
    eastM: new Float64Array(1024),
    northM: new Float64Array(1024),
    dbhCm: new Float64Array(1024),
    heightM: new Float64Array(1024),
    ageYr: new Float64Array(1024),
    zone: new Uint16Array(1024),
    origin: new Uint8Array(1024),
    ruled: new Uint8Array(1024),
    measured: [],
  };

  constructor(origin: Site['origin']) {
    const {longitudeDeg, latitudeDeg} = origin;
    this.frame = new EnuFrame({longitudeDeg, latitudeDeg, heightM: 0});
  }

  add(tree: {
    id: number;
    tag: string;
    species: number;
    longitudeDeg: number;
    latitudeDeg: number;
    dbhCm: number;
    heightM: number;
    ageYr: number;
    zone: number;
    origin: number;
    ruled: number;
    measured: string | null;
  }): void {
    const columns = this.columns;
    const at = columns.count;
    if (at === this.room) this.grow();
    const {longitudeDeg, latitudeDeg} = tree;
    const {eastM, northM} = this.frame.toEnu({longitudeDeg, latitudeDeg, heightM: 0});
    columns.id[at] = tree.id;
    columns.tag.push(tree.tag);
    columns.species[at] = tree.species;
    columns.longitudeDeg[at] = longitudeDeg;
    columns.latitudeDeg[at] = latitudeDeg;
    columns.eastM[at] = eastM;
    columns.northM[at] = northM;
    columns.dbhCm[at] = tree.dbhCm;
    columns.heightM[at] = tree.heightM;
    columns.ageYr[at] = tree.ageYr;
    columns.zone[at] = tree.zone;
    columns.origin[at] = tree.origin;
    columns.ruled[at] = tree.ruled;
    columns.measured.push(tree.measured);
    columns.count = at + 1;
  }

  finish(): ArchiveTrees {
    this.resize(this.columns.count);
    return this.columns;
  }

  private grow(): void {
    this.resize(this.room * 2);
  }

  private resize(room: number): void {
    this.room = room;
    const c = this.columns as Record<string, unknown>;
    for (const [name, column] of Object.entries(c)) {
      if (!ArrayBuffer.isView(column)) continue;
      const old = column as Float64Array;
      const next = new (old.constructor as Float64ArrayConstructor)(room);
      next.set(old.subarray(0, Math.min(room, old.length)));
      c[name] = next;
    }
  }
}

/**
 * Trees of a site in the order of their ids. A height or an age that is left out follows from the species' rules and is marked.
 * @throws {EcoError} `site_invalid` with line and column.
 */
export async function readTrees(
  text: string,
  where: string,
  {
    site,
    zones,
    speciesAt,
    of,
  }: {
    site: Site;
    zones: readonly string[];
    speciesAt: ReadonlyMap<string, number>;
    of: SpeciesOf;
  },
): Promise<ArchiveTrees> {
  const builder = new TreeColumnsBuilder(site.origin);
  const zoneAt = new Map(zones.map((zone, at) => [zone, at]));
  let last = -1;
  let count = 0;
  await readTable({text, where, columns: COLUMNS}, (row) => {
    const id = row.needed('id', 0, 0xfffffffe);
    if (!Number.isInteger(id) || id <= last)
      throw row.fail('id', `a whole number above that of the line before (${last}) was expected, got ${id}`);
    last = id;
    count += 1;
    if (count > MOST_TREES) throw row.fail('id', `at most ${MOST_TREES} trees were expected`);
    const speciesId = row.text('species');
    const species = speciesAt.get(speciesId);
    if (species === undefined)
      throw row.fail('species', `an id of the site's species table was expected, got ${shown(speciesId)}`);
    const dbhCm = row.needed('dbh_cm', ...TREE_LIMITS.dbhCm);
    const heightM = row.number('height_m', ...TREE_LIMITS.heightM);
    const ageYr = row.number('age_yr', ...TREE_LIMITS.ageYr);
    const zoneId = row.optional('zone');
    const zone = zoneId === '' ? NO_ZONE : zoneAt.get(zoneId);
    if (zone === undefined) throw row.fail('zone', `a zone of the site was expected, got ${shown(zoneId)}`);
    const origin = row.optional('origin') === '' ? 'unknown' : row.word('origin', TREE_ORIGINS);
    const measured = row.optional('measured');
    if (measured !== '' && !DAY.test(measured))
      throw row.fail('measured', `a day as 2026-03-01 was expected, got ${shown(measured)}`);
    builder.add({
      id,
      tag: row.optional('tag') || String(id),
      species,
      longitudeDeg: row.needed('longitude_deg', -180, 180),
      latitudeDeg: row.needed('latitude_deg', -90, 90),
      dbhCm,
      heightM: heightM ?? ruledHeightM(of, species, dbhCm),
      ageYr: ageYr ?? ruledAgeYr(of, species, dbhCm),
      zone,
      origin: TREE_ORIGINS.indexOf(origin),
      ruled: (heightM === null ? RULED.height : 0) | (ageYr === null ? RULED.age : 0),
      measured: measured === '' ? null : measured,
    });
  });
  return builder.finish();
}
