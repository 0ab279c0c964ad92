import type {Column, TableBlock} from './table.ts';

const END = '\r\n';
/** Characters of a piece, about. */
const PIECE = 256 * 1024;

/** A text as RFC 4180 has it; one that a spreadsheet would take for a formula has an apostrophe in front. */
function textCell(value: string): string {
  const safe = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** How a column's cells are written. */
function writerOf({kind, decimals}: Column): (value: string | number) => string {
  if (kind === 'text') return (value) => textCell(value as string);
  const power = decimals === undefined ? null : 10 ** decimals;
  return (value) => {
    if (Number.isNaN(value)) return '';
    return String(power === null ? value : Math.round((value as number) * power) / power);
  };
}

export function csvHead(columns: readonly Column[]): string {
  return columns.map(({name}) => textCell(name)).join(',') + END;
}

/** Rows of a block as CSV (RFC 4180), in pieces. */
export function* csvRows({rows, cells}: TableBlock, columns: readonly Column[]): Generator<string> {
  const writers = columns.map(writerOf);
  let piece = '';
  for (let i = 0; i < rows; i += 1) {
    for (let c = 0; c < cells.length; c += 1) {
      if (c > 0) piece += ',';
      piece += writers[c]!(cells[c]![i]!);
    }
    piece += END;
    if (piece.length >= PIECE) {
      yield piece;
      piece = '';
    }
  }
  if (piece !== '') yield piece;
}
