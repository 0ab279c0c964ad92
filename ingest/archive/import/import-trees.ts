import {createHash} from 'node:crypto';
import {setImmediate as turn} from 'node:timers/promises';
import {EnuFrame} from '#model';
import {
  EcoError,
  type Replaces,
  type SiteData,
  type TreeImport,
  type TreeMap,
  type TreeOrigin,
} from '#schemas';
import {KNOWN_SYSTEMS} from '../../geo/reference-system.ts';
import {createZoneFinder} from '../../registry/zone-finder.ts';
import type {Archive} from '../archive.ts';
import {TREE_LIMITS} from '../read-trees.ts';
import {shown} from '../table.ts';
import {completeMap, type Guess, type Point, systemOf} from './guess-map.ts';
import {readSheet, type Sheet, type SheetRow} from './read-sheet.ts';
import {createSpeciesFinder, type FoundSpecies} from './species-names.ts';

/** Why a row was not taken. */
export const REJECTIONS = [
  'row_unreadable',
  'species_unknown',
  'stem_missing',
  'stem_invalid',
  'height_invalid',
  'height_implausible',
  'age_invalid',
  'date_invalid',
  'position_missing',
  'position_invalid',
  'out_of_bounds',
  'duplicate_tag',
  'duplicate_place',
  'not_alive',
] as const;
export type Rejection = (typeof REJECTIONS)[number];

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
/** Trees of one species closer than this, m, are one tree. */
const SAME_PLACE_M = 0.05;
/** So many rows are worked through before others get their turn. */
const ROWS_AT_ONCE = 200;
/** Height over diameter, m/m, that no tree has. */
const SLENDERNESS = [3, 500] as const;
const NUMBER = /^([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3})?)\s*(mm|cm|m|毫米|厘米|公分|米)?$/i;
const TO_CM: Readonly<Record<string, number>> = {
  mm: 0.1,
  毫米: 0.1,
  cm: 1,
  厘米: 1,
  公分: 1,
  m: 100,
  米: 100,
};
const DEAD =
  /^(?:dead|removed|felled|stump|missing|no|false|0|死|枯死|死亡|已死|枯|伐除|已伐|缺失|倒伏枯死)$/i;
const PLANTED = /^(?:planted|plantation|yes|true|人工|栽植|种植|人工林|栽培)$/i;
const NATURAL = /^(?:natural|wild|天然|野生|自然|天然林)$/i;

class Reject extends Error {
  readonly reason: Rejection;
  constructor(reason: Rejection, message: string) {
    super(message);
    this.reason = reason;
  }
}

/** Length in cm; a unit in the cell goes before the column's. */
function lengthCm(cell: string, unit: 'mm' | 'cm' | 'm', reason: Rejection, what: string): number {
  const found = NUMBER.exec(cell.normalize('NFKC').trim());
  if (!found) throw new Reject(reason, `${what}: a number was expected, got ${shown(cell)}`);
  return Number(found[1]) * TO_CM[(found[2] ?? unit).toLowerCase()]!;
}

/** A day as people write it: 2024-5-1, 2024/05/01, 20240501, 2024年5月1日, with or without a time. */
export function dayOf(cell: string): string | null {
  const text = cell.normalize('NFKC').trim();
  const found =
    /^(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?:[T ].*)?$/.exec(text) ??
    /^(\d{4})(\d{2})(\d{2})$/.exec(text);
  if (!found) return null;
  const [year, month, day] = [Number(found[1]), Number(found[2]), Number(found[3])];
  const date = new Date(Date.UTC(year, month - 1, day));
  if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day || year < 1800) return null;
  return date.toISOString().slice(0, 10);
}

/** Places by squares, so that a near tree is found without looking at all of them. */
class Places {
  private readonly squares = new Map<
    string,
    {id: number; species: string; eastM: number; northM: number}[]
  >();

  add(id: number, species: string, eastM: number, northM: number): void {
    const key = this.key(eastM, northM, 0, 0);
    const at = this.squares.get(key);
    if (at) at.push({id, species, eastM, northM});
    else this.squares.set(key, [{id, species, eastM, northM}]);
  }

  find(species: string, eastM: number, northM: number): number | undefined {
    for (let dx = -1; dx <= 1; dx++) {
      for (let dy = -1; dy <= 1; dy++) {
        for (const tree of this.squares.get(this.key(eastM, northM, dx, dy)) ?? [])
          if (tree.species === species && Math.hypot(tree.eastM - eastM, tree.northM - northM) < SAME_PLACE_M)
            return tree.id;
      }
    }
    return undefined;
  }

  private key(eastM: number, northM: number, dx: number, dy: number): string {
    return `${Math.floor(eastM / SAME_PLACE_M) + dx}/${Math.floor(northM / SAME_PLACE_M) + dy}`;
  }
}

type Columns = NonNullable<TreeMap['columns']>;

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

/** From the figures of a row to a place; throws what is wrong with it. */
function placer(map: TreeMap, site: SiteData['site']): (xCell: string, yCell: string) => Point {
  const numberOf = (cell: string): number => {
    const found = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3})?$/.exec(cell.normalize('NFKC').trim());
    if (!found) throw new Reject('position_invalid', `a coordinate was expected, got ${shown(cell)}`);
    return Number(cell);
  };
  if (map.crs === 'local') {
    const {longitudeDeg, latitudeDeg} = map.corner ?? site.origin;
    const frame = new EnuFrame({longitudeDeg, latitudeDeg, heightM: 0});
    return (xCell, yCell) => {
      const place = frame.toGeodetic({eastM: numberOf(xCell), northM: numberOf(yCell), upM: 0});
      return {longitudeDeg: place.longitudeDeg, latitudeDeg: place.latitudeDeg};
    };
  }
  const system = map.crs === undefined ? undefined : systemOf(map.crs);
  if (map.crs !== undefined && system === undefined) {
    throw new EcoError('map_invalid', `crs: one of ${KNOWN_SYSTEMS}, or local was expected, got ${map.crs}`);
  }
  return (xCell, yCell) => system!.toPlace([numberOf(xCell), numberOf(yCell)]);
}

const LEAST_DIGITS = 1e7;
/** 1 cm: what a file's figures and a projection's rounding leave. */
const roundDeg = (value: number) => Math.round(value * LEAST_DIGITS) / LEAST_DIGITS;
const round = (value: number, digits: number) => Math.round(value * 10 ** digits) / 10 ** digits;

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
  const index = new Map(sheet.header.map((name, at) => [name, at]));
  const place = placer(map, site);
  const find = createSpeciesFinder(archive.species.filter(({fromInventory}) => !fromInventory));
  const found = new Map<string, FoundSpecies | null>();
  const frame = new EnuFrame({...site.origin, heightM: 0});
  const importDay = new Date(nowMs).toISOString().slice(0, 10);
  // somewhere it is tomorrow already
  const latestDay = new Date(nowMs + 86_400_000).toISOString().slice(0, 10);
  if (columns.measured === undefined && map.measured === undefined)
    guesses.push({
      what: 'day of measurement',
      value: importDay,
      why: 'the file tells none: the day of the import',
    });

  const {trees: known} = archive;
  const byTag = new Map<string, number>();
  const rowOf = new Map<number, number>();
  const places = new Places();
  let nextId = 1;
  for (let i = 0; i < known.count; i++) {
    const id = known.id[i]!;
    // A made-up tree is nobody's tree: its number is not what stands on a plate.
    if (!known.synthetic[i]) {
      byTag.set(known.tag[i]!, id);
      places.add(id, archive.species[known.species[i]!]!.id, known.eastM[i]!, known.northM[i]!);
    }
    rowOf.set(id, i);
    nextId = Math.max(nextId, id + 1);
  }
  nextId = Math.max(nextId, archive.nextId);

  const kept: TreeImport['trees'] = [];
  const keptAt = new Map<string, number>();
  const newSpecies = new Map<string, ImportReport['newSpecies'][number]>();
  const rejected: RejectedRow[] = [];
  const counts: Partial<Record<Rejection, number>> = {};
  const report = {added: 0, updated: 0, unchanged: 0, heightsByRule: 0, agesByRule: 0};
  const fresh = new Map<number, string>();

  const takeRow = (row: SheetRow): void => {
    if (row.problem !== undefined) throw new Reject('row_unreadable', row.problem);
    if (row.cells.length > sheet.header.length)
      throw new Reject(
        'row_unreadable',
        `${sheet.header.length} cells were expected, got ${row.cells.length}`,
      );
    const cell = (name: string | undefined): string =>
      name === undefined ? '' : (row.cells[index.get(name)!] ?? '').trim();
    const status = cell(columns.status);
    if (DEAD.test(status))
      throw new Reject('not_alive', `a living tree was expected, its status is ${shown(status)}`);

    const names = columns.names!.map(cell).filter((name) => name !== '');
    const coded = names.map((name) => map.species?.[name]).find((one) => one !== undefined);
    const family = coded?.family ?? cell(columns.family);
    const key = JSON.stringify([names, family]);
    let species = found.get(key);
    if (species === undefined) {
      species = find(coded ? [coded.scientificName, ...names] : names, family);
      found.set(key, species);
    }
    if (species === null) {
      throw new Reject(
        'species_unknown',
        `a species of the site, or a Latin name of a known genus or family was expected, got ${shown(names.join(', '))}`,
      );
    }

    const stemCell = cell(columns.dbh) || cell(columns.girth);
    if (stemCell === '')
      throw new Reject('stem_missing', 'a diameter or girth was expected, the cell is empty');
    const isGirth = cell(columns.dbh) === '';
    const stemCm = lengthCm(stemCell, map.units!.stem!, 'stem_invalid', isGirth ? 'girth' : 'diameter');
    const dbhCm = round(isGirth ? stemCm / Math.PI : stemCm, 2);
    const [leastCm, mostCm] = TREE_LIMITS.dbhCm;
    if (!(dbhCm >= leastCm && dbhCm <= mostCm))
      throw new Reject(
        'stem_invalid',
        `a diameter of ${leastCm} to ${mostCm} cm was expected, got ${dbhCm} cm`,
      );

    const heightCell = cell(columns.height);
    const heightM =
      heightCell === ''
        ? null
        : round(lengthCm(heightCell, map.units!.height!, 'height_invalid', 'height') / 100, 2);
    if (heightM !== null) {
      const [leastM, mostM] = TREE_LIMITS.heightM;
      if (!(heightM >= leastM && heightM <= mostM))
        throw new Reject(
          'height_invalid',
          `a height of ${leastM} to ${mostM} m was expected, got ${heightM} m`,
        );
      const slender = (heightM * 100) / dbhCm;
      if (slender < SLENDERNESS[0] || slender > SLENDERNESS[1])
        throw new Reject(
          'height_implausible',
          `a height that goes with ${dbhCm} cm was expected, got ${heightM} m`,
        );
    }
    const ageCell = cell(columns.age);
    const ageYr =
      ageCell === ''
        ? null
        : Number(/^(\d+(?:\.\d+)?)\s*(?:a|yr|年)?$/i.exec(ageCell.normalize('NFKC'))?.[1] ?? Number.NaN);
    if (ageYr !== null && !(ageYr >= TREE_LIMITS.ageYr[0] && ageYr <= TREE_LIMITS.ageYr[1]))
      throw new Reject('age_invalid', `an age in years was expected, got ${shown(ageCell)}`);
    const dateCell = cell(columns.measured);
    const isDated = dateCell !== '' || map.measured !== undefined;
    const measured = dateCell === '' ? (map.measured ?? importDay) : dayOf(dateCell);
    if (measured === null || measured > latestDay)
      throw new Reject(
        'date_invalid',
        `a day up to today, as 2026-03-01, was expected, got ${shown(dateCell)}`,
      );

    const tag = cell(columns.tag).slice(0, 100);
    const tagged = tag === '' ? undefined : byTag.get(tag);
    const xCell = cell(columns.x);
    const yCell = cell(columns.y);
    let at: Point;
    if (xCell === '' && yCell === '' && tagged !== undefined) {
      const before = rowOf.get(tagged);
      const again = kept[keptAt.get(`${tagged}`) ?? -1];
      at = again ?? {longitudeDeg: known.longitudeDeg[before!]!, latitudeDeg: known.latitudeDeg[before!]!};
    } else {
      if (xCell === '' || yCell === '')
        throw new Reject('position_missing', 'a place was expected, a coordinate is empty');
      const {longitudeDeg, latitudeDeg} = place(xCell, yCell);
      at = {longitudeDeg: roundDeg(longitudeDeg), latitudeDeg: roundDeg(latitudeDeg)};
    }
    const zone = zoneOf(at.longitudeDeg, at.latitudeDeg);
    if (zone === null) {
      const where = Number.isFinite(at.longitudeDeg)
        ? `${at.longitudeDeg}, ${at.latitudeDeg}`
        : `${xCell}, ${yCell}`;
      throw new Reject(
        'out_of_bounds',
        `a place in one of the site's zones was expected, got ${shown(where)}`,
      );
    }
    const {eastM, northM} = frame.toEnu({...at, heightM: 0});
    const there = tagged === undefined ? places.find(species.id, eastM, northM) : undefined;
    if (tag !== '' && there !== undefined && tagOf(there) !== `${there}`) {
      throw new Reject(
        'duplicate_place',
        `a tree of its own was expected, ${shown(tagOf(there))} of this species stands there`,
      );
    }
    const id = tagged ?? there;
    if (id !== undefined && keptAt.has(`${id}/${measured}`)) {
      throw tag === ''
        ? new Reject('duplicate_place', 'a tree of its own was expected, one of this species stands there')
        : new Reject('duplicate_tag', `a tag of its own was expected, ${shown(tag)} is in the file already`);
    }

    const originCell = cell(columns.origin);
    const origin: TreeOrigin = PLANTED.test(originCell)
      ? 'planted'
      : NATURAL.test(originCell)
        ? 'natural'
        : (map.origin ?? 'unknown');
    const number = id ?? nextId++;
    const tree = {
      ...{
        id: number,
        tag: tag === '' ? (id === undefined ? `${number}` : tagOf(id)) : tag,
        species: species.id,
      },
      ...{...at, dbhCm, heightM, ageYr, zone, origin, measured},
    };
    if (id === undefined) {
      report.added += 1;
      fresh.set(number, tree.tag);
      if (tag !== '') byTag.set(tag, number);
      places.add(number, species.id, eastM, northM);
    } else {
      const row = rowOf.get(id);
      const before = archive.history.get(id) ?? [];
      const isSame = (one: {measured: string | null; dbhCm: number}) =>
        one.dbhCm === dbhCm && (!isDated || one.measured === measured);
      const same =
        before.some(isSame) ||
        (row !== undefined &&
          before.length === 0 &&
          isSame({measured: known.measured[row]!, dbhCm: known.dbhCm[row]!}));
      if (same) {
        report.unchanged += 1;
        keptAt.set(`${id}/${measured}`, -1);
        return;
      }
      report.updated += 1;
    }
    if (heightM === null) report.heightsByRule += 1;
    if (ageYr === null) report.agesByRule += 1;
    if (species.kind === 'new') {
      const {scientificName, family: kin, from} = species;
      const entry = newSpecies.get(species.id) ?? {
        id: species.id,
        scientificName,
        family: kin,
        from,
        trees: 0,
      };
      newSpecies.set(species.id, {...entry, trees: entry.trees + 1});
    }
    keptAt.set(`${number}/${measured}`, kept.length);
    keptAt.set(`${number}`, kept.length);
    kept.push(tree);
  };
  const tagOf = (id: number) => fresh.get(id) ?? known.tag[rowOf.get(id)!]!;

  for (const [i, row] of sheet.rows.entries()) {
    // others in this process go on meanwhile
    if (i % ROWS_AT_ONCE === 0) await turn();
    try {
      takeRow(row);
    } catch (error) {
      if (!(error instanceof Reject)) throw error;
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
      trees: kept,
    },
  };
}

/** A cell that a spreadsheet would take for a formula is text. */
function csvCell(cell: string): string {
  const safe = /^[=@\t\r]/.test(cell) || (/^[+-]/.test(cell) && !NUMBER.test(cell)) ? `'${cell}` : cell;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
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
  return `\uFEFF${lines.map((cells) => cells.map(csvCell).join(',')).join('\r\n')}\r\n`;
}
