import {CellHeap, forNeighbours, type Grid} from './grid.ts';

/**
 * Where water goes from each cell. `receiver` is the next cell downstream (-1 at an outlet), `order` runs from the
 * outlets upward, `filledM` is the surface without pits.
 */
export type Flow = {receiver: Int32Array; order: Int32Array; filledM: Float64Array};

/**
 * Routes every cell of the mask to an outlet; pits are filled as they are met, so that descent never ends inside.
 * A cell drains to its steepest lower neighbour, in a filled pit to the cell that flooded it.
 * Source: Barnes et al. (2014), doi:10.1016/j.cageo.2013.04.024 (priority-flood with epsilon).
 */
export function routeFlow(grid: Grid, heightM: Float64Array, inside: (cell: number) => boolean): Flow {
  const size = grid.columns * grid.rows;
  const state = new Uint8Array(size);
  const flooder = new Int32Array(size).fill(-1);
  const filledM = Float64Array.from(heightM);
  const heap = new CellHeap();
  const order: number[] = [];
  for (let cell = 0; cell < size; cell++) {
    if (!inside(cell)) continue;
    let outlet = false;
    forNeighbours(grid, cell, (next) => {
      if (!inside(next)) outlet = true;
    });
    if (outlet) {
      state[cell] = 1;
      heap.push(heightM[cell]!, cell);
    }
  }
  while (heap.size > 0) {
    const {cell} = heap.pop();
    order.push(cell);
    forNeighbours(grid, cell, (next) => {
      if (state[next] || !inside(next)) return;
      state[next] = 1;
      flooder[next] = cell;
      filledM[next] = Math.max(heightM[next]!, filledM[cell]! + 1e-5);
      heap.push(filledM[next]!, next);
    });
  }
  const receiver = new Int32Array(size).fill(-1);
  for (const cell of order) {
    if (flooder[cell]! < 0) continue;
    let steepest = 0;
    receiver[cell] = flooder[cell]!;
    forNeighbours(grid, cell, (next, steps) => {
      const slope = state[next] ? (filledM[cell]! - filledM[next]!) / steps : 0;
      if (slope > steepest) {
        steepest = slope;
        receiver[cell] = next;
      }
    });
  }
  return {receiver, order: Int32Array.from(order), filledM};
}

/** Number of cells that drain through each cell, itself included. */
export function accumulate({receiver, order}: Flow): Float64Array {
  const cells = new Float64Array(receiver.length);
  for (let i = order.length - 1; i >= 0; i--) {
    const cell = order[i]!;
    cells[cell]! += 1;
    const next = receiver[cell]!;
    if (next >= 0) cells[next]! += cells[cell]!;
  }
  return cells;
}

/**
 * One implicit step of stream-power erosion, in place: each cell is lowered towards its receiver by
 * strength · √(area in cells) / steps. Source: Braun & Willett (2013), doi:10.1016/j.geomorph.2012.10.008, eq. 22.
 */
export function erode(
  grid: Grid,
  heightM: Float64Array,
  flow: Flow,
  strength: (cell: number) => number,
): void {
  const area = accumulate(flow);
  for (const cell of flow.order) {
    const next = flow.receiver[cell]!;
    if (next < 0 || heightM[next]! >= heightM[cell]!) continue;
    const diagonal =
      Math.abs((cell % grid.columns) - (next % grid.columns)) === 1 && Math.abs(cell - next) > 1;
    const factor = (strength(cell) * Math.sqrt(area[cell]!)) / (diagonal ? Math.SQRT2 : 1);
    heightM[cell] = (heightM[cell]! + factor * heightM[next]!) / (1 + factor);
  }
}
