import type {DatabaseSync} from 'node:sqlite';
import {hasCensored} from '#model';
import type {RollUp} from '#schemas';
import {revisionsIn} from '../embedded/compaction-snapshot.ts';
import {pick} from '../embedded/merge-rows.ts';
import type {SegmentRecord} from '../embedded/protocol.ts';
import {revise} from '../embedded/revise.ts';
import {type Columns, columns} from '../embedded/row-arrays.ts';
import {LEAST_ROWS_A_QUARTER, tierColumns} from '../embedded/tier-columns.ts';
import {BATCH_LINES} from './influx-api.ts';
import {MOST_TIME_MS} from './outbox.ts';
import {tierLineOf} from './points.ts';
import type {Sender} from './sender.ts';

type Entry = {series: number; t0: number; t1: number; n: number; kind: RollUp | null};

/** Writes the rows of a month, and their quarter hours, to InfluxDB past the outbox. */
export class MonthWriter {
  readonly #month: string;
  readonly #sender: Sender;
  readonly #revisions: ReturnType<typeof revisionsIn>;
  readonly #entries = new Map<number, Entry>();

  constructor(month: string, of: {db: DatabaseSync; sender: Sender}) {
    this.#month = month;
    this.#sender = of.sender;
    this.#revisions = revisionsIn(of.db, month);
  }

  /** Gives the rows whose time InfluxDB cannot keep, or that it refused. */
  async put(series: number, rows: Columns, rollUp: RollUp | null): Promise<Columns> {
    const fitting = pick(rows, (i) => Math.abs(rows.timeMs[i]!) <= MOST_TIME_MS);
    const refused = new Set(await this.#sender.sendRows(series, fitting));
    const taken = pick(fitting, (i) => !refused.has(i));
    const n = taken.timeMs.length;
    const left = n === rows.timeMs.length ? columns(0) : without(rows, taken);
    if (n === 0) return left;
    const span = {series, t0: taken.timeMs[0]!, t1: taken.timeMs[n - 1]!, n};
    // With some of them elsewhere the quarter hours are made when they are read.
    const kind = n < rows.timeMs.length ? null : await this.#writeQuarters(series, taken, rollUp);
    this.#note({...span, kind});
    return left;
  }

  finish(): SegmentRecord | null {
    const entries = [...this.#entries.values()].sort((a, b) => a.series - b.series);
    if (entries.length === 0) return null;
    return {
      month: this.#month,
      raw: this.#month,
      tier: `${this.#month}/15m`,
      t0: entries.reduce((least, {t0}) => Math.min(least, t0), Number.POSITIVE_INFINITY),
      t1: entries.reduce((most, {t1}) => Math.max(most, t1), Number.NEGATIVE_INFINITY),
      n: entries.reduce((sum, {n}) => sum + n, 0),
      bytes: 0,
      revisionSeq: this.#revisions.revisionSeq,
      series: Int32Array.from(entries, ({series}) => series),
      seriesT0: Float64Array.from(entries, ({t0}) => t0),
      seriesT1: Float64Array.from(entries, ({t1}) => t1),
      seriesN: Int32Array.from(entries, ({n}) => n),
      seriesTierKind: entries.map(({kind}) => kind),
    };
  }

  /** The kind of the quarter hours that are now there; null: none are, or not all. Puts the verdicts in force on `rows`. */
  async #writeQuarters(series: number, rows: Columns, rollUp: RollUp | null): Promise<RollUp | null> {
    // Quarter hours know no limits: a series that holds one, before or after its revisions, is read row by row.
    if (rollUp === null || hasCensored(rows.qc)) return null;
    revise(rows, this.#revisions.revisionsOf(series));
    if (hasCensored(rows.qc)) return null;
    const tier = tierColumns(rows, rollUp);
    if (rows.timeMs.length < tier.startMs.length * LEAST_ROWS_A_QUARTER) return null;
    const {heads, write} = await this.#sender.tierWriter(Int32Array.of(series));
    const lines: string[] = [];
    for (let i = 0; i < tier.startMs.length; i++) {
      const line = tierLineOf(heads.get(series)!, tier, i);
      if (line === null) return null;
      lines.push(line);
    }
    for (let at = 0; at < lines.length; at += BATCH_LINES) await write(lines.slice(at, at + BATCH_LINES));
    return rollUp;
  }

  #note(entry: Entry): void {
    const known = this.#entries.get(entry.series);
    if (!known) {
      this.#entries.set(entry.series, entry);
      return;
    }
    known.t0 = Math.min(known.t0, entry.t0);
    known.t1 = Math.max(known.t1, entry.t1);
    known.n += entry.n;
    if (known.kind !== entry.kind) known.kind = null;
  }
}

function without(rows: Columns, taken: Columns): Columns {
  const times = new Set(taken.timeMs);
  return pick(rows, (i) => !times.has(rows.timeMs[i]!));
}
