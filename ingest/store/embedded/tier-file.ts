import {TIER_COUNTS, TIER_FIELDS} from './tier-columns.ts';

/*
 * Columns of a tier file, sorted by (series, start_ms): those of TierColumns in snake case; start_ms BIGINT, counts
 * INTEGER, all else DOUBLE (NaN: none), but for first and last: ms after the start of the quarter hour (null: none).
 */
const nameOf = (field: string): string => field.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
const offset = (field: string): boolean => field === 'firstMs' || field === 'lastMs';

/** Columns of the table that a tier file is made from. */
export const TIER_SQL = TIER_FIELDS.map(
  (field) => `${nameOf(field)} ${TIER_COUNTS.has(field) ? 'INTEGER' : 'DOUBLE'}`,
).join(', ');

/** From that table to the file. */
export const TIER_OUT = [
  'series',
  ...TIER_FIELDS.map((field) => {
    const name = nameOf(field);
    if (field === 'startMs') return 'start_ms::BIGINT AS start_ms';
    if (offset(field))
      return `CASE WHEN isnan(${name}) THEN NULL ELSE (${name} - start_ms)::INTEGER END AS ${name}`;
    return name;
  }),
].join(', ');

/** From the file to columns in TIER_FIELDS' order. */
export const TIER_IN = TIER_FIELDS.map((field) => {
  const name = nameOf(field);
  if (field === 'startMs') return 'start_ms::DOUBLE';
  if (offset(field)) return `coalesce((start_ms + ${name})::DOUBLE, 'NaN'::DOUBLE)`;
  return name;
}).join(', ');

export const TIER_KINDS = TIER_FIELDS.map((field) => (TIER_COUNTS.has(field) ? 'i32' : 'f64'));
