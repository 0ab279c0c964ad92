import path from 'node:path';
import type {DuckDBConnection, DuckDBInstance} from '@duckdb/node-api';
import type {RowColumns} from '#schemas';
import {
  DEVICE_STATUSES,
  QC_CENSORED_ABOVE,
  QC_CENSORED_BELOW,
  QC_DEVICE_STATUS_SHIFT,
  QC_LATE,
  QC_TEST,
  QC_TESTS,
  QC_TIME_SOURCE_SHIFT,
  TIME_SOURCE,
} from '#schemas/quality';
import {type NumberColumn, openDuck, quoted, streamColumns} from '../store/embedded/duck.ts';
import {shownColumns} from './columns.ts';
import {type ExportPlan, type ExportStream, wantedStreams} from './plan.ts';

/** One file holds no more: it is made whole on this disk before it is sent. */
const MOST_ROWS = 60_000_000;
const MEMORY_MB = 64;
/** Rows of a row group: all of them are in memory, each text in full, beside the rows that are read (or not). */
const PART_GROUP_ROWS = 10_240;
const GROUP_ROWS = 40_960;
const out = (groupRows: number) =>
  `(FORMAT parquet, PARQUET_VERSION v2, COMPRESSION zstd, ROW_GROUP_SIZE ${groupRows})`;

const text = (value: string | null) => (value === null ? 'NULL' : quoted(value));
const nan = (column: string) => `nullif(${column}, 'NaN'::DOUBLE)`;
const failed = (qc: string) =>
  `concat_ws(' ', ${QC_TESTS.map((test) => `CASE WHEN ${qc} & ${QC_TEST[test]} <> 0 THEN '${test}' END`).join(', ')})`;
const oneOf = (number: string, names: readonly string[]) =>
  `CASE ${number} ${names.map((name, i) => `WHEN ${i} THEN '${name}'`).join(' ')} END`;
const instant = (ms: string) => `make_timestamp_ms(${ms}::BIGINT)::TIMESTAMPTZ`;

function rowSql(plan: ExportPlan): string {
  const both = plan.values === 'both';
  const came = plan.values === 'stored' ? 'came' : 'qc';
  return [
    'id AS datastream, station, device, element, "depthM", "heightM", instance, statistic, period, unit',
    `${instant('ts')} AS "phenomenonTime", ${nan('value')} AS result, (qc & 15)::UTINYINT AS flag`,
    `${failed('qc')} AS failed`,
    `CASE WHEN qc & ${QC_CENSORED_BELOW} <> 0 THEN '<' WHEN qc & ${QC_CENSORED_ABOVE} <> 0 THEN '>' END AS censored`,
    ...(both
      ? [
          `${nan('stored_value')} AS "storedResult", (stored_qc & 15)::UTINYINT AS "storedFlag"`,
          `${failed('stored_qc')} AS "storedFailed"`,
        ]
      : []),
    `${instant('received')} AS received, (${came} & ${QC_LATE}) <> 0 AS late`,
    `${oneOf(`(${came} >> ${QC_TIME_SOURCE_SHIFT}) & 3`, Object.keys(TIME_SOURCE))} AS "timeSource"`,
    `${oneOf(`((${came} >> ${QC_DEVICE_STATUS_SHIFT}) & 15) - 1`, DEVICE_STATUSES)} AS "deviceStatus"`,
  ].join(', ');
}

function streamSql(streams: readonly ExportStream[]): string {
  return streams
    .map((of, place) =>
      [
        `(${place}, ${quoted(of.id)}, ${quoted(of.station)}, ${text(of.device)}, ${quoted(of.element)}`,
        `${of.depthM ?? 'NULL'}, ${of.heightM ?? 'NULL'}, ${text(of.instance)}, ${quoted(of.statistic)}`,
        `${text(of.period)}, ${quoted(of.unit)})`,
      ].join(', '),
    )
    .join(', ');
}

/** What `rowSql` reads of a row beside its stream; `came` and what is stored only where it is another than `qc` and `value`. */
function columnsOf({values}: Pick<ExportPlan, 'values'>): Record<string, 'f64' | 'i32'> {
  return {
    ...{place: 'i32', ts: 'f64', received: 'f64', value: 'f64', qc: 'i32'},
    ...(values === 'stored' ? {came: 'i32'} : {}),
    ...(values === 'both' ? {stored_value: 'f64', stored_qc: 'i32'} : {}),
  };
}

/** A block of a stream as these columns. */
function numbersOf(plan: ExportPlan, place: number, block: RowColumns): NumberColumn[] {
  const {timeMs, receivedMs, qc: came, storedValue, storedQc} = block;
  const {value, qc} = shownColumns(plan, block);
  return [
    ...[new Int32Array(timeMs.length).fill(place), timeMs, receivedMs, value, qc],
    ...(plan.values === 'stored' ? [came] : []),
    ...(plan.values === 'both' ? [storedValue!, storedQc!] : []),
  ] as NumberColumn[];
}

async function withDuck<T>(folder: string, work: (connection: DuckDBConnection) => Promise<T>): Promise<T> {
  const duck: DuckDBInstance = await openDuck({folder, threads: 1, memoryMb: MEMORY_MB, cacheHeads: false});
  const connection = await duck.connect();
  try {
    await connection.run("SET TimeZone='UTC'").catch(() => {});
    return await work(connection);
  } finally {
    connection.closeSync();
    duck.closeSync();
  }
}

/** Puts Parquet files of the same columns into one, in their order; all lie in `folder`. Gives the rows. */
export async function joinParquet(folder: string, names: readonly string[], into: string): Promise<number> {
  return await withDuck(folder, async (connection) => {
    const list = names.map((name) => quoted(path.join(folder, name))).join(', ');
    await connection.run(
      `COPY (SELECT * FROM read_parquet([${list}])) TO ${quoted(path.join(folder, into))} ${out(GROUP_ROWS)}`,
    );
    const counted = await connection.runAndReadAll(
      `SELECT count(*)::INTEGER FROM read_parquet(${quoted(path.join(folder, into))})`,
    );
    return Number(counted.getRows()[0]![0]);
  });
}

/**
 * Writes an export as one Parquet file into an empty folder of its own; gives its name and its rows. Row groups go out as
 * they are full, so that one of them and one block are in memory. `read` is called from inside the query, which cannot
 * wait for a promise.
 */
export async function parquetFile(
  plan: ExportPlan,
  read: (index: number) => RowColumns | null,
  folder: string,
): Promise<{name: string; rows: number}> {
  const name = 'export.parquet';
  const wanted = wantedStreams(plan);
  let rows = 0;
  const next = (): NumberColumn[] | null => {
    for (let block: RowColumns | null; wanted.length > 0; ) {
      block = read(wanted[0]!);
      if (block === null) wanted.shift();
      else if (block.timeMs.length > 0) {
        rows += block.timeMs.length;
        if (rows > MOST_ROWS) {
          throw new Error(
            `expected at most ${MOST_ROWS} rows in one Parquet file: ask for less time at once`,
          );
        }
        return numbersOf(plan, wanted[0]!, block);
      }
    }
    return null;
  };
  await withDuck(folder, async (connection) => {
    await connection.run(
      'CREATE TEMP TABLE stream(place INTEGER, id VARCHAR, station VARCHAR, device VARCHAR, element VARCHAR, ' +
        '"depthM" DOUBLE, "heightM" DOUBLE, instance VARCHAR, statistic VARCHAR, period VARCHAR, unit VARCHAR)',
    );
    if (plan.streams.length > 0) await connection.run(`INSERT INTO stream VALUES ${streamSql(plan.streams)}`);
    streamColumns(connection, {name: 'observations', columns: columnsOf(plan), mostRows: MOST_ROWS, next});
    // The few streams are looked up, and the many rows go by them in their order.
    const sql = `SELECT ${rowSql(plan)} FROM observations() JOIN stream USING (place)`;
    await connection.run(`COPY (${sql}) TO ${quoted(path.join(folder, name))} ${out(PART_GROUP_ROWS)}`);
  });
  return {name, rows};
}
