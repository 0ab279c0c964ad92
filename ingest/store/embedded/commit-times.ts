const KEPT = 512;

/** How long the last commits took, ms. */
export class CommitTimes {
  readonly #ms = new Float64Array(KEPT);
  #count = 0;

  add(ms: number): void {
    this.#ms[this.#count++ % KEPT] = ms;
  }

  /** Zero before the first commit. */
  quantiles(): {p50: number; p99: number} {
    const n = Math.min(this.#count, KEPT);
    if (n === 0) return {p50: 0, p99: 0};
    const sorted = this.#ms.slice(0, n).sort();
    return {p50: sorted[Math.floor(n * 0.5)]!, p99: sorted[Math.min(n - 1, Math.floor(n * 0.99))]!};
  }
}
