import {computed, signal} from '@preact/signals';
import type {
  CategoryBody,
  DeviceBody,
  DeviceEventBody,
  ElementBody,
  ObservationBody,
  SiteBody,
  StationBody,
  ZoneFeature,
} from '#schemas';
import {get, getAll, openStream} from '../api/client.ts';
import {periodMs} from '../text/format.ts';
import {askedSite} from './address.ts';

/** What the page knows of the site it shows: things once, devices and values live. */
export const site = signal<SiteBody | null>(null);
export const categories = signal<readonly CategoryBody[]>([]);
export const elements = signal<ReadonlyMap<string, ElementBody>>(new Map());
export const stations = signal<ReadonlyMap<string, StationBody>>(new Map());
export const zones = signal<ReadonlyMap<string, ZoneFeature>>(new Map());
export const devices = signal<ReadonlyMap<string, DeviceBody>>(new Map());
/** Newest observation by datastream. */
export const latest = signal<ReadonlyMap<string, ObservationBody>>(new Map());
export const connected = signal(false);
export const loadError = signal<Error | null>(null);
/** The reader's clock, once a second: ages and the sun follow it. */
export const nowMs = signal(Date.now());

export type StationState = 'online' | 'late' | 'offline';
/** Worst first. */
export const STATE_SEVERITY: Record<StationState, number> = {offline: 2, late: 1, online: 0};

/** Stations that carry devices, with the worst state among those; what no device measures has no marker. */
export const markedStations = computed(() => {
  const worst = new Map<string, StationState>();
  for (const device of devices.value.values()) {
    const before = worst.get(device.station);
    if (before === undefined || STATE_SEVERITY[device.state] > STATE_SEVERITY[before])
      worst.set(device.station, device.state);
  }
  return [...stations.value.values()].flatMap((station) => {
    const state = worst.get(station.id);
    return state === undefined ? [] : [{station, state}];
  });
});

/** Newest observations of a station, in the catalogue's order, shallow before deep. */
export function observationsOf(station: string): ObservationBody[] {
  const order = [...elements.value.keys()];
  return [...latest.value.values()]
    .filter((observation) => observation.station === station)
    .sort(
      (a, b) =>
        order.indexOf(a.element) - order.indexOf(b.element) ||
        (a.depthM ?? 0) - (b.depthM ?? 0) ||
        (a.datastream < b.datastream ? -1 : 1),
    );
}

const STATISTIC_RANK = ['point', 'mean', 'sum', 'max', 'min'];

/** The one observation that shows an element at a station: shallowest, its shortest period, its plainest statistic. */
export const shownByElement = computed(() => {
  const shown = new Map<string, Map<string, ObservationBody>>();
  const rank = (observation: ObservationBody) => [
    observation.depthM ?? 0,
    STATISTIC_RANK.indexOf(observation.statistic) + 1 || 99,
    periodMs(observation.period),
  ];
  for (const observation of latest.value.values()) {
    const byStation = shown.get(observation.element) ?? new Map<string, ObservationBody>();
    shown.set(observation.element, byStation);
    const other = byStation.get(observation.station);
    if (other) {
      const [a, b] = [rank(observation), rank(other)];
      const first = a.findIndex((value, i) => value !== b[i]);
      if (first < 0 || a[first]! > b[first]!) continue;
    }
    byStation.set(observation.station, observation);
  }
  return shown;
});

/** Age of an observation; one of a period counts from the period's end. */
export function ageMs(observation: ObservationBody): number {
  return nowMs.value - Date.parse(observation.phenomenonTime) - periodMs(observation.period);
}

/** Level of the water body beside the site: median of its gauges that pass, or null. */
export const waterLevel = computed(() => {
  const body = site.value?.waterBody;
  if (!body) return null;
  const gauges = new Set(
    [...devices.value.values()].filter(({role}) => role === body.role).map(({station}) => station),
  );
  const levels = [...(shownByElement.value.get(body.levelElement)?.values() ?? [])]
    .filter(
      (observation) =>
        gauges.has(observation.station) && observation.result !== null && observation.flag !== 4,
    )
    .sort((a, b) => a.result! - b.result!);
  return levels[(levels.length - 1) >> 1] ?? null;
});

async function loadValues(siteId: string): Promise<void> {
  const [deviceList, observations] = await Promise.all([
    getAll('/devices', {site: siteId}),
    getAll('/latest', {site: siteId}),
  ]);
  devices.value = new Map(deviceList.map((device) => [device.id, device]));
  latest.value = new Map(observations.map((observation) => [observation.datastream, observation]));
}

/** Live events are gathered and shown together, at most a few times a second. */
function gather(): {observation(body: ObservationBody): void; device(body: DeviceEventBody): void} {
  let observations: ObservationBody[] = [];
  let states: DeviceEventBody[] = [];
  let timer: ReturnType<typeof setTimeout> | undefined;
  const show = () => {
    timer = undefined;
    if (observations.length > 0) {
      const next = new Map(latest.value);
      for (const observation of observations) {
        const known = next.get(observation.datastream);
        if (!known || observation.phenomenonTime >= known.phenomenonTime)
          next.set(observation.datastream, observation);
      }
      latest.value = next;
    }
    if (states.length > 0) {
      const next = new Map(devices.value);
      for (const {id, ...health} of states) {
        const known = next.get(id);
        if (known) next.set(id, {...known, ...health});
      }
      devices.value = next;
    }
    observations = [];
    states = [];
  };
  const later = () => (timer ??= setTimeout(show, 250));
  return {
    observation: (body) => {
      observations.push(body);
      later();
    },
    device: (body) => {
      states.push(body);
      later();
    },
  };
}

type Follower = {datastream: string; revised: (fromMs: number, toMs: number) => void};
const followers = new Set<Follower>();

/**
 * Tells of ranges of a series that were judged or corrected, by whomever (`toMs` is exclusive), and of everything where
 * that may have been missed. Returns how to end it.
 */
export function followRevisions(datastream: string, revised: Follower['revised']): () => void {
  const follower = {datastream, revised};
  followers.add(follower);
  return () => followers.delete(follower);
}

/** Of one series, or (null) of any. */
function tellRevised(datastream: string | null, fromMs: number, toMs: number): void {
  for (const follower of followers) {
    if (datastream === null || follower.datastream === datastream) follower.revised(fromMs, toMs);
  }
}

/** Reads the site and follows it. Errors go to `loadError`; calling again tries again. */
export async function loadSite(): Promise<void> {
  loadError.value = null;
  try {
    const [siteList, categoryList, elementList] = await Promise.all([
      get('/sites'),
      get('/categories'),
      get('/elements'),
    ]);
    const shown = siteList.items.find(({id}) => id === askedSite) ?? siteList.items[0];
    if (!shown) throw new Error('no site is served');
    const [stationList, zoneList] = await Promise.all([
      getAll('/stations', {site: shown.id}),
      get('/zones', {site: shown.id}),
      loadValues(shown.id),
    ]);
    categories.value = categoryList.items;
    elements.value = new Map(elementList.items.map((element) => [element.id, element]));
    stations.value = new Map(stationList.map((station) => [station.id, station]));
    zones.value = new Map(zoneList.features.map((zone) => [zone.properties.id, zone]));
    site.value = shown;
    const live = gather();
    openStream(shown.id, {
      ...live,
      revision: ({datastream, from, to}) => tellRevised(datastream, Date.parse(from), Date.parse(to)),
      state: (now) => (connected.value = now),
      missed: () => {
        void loadValues(shown.id);
        tellRevised(null, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY);
      },
    });
    setInterval(() => (nowMs.value = Date.now()), 1000);
  } catch (error) {
    loadError.value = error as Error;
  }
}

/** Name of a vertical datum in the reader's language: the site's own, else its id. */
export function datumName(id: string): {en: string; zh: string} {
  const own = site.value?.verticalDatum;
  return own?.id === id ? own.name : {en: id, zh: id};
}
