import type {ColdIndex} from './cold-index.ts';
import type {Committer} from './committer.ts';
import type {SegmentRecord} from './protocol.ts';
import {type Columns, putRow, type RowArrays, rowArrays} from './row-arrays.ts';

/** Where closed time stays, made ready for the rows of one month. */
export type MonthPlace = {
  /**
   * Takes rows of one series, oldest first, whole quarter hours at a time, series in the order of their numbers; several
   * may be under way. Gives those that cannot lie there.
   */
  put(series: number, rows: Columns): Promise<Columns>;
  /** All of it is durable; null: there is none. */
  finish(): Promise<SegmentRecord | null>;
  /** What was put there is not wanted. */
  abandon(): Promise<void>;
};

/**
 * Takes the rows of a month of closed time straight to where they stay: for a store that is filled from another one, and
 * that nobody reads or writes meanwhile. They count from `commit` on, all at once.
 */
export class MonthLoad {
  readonly #place: MonthPlace;
  readonly #store: {committer: Committer; cold: ColdIndex};
  readonly #latest = new Map<number, RowArrays>();

  constructor(place: MonthPlace, store: {committer: Committer; cold: ColdIndex}) {
    this.#place = place;
    this.#store = store;
  }

  /**
   * Takes rows of one series, in the order that `MonthPlace.put` asks for. Gives those that cannot lie there: the caller adds
   * them like every other row, before `commit`, since a month that counts is not copied again.
   */
  async put(series: number, rows: Columns): Promise<Columns> {
    const n = rows.timeMs.length;
    if (n === 0) return rows;
    // The buffers may be on their way to a worker as soon as they are handed over.
    const last = rowArrays(1);
    const value = rows.value[n - 1]!;
    putRow(last, 0, {
      series,
      timeMs: rows.timeMs[n - 1]!,
      value: Number.isNaN(value) ? null : value,
      qc: rows.qc[n - 1]!,
      receivedMs: rows.receivedMs[n - 1]!,
    });
    this.#latest.set(series, last);
    return await this.#place.put(series, rows);
  }

  async commit(): Promise<void> {
    const record = await this.#place.finish();
    if (!record) return;
    const latest = rowArrays(this.#latest.size);
    [...this.#latest.values()].forEach((row, i) => {
      latest.timeMs[i] = row.timeMs[0]!;
      latest.series[i] = row.series[0]!;
      latest.value[i] = row.value[0]!;
      latest.qc[i] = row.qc[0]!;
      latest.receivedMs[i] = row.receivedMs[0]!;
    });
    const {committer, cold} = this.#store;
    const {segments} = await committer.swap({
      kind: 'swap',
      add: [record],
      remove: [],
      hot: null,
      latest,
      purged: [],
    });
    for (const segment of segments) cold.add(segment);
  }

  abandon(): Promise<void> {
    return this.#place.abandon();
  }
}
