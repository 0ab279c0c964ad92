import {open, readFile, stat} from 'node:fs/promises';
import {basename} from 'node:path';
import {fromFile} from 'geotiff';
import {KNOWN_SYSTEMS, type ReferenceSystem, referenceSystem} from '#ingest';
import {refusal} from './refusal.ts';
import type {Place} from './zone-file.ts';

/** Elevations in the reference system in which they came, a sample at each node. */
export type ElevationRaster = {
  system: ReferenceSystem;
  columns: number;
  rows: number;
  /** Place of the first sample: the north-west one. */
  westX: number;
  northY: number;
  stepX: number;
  stepY: number;
  /** Metres, row by row from the north; NaN: none. */
  heightM: Float32Array;
  source: string;
};

const LARGEST_TEXT_BYTES = 256 * 1024 * 1024;
const MOST_SAMPLES = 25_000_000;
/** TIFF's first four bytes: little and big endian, classic and big. */
const TIFF = /^(49492a00|4d4d002a|49492b00|4d4d002b)$/;
/** GeoTIFF key values: a sample is a point (not an area); a unit of height that is a foot. */
const PIXEL_IS_POINT = 2;
const FEET = new Set([9002, 9003, 9005, 9094]);
const USER_DEFINED = 32767;

function systemOf(file: string, epsg: number | undefined): ReferenceSystem {
  const system = epsg === undefined ? undefined : referenceSystem(epsg);
  if (system) return system;
  const came = epsg === undefined ? 'none that the file names; say --dem-epsg' : `EPSG:${epsg}`;
  throw refusal(
    file,
    `a reference system among ${KNOWN_SYSTEMS} was expected, got ${came}; gdalwarp -t_srs EPSG:4326 converts it`,
  );
}

/** Height at a place between samples, weighted by nearness; NaN where samples without one would have most of the weight. */
export function elevationAt(raster: ElevationRaster, place: Place): number {
  const [x, y] = raster.system.toXy(place);
  const column = (x - raster.westX) / raster.stepX;
  const row = (raster.northY - y) / raster.stepY;
  if (!(column >= -0.5 && row >= -0.5 && column <= raster.columns - 0.5 && row <= raster.rows - 0.5))
    return Number.NaN;
  const west = Math.min(raster.columns - 1, Math.max(0, Math.floor(column)));
  const north = Math.min(raster.rows - 1, Math.max(0, Math.floor(row)));
  const east = Math.min(raster.columns - 1, west + 1);
  const south = Math.min(raster.rows - 1, north + 1);
  const across = Math.min(1, Math.max(0, column - west));
  const down = Math.min(1, Math.max(0, row - north));
  let sum = 0;
  let weights = 0;
  const add = (r: number, c: number, weight: number): void => {
    const value = raster.heightM[r * raster.columns + c]!;
    if (Number.isNaN(value) || weight === 0) return;
    sum += value * weight;
    weights += weight;
  };
  add(north, west, (1 - across) * (1 - down));
  add(north, east, across * (1 - down));
  add(south, west, (1 - across) * down);
  add(south, east, across * down);
  return weights < 0.5 ? Number.NaN : sum / weights;
}

/** Columns and rows, clipped to the raster, that cover these places and one sample around them. */
function windowOver(
  places: readonly Place[],
  raster: Omit<ElevationRaster, 'heightM' | 'source'>,
): {left: number; top: number; right: number; bottom: number} | null {
  let [left, top, right, bottom] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY, -1, -1];
  for (const place of places) {
    const [x, y] = raster.system.toXy(place);
    const column = (x - raster.westX) / raster.stepX;
    const row = (raster.northY - y) / raster.stepY;
    left = Math.min(left, Math.floor(column) - 1);
    right = Math.max(right, Math.ceil(column) + 2);
    top = Math.min(top, Math.floor(row) - 1);
    bottom = Math.max(bottom, Math.ceil(row) + 2);
  }
  left = Math.max(0, left);
  top = Math.max(0, top);
  right = Math.min(raster.columns, right);
  bottom = Math.min(raster.rows, bottom);
  return left < right && top < bottom ? {left, top, right, bottom} : null;
}

async function readTiff(
  file: string,
  places: readonly Place[],
  said: number | undefined,
): Promise<ElevationRaster> {
  const tiff = await fromFile(file);
  try {
    const image = await tiff.getImage();
    const keys = image.getGeoKeys();
    const number = (key: string): number | undefined => {
      const value = (keys as Record<string, unknown> | null)?.[key];
      return typeof value === 'number' && value !== USER_DEFINED ? value : undefined;
    };
    const system = systemOf(file, said ?? number('ProjectedCSTypeGeoKey') ?? number('GeographicTypeGeoKey'));
    const vertical = number('VerticalUnitsGeoKey');
    if (vertical !== undefined && FEET.has(vertical))
      throw refusal(file, 'heights in metres were expected, got feet');
    const [originX, originY] = image.getOrigin() as [number, number];
    const [stepX, stepDown] = image.getResolution() as [number, number];
    const stepY = -stepDown;
    if (!(stepX > 0 && stepY > 0))
      throw refusal(file, 'a raster with north up was expected; gdalwarp turns it');
    const half = number('GTRasterTypeGeoKey') === PIXEL_IS_POINT ? 0 : 0.5;
    // The sample to which the origin belongs; a file without a tie point has the place of the first one.
    const tie = image.fileDirectory.getValue('ModelTiepoint') as ArrayLike<number> | undefined;
    const [tiedColumn, tiedRow] = tie?.length === 6 ? [tie[0]!, tie[1]!] : [0, 0];
    const whole = {
      system,
      columns: image.getWidth(),
      rows: image.getHeight(),
      westX: originX + (half - tiedColumn) * stepX,
      northY: originY - (half - tiedRow) * stepY,
      stepX,
      stepY,
    };
    const window = windowOver(places, whole);
    if (window === null) throw uncovered(file, places, whole);
    const {left, top, right, bottom} = window;
    if ((right - left) * (bottom - top) > MOST_SAMPLES) {
      throw refusal(
        file,
        `at most ${MOST_SAMPLES} samples over the zones were expected; gdal_translate -outsize makes it coarser`,
      );
    }
    const [band] = (await image.readRasters({
      window: [left, top, right, bottom],
      samples: [0],
    })) as unknown as ArrayLike<number>[];
    const none = image.getGDALNoData();
    return {
      ...whole,
      columns: right - left,
      rows: bottom - top,
      westX: whole.westX + left * stepX,
      northY: whole.northY - top * stepY,
      heightM: Float32Array.from(band!, (value) => (value === none ? Number.NaN : credible(value))),
      source: `${basename(file)}, EPSG:${system.epsg}`,
    };
  } finally {
    tiff.close();
  }
}

/** Heights that no place on Earth has are marks for «none». */
function credible(heightM: number): number {
  return heightM > -500 && heightM < 9000 ? heightM : Number.NaN;
}

function uncovered(
  file: string,
  places: readonly Place[],
  raster: Omit<ElevationRaster, 'heightM' | 'source'>,
): Error {
  const {system, westX, northY, stepX, stepY, columns, rows} = raster;
  const [x, y] = system.toXy(places[0]!);
  const figure = (value: number): string => String(Number(value.toPrecision(9)));
  return refusal(
    file,
    `elevations over the zones were expected (${figure(x)}, ${figure(y)} in EPSG:${system.epsg}), got x ` +
      `${figure(westX)} to ${figure(westX + (columns - 1) * stepX)}, y ${figure(northY - (rows - 1) * stepY)} to ${figure(northY)}`,
  );
}

const ASCII_HEADER = /^(ncols|nrows|[xy]ll(corner|center)|cellsize|d[xy]|nodata_value)$/i;

/** ESRI ASCII grid: a header of names and figures, then rows from the north. */
async function readAscii(
  file: string,
  places: readonly Place[],
  said: number | undefined,
): Promise<ElevationRaster> {
  const {size} = await stat(file);
  if (size > LARGEST_TEXT_BYTES)
    throw refusal(file, `at most ${LARGEST_TEXT_BYTES} bytes were expected, got ${size}`);
  const text = await readFile(file, 'latin1');
  const header = new Map<string, number>();
  const words = /\S+/g;
  let from = 0;
  for (let match = words.exec(text); match !== null; match = words.exec(text)) {
    if (!ASCII_HEADER.test(match[0])) break;
    const value = words.exec(text)?.[0];
    if (value === undefined || !Number.isFinite(Number(value))) {
      throw refusal(file, `${match[0]}: a number was expected, got ${String(value).slice(0, 20)}`);
    }
    header.set(match[0].toLowerCase(), Number(value));
    from = words.lastIndex;
  }
  const need = (...names: string[]): number => {
    const found = names.map((name) => header.get(name)).find((value) => value !== undefined);
    if (found === undefined)
      throw refusal(file, `a GeoTIFF or an ESRI ASCII grid was expected; its header has no ${names[0]}`);
    return found;
  };
  const columns = need('ncols');
  const rows = need('nrows');
  const step = need('cellsize', 'dx');
  const stepY = header.get('dy') ?? step;
  if (
    !(Number.isInteger(columns) && Number.isInteger(rows) && columns > 1 && rows > 1 && step > 0 && stepY > 0)
  ) {
    throw refusal(file, 'ncols and nrows above 1 and a cellsize above 0 were expected');
  }
  if (columns * rows > MOST_SAMPLES)
    throw refusal(file, `at most ${MOST_SAMPLES} samples were expected, got ${columns * rows}`);
  const westX = header.get('xllcenter') ?? need('xllcorner') + step / 2;
  const southY = header.get('yllcenter') ?? need('yllcorner') + stepY / 2;
  const degrees = Math.abs(westX) <= 180 && Math.abs(southY) <= 90 && step < 1;
  const system = systemOf(file, said ?? (degrees ? 4326 : undefined));
  const none = header.get('nodata_value') ?? -9999;
  const heightM = new Float32Array(columns * rows);
  let count = 0;
  words.lastIndex = from;
  for (let match = words.exec(text); match !== null; match = words.exec(text)) {
    const value = Number(match[0]);
    if (Number.isNaN(value))
      throw refusal(file, `a number was expected as value ${count + 1}, got ${match[0].slice(0, 20)}`);
    if (count < heightM.length) heightM[count] = value === none ? Number.NaN : credible(value);
    count++;
  }
  if (count !== heightM.length)
    throw refusal(file, `${heightM.length} values were expected (${columns} x ${rows}), got ${count}`);
  const raster = {system, columns, rows, westX, northY: southY + (rows - 1) * stepY, stepX: step, stepY};
  if (windowOver(places, raster) === null) throw uncovered(file, places, raster);
  return {...raster, heightM, source: `${basename(file)}, EPSG:${system.epsg}`};
}

/**
 * Elevations over these places from a GeoTIFF or an ESRI ASCII grid. `epsg` says the reference system where the file does not.
 * @throws {EcoError} `site_invalid` with what was expected and what came.
 */
export async function readElevation(
  file: string,
  places: readonly Place[],
  epsg?: number,
): Promise<ElevationRaster> {
  let head: Buffer;
  try {
    const handle = await open(file, 'r');
    try {
      head = Buffer.alloc(4);
      await handle.read(head, 0, 4, 0);
    } finally {
      await handle.close();
    }
  } catch (error) {
    throw refusal(file, `a file was expected (${(error as NodeJS.ErrnoException).code ?? String(error)})`);
  }
  if (!TIFF.test(head.toString('hex'))) return await readAscii(file, places, epsg);
  try {
    return await readTiff(file, places, epsg);
  } catch (error) {
    if (error instanceof Error && error.name === 'EcoError') throw error;
    throw refusal(file, `a GeoTIFF that can be read was expected (${(error as Error).message})`);
  }
}
