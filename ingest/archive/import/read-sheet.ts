import {EcoError, type TreeMap} from '#schemas';
import {csvRecords} from '../../replay/csv.ts';

/** A table as it lies in a file: what it is written in, its header and its rows. */
export type Sheet = {
  encoding: string;
  delimiter: string;
  header: string[];
  rows: SheetRow[];
};
/** `problem`: why the row could not be read at all. */
export type SheetRow = {line: number; cells: string[]; problem?: string};

/** Larger files are refused before they are read: 64 MiB are some 600,000 trees. */
export const LARGEST_INVENTORY_BYTES = 64 * 1024 * 1024;
const MOST_COLUMNS = 500;
const DELIMITERS = [',', ';', '\t'] as const;
/** GB18030 holds GBK, which holds GB 2312. */
const DECODERS: Readonly<Record<string, string>> = {
  'utf-8': 'utf-8',
  gbk: 'gb18030',
  gb2312: 'gb18030',
  gb18030: 'gb18030',
  'utf-16le': 'utf-16le',
};

function decode(bytes: Uint8Array, encoding: string): string | null {
  try {
    return new TextDecoder(DECODERS[encoding]!, {fatal: true}).decode(bytes);
  } catch {
    return null;
  }
}

/** First bytes of files that people take for CSV. */
function kindOf(bytes: Uint8Array): string | null {
  const begins = (...first: number[]) => first.every((byte, i) => bytes[i] === byte);
  if (begins(0x50, 0x4b, 0x03, 0x04)) return 'a workbook (.xlsx) or another zip file';
  if (begins(0xd0, 0xcf, 0x11, 0xe0)) return 'an old workbook (.xls)';
  if (begins(0x25, 0x50, 0x44, 0x46)) return 'a PDF';
  if (begins(0x53, 0x51, 0x4c, 0x69)) return 'a database (GeoPackage or SQLite)';
  if (begins(0x1f, 0x8b)) return 'a gzip file';
  return null;
}

function textOf(
  bytes: Uint8Array,
  file: string,
  said: TreeMap['encoding'],
): {text: string; encoding: string} {
  const kind = kindOf(bytes);
  if (kind !== null) {
    throw new EcoError(
      'inventory_invalid',
      `${file}: CSV text was expected, this is ${kind}; save the table as CSV`,
    );
  }
  const isUtf16 = bytes[0] === 0xff && bytes[1] === 0xfe;
  const tried = said ? [said] : isUtf16 ? ['utf-16le'] : ['utf-8', 'gbk'];
  for (const encoding of tried) {
    const text = decode(bytes, encoding);
    if (text === null) continue;
    if (text.includes('\0')) break;
    return {text, encoding};
  }
  throw new EcoError(
    'inventory_invalid',
    `${file}: text in ${tried.join(' or ')} was expected, the bytes are something else; the map's \`encoding\` may say another`,
  );
}

/** The delimiter that parts the first line into most cells. */
function delimiterOf(text: string): string {
  const end = text.indexOf('\n');
  const first = text.slice(0, Math.min(end < 0 ? text.length : end, 10_000));
  return DELIMITERS.map((one) => ({one, count: first.split(one).length})).sort(
    (a, b) => b.count - a.count,
  )[0]!.one;
}

async function* once(text: string): AsyncGenerator<string> {
  yield text;
}

/**
 * Reads an inventory as a table of text. Without a map's word, UTF-8 is tried before GBK.
 * @throws {EcoError} `inventory_too_large` (413), `inventory_invalid` for what is no text or has no header.
 */
export async function readSheet(
  bytes: Uint8Array,
  {file, encoding: said, delimiter: saidDelimiter}: {file: string} & Pick<TreeMap, 'encoding' | 'delimiter'>,
): Promise<Sheet> {
  if (bytes.length > LARGEST_INVENTORY_BYTES) {
    throw new EcoError(
      'inventory_too_large',
      `${file}: at most ${LARGEST_INVENTORY_BYTES / 2 ** 20} MiB were expected, got ${Math.ceil(bytes.length / 2 ** 20)}; split it into parts`,
      413,
    );
  }
  const {text, encoding} = textOf(bytes, file, said);
  const delimiter = saidDelimiter ?? delimiterOf(text);
  let header: string[] | null = null;
  const rows: SheetRow[] = [];
  for await (const record of csvRecords(once(text.startsWith('\uFEFF') ? text.slice(1) : text), delimiter)) {
    if (header === null) {
      if (record.cells === undefined)
        throw new EcoError('inventory_invalid', `${file}, line ${record.line}: ${record.problem}`);
      header = record.cells;
      continue;
    }
    if (record.cells === undefined) rows.push({line: record.line, cells: [], problem: record.problem});
    else if (record.cells.some((cell) => cell !== '')) rows.push({line: record.line, cells: record.cells});
  }
  if (header === null)
    throw new EcoError('inventory_invalid', `${file}: a header line was expected, the file is empty`);
  if (header.length > MOST_COLUMNS) {
    throw new EcoError(
      'inventory_invalid',
      `${file}: at most ${MOST_COLUMNS} columns were expected, got ${header.length}`,
    );
  }
  const twice = header.find((name, i) => name !== '' && header!.indexOf(name) !== i);
  if (twice !== undefined)
    throw new EcoError('inventory_invalid', `${file}: column ${JSON.stringify(twice)} stands there twice`);
  return {encoding, delimiter, header, rows};
}
