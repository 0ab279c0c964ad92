/** What the main thread asks the worker that makes column files. */
import type {RollUp} from '#schemas';
import type {SegmentRecord} from './protocol.ts';
import type {RowArrays} from './row-arrays.ts';

/**
 * Which rows move and which files are written anew: `tidy` moves closed time and leaves one file for each closed month;
 * `drain` moves the oldest rows whatever their age; `clean` writes files anew that hold purged rows.
 */
export type CompactMode = 'tidy' | 'drain' | 'clean';

export type CompactQuestion =
  /** Fixes what is seen of the database: the answer names the rows to be moved, null if none. */
  | {kind: 'snapshot'; mode: CompactMode; cutoffMs: number; mostRows: number}
  | {kind: 'build'; kinds: ReadonlyMap<number, RollUp>}
  | {kind: 'abort'}
  | {kind: 'close'};

export type SnapshotAnswer = {hot: {fromMs: number; toMs: number} | null; more: boolean};
export type BuildAnswer = {add: SegmentRecord[]; remove: number[]; latest: RowArrays | null};
