/** What an export and its worker say to each other: the worker asks for rows, and gives pieces one at a time. */
import type {RowColumns} from '#schemas';
import type {ExportPlan} from './plan.ts';

export type ExportTask = {
  plan: ExportPlan;
  /** Empty folder for files on the way (Parquet); null: none is needed. */
  scratch: string | null;
};

export type FromExport =
  | {kind: 'read'; index: number}
  /** Nothing more comes until `more` is said. */
  | {kind: 'piece'; data: Uint8Array; rows: number}
  | {kind: 'file'; name: string; rows: number}
  | {kind: 'end'}
  | {kind: 'failed'; message: string};

export type ToExport = {kind: 'block'; rows: RowColumns | null} | {kind: 'more'};
