/** What the main thread asks the worker that makes column files. */
import type {RollUp} from '#schemas';
import type {SegmentRecord} from './protocol.ts';
import type {Columns, RowArrays} from './row-arrays.ts';

/**
 * Which rows move and which files are written anew: `tidy` moves closed time and leaves one file for each closed month;
 * `drain` moves the oldest rows whatever their age; `clean` writes files anew that hold purged rows.
 */
export type CompactMode = 'tidy' | 'drain' | 'clean';

export type CompactQuestion =
  /** Answered once the worker is up. */
  | {kind: 'hello'}
  /** Which rows are to be moved. */
  | {kind: 'range'; mode: CompactMode; cutoffMs: number; mostRows: number}
  /** Fixes what is seen of the database from here on; commits wait meanwhile, so nothing else is done. */
  | {kind: 'snapshot'}
  | {kind: 'build'; kinds: ReadonlyMap<number, RollUp>}
  /** Rows that the row store never had are to become one file of a month: they come series by series, in order. */
  | {kind: 'load'; month: string}
  | {kind: 'put'; series: number; rows: Columns}
  | {kind: 'finish'; kinds: ReadonlyMap<number, RollUp>}
  | {kind: 'abort'}
  | {kind: 'close'};

export type RangeAnswer = {
  /** null: no rows are to be moved. */
  hot: {fromMs: number; toMs: number} | null;
  /** More are left for another pass. */
  more: boolean;
  /** Rows with an impossible time, which stay. */
  strayRows: number;
};
export type BuildAnswer = {add: SegmentRecord[]; remove: number[]; latest: RowArrays | null};
