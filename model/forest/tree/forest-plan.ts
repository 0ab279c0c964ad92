import {shadeReachM} from './view-factor.ts';

/** Side of the cells among whose trees absorbed light is shared, m. */
export const SHARING_CELL_M = 20;
/** No tree shades farther than this, m. */
const FARTHEST_M = shadeReachM(Number.POSITIVE_INFINITY);

/** Where trees stand. `torusM`: the side of a square that goes on at its other side; absent: an island with an edge. */
export type Positions = {xM: Float64Array; yM: Float64Array; torusM?: number};

/** Who stands near whom: `start[i]` to `start[i + 1]` of `neighbour` and `distance2M2` are those of tree i. */
export type Neighbours = {start: Int32Array; neighbour: Int32Array; distance2M2: Float64Array};

type Grid = {columns: number; cellOf: Int32Array; firstX: number; firstY: number};

/** Cells of 20 m, row by row, from the south-west corner of the trees (0, 0 on a torus). */
function gridOf({xM, yM, torusM}: Positions): Grid {
  let firstX = 0;
  let firstY = 0;
  let lastX = torusM ?? 0;
  if (torusM === undefined && xM.length > 0) {
    firstX = Number.POSITIVE_INFINITY;
    firstY = Number.POSITIVE_INFINITY;
    lastX = Number.NEGATIVE_INFINITY;
    for (let i = 0; i < xM.length; i += 1) {
      firstX = Math.min(firstX, Math.floor(xM[i]! / SHARING_CELL_M) * SHARING_CELL_M);
      firstY = Math.min(firstY, Math.floor(yM[i]! / SHARING_CELL_M) * SHARING_CELL_M);
      lastX = Math.max(lastX, xM[i]!);
    }
  }
  const columns = Math.max(1, Math.floor((lastX - firstX) / SHARING_CELL_M) + 1);
  const cellOf = new Int32Array(xM.length);
  for (let i = 0; i < xM.length; i += 1) {
    const column = Math.floor((xM[i]! - firstX) / SHARING_CELL_M);
    cellOf[i] = Math.floor((yM[i]! - firstY) / SHARING_CELL_M) * columns + column;
  }
  return {columns, cellOf, firstX, firstY};
}

/** Cell of each tree, numbered from 0 without gaps, in the order in which the cells first appear. */
export function sharingCells(positions: Positions): {cellOf: Int32Array; count: number} {
  const {cellOf} = gridOf(positions);
  const numbers = new Map<number, number>();
  const dense = new Int32Array(cellOf.length);
  for (let i = 0; i < cellOf.length; i += 1) {
    let number = numbers.get(cellOf[i]!);
    if (number === undefined) {
      number = numbers.size;
      numbers.set(cellOf[i]!, number);
    }
    dense[i] = number;
  }
  return {cellOf: dense, count: numbers.size};
}

/** Order in which trees lie close in memory to those that stand close: by cell, then by id. The same for any order given. */
export function spatialOrder(positions: Positions, ids: ArrayLike<number>): Int32Array {
  const {cellOf} = gridOf(positions);
  const order = Int32Array.from({length: cellOf.length}, (_, i) => i);
  return order.sort((a, b) => cellOf[a]! - cellOf[b]! || ids[a]! - ids[b]!);
}

/** Columns of cells are numbered this far apart: more cells of 20 m than lie around the equator. */
const ROWS = 2 ** 22;

/** The neighbours of every tree within the farthest shade, by a grid of cells. */
export function findNeighbours(positions: Positions): Neighbours {
  const {xM, yM, torusM} = positions;
  const count = xM.length;
  // on a torus the cells divide its side, so that the last one borders on the first
  const across = torusM === undefined ? 0 : Math.max(1, Math.floor(torusM / FARTHEST_M));
  const side = torusM === undefined ? FARTHEST_M : torusM / across;
  const wrapped = (at: number) => (across > 0 ? ((at % across) + across) % across : at);
  const keyOf = (column: number, row: number) => wrapped(column) * ROWS + wrapped(row);
  const cells = new Map<number, number[]>();
  for (let i = 0; i < count; i += 1) {
    const key = keyOf(Math.floor(xM[i]! / side), Math.floor(yM[i]! / side));
    const list = cells.get(key);
    if (list) list.push(i);
    else cells.set(key, [i]);
  }
  const start = new Int32Array(count + 1);
  let neighbour = new Int32Array(Math.max(16, 32 * count));
  let distance2M2 = new Float64Array(neighbour.length);
  let found = 0;
  const around = new Set<number>();
  for (let i = 0; i < count; i += 1) {
    const column = Math.floor(xM[i]! / side);
    const row = Math.floor(yM[i]! / side);
    // a small torus meets itself: each cell once
    around.clear();
    for (let dc = -1; dc <= 1; dc += 1) {
      for (let dr = -1; dr <= 1; dr += 1) around.add(keyOf(column + dc, row + dr));
    }
    for (const key of around) {
      for (const j of cells.get(key) ?? []) {
        if (j === i) continue;
        let dx = xM[j]! - xM[i]!;
        let dy = yM[j]! - yM[i]!;
        if (torusM !== undefined) {
          dx -= torusM * Math.round(dx / torusM);
          dy -= torusM * Math.round(dy / torusM);
        }
        const d2 = dx * dx + dy * dy;
        if (d2 > FARTHEST_M * FARTHEST_M) continue;
        if (found === neighbour.length) {
          const wider = new Int32Array(2 * found);
          wider.set(neighbour);
          neighbour = wider;
          const wider2 = new Float64Array(2 * found);
          wider2.set(distance2M2);
          distance2M2 = wider2;
        }
        neighbour[found] = j;
        distance2M2[found] = d2;
        found += 1;
      }
    }
    start[i + 1] = found;
  }
  return {start, neighbour: neighbour.slice(0, found), distance2M2: distance2M2.slice(0, found)};
}
