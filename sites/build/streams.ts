import {accumulate, routeFlow} from './flow.ts';
import type {Point} from './geodesy.ts';
import {cellAt, forNeighbours, type Grid, mix, pointOf, ramp, sample} from './grid.ts';
import {forCellsNear, type Line, lengthM, pointAlong, resample, smoothLine} from './lines.ts';
import {fractalNoise} from './noise.ts';
import type {Seed} from './seed.ts';
import {NONE, type Terrain} from './terrain.ts';

export type Stream = {
  id: string;
  line: Line;
  lengthM: number;
  catchmentHa: number;
  /** The lake it comes from, absent for a stream with a spring. */
  from?: string;
  /** The lake it ends in, or the water body around the island. */
  outlet: string;
  /** Level of the bed where it ends. */
  mouthLevelM: number;
};

type Course = {cells: number[]; outletLake: number; fromLake: number; areaCells: number};

/** Height of the ground, and of the water's surface in lakes. */
export function surfaceOf(seed: Seed, {heightM, lake}: Pick<Terrain, 'heightM' | 'lake'>): Float64Array {
  return heightM.map((z, cell) => (lake[cell] === NONE ? z : seed.lakes[lake[cell]!]!.levelM));
}

/** The streams of the seed's number with the longest courses of steepest descent; carves their beds into the ground. */
export function carveStreams(seed: Seed, terrain: Terrain, receivingZone: string): Stream[] {
  const {grid, upperM, lake} = terrain;
  const flow = routeFlow(grid, surfaceOf(seed, terrain), (cell) => upperM[cell]! > 0);
  const area = accumulate(flow);
  const courses = findCourses(seed, terrain, flow.receiver, area);
  const chosen = choose(seed, grid, courses);
  const streams = chosen.map((course) => {
    const drawn = drawLine(seed, terrain, course);
    const fromLevelM = course.fromLake === NONE ? Infinity : seed.lakes[course.fromLake]!.levelM - 0.05;
    const outletLevelM =
      course.outletLake === NONE ? seed.shores.upper.levelM + 0.15 : seed.lakes[course.outletLake]!.levelM;
    const bedM = carve(terrain, drawn, {fromLevelM, outletLevelM});
    const line = monotone(drawn, bedM);
    return {
      id: '',
      line,
      lengthM: Math.round(lengthM(line)),
      catchmentHa: (area[course.cells[course.cells.length - 1]!]! * grid.stepM ** 2) / 10_000,
      ...(course.fromLake === NONE ? {} : {from: seed.lakes[course.fromLake]!.id}),
      outlet: course.outletLake === NONE ? receivingZone : seed.lakes[course.outletLake]!.id,
      mouthLevelM: outletLevelM,
    };
  });
  for (let cell = 0; cell < lake.length; cell++) {
    if (lake[cell] !== NONE)
      terrain.heightM[cell] = Math.min(terrain.heightM[cell]!, seed.lakes[lake[cell]!]!.levelM - 0.2);
  }
  streams.sort((a, b) => a.line[0]!.eastM - b.line[0]!.eastM);
  streams.forEach((stream, i) => {
    stream.id = `s${i + 1}`;
  });
  carveGullies(seed, terrain, streams);
  return streams;
}

/** Every course that ends at the shore or in a lake: upstream along the largest inflow to its spring or a lake. */
function findCourses(
  seed: Seed,
  {grid, lake, upperM}: Terrain,
  receiver: Int32Array,
  area: Float64Array,
): Course[] {
  const smallest = (seed.streams.smallestCatchmentHa * 10_000) / grid.stepM ** 2;
  const courses: Course[] = [];
  for (let cell = 0; cell < receiver.length; cell++) {
    if (upperM[cell]! <= 0 || lake[cell] !== NONE || area[cell]! < smallest * 3) continue;
    const next = receiver[cell]!;
    const atShore = next < 0;
    if (!atShore && lake[next] === NONE) continue;
    const cells = [cell];
    let fromLake: number = NONE;
    for (let at = cell; ; ) {
      let upstream = -1;
      forNeighbours(grid, at, (other) => {
        if (receiver[other] !== at || area[other]! < smallest) return;
        if (upstream < 0 || area[other]! > area[upstream]!) upstream = other;
      });
      if (upstream < 0) break;
      if (lake[upstream] !== NONE) {
        fromLake = lake[upstream]!;
        cells.push(upstream);
        break;
      }
      cells.push(upstream);
      at = upstream;
    }
    cells.reverse();
    if (!atShore) cells.push(next);
    courses.push({cells, outletLake: atShore ? NONE : lake[next]!, fromLake, areaCells: area[cell]!});
  }
  return courses;
}

/** The longest courses, the seed's outflows of lakes always among them, with mouths at least 110 m apart. */
function choose({lakes, streams: {count}}: Seed, grid: Grid, courses: Course[]): Course[] {
  const isOutflow = ({fromLake}: Course) => fromLake !== NONE && lakes[fromLake]!.outflow;
  const worth = (course: Course) => course.cells.length * (isOutflow(course) ? 12 : 1);
  const sorted = courses
    .filter((course) => course.cells.length > (isOutflow(course) ? 12 : 24))
    .sort((a, b) => worth(b) - worth(a));
  const chosen: Course[] = [];
  for (const course of sorted) {
    if (chosen.length === count) break;
    const mouth = pointOf(grid, course.cells[course.cells.length - 1]!);
    const near = chosen.some((other) => {
      const at = pointOf(grid, other.cells[other.cells.length - 1]!);
      return Math.hypot(at.eastM - mouth.eastM, at.northM - mouth.northM) < 110;
    });
    if (!near) chosen.push(course);
  }
  if (chosen.length < count) throw new Error(`${count} streams wanted, the terrain has ${chosen.length}`);
  return chosen;
}

/** The course without its steps of 45 degrees, swinging a little where the ground is flat. */
function drawLine(seed: Seed, {grid, heightM}: Terrain, {cells}: Course): Line {
  const rounded = resample(
    smoothLine(
      cells.map((cell) => pointOf(grid, cell)),
      10,
    ),
    10,
  );
  const swung = rounded.map((p, i) => {
    if (i === 0 || i === rounded.length - 1) return p;
    const a = rounded[i - 1]!;
    const b = rounded[i + 1]!;
    const along = Math.hypot(b.eastM - a.eastM, b.northM - a.northM);
    const fall = Math.abs(sample(grid, heightM, a) - sample(grid, heightM, b)) / along;
    const ends = ramp(Math.min(i, rounded.length - 1 - i), 0, 9);
    const swing =
      26 *
      fractalNoise(seed.randomSeed + 40, p, {wavelengthM: 150, octaves: 3}) *
      ends *
      (1 - ramp(fall, 0.04, 0.25));
    return {
      eastM: p.eastM - (swing * (b.northM - a.northM)) / along,
      northM: p.northM + (swing * (b.eastM - a.eastM)) / along,
    };
  });
  return resample(smoothLine(swung, 2), 10);
}

/** Lowers a bed that never rises along the line, with sloping sides; gives the bed's height at each point. */
function carve(
  {grid, heightM, lake}: Terrain,
  line: Line,
  {fromLevelM, outletLevelM}: {fromLevelM: number; outletLevelM: number},
): number[] {
  const last = line.length - 1;
  const bedM: number[] = [];
  line.forEach((p, i) => {
    const depth = Number.isFinite(fromLevelM) ? 0.05 : mix(0.5, 1.6, ramp(i, 0, last * 0.6));
    const rise = 0.012 * (last - i);
    const wanted = Math.max(sample(grid, heightM, p) - depth, outletLevelM + rise);
    const spring = Number.isFinite(fromLevelM) ? fromLevelM : wanted;
    const before = i === 0 ? spring : bedM[i - 1]! - 0.011;
    bedM.push(
      i === 0
        ? before
        : i === last
          ? Math.min(before, outletLevelM)
          : Math.max(outletLevelM, Math.min(before, wanted)),
    );
  });
  const side = new Map<number, number>();
  forCellsNear(grid, line, 16, (cell, {distanceM, alongM}) => {
    if (lake[cell] !== NONE) return;
    const i = Math.min(last - 1, Math.floor(alongM / (lengthM(line) / last)));
    const share = alongM / (lengthM(line) / last) - i;
    const bed = mix(bedM[i]!, bedM[i + 1]!, share) + Math.max(0, distanceM - 3.8) * 0.42;
    side.set(cell, Math.min(side.get(cell) ?? Infinity, bed));
  });
  for (const [cell, z] of side) heightM[cell] = Math.min(heightM[cell]!, z);
  return bedM;
}

/** The line itself: kept as a function of its own so that a stream without fall is an error, not a picture. */
function monotone(line: Line, bedM: number[]): Line {
  for (let i = 1; i < bedM.length; i++) {
    if (bedM[i]! > bedM[i - 1]!) throw new Error(`stream bed rises from ${bedM[i - 1]} to ${bedM[i]} m`);
  }
  return line;
}

/** Shallow channels through the belt below each mouth at the shore, down the steepest descent. */
function carveGullies(seed: Seed, {grid, heightM, upperM, lowerM}: Terrain, streams: Stream[]): void {
  const flow = routeFlow(grid, heightM, (cell) => upperM[cell]! <= 3 * grid.stepM && lowerM[cell]! > 0);
  for (const stream of streams) {
    if (seed.lakes.some((lake) => lake.id === stream.outlet)) continue;
    const path: Point[] = [];
    for (
      let cell = cellAt(grid, stream.line[stream.line.length - 1]!);
      cell >= 0;
      cell = flow.receiver[cell]!
    ) {
      path.push(pointOf(grid, cell));
    }
    if (path.length < 4) continue;
    const line = resample(smoothLine(path, 8), 10);
    let bed = seed.shores.upper.levelM + 0.1;
    const bedM = line.map((p, i) => {
      const deep = 0.9 * ramp(i, 0, 4) * (1 - ramp(i, line.length - 6, line.length));
      bed = Math.min(bed - 0.01, sample(grid, heightM, p) - deep);
      return Math.max(seed.shores.lower.levelM + 0.02, bed);
    });
    const pieceM = lengthM(line) / (line.length - 1);
    forCellsNear(grid, line, 14, (cell, {distanceM, alongM}) => {
      if (upperM[cell]! > 0 || lowerM[cell]! <= 0) return;
      const i = Math.min(line.length - 1, Math.round(alongM / pieceM));
      const edge = heightM[cell]!;
      heightM[cell] = Math.max(
        seed.shores.lower.levelM + 0.02,
        Math.min(edge, bedM[i]! + Math.max(0, distanceM - 2) * 0.15),
      );
    });
  }
}

/** Area that drains to each stream's mouth on the finished ground, in hectares. */
export function catchments(seed: Seed, terrain: Terrain, streams: Stream[]): void {
  const {grid, upperM} = terrain;
  const flow = routeFlow(grid, surfaceOf(seed, terrain), (cell) => upperM[cell]! > 0);
  const area = accumulate(flow);
  for (const stream of streams) {
    const before = cellAt(grid, pointAlong(stream.line, Math.max(0, lengthM(stream.line) - 15)));
    let most = area[before]!;
    forNeighbours(grid, before, (next) => {
      if (terrain.lake[next] === NONE) most = Math.max(most, area[next]!);
    });
    stream.catchmentHa = Math.round(most * grid.stepM ** 2) / 10_000;
  }
}
