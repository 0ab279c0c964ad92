/** What the store's main thread and its writer worker say to each other. */
import type {DeadLetter, Revision, RollUp, Row} from '#schemas';
import type {RowArrays} from './row-arrays.ts';

export type Interval = {series: number; fromMs: number; toMs: number};

export type DocumentChange =
  | {kind: 'put'; collection: string; id: string; schemaVersion: number; json: string}
  | {kind: 'remove'; collection: string; id: string};

/** Everything of one commit. Order inside: documents, rows, revisions, letters, rechecks taken away, rechecks added. */
export type WriteTransaction = {
  kind: 'write';
  rows: RowArrays;
  count: number;
  /** Rows before this index (exclusive) belong to batch b or an earlier one. */
  ends: Int32Array<ArrayBuffer>;
  /** For rows that may be cold already: KEY of each, and the value there. */
  cold: {hit: Uint8Array<ArrayBuffer>; value: Float64Array<ArrayBuffer>} | null;
  revisions: Revision[];
  deadLetters: DeadLetter[];
  /** Dead letters that went through on a later try. */
  replayed: {ids: number[]; atMs: number}[];
  /** What was rejected or marked, by code. */
  counted: Record<string, number>;
  documents: DocumentChange[];
  recheckChanges: {kind: 'put' | 'remove'; interval: Interval}[];
  /** What became of rows that another database gets. */
  forwarded: Forwarded[];
};

/** What the forwarder to another database reports; made durable with the next commit. */
export type Forwarded = {
  /** All of the outbox up to this number is over there. */
  seq: number;
  /** Rows whose key was found there after all, with the value there: they were not sent. */
  known: {rows: RowArrays; there: Float64Array<ArrayBuffer>} | null;
  /** Rows that it refused: they stay hot. */
  refused: RowArrays | null;
};

/** The column files of one partition of time as the manifest keeps them. */
export type SegmentRecord = {
  month: string;
  raw: string;
  tier: string | null;
  t0: number;
  t1: number;
  n: number;
  bytes: number;
  revisionSeq: number;
  series: Int32Array<ArrayBuffer>;
  seriesT0: Float64Array<ArrayBuffer>;
  seriesT1: Float64Array<ArrayBuffer>;
  seriesN: Int32Array<ArrayBuffer>;
  /** How the 15-min sums of each series were made; null: none were. */
  seriesTierKind: (RollUp | null)[];
};

/** Column files in, the ones they replace out, and the hot rows that they hold deleted: all at once. */
export type SwapTransaction = {
  kind: 'swap';
  add: SegmentRecord[];
  remove: number[];
  /** Hot rows with fromMs <= time < toMs go, but for those that came since `record`. */
  hot: {fromMs: number; toMs: number} | null;
  latest: RowArrays | null;
  /** Purged since the files were begun: not to be found in them. */
  purged: number[];
};

export type PurgeTransaction = {kind: 'purge'; series: number[]};

export type Transaction = WriteTransaction | SwapTransaction | PurgeTransaction;

export type ToWriter =
  | {kind: 'transaction'; id: number; transaction: Transaction}
  /** From now on remember rows that arrive for this range; null: no longer. */
  | {kind: 'record'; range: {fromMs: number; toMs: number} | null}
  | {kind: 'close'};

export type WriteResult = {
  kind: 'write';
  /** Buffers for the next one. */
  rows: RowArrays;
  /** stored, duplicate, conflict of each batch; null: every row of every batch was stored. */
  outcomes: Int32Array<ArrayBuffer> | null;
  /** Indexes of rows that the store holds with another value or verdict. */
  unlike: number[];
  /** Rows counted as stored before that turned out to be known; they are hot no more. */
  late: {duplicate: number; conflict: number};
  /** Rows that another database is to get now. */
  queued: number;
};
export type SwapResult = {kind: 'swap'; deletedHot: number; segments: ColdSegment[]};
export type PurgeResult = {kind: 'purge'; hotRows: number; coldRows: number; dirty: number[]};
export type TransactionResult = WriteResult | SwapResult | PurgeResult;

/** A manifest entry as the main thread keeps it. */
export type ColdSegment = {
  id: number;
  month: string;
  raw: string;
  tier: string | null;
  t0: number;
  t1: number;
  n: number;
  bytes: number;
  series: Int32Array<ArrayBuffer>;
  seriesT0: Float64Array<ArrayBuffer>;
  seriesT1: Float64Array<ArrayBuffer>;
  seriesN: Int32Array<ArrayBuffer>;
  /** Some of its rows were purged and wait to be taken out. */
  dirty: boolean;
};

/** What was in the store when it was opened. */
export type OpeningState = {
  documents: {collection: string; id: string; schemaVersion: number; json: string}[];
  counters: Record<string, number>;
  hotRows: number;
  /** Of these, the ones with an impossible time. */
  strayRows: number;
  /** Newest row of each series, as stored, and the revisions that may speak of it or of later ones. */
  latest: Row[];
  revisions: Revision[];
  rechecks: Interval[];
  segments: ColdSegment[];
  /** What waits for another database, and the name of this folder's contents there; absent: there is none. */
  outbox?: {rows: number; seq: number; instance: string};
};

export type FromWriter =
  | {kind: 'open'; state: OpeningState}
  | {kind: 'failed'; code: string; message: string}
  | {kind: 'done'; id: number; result: TransactionResult; ms: number}
  /** The transaction in hand does not go through (a full disk); it is tried again until it does. */
  | {kind: 'stalled'; id: number; message: string}
  | {kind: 'closed'};
