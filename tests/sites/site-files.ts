import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import type {DeviceFile, LandCoverHeader, Site, TerrainHeader, ZoneCollection} from '#schemas';
import {type LocalFrame, type LonLat, localFrame, type Point} from '../../sites/build/geodesy.ts';
import {cellAt, type Grid, sample} from '../../sites/build/grid.ts';
import {contains} from '../../sites/build/lines.ts';
import type {Seed} from '../../sites/build/seed.ts';

export type LineFeature = {
  properties: Record<string, unknown>;
  geometry: {type: string; coordinates: LonLat[]};
};
export type Lines = {features: LineFeature[]};

const ROOT = join(import.meta.dirname, '../..');
export const ISLAND = join(ROOT, 'sites/guangyang');
export const SALTMARSH = join(ROOT, 'tests/fixtures/sites/lake-saltmarsh');

export function readJson<T>(folder: string, name: string): T {
  return JSON.parse(readFileSync(join(folder, name), 'utf8')) as T;
}

/** A site's files as a test needs them: read, decoded, with heights in metres on their grid. */
export class SiteFiles {
  readonly folder: string;
  readonly site: Site;
  readonly terrain: TerrainHeader;
  readonly landCover: LandCoverHeader;
  readonly zones: ZoneCollection;
  readonly deviceFile: DeviceFile;
  readonly grid: Grid;
  readonly heightM: Float64Array;
  readonly cover: Uint8Array;
  readonly frame: LocalFrame;

  constructor(folder: string) {
    this.folder = folder;
    this.site = readJson(folder, 'site.json');
    this.terrain = readJson(folder, this.site.terrain);
    this.landCover = readJson(folder, this.site.landCover!);
    this.zones = readJson(folder, this.site.zones);
    this.deviceFile = readJson(folder, this.site.devices);
    const {columns, rows, stepM, originEastM, originNorthM, baseM, resolutionM} = this.terrain;
    this.grid = {columns, rows, stepM, westM: originEastM, northM: originNorthM};
    const bytes = readFileSync(join(folder, this.terrain.file));
    this.heightM = Float64Array.from(
      {length: columns * rows},
      (_, k) => baseM + resolutionM * bytes.readUInt16LE(2 * k),
    );
    this.cover = new Uint8Array(readFileSync(join(folder, this.landCover.file)));
    this.frame = localFrame(this.site.origin);
  }

  /** Ground at a position: bilinear, or the nearest sample. */
  groundM(position: LonLat, nearest = false): number {
    const at = this.frame.toLocal(position);
    return nearest ? this.heightM[cellAt(this.grid, at)]! : sample(this.grid, this.heightM, at);
  }

  classAt(position: LonLat): string {
    const index = this.cover[cellAt(this.grid, this.frame.toLocal(position))];
    return this.landCover.classes.find((c) => c.index === index)!.zone;
  }

  inZone(id: string, position: LonLat): boolean {
    const zone = this.zones.features.find((feature) => feature.properties.id === id);
    if (!zone) return false;
    const {geometry} = zone;
    const polygons = geometry.type === 'Polygon' ? [geometry.coordinates] : geometry.coordinates;
    const ring = (points: number[][]): Point[] =>
      points.map(([east, north]) => ({eastM: east!, northM: north!}));
    const point = {eastM: position[0], northM: position[1]};
    return polygons.some(
      ([outer, ...holes]) =>
        contains(ring(outer!), point) && !holes.some((hole) => contains(ring(hole), point)),
    );
  }

  seed(): Seed {
    return readJson(this.folder, 'seed.json');
  }
}
