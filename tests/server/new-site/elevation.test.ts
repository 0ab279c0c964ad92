import {mkdtemp, readFile, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {elevationAt, readElevation} from '../../../server/new-site/elevation.ts';
import type {Place} from '../../../server/new-site/zone-file.ts';

const RASTERS = join(import.meta.dirname, '../../fixtures/reference/elevation');
/** Places well inside the rasters, off their samples. */
const PLACES: Place[] = [
  {longitudeDeg: 106.6987, latitudeDeg: 29.5698},
  {longitudeDeg: 106.7013, latitudeDeg: 29.5803},
  {longitudeDeg: 106.7121, latitudeDeg: 29.5772},
];
/** The surface of which GDAL wrote the rasters (make.py beside them). */
const plane = ({longitudeDeg, latitudeDeg}: Place): number =>
  200 + 4000 * (longitudeDeg - 106.7) + 2000 * (latitudeDeg - 29.58);

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'eco-elevation-'));
});
afterAll(async () => {
  await rm(folder, {recursive: true, force: true});
});
async function made(name: string, content: string | Uint8Array): Promise<string> {
  const file = join(folder, name);
  await writeFile(file, content);
  return file;
}

describe('a raster that GDAL wrote', () => {
  it.each([
    ['plane-4326.tif', 4326, 0.001],
    // GDAL wrote its figures with one decimal at least, exactly.
    ['plane.asc', 4326, 0.001],
    // Whole metres: half of one by rounding, and what a plane in degrees bends between samples 50 m apart.
    ['plane-utm48.tif', 32648, 0.6],
  ])('%s gives the heights of its surface', async (name, epsg, toleranceM) => {
    const raster = await readElevation(join(RASTERS, name), PLACES);
    expect(raster.system.epsg).toBe(epsg);
    for (const place of PLACES) {
      expect(Math.abs(elevationAt(raster, place) - plane(place))).toBeLessThan(toleranceM);
    }
  });

  it('reads the window over the places and no more', async () => {
    const {columns, rows} = await readElevation(join(RASTERS, 'plane-4326.tif'), PLACES.slice(0, 1));
    expect(columns * rows).toBeLessThan(30);
  });

  it('has no height where the file says so, and none outside', async () => {
    const corner = {longitudeDeg: 106.684, latitudeDeg: 29.597};
    const raster = await readElevation(join(RASTERS, 'plane-utm48.tif'), [corner, ...PLACES]);
    expect(elevationAt(raster, corner)).toBeNaN();
    expect(elevationAt(raster, {longitudeDeg: 107, latitudeDeg: 29.58})).toBeNaN();
  });
});

// OGC GeoTIFF 1.1 (19-008r4), 7.1: the place that the tie point names is a corner of a sample that is an area, and the
// middle of one that is a point.
describe('what a sample is', () => {
  const STEP_DEG = 0.0005;
  const doubles = (...values: number[]) => Buffer.from(Float64Array.from(values).buffer);
  const rasterType = (type: number) => Buffer.from(Uint16Array.of(1025, 0, 1, type).buffer);

  /** GDAL's raster, with another type and another tie point: column and row, longitude and latitude. */
  async function tied(
    name: string,
    type: 'area' | 'point',
    tie: [number, number, number, number],
  ): Promise<string> {
    const bytes = await readFile(join(RASTERS, 'plane-4326.tif'));
    const key = bytes.indexOf(rasterType(1));
    const point = bytes.indexOf(doubles(0, 0, 0, 106.68, 29.6));
    expect(Math.min(key, point)).toBeGreaterThan(0);
    rasterType(type === 'area' ? 1 : 2).copy(bytes, key);
    doubles(tie[0], tie[1], 0, tie[2], tie[3]).copy(bytes, point);
    return await made(name, bytes);
  }

  it.each([
    ['an area, tied at its corner', 'area', [0, 0, 106.68, 29.6]],
    ['an area, tied at its middle', 'area', [0.5, 0.5, 106.68 + STEP_DEG / 2, 29.6 - STEP_DEG / 2]],
    ['a point', 'point', [0, 0, 106.68 + STEP_DEG / 2, 29.6 - STEP_DEG / 2]],
    ['a point, tied at another sample', 'point', [10, 4, 106.68 + 10.5 * STEP_DEG, 29.6 - 4.5 * STEP_DEG]],
  ] as const)('%s: the same surface', async (what, type, tie) => {
    const raster = await readElevation(await tied(`${what}.tif`, type, [...tie]), PLACES);
    for (const place of PLACES)
      expect(Math.abs(elevationAt(raster, place) - plane(place))).toBeLessThan(0.001);
  });

  it('a point where an area was: half a sample to the north-west', async () => {
    const raster = await readElevation(await tied('moved.tif', 'point', [0, 0, 106.68, 29.6]), PLACES);
    for (const {longitudeDeg, latitudeDeg} of PLACES) {
      const from = {longitudeDeg: longitudeDeg + STEP_DEG / 2, latitudeDeg: latitudeDeg - STEP_DEG / 2};
      expect(Math.abs(elevationAt(raster, {longitudeDeg, latitudeDeg}) - plane(from))).toBeLessThan(0.001);
    }
  });
});

describe('an ESRI ASCII grid', () => {
  const HEAD = 'NCOLS 2\nNROWS 2\nXLLCENTER 106.69\nYLLCENTER 29.57\nCELLSIZE 0.02\n';

  it('may give centres, upper case and values without a height', async () => {
    const file = await made('small.asc', `${HEAD}NODATA_value -1\n10 20\n30 -1\n`);
    const raster = await readElevation(file, PLACES);
    expect(elevationAt(raster, {longitudeDeg: 106.69, latitudeDeg: 29.59})).toBeCloseTo(10, 6);
    expect(elevationAt(raster, {longitudeDeg: 106.7, latitudeDeg: 29.59})).toBeCloseTo(15, 6);
    expect(elevationAt(raster, {longitudeDeg: 106.69, latitudeDeg: 29.57})).toBeCloseTo(30, 6);
    expect(elevationAt(raster, {longitudeDeg: 106.71, latitudeDeg: 29.57})).toBeNaN();
  });

  it.each([
    ['a value too few', `${HEAD}10 20 30`, /4 values were expected \(2 x 2\), got 3/],
    ['a value too many', `${HEAD}10 20 30 40 50`, /4 values were expected \(2 x 2\), got 5/],
    ['a word among the values', `${HEAD}10 20 x 40`, /a number was expected as value 3, got x/],
    ['a header without a size', 'ncols 2\n10 20', /its header has no nrows/],
    ['a word for a size', HEAD.replace('NCOLS 2', 'NCOLS two'), /NCOLS: a number was expected, got two/],
    ['a broken size', HEAD.replace('NCOLS 2', 'NCOLS 2.5'), /ncols and nrows above 1/],
    ['a size that fills the memory', HEAD.replace('NCOLS 2', 'NCOLS 1e9'), /at most 25000000 samples/],
    ['metres of an unknown system', HEAD.replace('106.69', '665825'), /say --dem-epsg/],
    ['no grid at all', '<html>', /a GeoTIFF or an ESRI ASCII grid was expected/],
    ['nothing', '', /a GeoTIFF or an ESRI ASCII grid was expected/],
  ])('with %s is refused', async (_what, content, message) => {
    const file = await made('bad.asc', content);
    await expect(readElevation(file, PLACES)).rejects.toThrow(message);
    await expect(readElevation(file, PLACES)).rejects.toMatchObject({code: 'site_invalid'});
  });
});

describe('what is refused of a GeoTIFF', () => {
  it('a place that it does not cover, said in its own coordinates', async () => {
    const elsewhere = [{longitudeDeg: 10, latitudeDeg: 50}];
    await expect(readElevation(join(RASTERS, 'plane-4326.tif'), elsewhere)).rejects.toThrow(
      /elevations over the zones were expected \(10, 50 in EPSG:4326\), got x 106.68025 to 106.71975/,
    );
  });
  it('a reference system that is not known', async () => {
    await expect(readElevation(join(RASTERS, 'plane-4326.tif'), PLACES, 2056)).rejects.toThrow(
      /got EPSG:2056; gdalwarp/,
    );
  });
  it.each([4, 8, 100, 400])('a file that ends after %i bytes', async (length) => {
    const whole = await readFile(join(RASTERS, 'plane-4326.tif'));
    const file = await made('cut.tif', whole.subarray(0, length));
    await expect(readElevation(file, PLACES)).rejects.toMatchObject({code: 'site_invalid'});
  });
  it('a file that is not there', async () => {
    await expect(readElevation(join(folder, 'none.tif'), PLACES)).rejects.toThrow(
      /a file was expected \(ENOENT\)/,
    );
  });
});
