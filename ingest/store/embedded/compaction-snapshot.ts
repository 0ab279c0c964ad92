import type {DatabaseSync} from 'node:sqlite';
import type {Revision, RollUp} from '#schemas';
import type {CompactMode, RangeAnswer} from './compact-protocol.ts';
import {revisionOf} from './opening-state.ts';
import {grown, type RowArrays, rowArrays} from './row-arrays.ts';
import type {SegmentPlan} from './segment-builder.ts';
import {STRAY_BIT} from './stray.ts';

const DAY_MS = 86_400_000;
/** Files of one month while it is open; one more and they become one. */
const MOST_FILES_A_MONTH = 6;
/** Months larger than this stay in several files: writing them anew would take minutes. */
const MOST_ROWS_A_FILE = 40_000_000;

type Segment = {id: number; month: string; raw: string; n: number; purged: number[]; purgedRows: number};

/** Which hot rows a pass moves: those of whole days as far as `mostRows` reach, at least those of one instant. */
export function rangeToMove(
  db: DatabaseSync,
  {mode, cutoffMs, mostRows}: {mode: CompactMode; cutoffMs: number; mostRows: number},
): RangeAnswer {
  const strays = `SELECT count(*) n FROM hot WHERE qc & ${STRAY_BIT} <> 0`;
  const strayRows = Number(db.prepare(strays).get()!['n']);
  if (mode === 'clean') return {hot: null, more: false, strayRows};
  const before = mode === 'tidy' ? cutoffMs : Number.MAX_SAFE_INTEGER;
  const rows = `FROM hot WHERE qc & ${STRAY_BIT} = 0 AND ts < ?`;
  const oldest = db.prepare(`SELECT min(ts) ts ${rows}`).get(before)!['ts'] as number | null;
  if (oldest === null) return {hot: null, more: false, strayRows};
  const next = db.prepare(`SELECT ts ${rows} ORDER BY ts LIMIT 1 OFFSET ?`).get(before, mostRows);
  if (next === undefined) {
    if (mode === 'tidy') return {hot: {fromMs: oldest, toMs: before}, more: false, strayRows};
    const newest = db.prepare(`SELECT max(ts) ts ${rows}`).get(before)!['ts'] as number;
    return {hot: {fromMs: oldest, toMs: newest + 1}, more: false, strayRows};
  }
  const cut = next['ts'] as number;
  const midnight = Math.floor(cut / DAY_MS) * DAY_MS;
  const toMs = midnight > oldest ? midnight : Math.max(cut, oldest + 1);
  return {hot: {fromMs: oldest, toMs}, more: true, strayRows};
}

/** What a compaction sees of the database, fixed at one moment, and what it makes of it. */
export class CompactionSnapshot {
  /** Ids of the segments that the new ones replace. */
  readonly replaced: number[] = [];
  /** Newest row of each series among those moved. */
  latest: RowArrays | null = null;
  readonly #db: DatabaseSync;
  readonly #mode: CompactMode;
  readonly #cutoffMs: number;
  readonly #range: RangeAnswer;

  constructor(db: DatabaseSync, of: {mode: CompactMode; cutoffMs: number}, range: RangeAnswer) {
    this.#db = db;
    this.#mode = of.mode;
    this.#cutoffMs = of.cutoffMs;
    this.#range = range;
    if (db.isTransaction) db.exec('ROLLBACK');
    // The first read, not BEGIN, fixes the moment.
    db.exec('BEGIN');
    db.prepare('SELECT 1 FROM segment LIMIT 1').get();
  }

  /** What is to be written; reads the rows and lets the database go. */
  plans(kinds: ReadonlyMap<number, RollUp>): SegmentPlan[] {
    try {
      const months = this.#rowsByMonth();
      const segments = this.#segments();
      const plans: SegmentPlan[] = [];
      for (const month of new Set([...months.keys(), ...segments.keys()])) {
        const incoming = months.get(month);
        const sources = this.#replace(month, incoming?.count ?? 0, segments.get(month) ?? []);
        if (!incoming && sources.length === 0) continue;
        let expected = incoming?.count ?? 0;
        for (const source of sources) {
          expected += source.n - source.purgedRows;
          this.replaced.push(source.id);
        }
        if (expected === 0) continue;
        plans.push({
          month,
          incoming: incoming ?? null,
          sources,
          expected,
          ...revisionsIn(this.#db, month),
          kindOf: (series) => kinds.get(series) ?? null,
        });
      }
      return plans;
    } finally {
      this.#db.exec('COMMIT');
    }
  }

  /** Which of a month's files are written anew together with what comes in. */
  #replace(month: string, incoming: number, segments: Segment[]): Segment[] {
    const dirty = segments.filter((segment) => segment.purged.length > 0);
    if (this.#mode === 'clean') return dirty;
    const total = segments.reduce((sum, segment) => sum + segment.n, incoming);
    const files = segments.length + (incoming > 0 ? 1 : 0);
    if (total > MOST_ROWS_A_FILE) return dirty;
    // While more is to come for the month it is not worth writing it anew.
    const closed = this.#mode === 'tidy' && !this.#range.more && endOfMonth(month) <= this.#cutoffMs;
    return files > (closed ? 1 : MOST_FILES_A_MONTH) ? segments : dirty;
  }

  #rowsByMonth(): Map<string, {rows: RowArrays; count: number}> {
    const months = new Map<string, {rows: RowArrays; count: number}>();
    const {hot} = this.#range;
    if (!hot) return months;
    const newest = new Map<number, {row: number; of: {rows: RowArrays; count: number}}>();
    const select = this.#db.prepare(
      `SELECT ts, series, value, qc, received FROM hot WHERE ts>=? AND ts<? AND qc & ${STRAY_BIT} = 0 ORDER BY ts, series`,
    );
    select.setReturnArrays(true);
    let month: {rows: RowArrays; count: number} | undefined;
    let until = Number.NEGATIVE_INFINITY;
    for (const row of select.iterate(hot.fromMs, hot.toMs) as unknown as Iterable<
      [number, number, number | null, number, number]
    >) {
      const [ts, series, value, qc, received] = row;
      if (!month || ts >= until) {
        const name = monthOf(ts);
        month = {rows: rowArrays(16_384), count: 0};
        months.set(name, month);
        until = endOfMonth(name);
      }
      if (month.count === month.rows.timeMs.length) month.rows = grown(month.rows, month.count * 2);
      const at = month.count++;
      month.rows.timeMs[at] = ts;
      month.rows.series[at] = series;
      month.rows.value[at] = value ?? Number.NaN;
      month.rows.qc[at] = qc;
      month.rows.receivedMs[at] = received;
      newest.set(series, {row: at, of: month});
    }
    this.latest = rowArrays(newest.size);
    let i = 0;
    for (const {row, of} of newest.values()) {
      this.latest.timeMs[i] = of.rows.timeMs[row]!;
      this.latest.series[i] = of.rows.series[row]!;
      this.latest.value[i] = of.rows.value[row]!;
      this.latest.qc[i] = of.rows.qc[row]!;
      this.latest.receivedMs[i] = of.rows.receivedMs[row]!;
      i++;
    }
    return months;
  }

  #segments(): Map<string, Segment[]> {
    const purged = this.#db.prepare('SELECT series FROM purged WHERE segment=?');
    const kept = this.#db.prepare('SELECT ifnull(sum(n), 0) n FROM segment_series WHERE segment=?');
    const months = new Map<string, Segment[]>();
    for (const row of this.#db.prepare('SELECT id, month, raw, n FROM segment ORDER BY t0, id').all()) {
      const id = Number(row['id']);
      const segment: Segment = {
        id,
        month: String(row['month']),
        raw: String(row['raw']),
        n: Number(row['n']),
        purged: purged.all(id).map((entry) => Number(entry['series'])),
        purgedRows: Number(row['n']) - Number(kept.get(id)!['n']),
      };
      const list = months.get(segment.month);
      if (list) list.push(segment);
      else months.set(segment.month, [segment]);
    }
    return months;
  }
}

/** Revisions that touch a month, by series, in the order in which they were made; and the number of the last one of all. */
export function revisionsIn(
  db: DatabaseSync,
  month: string,
): Pick<SegmentPlan, 'revisionSeq' | 'revisionsOf'> {
  const revisionSeq = Number(db.prepare('SELECT ifnull(max(id), 0) n FROM revision').get()!['n']);
  const found = new Map<number, Revision[]>();
  const select = db.prepare('SELECT * FROM revision WHERE t1>=? AND t0<? ORDER BY id');
  for (const row of select.iterate(startOfMonth(month), endOfMonth(month))) {
    const revision = revisionOf(row);
    const list = found.get(revision.series);
    if (list) list.push(revision);
    else found.set(revision.series, [revision]);
  }
  return {revisionSeq, revisionsOf: (series) => found.get(series) ?? []};
}

/** `2026-11` of a time, UTC. */
export function monthOf(timeMs: number): string {
  return new Date(timeMs).toISOString().slice(0, -17);
}

/** The first moment of a month. */
export function startOfMonth(month: string): number {
  return Date.parse(`${month}-01T00:00:00.000Z`);
}

/** The first moment after a month. */
export function endOfMonth(month: string): number {
  const start = new Date(startOfMonth(month));
  return Date.UTC(start.getUTCFullYear(), start.getUTCMonth() + 1, 1);
}
