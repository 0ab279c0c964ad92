import {readArchive, siteFiles} from '#ingest';
import type {SiteData} from '#schemas';
import {type PlaceArchive, type PlaceInput, readSiteClimate} from '#simulation';

/** Heights of a terrain as the header says that they lie: 16 bits each, little-endian. */
function heightsOf(bytes: Uint8Array, samples: number): Uint16Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Uint16Array.from({length: Math.min(samples, bytes.length >> 1)}, (_, i) =>
    view.getUint16(2 * i, true),
  );
}

async function archiveOf(site: SiteData): Promise<PlaceArchive | null> {
  if (site.site.species === undefined) return null;
  const {species, traits, trees, cohorts, soils, prices} = await readArchive(site);
  const days = trees.measured.filter((day) => day !== null).sort();
  return {
    date: days.at(-1) ?? null,
    species: species.map(({id}, index) => ({id, traits: traits[index]!})),
    trees,
    cohorts,
    soils,
    prices: prices?.prices ?? [],
  };
}

/**
 * What runs take from a site's files.
 * @throws {EcoError} `site_invalid` with file and place of what is wrong.
 */
export async function readPlace(site: SiteData): Promise<PlaceInput> {
  const files = siteFiles(site);
  const [header, climate, archive] = await Promise.all([files.terrain(), files.climate(), archiveOf(site)]);
  const heights = heightsOf(await files.grid(header), header.columns * header.rows);
  return {
    site: site.site,
    zones: site.zones,
    terrain: heights.length === header.columns * header.rows ? {header, heights} : null,
    climate: climate === null ? null : readSiteClimate(climate, `${site.folder}/${site.site.climate}`),
    responseUnits: [],
    archive,
  };
}
