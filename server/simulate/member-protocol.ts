import type {Playback, RunTable} from '#schemas';
import type {MemberSummary, RunEvent, RunPlan} from '#simulation';

/** What is said between a run and its threads. */
export type ThreadTask = {
  plan: RunPlan;
  kernel: string | null;
  /** Gives way to everything else that the machine does. */
  background: boolean;
};
export type MemberTask = {
  member: number;
  /** Also a playback file and the log of events. */
  playback: {origin: Playback['origin']} | null;
  /** Also tables, as CSV files into a folder. */
  tables: {folder: string; names: readonly RunTable[]} | null;
};
export type MemberResult = {
  summary: MemberSummary;
  events: RunEvent[];
  playback: Uint8Array<ArrayBuffer> | null;
};
export type FromThread =
  | {kind: 'year'; done: number}
  | {kind: 'done'; result: MemberResult}
  | {kind: 'failed'; message: string; stack: string};
