import {
  type DeviceHealth,
  type DeviceRecord,
  type DeviceState,
  EcoError,
  type LiveBus,
  type ObservationReader,
  type Registry,
} from '#schemas';
import {GAPS_KEPT, medianGapS, nominalIntervalS, stateAt, UNKNOWN_INTERVAL_S} from './offline-rule.ts';

export type Battery = NonNullable<DeviceHealth['battery']>;
export type Link = NonNullable<DeviceHealth['link']>;

/** State of all devices: by arrival of any message and by the clock; the MQTT session stands beside it. */
export type HealthBoard = {
  /** A message of a device arrived. Cheap: called for every message. */
  heard(device: string, atMs: number, battery?: Battery, link?: Link): void;
  /** A session of the device, or of its bridge, began or ended. */
  connected(device: string, connected: boolean): void;
  /** State now. A device that nobody knows is offline and was never heard. */
  health(device: string): DeviceHealth;
  /** Seconds between messages that the state is judged by. */
  intervalS(device: string): number;
  counts(): {online: number; late: number; offline: number; connected: number};
  /** Judges every device again by the clock; the timer does so by itself. */
  evaluate(): void;
  /**
   * Takes up the last arrivals of a store: call once at a start, before messages come. Where the interval is learned it
   * is taken from the newest rows.
   */
  restore(reader: Pick<ObservationReader, 'latest' | 'rows'>): Promise<void>;
  close(): void;
};

type Entry = {
  record: DeviceRecord | undefined;
  /** Null: learned. */
  nominalS: number | null;
  /** The last gaps, in no order: `gapAt` is where the next one goes. */
  gapsS: number[];
  gapAt: number;
  state: DeviceState;
  lastSeenMs: number | null;
  sessions: number;
  battery: Battery | null;
  link: Link | null;
};

/** Ranges, in ms, in which rows are looked for to learn an interval: the shortest that has enough of them counts. */
const LEARNING_RANGES_MS = [3_600_000, 86_400_000, 40 * 86_400_000];

/**
 * A board of device states. Every change of state or of `connected` is published on the live bus as it is noticed: at
 * once on arrival, within `everyMs` by the clock.
 */
export function createHealthBoard(options: {
  registry: Registry;
  now?: () => number;
  live: LiveBus;
  /** How often the clock is looked at, ms. */
  everyMs?: number;
}): HealthBoard {
  const {registry, live} = options;
  const now = options.now ?? Date.now;
  const entries = new Map<string, Entry>();

  function entryOf(device: string): Entry {
    const record = registry.device(device);
    const known = entries.get(device);
    if (known && known.record === record) return known;
    const nominalS = record ? nominalIntervalS(record, registry.elements()) : null;
    if (known) {
      // The device was changed: what was heard stays, how it is judged may differ.
      known.record = record;
      known.nominalS = nominalS;
      return known;
    }
    const entry: Entry = {
      record,
      nominalS,
      gapsS: [],
      gapAt: 0,
      state: 'offline',
      lastSeenMs: null,
      sessions: 0,
      battery: null,
      link: null,
    };
    entries.set(device, entry);
    return entry;
  }

  function show(entry: Entry): DeviceHealth {
    return {
      state: entry.state,
      connected: entry.sessions > 0,
      lastSeenMs: entry.lastSeenMs,
      battery: entry.battery,
      link: entry.link,
    };
  }

  function judge(device: string, entry: Entry, nowMs: number): void {
    const state = stateAt(entry.lastSeenMs, intervalOf(entry), nowMs);
    if (state === entry.state) return;
    entry.state = state;
    live.publish({kind: 'device', device, health: show(entry)});
  }

  function learn(entry: Entry, gapMs: number): void {
    entry.gapsS[entry.gapAt] = gapMs / 1000;
    entry.gapAt = (entry.gapAt + 1) % GAPS_KEPT;
  }

  function intervalOf(entry: Entry): number {
    return entry.nominalS ?? medianGapS(entry.gapsS) ?? UNKNOWN_INTERVAL_S;
  }

  function evaluate(): void {
    const nowMs = now();
    for (const device of entries.keys()) {
      if (!registry.device(device)) entries.delete(device);
      else judge(device, entryOf(device), nowMs);
    }
  }

  const timer = setInterval(evaluate, options.everyMs ?? 10_000);
  timer.unref();

  return {
    heard(device, atMs, battery, link) {
      const entry = entryOf(device);
      const before = entry.lastSeenMs;
      if (before === null || atMs > before) {
        if (before !== null && entry.nominalS === null) learn(entry, atMs - before);
        entry.lastSeenMs = atMs;
      }
      if (battery) entry.battery = battery;
      if (link) entry.link = link;
      if (entry.state !== 'online') judge(device, entry, now());
    },

    connected(device, connected) {
      const entry = entryOf(device);
      const before = entry.sessions > 0;
      entry.sessions = Math.max(0, entry.sessions + (connected ? 1 : -1));
      if (before !== entry.sessions > 0) live.publish({kind: 'device', device, health: show(entry)});
    },

    health(device) {
      if (!registry.device(device)) {
        return {state: 'offline', connected: false, lastSeenMs: null, battery: null, link: null};
      }
      const entry = entryOf(device);
      judge(device, entry, now());
      return show(entry);
    },

    intervalS: (device) => intervalOf(entryOf(device)),

    counts() {
      const counts = {online: 0, late: 0, offline: 0, connected: 0};
      const nowMs = now();
      for (const {device, status} of registry.devices()) {
        const entry = entryOf(device.id);
        // One that was replaced is expected to be silent; one that was refused is none of ours.
        if (status !== 'retired' && status !== 'refused')
          counts[stateAt(entry.lastSeenMs, intervalOf(entry), nowMs)]++;
        if (entry.sessions > 0) counts.connected++;
      }
      return counts;
    },

    evaluate,

    async restore(reader) {
      const newest = new Map<string, {series: number; timeMs: number}>();
      for (const row of reader.latest()) {
        const device = registry.datastreamBySeries(row.series)?.device;
        if (device === null || device === undefined || !registry.device(device)) continue;
        const entry = entryOf(device);
        if (entry.lastSeenMs === null || row.receivedMs > entry.lastSeenMs) entry.lastSeenMs = row.receivedMs;
        const other = newest.get(device);
        if (!other || row.timeMs > other.timeMs) newest.set(device, {series: row.series, timeMs: row.timeMs});
      }
      for (const [device, {series, timeMs}] of newest) {
        const entry = entryOf(device);
        if (entry.nominalS === null) {
          for (const rangeMs of LEARNING_RANGES_MS) {
            const range = {series, fromMs: timeMs - rangeMs, toMs: timeMs + 1};
            const rows = await reader.rows(range).catch(ifAway);
            // Older ones cannot be asked for now: its interval is learned from what comes.
            if (!rows) break;
            const times = rows.timeMs.subarray(-(GAPS_KEPT + 1));
            entry.gapsS = [];
            entry.gapAt = 0;
            for (let i = 1; i < times.length; i++) learn(entry, times[i]! - times[i - 1]!);
            if (times.length > GAPS_KEPT) break;
          }
        }
        judge(device, entry, now());
      }
    },

    close: () => clearInterval(timer),
  };
}

/** Nothing while another database that holds older observations does not answer. */
function ifAway(error: unknown): undefined {
  if (error instanceof EcoError && error.code === 'store_away') return undefined;
  throw error;
}
