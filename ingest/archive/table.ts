import {EcoError} from '#schemas';
import {csvRecords} from '../replay/csv.ts';

/** A row of a table of the archive: cells by column, and what is wrong with one of them said with its place. */
export type TableRow = {
  line: number;
  text(column: string): string;
  /** As it stands; empty where the column is not there. */
  optional(column: string): string;
  /** Null where the cell is empty or the column is not there. */
  number(column: string, least: number, most: number): number | null;
  needed(column: string, least: number, most: number): number;
  word<T extends string>(column: string, words: readonly T[]): T;
  fail(column: string, message: string): EcoError;
  all(): Record<string, string>;
};

const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3})?$/;

async function* once(text: string): AsyncGenerator<string> {
  yield text;
}

/** Cells as a refusal shows them: whatever came, a line of it is enough. */
export function shown(cell: string): string {
  return JSON.stringify(cell.length > 60 ? `${cell.slice(0, 60)}…` : cell);
}

/**
 * Reads a table with a header, row by row.
 * @throws {EcoError} `site_invalid` with file, line, column and what was expected.
 */
export async function readTable(
  {text, where, columns}: {text: string; where: string; columns: readonly string[]},
  take: (row: TableRow) => void,
): Promise<void> {
  let index: Map<string, number> | null = null;
  let cells: string[] = [];
  let line = 0;
  const fail = (column: string, message: string) =>
    new EcoError('site_invalid', `${where}, line ${line}, column ${column}: ${message}`);
  const cellOf = (column: string) => {
    const at = index!.get(column);
    return at === undefined ? '' : cells[at]!;
  };
  const number = (column: string, least: number, most: number): number | null => {
    const cell = cellOf(column);
    if (cell === '') return null;
    const value = NUMBER.test(cell) ? Number(cell) : Number.NaN;
    if (value >= least && value <= most) return value;
    throw fail(column, `a number from ${least} to ${most} was expected, got ${shown(cell)}`);
  };
  const row: TableRow = {
    line: 0,
    text: (column) => {
      const cell = cellOf(column);
      if (cell === '') throw fail(column, 'a value was expected, the cell is empty');
      return cell;
    },
    optional: cellOf,
    number,
    needed: (column, least, most) => {
      const value = number(column, least, most);
      if (value === null)
        throw fail(column, `a number from ${least} to ${most} was expected, the cell is empty`);
      return value;
    },
    word: (column, words) => {
      const cell = cellOf(column);
      const found = words.find((word) => word === cell);
      if (found === undefined) throw fail(column, `${words.join(', ')} was expected, got ${shown(cell)}`);
      return found;
    },
    fail,
    all: () => Object.fromEntries([...index!].map(([name, at]) => [name, cells[at]!])),
  };
  for await (const record of csvRecords(once(text.startsWith('\uFEFF') ? text.slice(1) : text), ',')) {
    line = record.line;
    if (record.cells === undefined)
      throw new EcoError('site_invalid', `${where}, line ${line}: ${record.problem}`);
    if (index === null) {
      index = new Map(record.cells.map((name, at) => [name, at]));
      const lacking = columns.filter((name) => !index!.has(name));
      if (lacking.length > 0) {
        throw new EcoError(
          'site_invalid',
          `${where}, line ${line}: columns ${lacking.join(', ')} were expected, got ${shown(record.cells.join(', '))}`,
        );
      }
      continue;
    }
    cells = record.cells;
    if (cells.length !== index.size) {
      throw new EcoError(
        'site_invalid',
        `${where}, line ${line}: ${index.size} cells were expected, got ${cells.length}`,
      );
    }
    row.line = line;
    take(row);
  }
  if (index === null)
    throw new EcoError('site_invalid', `${where}: a header line was expected, the file is empty`);
}
