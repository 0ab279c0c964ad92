import {erode, routeFlow} from './flow.ts';
import type {LocalFrame, LonLat, Point} from './geodesy.ts';
import {blur, fill, forNeighbours, type Grid, mix, pointOf, ramp, sample} from './grid.ts';
import {contains, type Line, roundRing, toLine} from './lines.ts';
import {fractalNoise} from './noise.ts';
import type {Placed, Seed} from './seed.ts';

/** The ground before streams, paths and fields, with the distances it was shaped by (metres, positive inside). */
export type Terrain = {
  grid: Grid;
  heightM: Float64Array;
  /** Distance from the upper shore. */
  upperM: Float64Array;
  /** Distance from the low-water shore. */
  lowerM: Float64Array;
  /** Distance from the hill's axis. */
  hillM: Float64Array;
  /** Index of the lake in the seed's list, 255 for none. */
  lake: Uint8Array;
  /** Index of the drawdown zone: 0 wetland, 1 gravel, 2 meadow, 255 for none. */
  drawdown: Uint8Array;
  /** 1 in the middle of a cut face, 0 at its edge, negative outside. */
  scar: Float64Array;
};

export const NONE = 255;

export function gridOf({grid}: Seed): Grid {
  return {
    columns: grid.columns,
    rows: grid.rows,
    stepM: grid.stepM,
    westM: grid.originEastM,
    northM: grid.originNorthM,
  };
}

const local = (frame: LocalFrame, {longitudeDeg, latitudeDeg}: Placed): Point =>
  frame.toLocal([longitudeDeg, latitudeDeg]);

export function buildTerrain(seed: Seed, frame: LocalFrame): Terrain {
  const grid = gridOf(seed);
  const hectares = (grid.stepM * grid.stepM) / 10_000;
  const noise = (salt: number, wavelengthM: number, octaves: number) => (at: Point) =>
    fractalNoise(seed.randomSeed + salt, at, {wavelengthM, octaves});

  const upperM = shoreDistance(grid, toRing(frame, seed.shores.upper.ring), {
    cells: seed.shores.upper.areaHa / hectares,
    roughness: scaled(noise(1, 260, 4), 9),
  });
  const lowerRough = scaled(noise(2, 420, 4), 22);
  const lowerM = shoreDistance(grid, toRing(frame, seed.shores.lower.ring), {
    cells: seed.shores.lower.areaHa / hectares,
    roughness: lowerRough,
  });
  const axis = seed.hill.line.map((p) => frame.toLocal(p));
  const hillM = fill(grid, (at) => toLine(at, axis).distanceM);
  const lake = layLakes(seed, frame, grid, upperM);
  const drawdown = layDrawdown(seed, frame, grid, {upperM, lowerM});
  const scar = scarShare(seed, frame, grid, axis);

  const island = raiseIsland(seed, grid, {upperM, hillM, lake, axis, noise});
  const belt = layBelt(seed, grid, {upperM, lowerM, drawdown, noise});
  const heightM = fill(grid, (at, cell) => {
    if (upperM[cell]! > 0) return island[cell]!;
    if (lowerM[cell]! > 0) return belt[cell]!;
    return riverHeight(seed, frame, at, -lowerM[cell]!, noise);
  });
  cutScars(seed, grid, heightM, scar);
  wearDown(seed, grid, heightM, {upperM, hillM, lake});
  digLakes(seed, grid, heightM, lake);
  return {grid, heightM, upperM, lowerM, hillM, lake, drawdown, scar};
}

const scaled = (noise: (at: Point) => number, amount: number) => (at: Point) => noise(at) * amount;

function toRing(frame: LocalFrame, ring: LonLat[]): Line {
  return roundRing(
    ring.map((p) => frame.toLocal(p)),
    6,
  );
}

/**
 * Distance from a shore, positive inside: from the ring, worked out on every fourth sample, made uneven by
 * `roughness`, and moved in or out until exactly `cells` samples lie inside.
 */
function shoreDistance(
  grid: Grid,
  ring: Line,
  {cells, roughness}: {cells: number; roughness: (at: Point) => number},
): Float64Array {
  const every = 4;
  const coarse: Grid = {
    columns: Math.ceil((grid.columns - 1) / every) + 1,
    rows: Math.ceil((grid.rows - 1) / every) + 1,
    stepM: grid.stepM * every,
    westM: grid.westM,
    northM: grid.northM,
  };
  const closed = [...ring, ring[0]!];
  const distanceM = fill(coarse, (at) => toLine(at, closed).distanceM * (contains(ring, at) ? 1 : -1));
  const rough = fill(grid, (at) => sample(coarse, distanceM, at) + roughness(at));
  const offset = rankValue(rough, Math.round(cells));
  return rough.map((value) => value - offset);
}

/** The value that exactly `count` of the values exceed (or equal, where values are equal). */
export function rankValue(values: ArrayLike<number>, count: number): number {
  const sorted = Float64Array.from(values).sort();
  return (sorted[sorted.length - count]! + sorted[sorted.length - count - 1]!) / 2;
}

function layLakes(seed: Seed, frame: LocalFrame, grid: Grid, upperM: Float64Array): Uint8Array {
  const lake = new Uint8Array(grid.columns * grid.rows).fill(NONE);
  seed.lakes.forEach((body, index) => {
    const centre = local(frame, body);
    const radiusM = Math.sqrt((body.areaHa * 10_000) / Math.PI);
    const turn = ((index * 67) % 180) * (Math.PI / 180);
    const shape = (at: Point) => {
      const dx = at.eastM - centre.eastM;
      const dy = at.northM - centre.northM;
      const u = (dx * Math.cos(turn) + dy * Math.sin(turn)) / 1.28;
      const v = (-dx * Math.sin(turn) + dy * Math.cos(turn)) * 1.22;
      const wobble = fractalNoise(seed.randomSeed + 30 + index, at, {wavelengthM: radiusM * 1.5, octaves: 3});
      return Math.hypot(u, v) * (1 + 0.55 * wobble);
    };
    const near: {cell: number; r: number}[] = [];
    for (let cell = 0; cell < lake.length; cell++) {
      const at = pointOf(grid, cell);
      if (
        Math.hypot(at.eastM - centre.eastM, at.northM - centre.northM) > radiusM * 2.5 ||
        upperM[cell]! < 45
      )
        continue;
      near.push({cell, r: shape(at)});
    }
    near.sort((a, b) => a.r - b.r);
    const cells = Math.round((body.areaHa * 10_000) / grid.stepM ** 2);
    for (const {cell} of near.slice(0, cells)) lake[cell] = index;
  });
  return lake;
}

/** Divides the belt between the shores by nearness to the named places, with the areas of the seed. */
function layDrawdown(
  seed: Seed,
  frame: LocalFrame,
  grid: Grid,
  {upperM, lowerM}: {upperM: Float64Array; lowerM: Float64Array},
): Uint8Array {
  const zone = new Uint8Array(grid.columns * grid.rows).fill(NONE);
  const belt: number[] = [];
  for (let cell = 0; cell < zone.length; cell++) if (upperM[cell]! <= 0 && lowerM[cell]! > 0) belt.push(cell);
  const cellsOf = (id: string) =>
    ((seed.zones.find((z) => z.id === id)?.areaHa ?? 0) * 10_000) / grid.stepM ** 2;
  const take = (index: number, cells: number, centre: Point, stretch: number) => {
    const free = belt.filter((cell) => zone[cell] === NONE);
    const ranked = free.map((cell) => {
      const at = pointOf(grid, cell);
      const warp = 260 * fractalNoise(seed.randomSeed + 50 + index, at, {wavelengthM: 380, octaves: 5});
      return {cell, r: Math.hypot((at.eastM - centre.eastM) / stretch, at.northM - centre.northM) + warp};
    });
    ranked.sort((a, b) => a.r - b.r);
    for (const {cell} of ranked.slice(0, Math.round(cells))) zone[cell] = index;
  };
  const {tuerping, gravel} = seed.drawdown;
  take(0, cellsOf(tuerping.zone), local(frame, tuerping), 2.6);
  for (const head of gravel.heads) take(1, cellsOf(gravel.zone) * head.share, local(frame, head), 1);
  for (const cell of belt) if (zone[cell] === NONE) zone[cell] = 2;
  return zone;
}

/** 1 in the middle of a cut face, 0 at its edge, negative outside: rounded rectangles that follow the hill's axis, on the seed's places. */
function scarShare(seed: Seed, frame: LocalFrame, grid: Grid, axis: Line): Float64Array {
  const scars = seed.hill.scars.map((scar) => {
    const centre = local(frame, scar);
    const {alongM} = toLine(centre, axis);
    return {...scar, alongM, awayM: toLine(centre, axis).distanceM};
  });
  return fill(grid, (at) => {
    const {alongM, distanceM} = toLine(at, axis);
    if (distanceM > seed.hill.radiusM * 1.1) return -1;
    const south = at.northM < axisNorthM(at, axis);
    let best = -1;
    for (const scar of scars) {
      const beyond = offAxis(at, axis);
      const dx = (alongM + beyond - scar.alongM) / (scar.lengthM / 2);
      const dy = (distanceM - scar.awayM) / (scar.widthM / 2);
      const edge = 0.28 * fractalNoise(seed.randomSeed + 71, at, {wavelengthM: 140, octaves: 4});
      const r = (Math.abs(dx) ** 3 + Math.abs(dy) ** 3) ** (1 / 3) + edge;
      if (south) best = Math.max(best, 1 - r);
    }
    return best;
  });
}

/** North of the axis at the same east, level beyond its ends. */
function axisNorthM({eastM}: Point, axis: Line): number {
  const next = axis.findIndex((p) => p.eastM > eastM);
  if (next === 0) return axis[0]!.northM;
  if (next < 0) return axis[axis.length - 1]!.northM;
  const a = axis[next - 1]!;
  const b = axis[next]!;
  return mix(a.northM, b.northM, (eastM - a.eastM) / (b.eastM - a.eastM));
}

/** How far a point lies beyond the axis' western (-) or eastern (+) end, along the axis' direction. */
function offAxis(at: Point, axis: Line): number {
  const first = axis[0]!;
  const last = axis[axis.length - 1]!;
  if (at.eastM < first.eastM) return at.eastM - first.eastM;
  if (at.eastM > last.eastM) return at.eastM - last.eastM;
  return 0;
}

type Noise = (salt: number, wavelengthM: number, octaves: number) => (at: Point) => number;

/** Distance in metres to the nearest marked cell, and that cell's mark; two sweeps of a 3 x 3 chamfer. */
export function distanceToMark(grid: Grid, mark: Uint8Array): {distanceM: Float64Array; nearest: Uint8Array} {
  const distanceM = new Float64Array(mark.length);
  const nearest = Uint8Array.from(mark);
  for (let cell = 0; cell < mark.length; cell++) distanceM[cell] = mark[cell] === NONE ? Infinity : 0;
  const {columns, rows, stepM} = grid;
  const relax = (cell: number, dr: number, dc: number) => {
    const column = (cell % columns) + dc;
    const row = Math.floor(cell / columns) + dr;
    if (column < 0 || row < 0 || column >= columns || row >= rows) return;
    const other = row * columns + column;
    const through = distanceM[other]! + stepM * (dr !== 0 && dc !== 0 ? Math.SQRT2 : 1);
    if (through < distanceM[cell]!) {
      distanceM[cell] = through;
      nearest[cell] = nearest[other]!;
    }
  };
  for (let cell = 0; cell < mark.length; cell++) {
    relax(cell, 0, -1);
    relax(cell, -1, -1);
    relax(cell, -1, 0);
    relax(cell, -1, 1);
  }
  for (let cell = mark.length - 1; cell >= 0; cell--) {
    relax(cell, 0, 1);
    relax(cell, 1, 1);
    relax(cell, 1, 0);
    relax(cell, 1, -1);
  }
  return {distanceM, nearest};
}

/** Bank, terrace and hill above the upper shore, with basins where the lakes will be dug. */
function raiseIsland(
  seed: Seed,
  grid: Grid,
  {
    upperM,
    hillM,
    lake,
    axis,
    noise,
  }: {upperM: Float64Array; hillM: Float64Array; lake: Uint8Array; axis: Line; noise: Noise},
): Float64Array {
  const {shores, bank, hill} = seed;
  const toLake = distanceToMark(grid, lake);
  const bankNoise = noise(3, 600, 3);
  const bankShare = (at: Point, cell: number) => {
    const widthM = mix(bank.widthM[0], bank.widthM[1], ramp(bankNoise(at), -0.45, 0.45));
    return upperM[cell]! / widthM;
  };
  const rimM = (cell: number) => seed.lakes[toLake.nearest[cell]!]!.levelM + 0.7;
  const terraceM = soapFilm(grid, (at, cell) => {
    if (upperM[cell]! <= 0) return shores.upper.levelM;
    const share = bankShare(at, cell);
    if (share < 1) return mix(shores.upper.levelM, bank.topM, share ** 0.75);
    if (toLake.distanceM[cell]! <= 25 && hillM[cell]! > hill.radiusM) return rimM(cell);
    if (hillM[cell]! <= hill.radiusM * 1.04) return hill.footM;
    return undefined;
  });
  const relief = noise(4, 240, 4);
  const spurs = noise(5, 480, 3);
  const gullies = noise(6, 190, 5);
  const ravines = noise(13, 340, 3);
  const saddles = noise(7, 420, 3);
  const firstEast = axis[0]!.eastM;
  const lastEast = axis[axis.length - 1]!.eastM;
  return fill(grid, (at, cell) => {
    if (upperM[cell]! <= 0) return 0;
    const open = ramp(upperM[cell]!, 15, 90) * ramp(toLake.distanceM[cell]!, 15, 90);
    let heightM = terraceM[cell]! + 1.6 * relief(at) * open;
    const away = hillM[cell]! / (hill.radiusM * 1.03);
    if (away < 1.25) {
      const spur = -0.34 * spurs(at);
      const warped = Math.max(0, away * (1 + mix(Math.max(0.05, spur), spur, ramp(upperM[cell]!, 120, 320))));
      const along = Math.abs((2 * (at.eastM - firstEast)) / (lastEast - firstEast) - 1);
      const rise = hill.riseM * mix(1, hill.endFraction, ramp(along, 0.1, 1.25));
      const dome = 1 - warped * warped;
      const flank = Math.max(0, Math.min(1, 4 * warped * (1 - warped)));
      const ravine = -15 * (1 - ramp(Math.abs(ravines(at)), 0, 0.2));
      const rough =
        (15 * gullies(at) + ravine) * flank * ramp(upperM[cell]!, 60, 220) +
        34 * Math.min(0, saddles(at)) * ramp(dome, 0.15, 0.9) * ramp(along, 0.04, 0.25);
      const hillHeightM = hill.footM - 0.6 + rise * dome + rough;
      heightM = softMax(heightM, hillHeightM, 2.2);
    }
    const inBasin = 1 - ramp(toLake.distanceM[cell]!, 15, 75);
    if (inBasin > 0) heightM = mix(heightM, rimM(cell), inBasin);
    return Math.max(shores.upper.levelM + 0.02, heightM);
  });
}

function softMax(a: number, b: number, widthM: number): number {
  const most = Math.max(a, b);
  return most + widthM * Math.log1p(Math.exp((Math.min(a, b) - most) / widthM)) - widthM * 0.02;
}

/**
 * The smooth surface through the heights that `fixed` gives, as a soap film hangs between wires (Laplace's
 * equation by over-relaxation on every fourth sample), then rounded over some 40 m.
 */
function soapFilm(grid: Grid, fixed: (at: Point, cell: number) => number | undefined): Float64Array {
  const every = 4;
  const coarse: Grid = {
    columns: Math.floor((grid.columns - 1) / every) + 1,
    rows: Math.floor((grid.rows - 1) / every) + 1,
    stepM: grid.stepM * every,
    westM: grid.westM,
    northM: grid.northM,
  };
  const free: number[] = [];
  const film = new Float64Array(coarse.columns * coarse.rows);
  for (let cell = 0; cell < film.length; cell++) {
    const column = cell % coarse.columns;
    const row = (cell - column) / coarse.columns;
    const value = fixed(pointOf(coarse, cell), row * every * grid.columns + column * every);
    film[cell] = value ?? 190;
    if (value === undefined) free.push(cell);
  }
  for (let round = 0; round < 500; round++) {
    for (const cell of free) {
      const mean =
        (film[cell - 1]! + film[cell + 1]! + film[cell - coarse.columns]! + film[cell + coarse.columns]!) / 4;
      film[cell]! += 1.85 * (mean - film[cell]!);
    }
  }
  const fine = fill(grid, (at, cell) => fixed(at, cell) ?? sample(coarse, film, at));
  const smooth = blur(grid, fine, {radius: 3});
  return fine.map((value, cell) => {
    const exact = fixed(pointOf(grid, cell), cell);
    return exact === undefined || exact > 184 ? smooth[cell]! : value;
  });
}

/** Height of the belt between the shores: three kinds of ground, each with its own fall, one passing into the next. */
function layBelt(
  seed: Seed,
  grid: Grid,
  {
    upperM,
    lowerM,
    drawdown,
    noise,
  }: {upperM: Float64Array; lowerM: Float64Array; drawdown: Uint8Array; noise: Noise},
): Float64Array {
  const topM = seed.shores.upper.levelM;
  const lowM = seed.shores.lower.levelM;
  const weights = [0, 1, 2].map((kind) =>
    blur(
      grid,
      Float64Array.from(drawdown, (d) => (d === kind ? 1 : 0)),
      {radius: 6},
    ),
  );
  const pools = noise(8, 95, 3);
  const swell = noise(9, 260, 3);
  const ridge = noise(10, 75, 3);
  const stepped = (share: number, flat: [number, number], upper: number, lower: number) => {
    if (share < upper) return mix(topM, flat[0], ramp(share, 0, upper));
    if (share < lower) return mix(flat[0], flat[1], (share - upper) / (lower - upper));
    return mix(flat[1], lowM, ((share - lower) / (1 - lower)) ** 0.9);
  };
  return fill(grid, (at, cell) => {
    if (upperM[cell]! > 0 || lowerM[cell]! <= 0) return 0;
    const share = -upperM[cell]! / (lowerM[cell]! - upperM[cell]!);
    const inner = Math.min(1, 8 * share * (1 - share));
    const wet =
      stepped(share, seed.drawdown.tuerping.flatM, 0.14, 0.82) -
      1.6 * inner * ramp(pools(at), 0.12, 0.45) +
      0.5 * swell(at) * inner;
    const along = ridge({eastM: at.eastM / 3.2, northM: at.northM});
    const gravel =
      stepped(share, seed.drawdown.gravel.flatM, 0.16, 0.86) + 1.3 * along * inner + 0.6 * swell(at) * inner;
    const fall = topM - (topM - lowM) * share ** 0.92;
    const step = 2.4;
    const ledge = Math.floor(fall / step) * step + step * ramp(fall / step - Math.floor(fall / step), 0.5, 1);
    const meadow = mix(fall, ledge, 0.55 * inner) + 0.8 * swell(at) * inner;
    const total = weights[0]![cell]! + weights[1]![cell]! + weights[2]![cell]!;
    const height =
      (weights[0]![cell]! * wet + weights[1]![cell]! * gravel + weights[2]![cell]! * meadow) / total;
    return Math.min(topM - 0.03, Math.max(lowM + 0.03, height));
  });
}

function riverHeight(seed: Seed, frame: LocalFrame, at: Point, outM: number, noise: Noise): number {
  const {riverBed, shores} = seed;
  const full = shores.lower.levelM - riverBed.deepestM;
  const bed =
    shores.lower.levelM -
    full * (1 - Math.exp(-outM / 130)) +
    0.7 * noise(11, 180, 3)(at) * ramp(outM, 10, 120);
  const reef = riverBed.reefs.reduce((highest, r) => {
    const centre = local(frame, r);
    const away = Math.hypot(at.eastM - centre.eastM, at.northM - centre.northM) / r.radiusM;
    return away > 1.6 ? highest : Math.max(highest, r.topM - 9 * away * away + 2 * noise(12, 35, 3)(at));
  }, -Infinity);
  return Math.min(shores.lower.levelM - 0.05, Math.max(bed, reef));
}

/** Lowers the cut faces and steps them into benches. */
function cutScars(seed: Seed, grid: Grid, heightM: Float64Array, scar: Float64Array): void {
  const bench = seed.hill.scarBenchM;
  for (let cell = 0; cell < heightM.length; cell++) {
    const cut = ramp(scar[cell]!, 0, 0.3);
    if (cut === 0) continue;
    const jag = 2.5 * fractalNoise(seed.randomSeed + 72, pointOf(grid, cell), {wavelengthM: 60, octaves: 3});
    const lowered = heightM[cell]! - seed.hill.scarCutM * cut + jag;
    const step = lowered / bench - Math.floor(lowered / bench);
    const benched = (Math.floor(lowered / bench) + ramp(step, 0.5, 1)) * bench - jag * 0.6;
    heightM[cell] = Math.max(seed.hill.footM - 10, mix(heightM[cell]!, benched, cut));
  }
}

/** Lets running water cut valleys into hill and terrace; banks of lakes keep their height. */
function wearDown(
  seed: Seed,
  grid: Grid,
  heightM: Float64Array,
  {upperM, hillM, lake}: {upperM: Float64Array; hillM: Float64Array; lake: Uint8Array},
): void {
  const toLake = distanceToMark(grid, lake);
  const soft = fill(
    grid,
    (at) => 1 + 0.6 * fractalNoise(seed.randomSeed + 80, at, {wavelengthM: 70, octaves: 2}),
  );
  for (let cell = 0; cell < heightM.length; cell++) {
    if (lake[cell] !== NONE) heightM[cell] = seed.lakes[lake[cell]!]!.levelM;
  }
  for (let round = 0; round < 12; round++) {
    const flow = routeFlow(grid, heightM, (cell) => upperM[cell]! > 0);
    erode(grid, heightM, flow, (cell) => {
      if (toLake.distanceM[cell]! < 30) return 0;
      return soft[cell]! * (hillM[cell]! < seed.hill.radiusM ? 0.012 : 0.0008);
    });
    const smooth = blur(grid, heightM, {radius: 1, passes: 1});
    for (let cell = 0; cell < heightM.length; cell++) {
      if (upperM[cell]! > 12 && lake[cell] === NONE) heightM[cell] = mix(heightM[cell]!, smooth[cell]!, 0.4);
    }
  }
  raiseToSummit(seed, heightM);
  for (let cell = 0; cell < heightM.length; cell++) {
    if (upperM[cell]! <= 0) continue;
    const rimM = toLake.distanceM[cell]! < 40 ? seed.lakes[toLake.nearest[cell]!]!.levelM + 0.3 : 0;
    if (lake[cell] === NONE) heightM[cell] = Math.max(seed.shores.upper.levelM + 0.02, rimM, heightM[cell]!);
  }
  openOutflows(seed, grid, heightM, {upperM, lake});
}

/** A low way from each lake with an outflow to the nearest shore, for its stream to find. */
function openOutflows(
  seed: Seed,
  grid: Grid,
  heightM: Float64Array,
  {upperM, lake}: {upperM: Float64Array; lake: Uint8Array},
): void {
  seed.lakes.forEach(({levelM, outflow}, index) => {
    if (!outflow) return;
    let at = -1;
    for (let cell = 0; cell < lake.length; cell++) {
      if (lake[cell] === index && (at < 0 || upperM[cell]! < upperM[at]!)) at = cell;
    }
    let bed = levelM;
    while (upperM[at]! > 0) {
      let next = at;
      forNeighbours(grid, at, (other) => {
        if (upperM[other]! < upperM[next]!) next = other;
      });
      if (next === at) break;
      at = next;
      if (lake[at] !== NONE) continue;
      bed = Math.max(seed.shores.upper.levelM + 0.02, Math.min(bed - 0.002, heightM[at]!));
      heightM[at] = bed;
    }
  });
}

/** Stretches what stands above the hill's foot so that the highest point has the seed's height. */
function raiseToSummit({hill}: Seed, heightM: Float64Array): void {
  const highest = heightM.reduce((a, b) => Math.max(a, b), -Infinity);
  const stretch = hill.riseM / (highest - hill.footM);
  for (let cell = 0; cell < heightM.length; cell++) {
    const above = heightM[cell]! - hill.footM;
    if (above > 0) heightM[cell] = hill.footM + above * stretch;
  }
}

/** Beds below the lakes' levels: steep at the edge, flat in the middle. */
function digLakes(seed: Seed, grid: Grid, heightM: Float64Array, lake: Uint8Array): void {
  const dry = Uint8Array.from(lake, (index) => (index === NONE ? 0 : NONE));
  const {distanceM} = distanceToMark(grid, dry);
  for (let cell = 0; cell < heightM.length; cell++) {
    if (lake[cell] === NONE) continue;
    const {levelM, depthM} = seed.lakes[lake[cell]!]!;
    const uneven =
      1 + 0.12 * fractalNoise(seed.randomSeed + 90, pointOf(grid, cell), {wavelengthM: 60, octaves: 2});
    heightM[cell] = levelM - 0.2 - (depthM - 0.2) * (1 - Math.exp(-distanceM[cell]! / 16)) * uneven;
  }
}
