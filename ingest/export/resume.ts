import type {ExportCursor, ExportFormat, ExportLayout} from './plan.ts';

/** Lines beyond the rows of a text: the head, and what closes GeoJSON. */
export const EXTRA_LINES: Readonly<Record<Exclude<ExportFormat, 'parquet'>, number>> = {csv: 1, geojson: 2};

/** `2026-11-22T08:00:00.000Z~datastream`, as a query's `after` takes it. */
export function cursorText({timeMs, datastream}: ExportCursor): string {
  const time = new Date(timeMs).toISOString();
  return datastream === null ? time : `${time}~${datastream}`;
}

/** Reads what `cursorText` writes; null for anything else. */
export function readCursor(text: string): ExportCursor | null {
  const match = /^([+-]?\d{4,6}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z)(?:~([A-Za-z0-9._:-]{1,300}))?$/.exec(text);
  const timeMs = match ? Date.parse(match[1]!) : Number.NaN;
  return Number.isNaN(timeMs) ? null : {timeMs, datastream: match![2] ?? null};
}

/** Where an export that was cut off goes on: keep so many bytes, ask for what follows the cursor. */
export type ResumePoint = {bytes: number; cursor: ExportCursor};

const DATASTREAM = 0;
const TIME_IN_LONG = 10;

/**
 * Finds the last whole row in the end of a file that was cut off anywhere. `tail` is the end of the file, from byte
 * `fromByte` on, long enough for two rows. null: no row is whole, so it begins anew.
 */
export function resumePoint(
  {format, layout}: {format: 'csv' | 'geojson'; layout: ExportLayout},
  tail: Uint8Array,
  fromByte: number,
): ResumePoint | null {
  // A row is whole when the line break after it is there: in GeoJSON that of `},`, or of the end.
  const closed = format === 'geojson' && new TextDecoder().decode(tail.subarray(-4)) === '\n]}\n';
  const last = closed ? tail.length - 4 : tail.lastIndexOf(0x0a);
  if (last < 0) return null;
  const before = last > 0 ? tail.lastIndexOf(0x0a, last - 1) : -1;
  if (before < 0) return null;
  const line = new TextDecoder().decode(tail.subarray(before + 1, last));
  if (format === 'geojson') {
    if (!line.endsWith(closed ? '}' : '},')) return null;
    const feature = closed ? line : line.slice(0, -1);
    const {datastream, phenomenonTime} = JSON.parse(feature).properties as Record<string, string>;
    return {
      bytes: fromByte + last - (closed ? 0 : 1),
      cursor: {datastream: datastream!, timeMs: Date.parse(phenomenonTime!)},
    };
  }
  // No cell that is read here holds a comma or a quote.
  const cells = line.split(',');
  const time = Date.parse(cells[layout === 'wide' ? 0 : TIME_IN_LONG] ?? '');
  if (Number.isNaN(time)) return null;
  const datastream = layout === 'wide' ? null : cells[DATASTREAM]!.replace(/^'/, '');
  return {bytes: fromByte + last + 1, cursor: {timeMs: time, datastream}};
}
