import type {Interval, WriteTransaction} from './protocol.ts';

type Change = WriteTransaction['recheckChanges'][number];

/** Intervals closer than this become one: checking a little more is cheaper than keeping many. */
const JOIN_MS = 3_600_000;

/** Stretches of series whose neighbour tests must be made again, merged; the durable copy follows by the changes given. */
export class RecheckBook {
  readonly #bySeries = new Map<number, Interval[]>();

  constructor(intervals: readonly Interval[]) {
    for (const interval of intervals) this.put(interval);
  }

  get size(): number {
    return this.#bySeries.size;
  }

  /** Adds a stretch; gives what must change in the table (nothing, if it was covered). */
  put(interval: Interval): Change[] {
    const list = this.#bySeries.get(interval.series) ?? [];
    if (list.some((known) => known.fromMs <= interval.fromMs && interval.toMs <= known.toMs)) return [];
    const merged = {...interval};
    const apart: Interval[] = [];
    const changes: Change[] = [];
    for (const known of list) {
      if (known.toMs + JOIN_MS < merged.fromMs || merged.toMs + JOIN_MS < known.fromMs) {
        apart.push(known);
        continue;
      }
      merged.fromMs = Math.min(merged.fromMs, known.fromMs);
      merged.toMs = Math.max(merged.toMs, known.toMs);
      changes.push({kind: 'remove', interval: known});
    }
    changes.push({kind: 'put', interval: merged});
    apart.push(merged);
    this.#bySeries.set(interval.series, apart);
    return changes;
  }

  remove(interval: Interval): Change[] {
    const left = (this.#bySeries.get(interval.series) ?? []).filter((known) => known !== interval);
    if (left.length > 0) this.#bySeries.set(interval.series, left);
    else this.#bySeries.delete(interval.series);
    return [{kind: 'remove', interval}];
  }

  /** One stretch that waits, of the series that waited longest; undefined: none. */
  first(): Interval | undefined {
    for (const list of this.#bySeries.values()) return list[0];
    return undefined;
  }

  /** Puts a series behind the others. */
  postpone(series: number): void {
    const list = this.#bySeries.get(series);
    if (!list) return;
    this.#bySeries.delete(series);
    this.#bySeries.set(series, list);
  }

  forget(series: Iterable<number>): void {
    for (const one of series) this.#bySeries.delete(one);
  }
}
