/** What an export and its worker say to each other: the worker asks for rows, and gives pieces in buffers that come back. */
import type {RowColumns} from '#schemas';
import type {ExportPlan} from './plan.ts';

export type ExportTask = {
  plan: ExportPlan;
  /** Empty folder for files on the way (Parquet); null: none is needed. */
  scratch: string | null;
  /** One number (Int32) that grows with each answer, for a worker that must wait without its event loop. */
  answers: SharedArrayBuffer;
};

export type FromExport =
  | {kind: 'read'; index: number}
  /** The first `bytes` of a buffer. */
  | {kind: 'piece'; buffer: ArrayBuffer; bytes: number; rows: number}
  | {kind: 'file'; name: string; rows: number}
  | {kind: 'end'}
  | {kind: 'failed'; message: string};

export type ToExport =
  | {kind: 'block'; rows: RowColumns | null}
  /** The buffer of a piece that was taken. */
  | {kind: 'taken'; buffer: ArrayBuffer}
  /** Nobody wants the rest. */
  | {kind: 'stop'};
