import type {Batch, Revision} from '#schemas';
import type {SeriesInfo} from './options.ts';
import type {Interval, WriteTransaction} from './protocol.ts';
import type {RecheckAnswer} from './reader-protocol.ts';
import {RecheckBook} from './recheck-book.ts';

/** After a late row others of the same stretch usually follow: wait for them. */
const GATHER_MS = 20;
/** Tries in a row on a series that changes meanwhile, before others have their turn. */
const TRIES = 3;
const RETRY_MS = 1_000;

type Changes = WriteTransaction['recheckChanges'];

export type RecheckNeeds = {
  seriesInfo: (series: number) => SeriesInfo | undefined;
  recheck(interval: Interval, info: SeriesInfo): Promise<RecheckAnswer>;
  /** Revisions and the removal of the recheck, in one transaction; with no changes a mere wait for all before it. */
  commit(revisions: Revision[], changes: Changes): Promise<void>;
  now(): number;
  onFault(error: Error): void;
};

/**
 * Makes neighbour tests again where rows came out of order, one series after the other, and writes a revision wherever
 * the verdict is another now. A series that gets rows while its stretch is read is read again.
 */
export class RecheckRunner {
  readonly #book: RecheckBook;
  readonly #needs: RecheckNeeds;
  #inHand: {series: number; companion: number | null; dirty: boolean} | null = null;
  #running: Promise<void> | null = null;
  #stopped = false;
  #waiting: (() => void)[] = [];

  constructor(intervals: readonly Interval[], needs: RecheckNeeds) {
    this.#book = new RecheckBook(intervals);
    this.#needs = needs;
  }

  /** Sees every batch before it is taken in; gives what its rechecks change in the table. */
  note(batch: Batch): Changes {
    const inHand = this.#inHand;
    if (inHand && !inHand.dirty) {
      const touches = (series: number) => series === inHand.series || series === inHand.companion;
      inHand.dirty =
        batch.rows.some((row) => touches(row.series)) ||
        batch.revisions.some((revision) => touches(revision.series));
    }
    const changes: Changes = [];
    for (const recheck of batch.rechecks) changes.push(...this.#book.put(recheck));
    if (this.#book.size > 0) this.#wake();
    return changes;
  }

  forget(series: readonly number[]): void {
    this.#book.forget(series);
    if (this.#inHand && series.includes(this.#inHand.series)) this.#inHand.dirty = true;
  }

  /** Resolves when nothing waits for a check. */
  settled(): Promise<void> {
    if (this.#book.size === 0 && !this.#running) return this.#needs.commit([], []);
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
      this.#wake();
    });
  }

  /** Begins no other check; resolves when the one in hand is done. What waits is kept for the next opening. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#running;
  }

  #wake(): void {
    if (this.#running || this.#stopped) return;
    this.#running = this.#run()
      .then(
        () => 0,
        (error: Error) => {
          if (!this.#stopped) this.#needs.onFault(error);
          return RETRY_MS;
        },
      )
      .then((waitMs) => {
        this.#running = null;
        if (this.#book.size > 0) setTimeout(() => this.#wake(), waitMs).unref();
        else for (const resolve of this.#waiting.splice(0)) resolve();
      });
  }

  async #run(): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, GATHER_MS));
    for (let next = this.#book.first(); next && !this.#stopped; next = this.#book.first()) {
      await this.#check(next);
    }
  }

  async #check(interval: Interval): Promise<void> {
    const {series} = interval;
    const info = this.#needs.seriesInfo(series);
    // A series that nobody knows any more has no limits and no tests.
    if (!info) return this.#needs.commit([], this.#book.remove(interval));
    for (let tries = 0; tries < TRIES; tries++) {
      const inHand = {series, companion: info.companion, dirty: false};
      this.#inHand = inHand;
      // What was taken in before now must be there to be read.
      await this.#needs.commit([], []);
      if (this.#stopped) return;
      const answer = await this.#needs.recheck(interval, info);
      this.#inHand = null;
      if (inHand.dirty) continue;
      const changes = this.#book.remove(interval);
      if (answer.doneToMs < interval.toMs) {
        changes.push(...this.#book.put({...interval, fromMs: answer.doneToMs + 1}));
      }
      return this.#needs.commit(this.#revisions(series, answer), changes);
    }
    this.#book.postpone(series);
    await new Promise((resolve) => setTimeout(resolve, GATHER_MS));
  }

  #revisions(series: number, answer: RecheckAnswer): Revision[] {
    const atMs = this.#needs.now();
    return answer.changed.map((changed) => ({
      series,
      fromMs: changed.timeMs,
      toMs: changed.timeMs,
      version: changed.version,
      value: null,
      qc: changed.qc,
      reason: 'recheck',
      who: 'quality',
      atMs,
    }));
  }
}
