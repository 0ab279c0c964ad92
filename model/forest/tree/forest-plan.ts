import {shadeReachM} from './view-factor.ts';

/** Side of the cells among whose trees absorbed light is shared, m. */
export const SHARING_CELL_M = 20;
/** No tree shades farther than this, m. */
const FARTHEST_M = shadeReachM(Number.POSITIVE_INFINITY);

/** Where trees stand. `torusM`: the side of a square that goes on at its other side; absent: an island with an edge. */
export type Positions = {xM: Float64Array; yM: Float64Array; torusM?: number};

/** Who stands near whom: `start[i]` to `start[i + 1]` of `neighbour` and `distance2M2` are those of tree i, in order of index. */
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

/** The neighbours of every tree within the farthest shade, by a grid of cells. */
export function findNeighbours(positions: Positions): Neighbours {
  const {xM, yM, torusM} = positions;
  const count = xM.length;
  const wrap = (d: number) => (torusM === undefined ? d : d - torusM * Math.round(d / torusM));
  const cells = new Map<string, number[]>();
  const side = torusM === undefined ? FARTHEST_M : torusM / Math.max(1, Math.floor(torusM / FARTHEST_M));
  const across = torusM === undefined ? 0 : Math.round(torusM / side);
  const cellAt = (column: number, row: number) =>
    across > 0 ? `${(column + across) % across},${(row + across) % across}` : `${column},${row}`;
  for (let i = 0; i < count; i += 1) {
    const key = cellAt(Math.floor(xM[i]! / side), Math.floor(yM[i]! / side));
    const list = cells.get(key);
    if (list) list.push(i);
    else cells.set(key, [i]);
  }
  const start = new Int32Array(count + 1);
  const neighbour: number[] = [];
  const distance2: number[] = [];
  for (let i = 0; i < count; i += 1) {
    const column = Math.floor(xM[i]! / side);
    const row = Math.floor(yM[i]! / side);
    const keys = new Set<string>();
    for (let dc = -1; dc <= 1; dc += 1) {
      for (let dr = -1; dr <= 1; dr += 1) keys.add(cellAt(column + dc, row + dr));
    }
    const found: number[] = [];
    for (const key of keys) for (const j of cells.get(key) ?? []) if (j !== i) found.push(j);
    found.sort((a, b) => a - b);
    for (const j of found) {
      const d2 = wrap(xM[j]! - xM[i]!) ** 2 + wrap(yM[j]! - yM[i]!) ** 2;
      if (d2 > FARTHEST_M * FARTHEST_M) continue;
      neighbour.push(j);
      distance2.push(d2);
    }
    start[i + 1] = neighbour.length;
  }
  return {start, neighbour: Int32Array.from(neighbour), distance2M2: Float64Array.from(distance2)};
}
