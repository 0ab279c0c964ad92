import type {RollUp} from '#schemas';
import type {ColdIndex} from './cold-index.ts';
import type {Committer} from './committer.ts';
import type {BuildAnswer, CompactMode, CompactQuestion, RangeAnswer} from './compact-protocol.ts';
import type {Layout} from './layout.ts';
import type {MonthPlace} from './month-load.ts';
import type {EmbeddedStoreOptions} from './options.ts';
import type {SegmentRecord} from './protocol.ts';
import {columnBuffers, columns} from './row-arrays.ts';
import {startWorker, WorkerLink} from './worker-link.ts';

const DAY_MS = 86_400_000;
const DEFAULT_AGE_MS = DAY_MS;
const DEFAULT_MOST_HOT_ROWS = 1_500_000;
const DEFAULT_EVERY_MS = 60_000;
/** Rows of one pass: their deletion holds up the next commit for about 0.1 s. */
const PASS_ROWS = 600_000;
/** For DuckDB; what is more goes to the disk on the way. */
const MEMORY_MB = 160;
/** The same where rows come in order and need not be sorted. */
const LOAD_MEMORY_MB = 64;

export type LogLevel = 'info' | 'warn' | 'error';

export type CompactionNeeds = {
  layout: Layout;
  options: EmbeddedStoreOptions;
  cold: ColdIndex;
  committer: Committer;
  /** From the next transaction on the writer remembers what arrives for this range. */
  record(range: {fromMs: number; toMs: number} | null): void;
  /** Files that count no more. */
  retire(files: string[]): Promise<unknown>;
  hotRows(): number;
  /** Rows with an impossible time among them, when the store was opened. */
  strayRows: number;
  /** Series that can have rows to move. */
  series(): Iterable<number>;
  onSwapped(deletedHot: number): void;
  now(): number;
  log(level: LogLevel, message: string, details: object): void;
};

/** What moves rows away from the row store, by age and by size, and looks after those that were purged. */
export type ColdKeeper = {
  start(): void;
  /** Moves all closed time and tidies; resolves when done. */
  run(): Promise<void>;
  /** Takes purged rows out of where rows were moved to. */
  clean(): Promise<void>;
  notePurge(series: readonly number[]): void;
  /** Midnight (UTC) before which days are closed and old enough. */
  cutoffMs(): number;
  /** Makes ready for rows of a month (`2026-11`) that the row store never had. One month at a time, and no pass meanwhile. */
  load(month: string): Promise<MonthPlace>;
  stop(): Promise<void>;
  /** Ends at once, done or not. */
  terminate(): void;
};

/**
 * Moves rows from the row store to column files, by age and by size. Readers see each row exactly once at every moment:
 * files appear, the files they replace and the rows they hold disappear in one transaction.
 */
export class Compaction implements ColdKeeper {
  readonly #needs: CompactionNeeds;
  #timer: NodeJS.Timeout | null = null;
  #queue: Promise<void> = Promise.resolve();
  #link: WorkerLink<CompactQuestion> | null = null;
  #stopped = false;
  #tidiedTo = Number.NEGATIVE_INFINITY;
  #strayRows: number;
  /** Purged while files are being made. */
  #purged: number[] = [];

  constructor(needs: CompactionNeeds) {
    this.#needs = needs;
    this.#strayRows = needs.strayRows;
  }

  start(): void {
    const everyMs = this.#needs.options.compactEveryMs ?? DEFAULT_EVERY_MS;
    if (everyMs <= 0) return;
    this.#timer = setInterval(() => this.#look(), everyMs);
    this.#timer.unref();
  }

  run(): Promise<void> {
    return this.#then(() => this.#compact('tidy'));
  }

  clean(): Promise<void> {
    if (!this.#needs.cold.segments.some((segment) => segment.dirty)) return Promise.resolve();
    return this.#then(() => this.#compact('clean'));
  }

  notePurge(series: readonly number[]): void {
    if (this.#link) this.#purged.push(...series);
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    if (this.#timer) clearInterval(this.#timer);
    // What is not yet swapped in counts for nothing: leave it.
    this.#link?.ask({kind: 'abort'}).catch(() => {});
    await this.#queue.catch(() => {});
  }

  /** The worker goes, done or not; what it made is left over. */
  terminate(): void {
    this.#link?.terminate();
  }

  /** One after the other. */
  #then(work: () => Promise<void>): Promise<void> {
    const done = this.#queue.catch(() => {}).then(work);
    this.#queue = done;
    return done;
  }

  #look(): void {
    if (this.#link || this.#stopped) return;
    const {log} = this.#needs;
    let mode: CompactMode | null = null;
    if (this.#movableRows() > this.#mostHotRows()) mode = 'drain';
    else if (this.#needs.cold.segments.some((segment) => segment.dirty)) mode = 'clean';
    else if (this.cutoffMs() > this.#tidiedTo) mode = 'tidy';
    if (!mode) return;
    const chosen = mode;
    this.#then(() => this.#compact(chosen)).catch((error: Error) => {
      if (this.#stopped) return;
      log('error', 'moving rows to column files failed; they stay where they are', {mode: chosen, error});
    });
  }

  cutoffMs(): number {
    const ageMs = this.#needs.options.compactAfterMs ?? DEFAULT_AGE_MS;
    return Math.floor((this.#needs.now() - ageMs) / DAY_MS) * DAY_MS;
  }

  async #compact(mode: CompactMode): Promise<void> {
    if (this.#stopped) return;
    const cutoffMs = this.cutoffMs();
    const link = this.#startWorker();
    this.#link = link;
    try {
      await link.ask({kind: 'hello'});
      for (let more = true; more && !this.#stopped; ) more = await this.#pass(link, mode, cutoffMs);
      if (mode === 'tidy') this.#tidiedTo = cutoffMs;
    } finally {
      this.#link = null;
      await link.end({kind: 'close'});
    }
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
        const info = this.#needs.options.seriesInfo(series);
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
    const {layout} = this.#needs;
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
    const {committer, cold, log} = this.#needs;
    const began = performance.now();
    this.#purged = [];
    const range = await link.ask<RangeAnswer>({kind: 'range', mode, cutoffMs, mostRows: PASS_ROWS});
    this.#strayRows = range.strayRows;
    // The snapshot lies between two transactions, and the writer knows between which.
    const resume = await committer.pause();
    try {
      await link.ask({kind: 'snapshot'});
      if (range.hot) this.#needs.record(range.hot);
    } finally {
      resume();
    }
    let built: BuildAnswer;
    try {
      built = await link.ask<BuildAnswer>({kind: 'build', kinds: this.#kinds()});
    } catch (error) {
      this.#needs.record(null);
      throw error;
    }
    if (built.add.length === 0 && built.remove.length === 0) {
      if (range.hot) this.#needs.record(null);
      return false;
    }
    // Every purge called so far is before this in the committer's queue, every later one behind it.
    const result = await committer.swap({
      kind: 'swap',
      add: built.add,
      remove: built.remove,
      hot: range.hot,
      latest: built.latest,
      purged: [...this.#purged],
    });
    const gone = cold.remove(built.remove);
    for (const segment of result.segments) cold.add(segment);
    this.#needs.onSwapped(result.deletedHot);
    await this.#needs.retire(gone.flatMap(({raw, tier}) => (tier ? [raw, tier] : [raw])));
    log('info', 'rows moved to column files', {
      mode,
      rows: result.deletedHot,
      files: result.segments.map((segment) => segment.raw),
      replaced: gone.length,
      ms: Math.round(performance.now() - began),
    });
    if (mode !== 'drain') return range.more;
    return range.more && this.#movableRows() > this.#mostHotRows() / 2;
  }

  #movableRows(): number {
    return this.#needs.hotRows() - this.#strayRows;
  }

  #mostHotRows(): number {
    return this.#needs.options.maxHotRows ?? DEFAULT_MOST_HOT_ROWS;
  }

  #kinds(): Map<number, RollUp> {
    const kinds = new Map<number, RollUp>();
    for (const series of this.#needs.series()) {
      const info = this.#needs.options.seriesInfo(series);
      if (info) kinds.set(series, info.rollUp);
    }
    return kinds;
  }
}
