import type {VerdictCounts} from '#schemas';

const VERDICTS = 1 << 16;

/** Rows counted by series, span and verdict. */
export class VerdictTally {
  /** By series, then by span and verdict in one number. */
  readonly #bySeries = new Map<number, Map<number, number>>();

  add(series: number, span: number, verdict: number, rows: number): void {
    let counts = this.#bySeries.get(series);
    if (!counts) {
      counts = new Map();
      this.#bySeries.set(series, counts);
    }
    const key = span * VERDICTS + verdict;
    counts.set(key, (counts.get(key) ?? 0) + rows);
  }

  addAll({series, span, verdict, rows}: VerdictCounts, wanted: (series: number) => boolean): void {
    for (let i = 0; i < series.length; i++) {
      if (wanted(series[i]!)) this.add(series[i]!, span[i]!, verdict[i]!, rows[i]!);
    }
  }

  /** What was counted; what came to nothing is left out. */
  columns(): VerdictCounts {
    const entries: [series: number, key: number, rows: number][] = [];
    for (const [series, counts] of this.#bySeries) {
      for (const [key, rows] of counts) if (rows !== 0) entries.push([series, key, rows]);
    }
    return {
      series: Int32Array.from(entries, ([series]) => series),
      span: Int32Array.from(entries, ([, key]) => Math.floor(key / VERDICTS)),
      verdict: Int32Array.from(entries, ([, key]) => key % VERDICTS),
      rows: Int32Array.from(entries, ([, , rows]) => rows),
    };
  }
}

/** Index of the span that a time lies in, `edgesMs` being in order; −1: in none. */
export function spanOf(edgesMs: readonly number[], timeMs: number): number {
  let low = 0;
  let high = edgesMs.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (edgesMs[middle]! <= timeMs) low = middle + 1;
    else high = middle;
  }
  return low < edgesMs.length ? low - 1 : -1;
}
