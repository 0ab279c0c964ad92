import {
  type Calibration,
  type Device,
  type DeviceModel,
  type DeviceRecord,
  type DocumentStore,
  EcoError,
  type Placement,
  type Refusal,
  type Station,
} from '#schemas';
import type {PlacementTable} from './placements.ts';
import type {LoadedSite} from './site-files.ts';
import {pointIn, zoneAt} from './zone-at.ts';

const COLLECTION = 'device';
const LONGEST_ID = 64;
/** A visit a week for forty years. */
const MOST_CALIBRATIONS = 2000;

/** Of an added device; that it was replaced is told by its placements. */
type Standing = Exclude<DeviceRecord['status'], 'retired'>;

/** @throws {EcoError} `device_refused`: what a person keeps out does not come in by another way. */
export function requireNotRefused({device: {id}, status, refusal}: DeviceRecord): void {
  if (status !== 'refused') return;
  throw new EcoError('device_refused', `${id} was refused by ${refusal?.who}: let it wait again first`, 409);
}

/** A device that was added, as it is kept. */
type DeviceDocument = {
  schemaVersion: 1;
  device: Device;
  site: string;
  status: Standing;
  createdMs: number;
  /** With `refused`. */
  refusal?: Refusal;
};

/** A change that is to become durable together with others: what to write, and what it does once it is. */
export type Change<T = void> = {
  entries: {collection: string; id: string; value: unknown}[];
  apply(): T;
  /** What was taken for it meanwhile is free again. */
  abandon?(): void;
};

export type NewPosition = Pick<Placement, 'longitudeDeg' | 'latitudeDeg'> &
  Partial<Pick<Placement, 'groundM' | 'heightM'>>;

export type DeviceTable = {
  list(site?: string): DeviceRecord[];
  get(id: string): DeviceRecord | undefined;
  stations(site?: string): Station[];
  station(id: string): Station | undefined;
  add(device: Device, options: {site: string; status?: 'active' | 'waiting'}): Promise<DeviceRecord>;
  /** Keeps a waiting device out. */
  refusing(id: string, refusal: Refusal): Change<DeviceRecord>;
  /** Lets a refused device wait again. */
  waiting(id: string): Change<DeviceRecord>;
  /** From a time on, `by` stands where `id` stood, and `id` nowhere. */
  replacing(
    id: string,
    of: {by: string | Device; atMs: number; reason: string | null},
  ): Change<{old: DeviceRecord; by: DeviceRecord}> & {station: string; by: string; placement: Placement};
  moving(
    id: string,
    to: NewPosition & {atMs: number; reason: string | null},
  ): Change<DeviceRecord> & {
    station: string;
    placement: Placement;
  };
  calibrating(id: string, calibration: Calibration): Change<DeviceRecord>;
  /** Gives the devices of these models their model as it is now. */
  remodel(models: ReadonlySet<string>): void;
  /** Forgets added devices of these ids and the stations that only they stood at. */
  remove(ids: readonly string[]): Promise<void>;
};

/**
 * Devices of the sites' own files and those that were added, and the stations they stand at. Ids of devices and stations
 * are unique in the instance; virtual devices that are not listed keep theirs.
 */
export function createDeviceTable(options: {
  documents: DocumentStore;
  placements: PlacementTable;
  sites: readonly LoadedSite[];
  models: ReadonlyMap<string, DeviceModel>;
  includeVirtual: boolean;
  now: () => number;
}): DeviceTable {
  const {documents, placements: placed, models, includeVirtual, now} = options;
  const sites = new Map(options.sites.map((site) => [site.site.id, site]));
  const devices = new Map<string, DeviceRecord>();
  /** Devices as they were added or stand in the site's file. */
  const added = new Map<string, Device>();
  const stations = new Map<string, Station>();
  /** What each id in use is, with those of virtual devices that are not listed: `device d1 of site a`. */
  const taken = new Map<string, string>();

  function siteOf(id: string): LoadedSite {
    const site = sites.get(id);
    if (site) return site;
    throw new EcoError('site_unknown', `no site ${id}; served are ${[...sites.keys()].join(', ')}`, 404);
  }

  function modelOf(device: Device): DeviceModel {
    const model = models.get(device.model);
    if (model) return model;
    throw new EcoError(
      'model_unknown',
      `device ${device.id}: model ${device.model} is not known; known are ${[...models.keys()].join(', ')}`,
    );
  }

  /** `device` as it was added: its position is that of its first placement. */
  function recordOf(
    device: Device,
    of: {site: LoadedSite; status: Standing; createdMs: number; refusal?: Refusal | null},
  ): DeviceRecord {
    const placements = placed.placements(device);
    const newest = placements.at(-1)!;
    const moved = placements.some(
      ({longitudeDeg, latitudeDeg}) =>
        longitudeDeg !== device.longitudeDeg || latitudeDeg !== device.latitudeDeg,
    );
    const zone = device.zone === undefined || moved ? zoneOf(of.site, newest) : device.zone;
    added.set(device.id, device);
    const {longitudeDeg, latitudeDeg, groundM, heightM} = newest;
    return {
      device: moved
        ? {
            ...device,
            longitudeDeg,
            latitudeDeg,
            ...(groundM === null ? {} : {groundM}),
            ...(heightM === null ? {} : {heightM}),
          }
        : device,
      site: of.site.site.id,
      zone,
      station: placements.findLast(({station}) => station !== null)?.station ?? device.id,
      model: modelOf(device),
      status: newest.station === null ? 'retired' : of.status,
      refusal: of.refusal ?? null,
      createdMs: of.createdMs,
      placements,
      calibrations: placed.calibrations(device.id),
    };
  }

  /** The record of a device after its placements or calibrations changed. */
  function recordAgain({device: {id}, site, status, createdMs, refusal}: DeviceRecord): DeviceRecord {
    return recordOf(added.get(id)!, {
      site: siteOf(site),
      status: status === 'retired' ? 'active' : status,
      createdMs,
      refusal,
    });
  }

  /** A station that one device alone stands at is where that device is. */
  function follow(id: string): void {
    const station = stations.get(id);
    const there = [...devices.values()].filter(
      (record) => record.station === id && record.status !== 'retired',
    );
    const [only] = there;
    if (!station || there.length !== 1 || !only || only.placements.length < 2) return;
    const {longitudeDeg, latitudeDeg, groundM} = only.device;
    stations.set(id, {...station, longitudeDeg, latitudeDeg, groundM: groundM ?? null, zone: only.zone});
  }

  function place(station: Station): void {
    if (station.id.length > LONGEST_ID) {
      throw new EcoError(
        'site_invalid',
        `station ${station.id}: an id of at most ${LONGEST_ID} characters was expected`,
      );
    }
    stations.set(station.id, station);
  }

  function zoneOf(site: LoadedSite, {longitudeDeg, latitudeDeg}: Placement): string | null {
    return zoneAt(site.zones, longitudeDeg, latitudeDeg);
  }

  /** Lists a device, and the stations that it stands or stood at; one that is kept out stands nowhere. */
  function show(record: DeviceRecord): void {
    const {device, site, placements} = record;
    devices.set(device.id, record);
    if (record.status === 'refused') return;
    for (const placement of placements) {
      const {station, longitudeDeg, latitudeDeg, groundM} = placement;
      if (station === null) continue;
      const named = station === device.id ? device.name : undefined;
      const known = stations.get(station);
      if (known) {
        if (named) stations.set(station, {...known, name: named});
        continue;
      }
      place({
        id: station,
        site,
        zone: placements.length === 1 ? record.zone : zoneOf(siteOf(site), placement),
        name: named ?? {en: station, zh: station},
        longitudeDeg,
        latitudeDeg,
        groundM,
        origin: device.origin,
      });
    }
  }

  function claim(id: string, by: string): void {
    const holder = taken.get(id);
    if (holder !== undefined && holder !== by) {
      throw new EcoError('id_taken', `id ${id} of ${by} is already that of ${holder}`, 409);
    }
    taken.set(id, by);
  }

  /** The stations of what no device measured: the site, and each of its zones. */
  function placeSite({site, zones, devices: own}: LoadedSite): void {
    const origin =
      includeVirtual && own.some((device) => device.origin === 'virtual') ? 'virtual' : 'measured';
    claim(site.id, `site ${site.id}`);
    const {longitudeDeg, latitudeDeg} = site.origin;
    place({
      id: site.id,
      site: site.id,
      zone: null,
      name: site.name,
      longitudeDeg,
      latitudeDeg,
      groundM: null,
      origin,
    });
    for (const zone of zones) {
      const {id, name} = zone.properties;
      const station = `${site.id}-${id}`;
      claim(station, `zone ${id} of site ${site.id}`);
      place({id: station, site: site.id, zone: id, name, ...pointIn(zone), groundM: null, origin});
    }
  }

  for (const site of sites.values()) placeSite(site);
  for (const site of sites.values()) {
    for (const device of site.devices) {
      claim(device.id, `device ${device.id} of site ${site.site.id}`);
      if (device.origin === 'virtual' && !includeVirtual) continue;
      show(recordOf(device, {site, status: 'active', createdMs: 0}));
    }
  }
  for (const kept of documents.all<DeviceDocument>(COLLECTION)) {
    const site = sites.get(kept.site);
    // A site that is not served now keeps its devices for when it is again.
    if (!site) continue;
    claim(kept.device.id, `added device ${kept.device.id} of site ${kept.site}`);
    const {status, createdMs, refusal} = kept;
    show(recordOf(kept.device, {site, status, createdMs, ...(refusal && {refusal})}));
  }
  for (const {station, placements} of devices.values()) if (placements.length > 1) follow(station);

  /** Checks that a new device may stand where it says. */
  function checkStation(device: Device, site: string): void {
    const station = device.station ?? device.id;
    const found = stations.get(station);
    if (!found) {
      if (station !== device.id && taken.has(station)) {
        throw new EcoError(
          'id_taken',
          `station ${station} of device ${device.id} is ${taken.get(station)}`,
          409,
        );
      }
      return;
    }
    if (found.site !== site) {
      throw new EcoError(
        'station_invalid',
        `station ${station} stands at site ${found.site}, device ${device.id} at ${site}`,
      );
    }
    if (found.origin !== device.origin) {
      // One series must not hold measured and virtual values.
      throw new EcoError(
        'station_invalid',
        `station ${station} is ${found.origin}, device ${device.id} ${device.origin}: they need stations of their own`,
      );
    }
  }

  function requireDevice(id: string): DeviceRecord {
    const record = devices.get(id);
    if (record) return record;
    throw new EcoError('device_unknown', `no device ${id}`, 404);
  }

  /** Whether another device stands or stood at a station. */
  function standsAnother(station: string, but: string): boolean {
    return [...devices.values()].some(
      ({device, placements}) =>
        device.id !== but && placements.some((placement) => placement.station === station),
    );
  }

  /** Another standing of an added device, as it was added. */
  function standing(
    record: DeviceRecord,
    status: 'waiting' | 'refused',
    refusal: Refusal | null,
  ): Change<DeviceRecord> {
    const {site, createdMs} = record;
    const {id} = record.device;
    const device = added.get(id)!;
    const value: DeviceDocument = {
      schemaVersion: 1,
      device,
      site,
      status,
      createdMs,
      ...(refusal && {refusal}),
    };
    return {
      entries: [{collection: COLLECTION, id, value}],
      apply: () => {
        const after = recordOf(device, {site: siteOf(site), status, createdMs, refusal});
        // A station of its own comes and goes with it.
        if (!standsAnother(id, id)) stations.delete(id);
        show(after);
        return after;
      },
    };
  }

  /** Placements only grow: the next begins after the newest did. */
  function requireLater(id: string, newest: Placement, atMs: number): void {
    if (newest.fromMs === null || atMs > newest.fromMs) return;
    const since = new Date(newest.fromMs).toISOString();
    throw new EcoError(
      'time_invalid',
      `${id} stands where it is since ${since}: a later time was expected, got ${new Date(atMs).toISOString()}`,
      409,
    );
  }

  /** One series must not hold measured and virtual values, nor those of two sites. */
  function requireAlike(old: DeviceRecord, by: Pick<DeviceRecord, 'device' | 'site'>): void {
    if (old.site === by.site && old.device.origin === by.device.origin) return;
    throw new EcoError(
      'station_invalid',
      `${by.device.id} (${by.device.origin}, site ${by.site}) cannot stand for ${old.device.id} ` +
        `(${old.device.origin}, site ${old.site})`,
      409,
    );
  }

  return {
    list: (site) => {
      const all = [...devices.values()];
      return site === undefined ? all : all.filter((record) => record.site === site);
    },
    get: (id) => devices.get(id),
    stations: (site) => {
      const all = [...stations.values()];
      return site === undefined ? all : all.filter((station) => station.site === site);
    },
    station: (id) => stations.get(id),
    add: async (device, {site: siteId, status = 'active'}) => {
      const site = siteOf(siteId);
      const before = devices.get(device.id);
      if (before) requireNotRefused(before);
      if (before) {
        const approves = before.status === 'waiting' && status === 'active' && before.site === siteId;
        if (!approves) {
          throw new EcoError(
            'device_exists',
            `there is a device ${device.id} already, at site ${before.site}`,
            409,
          );
        }
      }
      if (device.zone && !site.zones.some((zone) => zone.properties.id === device.zone)) {
        throw new EcoError(
          'zone_unknown',
          `device ${device.id}: ${device.zone} is no zone of site ${siteId}`,
        );
      }
      const record = recordOf(device, {site, status, createdMs: before?.createdMs ?? now()});
      if (!before) {
        const holder = taken.get(device.id);
        if (holder) throw new EcoError('id_taken', `id ${device.id} is that of ${holder}`, 409);
        checkStation(device, siteId);
        // Taken at once, so that two requests for one id cannot both pass while the first is being written.
        claim(device.id, `added device ${device.id} of site ${siteId}`);
      }
      const value: DeviceDocument = {
        schemaVersion: 1,
        device,
        site: siteId,
        status,
        createdMs: record.createdMs,
      };
      try {
        await documents.put([{collection: COLLECTION, id: device.id, value}]);
      } catch (error) {
        if (!before) taken.delete(device.id);
        throw error;
      }
      // Who approves a device may say where it stands; its own station moves with it.
      if (before && record.station === device.id) stations.delete(record.station);
      show(record);
      return record;
    },
    refusing: (id, refusal) => {
      const record = requireDevice(id);
      if (record.status === 'waiting') return standing(record, 'refused', refusal);
      throw new EcoError(
        'device_not_waiting',
        `only a waiting device can be refused, and ${id} is ${record.status}`,
        409,
      );
    },
    waiting: (id) => {
      const record = requireDevice(id);
      if (record.status === 'refused') return standing(record, 'waiting', null);
      throw new EcoError('device_not_refused', `${id} is not refused: it is ${record.status}`, 409);
    },
    replacing: (id, {by, atMs, reason}) => {
      const old = requireDevice(id);
      const newest = old.placements.at(-1)!;
      const newId = typeof by === 'string' ? by : by.id;
      if (old.status !== 'active' || newest.station === null) {
        throw new EcoError('device_not_deployed', `${id} stands nowhere now: it is ${old.status}`, 409);
      }
      if (newId === id) throw new EcoError('device_invalid', `${id} cannot replace itself`);
      requireLater(id, newest, atMs);
      const {station} = newest;
      const saidMs = now();
      const place: Placement = {...newest, fromMs: atMs, station, reason, saidMs};
      const oldPlaces = [...old.placements, {...place, station: null}];
      const entries = [placed.placementsEntry(id, oldPlaces)];
      let next: {device: Device; status: 'active' | 'waiting'; createdMs: number};
      let newPlaces: Placement[];
      if (typeof by === 'string') {
        const known = requireDevice(by);
        requireNotRefused(known);
        if (known.status === 'waiting') {
          throw new EcoError('device_waiting', `${by} waits for approval: approve it first`, 409);
        }
        requireLater(by, known.placements.at(-1)!, atMs);
        requireAlike(old, known);
        next = {device: added.get(by)!, status: 'active', createdMs: known.createdMs};
        newPlaces = [...known.placements, place];
      } else {
        modelOf(by);
        const holder = taken.get(newId);
        if (holder !== undefined) throw new EcoError('id_taken', `id ${newId} is that of ${holder}`, 409);
        const device: Device = {...by, station};
        next = {device, status: 'active', createdMs: saidMs};
        requireAlike(old, {device, site: old.site});
        newPlaces = [place];
        const value: DeviceDocument = {schemaVersion: 1, ...next, site: old.site};
        entries.push({collection: COLLECTION, id: newId, value});
        claim(newId, `added device ${newId} of site ${old.site}`);
      }
      entries.push(placed.placementsEntry(newId, newPlaces));
      return {
        entries,
        station,
        by: newId,
        placement: place,
        ...(typeof by === 'string' ? {} : {abandon: () => taken.delete(newId)}),
        apply: () => {
          for (const entry of entries) placed.keep(entry);
          const gone = recordAgain(old);
          show(gone);
          const came = recordOf(next.device, {...next, site: siteOf(old.site)});
          show(came);
          follow(station);
          return {old: gone, by: came};
        },
      };
    },
    moving: (id, {atMs, reason, ...position}) => {
      const record = requireDevice(id);
      const newest = record.placements.at(-1)!;
      if (newest.station === null) {
        throw new EcoError('device_not_deployed', `${id} stands nowhere now: it was replaced`, 409);
      }
      requireLater(id, newest, atMs);
      const placement: Placement = {...newest, ...position, fromMs: atMs, reason, saidMs: now()};
      const entry = placed.placementsEntry(id, [...record.placements, placement]);
      return {
        entries: [entry],
        station: newest.station,
        placement,
        apply: () => {
          placed.keep(entry);
          const moved = recordAgain(record);
          show(moved);
          follow(moved.station);
          return moved;
        },
      };
    },
    calibrating: (id, calibration) => {
      const record = requireDevice(id);
      const list = [...record.calibrations, calibration].sort((a, b) => a.atMs - b.atMs);
      if (list.length > MOST_CALIBRATIONS) {
        throw new EcoError(
          'calibrations_full',
          `at most ${MOST_CALIBRATIONS} calibrations of ${id} are kept`,
          409,
        );
      }
      const entry = placed.calibrationsEntry(id, list);
      return {
        entries: [entry],
        apply: () => {
          placed.keep(entry);
          const after = recordAgain(record);
          show(after);
          return after;
        },
      };
    },
    remodel: (changed) => {
      for (const [id, record] of devices) {
        if (changed.has(record.device.model)) devices.set(id, {...record, model: modelOf(record.device)});
      }
    },
    remove: async (ids) => {
      const own = new Set([...sites.values()].flatMap((site) => site.devices.map((device) => device.id)));
      const gone = ids.filter((id) => devices.has(id) && !own.has(id));
      if (gone.length === 0) return;
      await documents.remove(gone.flatMap((id) => [{collection: COLLECTION, id}, ...placed.entriesOf(id)]));
      for (const id of gone) {
        placed.forget(id);
        const {placements} = devices.get(id)!;
        devices.delete(id);
        taken.delete(id);
        for (const {station} of placements) {
          if (station === null || taken.has(station)) continue;
          if (!standsAnother(station, id)) stations.delete(station);
        }
      }
    },
  };
}
