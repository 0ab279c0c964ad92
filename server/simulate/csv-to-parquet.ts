import {rmSync} from 'node:fs';
import {join} from 'node:path';
import {openDuck, quoted} from '#ingest';
import type {RunTable} from '#schemas';
import {type Column, TABLE_COLUMNS} from '#simulation';
import {csvName, parquetName} from './table-files.ts';

const MEMORY_MB = 256;
const TYPES: Readonly<Record<Column['kind'], string>> = {
  integer: 'BIGINT',
  number: 'DOUBLE',
  text: 'VARCHAR',
};

/** Makes a table's Parquet file of its CSV file, beside it; with the same numbers. */
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
