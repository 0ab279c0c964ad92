import {closeSync, fsyncSync, openSync, rmSync, writeSync} from 'node:fs';
import {join} from 'node:path';
import {openDuck, quoted} from '#ingest';
import type {RunTable} from '#schemas';
import {
  type Column,
  csvHead,
  csvRows,
  type RunPlan,
  type RunSink,
  TABLE_COLUMNS,
  tableSource,
} from '#simulation';

const MEMORY_MB = 256;
const TYPES: Readonly<Record<Column['kind'], string>> = {
  integer: 'BIGINT',
  number: 'DOUBLE',
  text: 'VARCHAR',
};

export const csvName = (table: RunTable) => `${table}.csv`;
export const parquetName = (table: RunTable) => `${table}.parquet`;

/** Writes tables of a member's years as CSV files into a folder; no more than the rows of a year lie in memory. */
export function tableFilesSink(
  plan: RunPlan,
  {folder, names}: {folder: string; names: readonly RunTable[]},
): Pick<RunSink, 'year'> & {close(): void} {
  const open = names.map((table) => {
    const source = tableSource(plan, table);
    const descriptor = openSync(join(folder, csvName(table)), 'w', 0o600);
    writeSync(descriptor, csvHead(source.columns));
    return {source, descriptor};
  });
  return {
    year: (year) => {
      for (const {source, descriptor} of open) {
        for (const piece of csvRows(source.block(year))) {
          const bytes = Buffer.from(piece);
          for (let at = 0; at < bytes.length; ) at += writeSync(descriptor, bytes, at);
        }
      }
    },
    close: () => {
      for (const {descriptor} of open.splice(0)) {
        fsyncSync(descriptor);
        closeSync(descriptor);
      }
    },
  };
}

/** Makes a table's Parquet file of its CSV file, beside it; the numbers are the same to the last bit. */
export async function csvToParquet(folder: string, table: RunTable): Promise<void> {
  const duck = await openDuck({folder, threads: 1, memoryMb: MEMORY_MB});
  try {
    const connection = await duck.connect();
    try {
      const columns = TABLE_COLUMNS[table].map(({name, kind}) => `${quoted(name)}: '${TYPES[kind]}'`);
      const from = `read_csv(${quoted(join(folder, csvName(table)))}, header=true, auto_detect=false, delim=',', quote='"', escape='"', nullstr='', columns={${columns.join(', ')}})`;
      await connection.run(
        `COPY (SELECT * FROM ${from}) TO ${quoted(join(folder, parquetName(table)))} (FORMAT parquet, PARQUET_VERSION v2, COMPRESSION zstd, ROW_GROUP_SIZE 122880)`,
      );
    } finally {
      connection.closeSync();
    }
  } finally {
    duck.closeSync();
    rmSync(join(folder, '.spill'), {recursive: true, force: true});
  }
}
