/** A value as the device stated it, in its own unit; `model` alone converts. */
export type Reading = {
  element: string;
  value: number | null;
  unit?: string;
  depthM?: number;
  heightM?: number;
  instance?: string;
  stat?: string;
  period?: string;
  qualifier?: '<' | '>';
  status?: string;
};

/**
 * One stored row: time of the phenomenon (start of the period for means, sums and extremes), the series' integer, value
 * in the catalogue's unit (null: the device said there is none), arrival, quality bit field. Rows never change.
 */
export type Row = {timeMs: number; series: number; value: number | null; receivedMs: number; qc: number};

/** A row as people and programs outside see it. */
export type Observation = Row & {datastream: string};

/**
 * A later verdict on the rows of one series in [fromMs, toMs] (both inclusive): a new quality bit field and, for
 * corrections, a new value. The highest `version` that covers a row counts.
 */
export type Revision = {
  series: number;
  fromMs: number;
  toMs: number;
  version: number;
  /** null: the value stays as it is. */
  value: number | null;
  qc: number;
  reason: string;
  who: string;
  atMs: number;
};

/** Columns of many rows of one series, oldest first; `value` is NaN where there is none. */
export type RowColumns = {
  timeMs: Float64Array;
  value: Float64Array;
  qc: Int32Array;
  receivedMs: Float64Array;
};
