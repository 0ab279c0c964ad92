import {EcoError, type RollUp} from '#schemas';
import type {CompactMode, RangeAnswer} from '../embedded/compact-protocol.ts';
import type {ColdKeeper, CompactionNeeds} from '../embedded/compaction.ts';
import type {MonthPlace} from '../embedded/month-load.ts';
import type {SegmentRecord} from '../embedded/protocol.ts';
import {type Columns, columnBuffers} from '../embedded/row-arrays.ts';
import type {ForwardQuestion, SummaryAnswer} from './forward-protocol.ts';
import type {Forwarder} from './forwarder.ts';

const DAY_MS = 86_400_000;
/** Days whose keys are known here: a value that comes again within them is decided without asking InfluxDB. */
const DEFAULT_AGE_MS = 3 * DAY_MS;
const DEFAULT_MOST_HOT_ROWS = 1_500_000;
const DEFAULT_EVERY_MS = 60_000;
/** Rows of one pass: their deletion holds up the next commit for about 0.1 s. */
const PASS_ROWS = 600_000;
/** How long a pass waits for InfluxDB to have its rows. */
const WAIT_MS = 30_000;

/**
 * Takes rows out of the local database that InfluxDB has, by age and by size. Readers see each row exactly once at every
 * moment: the manifest names it and `hot` loses it in one transaction, and only after InfluxDB has acknowledged it.
 */
export class Trimming implements ColdKeeper {
  readonly #needs: CompactionNeeds;
  readonly #forwarder: Forwarder;
  #timer: NodeJS.Timeout | null = null;
  #queue: Promise<void> = Promise.resolve();
  #busy = false;
  #stopped = false;
  #trimmedTo = Number.NEGATIVE_INFINITY;
  #strayRows: number;
  #purged: number[] = [];

  constructor(needs: CompactionNeeds, forwarder: Forwarder) {
    this.#needs = needs;
    this.#forwarder = forwarder;
    this.#strayRows = needs.strayRows;
  }

  start(): void {
    const everyMs = this.#needs.options.compactEveryMs ?? DEFAULT_EVERY_MS;
    if (everyMs <= 0) return;
    this.#timer = setInterval(() => this.#look(), everyMs);
    this.#timer.unref();
  }

  run(): Promise<void> {
    return this.#then(() => this.#trim('tidy'));
  }

  /** The outbox brings the purge to InfluxDB. */
  async clean(): Promise<void> {}

  notePurge(series: readonly number[]): void {
    if (this.#busy) this.#purged.push(...series);
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    if (this.#timer) clearInterval(this.#timer);
    this.#forwarder.giveUp();
    await this.#queue.catch(() => {});
  }

  terminate(): void {
    this.#forwarder.terminate();
  }

  #then(work: () => Promise<void>): Promise<void> {
    const done = this.#queue.catch(() => {}).then(work);
    this.#queue = done;
    return done;
  }

  #look(): void {
    if (this.#busy || this.#stopped || !this.#forwarder.sending) return;
    let mode: CompactMode | null = null;
    if (this.#movableRows() > this.#mostHotRows()) mode = 'drain';
    else if (this.cutoffMs() > this.#trimmedTo) mode = 'tidy';
    if (!mode) return;
    const chosen = mode;
    this.#then(() => this.#trim(chosen)).catch((error: Error) => {
      if (this.#stopped) return;
      this.#needs.log('error', 'letting rows go that InfluxDB has failed; they stay', {mode: chosen, error});
    });
  }

  cutoffMs(): number {
    const ageMs = this.#needs.options.compactAfterMs ?? DEFAULT_AGE_MS;
    return Math.floor((this.#needs.now() - ageMs) / DAY_MS) * DAY_MS;
  }

  async #trim(mode: CompactMode): Promise<void> {
    if (this.#stopped) return;
    const cutoffMs = this.cutoffMs();
    this.#busy = true;
    try {
      let outcome: 'more' | 'done' | 'later' = 'more';
      while (outcome === 'more' && !this.#stopped) outcome = await this.#pass(mode, cutoffMs);
      if (mode === 'tidy' && outcome === 'done') this.#trimmedTo = cutoffMs;
    } finally {
      this.#busy = false;
    }
  }

  async load(month: string): Promise<MonthPlace> {
    const ask = async <T>(question: ForwardQuestion, transfer: ArrayBuffer[] = []): Promise<T> => {
      try {
        return await this.#forwarder.ask<T>(question, transfer);
      } catch (error) {
        throw new EcoError('store_away', `InfluxDB: ${(error as Error).message}`, 503);
      }
    };
    await ask({kind: 'load', month});
    return {
      put: (series, rows) => {
        const rollUp = this.#needs.options.seriesInfo(series)?.rollUp ?? null;
        return ask<Columns>({kind: 'put', series, rows, rollUp}, columnBuffers(rows));
      },
      finish: () => ask<SegmentRecord | null>({kind: 'finish'}),
      // What no manifest names counts for nothing, and is written over the next time.
      abandon: async () => {},
    };
  }

  async #pass(mode: CompactMode, cutoffMs: number): Promise<'more' | 'done' | 'later'> {
    const {committer, cold, log} = this.#needs;
    const began = performance.now();
    this.#purged = [];
    const forwarder = this.#forwarder;
    const range = await forwarder.ask<RangeAnswer>({kind: 'range', mode, cutoffMs, mostRows: PASS_ROWS});
    this.#strayRows = range.strayRows;
    if (!range.hot) return 'done';
    // The snapshot lies between two transactions, and the writer knows between which.
    const resume = await committer.pause();
    try {
      await forwarder.ask({kind: 'snapshot', ...range.hot});
      this.#needs.record(range.hot);
    } finally {
      resume();
    }
    let moved = false;
    try {
      const {add, remove, latest, seq, unsure} = await forwarder.ask<SummaryAnswer>({kind: 'summary'});
      if (add.length === 0) return 'done';
      if (unsure || !(await forwarder.hasSent(seq, WAIT_MS))) return 'later';
      const segments = await forwarder.ask<SegmentRecord[]>({kind: 'tiers', add, kinds: this.#kinds()});
      // Every purge called so far is before this in the committer's queue, every later one behind it.
      const result = await committer.swap({
        kind: 'swap',
        add: segments,
        remove,
        hot: range.hot,
        latest,
        purged: [...this.#purged],
      });
      moved = true;
      cold.remove(remove);
      for (const segment of result.segments) cold.add(segment);
      this.#needs.onSwapped(result.deletedHot);
      log('info', 'rows that InfluxDB has are no longer kept here', {
        mode,
        rows: result.deletedHot,
        ms: Math.round(performance.now() - began),
      });
    } finally {
      if (!moved) this.#needs.record(null);
    }
    if (!range.more) return 'done';
    return mode !== 'drain' || this.#movableRows() > this.#mostHotRows() / 2 ? 'more' : 'done';
  }

  #kinds(): Map<number, RollUp> {
    const kinds = new Map<number, RollUp>();
    for (const series of this.#needs.series()) {
      const info = this.#needs.options.seriesInfo(series);
      if (info) kinds.set(series, info.rollUp);
    }
    return kinds;
  }

  #movableRows(): number {
    return this.#needs.hotRows() - this.#strayRows;
  }

  #mostHotRows(): number {
    return this.#needs.options.maxHotRows ?? DEFAULT_MOST_HOT_ROWS;
  }
}
