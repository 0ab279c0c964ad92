import type {Point} from './geodesy.ts';
import {cellAt, type Grid, pointOf} from './grid.ts';

export type Line = Point[];

export function distance(a: Point, b: Point): number {
  return Math.hypot(a.eastM - b.eastM, a.northM - b.northM);
}

export function lengthM(line: Line): number {
  let sum = 0;
  for (let i = 1; i < line.length; i++) sum += distance(line[i - 1]!, line[i]!);
  return sum;
}

/** Distance from a point to a segment and where along it (0..1) the nearest point lies. */
export function toSegment(p: Point, a: Point, b: Point): {distanceM: number; share: number} {
  const dx = b.eastM - a.eastM;
  const dy = b.northM - a.northM;
  const square = dx * dx + dy * dy;
  const t = square === 0 ? 0 : ((p.eastM - a.eastM) * dx + (p.northM - a.northM) * dy) / square;
  const share = Math.min(1, Math.max(0, t));
  return {distanceM: Math.hypot(p.eastM - a.eastM - dx * share, p.northM - a.northM - dy * share), share};
}

/** Distance to a line and the distance along it, both in metres. */
export function toLine(p: Point, line: Line): {distanceM: number; alongM: number} {
  let best = {distanceM: Infinity, alongM: 0};
  let along = 0;
  for (let i = 1; i < line.length; i++) {
    const a = line[i - 1]!;
    const b = line[i]!;
    const piece = distance(a, b);
    const near = toSegment(p, a, b);
    if (near.distanceM < best.distanceM)
      best = {distanceM: near.distanceM, alongM: along + near.share * piece};
    along += piece;
  }
  return best;
}

export function contains(ring: Line, {eastM, northM}: Point): boolean {
  let inside = false;
  for (let i = 0, j = ring.length - 1; i < ring.length; j = i++) {
    const a = ring[i]!;
    const b = ring[j]!;
    if (a.northM > northM === b.northM > northM) continue;
    if (eastM < ((b.eastM - a.eastM) * (northM - a.northM)) / (b.northM - a.northM) + a.eastM)
      inside = !inside;
  }
  return inside;
}

/** A closed ring (first point not repeated) through the same points with rounded sides: Catmull-Rom. */
export function roundRing(ring: Line, pieces: number): Line {
  const at = (i: number) => ring[(i + ring.length) % ring.length]!;
  return ring.flatMap((_, i) =>
    Array.from({length: pieces}, (_piece, k) =>
      between([at(i - 1), at(i), at(i + 1), at(i + 2)], k / pieces),
    ),
  );
}

function between([p0, p1, p2, p3]: [Point, Point, Point, Point], t: number): Point {
  const value = (a: number, b: number, c: number, d: number) =>
    0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t * t + (3 * b - a - 3 * c + d) * t * t * t);
  return {
    eastM: value(p0.eastM, p1.eastM, p2.eastM, p3.eastM),
    northM: value(p0.northM, p1.northM, p2.northM, p3.northM),
  };
}

/** Points every `spacingM` along a line; the last point is kept. */
export function resample(line: Line, spacingM: number): Line {
  const total = lengthM(line);
  const count = Math.max(1, Math.round(total / spacingM));
  return Array.from({length: count + 1}, (_, i) => pointAlong(line, (i / count) * total));
}

export function pointAlong(line: Line, alongM: number): Point {
  let left = alongM;
  for (let i = 1; i < line.length; i++) {
    const a = line[i - 1]!;
    const b = line[i]!;
    const piece = distance(a, b);
    if (left <= piece && piece > 0) {
      return {
        eastM: a.eastM + ((b.eastM - a.eastM) * left) / piece,
        northM: a.northM + ((b.northM - a.northM) * left) / piece,
      };
    }
    left -= piece;
  }
  return line[line.length - 1]!;
}

/** A running weighted mean of the points; both ends stay. */
export function smoothLine(line: Line, passes: number): Line {
  let points = line;
  for (let pass = 0; pass < passes; pass++) {
    points = points.map((p, i) => {
      if (i === 0 || i === points.length - 1) return p;
      const a = points[i - 1]!;
      const b = points[i + 1]!;
      return {eastM: (a.eastM + 2 * p.eastM + b.eastM) / 4, northM: (a.northM + 2 * p.northM + b.northM) / 4};
    });
  }
  return points;
}

/** Douglas-Peucker: the fewest of the points from which none of the others is farther than `toleranceM`. */
export function simplify(line: Line, toleranceM: number): Line {
  const keep = new Uint8Array(line.length);
  keep[0] = 1;
  keep[line.length - 1] = 1;
  const open: [number, number][] = [[0, line.length - 1]];
  for (let piece = open.pop(); piece; piece = open.pop()) {
    const [from, to] = piece;
    let worst = -1;
    let worstM = toleranceM;
    for (let i = from + 1; i < to; i++) {
      const {distanceM} = toSegment(line[i]!, line[from]!, line[to]!);
      if (distanceM > worstM) {
        worst = i;
        worstM = distanceM;
      }
    }
    if (worst < 0) continue;
    keep[worst] = 1;
    open.push([from, worst], [worst, to]);
  }
  return line.filter((_, i) => keep[i]);
}

/** Visits the cells within `withinM` of a line once per segment, with their distance to it and along it. */
export function forCellsNear(
  grid: Grid,
  line: Line,
  withinM: number,
  visit: (cell: number, near: {distanceM: number; alongM: number}) => void,
): void {
  let along = 0;
  for (let i = 1; i < line.length; i++) {
    const a = line[i - 1]!;
    const b = line[i]!;
    const piece = distance(a, b);
    const northWest = cellAt(grid, {
      eastM: Math.min(a.eastM, b.eastM) - withinM,
      northM: Math.max(a.northM, b.northM) + withinM,
    });
    const southEast = cellAt(grid, {
      eastM: Math.max(a.eastM, b.eastM) + withinM,
      northM: Math.min(a.northM, b.northM) - withinM,
    });
    for (let row = Math.floor(northWest / grid.columns); row <= Math.floor(southEast / grid.columns); row++) {
      for (let column = northWest % grid.columns; column <= southEast % grid.columns; column++) {
        const cell = row * grid.columns + column;
        const near = toSegment(pointOf(grid, cell), a, b);
        if (near.distanceM <= withinM)
          visit(cell, {distanceM: near.distanceM, alongM: along + near.share * piece});
      }
    }
    along += piece;
  }
}
