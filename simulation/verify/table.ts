import {EcoError} from '#schemas';

/** Rows of a file by column, as text; an empty cell is an empty text. `name` is the file's, for messages. */
export type Table = {name: string; rows: readonly Readonly<Record<string, string>>[]};

/**
 * A CSV text as a table. Cells may stand in double quotes, a quote in them doubled.
 * @throws {EcoError} `table_invalid` with the line, for a row that has more or fewer cells than the header, or an open quote.
 */
export function parseTable(text: string, name: string): Table {
  const lines = cellsOf(text.replace(/^\uFEFF/, ''), name);
  const header = lines.shift();
  if (header === undefined || header.cells.every((cell) => cell === '')) {
    throw new EcoError('table_invalid', `${name}: a header row was expected, the file is empty`);
  }
  const rows = lines.map(({cells, line}) => {
    if (cells.length !== header.cells.length) {
      throw new EcoError(
        'table_invalid',
        `${name} line ${line}: ${header.cells.length} cells were expected, got ${cells.length}`,
      );
    }
    return Object.fromEntries(header.cells.map((column, i) => [column, cells[i]!]));
  });
  return {name, rows};
}

function cellsOf(text: string, name: string): {cells: string[]; line: number}[] {
  const found: {cells: string[]; line: number}[] = [];
  for (const [i, line] of text.split(/\r?\n/).entries()) {
    if (line.trim() === '') continue;
    const cells: string[] = [];
    let at = 0;
    for (;;) {
      const quoted = line[at] === '"';
      const match = quoted ? /"((?:[^"]|"")*)"(,|$)/y : /([^,]*)(,|$)/y;
      match.lastIndex = at;
      const part = match.exec(line);
      if (part === null) {
        throw new EcoError(
          'table_invalid',
          `${name} line ${i + 1}: the quote of cell ${cells.length + 1} does not end`,
        );
      }
      cells.push(quoted ? part[1]!.replaceAll('""', '"') : part[1]!.trim());
      at = match.lastIndex;
      if (part[2] === '') break;
    }
    found.push({cells, line: i + 1});
  }
  return found;
}

/** Where a row stands, for people: lines count from 1 and the header is the first. */
export function placeOf(table: Table, index: number): string {
  return `${table.name} line ${index + 2}`;
}

/**
 * Text of a cell.
 * @throws {EcoError} `table_invalid` when the table has no such row or column.
 */
export function textAt(table: Table, index: number, column: string): string {
  const text = table.rows[index]?.[column];
  if (text !== undefined) return text;
  const has = Object.keys(table.rows[0] ?? {}).join(', ');
  throw new EcoError(
    'table_invalid',
    `${placeOf(table, index)}: no column ${column}; there are ${has || 'none'}`,
  );
}

/**
 * Number of a cell, null when it is empty.
 * @throws {EcoError} `table_invalid` for text that is no finite number.
 */
export function numberOrNullAt(table: Table, index: number, column: string): number | null {
  const text = textAt(table, index, column);
  if (text === '') return null;
  const value = Number(text);
  if (Number.isFinite(value)) return value;
  throw new EcoError(
    'table_invalid',
    `${placeOf(table, index)}: ${column} is "${text}", a number was expected`,
  );
}

/** @throws {EcoError} `table_invalid` for a cell that is empty or no number. */
export function numberAt(table: Table, index: number, column: string): number {
  const value = numberOrNullAt(table, index, column);
  if (value !== null) return value;
  throw new EcoError('table_invalid', `${placeOf(table, index)}: ${column} is empty, a number was expected`);
}

/** A column of numbers. */
export function numbersOf(table: Table, column: string): number[] {
  return table.rows.map((_, i) => numberAt(table, i, column));
}

/**
 * A list of JSON objects as a table: what lies inside an object is a column `outer.inner`.
 * @throws {EcoError} `table_invalid` unless it is a list of objects.
 */
export function tableOfJson(value: unknown, name: string): Table {
  const list = Array.isArray(value) ? value : [value];
  const columns = new Set<string>();
  const rows = list.map((item, i) => {
    if (typeof item !== 'object' || item === null) {
      throw new EcoError('table_invalid', `${name}: entry ${i + 1} is no object`);
    }
    const row: Record<string, string> = {};
    const put = (part: object, prefix: string): void => {
      for (const [key, inner] of Object.entries(part)) {
        if (typeof inner === 'object' && inner !== null && !Array.isArray(inner))
          put(inner, `${prefix}${key}.`);
        else
          row[`${prefix}${key}`] =
            inner === null ? '' : Array.isArray(inner) ? JSON.stringify(inner) : String(inner);
      }
    };
    put(item, '');
    for (const column of Object.keys(row)) columns.add(column);
    return row;
  });
  return {
    name,
    rows: rows.map((row) => Object.fromEntries([...columns].map((column) => [column, row[column] ?? '']))),
  };
}
