import type {DatabaseSync, StatementSync} from 'node:sqlite';
import type {Revision, RollUp} from '#schemas';
import {revisionOf} from './opening-state.ts';
import {type Columns, columns, lowerBound} from './row-arrays.ts';
import {STRAY_BIT} from './stray.ts';

/** A column file that holds rows of the series. */
export type SeriesFile = {
  segment: number;
  raw: string;
  tier: string | null;
  /** Revisions up to this id are in the tier. */
  revisionSeq: number;
  t0: number;
  t1: number;
  n: number;
  /** How the 15-min sums of this series in the tier file were made; null: none were. */
  tierKind: RollUp | null;
};

export type NumberedRevision = Revision & {id: number};

/** What the database says of one series in a range, at one moment: every row is hot or in one of the files, never both. */
export type SeriesSnapshot = {
  files: SeriesFile[];
  hot: Columns;
  revisions: NumberedRevision[];
  /** The time up to which (inclusive) everything is in it: enough for the limit that was asked for. null: all of the range. */
  reachMs: number | null;
};

/** Takes snapshots on a reading connection. */
export class SnapshotReader {
  readonly #db: DatabaseSync;
  readonly #files: StatementSync;
  readonly #hot: StatementSync;
  readonly #revisions: StatementSync;
  readonly #before: StatementSync;

  constructor(db: DatabaseSync) {
    this.#db = db;
    this.#files = db.prepare(
      'SELECT e.segment, s.raw, s.tier, s.revision_seq, e.t0, e.t1, e.n, e.tier_kind FROM segment_series e ' +
        'JOIN segment s ON s.id = e.segment WHERE e.series=? AND e.t1>=? AND e.t0<? ORDER BY e.t0, e.segment',
    );
    this.#hot = db.prepare(
      'SELECT ts, value, qc, received FROM hot ' +
        'WHERE ts>=? AND ts<? AND series=? AND received<=? AND qc & ? = 0 ORDER BY ts LIMIT ?',
    );
    this.#hot.setReturnArrays(true);
    this.#before = db.prepare(
      'SELECT EXISTS(SELECT 1 FROM segment_series WHERE series=? AND t0<?) ' +
        `OR EXISTS(SELECT 1 FROM hot WHERE series=? AND ts<? AND qc & ${STRAY_BIT} = 0) AS found`,
    );
    this.#revisions = db.prepare(
      'SELECT * FROM revision WHERE series=? AND t1>=? AND t0<? AND at<=? ORDER BY id',
    );
  }

  take(of: {
    series: number;
    fromMs: number;
    toMs: number;
    asOfMs?: number | undefined;
    asStored?: boolean | undefined;
    limit?: number | undefined;
    /** Leave rows with an impossible time out. */
    credible?: boolean;
  }): SeriesSnapshot {
    const {series} = of;
    const fromMs = Math.ceil(of.fromMs);
    const toMs = Math.ceil(of.toMs);
    const asOfMs = of.asOfMs ?? Number.MAX_SAFE_INTEGER;
    this.#db.exec('BEGIN');
    try {
      const files = this.#files.all(series, fromMs, toMs).map(
        (row): SeriesFile => ({
          segment: Number(row['segment']),
          raw: String(row['raw']),
          tier: row['tier'] as string | null,
          revisionSeq: Number(row['revision_seq']),
          t0: Number(row['t0']),
          t1: Number(row['t1']),
          n: Number(row['n']),
          tierKind: row['tier_kind'] as RollUp | null,
        }),
      );
      const first = firstFiles(files, {fromMs, toMs}, of.limit ?? Number.POSITIVE_INFINITY);
      // Hot rows are looked through one by one: not those that the limit leaves out anyhow.
      const hotToMs = first.reachMs === null ? toMs : Math.min(toMs, first.reachMs + 1);
      // A limit of −1 is none.
      const hot = this.#hot.all(fromMs, hotToMs, series, asOfMs, of.credible ? STRAY_BIT : 0, of.limit ?? -1);
      const revisions = of.asStored
        ? []
        : this.#revisions
            .all(series, fromMs, toMs, asOfMs)
            .map((row) => ({...revisionOf(row), id: Number(row['id'])}));
      return {...first, hot: fromTuples(hot as unknown as Tuple[]), revisions};
    } finally {
      this.#db.exec('COMMIT');
    }
  }

  /** Whether the series has a row with a credible time before `timeMs`. */
  hasBefore(series: number, timeMs: number): boolean {
    const at = Math.ceil(timeMs);
    return this.#before.get(series, at, series, at)!['found'] === 1;
  }
}

/** Those of the files (sorted by t0) that hold the first `limit` rows of a range, and how far they reach. */
function firstFiles(
  files: readonly SeriesFile[],
  {fromMs, toMs}: {fromMs: number; toMs: number},
  limit: number,
): Pick<SeriesSnapshot, 'files' | 'reachMs'> {
  const chosen: SeriesFile[] = [];
  let certain = 0;
  let reachMs = Number.NEGATIVE_INFINITY;
  for (const file of files) {
    if (certain >= limit && file.t0 > reachMs) break;
    chosen.push(file);
    if (file.t0 < fromMs || file.t1 >= toMs || certain >= limit) continue;
    certain += file.n;
    reachMs = Math.max(reachMs, file.t1);
  }
  return {files: chosen, reachMs: certain >= limit ? reachMs : null};
}

/** What a snapshot says of a part of its range. */
export function within(
  {files, hot, revisions, reachMs}: SeriesSnapshot,
  {fromMs, toMs}: {fromMs: number; toMs: number},
): SeriesSnapshot {
  const from = lowerBound(hot.timeMs, fromMs);
  const to = lowerBound(hot.timeMs, toMs);
  return {
    files: files.filter(({t0, t1}) => t1 >= fromMs && t0 < toMs),
    hot: {
      timeMs: hot.timeMs.slice(from, to),
      value: hot.value.slice(from, to),
      qc: hot.qc.slice(from, to),
      receivedMs: hot.receivedMs.slice(from, to),
    },
    revisions: revisions.filter((revision) => revision.toMs >= fromMs && revision.fromMs < toMs),
    reachMs,
  };
}

type Tuple = [number, number | null, number, number];

function fromTuples(rows: Tuple[]): Columns {
  const into = columns(rows.length);
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i]!;
    into.timeMs[i] = row[0];
    into.value[i] = row[1] ?? Number.NaN;
    into.qc[i] = row[2];
    into.receivedMs[i] = row[3];
  }
  return into;
}
