import type {LocalFrame, Point} from './geodesy.ts';
import {CellHeap, cellAt, fill, forNeighbours, type Grid, mix, pointOf, ramp, sample} from './grid.ts';
import {
  distance,
  forCellsNear,
  type Line,
  lengthM,
  pointAlong,
  resample,
  roundRing,
  smoothLine,
} from './lines.ts';
import {fractalNoise, hash01} from './noise.ts';
import type {Name, Seed} from './seed.ts';
import {distanceToMark, NONE, type Terrain} from './terrain.ts';

export type Path = {id: string; name: Name; kind: string; widthM: number; line: Line};

const KNIGHT_MOVES = [
  [1, 2],
  [2, 1],
  [2, -1],
  [1, -2],
  [-1, -2],
  [-2, -1],
  [-2, 1],
  [-1, 2],
] as const;

type Ground = {
  grid: Grid;
  heightM: Float64Array;
  upperM: Float64Array;
  toLakeM: Float64Array;
  toStreamM: Float64Array;
  detourM: Float64Array;
};

/** The ring road, its length tuned to the seed's, and the links between named places, each along its easiest way. */
export function layPaths(seed: Seed, frame: LocalFrame, terrain: Terrain, streams: {line: Line}[]): Path[] {
  const {grid, heightM, upperM, lake} = terrain;
  const streamMark = new Uint8Array(heightM.length).fill(NONE);
  for (const {line} of streams) for (const p of resample(line, grid.stepM)) streamMark[cellAt(grid, p)] = 0;
  const ground: Ground = {
    grid,
    heightM,
    upperM,
    toLakeM: distanceToMark(grid, lake).distanceM,
    toStreamM: distanceToMark(grid, streamMark).distanceM,
    detourM: fill(
      grid,
      (at) =>
        1 + 0.9 * Math.max(0, 0.4 + fractalNoise(seed.randomSeed + 510, at, {wavelengthM: 150, octaves: 3})),
    ),
  };
  const paths: Path[] = [];
  const used = new Uint8Array(heightM.length);
  const {ring} = seed.paths;
  const ringLine = layRing(seed, frame, ground);
  paths.push({id: 'ring', name: ring.name, kind: 'road', widthM: ring.widthM, line: ringLine});
  for (const p of resample(ringLine, grid.stepM)) used[cellAt(grid, p)] = 1;
  const places = new Map(
    seed.paths.places.map((p) => [p.id, frame.toLocal([p.longitudeDeg, p.latitudeDeg])]),
  );
  for (const link of seed.paths.links) {
    const stops = link.via.map((id) => {
      const place = places.get(id);
      if (!place) throw new Error(`path ${link.id} goes by ${id}, which is no place of the seed`);
      return place;
    });
    const gradeLimit = link.kind === 'trail' ? 0.14 : 0.07;
    const cells = stops.slice(1).flatMap((to, i) => easiestWay(ground, stops[i]!, to, {gradeLimit, used}));
    const line = roundLine(grid, cells);
    paths.push({id: link.id, name: link.name, kind: link.kind, widthM: link.widthM, line});
    for (const p of resample(line, grid.stepM)) used[cellAt(grid, p)] = 1;
  }
  return paths;
}

function roundLine(grid: Grid, cells: number[]): Line {
  const stepped = resample(
    cells.map((cell) => pointOf(grid, cell)),
    grid.stepM,
  );
  return resample(smoothLine(withoutSpurs(smoothLine(stepped, 12)), 24), 8);
}

/** The way without the pieces that come back to within 16 m of where they left it. */
function withoutSpurs(line: Line): Line {
  const kept: Line = [];
  for (let i = 0; i < line.length; ) {
    kept.push(line[i]!);
    let back = i;
    for (let j = i + 9; j < Math.min(line.length - 1, i + 160); j++) {
      if (distance(line[i]!, line[j]!) < 16) back = j;
    }
    i = back + 1;
  }
  return kept;
}

function layRing(seed: Seed, frame: LocalFrame, ground: Ground): Line {
  const shore = roundRing(
    seed.shores.upper.ring.map((p) => frame.toLocal(p)),
    6,
  );
  const outline = [...shore, shore[0]!];
  const total = lengthM(outline);
  const count = 30;
  const {lengthM: wantedM, insetM} = seed.paths.ring;
  const attempt = (swingM: number) => {
    const stops = Array.from({length: count}, (_, i) => {
      const at = pointAlong(outline, (i / count) * total);
      const swing = (hash01(seed.randomSeed, 500, i) * 0.35 + (i % 2 ? 0 : 0.65)) * swingM;
      return inwards(ground, at, insetM + swing);
    });
    const cells = stops.flatMap((stop, i) =>
      easiestWay(ground, stop, stops[(i + 1) % count]!, {gradeLimit: 0.06}),
    );
    return roundLine(ground.grid, [...cells, cells[0]!]);
  };
  const missM = (line: Line) => Math.abs(lengthM(line) - wantedM);
  let best = attempt(0);
  for (let swingM = 195; swingM <= 360 && missM(best) > 150; swingM += 15) {
    const line = attempt(swingM);
    if (missM(line) < missM(best)) best = line;
  }
  return best;
}

/** The point reached by going up the distance from the shore to `insetM`, or farther where a lake is in the way. */
function inwards({grid, upperM, toLakeM}: Ground, from: Point, insetM: number): Point {
  let cell = cellAt(grid, from);
  while (upperM[cell]! < insetM || toLakeM[cell]! < 25) {
    let next = cell;
    forNeighbours(grid, cell, (other) => {
      if (upperM[other]! > upperM[next]!) next = other;
    });
    if (next === cell) break;
    cell = next;
  }
  return pointOf(grid, cell);
}

/** Visits the neighbours and the cells a knight's move away, so that ways may run in sixteen directions. */
function forReachable(grid: Grid, cell: number, visit: (next: number, steps: number) => void): void {
  forNeighbours(grid, cell, visit);
  const column = cell % grid.columns;
  const row = (cell - column) / grid.columns;
  for (const [dc, dr] of KNIGHT_MOVES) {
    const c = column + dc;
    const r = row + dr;
    if (c >= 0 && r >= 0 && c < grid.columns && r < grid.rows) visit(r * grid.columns + c, Math.sqrt(5));
  }
}

/** Cells of the cheapest way: steep pieces, wet ground and crossings cost more, existing paths less, lakes are shut. */
function easiestWay(
  {grid, heightM, upperM, toLakeM, toStreamM, detourM}: Ground,
  from: Point,
  to: Point,
  {gradeLimit, used}: {gradeLimit: number; used?: Uint8Array},
): number[] {
  const start = cellAt(grid, from);
  const end = cellAt(grid, to);
  const cost = new Map<number, number>([[start, 0]]);
  const came = new Map<number, number>();
  const done = new Set<number>();
  const heap = new CellHeap();
  const target = pointOf(grid, end);
  const reach = distance(from, to) * 0.6 + 300;
  const middle = {eastM: (from.eastM + to.eastM) / 2, northM: (from.northM + to.northM) / 2};
  heap.push(0, start);
  while (heap.size > 0) {
    const {cell} = heap.pop();
    if (cell === end) break;
    if (done.has(cell)) continue;
    done.add(cell);
    forReachable(grid, cell, (next, steps) => {
      if (done.has(next) || toLakeM[next]! < 18 || upperM[next]! < 30) return;
      const at = pointOf(grid, next);
      if (distance(at, middle) > reach) return;
      const runM = steps * grid.stepM;
      const grade = Math.abs(heightM[next]! - heightM[cell]!) / runM;
      const wet = toStreamM[next]! < 12 ? 2.2 : 1;
      const shore = upperM[next]! < 40 ? 1.6 : 1;
      const worn = used?.[next] ? 0.55 : 1;
      const through =
        cost.get(cell)! + runM * (1 + (grade / gradeLimit) ** 2) * wet * shore * worn * detourM[next]!;
      if (through >= (cost.get(next) ?? Infinity)) return;
      cost.set(next, through);
      came.set(next, cell);
      heap.push(through + distance(at, target) * 0.55, next);
    });
  }
  if (!came.has(end) && start !== end)
    throw new Error(`no way from ${from.eastM},${from.northM} to ${to.eastM},${to.northM}`);
  const cells = [end];
  for (let cell = end; cell !== start; ) {
    cell = came.get(cell)!;
    cells.push(cell);
  }
  return cells.reverse();
}

/** Cuts and fills the ground under roads to their smoothed height; stream beds stay as they are. */
export function gradeRoads(
  {grid, heightM, upperM, lake}: Terrain,
  paths: Path[],
  streams: {line: Line}[],
): void {
  const wet = new Uint8Array(heightM.length);
  for (const {line} of streams)
    forCellsNear(grid, line, 9, (cell) => {
      wet[cell] = 1;
    });
  for (const {line, widthM, kind} of paths) {
    if (kind !== 'road') continue;
    const ground = line.map((p) => sample(grid, heightM, p));
    const level = ground.map((_, i) => {
      const near = ground.slice(Math.max(0, i - 5), i + 6);
      return near.reduce((sum, z) => sum + z, 0) / near.length;
    });
    const pieceM = lengthM(line) / (line.length - 1);
    const graded = new Map<number, {distanceM: number; z: number}>();
    forCellsNear(grid, line, widthM / 2 + 9, (cell, {distanceM, alongM}) => {
      if (wet[cell] || lake[cell] !== NONE || upperM[cell]! < 25) return;
      if (distanceM >= (graded.get(cell)?.distanceM ?? Infinity)) return;
      const i = Math.min(line.length - 2, Math.floor(alongM / pieceM));
      graded.set(cell, {distanceM, z: mix(level[i]!, level[i + 1]!, alongM / pieceM - i)});
    });
    for (const [cell, {distanceM, z}] of graded) {
      heightM[cell] = mix(z, heightM[cell]!, ramp(distanceM, widthM / 2 + 1, widthM / 2 + 9));
    }
  }
}
