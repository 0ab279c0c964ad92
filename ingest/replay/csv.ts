/** A record of a CSV text, or why it is none; `line` is where it begins, the first line being 1. */
export type CsvRecord =
  | {line: number; cells: string[]; problem?: undefined}
  | {line: number; problem: string; cells?: undefined};

/** No record is longer: beyond it a quote was not closed. */
const LONGEST_RECORD_CHARACTERS = 65_536;
const QUOTE = '"';

type Parsed =
  | {cells: string[]; next: number; lines: number}
  | {problem: string}
  /** The text ends within the record. */
  | 'open';

/** Parses a record with quotes that begins at `start`. `next` is after its line break. */
function parseQuoted(text: string, start: number, delimiter: string, atEnd: boolean): Parsed {
  const cells: string[] = [];
  let at = start;
  let lines = 1;
  for (;;) {
    while (text[at] === ' ') at++;
    let cell: string;
    if (text[at] === QUOTE) {
      cell = '';
      at++;
      for (;;) {
        const close = text.indexOf(QUOTE, at);
        if (close < 0) return atEnd ? {problem: 'a quote is not closed'} : 'open';
        cell += text.slice(at, close);
        at = close + 1;
        if (text[at] !== QUOTE) break;
        cell += QUOTE;
        at++;
      }
      for (let line = cell.indexOf('\n'); line >= 0; line = cell.indexOf('\n', line + 1)) lines++;
      while (text[at] === ' ') at++;
    } else {
      const from = at;
      while (at < text.length && text[at] !== delimiter && text[at] !== '\n') at++;
      cell = text.slice(from, at).trim();
    }
    cells.push(cell);
    if (at >= text.length) return atEnd ? {cells, next: at, lines} : 'open';
    if (text[at] === '\r' && (text[at + 1] === '\n' || at + 1 === text.length)) {
      if (at + 1 === text.length && !atEnd) return 'open';
      at++;
    }
    if (at >= text.length || text[at] === '\n') return {cells, next: at + 1, lines};
    if (text[at] !== delimiter) return {problem: `text after a closing quote in cell ${cells.length}`};
    at++;
  }
}

/**
 * Records of a CSV text (RFC 4180: quotes doubled within quotes, line breaks within quotes), cells without spaces around
 * them. Empty lines are left out. A record whose quotes are wrong is told with its line, and reading goes on at the line
 * after it: one stray quote costs no more than its own row.
 */
export async function* csvRecords(
  chunks: AsyncIterable<string>,
  delimiter: string,
): AsyncGenerator<CsvRecord> {
  let text = '';
  let at = 0;
  let line = 1;
  const source = chunks[Symbol.asyncIterator]();
  let atEnd = false;
  /** Where the next quote stands, looked for once; -1: none in the text so far. Null: not looked for. */
  let quoteAt: number | null = null;
  const more = async (): Promise<void> => {
    const next = await source.next();
    text = text.slice(at);
    at = 0;
    quoteAt = null;
    if (next.done) atEnd = true;
    else text += next.value;
  };
  try {
    await more();
    for (;;) {
      let end = text.indexOf('\n', at);
      if (end < 0 && !atEnd) {
        if (text.length - at > LONGEST_RECORD_CHARACTERS) {
          // A line without an end: what has come of it is passed over in one piece.
          yield {line, problem: `a row of at most ${LONGEST_RECORD_CHARACTERS} characters was expected`};
          do {
            at = text.length;
            await more();
            end = text.indexOf('\n', at);
          } while (end < 0 && !atEnd);
          if (end < 0) return;
          at = end + 1;
          line++;
          continue;
        }
        await more();
        continue;
      }
      if (end < 0) end = text.length;
      if (at >= text.length) return;
      if (quoteAt === null || (quoteAt >= 0 && quoteAt < at)) quoteAt = text.indexOf(QUOTE, at);
      if (quoteAt < 0 || quoteAt >= end) {
        const row = text.slice(at, end);
        if (row.trim() !== '') yield {line, cells: row.split(delimiter).map((cell) => cell.trim())};
        at = end + 1;
        line++;
        continue;
      }
      const parsed = parseQuoted(text, at, delimiter, atEnd || text.length - at > LONGEST_RECORD_CHARACTERS);
      if (parsed === 'open') {
        await more();
      } else if ('problem' in parsed) {
        yield {line, problem: parsed.problem};
        at = end + 1;
        line++;
      } else {
        yield {line, cells: parsed.cells};
        at = parsed.next;
        line += parsed.lines;
      }
    }
  } finally {
    await source.return?.();
  }
}
