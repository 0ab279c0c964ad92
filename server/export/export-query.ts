import {type Static, Type} from 'typebox';
import {type ExportPlan, type ExportStream, readCursor} from '#ingest';
import {type Datastream, EcoError, type Flag, type Registry} from '#schemas';
import {verticalDatum} from '../bodies/datum.ts';
import {instant} from '../bodies/instant.ts';
import {choiceOf, DatastreamFilter} from '../routes/filters.ts';
import {queryInstant} from '../routes/instants.ts';

const MOST_WIDE = 500;

const oneOf = <const T extends readonly string[]>(names: T, description: string) =>
  Type.Optional(
    Type.Unsafe<T[number]>(
      Type.Union(
        names.map((name) => Type.Literal(name)),
        {default: names[0]!, description},
      ),
    ),
  );
const Instant = (text: string) =>
  Type.Optional(Type.String({maxLength: 40, description: `${text}; ISO 8601 with a zone`}));

/** What is exported, and how. */
export const ExportQuery = Type.Object(
  {
    ...DatastreamFilter,
    from: Instant('Start, inclusive; absent: the oldest observation there is'),
    to: Instant('End, exclusive; absent: `asOf`'),
    flags: Type.Optional(
      Type.String({
        pattern: '^[12349](,[12349])*$',
        description: 'Keep rows whose flag in force is one of these, with commas; absent: all',
      }),
    ),
    asOf: Instant('What was known then: rows received and verdicts made at or before; absent: now'),
    format: oneOf(['csv', 'parquet', 'geojson'], 'File format'),
    layout: oneOf(
      ['long', 'wide'],
      `long: a row an observation; wide (CSV): a row an instant, columns for each datastream, at most ${MOST_WIDE}`,
    ),
    values: oneOf(
      ['revised', 'stored', 'both'],
      'revised: value and verdict in force; stored: those that the row came with; both: side by side',
    ),
    bom: Type.Optional(
      Type.Boolean({default: false, description: 'CSV begins with a byte order mark, for spreadsheets'}),
    ),
    time: oneOf(['utc', 'local'], "local: the site's clocks, with their offset (CSV, GeoJSON)"),
    after: Type.Optional(
      Type.String({
        maxLength: 400,
        description:
          'Goes on after this row, without a head: `TIME~DATASTREAM` of the last one (wide: `TIME`), with milliseconds. ' +
          'With the same `asOf`, which it needs, the rest is byte for byte what was cut off',
      }),
    ),
  },
  {additionalProperties: false},
);
export type ExportQuery = Static<typeof ExportQuery>;

function positionsOf(registry: Registry, stream: Datastream): ExportStream['positions'] {
  const moved = registry
    .deployments(stream.id)
    .map(({fromMs, longitudeDeg, latitudeDeg}) => ({fromMs, longitudeDeg, latitudeDeg}))
    .sort((a, b) => a.fromMs - b.fromMs);
  if (moved.length > 0) return moved;
  const station = registry.stations(stream.site).find(({id}) => id === stream.station);
  return station ? [{fromMs: 0, longitudeDeg: station.longitudeDeg, latitudeDeg: station.latitudeDeg}] : [];
}

function invalid(message: string): EcoError {
  return new EcoError('export_invalid', message);
}

/**
 * What a query asks for.
 * @throws {EcoError} `export_invalid`, `export_empty` (404), `time_invalid`, and those of `choiceOf`.
 */
export function planExport(
  {registry, nowMs, oldestMs}: {registry: Registry; nowMs: number; oldestMs: number | null},
  query: ExportQuery,
): ExportPlan {
  const format = query.format ?? 'csv';
  const layout = query.layout ?? 'long';
  const time = query.time ?? 'utc';
  const asOfMs = query.asOf === undefined ? nowMs : queryInstant('asOf', query.asOf);
  if (asOfMs > nowMs)
    throw new EcoError('time_invalid', `asOf: expected no later than now, got ${query.asOf}`);
  const toMs = query.to === undefined ? asOfMs : queryInstant('to', query.to);
  const fromMs = query.from === undefined ? Math.min(oldestMs ?? 0, toMs) : queryInstant('from', query.from);
  if (fromMs > toMs) {
    throw new EcoError(
      'time_invalid',
      `from must not be after to, got ${instant(fromMs)} and ${instant(toMs)}`,
    );
  }
  const after = query.after === undefined ? null : readCursor(query.after);
  if (query.after !== undefined) {
    if (after === null || (after.datastream === null) !== (layout === 'wide')) {
      const form = layout === 'wide' ? 'TIME' : 'TIME~DATASTREAM';
      throw invalid(`after: expected ${form}, time as 2026-11-22T08:00:00.000Z, got ${query.after}`);
    }
    if (query.asOf === undefined)
      throw invalid('after: expected asOf beside it, as the first answer gave it');
    if (format === 'parquet') throw invalid('after: a Parquet file cannot be taken up again; ask by month');
  }
  if (format !== 'csv' && layout === 'wide') throw invalid(`layout: wide is for format csv, got ${format}`);
  if (format !== 'csv' && query.bom === true) throw invalid(`bom: is for format csv, got ${format}`);
  if (format === 'parquet' && time === 'local') throw invalid('time: Parquet has instants, which are UTC');

  const choice = choiceOf(registry, query);
  const chosen = registry.datastreams().filter(choice.datastream);
  if (chosen.length === 0) throw new EcoError('export_empty', 'no datastream fits what was asked for', 404);
  if (layout === 'wide' && chosen.length > MOST_WIDE) {
    throw invalid(`layout: expected at most ${MOST_WIDE} datastreams side by side, got ${chosen.length}`);
  }
  const zones = new Map(registry.sites().map(({site}) => [site.id, site.timeZone]));
  const zonesInUse = new Set(chosen.map(({site}) => zones.get(site)));
  if (layout === 'wide' && time === 'local' && zonesInUse.size > 1) {
    throw invalid(`time: local needs one time zone, got ${[...zonesInUse].join(', ')}; choose one site`);
  }
  return {
    ...{format, layout, time, fromMs, toMs, asOfMs, after},
    values: query.values ?? 'revised',
    bom: query.bom ?? false,
    flags: query.flags === undefined ? null : query.flags.split(',').map((flag) => Number(flag) as Flag),
    streams: chosen
      .map((stream) => ({
        series: stream.series,
        id: stream.id,
        station: stream.station,
        device: stream.device,
        element: stream.element,
        depthM: stream.depthM,
        heightM: stream.heightM,
        instance: stream.instance,
        statistic: stream.statistic,
        period: stream.period,
        unit: stream.unit,
        origin: stream.origin,
        verticalDatum: verticalDatum(registry, stream),
        timeZone: zones.get(stream.site) ?? 'UTC',
        positions: positionsOf(registry, stream),
      }))
      .sort((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0)),
  };
}
