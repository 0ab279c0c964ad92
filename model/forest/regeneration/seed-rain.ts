import type {KernelPart, SeedKernel} from './seed-kernel.ts';

/**
 * Spreads seeds over a grid by recursive filters: the cost of a cell is the same however far seeds travel. What leaves the grid is
 * gone. Fields are row after row; nothing is allocated after the grid is made.
 */
export class SeedGrid {
  readonly columns: number;
  readonly rows: number;
  readonly #work: Float64Array;
  /** Sums of what lies before each cell in its row or column, itself included. */
  readonly #before: Float64Array;
  /** A running sum for each column. */
  readonly #line: Float64Array;
  /** Rows of a source that have seeds. */
  readonly #sown: Int32Array;

  constructor(columns: number, rows: number) {
    this.columns = columns;
    this.rows = rows;
    this.#work = new Float64Array(columns * rows);
    this.#before = new Float64Array(columns * rows);
    this.#line = new Float64Array(columns);
    this.#sown = new Int32Array(rows);
  }

  /** Adds to `rain` what falls from `source`; both per cell. */
  spread(source: Float64Array, kernel: SeedKernel, rain: Float64Array): void {
    const work = this.#work;
    const sown = this.#sownRows(source);
    if (sown === 0) return;
    for (const part of kernel.parts) {
      if (part.share <= 0) continue;
      work.set(source);
      // along rows first, while most of them may be empty: filters may come in any order
      for (let pass = 0; pass < part.passes; pass += 1) this.#exponentialRows(part, sown);
      for (let pass = 0; pass < part.passes; pass += 1) this.#exponentialColumns(part);
      addShare(work, part.share, rain);
    }
    const {share, radiusCells} = kernel.carried;
    if (share > 0) {
      work.set(source);
      this.#even(radiusCells, sown);
      addShare(work, share, rain);
    }
  }

  /** How many rows of a source have seeds; `#sown` which. */
  #sownRows(source: Float64Array): number {
    const {columns, rows} = this;
    let sown = 0;
    for (let row = 0; row < rows; row += 1) {
      for (let at = row * columns; at < (row + 1) * columns; at += 1) {
        if (source[at] === 0) continue;
        this.#sown[sown] = row;
        sown += 1;
        break;
      }
    }
    return sown;
  }

  /** One two-sided exponential along the rows that have seeds: y = (1 − d)/(1 + d) Σ d^|k| x, as a sum from the left and one from the right. */
  #exponentialRows({decay}: KernelPart, sown: number): void {
    const {columns} = this;
    const work = this.#work;
    const before = this.#before;
    const norm = (1 - decay) / (1 + decay);
    // two rows at once, as each sum waits for the one before it
    for (let k = 0; k < sown; k += 2) {
      const one = this.#sown[k]! * columns;
      const other = this.#sown[Math.min(k + 1, sown - 1)]! * columns;
      let sumOne = 0;
      let sumOther = 0;
      for (let i = 0; i < columns; i += 1) {
        sumOne = sumOne * decay + work[one + i]!;
        sumOther = sumOther * decay + work[other + i]!;
        before[one + i] = sumOne;
        before[other + i] = sumOther;
      }
      sumOne = 0;
      sumOther = 0;
      for (let i = columns - 1; i >= 0; i -= 1) {
        // the cell itself is in the sum from the left
        const ownOne = work[one + i]!;
        const ownOther = work[other + i]!;
        work[one + i] = norm * (before[one + i]! + sumOne);
        work[other + i] = norm * (before[other + i]! + sumOther);
        sumOne = (sumOne + ownOne) * decay;
        sumOther = (sumOther + ownOther) * decay;
      }
    }
  }

  /** The same along all columns at once, row after row as they lie in memory. */
  #exponentialColumns({decay}: KernelPart): void {
    const {columns, rows} = this;
    const work = this.#work;
    const before = this.#before;
    const line = this.#line.fill(0);
    const norm = (1 - decay) / (1 + decay);
    for (let row = 0, from = 0; row < rows; row += 1, from += columns) {
      for (let i = 0; i < columns; i += 1) {
        line[i] = line[i]! * decay + work[from + i]!;
        before[from + i] = line[i]!;
      }
    }
    line.fill(0);
    for (let row = rows - 1, from = (rows - 1) * columns; row >= 0; row -= 1, from -= columns) {
      for (let i = 0; i < columns; i += 1) {
        const own = work[from + i]!;
        work[from + i] = norm * (before[from + i]! + line[i]!);
        line[i] = (line[i]! + own) * decay;
      }
    }
  }

  /** Evenly over a square of the same area as the circle, by running sums. */
  #even(radiusCells: number, sown: number): void {
    const {columns, rows} = this;
    const work = this.#work;
    const half = Math.max(0, Math.round((radiusCells * Math.sqrt(Math.PI) - 1) / 2));
    const side = 2 * half + 1;
    const before = this.#before;
    for (let k = 0; k < sown; k += 1) {
      const from = this.#sown[k]! * columns;
      for (let i = 0; i < columns; i += 1) before[i] = work[from + i]!;
      let sum = 0;
      for (let i = 0; i < Math.min(half, columns); i += 1) sum += before[i]!;
      for (let i = 0; i < columns; i += 1) {
        if (i + half < columns) sum += before[i + half]!;
        if (i - half - 1 >= 0) sum -= before[i - half - 1]!;
        // sums of differences end a rounding below nothing
        work[from + i] = Math.max(0, sum) / side;
      }
    }
    before.set(work);
    const line = this.#line.fill(0);
    const add = (row: number, sign: 1 | -1) => {
      for (let i = 0; i < columns; i += 1) line[i] = line[i]! + sign * before[row * columns + i]!;
    };
    for (let row = 0; row < Math.min(half, rows); row += 1) add(row, 1);
    for (let row = 0; row < rows; row += 1) {
      if (row + half < rows) add(row + half, 1);
      if (row - half - 1 >= 0) add(row - half - 1, -1);
      for (let i = 0; i < columns; i += 1) work[row * columns + i] = Math.max(0, line[i]!) / side;
    }
  }
}

function addShare(field: Float64Array, share: number, rain: Float64Array): void {
  for (let at = 0; at < field.length; at += 1) rain[at] = rain[at]! + share * field[at]!;
}
