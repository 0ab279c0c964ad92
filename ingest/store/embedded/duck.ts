import {mkdirSync} from 'node:fs';
import path from 'node:path';
import {
  DOUBLE,
  type DuckDBConnection,
  DuckDBDataChunk,
  DuckDBInstance,
  DuckDBTableFunction,
  type DuckDBType,
  type DuckDBVector,
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
  /** Whether what is read of files stays in memory: for who reads the same again and again. */
  cacheFiles?: boolean;
  /** Whether what is known of files stays in memory (default): a file of many row groups takes tens of MB for it. */
  cacheHeads?: boolean;
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
  await connection.run(`SET GLOBAL parquet_metadata_cache=${options.cacheHeads !== false}`);
  // All that a query wants of a file in few large reads: else the heads of its pages come byte by byte. GLOBAL: for the
  // connections to come, and not for this one alone.
  await connection.run('SET GLOBAL prefetch_all_parquet_files=true');
  await connection.run(`SET GLOBAL enable_external_file_cache=${options.cacheFiles === true}`);
  // The memory of a result goes back when the result goes: else each thread keeps up to 512 MB for the next one.
  await connection.run("SET GLOBAL allocator_bulk_deallocation_flush_threshold='4MB'");
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
      fill(chunk.getColumnVector(c), columns[c]!, from, n);
    }
    appender.appendDataChunk(chunk);
  }
  appender.flushSync();
  appender.closeSync();
}

/** Puts `n` numbers from `from` on into a vector; into its own array where it can be had, as in `readColumns`. */
function fill(vector: DuckDBVector, column: NumberColumn, from: number, n: number): void {
  const {items} = vector as unknown as {items?: unknown};
  if (items instanceof column.constructor) (items as NumberColumn).set(column.subarray(from, from + n));
  else
    for (let i = 0; i < n; i++)
      (vector as {setItem(i: number, value: number): void}).setItem(i, column[from + i]!);
  vector.flush();
}

/**
 * Makes a table function, `FROM name()`, whose rows are those of the blocks that `next` gives, in their order; null: no
 * more. `next` is called on this thread while a query runs; what it throws is the error of the query.
 */
export function streamColumns(
  connection: DuckDBConnection,
  of: {
    name: string;
    columns: Readonly<Record<string, 'f64' | 'i32'>>;
    /** About how many rows come, for the planner. */
    mostRows: number;
    next: () => readonly NumberColumn[] | null;
  },
): void {
  let block: readonly NumberColumn[] = [];
  let at = 0;
  connection.registerTableFunction(
    DuckDBTableFunction.create({
      name: of.name,
      bindFunction: (info) => {
        for (const [name, kind] of Object.entries(of.columns)) {
          info.addResultColumn(name, kind === 'f64' ? DOUBLE : INTEGER);
        }
        info.setCardinality(of.mostRows, false);
      },
      initFunction: (info) => info.setMaxThreads(1),
      mainFunction: (info, output) => {
        try {
          if (at === (block[0]?.length ?? 0)) {
            block = of.next() ?? [];
            at = 0;
          }
          const n = Math.min(CHUNK, (block[0]?.length ?? 0) - at);
          output.rowCount = n;
          for (let c = 0; c < block.length; c++) fill(output.getColumnVector(c), block[c]!, at, n);
          at += n;
        } catch (error) {
          info.setError((error as Error).message);
        }
      },
    }),
  );
}
