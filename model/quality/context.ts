import type {LimitsInForce} from '#schemas';
import type {CheckedColumns} from './check-series.ts';
import {flatLineRows} from './flat-line.ts';
import {hasCredibleTime} from './verdict.ts';

/** The longest window of the flat line test, in rows before the judged one. */
function windowRows(limits: LimitsInForce): number {
  const rows = flatLineRows(limits);
  return rows === null ? 0 : Math.max(rows.suspectRows, rows.failRows);
}

/**
 * How many of the newest rows with a credible time (the bit QC_TEST.time not set; with or without a value) a checker needs
 * to go on as if it had seen the whole series. The same number of rows before a row settles its verdict.
 */
export function contextRows(limits: LimitsInForce): number {
  return Math.max(2, windowRows(limits) + 1);
}

/**
 * How many rows with a credible time around a late row may change their verdict: the one before (its spike) and those
 * after (spike and rate of the next one, and every flat line window that the late row now stands in).
 */
export function affectedRows(limits: LimitsInForce): {before: number; after: number} {
  return {before: 1, after: Math.max(1, windowRows(limits))};
}

/**
 * The rows [from, to) of a stretch whose verdicts by `checkSeries` are those of the whole series: the first
 * `contextRows` − 1 lack what stood before them unless the stretch begins with the series, and the last credible row
 * lacks its next unless the stretch ends with it.
 */
export function settledRange(
  columns: CheckedColumns,
  limits: LimitsInForce,
  stretch: {readonly fromStart: boolean; readonly toEnd: boolean},
): {from: number; to: number} {
  const rows = columns.timeMs.length;
  let from = 0;
  if (!stretch.fromStart) {
    for (let lacking = contextRows(limits) - 1; from < rows && lacking > 0; from += 1) {
      if (hasCredibleTime(columns.qc[from]!)) lacking -= 1;
    }
  }
  let to = rows;
  if (!stretch.toEnd) {
    while (to > from && !hasCredibleTime(columns.qc[to - 1]!)) to -= 1;
    if (to > from) to -= 1;
  }
  return {from, to};
}
