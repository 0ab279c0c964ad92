import {readFile} from 'node:fs/promises';
import {join} from 'node:path';
import {type Device, EcoError, type Site, type ZoneFeature} from '#schemas';
import {type Climate, readClimate} from './climate.ts';

/** A site's files as the registry loads them: what `readFleetSite` starts from. */
export type SiteFiles = {
  site: Site;
  zones: readonly ZoneFeature[];
  folder: string;
  devices: readonly Device[];
  gateways?: readonly {id: string; longitudeDeg: number; latitudeDeg: number}[];
};

/** A line of water and what it drains, from the site's streams file. */
export type Stream = {
  id: string;
  /** Land above its mouth. */
  catchmentHa: number | null;
  /** Lake that it leaves, and the lake or river that it reaches. */
  from: string | null;
  outlet: string | null;
};

/** All that the virtual island is made of. No number of the place stands in code. */
export type FleetSite = {
  site: Site;
  zones: readonly ZoneFeature[];
  devices: readonly Device[];
  gateways: readonly {id: string; longitudeDeg: number; latitudeDeg: number}[];
  climate: Climate;
  streams: readonly Stream[];
};

async function readJson(folder: string, name: string): Promise<unknown> {
  const path = join(folder, name);
  try {
    return JSON.parse(await readFile(path, 'utf8'));
  } catch (cause) {
    throw new EcoError('site_invalid', `${path}: expected a JSON file (${(cause as Error).message})`);
  }
}

function streamsOf(value: unknown): Stream[] {
  const features = (value as {features?: unknown[]} | null)?.features;
  if (!Array.isArray(features)) return [];
  return features.flatMap((feature) => {
    const properties = (feature as {properties?: Record<string, unknown>}).properties ?? {};
    const id = properties['id'];
    if (typeof id !== 'string') return [];
    const text = (name: string) =>
      typeof properties[name] === 'string' ? (properties[name] as string) : null;
    const catchmentHa = properties['catchmentHa'];
    return [
      {
        id,
        catchmentHa: typeof catchmentHa === 'number' ? catchmentHa : null,
        from: text('from'),
        outlet: text('outlet'),
      },
    ];
  });
}

/** Whether a site has virtual devices and the climate that they need. */
export function hasFleet(files: SiteFiles): boolean {
  return files.site.climate !== undefined && files.devices.some((device) => device.origin === 'virtual');
}

/**
 * Adds climate and streams to a site's files.
 * @throws {EcoError} `site_invalid` if the site names no climate or the file is not as expected.
 */
export async function readFleetSite(files: SiteFiles): Promise<FleetSite> {
  const {site, zones, folder, devices} = files;
  if (site.climate === undefined) {
    throw new EcoError(
      'site_invalid',
      `site ${site.id}: a virtual fleet needs a climate file, site.json names none`,
    );
  }
  const [climate, streams] = await Promise.all([
    readJson(folder, site.climate),
    site.streams === undefined ? null : readJson(folder, site.streams),
  ]);
  return {
    site,
    zones,
    devices,
    gateways: files.gateways ?? [],
    climate: readClimate(climate, join(folder, site.climate)),
    streams: streamsOf(streams),
  };
}
