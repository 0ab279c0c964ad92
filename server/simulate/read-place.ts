import {join} from 'node:path';
import {type Archive, siteFiles} from '#ingest';
import {createValidator, EcoError, type Scenario, type SiteData, type SoilClass, SoilFile} from '#schemas';
import {type PlaceInput, readResponseUnits, readSiteClimate} from '#simulation';

const validSoils = createValidator<SoilFile>(SoilFile);

/** Heights of a terrain file, which is little-endian whatever the machine is. */
function littleEndian(bytes: Uint8Array): Uint16Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Uint16Array.from({length: bytes.byteLength >> 1}, (_, k) => view.getUint16(2 * k, true));
}

/**
 * A site as simulations take it, from its files and its archive; with the tables of a scenario that names others than the usual ones.
 * @throws {EcoError} (rejection) `site_invalid` with file, field and what was expected.
 */
export async function readPlace(
  data: SiteData,
  archive: Archive,
  tables: Pick<Scenario, 'soils' | 'responseUnits'> = {},
): Promise<PlaceInput> {
  const {site, zones, folder} = data;
  const files = siteFiles(data);
  const unitsName = tables.responseUnits ?? site.responseUnits;
  const [header, climate, rows, soilFile] = await Promise.all([
    files.terrain(),
    files.climate(),
    unitsName === undefined ? null : files.table(unitsName),
    tables.soils === undefined ? null : files.table(tables.soils),
  ]);
  const bytes = await files.grid(header);
  let soils: readonly SoilClass[] = archive.soils;
  if (soilFile !== null) {
    if (!validSoils(soilFile)) {
      throw new EcoError('site_invalid', `${join(folder, tables.soils!)}: ${validSoils.problem()}`);
    }
    soils = soilFile.soils;
  }
  return {
    site,
    zones,
    terrain: {header, heights: littleEndian(bytes)},
    climate: climate === null ? null : readSiteClimate(climate, join(folder, site.climate!)),
    responseUnits: readResponseUnits(
      rows,
      join(folder, unitsName ?? ''),
      new Set(zones.map(({properties}) => properties.id)),
    ),
    archive: {...archive, soils},
  };
}
