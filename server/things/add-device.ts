import {
  type Device,
  EcoError,
  type NewDeviceBody,
  type NewDeviceResult,
  type Registry,
  upTopic,
} from '#schemas';
import {newCredential} from '../access/index.ts';

export const DEFAULT_MODEL = 'generic-json';

/** The site meant where none is named: the only one served. */
export function siteOrOnly(registry: Registry, site: string | undefined): string {
  const ids = registry.sites().map((one) => one.site.id);
  if (site !== undefined) {
    if (ids.includes(site)) return site;
    throw new EcoError('site_unknown', `no site ${site}; there are ${ids.join(', ')}`, 404);
  }
  if (ids.length === 1) return ids[0]!;
  throw new EcoError('site_required', `several sites are served; say which: ${ids.join(', ')}`);
}

/**
 * Adds a device with a station of its own there and gives its credentials, which are shown this once.
 * @throws {EcoError} `device_exists`, `id_taken` (409), `site_unknown`, `model_unknown`, `zone_unknown`.
 */
export async function addDevice(registry: Registry, body: NewDeviceBody): Promise<NewDeviceResult> {
  const site = siteOrOnly(registry, body.site);
  const taken = registry.credential(body.id)?.principal;
  if (taken && !(taken.kind === 'device' && taken.device === body.id)) {
    throw new EcoError('id_taken', `the user name ${body.id} is that of a ${taken.kind}`, 409);
  }
  const device: Device = {
    id: body.id,
    model: body.model ?? DEFAULT_MODEL,
    longitudeDeg: body.longitudeDeg,
    latitudeDeg: body.latitudeDeg,
    origin: 'measured',
    ...(body.serial === undefined ? {} : {serial: body.serial}),
    ...(body.name === undefined ? {} : {name: body.name}),
    ...(body.zone === undefined ? {} : {zone: body.zone}),
    ...(body.intervalS === undefined ? {} : {intervalS: body.intervalS}),
  };
  await registry.addDevice(device, {site});
  const {password, credential} = newCredential({kind: 'device', username: body.id, site, device: body.id});
  await registry.addCredential(credential);
  return {id: body.id, username: body.id, password, topic: upTopic(site, body.id)};
}
