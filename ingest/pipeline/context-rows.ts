/** Room to begin with: with less, the newest rows are moved to the front more often. */
const FIRST_ROWS = 64;

/**
 * The newest rows of one series in order of time: what its next verdicts depend on. Holds at least `keep` rows once that
 * many came, and at most twice that or 64; older ones go. Only rows with a credible time stand here.
 */
export class ContextRows {
  private readonly keep: number;
  private count = 0;
  /** Whether rows before the first one here may exist. */
  private cut = false;
  private times = new Float64Array(FIRST_ROWS);
  private values = new Float64Array(FIRST_ROWS);
  private qcs = new Int32Array(FIRST_ROWS);
  private companions: Float64Array | null;

  constructor(keep: number, withCompanion: boolean) {
    this.keep = keep;
    this.companions = withCompanion ? new Float64Array(FIRST_ROWS) : null;
  }

  get length(): number {
    return this.count;
  }
  get timeMs(): Float64Array {
    return this.times.subarray(0, this.count);
  }
  get value(): Float64Array {
    return this.values.subarray(0, this.count);
  }
  get qc(): Int32Array {
    return this.qcs.subarray(0, this.count);
  }
  /** Wind speeds at the rows' times (NaN: not known); null where the series needs none. */
  get companion(): Float64Array | null {
    return this.companions === null ? null : this.companions.subarray(0, this.count);
  }

  /** Rows older than the first here exist, or may. */
  markCut(): void {
    this.cut = true;
  }

  /** Whether a row at this time would stand among the rows here, or before them with nothing between. */
  reaches(timeMs: number): boolean {
    return !this.cut || (this.count > 0 && timeMs >= this.times[0]!);
  }

  /** Place of the row at this time, else the complement (`~place`) of where it would stand. */
  find(timeMs: number): number {
    let low = 0;
    let high = this.count - 1;
    while (low <= high) {
      const middle = (low + high) >> 1;
      const at = this.times[middle]!;
      if (at === timeMs) return middle;
      if (at < timeMs) low = middle + 1;
      else high = middle - 1;
    }
    return ~low;
  }

  /** A row newer than all. */
  push(timeMs: number, value: number, qc: number, companion: number): void {
    if (this.count === this.times.length) this.makeRoom();
    const at = this.count++;
    this.times[at] = timeMs;
    this.values[at] = value;
    this.qcs[at] = qc;
    if (this.companions) this.companions[at] = companion;
  }

  /** A row at a place that `find` gave. */
  insert(place: number, timeMs: number, value: number, qc: number, companion: number): void {
    if (this.count === this.times.length) {
      const before = this.count;
      this.makeRoom();
      place -= before - this.count;
      if (place < 0) return;
    }
    this.times.copyWithin(place + 1, place, this.count);
    this.values.copyWithin(place + 1, place, this.count);
    this.qcs.copyWithin(place + 1, place, this.count);
    this.companions?.copyWithin(place + 1, place, this.count);
    this.count++;
    this.times[place] = timeMs;
    this.values[place] = value;
    this.qcs[place] = qc;
    if (this.companions) this.companions[place] = companion;
  }

  setCompanion(place: number, companion: number): void {
    if (this.companions) this.companions[place] = companion;
  }

  private makeRoom(): void {
    if (this.count >= 2 * this.keep) {
      const from = this.count - this.keep;
      this.times.copyWithin(0, from, this.count);
      this.values.copyWithin(0, from, this.count);
      this.qcs.copyWithin(0, from, this.count);
      this.companions?.copyWithin(0, from, this.count);
      this.count = this.keep;
      this.cut = true;
      return;
    }
    const size = Math.min(this.times.length * 2, Math.max(FIRST_ROWS, 2 * this.keep));
    this.times = grown(this.times, new Float64Array(size));
    this.values = grown(this.values, new Float64Array(size));
    this.qcs = grown(this.qcs, new Int32Array(size));
    if (this.companions) this.companions = grown(this.companions, new Float64Array(size));
  }
}

function grown<T extends Float64Array | Int32Array>(from: T, to: T): T {
  to.set(from);
  return to;
}
