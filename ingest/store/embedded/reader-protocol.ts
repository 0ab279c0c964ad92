/** What the main thread asks the reader worker, and what it gets. */
import type {
  Bucket,
  Conflict,
  Revision,
  RollUpRow,
  Row,
  SeriesQuery,
  SeriesResult,
  StoredDeadLetter,
  VerdictCounts,
} from '#schemas';
import type {Keys} from './cold-source.ts';
import type {SeriesInfo} from './options.ts';
import type {Interval} from './protocol.ts';
import type {Columns} from './row-arrays.ts';

export type ReaderQuestion =
  | {kind: 'rows'; query: SeriesQuery; limit?: number}
  | {
      kind: 'series';
      query: SeriesQuery & {points: number; bucket?: Bucket; dayStartHour?: number};
      info: SeriesInfo | null;
      nowMs: number;
    }
  | {
      kind: 'rollUp';
      query: SeriesQuery & {bucket: Exclude<Bucket, 'raw'>; dayStartHour?: number};
      info: SeriesInfo | null;
    }
  | {kind: 'verdicts'; edgesMs: readonly number[]; series?: readonly number[]}
  | {kind: 'lookUp'; files: {file: string; keys: Keys}[]}
  | {kind: 'recheck'; interval: Interval; info: SeriesInfo}
  | {kind: 'deadLetters'; limit: number; beforeId?: number; code?: string}
  | {kind: 'conflicts'; limit: number; series?: number}
  /** Times of the oldest and the newest hot row. */
  | {kind: 'hotBounds'}
  | {kind: 'revisions'; series: number; fromMs: number; toMs: number; leastVersion?: number}
  /** Which series there are. */
  | {kind: 'inventory'}
  /** Which series can have rows in [fromMs, toMs), without those of an impossible time. */
  | {kind: 'held'; fromMs: number; toMs: number}
  /** Rows with an impossible time, a page of them. */
  | {kind: 'strays'; after: Pick<Row, 'timeMs' | 'series'> | null; limit: number}
  /** These files count no more: delete them when nobody reads them. */
  | {kind: 'retire'; files: string[]}
  | {kind: 'close'};

/** A series and a time (both ends inclusive) outside which it has no rows. */
export type SeriesSpan = {series: number; fromMs: number; lastMs: number};
/** A series with its first and last time (both inclusive) and its number of rows, those with an impossible time too. */
export type SeriesInventory = SeriesSpan & {rows: number};
/** Rows, and whether `limit` cut them off: then more can follow after `lastMs`. */
export type RowsAnswer = {rows: Columns; lastMs: number | null; more: boolean};
/** For each file, which of its keys it holds (KEY) and the values there. */
export type LookUpAnswer = {hit: Uint8Array<ArrayBuffer>; value: Float64Array<ArrayBuffer>}[];
/**
 * The rows whose verdict is another now: its bit field, and the version of the verdict that it stands on. Rows after `doneToMs` remain to be checked.
 */
export type RecheckAnswer = {
  changed: {timeMs: number; qc: number; version: number}[];
  doneToMs: number;
};

export type ReaderAnswers = {
  rows: RowsAnswer;
  series: SeriesResult;
  rollUp: RollUpRow[];
  verdicts: VerdictCounts;
  lookUp: LookUpAnswer;
  recheck: RecheckAnswer;
  deadLetters: StoredDeadLetter[];
  conflicts: Conflict[];
  revisions: Revision[];
  inventory: SeriesInventory[];
  held: SeriesSpan[];
  strays: Row[];
  hotBounds: {oldestMs: number | null; newestMs: number | null};
  retire: null;
};
