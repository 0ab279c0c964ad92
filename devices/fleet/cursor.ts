import type {Chunk, HourTable} from './hour-table.ts';

const HOUR_MS = 3_600_000;

/**
 * A reading position in the island's hourly table. `seek` moves it to an instant; `value` then gives a column's value
 * there, drawn straight between the hours, `held` the value that stands for the whole hour (rain).
 */
export class Cursor {
  timeMs = Number.NaN;
  /** Hours since the epoch, and the share of the hour that has passed. */
  hour = Number.NaN;
  fraction = 0;
  #table: HourTable;
  #epochMs: number;
  #now: Float64Array = new Float64Array();
  #next: Float64Array = new Float64Array();
  #nowAt = 0;
  #nextAt = 0;

  constructor(table: HourTable, epochMs: number) {
    this.#table = table;
    this.#epochMs = epochMs;
  }

  seek(timeMs: number): this {
    if (timeMs === this.timeMs) return this;
    const x = (timeMs - this.#epochMs) / HOUR_MS;
    const hour = Math.floor(x);
    if (hour !== this.hour) {
      const now: Chunk = this.#table.chunkOf(hour);
      this.#now = now.rows;
      this.#nowAt = (hour - now.firstHour) * this.#table.width;
      const next: Chunk = this.#table.chunkOf(hour + 1);
      this.#next = next.rows;
      this.#nextAt = (hour + 1 - next.firstHour) * this.#table.width;
      this.hour = hour;
    }
    this.timeMs = timeMs;
    this.fraction = x - hour;
    return this;
  }

  value(column: number): number {
    const now = this.#now[this.#nowAt + column]!;
    return now + (this.#next[this.#nextAt + column]! - now) * this.fraction;
  }

  held(column: number): number {
    return this.#now[this.#nowAt + column]!;
  }
}
