import type {ColdSegment} from './protocol.ts';

type Entry = {segment: number; t0: number; t1: number};

/** Which column file may hold a row, in memory: so the common path never asks the files. */
export class ColdIndex {
  readonly #segments = new Map<number, ColdSegment>();
  readonly #bySeries = new Map<number, Entry[]>();
  #newestMs = Number.NEGATIVE_INFINITY;

  constructor(segments: readonly ColdSegment[]) {
    for (const segment of segments) this.add(segment);
  }

  /** Time of the newest row in any file; −∞ without files. */
  get newestMs(): number {
    return this.#newestMs;
  }

  get segments(): ColdSegment[] {
    return [...this.#segments.values()];
  }

  get rows(): number {
    let rows = 0;
    for (const segment of this.#segments.values()) for (const n of segment.seriesN) rows += n;
    return rows;
  }

  get bytes(): number {
    let bytes = 0;
    for (const segment of this.#segments.values()) bytes += segment.bytes;
    return bytes;
  }

  /** Rows, bytes and files by month, oldest first. */
  get months(): {month: string; rows: number; bytes: number; files: number}[] {
    const months = new Map<string, {month: string; rows: number; bytes: number; files: number}>();
    for (const {month, seriesN, bytes} of this.#segments.values()) {
      const known = months.get(month) ?? {month, rows: 0, bytes: 0, files: 0};
      for (const n of seriesN) known.rows += n;
      known.bytes += bytes;
      known.files += 1;
      months.set(month, known);
    }
    return [...months.values()].sort((a, b) => (a.month < b.month ? -1 : 1));
  }

  get oldestMs(): number {
    let oldest = Number.POSITIVE_INFINITY;
    for (const segment of this.#segments.values())
      for (const t0 of segment.seriesT0) oldest = Math.min(oldest, t0);
    return oldest;
  }

  add(segment: ColdSegment): void {
    this.#segments.set(segment.id, segment);
    for (let i = 0; i < segment.series.length; i++) {
      const entry = {segment: segment.id, t0: segment.seriesT0[i]!, t1: segment.seriesT1[i]!};
      const entries = this.#bySeries.get(segment.series[i]!);
      if (entries) entries.push(entry);
      else this.#bySeries.set(segment.series[i]!, [entry]);
      if (entry.t1 > this.#newestMs) this.#newestMs = entry.t1;
    }
  }

  remove(ids: readonly number[]): ColdSegment[] {
    const gone: ColdSegment[] = [];
    for (const id of ids) {
      const segment = this.#segments.get(id);
      if (!segment) continue;
      gone.push(segment);
      this.#segments.delete(id);
      for (const series of segment.series) this.#drop(series, id);
    }
    this.#findNewest();
    return gone;
  }

  /** Takes the rows of these series out of sight; `dirty` are the files that still hold some. */
  purge(series: readonly number[], dirty: readonly number[]): void {
    const purged = new Set(series);
    for (const id of dirty) {
      const segment = this.#segments.get(id);
      if (!segment) continue;
      const kept = [...segment.series.keys()].filter((i) => !purged.has(segment.series[i]!));
      this.#segments.set(id, {
        ...segment,
        dirty: true,
        series: Int32Array.from(kept, (i) => segment.series[i]!),
        seriesT0: Float64Array.from(kept, (i) => segment.seriesT0[i]!),
        seriesT1: Float64Array.from(kept, (i) => segment.seriesT1[i]!),
        seriesN: Int32Array.from(kept, (i) => segment.seriesN[i]!),
      });
    }
    for (const one of purged) this.#bySeries.delete(one);
    this.#findNewest();
  }

  /** Notes `place` under each file among whose rows of this series the time lies. */
  noteFiles(series: number, timeMs: number, place: number, into: Map<string, number[]>): void {
    for (const entry of this.#bySeries.get(series) ?? []) {
      if (timeMs < entry.t0 || timeMs > entry.t1) continue;
      const file = this.#segments.get(entry.segment)!.raw;
      const places = into.get(file);
      if (places) places.push(place);
      else into.set(file, [place]);
    }
  }

  #drop(series: number, segment: number): void {
    const left = (this.#bySeries.get(series) ?? []).filter((entry) => entry.segment !== segment);
    if (left.length > 0) this.#bySeries.set(series, left);
    else this.#bySeries.delete(series);
  }

  #findNewest(): void {
    this.#newestMs = Number.NEGATIVE_INFINITY;
    for (const entries of this.#bySeries.values()) {
      for (const entry of entries) if (entry.t1 > this.#newestMs) this.#newestMs = entry.t1;
    }
  }
}
