import {mkdirSync} from 'node:fs';
import path from 'node:path';
import {
  DOUBLE,
  type DuckDBConnection,
  DuckDBDataChunk,
  DuckDBInstance,
  type DuckDBType,
  INTEGER,
} from '@duckdb/node-api';

/** Rows of one chunk of DuckDB. */
const CHUNK = 2048;

/**
 * DuckDB in memory, able to touch one folder and nothing else; no SQL can loosen that.
 * Source of the settings: https://duckdb.org/docs/stable/operations_manual/securing_duckdb/overview
 */
export async function openDuck(options: {
  folder: string;
  threads: number;
  memoryMb: number;
}): Promise<DuckDBInstance> {
  mkdirSync(options.folder, {recursive: true});
  const folder = `${options.folder.replaceAll("'", "''")}${path.sep}`;
  const instance = await DuckDBInstance.create(':memory:', {
    threads: String(options.threads),
    memory_limit: `${options.memoryMb}MB`,
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
  });
  const connection = await instance.connect();
  await connection.run(`SET temp_directory='${folder}.spill'`);
  // Column files never change, so what is known of them stays true.
  await connection.run('SET GLOBAL parquet_metadata_cache=true');
  // All that a query wants of a file in few large reads: else the heads of its pages come byte by byte. GLOBAL: for the
  // connections to come, and not for this one alone.
  await connection.run('SET GLOBAL prefetch_all_parquet_files=true');
  await connection.run(`SET allowed_directories=['${folder}']`);
  await connection.run('SET enable_external_access=false');
  await connection.run('SET lock_configuration=true');
  connection.closeSync();
  return instance;
}

/** A text in SQL. */
export function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

export type NumberColumn = Float64Array<ArrayBuffer> | Int32Array<ArrayBuffer>;

/**
 * Runs a query whose columns are DOUBLE or INTEGER without nulls, and gives them as typed arrays of the kinds named.
 */
export async function readColumns<K extends readonly ('f64' | 'i32')[]>(
  connection: DuckDBConnection,
  sql: string,
  kinds: K,
): Promise<{[I in keyof K]: K[I] extends 'f64' ? Float64Array<ArrayBuffer> : Int32Array<ArrayBuffer>}> {
  const result = await connection.run(sql);
  const chunks = await result.fetchAllChunks();
  let rows = 0;
  for (const chunk of chunks) rows += chunk.rowCount;
  const found = kinds.map(
    (kind): NumberColumn => (kind === 'f64' ? new Float64Array(rows) : new Int32Array(rows)),
  );
  let at = 0;
  for (const chunk of chunks) {
    const n = chunk.rowCount;
    for (let c = 0; c < found.length; c++) {
      const vector = chunk.getColumnVector(c);
      const column = found[c]!;
      // The vector's own array where it can be had: without nulls it is the values, and item by item takes ten times as long.
      const {items} = vector as unknown as {items?: unknown};
      if (items instanceof column.constructor) column.set((items as NumberColumn).subarray(0, n), at);
      else for (let i = 0; i < n; i++) column[at + i] = vector.getItem(i) as number;
    }
    at += n;
  }
  return found as never;
}

/** Appends columns to a table whose columns are DOUBLE or INTEGER; NaN goes in as it is. */
export async function appendColumns(
  connection: DuckDBConnection,
  table: string,
  columns: readonly NumberColumn[],
  rows: number,
): Promise<void> {
  const types: DuckDBType[] = columns.map((column) => (column instanceof Float64Array ? DOUBLE : INTEGER));
  const appender = await connection.createAppender(table);
  for (let from = 0; from < rows; from += CHUNK) {
    const n = Math.min(CHUNK, rows - from);
    const chunk = DuckDBDataChunk.create(types, n);
    for (let c = 0; c < columns.length; c++) {
      const vector = chunk.getColumnVector(c);
      const column = columns[c]!;
      for (let i = 0; i < n; i++) vector.setItem(i, column[from + i]!);
      vector.flush();
    }
    appender.appendDataChunk(chunk);
  }
  appender.flushSync();
  appender.closeSync();
}
