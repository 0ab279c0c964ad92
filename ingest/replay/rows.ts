import {createReadStream} from 'node:fs';
import {stat} from 'node:fs/promises';
import {basename, extname} from 'node:path';
import {EcoError, type ReadingMap} from '#schemas';
import {csvRecords} from './csv.ts';

/** A row of a file, or why it is none; `line` is the file's own line number, the header's being 1. */
export type FileRow =
  | {line: number; cells: Record<string, string>; problem?: undefined}
  | {line: number; problem: string; cells?: undefined};

export type OpenFile = {
  /** Columns in the file's order. */
  header: string[];
  bytes: number;
  /** Bytes read so far. */
  read: () => number;
  rows: AsyncIterable<FileRow>;
};

const ENCODINGS: ReadonlyMap<string, string> = new Map([
  ['utf-8', 'utf-8'],
  ['utf8', 'utf-8'],
  // GB18030 holds GBK, which holds GB 2312.
  ['gbk', 'gb18030'],
  ['gb2312', 'gb18030'],
  ['gb18030', 'gb18030'],
]);

/** What a file has instead of a topic: its name without folder and ending. */
export function fileTopic(file: string): string {
  return basename(file, extname(file));
}

/** Text of a file in pieces; a byte order mark is taken off. */
async function* decoded(
  file: string,
  encoding: string,
  count: (bytes: number) => void,
): AsyncGenerator<string> {
  const decoder = new TextDecoder(encoding, {fatal: true});
  const decode = (chunk?: Buffer): string => {
    try {
      return chunk ? decoder.decode(chunk, {stream: true}) : decoder.decode();
    } catch {
      throw new EcoError(
        'file_encoding',
        `${file}: text in ${encoding} was expected; the map's \`encoding\` may say another`,
      );
    }
  };
  for await (const chunk of createReadStream(file)) {
    count((chunk as Buffer).length);
    yield decode(chunk as Buffer);
  }
  yield decode();
}

/**
 * Opens a CSV file for reading row by row, in memory that does not grow with it.
 * @throws {EcoError} `file_unknown`, `file_encoding`, `file_invalid` (no header, two columns of one name).
 */
export async function openRows(
  file: string,
  map: Pick<ReadingMap, 'encoding' | 'delimiter'>,
): Promise<OpenFile> {
  const encoding = ENCODINGS.get((map.encoding ?? 'utf-8').toLowerCase());
  if (encoding === undefined) {
    throw new EcoError('map_invalid', `encoding: utf-8, gbk or gb18030 was expected, got ${map.encoding}`);
  }
  let bytes: number;
  try {
    const found = await stat(file);
    if (!found.isFile()) throw new Error('it is no file');
    bytes = found.size;
  } catch (error) {
    throw new EcoError('file_unknown', `${file} cannot be read: ${(error as Error).message}`, 404);
  }

  let read = 0;
  const chunks = decoded(file, encoding, (count) => {
    read += count;
  });
  const records = csvRecords(chunks, map.delimiter ?? ',');
  const refuse = async (message: string): Promise<never> => {
    await records.return(undefined);
    throw new EcoError('file_invalid', `${file}: ${message}`);
  };
  const first = await records.next();
  if (first.done) return await refuse("a header with the columns' names was expected, the file is empty");
  const header = first.value.cells;
  if (header === undefined) return await refuse(`line ${first.value.line}: ${first.value.problem}`);
  const twice = header.find((name, index) => name !== '' && header.indexOf(name) !== index);
  if (twice !== undefined) {
    return await refuse(`each column needs a name of its own, ${twice} stands there twice`);
  }

  async function* rows(names: readonly string[]): AsyncGenerator<FileRow> {
    for await (const record of records) {
      const {line, cells} = record;
      if (cells === undefined) {
        yield record;
      } else if (cells.length !== names.length) {
        yield {line, problem: `${names.length} cells were expected, got ${cells.length}`};
      } else {
        // No prototype: a column may have any name.
        const row = Object.create(null) as Record<string, string>;
        for (let column = 0; column < names.length; column++) {
          if (names[column] !== '') row[names[column]!] = cells[column]!;
        }
        yield {line, cells: row};
      }
    }
  }
  return {header, bytes, read: () => read, rows: rows(header)};
}
