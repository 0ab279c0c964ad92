import {EnuFrame} from '#model';
import {EcoError, type Site, type TreeMap, type TreeOrigin} from '#schemas';
import {KNOWN_SYSTEMS} from '../../geo/reference-system.ts';
import {TREE_LIMITS} from '../read-trees.ts';
import {shown} from '../table.ts';
import {type Point, systemOf} from './guess-map.ts';
import {ageYrOf, coordinateOf, dayOf, lengthCm} from './read-figures.ts';
import type {Sheet, SheetRow} from './read-sheet.ts';
import {RowRejected} from './rejection.ts';
import type {FoundSpecies} from './species-names.ts';

/** A row as it is understood by itself. */
export type RowTree = {
  /** Empty: the row tells none. */
  tag: string;
  species: FoundSpecies;
  dbhCm: number;
  heightM: number | null;
  ageYr: number | null;
  measured: string;
  /** The row or the map tells the day; else it is that of the import. */
  isDated: boolean;
  origin: TreeOrigin;
  /** Null: both coordinates are empty. */
  place: Point | null;
};

export type Columns = NonNullable<TreeMap['columns']>;

/** Height over diameter, m/m, that no tree has. */
const SLENDERNESS = [3, 500] as const;
const LONGEST_TAG = 100;
const DEAD =
  /^(?:dead|removed|felled|stump|missing|no|false|0|死|枯死|死亡|已死|枯|伐除|已伐|缺失|倒伏枯死)$/i;
const PLANTED = /^(?:planted|plantation|yes|true|人工|栽植|种植|人工林|栽培)$/i;
const NATURAL = /^(?:natural|wild|天然|野生|自然|天然林)$/i;

/** 1 cm: what a file's figures and a projection's rounding leave. */
const roundDeg = (value: number) => Math.round(value * 1e7) / 1e7;
const round = (value: number, digits: number) => Math.round(value * 10 ** digits) / 10 ** digits;

/** From the figures of two cells to a place in degrees. @throws {EcoError} `map_invalid` for an unknown system. */
function placer(map: TreeMap, origin: Site['origin']): (xCell: string, yCell: string) => Point {
  if (map.crs === 'local') {
    const {longitudeDeg, latitudeDeg} = map.corner ?? origin;
    const frame = new EnuFrame({longitudeDeg, latitudeDeg, heightM: 0});
    return (xCell, yCell) =>
      frame.toGeodetic({eastM: coordinateOf(xCell), northM: coordinateOf(yCell), upM: 0});
  }
  const system = map.crs === undefined ? undefined : systemOf(map.crs);
  if (map.crs !== undefined && system === undefined) {
    throw new EcoError('map_invalid', `crs: one of ${KNOWN_SYSTEMS}, or local was expected, got ${map.crs}`);
  }
  return (xCell, yCell) => system!.toPlace([coordinateOf(xCell), coordinateOf(yCell)]);
}

/**
 * Reads rows of a sheet by a complete map, each by itself.
 * The function it gives throws {RowRejected} with what was expected and what came.
 */
export function createRowReader(
  sheet: Sheet,
  map: TreeMap,
  {
    columns,
    site,
    find,
    importDay,
    latestDay,
  }: {
    columns: Columns;
    site: Site;
    find: (names: readonly string[], family: string) => FoundSpecies | null;
    importDay: string;
    latestDay: string;
  },
): (row: SheetRow) => RowTree {
  const index = new Map(sheet.header.map((name, at) => [name, at]));
  const place = placer(map, site.origin);
  const found = new Map<string, FoundSpecies | null>();
  type Cell = (name: string | undefined) => string;

  const speciesOf = (cell: Cell): FoundSpecies => {
    const names = columns.names!.map(cell).filter((name) => name !== '');
    const coded = names.map((name) => map.species?.[name]).find((one) => one !== undefined);
    const family = coded?.family ?? cell(columns.family);
    const key = JSON.stringify([names, family]);
    let species = found.get(key);
    if (species === undefined) {
      species = find(coded ? [coded.scientificName, ...names] : names, family);
      found.set(key, species);
    }
    if (species !== null) return species;
    throw new RowRejected(
      'species_unknown',
      `a species of the site, or a Latin name of a known genus or family was expected, got ${shown(names.join(', '))}`,
    );
  };

  const diameterOf = (cell: Cell): number => {
    const isGirth = cell(columns.dbh) === '';
    const text = cell(columns.dbh) || cell(columns.girth);
    if (text === '')
      throw new RowRejected('stem_missing', 'a diameter or girth was expected, the cell is empty');
    const what = isGirth ? 'girth' : 'diameter';
    const cm = lengthCm(text, {unit: map.units!.stem!, reason: 'stem_invalid', what});
    const dbhCm = round(isGirth ? cm / Math.PI : cm, 2);
    const [least, most] = TREE_LIMITS.dbhCm;
    if (dbhCm >= least && dbhCm <= most) return dbhCm;
    throw new RowRejected(
      'stem_invalid',
      `a diameter of ${least} to ${most} cm was expected, got ${dbhCm} cm`,
    );
  };

  const heightOf = (cell: Cell, dbhCm: number): number | null => {
    const text = cell(columns.height);
    if (text === '') return null;
    const cm = lengthCm(text, {unit: map.units!.height!, reason: 'height_invalid', what: 'height'});
    const heightM = round(cm / 100, 2);
    const [least, most] = TREE_LIMITS.heightM;
    if (!(heightM >= least && heightM <= most))
      throw new RowRejected(
        'height_invalid',
        `a height of ${least} to ${most} m was expected, got ${heightM} m`,
      );
    const slender = (heightM * 100) / dbhCm;
    if (slender >= SLENDERNESS[0] && slender <= SLENDERNESS[1]) return heightM;
    throw new RowRejected(
      'height_implausible',
      `a height that goes with ${dbhCm} cm was expected, got ${heightM} m`,
    );
  };

  const ageOf = (cell: Cell): number | null => {
    const text = cell(columns.age);
    if (text === '') return null;
    const ageYr = ageYrOf(text);
    if (ageYr >= TREE_LIMITS.ageYr[0] && ageYr <= TREE_LIMITS.ageYr[1]) return ageYr;
    throw new RowRejected('age_invalid', `an age in years was expected, got ${shown(text)}`);
  };

  const measuredOn = (cell: Cell): Pick<RowTree, 'measured' | 'isDated'> => {
    const text = cell(columns.measured);
    const measured = text === '' ? (map.measured ?? importDay) : dayOf(text);
    if (measured !== null && measured <= latestDay)
      return {measured, isDated: text !== '' || map.measured !== undefined};
    throw new RowRejected(
      'date_invalid',
      `a day up to today, as 2026-03-01, was expected, got ${shown(text || map.measured!)}`,
    );
  };

  const placeOf = (cell: Cell): Point | null => {
    const [xCell, yCell] = [cell(columns.x), cell(columns.y)];
    if (xCell === '' && yCell === '') return null;
    if (xCell === '' || yCell === '')
      throw new RowRejected('position_missing', 'a place was expected, a coordinate is empty');
    const {longitudeDeg, latitudeDeg} = place(xCell, yCell);
    return {longitudeDeg: roundDeg(longitudeDeg), latitudeDeg: roundDeg(latitudeDeg)};
  };

  const originOf = (cell: Cell): TreeOrigin => {
    const text = cell(columns.origin);
    if (PLANTED.test(text)) return 'planted';
    return NATURAL.test(text) ? 'natural' : (map.origin ?? 'unknown');
  };

  return ({cells, problem}) => {
    if (problem !== undefined) throw new RowRejected('row_unreadable', problem);
    if (cells.length > sheet.header.length)
      throw new RowRejected(
        'row_unreadable',
        `${sheet.header.length} cells were expected, got ${cells.length}`,
      );
    const cell: Cell = (name) => (name === undefined ? '' : (cells[index.get(name)!] ?? '').trim());
    const status = cell(columns.status);
    if (DEAD.test(status))
      throw new RowRejected('not_alive', `a living tree was expected, its status is ${shown(status)}`);
    const species = speciesOf(cell);
    const dbhCm = diameterOf(cell);
    return {
      tag: cell(columns.tag).slice(0, LONGEST_TAG),
      species,
      dbhCm,
      heightM: heightOf(cell, dbhCm),
      ageYr: ageOf(cell),
      ...measuredOn(cell),
      origin: originOf(cell),
      place: placeOf(cell),
    };
  };
}
