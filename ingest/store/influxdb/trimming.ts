import {EcoError} from '#schemas';
import {ColdKeeper, type CompactionNeeds, DAY_MS, PASS_ROWS} from '../embedded/cold-keeper.ts';
import type {CompactMode, RangeAnswer} from '../embedded/compact-protocol.ts';
import type {MonthPlace} from '../embedded/month-load.ts';
import type {SegmentRecord} from '../embedded/protocol.ts';
import {type Columns, columnBuffers} from '../embedded/row-arrays.ts';
import type {ForwardQuestion, SummaryAnswer} from './forward-protocol.ts';
import type {Forwarder} from './forwarder.ts';

/** How long a pass waits for InfluxDB to have its rows. */
const WAIT_MS = 30_000;

/**
 * Takes rows out of the local database that InfluxDB has, by age and by size. Readers see each row exactly once at every
 * moment: the manifest names it and `hot` loses it in one transaction, and only after InfluxDB has acknowledged it.
 */
export class Trimming extends ColdKeeper {
  readonly #forwarder: Forwarder;

  constructor(needs: CompactionNeeds, forwarder: Forwarder) {
    super(needs, {
      // Days whose keys are known here: a value that comes again within them is decided without asking InfluxDB.
      usualAgeMs: 3 * DAY_MS,
      failed: 'letting rows go that InfluxDB has failed; they stay',
    });
    this.#forwarder = forwarder;
  }

  /** The outbox brings the purge to InfluxDB. */
  async clean(): Promise<void> {}

  terminate(): void {
    this.#forwarder.terminate();
  }

  protected giveUp(): void {
    this.#forwarder.giveUp();
  }

  protected override due(): CompactMode | null {
    return this.#forwarder.sending ? super.due() : null;
  }

  protected async move(mode: CompactMode, cutoffMs: number): Promise<boolean> {
    let outcome: 'more' | 'done' | 'later' = 'more';
    while (outcome === 'more' && !this.stopped) outcome = await this.#pass(mode, cutoffMs);
    return outcome === 'done';
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
        const rollUp = this.needs.options.seriesInfo(series)?.rollUp ?? null;
        return ask<Columns>({kind: 'put', series, rows, rollUp}, columnBuffers(rows));
      },
      finish: () => ask<SegmentRecord | null>({kind: 'finish'}),
      // What no manifest names counts for nothing, and is written over the next time.
      abandon: async () => {},
    };
  }

  async #pass(mode: CompactMode, cutoffMs: number): Promise<'more' | 'done' | 'later'> {
    const {committer, log} = this.needs;
    const began = performance.now();
    this.purged = [];
    const forwarder = this.#forwarder;
    const range = await forwarder.ask<RangeAnswer>({kind: 'range', mode, cutoffMs, mostRows: PASS_ROWS});
    this.strayRows = range.strayRows;
    if (!range.hot) return 'done';
    // The snapshot lies between two transactions, and the writer knows between which.
    const resume = await committer.pause();
    try {
      await forwarder.ask({kind: 'snapshot', ...range.hot});
      this.needs.record(range.hot);
    } finally {
      resume();
    }
    let moved = false;
    try {
      const {add, remove, latest, seq, unsure} = await forwarder.ask<SummaryAnswer>({kind: 'summary'});
      if (add.length === 0) return 'done';
      if (unsure || !(await forwarder.hasSent(seq, WAIT_MS))) return 'later';
      const segments = await forwarder.ask<SegmentRecord[]>({kind: 'tiers', add, kinds: this.kinds()});
      const {deletedHot} = await this.swap({add: segments, remove, hot: range.hot, latest});
      moved = true;
      log('info', 'rows that InfluxDB has are no longer kept here', {
        mode,
        rows: deletedHot,
        ms: Math.round(performance.now() - began),
      });
    } finally {
      if (!moved) this.needs.record(null);
    }
    return this.goesOn(mode, range) ? 'more' : 'done';
  }
}
