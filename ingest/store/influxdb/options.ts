import type {EmbeddedStoreOptions} from '../embedded/options.ts';

/** Where InfluxDB is and how it lets us in. */
export type InfluxAccess = {
  /** `http://host:8086`; a path in it is kept. */
  url: string;
  /** Of 2.x; with 1.x `user:password`, or absent where it asks for none. Never logged. */
  token?: string;
  /** Organisation of 2.x; 1.x has none. */
  org: string;
  /** Bucket of 2.x, database of 1.x: made on the first start, with one more, `…_15m`, for quarter hours. */
  bucket: string;
};

/** Tags of a series in InfluxDB besides `series`: fixed for ever, since another tag would make another series there. */
export type SeriesLabels = Readonly<Record<string, string>>;

export type InfluxStoreOptions = EmbeddedStoreOptions & {
  influx: InfluxAccess;
  /**
   * Gives the tags of a series, once they can be told: nothing is sent before. Absent: no other tags. `undefined`: a
   * series that nobody knows (any more).
   */
  labels?: Promise<(series: number) => SeriesLabels | undefined>;
  /** Rows that may wait for InfluxDB; beyond, nothing more is taken in until some went. */
  spoolRows?: number;
};
