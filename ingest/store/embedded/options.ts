import type {LimitsInForce, Revision, RollUp} from '#schemas';

/** What the store must know about a series to check and roll up its rows. */
export type SeriesInfo = {
  limits: LimitsInForce;
  rollUp: RollUp;
  latitudeDeg: number;
  longitudeDeg: number;
  /** IANA name of the zone whose days and months count. */
  timeZone: string;
  /** `wind_speed` of the same station, height, instance, statistic and period, which tells calm; else null. */
  companion: number | null;
};

export type EmbeddedStoreOptions = {
  /** The store's folder; made if it is not there. One process at a time. */
  folder: string;
  /** Asked each time it is needed: the registry opens after the store. `undefined`: a series nobody knows (any more). */
  seriesInfo: (series: number) => SeriesInfo | undefined;
  /** Least time from one commit to the next, ms: more rows share one fsync (wear of flash), acknowledgements wait longer. */
  commitIntervalMs?: number;
  /** Rows at least this old are moved to column files, whole UTC days at a time, ms. */
  compactAfterMs?: number;
  /** Above this many hot rows the oldest are moved whatever their age. */
  maxHotRows?: number;
  /** How often age and size are looked at, ms; 0: never by itself. */
  compactEveryMs?: number;
  /**
   * Who reads: a worker `beside` this thread that remembers what it read, for many who ask (default); or `here`, in this
   * thread and with little memory, for a process that reads much once and serves nobody (over InfluxDB: a worker that is
   * started when it is first asked).
   */
  reader?: 'beside' | 'here';
  /** The newest schemaVersion known of each collection of documents; 1 for one not named. */
  documentVersions?: Readonly<Record<string, number>>;
  /** Called after verdicts that the store itself made again (late rows) are durable. */
  onRevisions?: (revisions: readonly Revision[]) => void;
  log?: (line: object) => void;
  /** The wall clock, ms since 1970. */
  now?: () => number;
};
