import {EnuFrame, type PolygonGeometry} from '#model';
import {EcoError} from '#schemas';
import type {PlaceInput} from './place-input.ts';
import {type FlatRing, flatRings, forEachInside, polygonAreaM2, type Raster} from './raster.ts';

/** Side of the cells of light, regeneration and area, m. */
export const CELL_M = 20;
/** Squares along a cell's side at which zones are told apart. */
export const SAMPLES_PER_CELL = 4;
/** More samples than this are more than a run can hold in mind: 500 km². */
const MOST_SAMPLES = 20_000_000;
/** Kinds of zones that are water. */
const WATER_KINDS: ReadonlySet<string> = new Set(['water', 'lake', 'river', 'stream', 'pond', 'sea']);
/** A zone's remainder beside the zones in it that is no more than their seams. */
const SEAM_SHARE = 0.02;
/** Steps of the sill search, m. */
const SILL_STEP_M = 0.05;

export type GroundZone = {
  id: string;
  name: {en: string; zh: string};
  kind: string;
  soil: string | null;
  parent: string | null;
  isWater: boolean;
  /** Without the zones in it; 0 where only seams are left. */
  ownAreaM2: number;
  rings: FlatRing[];
  /** This one and all in it, as indices into the zones. */
  within: number[];
};

/** The ground of a site on a raster of 5 m: which zone a sample lies in, how high it is and above which level the river reaches it. */
export type Ground = {
  frame: EnuFrame;
  raster: Raster;
  zones: GroundZone[];
  /** Index into the zones, the innermost of each sample, or -1. */
  zoneOf: Int16Array;
  /** Height in the site's datum, or null without terrain. */
  heightM: Float32Array | null;
  /** Level at which the site's water body reaches a sample: its own height or the sill before it. Null without terrain. */
  reachedAtM: Float32Array | null;
};

function rasterOver(rings: readonly FlatRing[]): Raster {
  let [west, east, south, north] = [
    Number.POSITIVE_INFINITY,
    Number.NEGATIVE_INFINITY,
    Number.POSITIVE_INFINITY,
    Number.NEGATIVE_INFINITY,
  ];
  for (const ring of rings) {
    for (const [eastM, northM] of ring) {
      west = Math.min(west, eastM);
      east = Math.max(east, eastM);
      south = Math.min(south, northM);
      north = Math.max(north, northM);
    }
  }
  if (!(east > west && north > south))
    throw new EcoError('site_invalid', 'the site has no zone with an area');
  const stepM = CELL_M / SAMPLES_PER_CELL;
  const westM = Math.floor(west / CELL_M) * CELL_M;
  const southM = Math.floor(south / CELL_M) * CELL_M;
  const columns = Math.ceil((east - westM) / CELL_M) * SAMPLES_PER_CELL;
  const rows = Math.ceil((north - southM) / CELL_M) * SAMPLES_PER_CELL;
  if (columns * rows > MOST_SAMPLES) {
    throw new EcoError(
      'site_too_large',
      `zones of the site span ${Math.round((columns * stepM) / 1000)} by ${Math.round((rows * stepM) / 1000)} km; a simulated site may span 500 km²`,
    );
  }
  return {stepM, columns, rows, westM, southM};
}

/** Heights of the samples' middles, bilinear between those of the terrain; NaN beyond its edge. */
function heightsOn(raster: Raster, terrain: NonNullable<PlaceInput['terrain']>): Float32Array {
  const {header, heights} = terrain;
  const found = new Float32Array(raster.columns * raster.rows).fill(Number.NaN);
  const at = (column: number, row: number) =>
    header.baseM + header.resolutionM * heights[row * header.columns + column]!;
  for (let row = 0; row < raster.rows; row += 1) {
    const y = (header.originNorthM - (raster.southM + (row + 0.5) * raster.stepM)) / header.stepM;
    // a sample half a step beyond the edge still belongs to it
    if (y < -0.5 || y > header.rows - 0.5) continue;
    const top = Math.min(header.rows - 2, Math.max(0, Math.floor(y)));
    const fy = Math.min(1, Math.max(0, y - top));
    for (let column = 0; column < raster.columns; column += 1) {
      const x = (raster.westM + (column + 0.5) * raster.stepM - header.originEastM) / header.stepM;
      if (x < -0.5 || x > header.columns - 0.5) continue;
      const left = Math.min(header.columns - 2, Math.max(0, Math.floor(x)));
      const fx = Math.min(1, Math.max(0, x - left));
      const upper = at(left, top) * (1 - fx) + at(left + 1, top) * fx;
      const lower = at(left, top + 1) * (1 - fx) + at(left + 1, top + 1) * fx;
      found[row * raster.columns + column] = upper * (1 - fy) + lower * fy;
    }
  }
  return found;
}

/**
 * Level at which water from the water body reaches each cell: the least, over all ways, of the highest ground on the way
 *. Cells of the water body itself are the sources; a site without one is reached from its edge.
 */
function sillsOfCells(
  cellM: Float32Array,
  columns: number,
  rows: number,
  isSource: (cell: number) => boolean,
): Float32Array {
  const sills = new Float32Array(cellM.length).fill(Number.POSITIVE_INFINITY);
  let [lowest, highest] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const height of cellM) {
    if (Number.isNaN(height)) continue;
    lowest = Math.min(lowest, height);
    highest = Math.max(highest, height);
  }
  if (!(highest >= lowest)) return sills;
  const bucketOf = (level: number) => Math.floor((level - lowest) / SILL_STEP_M);
  const buckets: number[][] = Array.from({length: bucketOf(highest) + 1}, () => []);
  const push = (cell: number, level: number) => {
    if (level >= sills[cell]!) return;
    sills[cell] = level;
    buckets[bucketOf(level)]!.push(cell);
  };
  for (let cell = 0; cell < cellM.length; cell += 1) {
    if (!Number.isNaN(cellM[cell]!) && isSource(cell)) push(cell, cellM[cell]!);
  }
  for (const [b, bucket] of buckets.entries()) {
    // the bucket grows while it is worked off
    for (let k = 0; k < bucket.length; k += 1) {
      const cell = bucket[k]!;
      if (bucketOf(sills[cell]!) < b) continue;
      const column = cell % columns;
      const neighbours = [
        column > 0 ? cell - 1 : -1,
        column < columns - 1 ? cell + 1 : -1,
        cell - columns,
        cell + columns < columns * rows ? cell + columns : -1,
      ];
      for (const neighbour of neighbours) {
        if (neighbour < 0 || Number.isNaN(cellM[neighbour]!)) continue;
        push(neighbour, Math.max(sills[cell]!, cellM[neighbour]!));
      }
    }
  }
  return sills;
}

function reachedAt(
  raster: Raster,
  heightM: Float32Array,
  isWaterBody: (sample: number) => boolean,
  hasWaterBody: boolean,
): Float32Array {
  const columns = raster.columns / SAMPLES_PER_CELL;
  const rows = raster.rows / SAMPLES_PER_CELL;
  const sums = new Float64Array(columns * rows);
  const counts = new Int32Array(columns * rows);
  const water = new Uint8Array(columns * rows);
  const cellOf = (sample: number) => {
    const row = Math.floor(sample / raster.columns);
    return (
      Math.floor(row / SAMPLES_PER_CELL) * columns + Math.floor((sample % raster.columns) / SAMPLES_PER_CELL)
    );
  };
  for (let sample = 0; sample < heightM.length; sample += 1) {
    const cell = cellOf(sample);
    if (isWaterBody(sample)) water[cell] = 1;
    if (Number.isNaN(heightM[sample]!)) continue;
    sums[cell] = sums[cell]! + heightM[sample]!;
    counts[cell] = counts[cell]! + 1;
  }
  const cellM = Float32Array.from(sums, (sum, cell) =>
    counts[cell]! > 0 ? sum / counts[cell]! : Number.NaN,
  );
  const onEdge = (cell: number) => {
    const column = cell % columns;
    const row = Math.floor(cell / columns);
    return column === 0 || row === 0 || column === columns - 1 || row === rows - 1;
  };
  const sills = sillsOfCells(cellM, columns, rows, hasWaterBody ? (cell) => water[cell] === 1 : onEdge);
  return heightM.map((height, sample) => {
    const cell = cellOf(sample);
    // the cell's own mean is no sill for its lower half
    const sill = sills[cell]! <= cellM[cell]! ? Number.NEGATIVE_INFINITY : sills[cell]!;
    return Math.max(height, sill);
  });
}

/** How deep a zone lies in others. */
function depths(zones: readonly {id: string; parent: string | null}[]): number[] {
  const byId = new Map(zones.map((zone) => [zone.id, zone]));
  return zones.map((zone) => {
    let depth = 0;
    for (let at = zone.parent; at !== null && depth <= zones.length; depth += 1)
      at = byId.get(at)?.parent ?? null;
    return depth;
  });
}

/**
 * The ground of a site: its zones on a raster, its heights, and the river's way to each sample.
 * @throws {EcoError} `site_invalid` for a site without a zone that has an area, `site_too_large`.
 */
export function groundOf(place: Pick<PlaceInput, 'site' | 'zones' | 'terrain'>): Ground {
  const {site, terrain} = place;
  const frame = new EnuFrame(site.origin);
  const features = place.zones;
  const zones: GroundZone[] = features.map(({properties, geometry}) => {
    const shape = geometry as PolygonGeometry;
    return {
      id: properties.id,
      name: properties.name,
      kind: properties.kind,
      soil: properties.soil ?? null,
      parent: properties.parent ?? null,
      isWater: WATER_KINDS.has(properties.kind) || properties.id === site.waterBody?.zone,
      ownAreaM2: polygonAreaM2(shape, frame),
      rings: flatRings(shape, frame),
      within: [],
    };
  });
  const indexOf = new Map(zones.map(({id}, index) => [id, index]));
  const depthOf = depths(zones);
  const whole = zones.map(({ownAreaM2}) => ownAreaM2);
  zones.forEach((zone, index) => {
    let steps = 0;
    for (let at: number | undefined = index; at !== undefined && steps <= zones.length; steps += 1) {
      zones[at]!.within.push(index);
      const above: string | null = zones[at]!.parent;
      at = above === null ? undefined : indexOf.get(above);
    }
    const parent = zone.parent === null ? undefined : indexOf.get(zone.parent);
    if (parent !== undefined) zones[parent]!.ownAreaM2 -= whole[index]!;
  });
  zones.forEach((zone, index) => {
    const isParent = zone.within.length > 1;
    if (isParent && zone.ownAreaM2 < SEAM_SHARE * whole[index]!) zone.ownAreaM2 = 0;
  });

  const raster = rasterOver(zones.flatMap(({rings}) => rings));
  const zoneOf = new Int16Array(raster.columns * raster.rows).fill(-1);
  // outer zones first, so that inner ones lie on top; among equals the first of the file stays
  const order = zones.map((_, index) => index).sort((a, b) => depthOf[a]! - depthOf[b]! || b - a);
  for (const index of order) {
    forEachInside(zones[index]!.rings, raster, (sample) => {
      zoneOf[sample] = index;
    });
  }
  const heightM = terrain ? heightsOn(raster, terrain) : null;
  const waterBody = site.waterBody === undefined ? undefined : indexOf.get(site.waterBody.zone);
  const body = new Set(waterBody === undefined ? [] : zones[waterBody]!.within);
  return {
    frame,
    raster,
    zones,
    zoneOf,
    heightM,
    reachedAtM: heightM && reachedAt(raster, heightM, (sample) => body.has(zoneOf[sample]!), body.size > 0),
  };
}
