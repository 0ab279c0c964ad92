/** Side of the cells among whose trees absorbed light is shared, m. */
export const SHARING_CELL_M = 20;

/** Where trees stand. `torusM`: the side of a square that goes on at its other side; absent: an island with an edge. */
export type Positions = {xM: Float64Array; yM: Float64Array; torusM?: number};

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

/**
 * Order in which trees lie close in memory to those that stand close: by cell, then by id. The same for any order given. `rows`: those
 * that take part, by default all.
 */
export function spatialOrder(
  positions: Positions,
  ids: ArrayLike<number>,
  rows = Int32Array.from({length: positions.xM.length}, (_, i) => i),
): Int32Array {
  const {cellOf} = gridOf(positions);
  return rows.sort((a, b) => cellOf[a]! - cellOf[b]! || ids[a]! - ids[b]!);
}
