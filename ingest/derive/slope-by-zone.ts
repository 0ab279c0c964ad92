import {slopeFactor} from '#model';
import type {SiteData} from '#schemas';
import {siteFiles} from '../registry/site-files.ts';

/** Uninterrupted slope length taken where a zone names none, m: paths, terraces and ditches cut longer ones. A guess. */
const USUAL_SLOPE_LENGTH_M = 30;

/**
 * Mean slope factor LS of each zone of the land cover, from the terrain's own grid: slope of each sample by central
 * differences, LS of each sample, mean over the zone's samples. Empty where a site has no land cover, or one on another
 * grid than its terrain.
 */
export async function slopeFactorsByZone(site: SiteData): Promise<Map<string, number>> {
  const files = siteFiles(site);
  const [terrain, cover] = await Promise.all([files.terrain(), files.landCover()]);
  const factors = new Map<string, number>();
  if (
    cover === null ||
    cover.columns !== terrain.columns ||
    cover.rows !== terrain.rows ||
    cover.stepM !== terrain.stepM
  ) {
    return factors;
  }
  const [heightBytes, classBytes] = await Promise.all([files.grid(terrain), files.grid(cover)]);
  const {columns, rows, stepM, resolutionM} = terrain;
  const samples = columns * rows;
  if (heightBytes.length < samples * 2 || classBytes.length < samples) return factors;
  const view = new DataView(heightBytes.buffer, heightBytes.byteOffset, heightBytes.byteLength);

  const lengthOf = new Map<string, number>();
  for (const {properties} of site.zones) {
    // Zones may carry properties of their own.
    const own: Record<string, unknown> = properties;
    const stated = own['slopeLengthM'];
    if (typeof stated === 'number' && stated > 0) lengthOf.set(properties.id, stated);
  }
  const sums = new Float64Array(256);
  const counts = new Float64Array(256);
  const lengths = new Float64Array(256).fill(USUAL_SLOPE_LENGTH_M);
  for (const {index, zone} of cover.classes) lengths[index] = lengthOf.get(zone) ?? USUAL_SLOPE_LENGTH_M;
  const height = (sample: number): number => view.getUint16(sample * 2, true) * resolutionM;
  for (let row = 1; row + 1 < rows; row++) {
    for (let column = 1; column + 1 < columns; column++) {
      const sample = row * columns + column;
      const east = (height(sample + 1) - height(sample - 1)) / (2 * stepM);
      const north = (height(sample - columns) - height(sample + columns)) / (2 * stepM);
      const slopeDeg = (Math.atan(Math.hypot(east, north)) * 180) / Math.PI;
      const index = classBytes[sample]!;
      sums[index]! += slopeFactor(slopeDeg, lengths[index]!);
      counts[index]! += 1;
    }
  }
  for (const {index, zone} of cover.classes) {
    if (counts[index]! > 0) factors.set(zone, sums[index]! / counts[index]!);
  }
  return factors;
}
