import type {Point} from './geodesy.ts';
import type {Grid} from './grid.ts';
import {contains, type Line, lengthM, simplify, smoothLine} from './lines.ts';

/** A polygon with its holes; rings are closed by repeating their first point. */
export type Polygon = Line[];

type Arc = {points: Line; left: number; right: number; from: number; to: number};

/**
 * The outlines of all classes of a raster. Neighbours share their border point for point, so that there is neither
 * gap nor overlap: borders are found once, rounded once, and put together to rings afterwards.
 */
export function outlineClasses(
  grid: Grid,
  klass: ArrayLike<number>,
  toleranceM: number,
): Map<number, Polygon[]> {
  const rings = new Map<number, Line[]>();
  for (const [id, arcs] of arcsByClass(findArcs(grid, klass, toleranceM))) rings.set(id, joinRings(arcs));
  return new Map([...rings].map(([id, list]) => [id, nestRings(list)]));
}

/** Walks the lines between samples of different class, from node to node, a node being where three lines meet. */
function findArcs(grid: Grid, klass: ArrayLike<number>, toleranceM: number): Arc[] {
  const {columns, rows} = grid;
  const wide = columns + 1;
  const at = (column: number, row: number) =>
    column < 0 || row < 0 || column >= columns || row >= rows ? -1 : klass[row * columns + column]!;
  /** Corner (column, row) is the north-west corner of that cell. Steps: 0 east, 1 south, 2 west, 3 north. */
  const sides = (corner: number, step: number): {left: number; right: number} => {
    const column = corner % wide;
    const row = (corner - column) / wide;
    const nw = at(column - 1, row - 1);
    const ne = at(column, row - 1);
    const sw = at(column - 1, row);
    const se = at(column, row);
    return [
      {left: ne, right: se},
      {left: se, right: sw},
      {left: sw, right: nw},
      {left: nw, right: ne},
    ][step]!;
  };
  const moves = [1, wide, -1, -wide];
  const open = (corner: number) =>
    [0, 1, 2, 3].filter((step) => {
      const {left, right} = sides(corner, step);
      return left !== right;
    });
  const used = new Uint8Array(wide * (rows + 1) * 4);
  const arcs: Arc[] = [];
  const walk = (start: number, first: number) => {
    const corners = [start];
    const {left, right} = sides(start, first);
    let corner = start;
    let step = first;
    for (;;) {
      used[corner * 4 + step] = 1;
      corner += moves[step]!;
      used[corner * 4 + ((step + 2) % 4)] = 1;
      corners.push(corner);
      const onward = open(corner);
      if (corner === start || onward.length !== 2) break;
      step = onward.find((s) => s !== (step + 2) % 4)!;
    }
    const points = corners.map((c) => cornerPoint(grid, c));
    arcs.push({points: roundArc(points, start === corner, toleranceM), left, right, from: start, to: corner});
  };
  const borders: number[] = [];
  for (let corner = 0; corner < wide * (rows + 1); corner++) {
    const column = corner % wide;
    const row = (corner - column) / wide;
    const first = at(column, row);
    if (at(column - 1, row) !== first || at(column, row - 1) !== first || at(column - 1, row - 1) !== first) {
      borders.push(corner);
    }
  }
  for (const corner of borders) {
    const ways = open(corner);
    if (ways.length > 2) for (const step of ways) if (!used[corner * 4 + step]) walk(corner, step);
  }
  for (const corner of borders) {
    for (const step of open(corner)) if (!used[corner * 4 + step]) walk(corner, step);
  }
  return arcs;
}

function cornerPoint(grid: Grid, corner: number): Point {
  const column = corner % (grid.columns + 1);
  const row = (corner - column) / (grid.columns + 1);
  return {eastM: grid.westM + (column - 0.5) * grid.stepM, northM: grid.northM - (row - 0.5) * grid.stepM};
}

/** Replaces the stairs of a border by its middles and leaves out what lies within the tolerance; ends stay. */
function roundArc(points: Line, closed: boolean, toleranceM: number): Line {
  if (points.length < 3) return points;
  const middles = points.slice(1).map((p, i) => {
    const q = points[i]!;
    return {eastM: (p.eastM + q.eastM) / 2, northM: (p.northM + q.northM) / 2};
  });
  if (!closed) return simplify([points[0]!, ...middles, points[points.length - 1]!], toleranceM);
  const half = Math.floor(middles.length / 2);
  const ring = [...middles, middles[0]!];
  return [
    ...simplify(ring.slice(0, half + 1), toleranceM),
    ...simplify(ring.slice(half), toleranceM).slice(1),
  ];
}

function arcsByClass(arcs: Arc[]): Map<number, Arc[]> {
  const lists = new Map<number, Arc[]>();
  const add = (klass: number, arc: Arc) => {
    if (klass < 0) return;
    const list = lists.get(klass) ?? [];
    list.push(arc);
    lists.set(klass, list);
  };
  for (const arc of arcs) {
    add(arc.left, arc);
    add(arc.right, {
      points: arc.points.toReversed(),
      left: arc.right,
      right: arc.left,
      from: arc.to,
      to: arc.from,
    });
  }
  return lists;
}

/** Joins arcs that all have their class on the left: outer rings run counter-clockwise, holes clockwise. */
function joinRings(arcs: Arc[]): Line[] {
  const starts = new Map<number, Arc[]>();
  for (const arc of arcs) starts.set(arc.from, [...(starts.get(arc.from) ?? []), arc]);
  const done = new Set<Arc>();
  const rings: Line[] = [];
  for (const first of arcs) {
    if (done.has(first)) continue;
    const ring: Line = [...first.points];
    done.add(first);
    for (let end = first.to; end !== first.from; ) {
      const next = starts.get(end)?.find((arc) => !done.has(arc));
      if (!next) throw new Error('a border of a class does not close');
      done.add(next);
      ring.push(...next.points.slice(1));
      end = next.to;
    }
    ring[ring.length - 1] = ring[0]!;
    if (ring.length >= 4 && Math.abs(ringArea(ring)) > 1) rings.push(ring);
  }
  return rings;
}

/** Area in square metres, positive when counter-clockwise. */
export function ringArea(ring: Line): number {
  let sum = 0;
  for (let i = 1; i < ring.length; i++) {
    sum += ring[i - 1]!.eastM * ring[i]!.northM - ring[i]!.eastM * ring[i - 1]!.northM;
  }
  return sum / 2;
}

function nestRings(rings: Line[]): Polygon[] {
  const outer = rings.filter((ring) => ringArea(ring) > 0).sort((a, b) => ringArea(a) - ringArea(b));
  const polygons: Polygon[] = outer.map((ring) => [ring]);
  for (const hole of rings.filter((ring) => ringArea(ring) < 0)) {
    const holeArea = -ringArea(hole);
    const inside = {
      eastM: (hole[0]!.eastM + hole[1]!.eastM) / 2,
      northM: (hole[0]!.northM + hole[1]!.northM) / 2,
    };
    const owner = outer.findIndex((ring) => ringArea(ring) > holeArea && contains(ring, inside));
    if (owner >= 0) polygons[owner]!.push(hole);
  }
  return polygons.sort((a, b) => ringArea(b[0]!) - ringArea(a[0]!));
}

export function polygonArea(polygons: Polygon[]): number {
  return polygons.flat().reduce((sum, ring) => sum + ringArea(ring), 0);
}

/** Lines of equal height, open at the grid's edge, closed elsewhere: marching squares, saddles by their middle. */
export function contourLines(
  grid: Grid,
  heightM: Float64Array,
  {levelM, toleranceM, shortestM}: {levelM: number; toleranceM: number; shortestM: number},
): Line[] {
  const {columns, rows} = grid;
  /** Crossing on an edge of the grid, numbered 2 × cell (to the east) or 2 × cell + 1 (to the south). */
  const next = new Map<number, number[]>();
  const link = (a: number, b: number) => {
    next.set(a, [...(next.get(a) ?? []), b]);
    next.set(b, [...(next.get(b) ?? []), a]);
  };
  for (let row = 0; row < rows - 1; row++) {
    for (let column = 0; column < columns - 1; column++) {
      const k = row * columns + column;
      const first = heightM[k]! >= levelM;
      if (
        first === heightM[k + 1]! >= levelM &&
        first === heightM[k + columns]! >= levelM &&
        first === heightM[k + columns + 1]! >= levelM
      ) {
        continue;
      }
      const above = [k, k + 1, k + columns + 1, k + columns].map((cell) => heightM[cell]! >= levelM);
      const edges = [2 * k, 2 * (k + 1) + 1, 2 * (k + columns), 2 * k + 1];
      const cut = edges.filter((_, i) => above[i] !== above[(i + 1) % 4]);
      if (cut.length === 2) link(cut[0]!, cut[1]!);
      if (cut.length !== 4) continue;
      const middle =
        (heightM[k]! + heightM[k + 1]! + heightM[k + columns]! + heightM[k + columns + 1]!) / 4 >= levelM;
      if (middle === above[0]) {
        link(edges[0]!, edges[1]!);
        link(edges[2]!, edges[3]!);
      } else {
        link(edges[3]!, edges[0]!);
        link(edges[1]!, edges[2]!);
      }
    }
  }
  const place = (edge: number): Point => {
    const cell = edge >> 1;
    const other = edge % 2 === 0 ? cell + 1 : cell + columns;
    const share = (levelM - heightM[cell]!) / (heightM[other]! - heightM[cell]!);
    const column = (cell % columns) + (edge % 2 === 0 ? share : 0);
    const row = Math.floor(cell / columns) + (edge % 2 === 0 ? 0 : share);
    return {eastM: grid.westM + column * grid.stepM, northM: grid.northM - row * grid.stepM};
  };
  const seen = new Set<number>();
  const lines: Line[] = [];
  const trace = (start: number) => {
    const line = [place(start)];
    seen.add(start);
    for (let edge = start; ; ) {
      const onward = next.get(edge)!.find((e) => !seen.has(e));
      if (onward === undefined) break;
      seen.add(onward);
      line.push(place(onward));
      edge = onward;
    }
    if (next.get(start)!.length === 2 && line.length > 3) line.push(line[0]!);
    if (lengthM(line) < shortestM) return;
    const smooth = smoothLine(line, 1);
    const half = Math.floor(smooth.length / 2);
    lines.push([
      ...simplify(smooth.slice(0, half + 1), toleranceM),
      ...simplify(smooth.slice(half), toleranceM).slice(1),
    ]);
  };
  for (const [edge, links] of next) if (links.length === 1 && !seen.has(edge)) trace(edge);
  for (const edge of next.keys()) if (!seen.has(edge)) trace(edge);
  return lines;
}
