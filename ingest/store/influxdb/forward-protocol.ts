/** What the main thread and the worker that sends to InfluxDB say to each other. */
import type {DeadLetter, RollUp} from '#schemas';
import type {CompactMode} from '../embedded/compact-protocol.ts';
import type {Forwarded, SegmentRecord} from '../embedded/protocol.ts';
import type {Columns, RowArrays} from '../embedded/row-arrays.ts';
import type {SeriesLabels} from './options.ts';

/**
 * `connecting`: not yet asked; `sending`: it takes what comes; `away`: no answer, tried again; `denied`: it does not let
 * us, or what is there is not ours: looked at again each minute, and somebody must act.
 */
export type ForwardState = {
  state: 'connecting' | 'sending' | 'away' | 'denied';
  sinceMs: number;
  message: string;
};

export type ForwardQuestion =
  | {kind: 'range'; mode: CompactMode; cutoffMs: number; mostRows: number}
  /** Fixes what is seen of the database from here on; commits wait meanwhile, so nothing else is done. */
  | {kind: 'snapshot'; fromMs: number; toMs: number}
  | {kind: 'summary'}
  /** Quarter hours of what moves, written to the second bucket; gives the segments with what they then hold. */
  | {kind: 'tiers'; add: SegmentRecord[]; kinds: ReadonlyMap<number, RollUp>}
  /** Rows that the local database never had are to lie there: those of a month, series by series, in order. */
  | {kind: 'load'; month: string}
  /** Gives those that it does not take. */
  | {kind: 'put'; series: number; rows: Columns; rollUp: RollUp | null}
  | {kind: 'finish'}
  | {kind: 'close'};

/** What moving the rows of a range means for the manifest; `seq`: all of the outbox up to it must be over there first. */
export type SummaryAnswer = {
  add: SegmentRecord[];
  remove: number[];
  latest: RowArrays;
  seq: number;
  /** Some of the rows may be over there already, with another value: too early to move any. */
  unsure: boolean;
};

export type FromForwarder =
  | {event: 'state'; state: ForwardState}
  /** Rows of the outbox are over there; letters are evidence of those that it refused. */
  | {event: 'sent'; rows: number; report: Forwarded; letters: DeadLetter[]}
  | {event: 'fault'; fault: string}
  | {event: 'labels'; series: number[]};

export type ToForwarder =
  | {event: 'poke'}
  | {event: 'labels'; labels: [number, SeriesLabels][]}
  | {event: 'stop'};
