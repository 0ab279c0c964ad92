import type {RollUp} from '#schemas';
import {ColdKeeper, type CompactionNeeds, DAY_MS, PASS_ROWS} from './cold-keeper.ts';
import type {BuildAnswer, CompactMode, CompactQuestion, RangeAnswer} from './compact-protocol.ts';
import type {MonthPlace} from './month-load.ts';
import type {SegmentRecord} from './protocol.ts';
import {columnBuffers, columns} from './row-arrays.ts';
import {startWorker, WorkerLink} from './worker-link.ts';

/** For DuckDB; what is more goes to the disk on the way. */
const MEMORY_MB = 160;
/** The same where rows come in order and need not be sorted. */
const LOAD_MEMORY_MB = 64;

/**
 * Moves rows from the row store to column files, by age and by size. Readers see each row exactly once at every moment:
 * files appear, the files they replace and the rows they hold disappear in one transaction.
 */
export class Compaction extends ColdKeeper {
  #link: WorkerLink<CompactQuestion> | null = null;

  constructor(needs: CompactionNeeds) {
    super(needs, {
      usualAgeMs: DAY_MS,
      failed: 'moving rows to column files failed; they stay where they are',
    });
  }

  async clean(): Promise<void> {
    if (this.#isDirty()) await this.inTurn('clean');
  }

  /** The worker goes, done or not; what it made is left over. */
  terminate(): void {
    this.#link?.terminate();
  }

  // What is not yet swapped in counts for nothing: leave it.
  protected giveUp(): void {
    this.#link?.ask({kind: 'abort'}).catch(() => {});
  }

  protected override due(): CompactMode | null {
    if (this.#link) return null;
    const mode = super.due();
    return mode !== 'drain' && this.#isDirty() ? 'clean' : mode;
  }

  protected async move(mode: CompactMode, cutoffMs: number): Promise<boolean> {
    const link = this.#startWorker();
    this.#link = link;
    try {
      await link.ask({kind: 'hello'});
      for (let more = true; more && !this.stopped; ) more = await this.#pass(link, mode, cutoffMs);
      return true;
    } finally {
      this.#link = null;
      await link.end({kind: 'close'});
    }
  }

  #isDirty(): boolean {
    return this.needs.cold.segments.some((segment) => segment.dirty);
  }

  async load(month: string): Promise<MonthPlace> {
    const link = this.#startWorker(LOAD_MEMORY_MB);
    this.#link = link;
    const end = async () => {
      this.#link = null;
      await link.end({kind: 'close'});
    };
    const kinds = new Map<number, RollUp>();
    // In their order, one after the other.
    let putting: Promise<void> = Promise.resolve();
    await link.ask({kind: 'load', month});
    return {
      put: (series, rows) => {
        const info = this.needs.options.seriesInfo(series);
        if (info) kinds.set(series, info.rollUp);
        const put = putting.then(() => link.ask({kind: 'put', series, rows}, columnBuffers(rows)));
        putting = put.then(() => {});
        putting.catch(() => {}); // told to who waits for the next one
        return putting.then(() => columns(0));
      },
      finish: async () => {
        const record = await link.ask<SegmentRecord | null>({kind: 'finish', kinds});
        await end();
        return record;
      },
      abandon: end,
    };
  }

  #startWorker(memoryMb = MEMORY_MB): WorkerLink<CompactQuestion> {
    const {layout} = this.needs;
    return new WorkerLink<CompactQuestion>(
      startWorker(new URL('./compact-worker.ts', import.meta.url), {
        database: layout.database,
        cold: layout.cold,
        threads: 1,
        memoryMb,
      }),
      () => {},
    );
  }

  async #pass(link: WorkerLink<CompactQuestion>, mode: CompactMode, cutoffMs: number): Promise<boolean> {
    const {committer, log} = this.needs;
    const began = performance.now();
    this.purged = [];
    const range = await link.ask<RangeAnswer>({kind: 'range', mode, cutoffMs, mostRows: PASS_ROWS});
    this.strayRows = range.strayRows;
    // The snapshot lies between two transactions, and the writer knows between which.
    const resume = await committer.pause();
    try {
      await link.ask({kind: 'snapshot'});
      if (range.hot) this.needs.record(range.hot);
    } finally {
      resume();
    }
    let built: BuildAnswer;
    try {
      built = await link.ask<BuildAnswer>({kind: 'build', kinds: this.kinds()});
    } catch (error) {
      this.needs.record(null);
      throw error;
    }
    if (built.add.length === 0 && built.remove.length === 0) {
      if (range.hot) this.needs.record(null);
      return false;
    }
    const {deletedHot, segments, gone} = await this.swap({...built, hot: range.hot});
    await this.needs.retire(gone.flatMap(({raw, tier}) => (tier ? [raw, tier] : [raw])));
    log('info', 'rows moved to column files', {
      mode,
      rows: deletedHot,
      files: segments.map((segment) => segment.raw),
      replaced: gone.length,
      ms: Math.round(performance.now() - began),
    });
    return this.goesOn(mode, range);
  }
}
