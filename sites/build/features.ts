import type {Building} from './buildings.ts';
import {type LocalFrame, type Point, roundDeg} from './geodesy.ts';
import type {Grid} from './grid.ts';
import {type Line, lengthM, simplify} from './lines.ts';
import {contourLines, outlineClasses, type Polygon, polygonArea} from './outlines.ts';
import type {Path} from './paths.ts';
import type {Name, Seed} from './seed.ts';
import type {Stream} from './streams.ts';
import type {Terrain} from './terrain.ts';
import type {LandCover} from './zones.ts';

export type Feature = {
  type: 'Feature';
  properties: Record<string, unknown>;
  geometry: {type: string; coordinates: unknown};
};

const TOLERANCE_M = 2.8;

export class FeatureMaker {
  private readonly frame: LocalFrame;

  constructor(frame: LocalFrame) {
    this.frame = frame;
  }

  position(at: Point): [number, number] {
    const [lon, lat] = this.frame.toLonLat(at);
    return [roundDeg(lon), roundDeg(lat)];
  }

  line(line: Line): [number, number][] {
    return line.map((p) => this.position(p));
  }

  polygons(properties: Record<string, unknown>, polygons: Polygon[]): Feature {
    const coordinates = polygons.map((rings) => rings.map((ring) => this.line(ring)));
    const geometry =
      coordinates.length === 1
        ? {type: 'Polygon', coordinates: coordinates[0]!}
        : {type: 'MultiPolygon', coordinates};
    return {type: 'Feature', properties, geometry};
  }
}

/** Zones by id as outlines in local metres: the island, the seed's zones and each lake. */
export function zoneOutlines(seed: Seed, {grid, lake}: Terrain, {cover}: LandCover): Map<string, Polygon[]> {
  const river = seed.zones.findIndex((zone) => zone.parent === null);
  const outlines = new Map<string, Polygon[]>();
  const island = outlineClasses(
    grid,
    cover.map((klass) => (klass === river ? 0 : 1)),
    TOLERANCE_M,
  );
  outlines.set(seed.island.id, island.get(1) ?? []);
  for (const [klass, polygons] of outlineClasses(grid, cover, TOLERANCE_M))
    outlines.set(seed.zones[klass]!.id, polygons);
  const lakes = outlineClasses(grid, lake, TOLERANCE_M);
  seed.lakes.forEach((body, i) => {
    outlines.set(body.id, lakes.get(i) ?? []);
  });
  return outlines;
}

export function zoneFeatures(
  seed: Seed,
  {grid, heightM, lake}: Terrain,
  {cover}: LandCover,
  {outlines, maker, datum}: {outlines: Map<string, Polygon[]>; maker: FeatureMaker; datum: string},
): Feature[] {
  const hectares = (cells: number) => Math.round(cells * grid.stepM ** 2) / 10_000;
  const cellsWhere = (test: (cell: number) => boolean) => {
    const cells: number[] = [];
    for (let cell = 0; cell < cover.length; cell++) if (test(cell)) cells.push(cell);
    return cells;
  };
  const river = seed.zones.findIndex((zone) => zone.parent === null);
  const describe = (
    id: string,
    cells: number[],
    more: {name: Name; kind: string; parent: string | null} & Record<string, unknown>,
  ) =>
    maker.polygons(
      {
        id,
        ...more,
        areaHa: round2(hectares(cells.length)),
        elevationBandM: bandOf(heightM, cells),
        verticalDatum: datum,
        synthetic: true,
      },
      outlines.get(id) ?? [],
    );
  const {island} = seed;
  return [
    describe(
      island.id,
      cellsWhere((cell) => cover[cell] !== river),
      {name: island.name, kind: island.kind, parent: null},
    ),
    ...seed.zones.map(({id, name, kind, parent, soil, vegetation, note}, klass) =>
      describe(
        id,
        cellsWhere((cell) => cover[cell] === klass),
        {
          name,
          kind,
          parent: parent === null ? null : island.id,
          ...(soil === undefined ? {} : {soil}),
          ...(vegetation === undefined ? {} : {vegetation}),
          ...(note === undefined ? {} : {note}),
        },
      ),
    ),
    ...seed.lakes.map((body, i) =>
      describe(
        body.id,
        cellsWhere((cell) => lake[cell] === i),
        {
          name: body.name,
          kind: 'lake',
          parent: 'lake',
          normalLevelM: body.levelM,
        },
      ),
    ),
  ];
}

/** First and ninety-ninth percentile of height, so that one odd cell says nothing about a zone. */
function bandOf(heightM: Float64Array, cells: number[]): [number, number] {
  const sorted = Float64Array.from(cells, (cell) => heightM[cell]!).sort();
  const at = (share: number) => Math.round(sorted[Math.floor((sorted.length - 1) * share)]! * 10) / 10;
  return [at(0.01), at(0.99)];
}

const round2 = (value: number) => Math.round(value * 100) / 100;

export function shoreFeatures(
  grid: Grid,
  surfaceM: Float64Array,
  levelsM: number[],
  {maker, datum}: {maker: FeatureMaker; datum: string},
): Feature[] {
  return levelsM.map((levelM) => {
    const lines = contourLines(grid, surfaceM, {levelM, toleranceM: 1.8, shortestM: 90});
    const coordinates = lines.map((line) => maker.line(line));
    return {
      type: 'Feature',
      properties: {levelM, verticalDatum: datum, synthetic: true},
      geometry: {type: 'MultiLineString', coordinates},
    };
  });
}

export function streamFeatures(seed: Seed, streams: Stream[], maker: FeatureMaker, datum: string): Feature[] {
  return streams.map((stream) => {
    const n = stream.id.slice(1);
    const properties = {
      id: stream.id,
      name: {en: seed.streams.name.en.replace('{n}', n), zh: seed.streams.name.zh.replace('{n}', n)},
      zone: 'stream',
      lengthM: stream.lengthM,
      catchmentHa: round2(stream.catchmentHa),
      ...(stream.from === undefined ? {} : {from: stream.from}),
      outlet: stream.outlet,
      mouthLevelM: stream.mouthLevelM,
      verticalDatum: datum,
      synthetic: true,
    };
    return {
      type: 'Feature',
      properties,
      geometry: {type: 'LineString', coordinates: maker.line(stream.line)},
    };
  });
}

export function pathFeatures(seed: Seed, frame: LocalFrame, paths: Path[], maker: FeatureMaker): Feature[] {
  const {places, bridge} = seed.paths;
  const lines: Feature[] = paths.map(({id, name, kind, widthM, line}) => ({
    type: 'Feature',
    properties: {id, name, kind, widthM, lengthM: Math.round(lengthM(line)), synthetic: true},
    geometry: {type: 'LineString', coordinates: maker.line(simplify(line, 0.8))},
  }));
  const points: Feature[] = places.map(({id, name, kind, longitudeDeg, latitudeDeg}) => ({
    type: 'Feature',
    properties: {id, name, kind, synthetic: true},
    geometry: {type: 'Point', coordinates: [longitudeDeg, latitudeDeg]},
  }));
  if (!bridge) return [...lines, ...points];
  const from = places.find((place) => place.id === bridge.from);
  if (!from) throw new Error(`bridge starts at ${bridge.from}, which is no place of the seed`);
  const line = [frame.toLocal([from.longitudeDeg, from.latitudeDeg]), frame.toLocal(bridge.to)];
  const {id, name, widthM, deckM} = bridge;
  const crossing: Feature = {
    type: 'Feature',
    properties: {
      id,
      name,
      kind: 'bridge',
      widthM,
      deckM,
      lengthM: Math.round(lengthM(line)),
      synthetic: true,
    },
    geometry: {type: 'LineString', coordinates: maker.line(line)},
  };
  return [...lines, crossing, ...points];
}

export function buildingFeatures(buildings: Building[], maker: FeatureMaker): Feature[] {
  return buildings.map(({id, name, place, heightM, groundM, ring}) =>
    maker.polygons({id, name, place, zone: 'built', heightM, groundM, synthetic: true}, [
      [[...ring, ring[0]!]],
    ]),
  );
}

/** Area in hectares of what was drawn, for the report. */
export function outlineHa(polygons: Polygon[]): number {
  return polygonArea(polygons) / 10_000;
}
