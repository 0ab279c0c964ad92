import path from 'node:path';
import type {DuckDBConnection, DuckDBInstance} from '@duckdb/node-api';
import type {VerdictCounts} from '#schemas';
import type {BitColumns, ColdSource, HeldFile, Keys, RangeOfSeries, Stretch} from './cold-source.ts';
import {appendColumns, quoted, readColumns} from './duck.ts';
import {FileVerdicts} from './file-verdicts.ts';
import {type Columns, columns} from './row-arrays.ts';
import {emptyTier, TIER_FIELDS, type TierColumns} from './tier-columns.ts';
import {TIER_IN, TIER_KINDS} from './tier-file.ts';

/*
 * Columns of a raw file, sorted by (series, ts): series INTEGER, ts BIGINT (ms), value DOUBLE (null: none), qc INTEGER,
 * delay BIGINT (arrival − ts, ms: a small number where the arrival itself would be a large one).
 */
const ROW = "ts::DOUBLE, coalesce(value, 'NaN'::DOUBLE), qc, (ts + delay)::DOUBLE";

/** Reads immutable column files by name. */
export class ColdFiles implements ColdSource {
  readonly holdsHot = false;
  readonly #folder: string;
  readonly #connections: DuckDBConnection[];
  readonly #lent = new Set<DuckDBConnection>();
  readonly #verdicts = new FileVerdicts(this);
  #interrupted = false;
  readonly #waiting: ((connection: DuckDBConnection) => void)[] = [];

  private constructor(folder: string, connections: DuckDBConnection[]) {
    this.#folder = folder;
    this.#connections = connections;
  }

  static async open(folder: string, instance: DuckDBInstance, atOnce: number): Promise<ColdFiles> {
    const connections: DuckDBConnection[] = [];
    for (let i = 0; i < atOnce; i++) connections.push(await instance.connect());
    return new ColdFiles(folder, connections);
  }

  async rows(
    files: readonly string[],
    of: RangeOfSeries & {asOfMs?: number | undefined; limit?: number | undefined},
  ): Promise<Columns> {
    if (files.length === 0) return columns(0);
    const order = of.limit === undefined ? '' : ` ORDER BY ts LIMIT ${Math.trunc(of.limit)}`;
    const known = of.asOfMs === undefined ? '' : ` AND ts + delay <= ${Math.floor(of.asOfMs)}::BIGINT`;
    const sql =
      `SELECT ${ROW} FROM ${this.list(files)} WHERE series = ${Math.trunc(of.series)} ` +
      `AND ts >= ${bigint(of.fromMs)} AND ts < ${bigint(of.toMs)}${known}${order}`;
    const [timeMs, value, qc, receivedMs] = await this.with((connection) =>
      readColumns(connection, sql, ['f64', 'f64', 'i32', 'f64'] as const),
    );
    return sortedByTime({timeMs, value, qc, receivedMs});
  }

  async rowsIn(
    files: readonly string[],
    series: number,
    stretches: readonly {fromMs: number; toMs: number}[],
  ): Promise<Columns> {
    if (files.length === 0 || stretches.length === 0) return columns(0);
    const times = stretches.map(({fromMs, toMs}) => `(ts >= ${bigint(fromMs)} AND ts < ${bigint(toMs)})`);
    const sql =
      `SELECT ${ROW} FROM ${this.list(files)} WHERE series = ${Math.trunc(series)} ` +
      `AND ts >= ${bigint(stretches[0]!.fromMs)} AND ts < ${bigint(stretches.at(-1)!.toMs)} AND (${times.join(' OR ')})`;
    const [timeMs, value, qc, receivedMs] = await this.with((connection) =>
      readColumns(connection, sql, ['f64', 'f64', 'i32', 'f64'] as const),
    );
    return sortedByTime({timeMs, value, qc, receivedMs});
  }

  async lookUp(
    file: string,
    keys: Keys,
  ): Promise<{hit: Uint8Array<ArrayBuffer>; value: Float64Array<ArrayBuffer>}> {
    const n = keys.series.length;
    const hit = new Uint8Array(n);
    const value = new Float64Array(n);
    if (n === 0) return {hit, value};
    await this.with(async (connection) => {
      await connection.run('CREATE OR REPLACE TEMP TABLE wanted(series INTEGER, ts DOUBLE, place INTEGER)');
      await appendColumns(
        connection,
        'wanted',
        [keys.series, keys.timeMs, Int32Array.from(keys.series.keys())],
        n,
      );
      const [places, values] = await readColumns(
        connection,
        `SELECT place, coalesce(value, 'NaN'::DOUBLE) FROM ${this.list([file])} raw ` +
          'JOIN wanted ON raw.series = wanted.series AND raw.ts = wanted.ts::BIGINT',
        ['i32', 'f64'] as const,
      );
      for (let i = 0; i < places.length; i++) {
        hit[places[i]!] = 1;
        value[places[i]!] = values[i]!;
      }
    });
    return {hit, value};
  }

  async quarters(files: readonly string[], {series, fromMs, toMs}: RangeOfSeries): Promise<TierColumns> {
    if (files.length === 0) return emptyTier(0);
    const sql =
      `SELECT ${TIER_IN} FROM ${this.list(files)} WHERE series = ${Math.trunc(series)} ` +
      `AND start_ms >= ${bigint(fromMs)} AND start_ms < ${bigint(toMs)}`;
    const found = await this.with((connection) => readColumns(connection, sql, TIER_KINDS));
    return sortedByStart(
      Object.fromEntries(TIER_FIELDS.map((field, i) => [field, found[i]])) as unknown as TierColumns,
    );
  }

  verdicts(files: readonly HeldFile[], edgesMs: readonly number[]): Promise<VerdictCounts> {
    return this.#verdicts.verdicts(files, edgesMs);
  }

  bitsIn(files: readonly HeldFile[], stretches: readonly Stretch[]): Promise<BitColumns> {
    return this.#verdicts.bitsIn(files, stretches);
  }

  /** `read_parquet([…])` of these files, for the FROM of a query. */
  list(files: readonly string[]): string {
    return `read_parquet([${files.map((file) => quoted(path.join(this.#folder, file))).join(',')}])`;
  }

  /** Lends a connection: each serves one query at a time. */
  async with<T>(work: (connection: DuckDBConnection) => Promise<T>): Promise<T> {
    const connection =
      this.#connections.pop() ??
      (await new Promise<DuckDBConnection>((resolve) => this.#waiting.push(resolve)));
    this.#lent.add(connection);
    try {
      if (this.#interrupted) throw new Error('the store is closing');
      return await work(connection);
    } finally {
      this.#lent.delete(connection);
      const next = this.#waiting.shift();
      if (next) next(connection);
      else this.#connections.push(connection);
    }
  }

  interrupt(): void {
    this.#interrupted = true;
    for (const connection of this.#lent) connection.interrupt();
  }

  close(): void {
    for (const connection of this.#connections.splice(0)) connection.closeSync();
  }
}

/** A time as SQL: whole ms, within what the tables can hold. */
export function bigint(timeMs: number): string {
  const whole = Math.min(Math.max(Math.ceil(timeMs), -8.64e15), 8.64e15);
  return `${whole}::BIGINT`;
}

/** Files are sorted inside; several of one month can overlap. */
export function sortedByTime(rows: Columns): Columns {
  const {timeMs} = rows;
  let ordered = true;
  for (let i = 1; i < timeMs.length && ordered; i++) ordered = timeMs[i - 1]! <= timeMs[i]!;
  if (ordered) return rows;
  const order = Uint32Array.from(timeMs.keys()).sort((a, b) => timeMs[a]! - timeMs[b]!);
  const sorted = columns(timeMs.length);
  for (let i = 0; i < order.length; i++) {
    const from = order[i]!;
    sorted.timeMs[i] = timeMs[from]!;
    sorted.value[i] = rows.value[from]!;
    sorted.qc[i] = rows.qc[from]!;
    sorted.receivedMs[i] = rows.receivedMs[from]!;
  }
  return sorted;
}

function sortedByStart(tier: TierColumns): TierColumns {
  const {startMs} = tier;
  let ordered = true;
  for (let i = 1; i < startMs.length && ordered; i++) ordered = startMs[i - 1]! <= startMs[i]!;
  if (ordered) return tier;
  const order = Uint32Array.from(startMs.keys()).sort((a, b) => startMs[a]! - startMs[b]!);
  return Object.fromEntries(
    TIER_FIELDS.map((field) => {
      const from = tier[field];
      return [field, from.map((_, i) => from[order[i]!]!)];
    }),
  ) as unknown as TierColumns;
}
