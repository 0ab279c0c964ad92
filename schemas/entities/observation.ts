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
 * A correction by rule: value · gain + offset, both linear in time from `startMs` to `endMs` (and held beyond). It works on
 * the value as it was stored, so a later correction replaces an earlier one and never adds to it.
 */
export type Correction = {
  startMs: number;
  endMs: number;
  /** Added at start and end, in the unit of the series. */
  offset: readonly [start: number, end: number];
  /** Factor at start and end. */
  gain: readonly [start: number, end: number];
};

/**
 * A later verdict on the rows of one series in [fromMs, toMs] (both inclusive): a new quality bit field, a new value or a
 * rule that gives one. Verdict and value are two layers: for each, the highest `version` that says something of it and
 * covers the row counts; among equal versions the later one. One that `revokes` a version says nothing itself and takes
 * all that it says away; its range covers all of theirs.
 */
export type Revision = {
  series: number;
  fromMs: number;
  toMs: number;
  version: number;
  /** null: says nothing of the value. */
  value: number | null;
  /** 0 (no flag): says nothing of the verdict. */
  qc: number;
  reason: string;
  who: string;
  atMs: number;
  /** A rule in place of `value`; absent: none. */
  correction?: Correction;
  /** Version that is taken back; absent: none. */
  revokes?: number;
};

/** Columns of many rows of one series, oldest first; `value` is NaN where there is none. */
export type RowColumns = {
  timeMs: Float64Array;
  value: Float64Array;
  qc: Int32Array;
  receivedMs: Float64Array;
  /** The same before any revision; only where a query asks for it (`stored`). */
  storedValue?: Float64Array;
  storedQc?: Int32Array;
};
