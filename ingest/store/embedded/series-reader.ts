import {type Flag, flagOf, type SeriesQuery} from '#schemas';
import type {ColdSource} from './cold-source.ts';
import {mergeRows, pick} from './merge-rows.ts';
import type {RowsAnswer} from './reader-protocol.ts';
import {revise} from './revise.ts';
import type {Columns} from './row-arrays.ts';
import type {SeriesSnapshot, SnapshotReader} from './series-snapshot.ts';

export type RangeQuery = Pick<SeriesQuery, 'series' | 'fromMs' | 'toMs' | 'asOfMs'>;

/** Reads rows of one series, hot and cold, with their newest verdicts. */
export class SeriesReader {
  readonly snapshots: SnapshotReader;
  readonly cold: ColdSource;

  constructor(snapshots: SnapshotReader, cold: ColdSource) {
    this.snapshots = snapshots;
    this.cold = cold;
  }

  /** Rows of the query, oldest first; the first `limit` before flags are looked at, if given. */
  async rows(query: SeriesQuery, limit?: number): Promise<RowsAnswer> {
    const snapshot = this.snapshots.take({...query, limit});
    const rows = await this.storedRows(query, snapshot, limit);
    if (query.stored) {
      rows.storedValue = rows.value.slice();
      rows.storedQc = rows.qc.slice();
    }
    revise(rows, snapshot.revisions);
    const n = rows.timeMs.length;
    // Fewer than the files hold: of those that were not known then, and what was comes after them.
    const cutShort = n !== limit && snapshot.reachMs !== null;
    return {
      rows: withFlags(rows, query.flags),
      lastMs: cutShort ? snapshot.reachMs : (rows.timeMs[n - 1] ?? null),
      more: cutShort || n === limit,
    };
  }

  /** The rows of a snapshot in the query's range, with the snapshot's revisions. */
  async rowsOf(query: RangeQuery, snapshot: SeriesSnapshot, limit?: number): Promise<Columns> {
    const rows = await this.storedRows(query, snapshot, limit);
    revise(rows, snapshot.revisions);
    return rows;
  }

  /** The same as they are stored. */
  async storedRows(query: RangeQuery, snapshot: SeriesSnapshot, limit?: number): Promise<Columns> {
    const cold = await this.cold.rows(
      snapshot.files.map((file) => file.raw),
      {...query, limit},
    );
    return mergeRows(cold, snapshot.hot, limit);
  }
}

/** Rows with one of these flags; all, if none are named. */
export function withFlags(rows: Columns, flags: readonly Flag[] | undefined): Columns {
  if (!flags) return rows;
  const wanted = new Set(flags);
  return pick(rows, (i) => wanted.has(flagOf(rows.qc[i]!)));
}
