import {requireNotRefused} from '#ingest';
import {type Device, EcoError, type NewDeviceResult, type Registry, upTopic} from '#schemas';
import {newCredential} from '../access/index.ts';
import {siteOrOnly} from './add-device.ts';

/**
 * Adds devices as a map describes them, or gives new credentials to those that the same map made before (they carry its
 * name), so that a replay can be run again. All are checked before any is added.
 * @throws {EcoError} `device_exists` (409) if one is a device of somebody else, `device_refused` if a person keeps one out.
 */
export async function addMapDevices(
  registry: Registry,
  body: {site?: string; devices: readonly Device[]},
): Promise<NewDeviceResult[]> {
  const site = siteOrOnly(registry, body.site);
  for (const device of body.devices) {
    const known = registry.device(device.id);
    const same =
      known?.site === site && known.device.name?.en === device.name?.en && known.status === 'active';
    if (known) requireNotRefused(known);
    if (known && !same && known.status !== 'waiting') {
      throw new EcoError(
        'device_exists',
        `there is a device ${device.id} that this map did not make; give the map a devicePrefix of its own`,
        409,
      );
    }
    if (device.origin !== 'measured') {
      throw new EcoError(
        'device_invalid',
        `device ${device.id}: origin measured was expected, got ${device.origin}`,
      );
    }
  }
  const added: NewDeviceResult[] = [];
  for (const device of body.devices) {
    if (registry.device(device.id)?.status !== 'active') await registry.addDevice(device, {site});
    const {password, credential} = newCredential({
      kind: 'device',
      username: device.id,
      site,
      device: device.id,
    });
    await registry.addCredential(credential);
    added.push({id: device.id, username: device.id, password, topic: upTopic(site, device.id)});
  }
  return added;
}
