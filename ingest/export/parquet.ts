import {rmSync} from 'node:fs';
import path from 'node:path';
import type {DuckDBConnection, DuckDBInstance} from '@duckdb/node-api';
import {
  DEVICE_STATUSES,
  QC_CENSORED_ABOVE,
  QC_CENSORED_BELOW,
  QC_DEVICE_STATUS_SHIFT,
  QC_LATE,
  QC_TEST,
  QC_TESTS,
  QC_TIME_SOURCE_SHIFT,
  type RowColumns,
  TIME_SOURCE,
} from '#schemas';
import {appendColumns, openDuck, quoted} from '../store/embedded/duck.ts';
import {shownColumns} from './csv.ts';
import {type ExportPlan, type ExportStream, type ReadBlock, wantedStreams} from './plan.ts';

/** Rows that lie in memory at once; each such part is a file, and the parts become one at the end. */
const PART_ROWS = 500_000;
/** One file holds no more: it is made whole on this disk before it is sent. */
const MOST_ROWS = 60_000_000;
const MEMORY_MB = 128;
const OUT = '(FORMAT parquet, PARQUET_VERSION v2, COMPRESSION zstd, ROW_GROUP_SIZE 122880)';

const text = (value: string | null) => (value === null ? 'NULL' : quoted(value));
const nan = (column: string) => `nullif(${column}, 'NaN'::DOUBLE)`;
const failed = (qc: string) =>
  `concat_ws(' ', ${QC_TESTS.map((test) => `CASE WHEN ${qc} & ${QC_TEST[test]} <> 0 THEN '${test}' END`).join(', ')})`;
const oneOf = (number: string, names: readonly string[]) =>
  `CASE ${number} ${names.map((name, i) => `WHEN ${i} THEN '${name}'`).join(' ')} END`;
const instant = (ms: string) => `make_timestamp_ms(${ms}::BIGINT)::TIMESTAMPTZ`;

function rowSql(plan: ExportPlan): string {
  const both = plan.values === 'both';
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
    `${instant('received')} AS received, (came & ${QC_LATE}) <> 0 AS late`,
    `${oneOf(`(came >> ${QC_TIME_SOURCE_SHIFT}) & 3`, Object.keys(TIME_SOURCE))} AS "timeSource"`,
    `${oneOf(`((came >> ${QC_DEVICE_STATUS_SHIFT}) & 15) - 1`, DEVICE_STATUSES)} AS "deviceStatus"`,
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

/** Gathers blocks of several streams until they are worth a file. */
class Part {
  readonly place = new Int32Array(PART_ROWS);
  readonly ts = new Float64Array(PART_ROWS);
  readonly value = new Float64Array(PART_ROWS);
  readonly qc = new Int32Array(PART_ROWS);
  readonly received = new Float64Array(PART_ROWS);
  readonly came = new Int32Array(PART_ROWS);
  readonly storedValue = new Float64Array(PART_ROWS);
  readonly storedQc = new Int32Array(PART_ROWS);
  rows = 0;

  /** Takes rows from `from` on as far as there is room; gives where it ended. */
  take(plan: ExportPlan, place: number, block: RowColumns, from: number): number {
    const to = Math.min(block.timeMs.length, from + PART_ROWS - this.rows);
    const {value, qc} = shownColumns(plan, block);
    this.place.fill(place, this.rows, this.rows + to - from);
    this.ts.set(block.timeMs.subarray(from, to), this.rows);
    this.value.set(value.subarray(from, to), this.rows);
    this.qc.set(qc.subarray(from, to), this.rows);
    this.received.set(block.receivedMs.subarray(from, to), this.rows);
    this.came.set(block.qc.subarray(from, to), this.rows);
    if (block.storedValue) this.storedValue.set(block.storedValue.subarray(from, to), this.rows);
    if (block.storedQc) this.storedQc.set(block.storedQc.subarray(from, to), this.rows);
    this.rows += to - from;
    return to;
  }

  get columns() {
    return [
      ...[this.place, this.ts, this.value, this.qc, this.received, this.came],
      ...[this.storedValue, this.storedQc],
    ];
  }
}

async function writePart(
  connection: DuckDBConnection,
  plan: ExportPlan,
  part: Part,
  file: string,
): Promise<void> {
  await connection.run(
    'CREATE OR REPLACE TEMP TABLE part(place INTEGER, ts DOUBLE, value DOUBLE, qc INTEGER, received DOUBLE, ' +
      'came INTEGER, stored_value DOUBLE, stored_qc INTEGER)',
  );
  await appendColumns(connection, 'part', part.columns, part.rows);
  part.rows = 0;
  await connection.run(
    `COPY (SELECT ${rowSql(plan)} FROM part JOIN stream USING (place) ORDER BY place, ts) TO ${quoted(file)} ${OUT}`,
  );
  await connection.run('DROP TABLE part');
}

async function withDuck<T>(folder: string, work: (connection: DuckDBConnection) => Promise<T>): Promise<T> {
  const duck: DuckDBInstance = await openDuck({folder, threads: 1, memoryMb: MEMORY_MB});
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
      `COPY (SELECT * FROM read_parquet([${list}])) TO ${quoted(path.join(folder, into))} ${OUT}`,
    );
    const counted = await connection.runAndReadAll(
      `SELECT count(*)::INTEGER FROM read_parquet(${quoted(path.join(folder, into))})`,
    );
    return Number(counted.getRows()[0]![0]);
  });
}

/** Writes an export as one Parquet file into an empty folder of its own; gives its name and its rows. */
export async function parquetFile(
  plan: ExportPlan,
  read: ReadBlock,
  folder: string,
): Promise<{name: string; rows: number}> {
  const names: string[] = [];
  let rows = 0;
  await withDuck(folder, async (connection) => {
    await connection.run(
      'CREATE TEMP TABLE stream(place INTEGER, id VARCHAR, station VARCHAR, device VARCHAR, element VARCHAR, ' +
        '"depthM" DOUBLE, "heightM" DOUBLE, instance VARCHAR, statistic VARCHAR, period VARCHAR, unit VARCHAR)',
    );
    if (plan.streams.length > 0) await connection.run(`INSERT INTO stream VALUES ${streamSql(plan.streams)}`);
    const part = new Part();
    const flush = async () => {
      const name = `part-${names.length}.parquet`;
      rows += part.rows;
      if (rows > MOST_ROWS) {
        throw new Error(`expected at most ${MOST_ROWS} rows in one Parquet file: ask for less time at once`);
      }
      await writePart(connection, plan, part, path.join(folder, name));
      names.push(name);
    };
    for (const index of wantedStreams(plan)) {
      for (let block = await read(index); block !== null; block = await read(index)) {
        for (let at = 0; at < block.timeMs.length; ) {
          at = part.take(plan, index, block, at);
          if (part.rows === PART_ROWS) await flush();
        }
      }
    }
    if (part.rows > 0 || names.length === 0) await flush();
  });
  if (names.length === 1) return {name: names[0]!, rows};
  const name = 'export.parquet';
  await joinParquet(folder, names, name);
  for (const part of names) rmSync(path.join(folder, part));
  return {name, rows};
}
