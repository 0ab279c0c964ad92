import {limitsInForce} from '#model';
import {
  type Device,
  type DeviceModel,
  type DocumentStore,
  EcoError,
  type LimitsInForce,
  type Registry,
} from '#schemas';
import type {OwnCatalogue} from '../catalogue/index.ts';
import type {SeriesInfo} from '../store/index.ts';
import {createCredentialTable} from './credential-table.ts';
import {createDatastreamTable, type DatastreamEntry} from './datastream-table.ts';
import {type Change, createDeviceTable} from './device-table.ts';
import {defaultsOf, limitsChain} from './limits-chain.ts';
import {type CatalogueChange, createOwnTable} from './own-table.ts';
import {createPlacementTable} from './placements.ts';
import type {Gateway, LoadedSite} from './site-files.ts';

export type OpenRegistry = Registry & {
  seriesInfo(series: number): SeriesInfo | undefined;
  /** LoRaWAN gateways of a site, of all sites if none is named. */
  gateways(site?: string): Gateway[];
  /**
   * Takes up a new reading of the sites' own elements and models, durably. `series` are those whose element or device
   * model changed: what is known of them elsewhere has to be looked up again.
   */
  adopt(read: OwnCatalogue): Promise<CatalogueChange & {series: number[]}>;
};

const WIND = 'wind_speed';

/** Which elements have series and which models devices, before the tables of both are there. */
function usedByDocuments(documents: DocumentStore, sites: readonly LoadedSite[]) {
  const elements = new Set(documents.all<{key: {element: string}}>('datastream').map(({key}) => key.element));
  const added = documents.all<{device: Device}>('device').map(({device}) => device);
  const models = new Set([...sites.flatMap((site) => site.devices), ...added].map(({model}) => model));
  return {element: (id: string) => elements.has(id), model: (id: string) => models.has(id)};
}

/**
 * All things: sites with their devices (virtual ones only if asked for) and what was added to them, from durable
 * documents. Everything is in memory; a change is written before it shows, but for a new datastream, which is written
 * no later than its first row.
 * @throws {EcoError} `id_taken` if two sites, devices or stations share an id; `model_unknown`.
 */
export async function openRegistry(options: {
  documents: DocumentStore;
  sites: readonly LoadedSite[];
  models: ReadonlyMap<string, DeviceModel>;
  includeVirtual: boolean;
  /** The sites' own elements and models, as their files define them at the start. */
  own?: OwnCatalogue;
  now: () => number;
  log?: (line: object) => void;
}): Promise<OpenRegistry> {
  const {documents, sites, includeVirtual, now} = options;
  let inUse = usedByDocuments(documents, sites);
  const own = createOwnTable({
    documents,
    coreModels: options.models,
    hasSeries: (element) => inUse.element(element),
    hasDevices: (model) => inUse.model(model),
  });
  const {elements, models} = own;
  // Devices and datastreams need the models and elements of the files, so these are taken up before them.
  if (options.own) await own.adopt(options.own);
  const siteById = new Map(sites.map((site) => [site.site.id, site]));
  const placements = createPlacementTable(documents);
  const devices = createDeviceTable({documents, placements, sites, models, includeVirtual, now});
  const credentials = createCredentialTable(documents);
  const limitsBySeries = new Map<number, LimitsInForce>();
  const streams = createDatastreamTable({
    documents,
    includeVirtual,
    now,
    element: (id) => elements.get(id),
    station: devices.station,
    device: devices.get,
    limitsChanged: (series) => limitsBySeries.delete(series),
    log: options.log,
  });

  inUse = {
    element: (id) => streams.list({element: id, hidden: true}).length > 0,
    model: (id) => devices.list().some(({device}) => device.model === id),
  };

  function entryOf(series: number): DatastreamEntry {
    const entry = streams.bySeries(series, true);
    if (entry) return entry;
    throw new EcoError('datastream_unknown', `no datastream has the series ${series}`, 404);
  }

  /** Limits of a datastream; the same object until they change. */
  function limitsOf({stream, limits: map}: DatastreamEntry): LimitsInForce {
    const known = limitsBySeries.get(stream.series);
    if (known) return known;
    const element = elements.get(stream.element)!;
    const record = stream.device === null ? undefined : devices.get(stream.device);
    const chain = limitsChain(stream, {element, map, device: record?.device, model: record?.model});
    const limits = limitsInForce(element, chain.model, chain.device, chain.intervalS, stream.statistic);
    limitsBySeries.set(stream.series, limits);
    return limits;
  }

  /** `site/zone` of a zone and of all that it holds, in every site that has it. */
  function zonesWithin(zone: string, site: string | undefined): Set<string> {
    const within = new Set<string>();
    for (const loaded of sites) {
      if (site !== undefined && loaded.site.id !== site) continue;
      const grow = (id: string): void => {
        const name = `${loaded.site.id}/${id}`;
        if (within.has(name)) return;
        within.add(name);
        for (const {properties} of loaded.zones) if (properties.parent === id) grow(properties.id);
      };
      grow(zone);
    }
    return within;
  }

  /** Changes of devices are made one after the other: each is prepared on what the one before left. */
  let turn: Promise<unknown> = Promise.resolve();
  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    const mine = turn.then(work);
    turn = mine.catch(() => {});
    return mine;
  }
  /** Writes all of a change at once, or nothing of it. */
  async function durable({entries, abandon}: Pick<Change<unknown>, 'entries' | 'abandon'>): Promise<void> {
    try {
      await documents.put(entries);
    } catch (error) {
      abandon?.();
      throw error;
    }
  }

  return {
    sites: () => sites,
    gateways: (site) =>
      sites
        .filter((loaded) => site === undefined || loaded.site.id === site)
        .flatMap((loaded) => loaded.gateways),
    stations: devices.stations,
    devices: devices.list,
    device: devices.get,
    element: (id) => elements.get(id),
    elements: () => elements,
    models: () => models,
    datastreams: (filter = {}) => {
      const {zone, ...rest} = filter;
      return streams.list(zone === undefined ? rest : {...rest, zones: zonesWithin(zone, filter.site)});
    },
    datastream: (id) => streams.get(id)?.stream,
    datastreamBySeries: (series) => streams.bySeries(series)?.stream,
    deployments: (datastream) =>
      (streams.get(datastream)?.deployments ?? []).map(({placedMs: _, ...deployment}) => deployment),
    ensureDatastream: streams.ensure,
    defaults: (deviceId, elementId, statistic) => {
      const element = elements.get(elementId);
      if (!element) throw new EcoError('element_unknown', `no element ${elementId}`);
      const record = deviceId === null ? undefined : devices.get(deviceId);
      return defaultsOf(elementId, {element, device: record?.device, model: record?.model, statistic});
    },
    limits: (series) => limitsOf(entryOf(series)),
    seriesInfo: (series) => {
      const entry = streams.bySeries(series, true);
      if (!entry) return undefined;
      const {stream} = entry;
      const {rollUp} = elements.get(stream.element)!;
      const place = devices.station(stream.station) ?? siteById.get(stream.site)?.site.origin;
      const [beside] = streams
        .list({station: stream.station, element: WIND})
        .filter(
          (other) =>
            other.series !== series &&
            other.statistic === stream.statistic &&
            other.period === stream.period &&
            other.heightM === stream.heightM &&
            other.instance === stream.instance,
        );
      return {
        limits: limitsOf(entry),
        rollUp,
        latitudeDeg: place?.latitudeDeg ?? 0,
        longitudeDeg: place?.longitudeDeg ?? 0,
        timeZone: siteById.get(stream.site)?.site.timeZone ?? 'UTC',
        companion: beside?.series ?? null,
      };
    },
    // What is said of a device that is known, such as that it may come in, is said in turn.
    addDevice: (device, of) =>
      devices.get(device.id) ? inTurn(() => devices.add(device, of)) : devices.add(device, of),
    refuseDevice: (id, refusal) =>
      inTurn(async () => {
        const change = devices.refusing(id, {atMs: now(), ...refusal});
        await durable(change);
        return change.apply();
      }),
    letDeviceWait: (id) =>
      inTurn(async () => {
        const change = devices.waiting(id);
        await durable(change);
        return change.apply();
      }),
    replaceDevice: (id, {by, credential, atMs, reason}) =>
      inTurn(async () => {
        const change = devices.replacing(id, {by, atMs, reason});
        const {station, placement} = change;
        const model = models.get(typeof by === 'string' ? devices.get(by)!.model.id : by.model)!;
        const sensors =
          (typeof by === 'string' ? devices.get(by)!.device.sensors : by.sensors) ?? model.sensors;
        const feeding = streams.redeploying({
          station,
          device: id,
          placement,
          next: change.by,
          measures: ({element}) =>
            model.anyElement === true || sensors.some((sensor) => sensor.element === element),
        });
        const access = credential === undefined ? [] : [credentials.entry(credential)];
        await durable({...change, entries: [...change.entries, ...feeding.entries, ...access]});
        const records = change.apply();
        if (credential !== undefined) credentials.keep(credential);
        return {...records, datastreams: feeding.apply()};
      }),
    moveDevice: (id, to) =>
      inTurn(async () => {
        const change = devices.moving(id, to);
        const {station, placement} = change;
        const feeding = streams.redeploying({
          station,
          device: id,
          placement,
          next: id,
          measures: () => true,
        });
        await durable({...change, entries: [...change.entries, ...feeding.entries]});
        const record = change.apply();
        feeding.apply();
        return record;
      }),
    addCalibration: (id, calibration) =>
      inTurn(async () => {
        const change = devices.calibrating(id, {...calibration, saidMs: now()});
        await durable(change);
        return change.apply();
      }),
    removeDevices: async (ids) => {
      const gone = new Set(ids);
      await credentials.removeOf(gone);
      await streams.removeFedBy(gone);
      await devices.remove(ids);
    },
    removeDatastreams: streams.remove,
    adopt: async (read) => {
      const change = await own.adopt(read);
      devices.remodel(change.models);
      const touched = streams.list({hidden: true}).filter(({element, device}) => {
        const model = device === null ? undefined : devices.get(device)?.device.model;
        return change.elements.has(element) || (model !== undefined && change.models.has(model));
      });
      const series = touched.map((stream) => stream.series);
      for (const one of series) limitsBySeries.delete(one);
      return {...change, series};
    },
    addCredential: credentials.put,
    credential: credentials.get,
    bridges: () =>
      credentials.all().flatMap(({principal}) => (principal.kind === 'bridge' ? [principal] : [])),
  };
}
