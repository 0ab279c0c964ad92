import {
  type Device,
  type DeviceModel,
  type DeviceRecord,
  type DocumentStore,
  EcoError,
  type LocalName,
  type Station,
} from '#schemas';
import type {LoadedSite} from './site-files.ts';
import {pointIn, zoneAt} from './zone-at.ts';

const COLLECTION = 'device';
const LONGEST_ID = 64;

/** A device that was added, as it is kept. */
type DeviceDocument = {
  schemaVersion: 1;
  device: Device;
  site: string;
  status: 'active' | 'waiting';
  createdMs: number;
};

export type DeviceTable = {
  list(site?: string): DeviceRecord[];
  get(id: string): DeviceRecord | undefined;
  stations(site?: string): Station[];
  station(id: string): Station | undefined;
  add(device: Device, options: {site: string; status?: 'active' | 'waiting'}): Promise<DeviceRecord>;
  /** Forgets added devices of these ids and the stations that only they stood at. */
  remove(ids: readonly string[]): Promise<void>;
};

/**
 * Devices of the sites' own files and those that were added, and the stations they stand at. Ids of devices and stations
 * are unique in the instance; virtual devices that are not listed keep theirs.
 */
export function createDeviceTable(options: {
  documents: DocumentStore;
  sites: readonly LoadedSite[];
  models: ReadonlyMap<string, DeviceModel>;
  includeVirtual: boolean;
  now: () => number;
}): DeviceTable {
  const {documents, models, includeVirtual, now} = options;
  const sites = new Map(options.sites.map((site) => [site.site.id, site]));
  const devices = new Map<string, DeviceRecord>();
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

  function recordOf(
    device: Device,
    of: {site: LoadedSite; status: 'active' | 'waiting'; createdMs: number},
  ): DeviceRecord {
    const zone =
      device.zone === undefined
        ? zoneAt(of.site.zones, device.longitudeDeg, device.latitudeDeg)
        : device.zone;
    return {
      device,
      site: of.site.site.id,
      zone,
      station: device.station ?? device.id,
      model: modelOf(device),
      status: of.status,
      createdMs: of.createdMs,
    };
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

  function show(record: DeviceRecord): void {
    const {device, site, zone, station} = record;
    devices.set(device.id, record);
    if (stations.has(station)) return;
    const named: LocalName = station === device.id && device.name ? device.name : {en: station, zh: station};
    place({
      id: station,
      site,
      zone,
      name: named,
      longitudeDeg: device.longitudeDeg,
      latitudeDeg: device.latitudeDeg,
      groundM: device.groundM ?? null,
      origin: device.origin,
    });
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
  for (const added of documents.all<DeviceDocument>(COLLECTION)) {
    const site = sites.get(added.site);
    // A site that is not served now keeps its devices for when it is again.
    if (!site) continue;
    claim(added.device.id, `added device ${added.device.id} of site ${added.site}`);
    show(recordOf(added.device, {site, status: added.status, createdMs: added.createdMs}));
  }

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
      show(record);
      return record;
    },
    remove: async (ids) => {
      const own = new Set([...sites.values()].flatMap((site) => site.devices.map((device) => device.id)));
      const added = ids.filter((id) => devices.has(id) && !own.has(id));
      if (added.length === 0) return;
      await documents.remove(added.map((id) => ({collection: COLLECTION, id})));
      for (const id of added) {
        const {station} = devices.get(id)!;
        devices.delete(id);
        taken.delete(id);
        const used = [...devices.values()].some((other) => other.station === station);
        if (!used && !taken.has(station)) stations.delete(station);
      }
    },
  };
}
