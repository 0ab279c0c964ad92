import {randomKey, uniformAt} from '#model';
import type {Point} from './geodesy.ts';
import {mix, pointOf, ramp} from './grid.ts';
import {type Line, lengthM, pointAlong} from './lines.ts';
import {fractalNoise} from './noise.ts';
import type {HabitatSeed} from './seed.ts';
import {distanceToMark, NONE} from './terrain.ts';
import type {Place, Stand, TreeGround} from './tree-ground.ts';

/**
 * So many stems of a species in a habitat. `clumps`: culms that stand close; `standsWet`: also below the height where others
 * would drown; `preferredHeight`: 1 at the foot of the habitat's band, 0 at its top.
 */
export type Wanted = {
  species: string;
  count: number;
  clumps: boolean;
  standsWet: boolean;
  preferredHeight: number;
};

/** Culms of bamboo stand this close, m, in patches of this size. */
const CULMS = {gapM: 0.95, patchM: 45};
/** A species' stretch of an avenue, and the spread of an orchard's block about its middle, m. */
const STRETCH_M = 210;
const BLOCK_RADIUS_M = 85;
const BLOCK_LENGTH_OVER_WIDTH = 1.6;
const TRIES = 6000;

type Ask = {seed: number; habitat: HabitatSeed; name: string; ground: TreeGround; stand: Stand};

/** Samples of the habitat's zones that lie in its band of height and near what it belongs to. */
function cellsOf({habitat, ground, stand}: Ask): number[] {
  const {grid, heightM, lake} = ground.terrain;
  const [lowM, highM] = habitat.heightBandM ?? [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
  let near: Float64Array | undefined;
  if (habitat.nearLakeM !== undefined) near = distanceToMark(grid, lake).distanceM;
  if (habitat.nearBuildingM !== undefined) {
    const mark = new Uint8Array(heightM.length).fill(NONE);
    for (let cell = 0; cell < mark.length; cell++) if (stand.classAt(cell) === 'built') mark[cell] = 0;
    near = distanceToMark(grid, mark).distanceM;
  }
  const withinM = habitat.nearLakeM ?? habitat.nearBuildingM ?? 0;
  const cells: number[] = [];
  for (let cell = 0; cell < heightM.length; cell++) {
    if (!habitat.zones.includes(stand.classAt(cell))) continue;
    if (heightM[cell]! < lowM || heightM[cell]! > highM) continue;
    if (near && near[cell]! > withinM) continue;
    cells.push(cell);
  }
  return cells;
}

/** Stems strewn over the habitat, each species thicker where its own noise is high, and at its own height of the band. */
function scatter(ask: Ask, wanted: readonly Wanted[]): Map<Wanted, Place[]> {
  const {seed, habitat, ground, stand, name} = ask;
  const {grid, heightM} = ground.terrain;
  const cells = cellsOf(ask);
  const [lowM, highM] = habitat.heightBandM ?? [0, 0];
  const placed = new Map<Wanted, Place[]>();
  for (const want of wanted) {
    const key = randomKey(seed, 'scatter', name, want.species);
    const salt = randomKey(seed, 'clump', name, want.species) >>> 1;
    const gapM = want.clumps ? CULMS.gapM : habitat.gapM;
    const patches = {wavelengthM: want.clumps ? CULMS.patchM : (habitat.clumpM ?? 80), octaves: 2};
    const preferredM = mix(highM, lowM, want.preferredHeight);
    const places: Place[] = [];
    for (let draw = 0; places.length < want.count; draw += 4) {
      if (draw > 4 * TRIES * want.count)
        throw new Error(`${name}: no room for ${want.count} of ${want.species}`);
      const cell = cells[Math.floor(uniformAt(key, draw) * cells.length)]!;
      const middle = pointOf(grid, cell);
      const at = {
        eastM: middle.eastM + (uniformAt(key, draw + 1) - 0.5) * grid.stepM,
        northM: middle.northM + (uniformAt(key, draw + 2) - 0.5) * grid.stepM,
      };
      const thick = fractalNoise(salt, at, patches);
      const here = want.clumps ? ramp(thick, 0.2, 0.4) : ramp(thick, habitat.planted ? -0.25 : 0.02, 0.4);
      const level =
        highM > lowM ? Math.exp(-(((heightM[cell]! - preferredM) / (0.35 * (highM - lowM))) ** 2)) : 1;
      if (uniformAt(key, draw + 3) > here * level) continue;
      const place = stand.admit(at, habitat.zones, gapM);
      if (!place) continue;
      if (!want.standsWet && heightM[cellOf(ask, place.at)]! < (habitat.dryAboveM ?? 0)) continue;
      stand.take(place.at);
      places.push(place);
    }
    placed.set(want, places);
  }
  return placed;
}

/** Blocks of rows, one species to a block, from its middle outwards; stems off their mark by `jitterM` at most. */
function rows(ask: Ask, wanted: readonly Wanted[]): Map<Wanted, Place[]> {
  const {seed, habitat, ground, stand, name} = ask;
  const {grid, heightM} = ground.terrain;
  const {rowM = 4, gapM, jitterM = 0} = habitat;
  const taken = stand.blocks;
  const cells = cellsOf(ask);
  const own = new Set(cells);
  // Middles where the zone is wide: distance to anything else.
  const outside = Uint8Array.from(taken, (_, cell) => (own.has(cell) ? NONE : 0));
  const depthM = distanceToMark(grid, outside).distanceM;
  const key = randomKey(seed, 'rows', name);
  const middles = cells
    .map((cell) => ({cell, score: Math.min(30, depthM[cell]!) + 24 * uniformAt(key, cell)}))
    .sort((a, b) => b.score - a.score || a.cell - b.cell);
  const reach = Math.ceil((BLOCK_LENGTH_OVER_WIDTH * BLOCK_RADIUS_M) / Math.min(rowM, gapM));
  const marks: {u: number; v: number; from: number}[] = [];
  for (let i = -reach; i <= reach; i++) {
    for (let j = -reach; j <= reach; j++) {
      const from = Math.max(Math.abs(i * gapM) / BLOCK_LENGTH_OVER_WIDTH, Math.abs(j * rowM));
      if (from <= BLOCK_RADIUS_M) marks.push({u: i * gapM, v: j * rowM, from});
    }
  }
  marks.sort((a, b) => a.from - b.from || a.u - b.u || a.v - b.v);
  const placed = new Map<Wanted, Place[]>();
  for (const want of wanted) {
    const places: Place[] = [];
    const block = new Set<number>();
    for (const {cell} of middles) {
      if (places.length >= want.count) break;
      if (taken[cell] || block.has(cell)) continue;
      const middle = pointOf(grid, cell);
      const turn = uniformAt(key, cell + heightM.length) * Math.PI;
      for (const [k, {u, v}] of marks.entries()) {
        if (places.length >= want.count) break;
        const off = {
          u: u + jitterM * (2 * uniformAt(key, cell * 16_384 + 2 * k) - 1),
          v: v + jitterM * (2 * uniformAt(key, cell * 16_384 + 2 * k + 1) - 1),
        };
        const at = {
          eastM: middle.eastM + off.u * Math.cos(turn) - off.v * Math.sin(turn),
          northM: middle.northM + off.u * Math.sin(turn) + off.v * Math.cos(turn),
        };
        const under = cellOf(ask, at);
        if (taken[under] || !own.has(under)) continue;
        const place = stand.admit(at, habitat.zones, Math.min(gapM, rowM) * 0.55);
        if (!place) continue;
        stand.take(place.at);
        places.push(place);
        block.add(under);
      }
    }
    if (places.length < want.count) throw new Error(`${name}: no room for ${want.count} of ${want.species}`);
    // The block and the samples around it are this species'.
    for (const cell of block)
      for (const step of [0, 1, -1, grid.columns, -grid.columns]) taken[cell + step] = 1;
    placed.set(want, places);
  }
  return placed;
}

function cellOf({ground}: Ask, {eastM, northM}: Point): number {
  const {grid} = ground.terrain;
  return (
    Math.round((grid.northM - northM) / grid.stepM) * grid.columns +
    Math.round((eastM - grid.westM) / grid.stepM)
  );
}

/** Along both sides of roads, one species to a stretch. */
function avenue(ask: Ask, wanted: readonly Wanted[]): Map<Wanted, Place[]> {
  const {seed, habitat, ground, stand, name} = ask;
  const roads = ground.ways.filter(({kind}) => kind === 'road');
  const stretches: {line: Line; offM: number; fromM: number}[] = [];
  for (const {line, widthM} of roads) {
    for (let fromM = 0; fromM < lengthM(line); fromM += STRETCH_M)
      stretches.push({line, offM: widthM / 2 + (habitat.vergeM ?? 2), fromM});
  }
  const key = randomKey(seed, 'avenue', name);
  const order = stretches
    .map((stretch, i) => ({stretch, turn: uniformAt(key, i)}))
    .sort((a, b) => a.turn - b.turn)
    .map(({stretch}) => stretch);
  const placed = new Map<Wanted, Place[]>(wanted.map((want) => [want, []]));
  const open = [...wanted].sort((a, b) => b.count - a.count || (a.species < b.species ? -1 : 1));
  let next = 0;
  for (const {line, offM, fromM} of order) {
    const left = open.filter((want) => placed.get(want)!.length < want.count);
    if (left.length === 0) break;
    const want = left[next++ % left.length]!;
    const places = placed.get(want)!;
    const endM = Math.min(fromM + STRETCH_M, lengthM(line));
    for (let alongM = fromM; alongM < endM && places.length < want.count; alongM += habitat.gapM) {
      const here = pointAlong(line, alongM);
      const ahead = pointAlong(line, Math.min(lengthM(line), alongM + 1));
      const back = pointAlong(line, Math.max(0, alongM - 1));
      const long = Math.hypot(ahead.eastM - back.eastM, ahead.northM - back.northM) || 1;
      const across = {
        eastM: -(ahead.northM - back.northM) / long,
        northM: (ahead.eastM - back.eastM) / long,
      };
      for (const side of [1, -1]) {
        if (places.length >= want.count) break;
        const at = {
          eastM: here.eastM + side * offM * across.eastM,
          northM: here.northM + side * offM * across.northM,
        };
        const place = stand.admit(at, habitat.zones, 0.6 * habitat.gapM);
        if (!place) continue;
        stand.take(place.at);
        places.push(place);
      }
    }
  }
  for (const [want, places] of placed) {
    if (places.length < want.count)
      throw new Error(`${name}: room for ${places.length} of ${want.count} ${want.species}`);
  }
  return placed;
}

const PATTERNS = {scatter, rows, avenue};

/** Places for all stems of a habitat, by its pattern. @throws {Error} when there is no room. */
export function placeStems(ask: Ask, wanted: readonly Wanted[]): Map<Wanted, Place[]> {
  return PATTERNS[ask.habitat.pattern](ask, wanted);
}
