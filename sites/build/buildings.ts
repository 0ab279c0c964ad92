import type {LocalFrame, Point} from './geodesy.ts';
import {cellAt, mix, pointOf, ramp, sample} from './grid.ts';
import {contains, distance, forCellsNear, type Line} from './lines.ts';
import type {Path} from './paths.ts';
import type {Name, Seed} from './seed.ts';
import {distanceToMark, NONE, type Terrain} from './terrain.ts';

export type Building = {
  id: string;
  name: Name;
  place: string;
  heightM: number;
  groundM: number;
  ring: Line;
  centre: Point;
};

type Plot = {centre: Point; along: number; across: number; turn: number};

function corners({centre, along, across, turn}: Plot): Line {
  return (
    [
      [-1, -1],
      [1, -1],
      [1, 1],
      [-1, 1],
    ] as const
  ).map(([u, v]) => ({
    eastM: centre.eastM + (u * along * Math.cos(turn)) / 2 - (v * across * Math.sin(turn)) / 2,
    northM: centre.northM + (u * along * Math.sin(turn)) / 2 + (v * across * Math.cos(turn)) / 2,
  }));
}

/** Whether two plots of one heading come closer than `gapM`. */
function tooClose(a: Plot, b: Plot, gapM: number): boolean {
  const dx = b.centre.eastM - a.centre.eastM;
  const dy = b.centre.northM - a.centre.northM;
  const u = Math.abs(dx * Math.cos(a.turn) + dy * Math.sin(a.turn));
  const v = Math.abs(-dx * Math.sin(a.turn) + dy * Math.cos(a.turn));
  return u < (a.along + b.along) / 2 + gapM && v < (a.across + b.across) / 2 + gapM;
}

/** Sets the buildings of each built site as near to its place as paths, water and the others leave room. */
export function setBuildings(
  seed: Seed,
  frame: LocalFrame,
  terrain: Terrain,
  paths: Path[],
  streams: {line: Line}[],
): Building[] {
  const {grid, heightM, lake} = terrain;
  const blocked = Uint8Array.from(lake);
  for (const {line, widthM} of [...paths, ...streams.map((s) => ({...s, widthM: 14}))]) {
    forCellsNear(grid, line, widthM / 2 + 1, (cell) => {
      blocked[cell] = 0;
    });
  }
  const {distanceM} = distanceToMark(grid, blocked);
  const buildings: Building[] = [];
  for (const site of seed.built.sites) {
    const place = seed.paths.places.find((p) => p.id === site.place);
    if (!place) throw new Error(`built site ${site.place} is no place of the seed`);
    const middle = frame.toLocal([place.longitudeDeg, place.latitudeDeg]);
    const turn = ((90 - site.headingDeg) * Math.PI) / 180;
    const plots: Plot[] = [];
    for (const block of site.blocks) {
      for (let n = 0; n < (block.count ?? 1); n++) {
        const plot = findRoom({middle, turn, along: block.lengthM, across: block.widthM}, plots, (ring) =>
          ring.every((p) => distanceM[cellAt(grid, p)]! > 6),
        );
        plots.push(plot);
        buildings.push({
          id: `${site.place}-${plots.length}`,
          name: block.name,
          place: site.place,
          heightM: block.heightM,
          groundM: Math.round(sample(grid, heightM, plot.centre) * 100) / 100,
          ring: corners(plot),
          centre: plot.centre,
        });
      }
    }
  }
  return buildings;
}

function findRoom(
  {middle, turn, along, across}: {middle: Point; turn: number; along: number; across: number},
  taken: Plot[],
  free: (ring: Line) => boolean,
): Plot {
  for (let step = 0; step < 4000; step++) {
    const angle = step * 2.399963;
    const away = 4.2 * Math.sqrt(step);
    const centre = {
      eastM: middle.eastM + away * Math.cos(angle),
      northM: middle.northM + away * Math.sin(angle),
    };
    const plot = {centre, along, across, turn};
    if (taken.some((other) => tooClose(plot, other, 13))) continue;
    const grown = corners({...plot, along: along + 6, across: across + 6});
    const edge = grown.flatMap((p, i) => {
      const q = grown[(i + 1) % 4]!;
      const pieces = Math.ceil(distance(p, q) / 5);
      return Array.from({length: pieces}, (_, k) => ({
        eastM: p.eastM + ((q.eastM - p.eastM) * k) / pieces,
        northM: p.northM + ((q.northM - p.northM) * k) / pieces,
      }));
    });
    if (free([...edge, centre])) return plot;
  }
  throw new Error(`no room for a building of ${along} x ${across} m`);
}

/** The buildings of one site as marks on the grid, for the ground that belongs to them. */
export function markBuildings({grid, heightM}: Terrain, buildings: Building[], places: string[]): Uint8Array {
  const mark = new Uint8Array(heightM.length).fill(NONE);
  for (const building of buildings) {
    const closed = [...building.ring, building.ring[0]!];
    forCellsNear(grid, closed, 3.6, (cell) => {
      mark[cell] = places.indexOf(building.place);
    });
  }
  return mark;
}

/** Levels the ground under each building, with sloping sides 8 m wide; water and the beds of streams stay. */
export function levelPlots(
  {grid, heightM, lake}: Terrain,
  buildings: Building[],
  streams: {line: Line}[],
): void {
  const wet = Uint8Array.from(lake, (index) => (index === NONE ? 0 : 1));
  for (const {line} of streams) {
    forCellsNear(grid, line, 9, (cell) => {
      wet[cell] = 1;
    });
  }
  for (const {ring, groundM} of buildings) {
    const nearest = new Map<number, number>();
    const reachM = Math.max(distance(ring[0]!, ring[2]!) / 2, 11);
    forCellsNear(grid, [...ring, ring[0]!], reachM, (cell, {distanceM}) => {
      const away = contains(ring, pointOf(grid, cell)) ? 0 : distanceM;
      nearest.set(cell, Math.min(nearest.get(cell) ?? Infinity, away));
    });
    for (const [cell, away] of nearest) {
      if (!wet[cell]) heightM[cell] = mix(groundM, heightM[cell]!, ramp(away, 3, 11));
    }
  }
}
