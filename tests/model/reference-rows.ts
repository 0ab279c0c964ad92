import {readFileSync} from 'node:fs';
import {resolve} from 'node:path';

const FIXTURES = resolve(import.meta.dirname, '../fixtures');

/** Rows of a CSV file under tests/fixtures by column, each cell as it stands. */
export function referenceText(file: string): Record<string, string>[] {
  const [head, ...lines] = readFileSync(resolve(FIXTURES, file), 'utf8').trim().split(/\r?\n/);
  const columns = head!.replaceAll('"', '').split(',');
  return lines.map((line) => {
    const cells = line.split(',');
    return Object.fromEntries(columns.map((column, index) => [column, cells[index]!]));
  });
}

/** The same with numbers, null for an empty cell, and text where it is no number. */
export function referenceRows(file: string): Record<string, number | string | null>[] {
  const value = (cell: string) => (cell === '' ? null : Number.isNaN(Number(cell)) ? cell : Number(cell));
  return referenceText(file).map((row) =>
    Object.fromEntries(Object.entries(row).map(([column, cell]) => [column, value(cell)])),
  );
}

/** The same where every cell is a number or empty. */
export function referenceNumbers(file: string): Record<string, number | null>[] {
  return referenceRows(file) as Record<string, number | null>[];
}

/** A JSON file under tests/fixtures. */
export function referenceJson<T>(file: string): T {
  return JSON.parse(readFileSync(resolve(FIXTURES, file), 'utf8')) as T;
}
