import {closeSync, fsyncSync, openSync, writeSync} from 'node:fs';
import {join} from 'node:path';
import type {RunTable} from '#schemas';
import {csvHead, csvRows, type RunPlan, type RunSink, tableSource} from '#simulation';

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
        for (const piece of csvRows(source.block(year), source.columns)) {
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
