import {
  InputError,
  MOLAR_MASS_G_PER_MOL,
  MOLAR_VOLUME_L_PER_MOL,
  UNIT_CODES,
  UNIT_ROW_ELEMENTS,
  UNIT_ROWS,
  type UnitRowId,
} from '#schemas';
import {UNIT_SPELLINGS} from './unit-spellings.ts';

/** What a conversion must know of an element: its id (some rows hold for some elements only) and its unit. */
export type UnitTarget = {
  readonly id: string;
  readonly unit: string;
  /** Of a site's own element: its whole table (ElementType). */
  readonly conversions?: readonly (readonly [code: string, factor: number, offset: number])[] | undefined;
};

/** `value_target = value * factor + offset`. Differences and standard deviations take the factor alone. */
export type UnitConversion = {
  /** The UCUM code that the given spelling stands for. */
  readonly code: string;
  readonly factor: number;
  readonly offset: number;
  /** What a reader of the observation should know of it; null: nothing. */
  readonly note: string | null;
};

const SUPERSCRIPTS: Readonly<Record<string, string>> = {'⁻': '-', '¹': '1', '²': '2', '³': '3'};
const KNOWN_CODES: ReadonlySet<string> = new Set(UNIT_CODES);
const CODE_BY_SPELLING: ReadonlyMap<string, string> = new Map(
  Object.entries(UNIT_SPELLINGS).flatMap(([code, spellings]) =>
    spellings.map((s) => [plain(s), code] as const),
  ),
);
const ROWS = Object.entries(UNIT_ROWS) as unknown as readonly [
  UnitRowId,
  readonly (readonly [code: string, factor: number, offset: number])[],
][];
const MOLAR_MASS: ReadonlyMap<string, number> = new Map(Object.entries(MOLAR_MASS_G_PER_MOL));

/** Conversions already looked up: bounded by known spellings × elements, since unknown units throw before. */
const conversions = new Map<string, UnitConversion>();

/** One way of writing micro signs, dots between factors, superscripts and outer spaces. */
function plain(text: string): string {
  return text
    .trim()
    .replace(/[\u00b5\u03bc]/g, 'u')
    .replace(/[\u00b7\u22c5]/g, '.')
    .replace(/[⁻¹²³]/g, (sign) => SUPERSCRIPTS[sign]!);
}

/**
 * The UCUM code of a unit as a device wrote it (`°C` → `Cel`).
 * @throws {InputError} `unit_unknown` for what stands neither in the closed table nor among the known spellings.
 */
export function unitCode(text: string): string {
  if (KNOWN_CODES.has(text)) return text;
  const spelt = plain(text);
  const code = KNOWN_CODES.has(spelt) ? spelt : CODE_BY_SPELLING.get(spelt);
  if (code === undefined) {
    throw new InputError('unit_unknown', `unit ${JSON.stringify(text)} is not one of the known units`);
  }
  return code;
}

/** Within one row of the closed table, else null. */
function withinRow(from: string, element: UnitTarget): {factor: number; offset: number} | null {
  for (const [row, units] of ROWS) {
    const only = UNIT_ROW_ELEMENTS[row];
    if (only && !only.includes(element.id)) continue;
    const source = units.find(([code]) => code === from);
    const target = units.find(([code]) => code === element.unit);
    if (source && target) {
      return {factor: source[1] / target[1], offset: (source[2] - target[2]) / target[1]};
    }
  }
  return null;
}

/** Mixing ratio of a gas to its mass concentration at 298.15 K and 1013.25 hPa, else null. */
function fromMixingRatio(from: string, element: UnitTarget): {factor: number; offset: number} | null {
  const gPerMol = MOLAR_MASS.get(element.id);
  if (gPerMol === undefined || (from !== '[ppb]' && from !== '[ppm]')) return null;
  const ugPerM3 = (gPerMol / MOLAR_VOLUME_L_PER_MOL) * (from === '[ppm]' ? 1000 : 1);
  if (element.unit === 'ug/m3') return {factor: ugPerM3, offset: 0};
  if (element.unit === 'mg/m3') return {factor: ugPerM3 / 1000, offset: 0};
  return null;
}

/** A unit as given, as the code that it stands for among these; undefined: none of them. */
function codeAmong(given: string, codes: readonly string[]): string | undefined {
  const spelt = plain(given);
  const said = [given, spelt, CODE_BY_SPELLING.get(spelt)];
  return codes.find((code) => said.includes(code));
}

/** A site's own element converts by its own list alone; the closed table has nothing to say of it. */
function ownConversion(given: string, element: UnitTarget, list: NonNullable<UnitTarget['conversions']>) {
  const code = codeAmong(given, [element.unit, ...list.map(([listed]) => listed)]);
  if (code === element.unit) return {code, factor: 1, offset: 0, note: null};
  const found = list.find(([listed]) => listed === code);
  if (found) return {code: found[0], factor: found[1], offset: found[2], note: `from ${found[0]}`};
  const takes = [element.unit, ...list.map(([listed]) => listed)].join(', ');
  throw new InputError(
    'unit_unconvertible',
    `${element.id} is kept in ${element.unit} and takes ${takes}; got ${JSON.stringify(given)}`,
  );
}

/**
 * The conversion from a unit as given to the element's unit.
 * @throws {InputError} `unit_unknown`; `unit_unconvertible` for a known unit of another quantity.
 */
export function unitConversion(fromUnit: string, element: UnitTarget): UnitConversion {
  if (element.conversions !== undefined) return ownConversion(fromUnit, element, element.conversions);
  const key = `${element.id} ${element.unit} ${fromUnit}`;
  const known = conversions.get(key);
  if (known) return known;
  const code = unitCode(fromUnit);
  let found: UnitConversion;
  if (code === element.unit) {
    found = {code, factor: 1, offset: 0, note: null};
  } else {
    const line = withinRow(code, element);
    const gas = line ? null : fromMixingRatio(code, element);
    if (!line && !gas) {
      throw new InputError(
        'unit_unconvertible',
        `${element.id} is kept in ${element.unit}; ${JSON.stringify(fromUnit)} (${code}) does not convert to it`,
      );
    }
    let note: string | null = null;
    if (code === '{FNU}' || element.unit === '{FNU}') note = `${code} counted as ${element.unit} 1:1`;
    else if (gas) note = `${code} as ${element.unit} at 298.15 K, 1013.25 hPa`;
    else note = `from ${code}`;
    found = {code, ...(line ?? gas)!, note};
  }
  conversions.set(key, found);
  return found;
}

/** Decimal places kept where an offset is added (temperatures): far below any sensor, above the binary noise. */
const OFFSET_DECIMALS = 9;

/**
 * A value by a conversion, without the binary noise of its factor: 21.5 % is 0.215, 72.5 °F is 22.5 °C. Identity leaves
 * the value as it is; a product is rounded to 12 significant digits, a sum with an offset to 9 decimals. -0 becomes 0.
 * `difference`: the value is a difference or standard deviation, so that no offset belongs to it.
 */
export function applyConversion(value: number, conversion: UnitConversion, difference = false): number {
  const {factor, offset} = conversion;
  if (factor === 1 && (offset === 0 || difference)) return value + 0;
  if (offset === 0 || difference) return Number((value * factor).toPrecision(12)) + 0;
  const sum = value * factor + offset;
  return (Math.abs(sum) < 1e6 ? Number(sum.toFixed(OFFSET_DECIMALS)) : Number(sum.toPrecision(12))) + 0;
}

/**
 * A value in the element's unit. Units convert only inside one row of the closed table, so `%` never becomes `{NTU}` and
 * °C is never added to K.
 * @throws {InputError} `unit_unknown` or `unit_unconvertible`.
 */
export function convertUnit(value: number, fromUnit: string, element: UnitTarget): number {
  return applyConversion(value, unitConversion(fromUnit, element));
}
