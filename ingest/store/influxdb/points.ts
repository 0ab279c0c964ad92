import {escape as escaped} from '@influxdata/influxdb-client';
import type {RowArrays} from '../embedded/row-arrays.ts';
import {STRAY_BIT} from '../embedded/stray.ts';
import {TIER_COUNTS, TIER_FIELDS, type TierColumns} from '../embedded/tier-columns.ts';
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
export function lineOf(head: string, rows: Omit<RowArrays, 'series'>, i: number): string {
  const value = rows.value[i]!;
  const said = Number.isNaN(value) ? '' : `value=${Object.is(value, -0) ? '-0' : value},`;
  return `${head} ${said}qc=${rows.qc[i]!}i,received=${rows.receivedMs[i]!} ${rows.timeMs[i]!}`;
}

/**
 * How a quarter hour lies in the second bucket: the same tags; time is its start; fields are those of TierColumns, and
 * `absent`, an integer with a bit for each of TIER_VALUES that has no value: a field cannot be taken back by writing a
 * point again.
 */
export const TIER_MEASUREMENT = 'eco_quarter_hour';
export const TIER_VALUES = TIER_FIELDS.filter((field) => field !== 'startMs' && !TIER_COUNTS.has(field));
export const TIER_NUMBERS = TIER_FIELDS.filter((field) => TIER_COUNTS.has(field));

/** Line protocol of quarter hour i of a series whose rows have the head given; null: a sum is beyond all numbers. */
export function tierLineOf(head: string, tier: TierColumns, i: number): string | null {
  let absent = 0;
  const said: string[] = [];
  for (let v = 0; v < TIER_VALUES.length; v++) {
    const value = tier[TIER_VALUES[v]!][i]!;
    if (Number.isNaN(value)) absent |= 1 << v;
    else if (!Number.isFinite(value)) return null;
    else said.push(`${TIER_VALUES[v]!}=${Object.is(value, -0) ? '-0' : value}`);
  }
  for (const field of TIER_NUMBERS) said.push(`${field}=${tier[field][i]!}i`);
  said.push(`absent=${absent}i`);
  return `${TIER_MEASUREMENT}${head.slice(MEASUREMENT.length)} ${said.join(',')} ${tier.startMs[i]!}`;
}

/** A row with an impossible time is in InfluxDB for others to see; the store itself keeps it hot and reads it there. */
export function isStray(qc: number): boolean {
  return (qc & STRAY_BIT) !== 0;
}
