import type {RollUp} from '#schemas';
import type {ColdIndex} from './cold-index.ts';
import type {Committer} from './committer.ts';
import type {CompactMode, RangeAnswer} from './compact-protocol.ts';
import type {Layout} from './layout.ts';
import type {MonthPlace} from './month-load.ts';
import type {EmbeddedStoreOptions} from './options.ts';
import type {ColdSegment, SwapTransaction} from './protocol.ts';

export const DAY_MS = 86_400_000;
const DEFAULT_MOST_HOT_ROWS = 1_500_000;
const DEFAULT_EVERY_MS = 60_000;
/** Rows of one pass: their deletion holds up the next commit for about 0.1 s. */
export const PASS_ROWS = 600_000;

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

type Own = {
  /** Rows at least this old move where the options do not say. */
  usualAgeMs: number;
  /** What is logged when moving rows failed. */
  failed: string;
};

/** What moves rows away from the row store, by age and by size, and looks after those that were purged. */
export abstract class ColdKeeper {
  protected readonly needs: CompactionNeeds;
  protected stopped = false;
  protected strayRows: number;
  /** Purged since the pass under way began. */
  protected purged: number[] = [];
  readonly #own: Own;
  #timer: NodeJS.Timeout | null = null;
  #queue: Promise<void> = Promise.resolve();
  #moving = false;
  #tidiedTo = Number.NEGATIVE_INFINITY;

  constructor(needs: CompactionNeeds, own: Own) {
    this.needs = needs;
    this.strayRows = needs.strayRows;
    this.#own = own;
  }

  /** Takes purged rows out of where rows were moved to. */
  abstract clean(): Promise<void>;
  /** Makes ready for rows of a month (`2026-11`) that the row store never had. One month at a time, and no pass meanwhile. */
  abstract load(month: string): Promise<MonthPlace>;
  /** Ends at once, done or not. */
  abstract terminate(): void;
  /** Moves rows pass by pass; whether all of them moved. */
  protected abstract move(mode: CompactMode, cutoffMs: number): Promise<boolean>;
  /** Leaves the pass under way. */
  protected abstract giveUp(): void;

  start(): void {
    const everyMs = this.needs.options.compactEveryMs ?? DEFAULT_EVERY_MS;
    if (everyMs <= 0) return;
    this.#timer = setInterval(() => this.#look(), everyMs);
    this.#timer.unref();
  }

  /** Moves all closed time and tidies; resolves when done. */
  run(): Promise<void> {
    return this.inTurn('tidy');
  }

  notePurge(series: readonly number[]): void {
    if (this.#moving) this.purged.push(...series);
  }

  /** Midnight (UTC) before which days are closed and old enough. */
  cutoffMs(): number {
    const ageMs = this.needs.options.compactAfterMs ?? this.#own.usualAgeMs;
    return Math.floor((this.needs.now() - ageMs) / DAY_MS) * DAY_MS;
  }

  async stop(): Promise<void> {
    this.stopped = true;
    if (this.#timer) clearInterval(this.#timer);
    this.giveUp();
    await this.#queue.catch(() => {});
  }

  /** One after the other. */
  protected inTurn(mode: CompactMode): Promise<void> {
    const done = this.#queue.catch(() => {}).then(() => this.#move(mode));
    this.#queue = done;
    return done;
  }

  /** What is to be done now; null: nothing. */
  protected due(): CompactMode | null {
    if (this.#movableRows() > this.#mostHotRows()) return 'drain';
    return this.cutoffMs() > this.#tidiedTo ? 'tidy' : null;
  }

  /** Whether another pass follows: a drain goes down to half of the rows that may stay. */
  protected goesOn(mode: CompactMode, {more}: RangeAnswer): boolean {
    return more && (mode !== 'drain' || this.#movableRows() > this.#mostHotRows() / 2);
  }

  protected async swap(
    files: Omit<SwapTransaction, 'kind' | 'purged'>,
  ): Promise<{deletedHot: number; segments: ColdSegment[]; gone: ColdSegment[]}> {
    const {committer, cold, onSwapped} = this.needs;
    // Every purge called so far is before this in the committer's queue, every later one behind it.
    const result = await committer.swap({kind: 'swap', ...files, purged: [...this.purged]});
    const gone = cold.remove(files.remove);
    for (const segment of result.segments) cold.add(segment);
    onSwapped(result.deletedHot);
    return {...result, gone};
  }

  protected kinds(): Map<number, RollUp> {
    const kinds = new Map<number, RollUp>();
    for (const series of this.needs.series()) {
      const info = this.needs.options.seriesInfo(series);
      if (info) kinds.set(series, info.rollUp);
    }
    return kinds;
  }

  #look(): void {
    if (this.#moving || this.stopped) return;
    const mode = this.due();
    if (!mode) return;
    this.inTurn(mode).catch((error: Error) => {
      if (!this.stopped) this.needs.log('error', this.#own.failed, {mode, error});
    });
  }

  async #move(mode: CompactMode): Promise<void> {
    if (this.stopped) return;
    const cutoffMs = this.cutoffMs();
    this.#moving = true;
    try {
      const all = await this.move(mode, cutoffMs);
      if (all && mode === 'tidy') this.#tidiedTo = cutoffMs;
    } finally {
      this.#moving = false;
    }
  }

  #movableRows(): number {
    return this.needs.hotRows() - this.strayRows;
  }

  #mostHotRows(): number {
    return this.needs.options.maxHotRows ?? DEFAULT_MOST_HOT_ROWS;
  }
}
