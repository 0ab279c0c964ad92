/** What the pipeline does to rows before the store sees them, in the smallest form: verdicts on the stream. */
import {checkAlone, SeriesChecker} from '#model';
import {type Batch, type ObservationStore, QC_LATE, type Row} from '#schemas';
import type {SeriesInfo} from '../../../ingest/store/index.ts';

export type Sample = {timeMs: number; series: number; value: number | null; receivedMs?: number};
export type Outcome = {stored: number; duplicate: number; conflict: number};

/** A series of an air temperature, every minute. */
export const INFO: SeriesInfo = {
  limits: {
    hardRange: [-90, 60],
    suspectRange: [-5, 45],
    intervalS: 60,
    ratePerS: 2 / 60,
    spike: {suspect: 1.5, fail: 5},
    flatLine: {tolerance: 0.05, suspectH: 0.25, failH: 0.5, unless: null},
  },
  rollUp: 'mean',
  latitudeDeg: 29.58,
  longitudeDeg: 106.71,
  timeZone: 'Asia/Shanghai',
  companion: null,
};

export function add(store: ObservationStore, batch: Partial<Batch>): Promise<Outcome> {
  return new Promise((resolve) =>
    store.add({rows: [], revisions: [], deadLetters: [], rechecks: [], ...batch}, resolve),
  );
}

/** A plain row: passed, arrived half a second later. */
export function row(timeMs: number, series: number, value: number | null, qc = value === null ? 9 : 1): Row {
  return {timeMs, series, value, receivedMs: timeMs + 500, qc};
}

/** Sends samples one after the other as the pipeline would: flags on the stream, rechecks for what came out of order. */
export class Stream {
  readonly #store: ObservationStore;
  readonly #info: (series: number) => SeriesInfo;
  readonly #checkers = new Map<number, SeriesChecker>();
  /** Series whose checker has not seen every row: what follows is checked again. */
  readonly #behind = new Set<number>();

  constructor(store: ObservationStore, info: (series: number) => SeriesInfo = () => INFO) {
    this.#store = store;
    this.#info = info;
  }

  send({timeMs, series, value, receivedMs}: Sample): Promise<Outcome> {
    const info = this.#info(series);
    let checker = this.#checkers.get(series);
    if (!checker) {
      checker = new SeriesChecker(info.limits, info);
      this.#checkers.set(series, checker);
    }
    const base = {timeMs, series, value, receivedMs: receivedMs ?? timeMs + 500};
    if (checker.newestMs !== null && timeMs <= checker.newestMs) {
      this.#behind.add(series);
      return add(this.#store, {
        rows: [{...base, qc: checkAlone(value, QC_LATE, info.limits)}],
        rechecks: [{series, fromMs: timeMs, toMs: timeMs}],
      });
    }
    const {qc, revisePrevious} = checker.push(timeMs, value, 0);
    return add(this.#store, {
      rows: [{...base, qc}],
      revisions: revisePrevious
        ? [
            {
              series,
              fromMs: revisePrevious.timeMs,
              toMs: revisePrevious.timeMs,
              version: 1,
              value: null,
              qc: revisePrevious.qc,
              reason: 'spike',
              who: 'quality',
              atMs: base.receivedMs,
            },
          ]
        : [],
      rechecks: this.#behind.has(series) ? [{series, fromMs: timeMs, toMs: timeMs}] : [],
    });
  }

  async sendAll(samples: readonly Sample[]): Promise<Outcome> {
    const outcomes = await Promise.all(samples.map((sample) => this.send(sample)));
    return outcomes.reduce((sum, one) => ({
      stored: sum.stored + one.stored,
      duplicate: sum.duplicate + one.duplicate,
      conflict: sum.conflict + one.conflict,
    }));
  }
}

/** Numbers of [0, 1), the same for the same seed (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

export function shuffled<T>(list: readonly T[], random: () => number): T[] {
  const copy = [...list];
  for (let i = copy.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [copy[i], copy[j]] = [copy[j]!, copy[i]!];
  }
  return copy;
}

/** A day of minutes with everything in it that a test can find: a spike, a jump, a stuck hour, holes, missing values. */
export function eventfulDay(series: number, startMs: number, seed: number, minutes = 1440): Sample[] {
  const random = seeded(seed);
  const samples: Sample[] = [];
  for (let i = 0; i < minutes; i++) {
    if (i % 301 === 7 || (i > 900 && i < 925)) continue;
    let value: number | null = Math.round((15 + 8 * Math.sin(i / 230) + random() * 0.6) * 100) / 100;
    if (i % 211 === 60) value += 4;
    if (i % 333 === 100) value += 30;
    if (i >= 500 && i < 560) value = 17.25;
    if (i % 401 === 3) value = null;
    samples.push({timeMs: startMs + i * 60_000, series, value});
  }
  return samples;
}
