import {readFile} from 'node:fs/promises';
import type {Site} from '#schemas';
import {readSiteFiles, type SiteGround} from '../../../twin-ui/engine/site-files.ts';

const ROOT = new URL('../../../', import.meta.url);

/** Reads a site as the page does, from the folder instead of over HTTP. */
export async function readSite(folder: string): Promise<SiteGround> {
  const base = new URL(`${folder}/`, ROOT);
  const json = async (name: string) => JSON.parse(await readFile(new URL(name, base), 'utf8'));
  const site: Site = await json('site.json');
  const files: Record<string, string> = {terrain: site.terrain, zones: site.zones};
  for (const key of ['landCover', 'streams', 'paths', 'buildings'] as const) {
    const name = site[key];
    if (name !== undefined) files[key] = name;
  }
  files['terrainData'] = (await json(site.terrain)).file;
  if (site.landCover) files['landCoverData'] = (await json(site.landCover)).file;
  return readSiteFiles(
    {origin: site.origin, files, waterBody: site.waterBody ?? null},
    () => {},
    async (path, as) => {
      if (as === 'json') return json(path);
      const bytes = await readFile(new URL(path, base));
      return bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as never;
    },
  );
}
