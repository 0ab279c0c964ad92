import {randomBytes} from 'node:crypto';
import {renameSync, rmSync, statSync} from 'node:fs';
import path from 'node:path';
import type {DuckDBConnection} from '@duckdb/node-api';
import {hasCensored} from '#model';
import type {Revision, RollUp} from '#schemas';
import {appendColumns, type NumberColumn, quoted} from './duck.ts';
import {syncPath} from './durable-file.ts';
import type {SegmentRecord} from './protocol.ts';
import {revise} from './revise.ts';
import {type Columns, columns, type RowArrays} from './row-arrays.ts';
import {
  LEAST_ROWS_A_QUARTER,
  TIER_COUNTS,
  TIER_FIELDS,
  type TierColumns,
  tierColumns,
} from './tier-columns.ts';
import {TIER_OUT, TIER_SQL} from './tier-file.ts';

/** Rows of a Parquet row group: few enough that a series' own are most of what is read, and few groups to look through. */
const RAW_GROUP = 61_440;
const TIER_GROUP = 24_576;
const parquet = (rowGroup: number) =>
  `(FORMAT parquet, PARQUET_VERSION v2, COMPRESSION zstd, COMPRESSION_LEVEL 6, ROW_GROUP_SIZE ${rowGroup})`;

/** Rows that are put before they leave memory. */
const ASIDE_ROWS = 122_880;
const INCOMING =
  "SELECT series, ts::BIGINT ts, nullif(value, 'NaN'::DOUBLE) AS value, qc, (received - ts)::BIGINT delay FROM incoming";

export type Source = {raw: string; purged: readonly number[]};

export type SegmentPlan = {
  month: string;
  /** Rows to be added to those of the sources, sorted as they like; `put`: those that were put before, in their order. */
  incoming: {rows: RowArrays; count: number} | 'put' | null;
  sources: readonly Source[];
  /** Rows that must come out of it: what is not so is a fault, and nothing is replaced. */
  expected: number;
  revisionSeq: number;
  revisionsOf: (series: number) => readonly Revision[];
  kindOf: (series: number) => RollUp | null;
};

/** Writes column files that are complete on disk under their final name when the promise resolves. */
export class SegmentBuilder {
  readonly #folder: string;
  readonly #connection: DuckDBConnection;
  /** A second one: a result that is streamed ends when its connection does anything else. */
  readonly #tierConnection: DuckDBConnection;
  #aborted = false;
  /** Key of the last row that was put. */
  #last = {series: Number.NEGATIVE_INFINITY, timeMs: Number.NEGATIVE_INFINITY};
  /** Rows that were put and are in memory, and files with those before them. */
  #waiting = 0;
  readonly #aside: string[] = [];
  /** Names of this pass's files, until it is known that they are wanted. */
  #made: string[] = [];

  constructor(folder: string, connection: DuckDBConnection, tierConnection: DuckDBConnection) {
    this.#folder = folder;
    this.#connection = connection;
    this.#tierConnection = tierConnection;
  }

  /** Ends a build under way with an error. */
  abort(): void {
    this.#aborted = true;
    this.#connection.interrupt();
    this.#tierConnection.interrupt();
  }

  #goOn(): void {
    if (this.#aborted) throw new Error('compaction was stopped');
  }

  /** Deletes what was made since the last call: a pass that failed must not fill the disk. */
  discard(): void {
    this.#dropAside();
    for (const file of this.#made) {
      rmSync(path.join(this.#folder, file), {force: true});
      rmSync(path.join(this.#folder, `.tmp-${file}`), {force: true});
    }
    this.#made = [];
  }

  /** What was made since the last call is wanted. */
  keep(): void {
    this.#made = [];
  }

  /** Makes room for rows that are put before a build. */
  async expect(): Promise<void> {
    this.#last = {series: Number.NEGATIVE_INFINITY, timeMs: Number.NEGATIVE_INFINITY};
    this.#dropAside();
    await this.#newTable();
  }

  /** Takes rows of one series in; all that are put lie in the order of series and time. */
  async put(series: number, {timeMs, value, qc, receivedMs}: Columns): Promise<void> {
    let {timeMs: last} = series === this.#last.series ? this.#last : {timeMs: Number.NEGATIVE_INFINITY};
    if (series < this.#last.series) throw new Error(`series ${series} was put after ${this.#last.series}`);
    for (const time of timeMs) {
      if (time <= last) throw new Error(`series ${series}: time ${time} was put after ${last}`);
      last = time;
    }
    this.#last = {series, timeMs: last};
    const n = timeMs.length;
    await this.#append([new Int32Array(n).fill(series), timeMs, value, qc, receivedMs], n);
    this.#waiting += n;
    if (this.#waiting >= ASIDE_ROWS) await this.#setAside();
  }

  /** What was put and is still in memory goes to a file of its own. */
  async #setAside(): Promise<void> {
    if (this.#waiting === 0) return;
    const file = `.tmp-aside-${randomBytes(4).toString('hex')}.parquet`;
    this.#aside.push(file);
    await this.#connection.run(
      `COPY (${INCOMING}) TO ${quoted(path.join(this.#folder, file))} (FORMAT parquet)`,
    );
    await this.#newTable();
  }

  #dropAside(): void {
    for (const file of this.#aside.splice(0)) rmSync(path.join(this.#folder, file), {force: true});
  }

  async #newTable(): Promise<void> {
    this.#waiting = 0;
    await this.#connection.run(
      'CREATE OR REPLACE TEMP TABLE incoming(series INTEGER, ts DOUBLE, value DOUBLE, qc INTEGER, received DOUBLE)',
    );
  }

  async #append(of: readonly NumberColumn[], rows: number): Promise<void> {
    this.#goOn();
    await appendColumns(this.#connection, 'incoming', of, rows);
  }

  async build(plan: SegmentPlan): Promise<SegmentRecord> {
    const name = `${plan.month}-${randomBytes(4).toString('hex')}.parquet`;
    const raw = `raw-${name}`;
    this.#made.push(raw, `tier-${name}`);
    this.#goOn();
    await this.#writeRaw(plan, raw);
    const summary = await this.#summarise(plan, raw);
    if (summary.n !== plan.expected) {
      throw new Error(`${raw} holds ${summary.n} rows, expected ${plan.expected}`);
    }
    let bytes = this.#finish(raw);
    let tier: string | null = null;
    this.#goOn();
    if (summary.tierRows > 0) {
      tier = `tier-${name}`;
      await this.#tierConnection.run(
        `COPY (SELECT ${TIER_OUT} FROM tier) TO ${this.#temporary(tier)} ${parquet(TIER_GROUP)}`,
      );
      bytes += this.#finish(tier);
    }
    await this.#tierConnection.run('DROP TABLE IF EXISTS tier');
    syncPath(this.#folder);
    return {
      month: plan.month,
      raw,
      tier,
      bytes,
      revisionSeq: plan.revisionSeq,
      ...summary.series,
      ...bounds(summary),
    };
  }

  async #writeRaw(plan: SegmentPlan, raw: string): Promise<void> {
    const parts = plan.sources.map(({raw: file, purged}) => {
      const without = purged.length > 0 ? ` WHERE series NOT IN (${purged.map(Math.trunc).join(',')})` : '';
      return `SELECT series, ts, value, qc, delay FROM read_parquet(${quoted(path.join(this.#folder, file))})${without}`;
    });
    if (plan.incoming !== null) {
      if (plan.incoming === 'put') {
        await this.#setAside();
        const files = this.#aside.map((file) => quoted(path.join(this.#folder, file))).join(', ');
        parts.push(`SELECT * FROM read_parquet([${files}])`);
      } else {
        const {series, timeMs, value, qc, receivedMs} = plan.incoming.rows;
        await this.expect();
        await this.#append([series, timeMs, value, qc, receivedMs], plan.incoming.count);
        parts.push(INCOMING);
      }
    }
    // One thread keeps the order of what was put.
    const order = plan.incoming === 'put' && parts.length === 1 ? '' : ' ORDER BY series, ts';
    await this.#connection.run(
      `COPY (${parts.join(' UNION ALL ')}${order}) TO ${this.#temporary(raw)} ${parquet(RAW_GROUP)}`,
    );
    await this.#connection.run('DROP TABLE IF EXISTS incoming');
    this.#dropAside();
  }

  /** Reads the new file back, series by series: what it holds, and its quarter hours into table `tier`. */
  async #summarise(plan: SegmentPlan, raw: string): Promise<Summary> {
    await this.#tierConnection.run(`CREATE OR REPLACE TABLE tier(series INTEGER, ${TIER_SQL})`);
    const summary: Summary = {n: 0, tierRows: 0, list: [], series: emptySeries()};
    const tiers = new TierTable(this.#tierConnection);
    const run = new SeriesRun(async (series, rows) => {
      const n = rows.timeMs.length;
      const t0 = rows.timeMs[0]!;
      const t1 = rows.timeMs[n - 1]!;
      let kind = plan.kindOf(series);
      // Quarter hours know no limits: a series that holds one, before or after its revisions, is read row by row.
      const limits = hasCensored(rows.qc);
      revise(rows, plan.revisionsOf(series));
      if (limits || hasCensored(rows.qc)) kind = null;
      if (kind) {
        const tier = tierColumns(rows, kind);
        if (n < tier.startMs.length * LEAST_ROWS_A_QUARTER) kind = null;
        else await tiers.add(series, tier);
      }
      summary.n += n;
      summary.list.push({series, t0, t1, n, kind});
    });
    const result = await this.#connection.stream(
      "SELECT series, ts::DOUBLE, coalesce(value, 'NaN'::DOUBLE), qc FROM " +
        `read_parquet(${this.#temporary(raw)})`,
    );
    for (
      let chunk = await result.fetchChunk();
      chunk && chunk.rowCount > 0;
      chunk = await result.fetchChunk()
    ) {
      const [series, timeMs, value, qc] = [0, 1, 2, 3].map((c) => chunk!.getColumnVector(c));
      for (let i = 0; i < chunk.rowCount; i++) {
        run.push(
          series!.getItem(i) as number,
          timeMs!.getItem(i) as number,
          value!.getItem(i) as number,
          qc!.getItem(i) as number,
        );
      }
      await run.settle();
      this.#goOn();
    }
    run.end();
    await run.settle();
    summary.tierRows = await tiers.flush();
    summary.series = seriesColumns(summary.list);
    return summary;
  }

  #temporary(file: string): string {
    return quoted(path.join(this.#folder, `.tmp-${file}`));
  }

  /** The file on disk under its name; its size. */
  #finish(file: string): number {
    const temporary = path.join(this.#folder, `.tmp-${file}`);
    syncPath(temporary);
    const {size} = statSync(temporary);
    renameSync(temporary, path.join(this.#folder, file));
    return size;
  }
}

type SeriesEntry = {series: number; t0: number; t1: number; n: number; kind: RollUp | null};
type Summary = {
  n: number;
  tierRows: number;
  list: SeriesEntry[];
  series: Pick<SegmentRecord, 'series' | 'seriesT0' | 'seriesT1' | 'seriesN' | 'seriesTierKind'>;
};

function emptySeries(): Summary['series'] {
  return seriesColumns([]);
}

function seriesColumns(list: readonly SeriesEntry[]): Summary['series'] {
  return {
    series: Int32Array.from(list, (entry) => entry.series),
    seriesT0: Float64Array.from(list, (entry) => entry.t0),
    seriesT1: Float64Array.from(list, (entry) => entry.t1),
    seriesN: Int32Array.from(list, (entry) => entry.n),
    seriesTierKind: list.map((entry) => entry.kind),
  };
}

function bounds(summary: Summary): {t0: number; t1: number; n: number} {
  let t0 = Number.POSITIVE_INFINITY;
  let t1 = Number.NEGATIVE_INFINITY;
  for (const entry of summary.list) {
    t0 = Math.min(t0, entry.t0);
    t1 = Math.max(t1, entry.t1);
  }
  return {t0, t1, n: summary.n};
}

/** Gathers the rows of one series after the other from a file sorted by series. */
class SeriesRun {
  readonly #finished: (series: number, rows: ReturnType<typeof columns>) => Promise<void>;
  #rows = columns(65_536);
  #count = 0;
  #series = Number.NaN;
  #complete: {series: number; rows: ReturnType<typeof columns>}[] = [];

  constructor(finished: (series: number, rows: ReturnType<typeof columns>) => Promise<void>) {
    this.#finished = finished;
  }

  push(series: number, timeMs: number, value: number, qc: number): void {
    if (series !== this.#series) {
      this.end();
      this.#series = series;
    }
    if (this.#count === this.#rows.timeMs.length) this.#grow();
    const at = this.#count++;
    this.#rows.timeMs[at] = timeMs;
    this.#rows.value[at] = value;
    this.#rows.qc[at] = qc;
  }

  end(): void {
    if (this.#count === 0) return;
    const {timeMs, value, qc} = this.#rows;
    const n = this.#count;
    this.#complete.push({
      series: this.#series,
      rows: {
        timeMs: timeMs.slice(0, n),
        value: value.slice(0, n),
        qc: qc.slice(0, n),
        receivedMs: new Float64Array(0),
      },
    });
    this.#count = 0;
  }

  async settle(): Promise<void> {
    for (const {series, rows} of this.#complete.splice(0)) await this.#finished(series, rows);
  }

  #grow(): void {
    const wide = columns(this.#rows.timeMs.length * 2);
    wide.timeMs.set(this.#rows.timeMs);
    wide.value.set(this.#rows.value);
    wide.qc.set(this.#rows.qc);
    this.#rows = wide;
  }
}

/** Puts quarter hours into table `tier`, many series at a time. */
class TierTable {
  readonly #connection: DuckDBConnection;
  #waiting: {series: number; tier: TierColumns}[] = [];
  #rows = 0;
  #total = 0;

  constructor(connection: DuckDBConnection) {
    this.#connection = connection;
  }

  async add(series: number, tier: TierColumns): Promise<void> {
    this.#waiting.push({series, tier});
    this.#rows += tier.startMs.length;
    if (this.#rows > 100_000) await this.flush();
  }

  /** Rows put in so far. */
  async flush(): Promise<number> {
    const rows = this.#rows;
    if (rows > 0) {
      const series = new Int32Array(rows);
      const fields = TIER_FIELDS.map(
        (field): NumberColumn => (TIER_COUNTS.has(field) ? new Int32Array(rows) : new Float64Array(rows)),
      );
      let at = 0;
      for (const {series: one, tier} of this.#waiting) {
        const n = tier.startMs.length;
        series.fill(one, at, at + n);
        TIER_FIELDS.forEach((field, f) => {
          fields[f]!.set(tier[field], at);
        });
        at += n;
      }
      await appendColumns(this.#connection, 'tier', [series, ...fields], rows);
    }
    this.#total += rows;
    this.#waiting = [];
    this.#rows = 0;
    return this.#total;
  }
}
