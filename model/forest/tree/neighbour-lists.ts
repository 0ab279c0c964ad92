import {CROWN_LENGTH_RATIO} from './crown.ts';
import type {Positions} from './forest-plan.ts';
import {BLOCK, widened} from './stems.ts';
import {shadeReachM} from './view-factor.ts';

/** No tree shades farther than this, m: the side of the squares by which neighbours are found. */
const FARTHEST_M = shadeReachM(Number.POSITIVE_INFINITY);
/** More squares than these are no place that trees are simulated on: 1,600 km². */
const MOST_SQUARES = 2 ** 22;
/** Every tree shades at least as far as this, m. */
const NEAREST_REACH_M = shadeReachM(0);
/** Room that is made for each list at first, before it is known how many there are. */
const USUAL_NEIGHBOURS = 12;
/** Room for trees that come later, in each list. */
const SPARE = 4;

/** Squares of about 20 m over all trees; on a torus they divide its side, so that the last one borders on the first. */
type Squares = {westM: number; southM: number; sideM: number; columns: number; rows: number; wraps: boolean};

/** @throws {RangeError} where trees lie so far apart that nothing can be meant by it. */
function squaresOver({xM, yM, torusM}: Positions): Squares {
  if (torusM !== undefined) {
    const across = Math.max(1, Math.floor(torusM / FARTHEST_M));
    return {westM: 0, southM: 0, sideM: torusM / across, columns: across, rows: across, wraps: true};
  }
  let [west, east, south, north] = [0, 0, 0, 0];
  for (let i = 0; i < xM.length; i += 1) {
    if (i === 0 || xM[i]! < west) west = xM[i]!;
    if (i === 0 || xM[i]! > east) east = xM[i]!;
    if (i === 0 || yM[i]! < south) south = yM[i]!;
    if (i === 0 || yM[i]! > north) north = yM[i]!;
  }
  const columns = Math.floor((east - west) / FARTHEST_M) + 1;
  const rows = Math.floor((north - south) / FARTHEST_M) + 1;
  if (columns * rows > MOST_SQUARES) {
    throw new RangeError(
      `trees lie over ${Math.round((east - west) / 1000)} × ${Math.round((north - south) / 1000)} km, expected ${Math.round((MOST_SQUARES * FARTHEST_M * FARTHEST_M) / 1e6)} km² at most`,
    );
  }
  return {westM: west, southM: south, sideM: FARTHEST_M, columns, rows, wraps: false};
}

/** Trees as their lists take them; rows 0 to the length of the positions. */
type Listed = {
  alive: Uint8Array;
  heightM: Float64Array;
  /** Height up to which each tree's shade is thought of, m. */
  mostHeightM: Float64Array;
};

/**
 * Who may shade whom: `start[i]` to `end[i]` of `neighbour` and `distance2M2` are those of tree i, of all neighbours that are in reach
 * and high enough to shade it or to be the tallest around it, and of those that will be once they are as tall as `mostHeightM`
 * says. Until one outgrows that (`raise`), the lists leave out nothing that counts. Trees that come later are added at the end.
 */
export class NeighbourLists {
  start = new Int32Array(0);
  end = new Int32Array(0);
  neighbour = new Int32Array(0);
  distance2M2 = new Float64Array(0);
  /** End of the room of each list, and of all. */
  #limit = new Int32Array(0);
  #used = 0;
  #squares: Squares = {westM: 0, southM: 0, sideM: FARTHEST_M, columns: 1, rows: 1, wraps: false};
  #torusM = 0;
  /** Trees of a square as a chain: the first, and the next after each; −1 ends it. */
  #first = new Int32Array(0);
  #next = new Int32Array(0);
  /** Lists on their way into another order; the new row of each old one, −1 for none. */
  #orderedStart = new Int32Array(0);
  #orderedEnd = new Int32Array(0);
  #orderedNeighbour = new Int32Array(0);
  #orderedDistance2M2 = new Float64Array(0);
  #rowOf = new Int32Array(0);
  readonly #besideX = new Int32Array(3);
  readonly #besideY = new Int32Array(3);

  /** Lists of all living trees. */
  build(positions: Positions, trees: Listed): void {
    const count = positions.xM.length;
    this.#room(count);
    this.#chainAll(positions, trees);
    this.#used = 0;
    this.#widen(USUAL_NEIGHBOURS * count);
    for (let from = 0; from < count; from += BLOCK) {
      this.#listBlock(from, Math.min(count, from + BLOCK), positions, trees);
    }
  }

  /**
   * The same lists once trees are kept in another order, row k being what row `order[k]` was. Who is no longer there or alive is left
   * out, and who is not high enough any more above one that grew.
   */
  renumber(order: Int32Array, positions: Positions, trees: Listed): void {
    const {alive, heightM, mostHeightM} = trees;
    const {start, end, neighbour, distance2M2} = this;
    if (this.#rowOf.length < start.length) {
      this.#rowOf = new Int32Array(start.length);
      this.#orderedStart = new Int32Array(start.length);
      this.#orderedEnd = new Int32Array(start.length);
    }
    // rows in no order are those of trees that are gone
    const rowOf = this.#rowOf.fill(-1);
    for (let k = 0; k < order.length; k += 1) if (alive[k] === 1) rowOf[order[k]!] = k;
    const most = this.#used + SPARE * order.length;
    if (this.#orderedNeighbour.length < most) {
      this.#orderedNeighbour = new Int32Array(Math.max(most, neighbour.length));
      this.#orderedDistance2M2 = new Float64Array(this.#orderedNeighbour.length);
    }
    const orderedStart = this.#orderedStart;
    const orderedEnd = this.#orderedEnd;
    const orderedNeighbour = this.#orderedNeighbour;
    const orderedDistance2M2 = this.#orderedDistance2M2;
    let used = 0;
    for (let k = 0; k < order.length; k += 1) {
      orderedStart[k] = used;
      const height = heightM[k]!;
      const least = leastHeightM(height);
      const i = order[k]!;
      for (let at = start[i]!; at < end[i]! && alive[k] === 1; at += 1) {
        const j = rowOf[neighbour[at]!]!;
        if (j < 0) continue;
        const tall = mostHeightM[j]!;
        if (tall <= least && tall <= height) continue;
        orderedNeighbour[used] = j;
        orderedDistance2M2[used] = distance2M2[at]!;
        used += 1;
      }
      orderedEnd[k] = used;
      if (alive[k] === 1) used += SPARE;
      this.#limit[k] = used;
    }
    this.#used = used;
    [this.start, this.#orderedStart] = [orderedStart, start];
    [this.end, this.#orderedEnd] = [orderedEnd, end];
    [this.neighbour, this.#orderedNeighbour] = [orderedNeighbour, neighbour];
    [this.distance2M2, this.#orderedDistance2M2] = [orderedDistance2M2, distance2M2];
    this.#chainAll(positions, trees);
  }

  /** One more tree, the last of the positions; false where it lies outside the squares and all lists have to be made anew. */
  add(positions: Positions, trees: Listed): boolean {
    const i = positions.xM.length - 1;
    const square = this.#squareAt(positions.xM[i]!, positions.yM[i]!);
    if (square < 0) return false;
    this.#room(i + 1);
    this.#listBlock(i, i + 1, positions, trees);
    this.#see(i, positions, trees, Number.NEGATIVE_INFINITY);
    this.#chain(i, square);
    return true;
  }

  /** A tree outgrew what was thought of it: `mostHeightM` has its new height, `beforeM` the old one. */
  raise(i: number, beforeM: number, positions: Positions, trees: Listed): void {
    this.#see(i, positions, trees, beforeM);
  }

  #room(count: number): void {
    if (this.start.length >= count) return;
    const length = Math.ceil(1.25 * count);
    this.start = widened(this.start, length);
    this.end = widened(this.end, length);
    this.#limit = widened(this.#limit, length);
    this.#next = widened(this.#next, length);
  }

  /** −1 outside. */
  #squareAt(xM: number, yM: number): number {
    const {westM, southM, sideM, columns, rows, wraps} = this.#squares;
    let column = Math.floor((xM - westM) / sideM);
    let row = Math.floor((yM - southM) / sideM);
    if (wraps) {
      column = ((column % columns) + columns) % columns;
      row = ((row % rows) + rows) % rows;
    }
    return column < 0 || column >= columns || row < 0 || row >= rows ? -1 : row * columns + column;
  }

  /** All living trees into chains, over the squares where they stand now. */
  #chainAll(positions: Positions, {alive}: Listed): void {
    this.#squares = squaresOver(positions);
    this.#torusM = positions.torusM ?? 0;
    const squares = this.#squares.columns * this.#squares.rows;
    if (this.#first.length < squares) this.#first = new Int32Array(squares);
    this.#first.fill(-1);
    for (let i = positions.xM.length - 1; i >= 0; i -= 1) {
      if (alive[i] === 1) this.#chain(i, this.#squareAt(positions.xM[i]!, positions.yM[i]!));
    }
  }

  #chain(i: number, square: number): void {
    this.#next[i] = this.#first[square]!;
    this.#first[square] = i;
  }

  /** Lists of the trees [from, to), at the end of what is used. */
  #listBlock(from: number, to: number, positions: Positions, trees: Listed): void {
    const {columns, rows, wraps} = this.#squares;
    const besideX = this.#besideX;
    const besideY = this.#besideY;
    for (let i = from; i < to; i += 1) {
      this.start[i] = this.#used;
      this.end[i] = this.#used;
      this.#limit[i] = this.#used;
      if (trees.alive[i] === 0) continue;
      const square = this.#squareAt(positions.xM[i]!, positions.yM[i]!);
      const columnCount = around(square % columns, columns, wraps, besideX);
      const rowCount = around(Math.floor(square / columns), rows, wraps, besideY);
      for (let c = 0; c < columnCount; c += 1) {
        for (let r = 0; r < rowCount; r += 1)
          this.#fill(i, besideY[r]! * columns + besideX[c]!, positions, trees);
      }
      this.#used = this.end[i]! + SPARE;
      this.#limit[i] = this.#used;
    }
  }

  /** Neighbours of tree i in one square into its list, which is the last. */
  #fill(i: number, square: number, {xM, yM}: Positions, {heightM, mostHeightM}: Listed): void {
    const next = this.#next;
    const torusM = this.#torusM;
    let {neighbour, distance2M2} = this;
    const x = xM[i]!;
    const y = yM[i]!;
    const height = heightM[i]!;
    const least = leastHeightM(height);
    let found = this.end[i]!;
    for (let j = this.#first[square]!; j >= 0; j = next[j]!) {
      const tall = mostHeightM[j]!;
      if (tall <= least && tall <= height) continue;
      let dx = xM[j]! - x;
      let dy = yM[j]! - y;
      if (torusM > 0) {
        dx -= torusM * Math.round(dx / torusM);
        dy -= torusM * Math.round(dy / torusM);
      }
      const d2 = dx * dx + dy * dy;
      if (d2 > NEAREST_REACH_M * NEAREST_REACH_M && d2 > reach2M2(tall)) continue;
      if (j === i) continue;
      if (found + SPARE >= neighbour.length) {
        this.#widen(found + SPARE + 1);
        ({neighbour, distance2M2} = this);
      }
      neighbour[found] = j;
      distance2M2[found] = d2;
      found += 1;
    }
    this.end[i] = found;
  }

  /** Tree j into the lists of those it may shade, as far as it is not there since it was `beforeM` tall. */
  #see(j: number, positions: Positions, {alive, heightM, mostHeightM}: Listed, beforeM: number): void {
    const {xM, yM} = positions;
    const {columns, rows, wraps} = this.#squares;
    const torusM = this.#torusM;
    const tall = mostHeightM[j]!;
    const reachesFarther = reach2M2(tall) > reach2M2(beforeM);
    const square = this.#squareAt(xM[j]!, yM[j]!);
    const columnCount = around(square % columns, columns, wraps, this.#besideX);
    const rowCount = around(Math.floor(square / columns), rows, wraps, this.#besideY);
    for (let c = 0; c < columnCount; c += 1) {
      for (let r = 0; r < rowCount; r += 1) {
        const other = this.#besideY[r]! * columns + this.#besideX[c]!;
        for (let i = this.#first[other]!; i >= 0; i = this.#next[i]!) {
          if (i === j || alive[i] === 0) continue;
          const height = heightM[i]!;
          const least = leastHeightM(height);
          if (tall <= least && tall <= height) continue;
          // what was high and near enough before is in the list: trees do not shrink
          const highBefore = beforeM > least || beforeM > height;
          if (highBefore && !reachesFarther) continue;
          let dx = xM[j]! - xM[i]!;
          let dy = yM[j]! - yM[i]!;
          if (torusM > 0) {
            dx -= torusM * Math.round(dx / torusM);
            dy -= torusM * Math.round(dy / torusM);
          }
          const d2 = dx * dx + dy * dy;
          if (d2 > NEAREST_REACH_M * NEAREST_REACH_M && d2 > reach2M2(tall)) continue;
          const nearBefore = d2 <= NEAREST_REACH_M * NEAREST_REACH_M || d2 <= reach2M2(beforeM);
          if (highBefore && nearBefore) continue;
          if (beforeM > 0 && this.#has(i, j)) continue;
          this.#append(i, j, d2);
        }
      }
    }
  }

  #has(i: number, j: number): boolean {
    for (let at = this.start[i]!; at < this.end[i]!; at += 1) if (this.neighbour[at] === j) return true;
    return false;
  }

  /** One more in a list; a full one moves to the end, with room for half as many again. */
  #append(i: number, j: number, d2: number): void {
    const end = this.end[i]!;
    if (end === this.#limit[i]) {
      const start = this.start[i]!;
      const length = end - start;
      const room = length + SPARE + Math.ceil(length / 2);
      if (this.#used + room > this.neighbour.length) this.#widen(this.#used + room);
      this.neighbour.copyWithin(this.#used, start, end);
      this.distance2M2.copyWithin(this.#used, start, end);
      this.start[i] = this.#used;
      this.end[i] = this.#used + length;
      this.#used += room;
      this.#limit[i] = this.#used;
    }
    const at = this.end[i]!;
    this.neighbour[at] = j;
    this.distance2M2[at] = d2;
    this.end[i] = at + 1;
  }

  #widen(room: number): void {
    if (room <= this.neighbour.length) return;
    const length = Math.max(room, Math.ceil(1.5 * this.neighbour.length));
    this.neighbour = widened(this.neighbour, length);
    this.distance2M2 = widened(this.distance2M2, length);
  }
}

/** Height that a tree must have to shade one of the given height: a disc is at most a quarter of its crown's length below the top. */
function leastHeightM(heightM: number): number {
  return (heightM * (1 - 0.45 * CROWN_LENGTH_RATIO) + 0.2) / (1 - 0.25 * CROWN_LENGTH_RATIO);
}

/** See shadeReachM. */
function reach2M2(heightM: number): number {
  const reach = Math.min(20, Math.max(12, 0.7 * heightM));
  return reach * reach;
}

/** Columns (or rows) beside one and itself into `out`, each once; gives how many. */
function around(of: number, count: number, wraps: boolean, out: Int32Array): number {
  let found = 0;
  for (let step = -1; step <= 1; step += 1) {
    let at = of + step;
    if (wraps) at = (at + count) % count;
    else if (at < 0 || at >= count) continue;
    let again = false;
    for (let k = 0; k < found; k += 1) again = again || out[k] === at;
    if (again) continue;
    out[found] = at;
    found += 1;
  }
  return found;
}
