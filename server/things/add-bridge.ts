import {EcoError, type NewBridgeBody, type NewBridgeResult, type Registry, TOPIC_ROOT} from '#schemas';
import {newCredential} from '../access/index.ts';
import {siteOrOnly} from './add-device.ts';
import type {MapLibrary} from './map-library.ts';

/**
 * Adds a bridge, or gives one that is there a new token, devices and map.
 * @throws {EcoError} `bridge_empty` if it would speak for nobody, `map_unknown`, `id_taken` (409) by a device.
 */
export async function addBridge(
  registry: Registry,
  maps: MapLibrary,
  body: NewBridgeBody,
): Promise<NewBridgeResult> {
  const site = siteOrOnly(registry, body.site);
  if (registry.device(body.id) || registry.credential(body.id)?.principal.kind === 'device') {
    throw new EcoError('id_taken', `the user name ${body.id} is that of a device`, 409);
  }
  const map =
    typeof body.map === 'object'
      ? await maps.add(body.map)
      : body.map === undefined
        ? null
        : maps.get(body.map);
  if (map === undefined) {
    const known = maps.all().map(({id}) => id);
    throw new EcoError('map_unknown', `no map ${String(body.map)}; there are ${known.join(', ')}`, 404);
  }
  const devicePrefix = body.devicePrefix ?? (map?.devicePrefix || null);
  const devices = body.devices ?? null;
  if (devicePrefix === null && (devices === null || devices.length === 0)) {
    throw new EcoError(
      'bridge_empty',
      'say for which devices the bridge speaks: devices, devicePrefix, or that of its map',
    );
  }
  const {password, credential} = newCredential({
    kind: 'bridge',
    username: body.id,
    site,
    devices,
    devicePrefix,
    map: map?.id ?? null,
  });
  await registry.addCredential(credential);
  return {
    id: body.id,
    username: body.id,
    password,
    topic: `${TOPIC_ROOT}/${site}/{device}/up`,
    hook: `/api/v1/hooks/${body.id}`,
    map: map?.id ?? null,
  };
}
