import {
  type Device,
  type DeviceRecord,
  EcoError,
  type MoveDeviceBody,
  type NewCalibrationBody,
  type Registry,
  type ReplaceDeviceBody,
  type ReplaceDeviceResult,
  upTopic,
} from '#schemas';
import {newCredential} from '../access/index.ts';
import {instant} from '../bodies/instant.ts';
import {queryInstant} from '../routes/instants.ts';

type Parts = {registry: Registry; now: () => number};

/** A time that was said, else now; not one to come: what is not yet so is not kept. */
function momentOf(at: string | undefined, nowMs: number): number {
  if (at === undefined) return nowMs;
  const atMs = queryInstant('at', at);
  if (atMs <= nowMs) return atMs;
  throw new EcoError(
    'time_invalid',
    `at: a time not later than now (${instant(nowMs)}) was expected, got ${at}`,
  );
}

/** @throws {EcoError} `device_unknown` (404); `device_of_site` (409) for a virtual device, which its site's files place. */
function requireReal(registry: Registry, id: string): DeviceRecord {
  const record = registry.device(id);
  if (!record) throw new EcoError('device_unknown', `no device ${id}`, 404);
  if (record.device.origin === 'measured') return record;
  throw new EcoError(
    'device_of_site',
    `${id} is a virtual device of site ${record.site}: its files say where it stands`,
    409,
  );
}

/**
 * From a time on, `by` stands where `id` stood. A device that is not known is added: of the same model, sensors and
 * interval, unless the body names a model, with a password that is shown this once.
 * @throws {EcoError} `device_unknown`, `model_unknown` (404), `device_not_deployed`, `device_waiting`, `id_taken`,
 * `station_invalid`, `time_invalid` (409).
 */
export async function replaceDevice(
  {registry, now}: Parts,
  id: string,
  body: ReplaceDeviceBody,
): Promise<ReplaceDeviceResult> {
  const old = requireReal(registry, id);
  const atMs = momentOf(body.at, now());
  const reason = body.reason ?? null;
  if (registry.device(body.by)) {
    if (body.model !== undefined || body.serial !== undefined) {
      throw new EcoError(
        'device_exists',
        `there is a device ${body.by} already: it has its model and serial`,
        409,
      );
    }
    const {by, datastreams} = await registry.replaceDevice(id, {by: body.by, atMs, reason});
    return {old: id, by: body.by, station: by.station, at: instant(atMs), datastreams};
  }
  if (registry.credential(body.by)) {
    throw new EcoError('id_taken', `the user name ${body.by} is taken`, 409);
  }
  const model = body.model ?? old.model.id;
  const {name, sensors, limits, intervalS, ...place} = old.device;
  const alike = model === old.model.id ? {sensors, limits, intervalS} : {};
  const device = Object.fromEntries(
    Object.entries({...place, ...alike, id: body.by, model, serial: body.serial}).filter(
      ([, value]) => value !== undefined,
    ),
  ) as Device;
  const {site} = old;
  const {password, credential} = newCredential({kind: 'device', username: body.by, site, device: body.by});
  const {by, datastreams} = await registry.replaceDevice(id, {by: device, credential, atMs, reason});
  return {
    old: id,
    by: body.by,
    station: by.station,
    at: instant(atMs),
    datastreams,
    credentials: {id: body.by, username: body.by, password, topic: upTopic(site, body.by)},
  };
}

/** @throws {EcoError} `device_unknown` (404), `device_not_deployed`, `time_invalid` (409). */
export async function moveDevice(
  {registry, now}: Parts,
  id: string,
  body: MoveDeviceBody,
): Promise<DeviceRecord> {
  requireReal(registry, id);
  const {at, reason, ...position} = body;
  return await registry.moveDevice(id, {...position, atMs: momentOf(at, now()), reason: reason ?? null});
}

/** @throws {EcoError} `device_unknown`, `element_unknown` (404), `calibrations_full` (409). */
export async function calibrateDevice(
  {registry, now}: Parts,
  id: string,
  {at, element, note, who}: NewCalibrationBody,
): Promise<DeviceRecord> {
  if (element !== undefined && !registry.element(element)) {
    throw new EcoError('element_unknown', `no element ${element}`, 404);
  }
  return await registry.addCalibration(id, {
    atMs: momentOf(at, now()),
    element: element ?? null,
    note,
    who,
  });
}
