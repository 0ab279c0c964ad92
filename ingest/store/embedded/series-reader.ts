import {type Flag, flagOf, type SeriesQuery} from '#schemas';
import type {ColdSource} from './cold-source.ts';
import {mergeRows, pick} from './merge-rows.ts';
import type {RowsAnswer} from './reader-protocol.ts';
import {revise} from './revise.ts';
import type {Columns} from './row-arrays.ts';
import type {SeriesFile, SeriesSnapshot, SnapshotReader} from './series-snapshot.ts';

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
    return {
      rows: withFlags(rows, query.flags),
      lastMs: n > 0 ? rows.timeMs[n - 1]! : null,
      more: n === limit,
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
    const files = limit === undefined ? snapshot.files : firstFiles(snapshot.files, query.fromMs, limit);
    const cold = await this.cold.rows(
      files.map((file) => file.raw),
      {...query, limit},
    );
    return mergeRows(cold, snapshot.hot, limit);
  }
}

/** Those of the files (sorted by t0) that can hold the first `limit` rows from `fromMs` on. */
function firstFiles(files: readonly SeriesFile[], fromMs: number, limit: number): SeriesFile[] {
  const chosen: SeriesFile[] = [];
  let certain = 0;
  let reach = Number.NEGATIVE_INFINITY;
  for (const file of files) {
    if (certain >= limit && file.t0 > reach) break;
    chosen.push(file);
    if (file.t0 >= fromMs && certain < limit) {
      certain += file.n;
      reach = Math.max(reach, file.t1);
    }
  }
  return chosen;
}

/** Rows with one of these flags; all, if none are named. */
export function withFlags(rows: Columns, flags: readonly Flag[] | undefined): Columns {
  if (!flags) return rows;
  const wanted = new Set(flags);
  return pick(rows, (i) => wanted.has(flagOf(rows.qc[i]!)));
}
