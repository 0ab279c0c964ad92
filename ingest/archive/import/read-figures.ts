import {shown} from '../table.ts';
import {type Rejection, RowRejected} from './rejection.ts';

const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3})?$/;
const LENGTH = /^([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3})?)\s*(mm|cm|m|毫米|厘米|公分|米)?$/i;
const AGE = /^(\d+(?:\.\d+)?)\s*(?:a|yr|年)?$/i;
const TO_CM: Readonly<Record<string, number>> = {
  mm: 0.1,
  毫米: 0.1,
  cm: 1,
  厘米: 1,
  公分: 1,
  m: 100,
  米: 100,
};

/** Full-width figures and letters as plain ones. */
const plain = (cell: string) => cell.normalize('NFKC').trim();

/** Length in cm; a unit in the cell goes before the column's. @throws {RowRejected} `reason` if it is none. */
export function lengthCm(
  cell: string,
  {unit, reason, what}: {unit: 'mm' | 'cm' | 'm'; reason: Rejection; what: string},
): number {
  const found = LENGTH.exec(plain(cell));
  if (!found) throw new RowRejected(reason, `${what}: a number was expected, got ${shown(cell)}`);
  return Number(found[1]) * TO_CM[(found[2] ?? unit).toLowerCase()]!;
}

/** Years, with or without a word for them; NaN if it is none. */
export function ageYrOf(cell: string): number {
  return Number(AGE.exec(plain(cell))?.[1] ?? Number.NaN);
}

/** @throws {RowRejected} `position_invalid` */
export function coordinateOf(cell: string): number {
  const text = plain(cell);
  if (!NUMBER.test(text)) {
    throw new RowRejected('position_invalid', `a coordinate was expected, got ${shown(cell)}`);
  }
  return Number(text);
}

/** A day as people write it: 2024-5-1, 2024/05/01, 20240501, 2024年5月1日, with or without a time; null if it is none. */
export function dayOf(cell: string): string | null {
  const text = plain(cell);
  const found =
    /^(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?:[T ].*)?$/.exec(text) ??
    /^(\d{4})(\d{2})(\d{2})$/.exec(text);
  if (!found) return null;
  const [year, month, day] = [Number(found[1]), Number(found[2]), Number(found[3])];
  const date = new Date(Date.UTC(year, month - 1, day));
  if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day || year < 1800) return null;
  return date.toISOString().slice(0, 10);
}

/** A cell that a spreadsheet would take for a formula is text. */
export function safeCell(cell: string): string {
  const isFormula = /^[=@\t\r]/.test(cell) || (/^[+-]/.test(cell) && !LENGTH.test(cell));
  const safe = isFormula ? `'${cell}` : cell;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
