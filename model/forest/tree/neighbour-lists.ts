import type {Positions} from './forest-plan.ts';
import {shadeReachM} from './view-factor.ts';

/** No tree shades farther than this, m. */
const FARTHEST_M = shadeReachM(Number.POSITIVE_INFINITY);
/** Columns of cells are numbered this far apart: more cells of 20 m than lie around the equator. */
const ROWS = 2 ** 22;
/** Room for trees that come later, in each list. */
const SPARE = 4;

/**
 * Who stands near whom: `start[i]` to `end[i]` of `neighbour` and `distance2M2` are those of tree i, all within the farthest shade.
 * Trees that come later get lists at the end and a place in the lists of their neighbours, as long as there is room.
 */
export class NeighbourLists {
  count = 0;
  start = new Int32Array(0);
  end = new Int32Array(0);
  neighbour = new Int32Array(0);
  distance2M2 = new Float64Array(0);
  readonly #torusM: number | undefined;
  readonly #across: number;
  readonly #side: number;
  readonly #cells = new Map<number, number[]>();
  readonly #xM: number[] = [];
  readonly #yM: number[] = [];
  /** Indices of the cells around the one looked at; a small torus meets itself, so each is there once. */
  readonly #around = new Set<number>();

  constructor({xM, yM, torusM}: Positions) {
    this.#torusM = torusM;
    // on a torus the cells divide its side, so that the last one borders on the first
    this.#across = torusM === undefined ? 0 : Math.max(1, Math.floor(torusM / FARTHEST_M));
    this.#side = torusM === undefined ? FARTHEST_M : torusM / this.#across;
    this.count = xM.length;
    for (let i = 0; i < xM.length; i += 1) this.#place(i, xM[i]!, yM[i]!);
    this.start = new Int32Array(xM.length + 1);
    this.end = new Int32Array(xM.length);
    this.#widen(32 * xM.length);
    let at = 0;
    for (let i = 0; i < xM.length; i += 1) {
      this.start[i] = at;
      at = this.#list(i, at);
      this.end[i] = at;
      at += SPARE;
    }
    this.start[xM.length] = at;
    this.#widen(at);
  }

  /** One more tree; false where a list has no room left, and all have to be made anew. */
  add(xM: number, yM: number): boolean {
    const i = this.count;
    if (i + 1 >= this.start.length) {
      const start = new Int32Array(2 * i + 16);
      start.set(this.start);
      this.start = start;
      const end = new Int32Array(2 * i + 16);
      end.set(this.end);
      this.end = end;
    }
    this.count = i + 1;
    this.#place(i, xM, yM);
    const from = this.start[i]!;
    const to = this.#list(i, from);
    this.end[i] = to;
    this.start[i + 1] = to + SPARE;
    this.#widen(to + SPARE);
    for (let at = from; at < to; at += 1) {
      const j = this.neighbour[at]!;
      const free = this.end[j]!;
      if (free >= this.start[j + 1]!) return false;
      this.neighbour[free] = i;
      this.distance2M2[free] = this.distance2M2[at]!;
      this.end[j] = free + 1;
    }
    return true;
  }

  #wrapped(at: number): number {
    return this.#across > 0 ? ((at % this.#across) + this.#across) % this.#across : at;
  }

  #keyOf(column: number, row: number): number {
    return this.#wrapped(column) * ROWS + this.#wrapped(row);
  }

  #place(i: number, xM: number, yM: number): void {
    this.#xM.push(xM);
    this.#yM.push(yM);
    const key = this.#keyOf(Math.floor(xM / this.#side), Math.floor(yM / this.#side));
    const list = this.#cells.get(key);
    if (list) list.push(i);
    else this.#cells.set(key, [i]);
  }

  #widen(room: number): void {
    if (room <= this.neighbour.length) return;
    const length = Math.max(16, room, Math.ceil(1.5 * this.neighbour.length));
    const neighbour = new Int32Array(length);
    neighbour.set(this.neighbour);
    this.neighbour = neighbour;
    const distance2M2 = new Float64Array(length);
    distance2M2.set(this.distance2M2);
    this.distance2M2 = distance2M2;
  }

  /** Writes the neighbours of tree i from `at` on; gives where they end. */
  #list(i: number, at: number): number {
    const torusM = this.#torusM;
    const column = Math.floor(this.#xM[i]! / this.#side);
    const row = Math.floor(this.#yM[i]! / this.#side);
    this.#around.clear();
    for (let dc = -1; dc <= 1; dc += 1) {
      for (let dr = -1; dr <= 1; dr += 1) this.#around.add(this.#keyOf(column + dc, row + dr));
    }
    let found = at;
    for (const key of this.#around) {
      for (const j of this.#cells.get(key) ?? []) {
        if (j === i) continue;
        let dx = this.#xM[j]! - this.#xM[i]!;
        let dy = this.#yM[j]! - this.#yM[i]!;
        if (torusM !== undefined) {
          dx -= torusM * Math.round(dx / torusM);
          dy -= torusM * Math.round(dy / torusM);
        }
        const d2 = dx * dx + dy * dy;
        if (d2 > FARTHEST_M * FARTHEST_M) continue;
        if (found >= this.neighbour.length) this.#widen(found + 1);
        this.neighbour[found] = j;
        this.distance2M2[found] = d2;
        found += 1;
      }
    }
    return found;
  }
}
