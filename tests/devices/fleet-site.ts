import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {type FleetSite, readFleetSite} from '#devices';
import type {Device, DeviceFile, Site, ZoneCollection} from '#schemas';

const ROOT = join(import.meta.dirname, '../..');
export const ISLAND_FOLDER = join(ROOT, 'sites/guangyang');
export const SALTMARSH_FOLDER = join(ROOT, 'tests/fixtures/sites/lake-saltmarsh');

/** A site of the repository as the fleet takes it, read without the registry (which belongs to a later part). */
export function fleetSite(folder: string): Promise<FleetSite> {
  const read = <T>(name: string) => JSON.parse(readFileSync(join(folder, name), 'utf8')) as T;
  const site = read<Site>('site.json');
  const file = read<DeviceFile>(site.devices);
  return readFleetSite({
    site,
    folder,
    zones: read<ZoneCollection>(site.zones).features,
    devices: file.devices as Device[],
    gateways: file.gateways ?? [],
  });
}
