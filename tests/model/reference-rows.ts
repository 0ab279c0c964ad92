import {readFileSync} from 'node:fs';
import {resolve} from 'node:path';

const FIXTURES = resolve(import.meta.dirname, '../fixtures');

/** Rows of a CSV file under tests/fixtures by column: numbers, null for an empty cell, text as it stands. */
export function referenceRows(file: string): Record<string, number | string | null>[] {
  const [head, ...lines] = readFileSync(resolve(FIXTURES, file), 'utf8').trim().split(/\r?\n/);
  const columns = head!.replaceAll('"', '').split(',');
  return lines.map((line) => {
    const cells = line.split(',');
    return Object.fromEntries(
      columns.map((column, index) => {
        const cell = cells[index]!;
        if (cell === '') return [column, null];
        return [column, Number.isNaN(Number(cell)) ? cell : Number(cell)];
      }),
    );
  });
}

/** The same where every cell is a number or empty. */
export function referenceNumbers(file: string): Record<string, number | null>[] {
  return referenceRows(file) as Record<string, number | null>[];
}

/** A JSON file under tests/fixtures. */
export function referenceJson<T>(file: string): T {
  return JSON.parse(readFileSync(resolve(FIXTURES, file), 'utf8')) as T;
}
