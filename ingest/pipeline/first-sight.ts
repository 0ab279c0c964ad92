import {
  type Device,
  type DeviceRecord,
  InputError,
  type Principal,
  type ReadingMap,
  type Registry,
} from '#schemas';
import {speaksFor} from './topics.ts';

/** Model of devices that nobody described: any element may come. */
const UNDESCRIBED = 'generic-json';

/**
 * Devices that wait or were refused, at most: beyond, those that nobody knows stay letters, so that what sends under ever
 * new names cannot fill the registry.
 */
const MOST_OUTSIDE = 1000;

/** @throws {InputError} `device_waiting`, `device_refused`. */
export function requireAdmitted({device: {id}, status}: DeviceRecord): void {
  if (status === 'waiting') throw new InputError('device_waiting', `${id} waits for approval`);
  if (status === 'refused') throw new InputError('device_refused', `${id} was refused`);
}

/** A device that a map tells of and nobody knows. It is on its way into the registry; then the message is read again. */
export class FirstSight extends Error {
  readonly added: Promise<unknown>;
  constructor(device: string, added: Promise<unknown>) {
    super(`${device} was seen for the first time`);
    this.added = added;
  }
}

/**
 * Devices that come through maps. A new one goes into the waiting room, or straight in where the map approves on sight;
 * one that is known must be the bridge's to speak for.
 */
export function createSights({registry}: {registry: Registry}) {
  const adding = new Map<string, FirstSight>();

  function allow(map: ReadingMap, device: string, principal: Principal): void {
    if (principal.kind === 'device') return;
    const limited = principal.devices !== null || principal.devicePrefix !== null;
    // Without a list or prefix a bridge speaks for whom its map names, but for no device that speaks for itself.
    const allowed = limited
      ? speaksFor(principal, principal.site, device)
      : (map.devicePrefix ?? '') !== '' || registry.credential(device) === undefined;
    if (!allowed) {
      throw new InputError('topic_forbidden', `${principal.username} may not publish for ${device}`);
    }
  }

  /** @throws {InputError} `device_unknown` if no more can wait. */
  function requireRoom(id: string): void {
    const outside = registry.devices().filter(({status}) => status === 'waiting' || status === 'refused');
    if (outside.length + adding.size < MOST_OUTSIDE) return;
    throw new InputError(
      'device_unknown',
      `no device ${id}, and the waiting room is full: ${MOST_OUTSIDE} wait or were refused; let some in or remove them`,
    );
  }

  return {
    /** @throws {InputError} `topic_forbidden`, `device_waiting`, `device_refused`. */
    check(map: ReadingMap, record: DeviceRecord, principal: Principal): void {
      allow(map, record.device.id, principal);
      if (record.site !== principal.site) {
        throw new InputError(
          'topic_forbidden',
          `${record.device.id} is of another site than ${principal.username}`,
        );
      }
      requireAdmitted(record);
    },

    /** Sets a device on its way into the registry. @throws {InputError} `topic_forbidden`, `device_unknown`. */
    first(map: ReadingMap, id: string, principal: Principal, label?: string): FirstSight {
      allow(map, id, principal);
      const under = adding.get(id);
      if (under) return under;
      if (!map.autoApprove) requireRoom(id);
      const added = registry.addDevice(describe(registry, map, id, principal.site, label), {
        site: principal.site,
        status: map.autoApprove ? 'active' : 'waiting',
      });
      const sight = new FirstSight(id, added);
      adding.set(id, sight);
      const over = () => adding.delete(id);
      added.then(over, over);
      return sight;
    },
  };
}

/** A device as far as its map tells: at the map's position for it, else in the middle of the site. */
function describe(
  registry: Registry,
  map: ReadingMap,
  id: string,
  site: string,
  label: string | undefined,
): Device {
  const name = id.slice((map.devicePrefix ?? '').length);
  const position = map.positions?.[name] ?? map.positions?.['*'];
  const origin = registry.sites().find((one) => one.site.id === site)?.site.origin;
  return {
    id,
    model: map.deviceModel ?? UNDESCRIBED,
    ...(label === undefined ? {} : {name: {en: label, zh: label}}),
    longitudeDeg: position?.longitudeDeg ?? origin?.longitudeDeg ?? 0,
    latitudeDeg: position?.latitudeDeg ?? origin?.latitudeDeg ?? 0,
    ...(position?.groundM === undefined ? {} : {groundM: position.groundM}),
    ...(map.intervalS === undefined ? {} : {intervalS: map.intervalS}),
    origin: 'measured',
  };
}
