/** Hours of one block: `rows` holds `HOURS` rows of `width` columns from `firstHour` on. */
export type Chunk = {firstHour: number; rows: Float64Array};

/** Hours of a block: 30 days. */
export const CHUNK_HOURS = 720;
/** Blocks kept in memory; a snapshot of the state at each block's start makes any other quick to compute again. */
const KEPT_CHUNKS = 4;

/**
 * The island's state hour by hour, computed when asked for. The state at an hour follows from seed and epoch alone: blocks
 * are stepped in order the first time, from their snapshot afterwards, with the same result.
 */
export class HourTable {
  readonly width: number;
  readonly #step: (hour: number, state: Float64Array, rows: Float64Array, at: number) => void;
  /** State at the start of each block reached so far. */
  readonly #snapshots: Float64Array[];
  readonly #chunks = new Map<number, Chunk>();

  constructor(of: {
    width: number;
    start: Float64Array;
    /** Writes the row of an hour and moves the state to the next. */
    step: (hour: number, state: Float64Array, rows: Float64Array, at: number) => void;
  }) {
    this.width = of.width;
    this.#step = of.step;
    this.#snapshots = [of.start];
  }

  /** @throws {RangeError} before the epoch. */
  chunkOf(hour: number): Chunk {
    const index = Math.floor(hour / CHUNK_HOURS);
    if (index < 0)
      throw new RangeError(`the virtual island starts at its epoch, ${-hour} h before it was asked for`);
    const found = this.#chunks.get(index);
    if (found) return found;
    let chunk: Chunk | undefined;
    for (let each = Math.min(index, this.#snapshots.length - 1); each <= index; each++)
      chunk = this.#compute(each);
    this.#chunks.set(index, chunk!);
    if (this.#chunks.size > KEPT_CHUNKS) {
      // The one farthest from what is asked for now.
      let farthest = index;
      for (const each of this.#chunks.keys()) {
        if (Math.abs(each - index) > Math.abs(farthest - index)) farthest = each;
      }
      this.#chunks.delete(farthest);
    }
    return chunk!;
  }

  #compute(index: number): Chunk {
    const state = this.#snapshots[index]!.slice();
    const rows = new Float64Array(CHUNK_HOURS * this.width);
    const firstHour = index * CHUNK_HOURS;
    for (let k = 0; k < CHUNK_HOURS; k++) this.#step(firstHour + k, state, rows, k * this.width);
    if (this.#snapshots.length === index + 1) this.#snapshots.push(state);
    return {firstHour, rows};
  }
}
