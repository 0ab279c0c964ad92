import {escape as escaped} from '@influxdata/influxdb-client';
import type {RowArrays} from '../embedded/row-arrays.ts';
import {STRAY_BIT} from '../embedded/stray.ts';
import type {SeriesLabels} from './options.ts';

/**
 * How a row lies in InfluxDB: measurement `eco_observation`; tag `series` (the store's integer) and the labels of the
 * series; fields `value` (float; absent: none), `qc` (integer, the quality bit field), `received` (float, ms).
 */
export const MEASUREMENT = 'eco_observation';
/** Says whose observations a bucket holds: field `instance`, one point. */
export const MARKER = 'eco_store';
/** The second bucket: quarter hours. */
export const tierBucket = (bucket: string): string => `${bucket}_15m`;

/** The part of a line before its fields. */
export function lineHead(measurement: string, series: number, labels: SeriesLabels): string {
  let head = `${measurement},series=${series}`;
  // In order of their names, as InfluxDB likes them best.
  for (const name of Object.keys(labels).sort()) {
    if (labels[name] !== '') head += `,${escaped.tag(name)}=${escaped.tag(labels[name]!)}`;
  }
  return head;
}

/** Line protocol of row i; a number is written so that the same one comes back. */
export function lineOf(head: string, rows: RowArrays, i: number): string {
  const value = rows.value[i]!;
  const said = Number.isNaN(value) ? '' : `value=${Object.is(value, -0) ? '-0' : value},`;
  return `${head} ${said}qc=${rows.qc[i]!}i,received=${rows.receivedMs[i]!} ${rows.timeMs[i]!}`;
}

/** A row with an impossible time is in InfluxDB for others to see; the store itself keeps it hot and reads it there. */
export function isStray(qc: number): boolean {
  return (qc & STRAY_BIT) !== 0;
}
