import type {DatabaseSync} from 'node:sqlite';
import type {SegmentRecord} from '../embedded/protocol.ts';
import {putRow, rowArrays} from '../embedded/row-arrays.ts';
import {STRAY_BIT} from '../embedded/stray.ts';
import type {SummaryAnswer} from './forward-protocol.ts';
import {NOT_REFUSED} from './outbox.ts';

const MOVED = `hot.qc & ${STRAY_BIT} = 0 ${NOT_REFUSED}`;

type Entry = {series: number; t0: number; t1: number; n: number};

/** What a pass that takes rows out of `hot` sees of the database, fixed at one moment. */
export class TrimSnapshot {
  readonly #db: DatabaseSync;
  readonly #fromMs: number;
  readonly #toMs: number;

  constructor(db: DatabaseSync, fromMs: number, toMs: number) {
    this.#db = db;
    this.#fromMs = fromMs;
    this.#toMs = toMs;
    if (db.isTransaction) db.exec('ROLLBACK');
    // The first read, not BEGIN, fixes the moment.
    db.exec('BEGIN');
    db.prepare('SELECT 1 FROM segment LIMIT 1').get();
  }

  /** One segment for each month that gets rows, with what it had; lets the database go. */
  summary(): SummaryAnswer {
    const db = this.#db;
    try {
      const add: SegmentRecord[] = [];
      const remove: number[] = [];
      for (const {month, fromMs, toMs} of monthsOf(this.#fromMs, this.#toMs)) {
        const incoming = db
          .prepare(
            `SELECT series, min(ts) t0, max(ts) t1, count(*) n FROM hot WHERE ts>=? AND ts<? AND ${MOVED} GROUP BY series`,
          )
          .all(fromMs, toMs) as Entry[];
        if (incoming.length === 0) continue;
        const series = new Map(incoming.map((entry) => [entry.series, entry]));
        for (const {id} of db.prepare('SELECT id FROM segment WHERE month=?').all(month)) {
          remove.push(Number(id));
          const had = db
            .prepare('SELECT series, t0, t1, n FROM segment_series WHERE segment=?')
            .all(id!) as Entry[];
          for (const entry of had) series.set(entry.series, joined(entry, series.get(entry.series)));
        }
        add.push(recordOf(month, [...series.values()]));
      }
      const seq = db.prepare("SELECT seq FROM sqlite_sequence WHERE name='outbox'").get()?.['seq'];
      const unsure = db.prepare("SELECT 1 FROM outbox WHERE kind='unsure' LIMIT 1").get() !== undefined;
      return {add, remove, latest: this.#latest(), seq: Number(seq ?? 0), unsure};
    } finally {
      db.exec('COMMIT');
    }
  }

  #latest() {
    const found = this.#db
      .prepare(
        `SELECT series, max(ts) ts, value, qc, received FROM hot WHERE ts>=? AND ts<? AND ${MOVED} GROUP BY series`,
      )
      .all(this.#fromMs, this.#toMs) as {
      series: number;
      ts: number;
      value: number | null;
      qc: number;
      received: number;
    }[];
    const rows = rowArrays(found.length);
    found.forEach(({ts, received, ...row}, i) => {
      putRow(rows, i, {...row, timeMs: ts, receivedMs: received});
    });
    return rows;
  }
}

function joined(a: Entry, b: Entry | undefined): Entry {
  if (!b) return a;
  return {series: a.series, t0: Math.min(a.t0, b.t0), t1: Math.max(a.t1, b.t1), n: a.n + b.n};
}

function recordOf(month: string, entries: readonly Entry[]): SegmentRecord {
  const sorted = [...entries].sort((a, b) => a.series - b.series);
  return {
    month,
    raw: month,
    tier: null,
    t0: sorted.reduce((least, {t0}) => Math.min(least, t0), Number.POSITIVE_INFINITY),
    t1: sorted.reduce((most, {t1}) => Math.max(most, t1), Number.NEGATIVE_INFINITY),
    n: sorted.reduce((sum, {n}) => sum + n, 0),
    bytes: 0,
    revisionSeq: 0,
    series: Int32Array.from(sorted, ({series}) => series),
    seriesT0: Float64Array.from(sorted, ({t0}) => t0),
    seriesT1: Float64Array.from(sorted, ({t1}) => t1),
    seriesN: Int32Array.from(sorted, ({n}) => n),
    seriesTierKind: sorted.map(() => null),
  };
}

/** The UTC months that a range touches, each with the part of the range in it. */
function monthsOf(fromMs: number, toMs: number): {month: string; fromMs: number; toMs: number}[] {
  const months = [];
  for (let at = fromMs; at < toMs; ) {
    const date = new Date(at);
    const end = Math.min(toMs, Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 1));
    months.push({month: date.toISOString().slice(0, -17), fromMs: at, toMs: end});
    at = end;
  }
  return months;
}
