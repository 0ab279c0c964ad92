import type {DuckDBConnection} from '@duckdb/node-api';
import {EcoError, QC_VERDICT_MASK, type VerdictCounts} from '#schemas';
import {type BitColumns, type HeldFile, MOST_BITS, type Stretch} from './cold-source.ts';
import {appendColumns, readColumns} from './duck.ts';
import {VerdictTally} from './verdict-tally.ts';

/** Numbers that are remembered of files counted before, all together: about 32 MB. */
const MOST_REMEMBERED = 8_000_000;

export type FileQueries = {
  /** `read_parquet([…])` of files, for the FROM of a query. */
  list(files: readonly string[]): string;
  with<T>(work: (connection: DuckDBConnection) => Promise<T>): Promise<T>;
};

/** Counts the verdicts of column files. A file never changes, so what was counted once is remembered. */
export class FileVerdicts {
  readonly #files: FileQueries;
  /** Oldest first. */
  readonly #remembered = new Map<string, VerdictCounts | BitColumns>();
  #numbers = 0;

  constructor(files: FileQueries) {
    this.#files = files;
  }

  async verdicts(files: readonly HeldFile[], edgesMs: readonly number[]): Promise<VerdictCounts> {
    const tally = new VerdictTally();
    for (const file of files) {
      // Only edges around the file's own rows count, so that another range is the same question to most files.
      let first = 0;
      while (first + 1 < edgesMs.length && edgesMs[first + 1]! <= file.t0) first++;
      let last = edgesMs.length - 1;
      while (last > first && edgesMs[last - 1]! > file.t1) last--;
      if (first >= last) continue;
      const edges = edgesMs.slice(first, last + 1);
      const counts = await this.#once(`${file.raw} ${edges.join(' ')}`, () => this.#count(file.raw, edges));
      const held = new Set(file.series.map(({series}) => series));
      for (let i = 0; i < counts.series.length; i++) {
        const series = counts.series[i]!;
        if (held.has(series)) tally.add(series, first + counts.span[i]!, counts.verdict[i]!, counts.rows[i]!);
      }
    }
    return tally.columns();
  }

  async #count(file: string, edges: readonly number[]): Promise<VerdictCounts> {
    const spans = edges.slice(1, -1).map((edge, i) => `WHEN ts < ${edge}::BIGINT THEN ${i}`);
    const span = spans.length === 0 ? '0' : `CASE ${spans.join(' ')} ELSE ${spans.length} END`;
    const sql =
      `SELECT series, (${span})::INTEGER AS span, (qc & ${QC_VERDICT_MASK})::INTEGER AS verdict, ` +
      `count(*)::INTEGER FROM ${this.#files.list([file])} ` +
      `WHERE ts >= ${edges[0]}::BIGINT AND ts < ${edges.at(-1)}::BIGINT GROUP BY ALL`;
    const [series, spanOfRow, verdict, rows] = await this.#files.with((connection) =>
      readColumns(connection, sql, ['i32', 'i32', 'i32', 'i32'] as const),
    );
    return {series, span: spanOfRow, verdict, rows};
  }

  async bitsIn(files: readonly HeldFile[], stretches: readonly Stretch[]): Promise<BitColumns> {
    const found: BitColumns[] = [];
    let rows = 0;
    for (const file of files) {
      const held = new Map(file.series.map((entry) => [entry.series, entry]));
      const own = stretches.filter(({series, fromMs, toMs}) => {
        const entry = held.get(series);
        return entry !== undefined && entry.t1 >= fromMs && entry.t0 <= toMs;
      });
      if (own.length === 0) continue;
      const key = own.map(({series, fromMs, toMs}) => `${series}:${fromMs}:${toMs}`).join(' ');
      const bits = await this.#once(`${file.raw} bits ${key}`, () => this.#bits(file.raw, own));
      rows += bits.series.length;
      requireFew(rows);
      found.push(bits);
    }
    const all: BitColumns = {
      series: new Int32Array(rows),
      timeMs: new Float64Array(rows),
      qc: new Int32Array(rows),
    };
    let at = 0;
    for (const {series, timeMs, qc} of found) {
      all.series.set(series, at);
      all.timeMs.set(timeMs, at);
      all.qc.set(qc, at);
      at += series.length;
    }
    return all;
  }

  async #bits(file: string, stretches: readonly Stretch[]): Promise<BitColumns> {
    return await this.#files.with(async (connection) => {
      await connection.run('CREATE OR REPLACE TEMP TABLE stretch(series INTEGER, t0 DOUBLE, t1 DOUBLE)');
      await appendColumns(
        connection,
        'stretch',
        [
          Int32Array.from(stretches, ({series}) => series),
          Float64Array.from(stretches, ({fromMs}) => fromMs),
          Float64Array.from(stretches, ({toMs}) => toMs),
        ],
        stretches.length,
      );
      const [series, timeMs, qc] = await readColumns(
        connection,
        `SELECT raw.series, raw.ts::DOUBLE, raw.qc FROM ${this.#files.list([file])} raw JOIN stretch ` +
          'ON raw.series = stretch.series AND raw.ts >= stretch.t0::BIGINT AND raw.ts <= stretch.t1::BIGINT ' +
          `LIMIT ${MOST_BITS + 1}`,
        ['i32', 'f64', 'i32'] as const,
      );
      requireFew(series.length);
      return {series, timeMs, qc};
    });
  }

  async #once<T extends VerdictCounts | BitColumns>(key: string, work: () => Promise<T>): Promise<T> {
    const known = this.#remembered.get(key) as T | undefined;
    const answer = known ?? (await work());
    // The last one used is the last to be forgotten.
    if (!this.#remembered.delete(key)) this.#numbers += size(answer);
    this.#remembered.set(key, answer);
    for (const [oldest, counts] of this.#remembered) {
      if (this.#numbers <= MOST_REMEMBERED) break;
      this.#remembered.delete(oldest);
      this.#numbers -= size(counts);
    }
    return answer;
  }
}

const size = (columns: VerdictCounts | BitColumns) => columns.series.length * 4;

function requireFew(rows: number): void {
  if (rows <= MOST_BITS) return;
  throw new EcoError(
    'range_too_long',
    `later verdicts cover more than ${MOST_BITS} rows of this range: ask for fewer weeks or fewer series`,
  );
}
