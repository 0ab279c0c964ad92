import type {LandCoverHeader, SiteBody, TerrainHeader, ZoneCollection} from '#schemas';
import {type CoverGrid, readCoverGrid} from './cover-grid.ts';
import {type HeightGrid, readHeightGrid} from './height-grid.ts';
import {type LocalFrame, localFrame} from './local-frame.ts';
import {type Box, boxOf, type Polygon, type Ring} from './polygons.ts';

export type SceneZone = {
  id: string;
  kind: string;
  vegetation: string | null;
  parent: string | null;
  areaHa: number;
  /** Level at which its water stands, null for what is no standing water. */
  normalLevelM: number | null;
  polygons: Polygon[];
  box: Box;
};
export type SceneLine = {
  id: string;
  kind: string;
  widthM: number;
  /** Height of a bridge's deck, null for what lies on the ground. */
  deckM: number | null;
  line: Ring;
};
export type SceneBuilding = {id: string; heightM: number; groundM: number | null; polygon: Polygon};

/** A site's own files, decoded into metres around its origin. */
export type SiteGround = {
  frame: LocalFrame;
  height: HeightGrid;
  /** null: the site has no land cover. */
  cover: CoverGrid | null;
  zones: SceneZone[];
  streams: SceneLine[];
  paths: SceneLine[];
  buildings: SceneBuilding[];
  /** Zone of the water body around or beside the site. */
  waterBodyZone: string | null;
  /** Something among terrain and cover is not surveyed. */
  synthetic: boolean;
};

type GeoJson = {
  features: {properties?: Record<string, unknown> | null; geometry: {type: string; coordinates: unknown}}[];
};
type Read = <T>(path: string, as: 'json' | 'bytes') => Promise<T>;

/** @throws {Error} with the path and the status when a file does not come. */
const fetchFile: Read = async (path, as) => {
  const response = await fetch(path);
  if (!response.ok) throw new Error(`${path}: ${response.status} ${response.statusText}`);
  return as === 'json' ? response.json() : response.arrayBuffer();
};

/** Reads the files that a site names, side by side; `onFile` is called as each comes in. */
export async function readSiteFiles(
  site: Pick<SiteBody, 'origin' | 'files' | 'waterBody'>,
  onFile: (done: number, of: number) => void = () => {},
  read: Read = fetchFile,
): Promise<SiteGround> {
  const {files} = site;
  const names = [
    'terrain',
    'terrainData',
    'landCover',
    'landCoverData',
    'zones',
    'streams',
    'paths',
    'buildings',
  ];
  const listed = names.filter((name) => files[name] !== undefined);
  for (const name of ['terrain', 'terrainData']) {
    if (files[name] === undefined) throw new Error(`the site names no file ${name}`);
  }
  let done = 0;
  const bodies = new Map<string, unknown>();
  await Promise.all(
    listed.map(async (name) => {
      bodies.set(name, await read(files[name]!, name.endsWith('Data') ? 'bytes' : 'json'));
      done += 1;
      onFile(done, listed.length);
    }),
  );
  const terrain = bodies.get('terrain') as TerrainHeader;
  const cover = bodies.get('landCover') as LandCoverHeader | undefined;
  const coverBytes = bodies.get('landCoverData') as ArrayBuffer | undefined;
  const frame = localFrame(site.origin);
  return {
    frame,
    height: readHeightGrid(terrain, bodies.get('terrainData') as ArrayBuffer),
    cover: cover && coverBytes ? readCoverGrid(cover, coverBytes) : null,
    zones: readZones(bodies.get('zones') as ZoneCollection | undefined, frame),
    streams: readLines(bodies.get('streams') as GeoJson | undefined, frame, {kind: 'stream', widthM: 3}),
    paths: readLines(bodies.get('paths') as GeoJson | undefined, frame, {kind: 'trail', widthM: 3}),
    buildings: readBuildings(bodies.get('buildings') as GeoJson | undefined, frame),
    waterBodyZone: site.waterBody?.zone ?? null,
    synthetic: terrain.synthetic || (cover?.synthetic ?? false),
  };
}

function toRing(frame: LocalFrame, coordinates: unknown): Ring {
  const ring = (coordinates as number[][]).map(([longitudeDeg, latitudeDeg]) =>
    frame.toLocal({longitudeDeg: longitudeDeg!, latitudeDeg: latitudeDeg!}),
  );
  const first = ring[0];
  const last = ring[ring.length - 1];
  const closed = first && last && Math.hypot(first.eastM - last.eastM, first.northM - last.northM) < 0.01;
  return closed ? ring.slice(0, -1) : ring;
}

function toPolygons(frame: LocalFrame, {type, coordinates}: {type: string; coordinates: unknown}): Polygon[] {
  if (type === 'Polygon') return [(coordinates as unknown[]).map((ring) => toRing(frame, ring))];
  if (type === 'MultiPolygon') {
    return (coordinates as unknown[][]).map((polygon) => polygon.map((ring) => toRing(frame, ring)));
  }
  return [];
}

function readZones(collection: ZoneCollection | undefined, frame: LocalFrame): SceneZone[] {
  return (collection?.features ?? []).map(({properties, geometry}) => {
    const polygons = toPolygons(frame, geometry);
    return {
      id: properties.id,
      kind: properties.kind,
      vegetation: properties.vegetation ?? null,
      parent: properties.parent ?? null,
      areaHa: properties.areaHa,
      normalLevelM: properties.normalLevelM ?? null,
      polygons,
      box: boxOf(polygons),
    };
  });
}

const numberOf = (value: unknown): number | null =>
  typeof value === 'number' && Number.isFinite(value) ? value : null;
const textOf = (value: unknown): string | null => (typeof value === 'string' ? value : null);

function readLines(
  collection: GeoJson | undefined,
  frame: LocalFrame,
  defaults: {kind: string; widthM: number},
): SceneLine[] {
  return (collection?.features ?? []).flatMap(({properties, geometry}, index) => {
    const lines =
      geometry.type === 'LineString'
        ? [geometry.coordinates]
        : geometry.type === 'MultiLineString'
          ? (geometry.coordinates as unknown[])
          : [];
    return lines.map((coordinates) => ({
      id: textOf(properties?.['id']) ?? `${defaults.kind}-${index}`,
      kind: textOf(properties?.['kind']) ?? defaults.kind,
      widthM: numberOf(properties?.['widthM']) ?? defaults.widthM,
      deckM: numberOf(properties?.['deckM']),
      line: (coordinates as number[][]).map(([longitudeDeg, latitudeDeg]) =>
        frame.toLocal({longitudeDeg: longitudeDeg!, latitudeDeg: latitudeDeg!}),
      ),
    }));
  });
}

function readBuildings(collection: GeoJson | undefined, frame: LocalFrame): SceneBuilding[] {
  return (collection?.features ?? []).flatMap(({properties, geometry}, index) =>
    toPolygons(frame, geometry).map((polygon) => ({
      id: textOf(properties?.['id']) ?? `building-${index}`,
      heightM: numberOf(properties?.['heightM']) ?? 6,
      groundM: numberOf(properties?.['groundM']),
      polygon,
    })),
  );
}
