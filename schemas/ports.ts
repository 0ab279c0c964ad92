/**
 * What a part is handed because it does not own it. `ingest` builds the store and the registry; `server`, `simulation`
 * and `devices` receive these interfaces as arguments.
 */
import type {RunBody} from './api/run-bodies.ts';
import type {ElementType, Statistic} from './catalogue/element-type.ts';
import type {Credential, Principal} from './entities/access.ts';
import type {Datastream, DatastreamKey, Deployment, Origin} from './entities/datastream.ts';
import type {Observation, Revision, Row, RowColumns} from './entities/observation.ts';
import type {Site, ZoneFeature} from './entities/site.ts';
import type {
  Calibration,
  Device,
  DeviceModel,
  DeviceState,
  LimitOverrides,
  Placement,
  Refusal,
  Station,
} from './entities/thing.ts';
import type {Flag} from './quality.ts';

// ── writing ────────────────────────────────────────────────────────────────────────────────────────────────────────

/** A message or reading that could not be understood, kept with what was expected. */
export type DeadLetter = {
  receivedMs: number;
  /** `mqtt`, `http`, `file`. */
  source: string;
  topic: string;
  principal: string | null;
  device: string | null;
  code: string;
  message: string;
  payload: Uint8Array;
};
export type StoredDeadLetter = DeadLetter & {id: number; replayedMs: number | null};

/** Same key, other value: the first stays in the series, the other is kept here. */
export type Conflict = {
  series: number;
  timeMs: number;
  kept: number | null;
  offered: number | null;
  seenMs: number;
};

/**
 * What one message brings to the store. All of it becomes durable in one transaction, or none. `recheck` marks rows
 * that came out of order: their neighbourhood is checked again after they are in.
 */
export type Batch = {
  rows: readonly Row[];
  revisions: readonly Revision[];
  deadLetters: readonly DeadLetter[];
  /** Series whose rows in [fromMs, toMs] need the neighbour tests made again. */
  rechecks: readonly {series: number; fromMs: number; toMs: number}[];
  /** Ids of dead letters that were run through again with success: marked so in the same transaction. */
  replayed?: readonly number[];
  /** How many readings or messages were rejected or marked, by code; also where no letter tells of it. */
  counted?: Readonly<Record<string, number>>;
};

export type StoreCounts = {
  received: number;
  stored: number;
  duplicate: number;
  conflict: number;
  deadLetters: Record<string, number>;
  /** Readings and messages that were rejected or marked. */
  byCode: Record<string, number>;
};

/** Durable writing. `done` is called once, after the batch would survive `kill -9`; never before, never with loss. */
export type ObservationWriter = {
  add(batch: Batch, done: (outcome: {stored: number; duplicate: number; conflict: number}) => void): void;
  /** Rows and letters taken in but not yet durable; intake pauses above a bound. */
  pending(): number;
};

// ── reading ────────────────────────────────────────────────────────────────────────────────────────────────────────

export type SeriesQuery = {
  series: number;
  fromMs: number;
  /** Exclusive. */
  toMs: number;
  /** Flags to keep; absent: all. */
  flags?: readonly Flag[];
  /** What was known then: rows received and revisions made at or before. */
  asOfMs?: number;
  /** Rows as they were stored, without any revision. */
  asStored?: boolean;
  /** Rows also carry the value and verdict that they came with. */
  stored?: boolean;
};

/**
 * Values of a bucket that are known only as a limit. They enter no extreme; the mean is then by Kaplan-Meier (model), null
 * where that cannot tell.
 */
export type CensoredShare = {
  below: number;
  above: number;
  /** The largest limit that a value was said to be below, the smallest that one was above; null: none. */
  belowLimit: number | null;
  aboveLimit: number | null;
  /** Share of the distribution known only as beyond the last limit, where it is put: above 0, the mean is a bound. */
  restFraction: number;
};

/** A point of a chart: of one row (count 1, its own time), or of all rows of a bucket (the bucket's start). */
export type SeriesPoint = {
  timeMs: number;
  min: number | null;
  max: number | null;
  mean: number | null;
  count: number;
  /** Worst flag in the bucket. */
  flag: Flag;
  /** Absent: no value is censored. A point of one row is that row: its number is the limit. */
  censored?: CensoredShare;
};

export type Gap = {fromMs: number; toMs: number; missing: number};

/** `raw`: a row a point; a duration: UTC buckets; `P1D` and `P1M`: local days and months of the named day. */
export type Bucket = 'raw' | 'PT1M' | 'PT15M' | 'PT1H' | 'P1D' | 'P1M';

/** One roll-up bucket: what a tier keeps. Values flagged fail or missing count, but enter no statistic. */
export type RollUpRow = {
  startMs: number;
  min: number | null;
  max: number | null;
  mean: number | null;
  /** All rows, whatever their flag. */
  count: number;
  /** Rows by flag, in FLAGS' order (1, 2, 3, 4, 9). */
  flagCounts: readonly [number, number, number, number, number];
  /** Absent: no value is censored. */
  censored?: CensoredShare;
};

/** How many rows of a series came to one verdict (bits 0-15 of the quality bit field) in a span of time: four columns. */
export type VerdictCounts = {
  series: Int32Array;
  /** Index of the span: from `edgesMs[span]`, to `edgesMs[span + 1]` exclusive. */
  span: Int32Array;
  verdict: Int32Array;
  rows: Int32Array;
};

export type SeriesResult = {points: SeriesPoint[]; gaps: Gap[]; rows: number};

export type ObservationReader = {
  /** Rows with their newest verdicts, oldest first, as columns. */
  rows(query: SeriesQuery): Promise<RowColumns>;
  /** The same in blocks, for streaming: bounded memory. */
  rowBlocks(query: SeriesQuery, blockRows?: number): AsyncIterable<RowColumns>;
  /** Points for a chart: rows if no more than `points`, else thinned so that extremes and counts are kept. */
  series(
    query: SeriesQuery & {points: number; bucket?: Bucket; dayStartHour?: number},
  ): Promise<SeriesResult>;
  /** Roll-up of a tier in [fromMs, toMs). */
  rollUp(query: SeriesQuery & {bucket: Exclude<Bucket, 'raw'>; dayStartHour?: number}): Promise<RollUpRow[]>;
  /**
   * Rows counted by their newest verdict, in the spans between two edges; of the series named, or of all.
   * @throws {EcoError} `range_too_long` where that would mean to read more rows one by one than is allowed.
   */
  verdicts(query: {edgesMs: readonly number[]; series?: readonly number[]}): Promise<VerdictCounts>;
  /** Newest row of each series that is not flagged as of the future; in memory, synchronous. */
  latest(series?: readonly number[]): Row[];
  deadLetters(query: {limit: number; beforeId?: number; code?: string}): Promise<StoredDeadLetter[]>;
  conflicts(query: {limit: number; series?: number}): Promise<Conflict[]>;
  /**
   * Revisions that touch [fromMs, toMs), in the order in which they were made. `leastVersion` 2 leaves those out that the
   * tests made themselves, which may be many.
   */
  revisions(query: {
    series: number;
    fromMs: number;
    toMs: number;
    leastVersion?: number;
  }): Promise<Revision[]>;
  counts(): StoreCounts;
};

export type StoreStats = {
  hotRows: number;
  coldRows: number;
  coldFiles: number;
  /** What was moved to column files, by month of its time (`2026-11`), oldest first. */
  months: readonly {month: string; rows: number; bytes: number; files: number}[];
  bytes: {hot: number; cold: number};
  oldestMs: number | null;
  newestMs: number | null;
  pending: number;
  lastCommitMs: number | null;
  commitP50Ms: number;
  commitP99Ms: number;
  /** Since when commits do not go through (a full disk), and why; nothing is acknowledged meanwhile. null: they do. */
  stalled?: {sinceMs: number; message: string} | null;
  /** Of a store that sends its rows on to another database: how that goes. Counts are since the start. */
  forwarding?: {
    state: 'connecting' | 'sending' | 'away' | 'denied';
    /** Rows that wait, and how many may. */
    waitingRows: number;
    mostRows: number;
    sentRows: number;
    refusedRows: number;
    faults: Record<string, number>;
  };
};

/** The store port: what `embedded` and `influxdb` implement, and one contract suite tests. */
export type ObservationStore = ObservationWriter &
  ObservationReader & {
    /** Durable documents of the registry and the product: small, by collection and id, each with its schemaVersion. */
    documents: DocumentStore;
    stats(): Promise<StoreStats>;
    /** Moves closed time from the row store to column files now (it also does so by itself). */
    compact(): Promise<void>;
    /** Removes all rows, revisions, conflicts of these series (a purge of virtual devices). */
    purge(series: readonly number[]): Promise<{rows: number}>;
    /** Rechecks that are queued and not yet made. */
    settled(): Promise<void>;
    /** When all that was added before now is durable. */
    written(): Promise<void>;
    /**
     * Lets go of what it writes with, and the memory of it, for who reads much and has nothing more to add: from now on `add`
     * throws `store_closed`.
     */
    endWriting(): Promise<void>;
    close(): Promise<void>;
  };

/** Writes are durable when the promise resolves. `put` of several documents is one transaction. */
export type DocumentStore = {
  all<T>(collection: string): T[];
  put(entries: readonly {collection: string; id: string; value: unknown}[]): Promise<void>;
  remove(entries: readonly {collection: string; id: string}[]): Promise<void>;
};

// ── registry ───────────────────────────────────────────────────────────────────────────────────────────────────────

/** Limits in force for one datastream, after device or map → model → catalogue, at its nominal interval. */
export type LimitsInForce = {
  hardRange: readonly [number, number];
  suspectRange: readonly [number, number] | null;
  /** Seconds; null where values come from campaigns. */
  intervalS: number | null;
  /** Units per second. */
  ratePerS: number | null;
  spike: {suspect: number; fail: number} | null;
  flatLine: {
    tolerance: number;
    suspectH: number;
    failH: number;
    unless: import('./catalogue/element-type.ts').FlatLineExemption | null;
    /** Values are directions in degrees: their range is the smallest arc that holds them. Absent: they lie on a line. */
    circular?: boolean;
  } | null;
};

export type SiteData = {site: Site; zones: ZoneFeature[]; folder: string};

export type DeviceRecord = {
  device: Device;
  site: string;
  zone: string | null;
  /** Where it stands, or stood last. */
  station: string;
  model: DeviceModel;
  /**
   * `waiting` devices were seen through a map and are not yet approved: nothing of theirs is stored as rows. `refused` ones
   * were seen so and are kept out. `retired` ones were replaced: what they measured before still belongs to their station.
   */
  status: 'active' | 'waiting' | 'refused' | 'retired';
  /** Of a refused device: by whom, when and why. */
  refusal: Refusal | null;
  createdMs: number;
  /** Oldest first, at least one; `device` has the position of the newest. */
  placements: readonly Placement[];
  calibrations: readonly Calibration[];
};

/** All things the product knows, in memory, durable behind. Changes are persisted before they show. */
export type Registry = {
  sites(): readonly SiteData[];
  stations(site?: string): Station[];
  devices(site?: string): DeviceRecord[];
  device(id: string): DeviceRecord | undefined;
  element(id: string): ElementType | undefined;
  elements(): ReadonlyMap<string, ElementType>;
  models(): ReadonlyMap<string, DeviceModel>;
  datastreams(filter?: {
    station?: string;
    device?: string;
    element?: string;
    site?: string;
    /** This zone and those that it holds. */
    zone?: string;
    /** Also what a registry without virtual devices hides (for a purge). */
    hidden?: boolean;
  }): Datastream[];
  datastream(id: string): Datastream | undefined;
  datastreamBySeries(series: number): Datastream | undefined;
  deployments(datastream: string): Deployment[];
  /**
   * The series of a key, made (durably, with the first rows) if it is new. `atMs` is the time of the value that needs
   * it: the device's deployment starts there, or earlier once an earlier value comes. `limits` are a map's.
   */
  ensureDatastream(
    key: DatastreamKey,
    of: {device: string | null; site: string; origin: Origin; limits?: LimitOverrides; atMs?: number},
  ): Datastream;
  /**
   * Statistic and period of a reading that does not name both: device → model → element. `statistic` is the one that it
   * names, if any; a period that it names wins over this one.
   */
  defaults(
    device: string | null,
    element: string,
    statistic?: string,
  ): {statistic: Statistic; period: string | null};
  limits(series: number): LimitsInForce;
  /** Adds a device, or makes a waiting one active. */
  addDevice(device: Device, options: {site: string; status?: 'active' | 'waiting'}): Promise<DeviceRecord>;
  /** Keeps a waiting device out, until that is taken back. */
  refuseDevice(id: string, refusal: Omit<Refusal, 'atMs'>): Promise<DeviceRecord>;
  /** Takes a refusal back: the device waits again. */
  letDeviceWait(id: string): Promise<DeviceRecord>;
  /**
   * From a time on, another device stands where one stood: the series of its station go on, fed by the new one. `by` is a
   * device that there is, or a new one (with its credential). All of it is durable at once.
   */
  replaceDevice(
    id: string,
    of: {by: string | Device; credential?: Credential; atMs: number; reason: string | null},
  ): Promise<{old: DeviceRecord; by: DeviceRecord; datastreams: string[]}>;
  /** From a time on, the device stands elsewhere; its station and series go on. */
  moveDevice(
    id: string,
    to: {
      longitudeDeg: number;
      latitudeDeg: number;
      groundM?: number;
      heightM?: number;
      atMs: number;
      reason: string | null;
    },
  ): Promise<DeviceRecord>;
  addCalibration(device: string, calibration: Omit<Calibration, 'saidMs'>): Promise<DeviceRecord>;
  /**
   * Forgets these devices, their credentials, and the datastreams that nobody else fed (`store.purge` their series
   * first). Devices of a site's own file stay listed; their datastreams go.
   */
  removeDevices(ids: readonly string[]): Promise<void>;
  /** Forgets datastreams and their deployments; their series integers are never given again. */
  removeDatastreams(ids: readonly string[]): Promise<void>;
  /** Stores the credential; the token itself is never stored. */
  addCredential(credential: Credential): Promise<void>;
  credential(username: string): Credential | undefined;
  /** Who speaks for several devices. */
  bridges(): Extract<Principal, {kind: 'bridge'}>[];
};

/** State of devices by arrival and clock (DOMAIN C); `connected` is the MQTT session and does not decide. */
export type DeviceHealth = {
  state: DeviceState;
  connected: boolean;
  lastSeenMs: number | null;
  battery: {volts?: number; percent?: number} | null;
  link: {rssiDbm?: number; snrDb?: number; gateway?: string} | null;
};

export type LiveEvent =
  | {kind: 'observation'; observations: readonly Observation[]}
  | {kind: 'device'; device: string; health: DeviceHealth}
  /** Later verdicts or corrections of a series in [fromMs, toMs] (both inclusive). */
  | {kind: 'revision'; datastream: string; series: number; fromMs: number; toMs: number}
  /** A run began, went on or ended. */
  | {kind: 'run'; site: string; run: RunBody};

/** Live events after they are durable. Listeners must not block; slow ones drop the oldest. */
export type LiveBus = {
  publish(event: LiveEvent): void;
  subscribe(listener: (event: LiveEvent) => void): () => void;
};
