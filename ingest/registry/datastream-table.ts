import {
  type Datastream,
  type DatastreamKey,
  type Deployment,
  type DeviceRecord,
  type DocumentStore,
  datastreamId,
  EcoError,
  type ElementType,
  type LimitOverrides,
  type Origin,
  type Placement,
  type Station,
} from '#schemas';
import type {Change} from './device-table.ts';
import {sensorOf} from './limits-chain.ts';
import {placementAt} from './placements.ts';

const DATASTREAMS = 'datastream';
const DEPLOYMENTS = 'deployment';
const COUNTERS = 'seriesCounter';
/** Time before a write that failed is tried again, ms. */
const RETRY_MS = 1000;

type DatastreamDocument = {
  schemaVersion: 1;
  series: number;
  key: DatastreamKey;
  site: string;
  zone: string | null;
  device: string | null;
  origin: Origin;
  limits: LimitOverrides | null;
};
/** `placedMs`: start of the placement of its device that it belongs to; absent: of the first. */
type DeploymentDocument = {schemaVersion: 1; placedMs?: number} & Deployment;
type KeptDeployment = Deployment & {placedMs: number | null};
type CounterDocument = {schemaVersion: 1; next: number};

/** A datastream with what is not told outside: the limits of the map that feeds it, and who fed it when. */
export type DatastreamEntry = {
  stream: Datastream;
  limits: LimitOverrides | undefined;
  deployments: KeptDeployment[];
  hidden: boolean;
};

export type DatastreamTable = {
  list(filter?: {
    station?: string;
    device?: string;
    element?: string;
    site?: string;
    zones?: ReadonlySet<string>;
    hidden?: boolean;
  }): Datastream[];
  get(id: string): DatastreamEntry | undefined;
  /** `hidden`: also one of a virtual device that is not listed (its rows are still there). */
  bySeries(series: number, hidden?: boolean): DatastreamEntry | undefined;
  ensure(
    key: DatastreamKey,
    of: {device: string | null; site: string; origin: Origin; limits?: LimitOverrides; atMs?: number},
  ): Datastream;
  /**
   * From a time on, the series of a station that `device` feeds are fed by `next`, or by itself from another place. One that
   * `next` does not measure waits for whoever sends a value.
   */
  redeploying(of: {
    station: string;
    device: string;
    placement: Placement;
    next: string;
    measures: (stream: Datastream) => boolean;
  }): Change<string[]>;
  /** Forgets datastreams that these devices alone fed. */
  removeFedBy(devices: ReadonlySet<string>): Promise<void>;
  remove(ids: readonly string[]): Promise<void>;
};

/**
 * Datastreams and deployments, by key and by their stable integer. `ensure` is asked for every value: a known key costs
 * one look-up.
 */
export function createDatastreamTable(options: {
  documents: DocumentStore;
  includeVirtual: boolean;
  now: () => number;
  element: (id: string) => ElementType | undefined;
  station: (id: string) => Station | undefined;
  device: (id: string) => DeviceRecord | undefined;
  /** Called when the limits of a series may have changed. */
  limitsChanged: (series: number) => void;
  log?: ((line: object) => void) | undefined;
}): DatastreamTable {
  const {documents, includeVirtual, now} = options;
  const byId = new Map<string, DatastreamEntry>();
  const bySeries: (DatastreamEntry | undefined)[] = [];
  let next = 1;

  for (const document of documents.all<DatastreamDocument>(DATASTREAMS)) {
    const {key, series, site, zone, device, origin} = document;
    const element = options.element(key.element);
    next = Math.max(next, series + 1);
    // An element that a site no longer defines: its rows stay, its series is not shown.
    if (!element) continue;
    const stream: Datastream = {
      ...key,
      series,
      id: datastreamId(key),
      site,
      zone,
      device,
      unit: element.unit,
      origin,
    };
    const entry: DatastreamEntry = {
      stream,
      limits: document.limits ?? undefined,
      deployments: [],
      hidden: origin === 'virtual' && !includeVirtual,
    };
    byId.set(stream.id, entry);
    bySeries[series] = entry;
  }
  for (const {schemaVersion: _, ...kept} of documents.all<DeploymentDocument>(DEPLOYMENTS)) {
    byId.get(kept.datastream)?.deployments.push({...kept, placedMs: kept.placedMs ?? null});
  }
  for (const entry of byId.values()) entry.deployments.sort((a, b) => a.fromMs - b.fromMs);
  for (const counter of documents.all<CounterDocument>(COUNTERS)) next = Math.max(next, counter.next);

  // A new datastream is written at once, before the row that needs it is handed to the store: writes keep their order
  // there. What only grows (a deployment's start) waits for the write before it, so that a back-fill costs few.
  const waiting = new Map<string, {collection: string; id: string; value: unknown}>();
  let writing = 0;
  function writeNow(): void {
    if (waiting.size === 0) return;
    const batch = [...waiting.values()];
    waiting.clear();
    writing++;
    documents.put(batch).then(
      () => {
        writing--;
        writeWhenIdle();
      },
      (error: unknown) => {
        writing--;
        for (const entry of batch) {
          const id = `${entry.collection} ${entry.id}`;
          if (!waiting.has(id)) waiting.set(id, entry);
        }
        options.log?.({
          level: 'error',
          message: 'registry could not be written, tried again',
          error: String(error),
        });
        setTimeout(writeNow, RETRY_MS).unref();
      },
    );
  }
  function writeWhenIdle(): void {
    if (writing === 0) writeNow();
  }
  function queue(collection: string, id: string, value: unknown): void {
    waiting.set(`${collection} ${id}`, {collection, id, value});
  }

  function datastreamDocument({stream, limits}: DatastreamEntry): DatastreamDocument {
    const {series, site, zone, device, origin} = stream;
    const {station, element, depthM, heightM, instance, statistic, period} = stream;
    return {
      schemaVersion: 1,
      series,
      key: {station, element, depthM, heightM, instance, statistic, period},
      site,
      zone,
      device,
      origin,
      limits: limits ?? null,
    };
  }
  function queueDatastream(entry: DatastreamEntry): void {
    queue(DATASTREAMS, entry.stream.id, datastreamDocument(entry));
  }
  /** One document for a datastream, device and placement of it: who feeds it again from there goes on with the same. */
  function deploymentId({datastream, device, placedMs}: KeptDeployment): string {
    return placedMs === null ? `${datastream}@${device}` : `${datastream}@${device}@${placedMs}`;
  }
  function deploymentDocument({placedMs, ...deployment}: KeptDeployment): DeploymentDocument {
    return {schemaVersion: 1, ...deployment, ...(placedMs === null ? {} : {placedMs})};
  }
  function queueDeployment(deployment: KeptDeployment): void {
    queue(DEPLOYMENTS, deploymentId(deployment), deploymentDocument(deployment));
  }

  /** Where a device stood at a time, from when and until when (null: still). */
  function placeOf(
    deviceId: string,
    station: string,
    atMs: number,
  ): Pick<KeptDeployment, 'placedMs' | 'toMs' | 'longitudeDeg' | 'latitudeDeg'> {
    const record = options.device(deviceId);
    const found = record && placementAt(record.placements, atMs);
    if (found) {
      const {fromMs, longitudeDeg, latitudeDeg} = found.placement;
      return {placedMs: fromMs, toMs: found.toMs, longitudeDeg, latitudeDeg};
    }
    const {longitudeDeg = 0, latitudeDeg = 0} = record?.device ?? options.station(station) ?? {};
    return {placedMs: null, toMs: null, longitudeDeg, latitudeDeg};
  }

  /** The method by which a device finds the values of a datastream, where it or its model says. */
  function methodOf(deviceId: string, stream: Datastream): string | null {
    const record = options.device(deviceId);
    const [own, ofModel] = [record?.device.sensors, record?.model.sensors].map((sensors) =>
      sensorOf(sensors, stream),
    );
    return own?.method ?? ofModel?.method ?? null;
  }

  /** A device feeds a datastream at a time: opens its deployment there, or moves its start to an earlier value. */
  function deploy(entry: DatastreamEntry, deviceId: string, atMs: number): void {
    const {stream, deployments} = entry;
    const {placedMs, toMs, longitudeDeg, latitudeDeg} = placeOf(deviceId, stream.station, atMs);
    const own = deployments.find(
      (deployment) => deployment.device === deviceId && deployment.placedMs === placedMs,
    );
    if (own) {
      if (atMs < own.fromMs) {
        own.fromMs = atMs;
        queueDeployment(own);
      }
    } else {
      // Another device takes over: the one before ends where this one starts. What comes late from one that was replaced
      // ends nobody.
      for (const before of toMs === null ? deployments : []) {
        if (before.toMs === null && before.fromMs < atMs) {
          before.toMs = atMs;
          queueDeployment(before);
        }
      }
      const deployment: KeptDeployment = {
        datastream: stream.id,
        device: deviceId,
        sensor: methodOf(deviceId, stream),
        longitudeDeg,
        latitudeDeg,
        depthM: stream.depthM,
        heightM: stream.heightM,
        fromMs: placedMs ?? atMs,
        toMs,
        placedMs,
      };
      deployments.push(deployment);
      deployments.sort((a, b) => a.fromMs - b.fromMs);
      queueDeployment(deployment);
    }
    // Who stood here until a time feeds the series no more, unless it stands here again.
    const open = deployments.some((one) => one.toMs === null && one.device === stream.device);
    const feeds = toMs === null ? deviceId : open ? stream.device : null;
    if (stream.device !== feeds) {
      stream.device = feeds;
      queueDatastream(entry);
      options.limitsChanged(stream.series);
    }
  }

  function redeploying({
    station,
    device,
    placement,
    next,
    measures,
  }: Parameters<DatastreamTable['redeploying']>[0]): Change<string[]> {
    const atMs = placement.fromMs!;
    const changes: {entry: DatastreamEntry; deployments: KeptDeployment[]; feeds: string | null}[] = [];
    for (const entry of byId.values()) {
      const {stream} = entry;
      if (stream.station !== station) continue;
      const open = entry.deployments.find((one) => one.device === device && one.toMs === null);
      if (!open) continue;
      const closed = {...open, toMs: Math.max(open.fromMs, atMs)};
      const others = entry.deployments.filter((one) => one !== open);
      const feeds = next === device || measures(stream) ? next : null;
      const {longitudeDeg, latitudeDeg} = placement;
      const opened: KeptDeployment = {
        ...open,
        device: next,
        sensor: methodOf(next, stream),
        longitudeDeg,
        latitudeDeg,
        fromMs: atMs,
        toMs: null,
        placedMs: atMs,
      };
      changes.push({entry, deployments: [...others, closed, ...(feeds === null ? [] : [opened])], feeds});
    }
    return {
      entries: changes.flatMap(({entry, deployments, feeds}) => [
        {
          collection: DATASTREAMS,
          id: entry.stream.id,
          value: {...datastreamDocument(entry), device: feeds} satisfies DatastreamDocument,
        },
        ...deployments.map((one) => ({
          collection: DEPLOYMENTS,
          id: deploymentId(one),
          value: deploymentDocument(one),
        })),
      ]),
      apply: () => {
        const zone = options.station(station)?.zone ?? null;
        for (const {entry, deployments, feeds} of changes) {
          const kept = new Map(entry.deployments.map((one) => [deploymentId(one), one]));
          // What a value moved to an earlier start meanwhile stays there.
          entry.deployments = deployments
            .map((one) => ({
              ...one,
              fromMs: Math.min(one.fromMs, kept.get(deploymentId(one))?.fromMs ?? one.fromMs),
            }))
            .sort((a, b) => a.fromMs - b.fromMs);
          entry.stream.device = feeds;
          entry.stream.zone = zone;
          queueDatastream(entry);
          for (const one of entry.deployments) queueDeployment(one);
          options.limitsChanged(entry.stream.series);
        }
        writeWhenIdle();
        return changes.map(({entry}) => entry.stream.id);
      },
    };
  }

  function make(
    key: DatastreamKey,
    id: string,
    of: Parameters<DatastreamTable['ensure']>[1],
  ): DatastreamEntry {
    const element = options.element(key.element);
    if (!element) throw new EcoError('element_unknown', `no element ${key.element}`);
    const station = options.station(key.station);
    if (!station) throw new EcoError('station_unknown', `no station ${key.station}`);
    const stream: Datastream = {
      station: key.station,
      element: key.element,
      depthM: key.depthM,
      heightM: key.heightM,
      instance: key.instance,
      statistic: key.statistic,
      period: key.period,
      series: next++,
      id,
      site: of.site,
      zone: station.zone,
      device: of.device,
      unit: element.unit,
      origin: of.origin,
    };
    const entry: DatastreamEntry = {stream, limits: of.limits, deployments: [], hidden: false};
    byId.set(id, entry);
    bySeries[stream.series] = entry;
    queueDatastream(entry);
    return entry;
  }

  async function remove(entries: readonly DatastreamEntry[]): Promise<void> {
    if (entries.length === 0) return;
    const counter: CounterDocument = {schemaVersion: 1, next};
    const gone = entries.flatMap((entry) => [
      {collection: DATASTREAMS, id: entry.stream.id},
      ...entry.deployments.map((deployment) => ({collection: DEPLOYMENTS, id: deploymentId(deployment)})),
    ]);
    for (const {collection, id} of gone) waiting.delete(`${collection} ${id}`);
    await documents.put([{collection: COUNTERS, id: 'series', value: counter}]);
    await documents.remove(gone);
    for (const {stream} of entries) {
      byId.delete(stream.id);
      bySeries[stream.series] = undefined;
    }
  }

  return {
    list: (filter = {}) => {
      const found: Datastream[] = [];
      for (const {stream, hidden} of byId.values()) {
        if (hidden && !filter.hidden) continue;
        if (filter.station !== undefined && stream.station !== filter.station) continue;
        if (filter.device !== undefined && stream.device !== filter.device) continue;
        if (filter.element !== undefined && stream.element !== filter.element) continue;
        if (filter.site !== undefined && stream.site !== filter.site) continue;
        if (filter.zones !== undefined && !filter.zones.has(`${stream.site}/${stream.zone}`)) continue;
        found.push(stream);
      }
      return found;
    },
    get: (id) => {
      const entry = byId.get(id);
      return entry?.hidden ? undefined : entry;
    },
    bySeries: (series, hidden = false) => {
      const entry = bySeries[series];
      return entry?.hidden && !hidden ? undefined : entry;
    },
    ensure: (key, of) => {
      const id = datastreamId(key);
      let entry = byId.get(id);
      const {device, atMs} = of;
      if (entry === undefined) {
        entry = make(key, id, of);
        if (device !== null) deploy(entry, device, atMs ?? now());
        writeNow();
        return entry.stream;
      }
      if (entry.hidden) {
        throw new EcoError(
          'datastream_virtual',
          `datastream ${id} holds virtual values; purge them before measured ones can come`,
          409,
        );
      }
      // A map that changed its limits hands over another object.
      if (of.limits !== undefined && of.limits !== entry.limits) {
        const changed = JSON.stringify(of.limits) !== JSON.stringify(entry.limits);
        entry.limits = of.limits;
        if (changed) {
          queueDatastream(entry);
          options.limitsChanged(entry.stream.series);
          writeNow();
        }
      }
      if (device !== null) {
        const last = entry.deployments.at(-1);
        const covered =
          last?.device === device && last.toMs === null && (atMs === undefined || atMs >= last.fromMs);
        if (!covered || entry.stream.device !== device) {
          deploy(entry, device, atMs ?? now());
          writeWhenIdle();
        }
      }
      return entry.stream;
    },
    removeFedBy: (devices) =>
      remove(
        [...byId.values()].filter(
          ({deployments}) =>
            deployments.length > 0 && deployments.every((deployment) => devices.has(deployment.device)),
        ),
      ),
    redeploying,
    remove: (ids) => remove(ids.map((id) => byId.get(id)).filter((entry) => entry !== undefined)),
  };
}
