import {createHash} from 'node:crypto';
import {setImmediate as turn} from 'node:timers/promises';
import {EcoError, type Replaces, type SiteData, type TreeImport, type TreeMap} from '#schemas';
import {KNOWN_SYSTEMS} from '../../geo/reference-system.ts';
import {createZoneFinder} from '../../registry/zone-finder.ts';
import type {Archive} from '../archive.ts';
import {completeMap, type Guess, type Point} from './guess-map.ts';
import {KnownTrees} from './known-trees.ts';
import {safeCell} from './read-figures.ts';
import {type Columns, createRowReader} from './read-row.ts';
import {readSheet, type Sheet, type SheetRow} from './read-sheet.ts';
import {type Rejection, RowRejected} from './rejection.ts';
import {createSpeciesFinder} from './species-names.ts';

export type RejectedRow = {line: number; reason: Rejection; message: string; cells: string[]};

export type ImportReport = {
  site: string;
  file: string;
  encoding: string;
  delimiter: string;
  /** The map as it was used, and what of it was guessed. */
  map: TreeMap;
  guesses: Guess[];
  /** Columns that nothing was made of. */
  leftOut: string[];
  rows: number;
  /** Trees that were not there, and those that got a new measurement. */
  added: number;
  updated: number;
  /** The same figures of the same day again. */
  unchanged: number;
  rejected: Partial<Record<Rejection, number>>;
  heightsByRule: number;
  agesByRule: number;
  /** Species that are not in the site's table. */
  newSpecies: {id: string; scientificName: string; family: string; from: string; trees: number}[];
};

export type PlannedImport = {
  report: ImportReport;
  rejected: RejectedRow[];
  header: string[];
  kept: TreeImport;
};

/** Kinds of zones where no tree stands, for telling reference systems apart. */
const WATER = new Set(['water', 'lake', 'river']);
/** So many rows are worked through before others get their turn. */
const ROWS_AT_ONCE = 200;
function requireColumns(sheet: Sheet, map: TreeMap, file: string): Columns {
  const columns = map.columns ?? {};
  const named = Object.values(columns).flat();
  const missing = named.filter((name) => !sheet.header.includes(name));
  const got = sheet.header.join(', ').slice(0, 300);
  if (missing.length > 0) {
    throw new EcoError('map_failed', `${file}: columns ${missing.join(', ')} were expected, got ${got}`);
  }
  const lacking = [
    ...(columns.names === undefined ? ['a column of species (names)'] : []),
    ...(columns.dbh === undefined && columns.girth === undefined
      ? ['a column of diameter (dbh) or girth (girth)']
      : []),
    ...((columns.x === undefined || columns.y === undefined) && columns.tag === undefined
      ? ['columns of place (x and y)']
      : []),
  ];
  if (lacking.length > 0) {
    throw new EcoError(
      'map_failed',
      `${file}: ${lacking.join(', ')} was expected, got the columns ${got}; a map (--map) names them`,
    );
  }
  if (columns.x !== undefined && columns.y !== undefined && map.crs === undefined) {
    throw new EcoError(
      'map_failed',
      `${file}: places in none of the usual systems come to lie at the site; the map's \`crs\` may say one of ${KNOWN_SYSTEMS}, or \`local\``,
    );
  }
  return columns;
}

/**
 * Understands an inventory without keeping it: what each row is, which rows are refused and why, and what was guessed.
 * `archive`: what is there already, so that known trees are met by their tag (or their place, without tags).
 * @throws {EcoError} `species_missing` for a site without a table of species, `inventory_too_large`, `inventory_invalid`, `map_invalid`, `map_failed`.
 */
export async function planImport(
  bytes: Uint8Array,
  {
    file,
    map: said,
    data,
    archive,
    replaces,
    nowMs,
  }: {file: string; map: TreeMap; data: SiteData; archive: Archive; replaces: Replaces; nowMs: number},
): Promise<PlannedImport> {
  const {site, zones} = data;
  if (archive.species.length === 0) {
    throw new EcoError(
      'species_missing',
      `site ${site.id} has no species: a table of them was expected, named in site.json as \`species\` (docs/archive.md)`,
      409,
    );
  }
  const sheet = await readSheet(bytes, {file, ...said});
  const zoneOf = createZoneFinder(zones);
  const kinds = new Map(zones.map(({properties}) => [properties.id, properties.kind]));
  const isLand = (point: Point) => {
    const zone = zoneOf(point.longitudeDeg, point.latitudeDeg);
    return zone !== null && !WATER.has(kinds.get(zone)!);
  };
  const {map, guesses} = completeMap(sheet, said, {
    origin: site.origin,
    isLand,
  });
  const columns = requireColumns(sheet, map, file);
  const importDay = new Date(nowMs).toISOString().slice(0, 10);
  // somewhere it is tomorrow already
  const latestDay = new Date(nowMs + 86_400_000).toISOString().slice(0, 10);
  if (columns.measured === undefined && map.measured === undefined)
    guesses.push({
      what: 'day of measurement',
      value: importDay,
      why: 'the file tells none: the day of the import',
    });

  const readRow = createRowReader(sheet, map, {
    columns,
    site,
    find: createSpeciesFinder(archive.species.filter(({fromInventory}) => !fromInventory)),
    importDay,
    latestDay,
  });
  const known = new KnownTrees(site, archive);
  const trees: TreeImport['trees'] = [];
  const newSpecies = new Map<string, ImportReport['newSpecies'][number]>();
  const rejected: RejectedRow[] = [];
  const counts: Partial<Record<Rejection, number>> = {};
  const report = {added: 0, updated: 0, unchanged: 0, heightsByRule: 0, agesByRule: 0};

  const takeRow = (row: SheetRow): void => {
    const tree = readRow(row);
    const {species, dbhCm, heightM, ageYr, measured, origin} = tree;
    const place = tree.place ?? known.placeOf(tree.tag);
    if (!place) throw new RowRejected('position_missing', 'a place was expected, both coordinates are empty');
    const zone = zoneOf(place.longitudeDeg, place.latitudeDeg);
    if (zone === null) {
      throw new RowRejected(
        'out_of_bounds',
        `a place in one of the site's zones was expected, got ${place.longitudeDeg}, ${place.latitudeDeg}`,
      );
    }
    const {id, tag, outcome} = known.meet(tree, place);
    if (outcome === 'unchanged') {
      report.unchanged += 1;
      return;
    }
    if (outcome === 'new') report.added += 1;
    else report.updated += 1;
    if (heightM === null) report.heightsByRule += 1;
    if (ageYr === null) report.agesByRule += 1;
    if (species.kind === 'new') {
      const {scientificName, family, from} = species;
      const before = newSpecies.get(species.id)?.trees ?? 0;
      newSpecies.set(species.id, {id: species.id, scientificName, family, from, trees: before + 1});
    }
    const {longitudeDeg, latitudeDeg} = place;
    trees.push({
      ...{id, tag, species: species.id, longitudeDeg, latitudeDeg},
      ...{dbhCm, heightM, ageYr, zone, origin, measured},
    });
  };

  for (const [i, row] of sheet.rows.entries()) {
    // others in this process go on meanwhile
    if (i % ROWS_AT_ONCE === 0) await turn();
    try {
      takeRow(row);
    } catch (error) {
      if (!(error instanceof RowRejected)) throw error;
      counts[error.reason] = (counts[error.reason] ?? 0) + 1;
      rejected.push({line: row.line, reason: error.reason, message: error.message, cells: row.cells});
    }
  }
  const used = new Set(Object.values(columns).flat());
  return {
    report: {
      ...{site: site.id, file, encoding: sheet.encoding, delimiter: sheet.delimiter, map, guesses},
      leftOut: sheet.header.filter((name) => !used.has(name)),
      rows: sheet.rows.length,
      ...report,
      rejected: counts,
      newSpecies: [...newSpecies.values()],
    },
    rejected,
    header: sheet.header,
    kept: {
      schemaVersion: 1,
      kind: 'tree-import',
      site: site.id,
      imported: new Date(nowMs).toISOString(),
      file: file.slice(0, 300),
      sha256: createHash('sha256').update(bytes).digest('hex'),
      replaces,
      species: [...newSpecies.values()].map(({id, scientificName, family}) => ({
        id,
        scientificName,
        chineseName: '',
        family,
      })),
      trees,
    },
  };
}

/** The rejected rows as a CSV that can be mended and imported by itself: the columns as they came, then line, reason and message. */
export function rejectedCsv({rejected, header}: Pick<PlannedImport, 'rejected' | 'header'>): string {
  const lines = [
    [...header, 'line', 'reason', 'message'],
    ...rejected.map(({line, reason, message, cells}) => [
      ...header.map((_, i) => (cells[i] ?? '').slice(0, 1000)),
      ...[String(line), reason, message],
    ]),
  ];
  // with a byte order mark spreadsheets read it as UTF-8
  return `\uFEFF${lines.map((cells) => cells.map(safeCell).join(',')).join('\r\n')}\r\n`;
}
