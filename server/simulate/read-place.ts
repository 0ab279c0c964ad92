import {join} from 'node:path';
import {type Archive, siteFiles} from '#ingest';
import type {SiteData} from '#schemas';
import {type PlaceInput, readResponseUnits, readSiteClimate} from '#simulation';

/** Heights of a terrain file, which is little-endian whatever the machine is. */
function littleEndian(bytes: Uint8Array): Uint16Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Uint16Array.from({length: bytes.byteLength >> 1}, (_, k) => view.getUint16(2 * k, true));
}

/**
 * A site as simulations take it, from its files and its archive. `responseUnits`: another of its tables than the usual one.
 * @throws {EcoError} (rejection) `site_invalid` with file, field and what was expected.
 */
export async function readPlace(
  data: SiteData,
  archive: Archive,
  responseUnits?: string,
): Promise<PlaceInput> {
  const {site, zones, folder} = data;
  const files = siteFiles(data);
  const [header, climate, rows] = await Promise.all([
    files.terrain(),
    files.climate(),
    files.responseUnits(responseUnits),
  ]);
  const bytes = await files.grid(header);
  return {
    site,
    zones,
    terrain: {header, heights: littleEndian(bytes)},
    climate: climate === null ? null : readSiteClimate(climate, join(folder, site.climate!)),
    responseUnits: readResponseUnits(
      rows,
      join(folder, responseUnits ?? site.responseUnits ?? ''),
      new Set(zones.map(({properties}) => properties.id)),
    ),
    archive,
  };
}
