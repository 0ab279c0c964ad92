import {type PolygonGeometry, pointInPolygon} from '#model';
import type {Building} from './buildings.ts';
import type {Feature} from './features.ts';
import {type LocalFrame, type LonLat, type Point, roundDeg} from './geodesy.ts';
import {cellAt, type Grid} from './grid.ts';
import {contains, distance, forCellsNear, type Line, toLine} from './lines.ts';
import type {Seed} from './seed.ts';
import type {Terrain} from './terrain.ts';

/** A road, trail or bridge as the file draws it. */
export type Way = {kind: string; widthM: number; line: Line};

/** The lines among the features of paths. */
export function waysOf(paths: readonly Feature[], frame: LocalFrame): Way[] {
  return paths
    .filter(({geometry}) => geometry.type === 'LineString')
    .map(({properties, geometry}) => ({
      kind: properties['kind'] as string,
      widthM: properties['widthM'] as number,
      line: (geometry.coordinates as LonLat[]).map((position) => frame.toLocal(position)),
    }));
}

/** What the trees stand on and must keep clear of. */
export type TreeGround = {
  frame: LocalFrame;
  terrain: Terrain;
  cover: Uint8Array;
  zones: readonly Feature[];
  ways: readonly Way[];
  streams: readonly {line: Line}[];
  buildings: readonly Building[];
};

/** A position as the file gives it, and the zone whose outline holds it. */
export type Place = {at: Point; longitudeDeg: number; latitudeDeg: number; zone: string};

/** Stems keep this from road edges, buildings and stream lines, m. */
const CLEAR_M = {road: 1, building: 2, stream: 3};
/** Side of the squares in which near stems are looked for, m; no gap is wider. */
const SQUARE_M = 8;

/** Where a stem may stand, and which stand already. */
export class Stand {
  /** 1 on the samples that a block of rows has taken. */
  readonly blocks: Uint8Array;
  private readonly ground: TreeGround;
  private readonly grid: Grid;
  private readonly zoneOf: Map<string, PolygonGeometry>;
  private readonly classes: readonly string[];
  private readonly squares = new Map<number, Point[]>();
  /** Paths and streams that pass near a cell. */
  private readonly near = new Map<number, Set<{line: Line; clearM: number}>>();

  constructor(seed: Seed, ground: TreeGround) {
    this.ground = ground;
    this.blocks = new Uint8Array(ground.cover.length);
    this.grid = ground.terrain.grid;
    this.classes = seed.zones.map(({id}) => id);
    this.zoneOf = new Map(
      ground.zones.map(({properties, geometry}) => [properties['id'] as string, geometry as PolygonGeometry]),
    );
    const lines = [
      ...ground.ways.map(({line, widthM}) => ({line, clearM: widthM / 2 + CLEAR_M.road})),
      ...ground.streams.map(({line}) => ({line, clearM: CLEAR_M.stream})),
    ];
    for (const line of lines) {
      forCellsNear(this.grid, line.line, line.clearM + this.grid.stepM, (cell) => {
        const at = this.near.get(cell);
        if (at) at.add(line);
        else this.near.set(cell, new Set([line]));
      });
    }
  }

  /** The zone class of a grid sample. */
  classAt(cell: number): string {
    return this.classes[this.ground.cover[cell]!]!;
  }

  /** The place as the file will give it, if it lies in one of the zones and clear of everything; else undefined. */
  admit(wanted: Point, zones: readonly string[], gapM: number): Place | undefined {
    if (!this.isFree(wanted, gapM)) return undefined;
    const [longitude, latitude] = this.ground.frame.toLonLat(wanted);
    const longitudeDeg = roundDeg(longitude);
    const latitudeDeg = roundDeg(latitude);
    const at = this.ground.frame.toLocal([longitudeDeg, latitudeDeg]);
    const zone = this.zoneAt(at, longitudeDeg, latitudeDeg);
    if (zone === undefined || !zones.includes(zone) || !this.isClear(at)) return undefined;
    return {at, longitudeDeg, latitudeDeg, zone};
  }

  take(at: Point): void {
    const square = squareOf(at, 0, 0);
    const stems = this.squares.get(square);
    if (stems) stems.push(at);
    else this.squares.set(square, [at]);
  }

  private isFree(at: Point, gapM: number): boolean {
    for (let dx = -1; dx <= 1; dx++) {
      for (let dy = -1; dy <= 1; dy++) {
        for (const other of this.squares.get(squareOf(at, dx, dy)) ?? [])
          if (distance(at, other) < gapM) return false;
      }
    }
    return true;
  }

  private isClear(at: Point): boolean {
    for (const {line, clearM} of this.near.get(cellAt(this.grid, at)) ?? [])
      if (toLine(at, line).distanceM < clearM) return false;
    return this.ground.buildings.every(
      ({ring, centre}) =>
        distance(at, centre) > 150 ||
        !(contains(ring, at) || toLine(at, [...ring, ring[0]!]).distanceM < CLEAR_M.building),
    );
  }

  /** The zone whose outline holds the point: the classes of the samples around it are tried. */
  private zoneAt(at: Point, longitudeDeg: number, latitudeDeg: number): string | undefined {
    const {stepM} = this.grid;
    const tried = new Set<string>();
    for (const [east, north] of [
      [0, 0],
      [1, 0],
      [-1, 0],
      [0, 1],
      [0, -1],
    ] as const) {
      const cell = cellAt(this.grid, {eastM: at.eastM + east * stepM, northM: at.northM + north * stepM});
      const zone = this.classes[this.ground.cover[cell]!]!;
      if (tried.has(zone)) continue;
      tried.add(zone);
      if (pointInPolygon(longitudeDeg, latitudeDeg, this.zoneOf.get(zone)!)) return zone;
    }
    return undefined;
  }
}

function squareOf({eastM, northM}: Point, dx: number, dy: number): number {
  return (Math.floor(eastM / SQUARE_M) + dx) * 65_536 + Math.floor(northM / SQUARE_M) + dy;
}
