import {createHash} from 'node:crypto';
import {readFile, stat} from 'node:fs/promises';
import {extname, join} from 'node:path';
import {promisify} from 'node:util';
import {gzip} from 'node:zlib';
import {createValidator, LandCoverHeader, type SiteData, TerrainHeader} from '#schemas';

const compress = promisify(gzip);
const isTerrain = createValidator<TerrainHeader>(TerrainHeader);
const isLandCover = createValidator<LandCoverHeader>(LandCoverHeader);

const TYPES: Record<string, string> = {
  '.json': 'application/json; charset=utf-8',
  '.geojson': 'application/geo+json; charset=utf-8',
  '.csv': 'text/csv; charset=utf-8',
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.webp': 'image/webp',
};
/** Kinds that are compressed already. */
const PACKED = new Set(['.png', '.jpg', '.webp', '.gz', '.br']);

export type SiteFile = {bytes: Buffer; gzip: Buffer | null; etag: string; type: string};

/** The files of sites that a page may have: those that `site.json` names, and the grids that their headers name. */
export type SiteFiles = {
  /** Purpose → file name. */
  names(site: SiteData): Promise<ReadonlyMap<string, string>>;
  read(site: SiteData, name: string): Promise<SiteFile | undefined>;
};

async function gridOf<T extends {file: string}>(
  folder: string,
  header: string,
  is: (value: unknown) => value is T,
): Promise<string | undefined> {
  const parsed: unknown = JSON.parse(await readFile(join(folder, header), 'utf8'));
  return is(parsed) ? parsed.file : undefined;
}

async function namesOf({site, folder}: SiteData): Promise<Map<string, string>> {
  const names = new Map<string, string>();
  const add = (purpose: string, name: string | undefined) => {
    if (name !== undefined) names.set(purpose, name);
  };
  add('terrain', site.terrain);
  add('terrainData', await gridOf(folder, site.terrain, isTerrain));
  add('landCover', site.landCover);
  if (site.landCover !== undefined) add('landCoverData', await gridOf(folder, site.landCover, isLandCover));
  for (const purpose of ['zones', 'shoreLines', 'streams', 'paths', 'buildings'] as const) {
    add(purpose, site[purpose]);
  }
  return names;
}

/** Files are kept in memory, compressed once, until they change on disk. */
export function createSiteFiles(): SiteFiles {
  const cache = new Map<string, {stamp: string; file: SiteFile}>();
  const nameCache = new Map<string, Promise<ReadonlyMap<string, string>>>();
  const names: SiteFiles['names'] = (site) => {
    const found = nameCache.get(site.site.id) ?? namesOf(site);
    nameCache.set(site.site.id, found);
    found.catch(() => nameCache.delete(site.site.id));
    return found;
  };
  return {
    names,
    read: async (site, name) => {
      if (![...(await names(site)).values()].includes(name)) return undefined;
      const path = join(site.folder, name);
      const {mtimeMs, size} = await stat(path);
      const stamp = `${mtimeMs}-${size}`;
      const known = cache.get(path);
      if (known?.stamp === stamp) return known.file;
      const bytes = await readFile(path);
      const extension = extname(name).toLowerCase();
      const file: SiteFile = {
        bytes,
        gzip: PACKED.has(extension) || bytes.length < 1024 ? null : await compress(bytes, {level: 9}),
        etag: `W/"${createHash('sha256').update(bytes).digest('base64url').slice(0, 27)}"`,
        type: TYPES[extension] ?? 'application/octet-stream',
      };
      cache.set(path, {stamp, file});
      return file;
    },
  };
}
