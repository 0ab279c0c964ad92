import type {EnuFrame} from '#model';
import type {TerrainHeader} from '#schemas';
import {type ElevationRaster, elevationAt} from './elevation.ts';
import {refusal} from './refusal.ts';
import type {Place} from './zone-file.ts';

/** East and north metres on the plane that touches the ellipsoid at the site's centre. */
export type Box = {westM: number; southM: number; eastM: number; northM: number};

export type Ground = {
  header: Omit<TerrainHeader, 'verticalDatum'>;
  bytes: Uint8Array;
  /** Share of the samples that had no elevation and took their nearest neighbour's. */
  filledFraction: number;
  lowM: number;
  highM: number;
};

/** Steps of a grid, metres; the finest that the elevations and the number of samples allow is taken. */
const STEPS_M = [1, 2, 5, 10, 20, 25, 50, 100, 200, 500, 1000];
const MOST_SAMPLES_ASIDE = 1000;
const FLAT_SAMPLES_ASIDE = 100;
const LARGEST_SAMPLE = 65_535;
/** A site of which more than that has no elevation is another place than the file's. */
const MOST_FILLED_FRACTION = 0.5;

/** Longitude and latitude of a point of the plane, brought down to the ellipsoid in two rounds. */
export function placeOf(frame: EnuFrame, eastM: number, northM: number): Place {
  let upM = 0;
  let found = frame.toGeodetic({eastM, northM, upM});
  for (let round = 0; round < 2; round++) {
    upM -= found.heightM;
    found = frame.toGeodetic({eastM, northM, upM});
  }
  return {longitudeDeg: found.longitudeDeg, latitudeDeg: found.latitudeDeg};
}

/** The box around rings of positions, with a margin of a sixth of its longer side, 100 m at least. */
export function boxAround(rings: readonly (readonly number[])[][], frame: EnuFrame): Box {
  const box = {
    westM: Number.POSITIVE_INFINITY,
    southM: Number.POSITIVE_INFINITY,
    eastM: Number.NEGATIVE_INFINITY,
    northM: Number.NEGATIVE_INFINITY,
  };
  for (const ring of rings) {
    for (const [longitudeDeg, latitudeDeg] of ring) {
      const {eastM, northM} = frame.toEnu({
        longitudeDeg: longitudeDeg!,
        latitudeDeg: latitudeDeg!,
        heightM: 0,
      });
      box.westM = Math.min(box.westM, eastM);
      box.eastM = Math.max(box.eastM, eastM);
      box.southM = Math.min(box.southM, northM);
      box.northM = Math.max(box.northM, northM);
    }
  }
  const marginM = Math.max(100, Math.max(box.eastM - box.westM, box.northM - box.southM) / 6);
  return {
    westM: box.westM - marginM,
    eastM: box.eastM + marginM,
    southM: box.southM - marginM,
    northM: box.northM + marginM,
  };
}

/** Places along the sides of a box, for a raster's window to be cut by. */
export function sidesOf(box: Box, frame: EnuFrame): Place[] {
  const places: Place[] = [];
  for (let i = 0; i <= 8; i++) {
    const eastM = box.westM + ((box.eastM - box.westM) * i) / 8;
    const northM = box.southM + ((box.northM - box.southM) * i) / 8;
    for (const [east, north] of [
      [eastM, box.southM],
      [eastM, box.northM],
      [box.westM, northM],
      [box.eastM, northM],
    ] as const) {
      places.push(placeOf(frame, east, north));
    }
  }
  return places;
}

/** Gives each sample without a height that of the nearest one that has, step by step outwards; how many there were. */
function fillFromNeighbours(heightM: Float64Array, columns: number, rows: number): number {
  let front: number[] = [];
  let filled = 0;
  for (let cell = 0; cell < heightM.length; cell++) if (!Number.isNaN(heightM[cell]!)) front.push(cell);
  if (front.length === heightM.length) return 0;
  while (front.length > 0) {
    const next: number[] = [];
    for (const cell of front) {
      const column = cell % columns;
      const row = (cell - column) / columns;
      for (const [c, r] of [
        [column - 1, row],
        [column + 1, row],
        [column, row - 1],
        [column, row + 1],
      ] as const) {
        if (c < 0 || r < 0 || c >= columns || r >= rows) continue;
        const beside = r * columns + c;
        if (!Number.isNaN(heightM[beside]!)) continue;
        heightM[beside] = heightM[cell]!;
        filled++;
        next.push(beside);
      }
    }
    front = next;
  }
  return filled;
}

/**
 * The ground of a site as a height grid: elevations resampled to the site's own plane, or a flat one that says so.
 * @throws {EcoError} `site_invalid` if most of the site has no elevation.
 */
export function groundOf(box: Box, frame: EnuFrame, from: ElevationRaster | {flatM: number}): Ground {
  const spanM = Math.max(box.eastM - box.westM, box.northM - box.southM);
  const flat = 'flatM' in from;
  const finestM = flat
    ? spanM / FLAT_SAMPLES_ASIDE
    : Math.max(from.stepY * from.system.metresPerUnit * 0.75, spanM / MOST_SAMPLES_ASIDE);
  const stepM = STEPS_M.find((step) => step >= finestM) ?? STEPS_M.at(-1)!;
  const westM = Math.floor(box.westM / stepM) * stepM;
  const northM = Math.ceil(box.northM / stepM) * stepM;
  const columns = Math.ceil((box.eastM - westM) / stepM) + 1;
  const rows = Math.ceil((northM - box.southM) / stepM) + 1;
  const heightM = new Float64Array(columns * rows);
  for (let cell = 0; cell < heightM.length; cell++) {
    const column = cell % columns;
    const row = (cell - column) / columns;
    heightM[cell] = flat
      ? from.flatM
      : elevationAt(from, placeOf(frame, westM + column * stepM, northM - row * stepM));
  }
  const without = heightM.reduce((count, height) => count + (Number.isNaN(height) ? 1 : 0), 0);
  if (without > MOST_FILLED_FRACTION * heightM.length && !flat) {
    const percent = Math.round((100 * without) / heightM.length);
    throw refusal(from.source, `elevations over the whole site were expected, ${percent} % of it has none`);
  }
  const filledFraction = fillFromNeighbours(heightM, columns, rows) / heightM.length;

  const lowM = heightM.reduce((low, height) => Math.min(low, height), Number.POSITIVE_INFINITY);
  const highM = heightM.reduce((high, height) => Math.max(high, height), Number.NEGATIVE_INFINITY);
  const baseM = Math.floor(lowM) - 1;
  const resolutionM = (highM - baseM) / 0.01 <= LARGEST_SAMPLE ? 0.01 : 0.2;
  const bytes = new Uint8Array(heightM.length * 2);
  const view = new DataView(bytes.buffer);
  for (let cell = 0; cell < heightM.length; cell++) {
    view.setUint16(cell * 2, Math.round((heightM[cell]! - baseM) / resolutionM), true);
  }
  const percent = (100 * filledFraction).toFixed(1);
  const source = flat
    ? `A flat plane at ${from.flatM} m: no elevations were given.`
    : `${from.source}, resampled to ${stepM} m${filledFraction > 0 ? `; ${percent} % without elevation took their nearest neighbour's` : ''}.`;
  return {
    header: {
      schemaVersion: 1,
      kind: 'height-grid',
      file: 'terrain.bin',
      columns,
      rows,
      stepM,
      originEastM: westM,
      originNorthM: northM,
      baseM,
      resolutionM,
      encoding: 'uint16-le',
      origin: flat ? 'virtual' : 'surveyed',
      synthetic: flat,
      source,
      licence: flat ? 'CC0-1.0' : 'NOASSERTION',
    },
    bytes,
    filledFraction,
    lowM,
    highM,
  };
}
