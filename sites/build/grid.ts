import type {Point} from './geodesy.ts';

/** A raster of samples: row 0 is the north edge, column 0 the west edge, cell = row * columns + column. */
export type Grid = {columns: number; rows: number; stepM: number; westM: number; northM: number};

export function pointOf(grid: Grid, cell: number): Point {
  const column = cell % grid.columns;
  const row = (cell - column) / grid.columns;
  return {eastM: grid.westM + column * grid.stepM, northM: grid.northM - row * grid.stepM};
}

/** The cell nearest to a point, kept inside the grid. */
export function cellAt(grid: Grid, {eastM, northM}: Point): number {
  const column = Math.min(grid.columns - 1, Math.max(0, Math.round((eastM - grid.westM) / grid.stepM)));
  const row = Math.min(grid.rows - 1, Math.max(0, Math.round((grid.northM - northM) / grid.stepM)));
  return row * grid.columns + column;
}

/** Bilinear value at a point, the edge value outside. */
export function sample(grid: Grid, values: ArrayLike<number>, {eastM, northM}: Point): number {
  const x = Math.min(grid.columns - 1.000001, Math.max(0, (eastM - grid.westM) / grid.stepM));
  const y = Math.min(grid.rows - 1.000001, Math.max(0, (grid.northM - northM) / grid.stepM));
  const i = Math.floor(x);
  const j = Math.floor(y);
  const fx = x - i;
  const fy = y - j;
  const k = j * grid.columns + i;
  return (
    (values[k]! * (1 - fx) + values[k + 1]! * fx) * (1 - fy) +
    (values[k + grid.columns]! * (1 - fx) + values[k + grid.columns + 1]! * fx) * fy
  );
}

/** The up to eight neighbours of a cell, with their distance in steps, in a fixed order. */
export function forNeighbours(grid: Grid, cell: number, visit: (next: number, steps: number) => void): void {
  const column = cell % grid.columns;
  const row = (cell - column) / grid.columns;
  for (let dr = -1; dr <= 1; dr++) {
    for (let dc = -1; dc <= 1; dc++) {
      if (dr === 0 && dc === 0) continue;
      const r = row + dr;
      const c = column + dc;
      if (r < 0 || c < 0 || r >= grid.rows || c >= grid.columns) continue;
      visit(r * grid.columns + c, dr !== 0 && dc !== 0 ? Math.SQRT2 : 1);
    }
  }
}

export function fill(grid: Grid, value: (at: Point, cell: number) => number): Float64Array {
  const values = new Float64Array(grid.columns * grid.rows);
  for (let cell = 0; cell < values.length; cell++) values[cell] = value(pointOf(grid, cell), cell);
  return values;
}

/** Mean over a square of 2·radius + 1 cells, `passes` times: three passes come close to a Gaussian. */
export function blur(
  grid: Grid,
  values: Float64Array,
  {radius, passes = 3}: {radius: number; passes?: number},
): Float64Array {
  let source = Float64Array.from(values);
  let target = new Float64Array(values.length);
  const run = (count: number, length: number, start: (line: number) => number, stride: number) => {
    for (let line = 0; line < count; line++) {
      const first = start(line);
      const at = (k: number) => source[first + Math.min(length - 1, Math.max(0, k)) * stride]!;
      let sum = 0;
      for (let k = -radius; k <= radius; k++) sum += at(k);
      for (let k = 0; k < length; k++) {
        target[first + k * stride] = sum / (2 * radius + 1);
        sum += at(k + radius + 1) - at(k - radius);
      }
    }
    [source, target] = [target, source];
  };
  for (let pass = 0; pass < passes; pass++) {
    run(grid.rows, grid.columns, (row) => row * grid.columns, 1);
    run(grid.columns, grid.rows, (column) => column, grid.columns);
  }
  return source;
}

/** Smoothstep: 0 below `from`, 1 above `to`. */
export function ramp(value: number, from: number, to: number): number {
  const t = Math.min(1, Math.max(0, (value - from) / (to - from)));
  return t * t * (3 - 2 * t);
}

export function mix(a: number, b: number, share: number): number {
  return a + (b - a) * share;
}

/** A binary heap of cells by key, least first; equal keys come out in the order of their going in. */
export class CellHeap {
  private readonly keys: number[] = [];
  private readonly turns: number[] = [];
  private readonly cells: number[] = [];
  private turn = 0;

  get size(): number {
    return this.cells.length;
  }

  push(key: number, cell: number): void {
    const turn = this.turn++;
    let at = this.cells.length;
    this.put(at, key, turn, cell);
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!this.less(key, turn, parent)) break;
      this.put(at, this.keys[parent]!, this.turns[parent]!, this.cells[parent]!);
      at = parent;
    }
    this.put(at, key, turn, cell);
  }

  /** The cell of least key; the heap must not be empty. */
  pop(): {key: number; cell: number} {
    const top = {key: this.keys[0]!, cell: this.cells[0]!};
    const key = this.keys.pop()!;
    const turn = this.turns.pop()!;
    const cell = this.cells.pop()!;
    const size = this.cells.length;
    if (size === 0) return top;
    let at = 0;
    for (let child = 1; child < size; child = 2 * at + 1) {
      const right = child + 1;
      const least = right < size && this.less(this.keys[right]!, this.turns[right]!, child) ? right : child;
      if (this.less(key, turn, least)) break;
      this.put(at, this.keys[least]!, this.turns[least]!, this.cells[least]!);
      at = least;
    }
    this.put(at, key, turn, cell);
    return top;
  }

  private less(key: number, turn: number, than: number): boolean {
    const other = this.keys[than]!;
    return key < other || (key === other && turn < this.turns[than]!);
  }

  private put(at: number, key: number, turn: number, cell: number): void {
    this.keys[at] = key;
    this.turns[at] = turn;
    this.cells[at] = cell;
  }
}
