import type {Flag, ObservationReader, RowColumns, SeriesQuery} from '#schemas';

/** `long`: a row an observation. `wide`: a row an instant, a column a datastream. */
export type ExportLayout = 'long' | 'wide';
export type ExportFormat = 'csv' | 'parquet' | 'geojson';

/** A datastream as an export tells it; plain data, for the way to a worker. */
export type ExportStream = {
  series: number;
  id: string;
  station: string;
  device: string | null;
  element: string;
  depthM: number | null;
  heightM: number | null;
  instance: string | null;
  statistic: string;
  period: string | null;
  unit: string;
  origin: string;
  verticalDatum: string | null;
  /** IANA zone of its site. */
  timeZone: string;
  /** Where it stood from when on, oldest first; before the first it stood there too. */
  positions: {fromMs: number; longitudeDeg: number; latitudeDeg: number}[];
};

/** The last observation that somebody has of an export: what follows begins after it. `datastream` is null in `wide`. */
export type ExportCursor = {timeMs: number; datastream: string | null};

/**
 * An export, whole. Streams lie in the order of their ids, the rows of each oldest first (`wide`: all rows by time). With
 * the same `asOfMs` it gives the same rows whenever it is made, so that it can be taken up again after its last row.
 */
export type ExportPlan = {
  format: ExportFormat;
  layout: ExportLayout;
  /** Value and verdict in force, those that the row came with, or both. */
  values: 'revised' | 'stored' | 'both';
  /** A byte order mark in front, by which spreadsheets know UTF-8. */
  bom: boolean;
  /** Times as UTC, or as the site's clocks showed them, with their offset. */
  time: 'utc' | 'local';
  streams: ExportStream[];
  fromMs: number;
  /** Exclusive. */
  toMs: number;
  flags: readonly Flag[] | null;
  asOfMs: number;
  after: ExportCursor | null;
};

/** A piece of an export and how many rows end in it. */
export type ExportPiece<T = string> = {data: T; rows: number};

/** The next rows of the stream at an index of the plan; null: there are no more. */
export type ReadBlock = (index: number) => Promise<RowColumns | null>;

/** Rows of a block at most; of all blocks that lie open side by side in `wide`, together. */
const BLOCK_ROWS = 16_384;
const OPEN_ROWS = 1_000_000;

/** Places in the plan whose rows are wanted, in order. */
export function wantedStreams({streams, layout, after}: ExportPlan): number[] {
  const places = [...streams.keys()];
  const last = after?.datastream ?? null;
  return layout === 'wide' || last === null ? places : places.filter((i) => streams[i]!.id >= last);
}

/** Reads a plan's rows from a store, one block ahead of who asks. */
export function readerOf(plan: ExportPlan, observations: Pick<ObservationReader, 'rowBlocks'>): ReadBlock {
  const blockRows =
    plan.layout === 'wide'
      ? Math.max(256, Math.min(BLOCK_ROWS, Math.floor(OPEN_ROWS / Math.max(1, plan.streams.length))))
      : BLOCK_ROWS;
  const open = new Map<
    number,
    {blocks: AsyncIterator<RowColumns>; next: Promise<IteratorResult<RowColumns>>}
  >();
  const ahead = (blocks: AsyncIterator<RowColumns>) => {
    const next = blocks.next();
    next.catch(() => {}); // told to who asks for it
    return {blocks, next};
  };
  return async (index) => {
    const stream = plan.streams[index]!;
    let at = open.get(index);
    if (!at) {
      const {after} = plan;
      const goesOn = after !== null && (after.datastream === null || after.datastream === stream.id);
      const query: SeriesQuery = {
        series: stream.series,
        fromMs: goesOn ? Math.max(plan.fromMs, after.timeMs + 1) : plan.fromMs,
        toMs: plan.toMs,
        asOfMs: plan.asOfMs,
        ...(plan.flags ? {flags: plan.flags} : {}),
        ...(plan.values === 'revised' ? {} : {stored: true}),
      };
      at = ahead(observations.rowBlocks(query, blockRows)[Symbol.asyncIterator]());
    }
    const {value, done} = await at.next;
    if (done === true) {
      open.delete(index);
      return null;
    }
    open.set(index, ahead(at.blocks));
    return value;
  };
}
