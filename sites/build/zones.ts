import {type Building, markBuildings} from './buildings.ts';
import type {LocalFrame, Point} from './geodesy.ts';
import {blur, fill, type Grid, pointOf, ramp} from './grid.ts';
import {forCellsNear, type Line} from './lines.ts';
import {fractalNoise, hash01} from './noise.ts';
import type {Path} from './paths.ts';
import type {FieldSeed, Seed} from './seed.ts';
import {distanceToMark, NONE, type Terrain} from './terrain.ts';

/** The class of each cell (index into the seed's zones) and, on paddies, the number of the field it lies in. */
export type LandCover = {cover: Uint8Array; paddy: Int32Array};

/** Patches below 1,000 m² are not worth an outline of their own. */
const SMALLEST_PATCH_CELLS = 40;

/** Works on the cells that no class has yet: gives a class to the `areaHa` of least score. */
function allot(
  {grid, cover, klass}: {grid: Grid; cover: Uint8Array; klass: number},
  areaHa: number,
  score: (at: Point, cell: number) => number | undefined,
): void {
  const ranked: {cell: number; score: number}[] = [];
  for (let cell = 0; cell < cover.length; cell++) {
    if (cover[cell] !== NONE) continue;
    const value = score(pointOf(grid, cell), cell);
    if (value !== undefined) ranked.push({cell, score: value});
  }
  ranked.sort((a, b) => a.score - b.score);
  const count = Math.round((areaHa * 10_000) / grid.stepM ** 2);
  if (ranked.length < count)
    throw new Error(`class ${klass}: ${count} cells wanted, ${ranked.length} are left`);
  for (const {cell} of ranked.slice(0, count)) cover[cell] = klass;
}

/**
 * Divides the ground into the seed's zones. Each takes, in order of how little choice it has, exactly its area from
 * the cells that suit it best; the meadow is what remains. Paddies are levelled field by field.
 */
export function layLandCover(
  seed: Seed,
  frame: LocalFrame,
  terrain: Terrain,
  {streams, paths, buildings}: {streams: {line: Line}[]; paths: Path[]; buildings: Building[]},
): LandCover {
  const {grid, heightM, upperM, lowerM, lake, drawdown, scar, hillM} = terrain;
  const index = (id: string) => {
    const found = seed.zones.findIndex((zone) => zone.id === id);
    if (found < 0) throw new Error(`zone ${id} is not in the seed`);
    return found;
  };
  const area = (id: string) => seed.zones[index(id)]!.areaHa ?? 0;
  const noise =
    (salt: number, wavelengthM: number, octaves = 4) =>
    (at: Point) =>
      fractalNoise(seed.randomSeed + salt, at, {wavelengthM, octaves});
  const cover = new Uint8Array(heightM.length).fill(NONE);
  const give = (id: string, areaHa: number, score: (at: Point, cell: number) => number | undefined) =>
    allot({grid, cover, klass: index(id)}, areaHa, score);

  const beltIds = [seed.drawdown.tuerping.zone, seed.drawdown.gravel.zone, seed.drawdown.meadow.zone];
  const belt = beltIds.map(index);
  for (let cell = 0; cell < cover.length; cell++) {
    if (lowerM[cell]! <= 0) cover[cell] = index('river');
    else if (upperM[cell]! <= 0) cover[cell] = belt[drawdown[cell]!]!;
    else if (lake[cell] !== NONE) cover[cell] = index('lake');
  }

  const toPath = widthsAway(grid, paths);
  give('road', area('road'), (_at, cell) => finite(toPath[cell]!));
  const toStream = widthsAway(
    grid,
    streams.map(({line}) => ({line, widthM: 8})),
  );
  give('stream', area('stream'), (_at, cell) => finite(toStream[cell]!));

  const places = seed.built.sites.map((site) => site.place);
  const toBuilding = distanceToMark(grid, markBuildings(terrain, buildings, places));
  const ragged = noise(200, 60, 2);
  seed.built.sites.forEach((site, i) => {
    const share = (site.areaHa / seed.built.sites.reduce((sum, s) => sum + s.areaHa, 0)) * area('built');
    give('built', share, (at, cell) =>
      toBuilding.nearest[cell] === i ? toBuilding.distanceM[cell]! + 7 * ragged(at) : undefined,
    );
  });

  give('hill_scar', area('hill_scar'), (_at, cell) =>
    scar[cell]! > -0.6 && hillM[cell]! < seed.hill.radiusM ? -scar[cell]! : undefined,
  );
  const reedy = noise(201, 140, 3);
  give('bank_wetland', area('bank_wetland'), (at, cell) =>
    upperM[cell]! < 190 && heightM[cell]! < seed.bank.topM
      ? heightM[cell]! + upperM[cell]! / 22 + 2.2 * reedy(at)
      : undefined,
  );

  const paddy = new Int32Array(heightM.length).fill(-1);
  const fieldScore = (field: FieldSeed) => {
    const centre = frame.toLocal([field.longitudeDeg, field.latitudeDeg]);
    const turn = ((90 - field.headingDeg) * Math.PI) / 180;
    return (at: Point): number | undefined => {
      const dx = at.eastM - centre.eastM;
      const dy = at.northM - centre.northM;
      if (Math.hypot(dx, dy) > field.lengthM + field.widthM) return undefined;
      const u = Math.abs(dx * Math.cos(turn) + dy * Math.sin(turn)) / (field.lengthM / 2);
      const v = Math.abs(-dx * Math.sin(turn) + dy * Math.cos(turn)) / (field.widthM / 2);
      return (u ** 5 + v ** 5) ** 0.2;
    };
  };
  const smooth = blur(grid, heightM, {radius: 4});
  const toLake = distanceToMark(grid, lake).distanceM;
  const dry = (cell: number) =>
    upperM[cell]! > 55 && toLake[cell]! > 18 && heightM[cell]! > seed.levels.dryAboveM + 2;
  for (const field of seed.fields.herb)
    give('herb_garden', field.areaHa, (at, cell) => (dry(cell) ? fieldScore(field)(at) : undefined));
  for (const field of seed.fields.paddy) {
    const score = fieldScore(field);
    const plots = paddyPlots(seed, {grid, smooth, score, dry, cover, toPath});
    let left = Math.round((field.areaHa * 10_000) / grid.stepM ** 2);
    for (const plot of plots) {
      if (left <= 0) break;
      for (const cell of plot.cells.slice(0, left)) {
        cover[cell] = index('paddy_field');
        paddy[cell] = plot.number;
      }
      left -= plot.cells.length;
    }
    if (left > 0) throw new Error(`paddies at ${field.longitudeDeg}: ${left} cells short`);
  }
  for (const field of seed.fields.pasture)
    give('pasture', field.areaHa, (at, cell) => (dry(cell) ? fieldScore(field)(at) : undefined));

  const edge = noise(202, 90, 2);
  give('hill_forest', area('hill_forest'), (at, cell) =>
    upperM[cell]! > 25
      ? -smooth[cell]! + ramp(hillM[cell]!, seed.hill.radiusM, seed.hill.radiusM + 250) * 12 + 4.5 * edge(at)
      : undefined,
  );
  const groves = noise(203, 150, 4);
  const belts = noise(204, 120, 3);
  const toForest = distanceToMark(
    grid,
    Uint8Array.from(cover, (c) => (c === index('hill_forest') ? 0 : NONE)),
  ).distanceM;
  const toField = distanceToMark(
    grid,
    Uint8Array.from(paddy, (n) => (n < 0 ? NONE : 0)),
  ).distanceM;
  give('terrace_woodland', area('terrace_woodland'), (at, cell) => {
    if (heightM[cell]! < seed.bank.topM - 2.8 || upperM[cell]! < 20) return undefined;
    const shelter = 0.42 * (1 - ramp(Math.abs(toPath[cell]! - 3.4), 0.6, 1.8)) * ramp(belts(at), -0.2, 0.2);
    const skirt =
      0.16 * (1 - ramp(toForest[cell]!, 10, 70)) +
      0.2 * (1 - ramp(toLake[cell]!, 12, 50)) -
      0.15 * (1 - ramp(toField[cell]!, 0, 20));
    return -(groves(at) + shelter + skirt);
  });
  for (let cell = 0; cell < cover.length; cell++) if (cover[cell] === NONE) cover[cell] = index('meadow');
  sieve(grid, cover, {
    smallest: SMALLEST_PATCH_CELLS,
    loose: [
      'meadow',
      'terrace_woodland',
      'hill_forest',
      'bank_wetland',
      'hill_scar',
      'pasture',
      ...beltIds,
    ].map(index),
  });
  for (let cell = 0; cell < paddy.length; cell++) if (cover[cell] !== index('paddy_field')) paddy[cell] = -1;
  levelPaddies(heightM, paddy);
  return {cover, paddy};
}

const finite = (value: number): number | undefined => (Number.isFinite(value) ? value : undefined);

/** Distance to the nearest of some lines in half widths of that line, within 40 m; infinite beyond. */
function widthsAway(grid: Grid, lines: {line: Line; widthM: number}[]): Float64Array {
  const away = new Float64Array(grid.columns * grid.rows).fill(Infinity);
  for (const {line, widthM} of lines) {
    forCellsNear(grid, line, 40, (cell, {distanceM}) => {
      away[cell] = Math.min(away[cell]!, distanceM / (widthM / 2));
    });
  }
  return away;
}

type Plot = {number: number; cells: number[]};

/** Terraced fields, nearest to the block's middle first: contour strips of one step in height, cut into lengths. */
function paddyPlots(
  seed: Seed,
  {
    grid,
    smooth,
    score,
    dry,
    cover,
    toPath,
  }: {
    grid: Grid;
    smooth: Float64Array;
    score: (at: Point) => number | undefined;
    dry: (cell: number) => boolean;
    cover: Uint8Array;
    toPath: Float64Array;
  },
): Plot[] {
  const {paddyStepM, paddyLengthM} = seed.fields;
  const bend = (at: Point) => fractalNoise(seed.randomSeed + 210, at, {wavelengthM: 160, octaves: 2});
  const plots = new Map<number, {cells: number[]; score: number}>();
  fill(grid, (at, cell) => {
    const value = score(at);
    if (value === undefined || value > 1.5 || cover[cell] !== NONE || !dry(cell) || toPath[cell]! < 1.4)
      return 0;
    const strip = Math.floor((smooth[cell]! + 0.25 * bend(at)) / paddyStepM);
    const shift = hash01(seed.randomSeed, 211, strip) * paddyLengthM;
    const along = Math.floor((at.eastM * 0.83 + at.northM * 0.55 + 18 * bend(at) + shift) / paddyLengthM);
    const across = Math.floor((at.northM * 0.83 - at.eastM * 0.55) / (paddyLengthM * 1.6));
    const key = (strip * 4096 + along + 2048) * 4096 + across + 2048;
    const plot = plots.get(key) ?? {cells: [], score: 0};
    plot.cells.push(cell);
    plot.score += value;
    plots.set(key, plot);
    return 0;
  });
  return [...plots.entries()]
    .filter(([, plot]) => plot.cells.length >= 10)
    .sort(([, a], [, b]) => a.score / a.cells.length - b.score / b.cells.length)
    .map(([key, plot]) => ({number: key % 2147483647, cells: plot.cells}));
}

/** Gives patches of the loose classes that are smaller than `smallest` cells to the loose class that most surrounds them. */
function sieve(grid: Grid, cover: Uint8Array, {smallest, loose}: {smallest: number; loose: number[]}): void {
  const seen = new Uint8Array(cover.length);
  const straight = (cell: number) => {
    const column = cell % grid.columns;
    return [
      ...(column > 0 ? [cell - 1] : []),
      ...(column < grid.columns - 1 ? [cell + 1] : []),
      cell - grid.columns,
      cell + grid.columns,
    ].filter((next) => next >= 0 && next < cover.length);
  };
  for (let start = 0; start < cover.length; start++) {
    if (seen[start] || !loose.includes(cover[start]!)) continue;
    const klass = cover[start]!;
    const patch = [start];
    seen[start] = 1;
    const around = new Map<number, number>();
    for (const cell of patch) {
      for (const next of straight(cell)) {
        if (cover[next] !== klass) around.set(cover[next]!, (around.get(cover[next]!) ?? 0) + 1);
        else if (!seen[next]) {
          seen[next] = 1;
          patch.push(next);
        }
      }
    }
    if (patch.length >= smallest) continue;
    const [best] = [...around]
      .filter(([other]) => loose.includes(other))
      .sort((a, b) => b[1] - a[1] || a[0] - b[0]);
    if (best) for (const cell of patch) cover[cell] = best[0];
  }
}

/** Gives each paddy one height, that of its middle. */
function levelPaddies(heightM: Float64Array, paddy: Int32Array): void {
  const sums = new Map<number, {sum: number; count: number}>();
  for (let cell = 0; cell < paddy.length; cell++) {
    if (paddy[cell]! < 0) continue;
    const plot = sums.get(paddy[cell]!) ?? {sum: 0, count: 0};
    plot.sum += heightM[cell]!;
    plot.count += 1;
    sums.set(paddy[cell]!, plot);
  }
  for (let cell = 0; cell < paddy.length; cell++) {
    const plot = sums.get(paddy[cell]!);
    if (plot && paddy[cell]! >= 0) heightM[cell] = plot.sum / plot.count;
  }
}
