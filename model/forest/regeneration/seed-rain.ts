import type {KernelPart, SeedKernel} from './seed-kernel.ts';

/**
 * Spreads seeds over a grid by recursive filters: the cost of a cell is the same however far seeds travel. What leaves the grid is
 * gone. Fields are row after row; nothing is allocated after the grid is made.
 */
export class SeedGrid {
  readonly columns: number;
  readonly rows: number;
  readonly #work: Float64Array;
  readonly #line: Float64Array;
  /** Sums of what lies before each cell in its column, itself included. */
  readonly #before: Float64Array;

  constructor(columns: number, rows: number) {
    this.columns = columns;
    this.rows = rows;
    this.#work = new Float64Array(columns * rows);
    this.#before = new Float64Array(columns * rows);
    this.#line = new Float64Array(Math.max(columns, rows));
  }

  /** Adds to `rain` what falls from `source`; both per cell. */
  spread(source: Float64Array, kernel: SeedKernel, rain: Float64Array): void {
    const work = this.#work;
    for (const part of kernel.parts) {
      if (part.share <= 0) continue;
      work.set(source);
      for (let pass = 0; pass < part.passes; pass += 1) this.#exponential(part);
      addShare(work, part.share, rain);
    }
    const {share, radiusCells} = kernel.carried;
    if (share > 0) {
      work.set(source);
      this.#even(radiusCells);
      addShare(work, share, rain);
    }
  }

  /** One two-sided exponential along rows, then along columns. */
  #exponential({decay}: KernelPart): void {
    const {columns, rows} = this;
    for (let row = 0; row < rows; row += 1) this.#exponentialLine(row * columns, columns, decay);
    this.#exponentialColumns(decay);
  }

  /** y = (1 − d)/(1 + d) Σ d^|k| x, as a sum from the left and one from the right. */
  #exponentialLine(from: number, length: number, decay: number): void {
    const work = this.#work;
    const line = this.#line;
    const norm = (1 - decay) / (1 + decay);
    let sum = 0;
    for (let i = 0; i < length; i += 1) {
      sum = sum * decay + work[from + i]!;
      line[i] = sum;
    }
    sum = 0;
    for (let i = length - 1; i >= 0; i -= 1) {
      // the cell itself is in the sum from the left
      const own = work[from + i]!;
      work[from + i] = norm * (line[i]! + sum);
      sum = (sum + own) * decay;
    }
  }

  /** The same along all columns at once, row after row as they lie in memory. */
  #exponentialColumns(decay: number): void {
    const {columns, rows} = this;
    const work = this.#work;
    const before = this.#before;
    const line = this.#line.fill(0, 0, columns);
    const norm = (1 - decay) / (1 + decay);
    for (let row = 0, from = 0; row < rows; row += 1, from += columns) {
      for (let i = 0; i < columns; i += 1) {
        line[i] = line[i]! * decay + work[from + i]!;
        before[from + i] = line[i]!;
      }
    }
    line.fill(0, 0, columns);
    for (let row = rows - 1, from = (rows - 1) * columns; row >= 0; row -= 1, from -= columns) {
      for (let i = 0; i < columns; i += 1) {
        const own = work[from + i]!;
        work[from + i] = norm * (before[from + i]! + line[i]!);
        line[i] = (line[i]! + own) * decay;
      }
    }
  }

  /** Evenly over a square of the same area as the circle, by running sums. */
  #even(radiusCells: number): void {
    const {columns, rows} = this;
    const half = Math.max(0, Math.round((radiusCells * Math.sqrt(Math.PI) - 1) / 2));
    for (let row = 0; row < rows; row += 1) this.#evenLine(row * columns, 1, columns, half);
    for (let column = 0; column < columns; column += 1) this.#evenLine(column, columns, rows, half);
  }

  #evenLine(from: number, stride: number, length: number, half: number): void {
    const work = this.#work;
    const line = this.#line;
    for (let i = 0, at = from; i < length; i += 1, at += stride) line[i] = work[at]!;
    let sum = 0;
    for (let i = 0; i < Math.min(half, length); i += 1) sum += line[i]!;
    for (let i = 0, at = from; i < length; i += 1, at += stride) {
      if (i + half < length) sum += line[i + half]!;
      if (i - half - 1 >= 0) sum -= line[i - half - 1]!;
      // sums of differences end a rounding below nothing
      work[at] = Math.max(0, sum) / (2 * half + 1);
    }
  }
}

function addShare(field: Float64Array, share: number, rain: Float64Array): void {
  for (let at = 0; at < field.length; at += 1) rain[at] = rain[at]! + share * field[at]!;
}
