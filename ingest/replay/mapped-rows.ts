import {EcoError, InputError, type ReadingMap} from '#schemas';
import {applyMap, knownPaths, type Mapped} from '../map/index.ts';
import {fileTopic, type OpenFile} from './rows.ts';

/** Columns of a file as a map sees them, each once, in the file's order. */
export type Columns = {
  /** Read into elements. */
  mapped: string[];
  /** Used for time, device, depth and the like. */
  used: string[];
  /** Known to have no element; left out on purpose. */
  ignored: string[];
  /** Unknown to the map; left out. */
  unknown: string[];
  /** Columns that the map reads and the file has not. */
  absent: string[];
};

export type RejectedRow = {line: number; column?: string; code: string; message: string};

/** What went wrong, counted by code, with the first ones in full. */
export type Rejections = {
  total: number;
  byCode: Record<string, number>;
  first: RejectedRow[];
};

const MOST_SHOWN = 1000;

export function columnsOf(map: ReadingMap, header: readonly string[]): Columns {
  const mapped = new Set(map.columns.map((column) => column.path));
  const ignored = new Set(map.ignore ?? []);
  const known = knownPaths(map);
  return {
    mapped: header.filter((name) => mapped.has(name)),
    used: header.filter((name) => known.has(name) && !mapped.has(name) && !ignored.has(name)),
    ignored: header.filter((name) => ignored.has(name) && !mapped.has(name)),
    unknown: header.filter((name) => !known.has(name)),
    absent: [...mapped].filter((name) => !header.includes(name)),
  };
}

/** @throws {EcoError} `map_failed` if the map reads no column of the file or misses the one of the time. */
export function checkColumns(file: string, map: ReadingMap, header: readonly string[]): Columns {
  const columns = columnsOf(map, header);
  const has = header.join(', ');
  if (!header.includes(map.time.path)) {
    throw new EcoError(
      'map_failed',
      `${file}: map ${map.id} expects the time in column ${map.time.path}; the file has ${has}`,
    );
  }
  if (columns.mapped.length === 0) {
    throw new EcoError(
      'map_failed',
      `${file}: map ${map.id} reads ${columns.absent.join(', ')}; the file has none of them but ${has}`,
    );
  }
  return columns;
}

export function createRejections(): Rejections & {add(row: RejectedRow): void} {
  return {
    total: 0,
    byCode: {},
    first: [],
    add(row) {
      this.total++;
      this.byCode[row.code] = (this.byCode[row.code] ?? 0) + 1;
      if (this.first.length < MOST_SHOWN) this.first.push(row);
    },
  };
}

export type MappedRow = {line: number; mapped: Mapped & {timeMs: number}};

/**
 * Rows of a file through a map. Rows without a time or device are rejected with their line; a bad cell costs its value
 * only. A local time that clocks show twice is the later one where the device's rows have reached the first already.
 */
export async function* mappedRows(
  of: {file: string; map: ReadingMap; open: OpenFile},
  tell: {rejected: (row: RejectedRow) => void; row: () => void},
): AsyncGenerator<MappedRow> {
  const {file, map, open} = of;
  const topic = fileTopic(file);
  const lastMs = new Map<string, number>();
  for await (const row of open.rows) {
    tell.row();
    const {line} = row;
    if (row.cells === undefined) {
      tell.rejected({line, code: 'payload_syntax', message: row.problem});
      continue;
    }
    let mapped: Mapped;
    try {
      mapped = applyMap(map, {topic, payload: row.cells});
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      tell.rejected({line, code: error.code, message: error.message});
      continue;
    }
    for (const {path, code, message} of mapped.rejected) tell.rejected({line, column: path, code, message});
    if (mapped.timeMs === null) {
      tell.rejected({
        line,
        code: 'time_invalid',
        message: `a time was expected in column ${map.time.path}, it is empty`,
      });
      continue;
    }
    let {timeMs} = mapped;
    const beforeMs = lastMs.get(mapped.device);
    if (mapped.laterMs !== undefined && beforeMs !== undefined && beforeMs >= timeMs) timeMs = mapped.laterMs;
    lastMs.set(mapped.device, timeMs);
    yield {line, mapped: {...mapped, timeMs}};
  }
}
