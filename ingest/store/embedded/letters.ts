import type {DatabaseSync} from 'node:sqlite';
import type {Conflict, Revision, StoredDeadLetter} from '#schemas';
import {revisionOf} from './opening-state.ts';

/** Reads what is kept beside the rows: dead letters, conflicts, revisions; newest first where a limit cuts. */
export class LetterReader {
  readonly #db: DatabaseSync;

  constructor(db: DatabaseSync) {
    this.#db = db;
  }

  deadLetters(of: {limit: number; beforeId?: number; code?: string}): StoredDeadLetter[] {
    const beforeId = of.beforeId ?? Number.MAX_SAFE_INTEGER;
    const found =
      of.code === undefined
        ? this.#db
            .prepare('SELECT * FROM dead_letter WHERE id<? ORDER BY id DESC LIMIT ?')
            .all(beforeId, of.limit)
        : this.#db
            .prepare('SELECT * FROM dead_letter WHERE code=? AND id<? ORDER BY id DESC LIMIT ?')
            .all(of.code, beforeId, of.limit);
    return found.map((row) => ({
      id: Number(row['id']),
      receivedMs: Number(row['received']),
      source: String(row['source']),
      topic: String(row['topic']),
      principal: row['principal'] as string | null,
      device: row['device'] as string | null,
      code: String(row['code']),
      message: String(row['message']),
      payload: row['payload'] as Uint8Array,
      replayedMs: row['replayed'] as number | null,
    }));
  }

  conflicts(of: {limit: number; series?: number}): Conflict[] {
    const found =
      of.series === undefined
        ? this.#db.prepare('SELECT * FROM conflict ORDER BY id DESC LIMIT ?').all(of.limit)
        : this.#db
            .prepare('SELECT * FROM conflict WHERE series=? ORDER BY id DESC LIMIT ?')
            .all(of.series, of.limit);
    return found.map((row) => ({
      series: Number(row['series']),
      timeMs: Number(row['ts']),
      kept: row['kept'] as number | null,
      offered: row['offered'] as number | null,
      seenMs: Number(row['seen']),
    }));
  }

  hotBounds(): {oldestMs: number | null; newestMs: number | null} {
    const found = this.#db
      .prepare('SELECT (SELECT min(ts) FROM hot) AS oldest, (SELECT max(ts) FROM hot) AS newest')
      .get()!;
    return {oldestMs: found['oldest'] as number | null, newestMs: found['newest'] as number | null};
  }

  /** Revisions that touch [fromMs, toMs), in the order in which they were made. */
  revisions(of: {series: number; fromMs: number; toMs: number; leastVersion?: number}): Revision[] {
    return this.#db
      .prepare('SELECT * FROM revision WHERE series=? AND t1>=? AND t0<? AND version>=? ORDER BY id')
      .all(of.series, Math.ceil(of.fromMs), Math.ceil(of.toMs), of.leastVersion ?? Number.MIN_SAFE_INTEGER)
      .map(revisionOf);
  }
}
