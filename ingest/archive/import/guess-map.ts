import type {TreeMap} from '#schemas';
import type {ReferenceSystem} from '../../geo/reference-system.ts';
import {referenceSystem} from '../../geo/reference-system.ts';
import type {Sheet} from './read-sheet.ts';

/** Something that the map did not say, as it was taken, and why. */
export type Guess = {what: string; value: string; why: string};

type Columns = NonNullable<TreeMap['columns']>;
type Field = Exclude<keyof Columns, 'names'>;

/** Headers by the beginning of their name, spaces and units taken off; the first column that fits is taken. */
const HEADERS: Readonly<Record<Field, RegExp>> = {
  tag: /^(?:tag|tree_?(?:id|no|tag|code)|stem_?tag|id$|no\.?$|编号|树号|牌号|挂牌号|树牌|树木编号|古树编号|单木编号|序号)/,
  family: /^(?:family|科$|科名|科别)/,
  x: /^(?:x$|x坐标|x_|lon|lng|经度|东坐标|横坐标|easting|east$|e$|utm_?e|gx$)/,
  y: /^(?:y$|y坐标|y_|lat|纬度|北坐标|纵坐标|northing|north$|n$|utm_?n|gy$)/,
  dbh: /^(?:dbh|bhd|胸径|d1\.?3|diameter)/,
  girth: /^(?:girth|gbh|cbh|circumference|胸围|树围|干周|围径)/,
  height: /^(?:height|tree_?height|h$|树高|高度|株高)/,
  age: /^(?:age|树龄|年龄|估测树龄)/,
  measured: /^(?:date|measured|survey_?date|调查日期|调查时间|测量日期|测定日期|日期)/,
  origin: /^(?:origin|planted|起源|来源)/,
  status: /^(?:status|alive|状态|存活|生长状态|生长势|长势)/,
};
const NAME_HEADERS = [
  /^(?:scientific_?name|latin|latin_?name|species|taxon|学名|拉丁名|拉丁学名)/,
  /^(?:chinese_?name|树种|种名|中文名|树名|名称|植物名称|植物名|vernacular)/,
] as const;
const UNITS = [
  {unit: 'mm', found: /(?:\b|_)mm\b|毫米/},
  {unit: 'cm', found: /(?:\b|_)cm\b|厘米|公分/},
  {unit: 'm', found: /[(（/_\s]m(?:[)）\s]|$)|米/},
] as const;

const plain = (header: string) =>
  header
    .normalize('NFKC')
    .toLowerCase()
    .replaceAll(/\([^)]*\)|\[[^\]]*\]/g, '')
    .replaceAll(/\s+/g, '_')
    .replaceAll(/^_+|_+$/g, '');

function unitIn(header: string): 'mm' | 'cm' | 'm' | null {
  const text = header.normalize('NFKC').toLowerCase();
  return UNITS.find(({found}) => found.test(text))?.unit ?? null;
}

function median(values: readonly number[]): number | null {
  const sorted = values.filter((value) => Number.isFinite(value)).sort((a, b) => a - b);
  return sorted.length === 0 ? null : sorted[sorted.length >> 1]!;
}

function guessColumns(header: readonly string[], said: Columns, guesses: Guess[]): Columns {
  const columns: Columns = {...said};
  const taken = new Set(Object.values(said).flat());
  const free = () => header.filter((name) => !taken.has(name));
  if (said.names === undefined) {
    const names = NAME_HEADERS.flatMap((pattern) => free().filter((name) => pattern.test(plain(name)))).slice(
      0,
      5,
    );
    if (names.length > 0) {
      columns.names = names;
      for (const name of names) taken.add(name);
      guesses.push({what: 'species', value: names.join(', '), why: 'by the header'});
    }
  }
  for (const field of Object.keys(HEADERS) as Field[]) {
    if (columns[field] !== undefined) continue;
    // a map that names the diameter does not want a girth beside it
    if (field === 'girth' && columns.dbh !== undefined) continue;
    const found = free().find((name) => HEADERS[field].test(plain(name)));
    if (found === undefined) continue;
    columns[field] = found;
    taken.add(found);
    guesses.push({what: field, value: found, why: 'by the header'});
  }
  return columns;
}

/** Figures of a column, for guesses: what is no number is left out. */
function figures(sheet: Sheet, column: string | undefined): number[] {
  const at = column === undefined ? -1 : sheet.header.indexOf(column);
  if (at < 0) return [];
  return sheet.rows
    .map(({cells}) => Number.parseFloat((cells[at] ?? '').normalize('NFKC')))
    .filter((value) => Number.isFinite(value));
}

export type Point = {longitudeDeg: number; latitudeDeg: number};
/** Where the site is, and whether trees may stand at a point of it. */
export type SiteGround = {origin: Point; isLand(point: Point): boolean};

/** So many rows are enough to tell a reference system by. */
const MOST_TRIED = 300;

/** Systems that an inventory near this place may be in, the likeliest first. */
function candidates({longitudeDeg, latitudeDeg}: Point): string[] {
  const utm = Math.floor((longitudeDeg + 180) / 6) + 1;
  const base = latitudeDeg < 0 ? 32700 : 32600;
  const middle = Math.round(longitudeDeg / 3);
  const inChina = longitudeDeg > 70 && longitudeDeg < 140 && latitudeDeg > 0;
  const gauss = inChina ? [middle, middle + 1, middle - 1].filter((zone) => zone >= 25 && zone <= 45) : [];
  return [
    4326,
    ...gauss.map((zone) => 4534 + zone - 25),
    ...gauss.map((zone) => 4513 + zone - 25),
    ...[utm, utm + 1, utm - 1].filter((zone) => zone >= 1 && zone <= 60).map((zone) => base + zone),
  ].map((epsg) => `EPSG:${epsg}`);
}

export function systemOf(crs: string): ReferenceSystem | undefined {
  return referenceSystem(Number(crs.slice('EPSG:'.length)));
}

/** NaN where the cell is empty or no figure. */
function figureOf(cell: string | undefined): number {
  return cell ? Number(cell.normalize('NFKC')) : Number.NaN;
}

/** The system and order of axes that bring most of the rows to the site. */
function guessSystem(
  sheet: Sheet,
  {x, y}: Columns,
  {origin, isLand}: SiteGround,
): {crs: string; swapped: boolean; inside: number; of: number} | null {
  const xAt = sheet.header.indexOf(x ?? '');
  const yAt = sheet.header.indexOf(y ?? '');
  if (xAt < 0 || yAt < 0) return null;
  const pairs = sheet.rows
    .map(({cells}) => [figureOf(cells[xAt]), figureOf(cells[yAt])] as const)
    .filter(([a, b]) => Number.isFinite(a) && Number.isFinite(b));
  const tried = pairs.filter((_, i) => i % Math.ceil(pairs.length / MOST_TRIED) === 0);
  let best: {crs: string; swapped: boolean; inside: number; of: number} | null = null;
  for (const crs of candidates(origin)) {
    const system = systemOf(crs)!;
    for (const swapped of [false, true]) {
      const inside = tried.filter(([a, b]) => isLand(system.toPlace(swapped ? [b, a] : [a, b]))).length;
      if (inside > 0 && (best === null || inside > best.inside))
        best = {crs, swapped, inside, of: tried.length};
    }
  }
  return best;
}

/** Medians beyond these, cm and m, are figures in a smaller unit. */
const STEM_CM = {dbh: 120, girth: 380};
const HEIGHT_M = 60;

/** The map with what it leaves out filled in from header and figures, and what was filled in. */
export function completeMap(sheet: Sheet, said: TreeMap, site: SiteGround): {map: TreeMap; guesses: Guess[]} {
  const guesses: Guess[] = [];
  const columns = guessColumns(sheet.header, said.columns ?? {}, guesses);
  const stem = columns.dbh ?? columns.girth;
  const units: NonNullable<TreeMap['units']> = {...said.units};
  if (stem !== undefined && units.stem === undefined) {
    const named = unitIn(stem);
    const half = median(figures(sheet, stem));
    const large = half !== null && half > STEM_CM[columns.dbh === undefined ? 'girth' : 'dbh'];
    units.stem = named ?? (large ? 'mm' : 'cm');
    guesses.push({
      what: 'unit of the stem',
      value: units.stem,
      why: named ? 'by the header' : `by the figures, half of them above ${half ?? 'none'}`,
    });
  }
  if (columns.height !== undefined && units.height === undefined) {
    const named = unitIn(columns.height);
    const half = median(figures(sheet, columns.height));
    units.height = named === 'm' || named === 'cm' ? named : half !== null && half > HEIGHT_M ? 'cm' : 'm';
    guesses.push({
      what: 'unit of height',
      value: units.height,
      why: named ? 'by the header' : `by the figures, half of them above ${half ?? 'none'}`,
    });
  }
  let {crs} = said;
  if (crs === undefined) {
    const found = guessSystem(sheet, columns, site);
    if (found) {
      crs = found.crs;
      if (found.swapped) {
        [columns.x, columns.y] = [columns.y!, columns.x!];
        for (const guess of guesses)
          if (guess.what === 'x' || guess.what === 'y') guess.value = columns[guess.what]!;
      }
      guesses.push({
        what: 'reference system',
        value: found.swapped ? `${crs}, ${columns.x} being the easting` : crs,
        why: `${found.inside} of ${found.of} rows that were tried come to lie on the site's land`,
      });
    }
  }
  return {map: {...said, columns, units, ...(crs === undefined ? {} : {crs})}, guesses};
}
