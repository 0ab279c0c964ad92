import type {DatabaseSync} from 'node:sqlite';
import type {Row} from '#schemas';
import type {SeriesInventory, SeriesSpan} from './reader-protocol.ts';
import {STRAY_BIT} from './stray.ts';

/** What a database says of the rows that it and its files hold, without looking into the files. */
export class InventoryReader {
  readonly #db: DatabaseSync;

  constructor(db: DatabaseSync) {
    this.#db = db;
  }

  /** All series, by their number. */
  inventory(): SeriesInventory[] {
    return this.#db
      .prepare(
        `SELECT series, min(t0) fromMs, max(t1) lastMs, sum(n) rows FROM (
           SELECT series, t0, t1, n FROM segment_series
           UNION ALL SELECT series, min(ts), max(ts), count(*) FROM hot GROUP BY series)
         GROUP BY series ORDER BY series`,
      )
      .all() as SeriesInventory[];
  }

  /** Series that can have rows in [fromMs, toMs), by their number, without those of an impossible time. */
  held({fromMs, toMs}: {fromMs: number; toMs: number}): SeriesSpan[] {
    return this.#db
      .prepare(
        `SELECT series, max(min(t0), $from) fromMs, min(max(t1), $to - 1) lastMs FROM (
           SELECT series, t0, t1 FROM segment_series WHERE t1 >= $from AND t0 < $to
           UNION ALL SELECT series, min(ts), max(ts) FROM hot
             WHERE ts >= $from AND ts < $to AND qc & ${STRAY_BIT} = 0 GROUP BY series)
         GROUP BY series ORDER BY series`,
      )
      .all({$from: Math.ceil(fromMs), $to: Math.ceil(toMs)}) as SeriesSpan[];
  }

  /** Rows with an impossible time that come after a key, in the order of their keys: time, then series. */
  strays(of: {after: Pick<Row, 'timeMs' | 'series'> | null; limit: number}): Row[] {
    const {timeMs, series} = of.after ?? {timeMs: Number.MIN_SAFE_INTEGER, series: 0};
    return this.#db
      .prepare(
        'SELECT ts timeMs, series, value, qc, received receivedMs FROM hot ' +
          `WHERE (ts, series) > (?, ?) AND qc & ${STRAY_BIT} <> 0 ORDER BY ts, series LIMIT ?`,
      )
      .all(timeMs, series, of.limit) as Row[];
  }
}
