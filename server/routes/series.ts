import {Readable} from 'node:stream';
import type {FastifyPluginAsyncTypebox} from '@fastify/type-provider-typebox';
import type {FastifyReply} from 'fastify';
import {Type} from 'typebox';
import {
  EcoError,
  ElementId,
  type Flag,
  Id,
  type ObservationReader,
  Period,
  type Registry,
  SeriesBody,
  type SeriesQuery,
  StatisticSchema,
} from '#schemas';
import {verticalDatum} from '../bodies/datum.ts';
import {instant} from '../bodies/instant.ts';
import {seriesOf} from './default-datastream.ts';
import {queryInstant} from './instants.ts';
import {csvOf, wantsCsv} from './series-csv.ts';

const POINTS = 1500;
const MOST_POINTS = 50_000;
const DAY_MS = 86_400_000;
const BUCKETS = ['raw', 'PT1M', 'PT15M', 'PT1H', 'P1D', 'P1M'] as const;

const Instant = (text: string) =>
  Type.Optional(Type.String({maxLength: 40, description: `${text}; ISO 8601 with a zone`}));

const Query = Type.Object(
  {
    datastream: Type.Optional(Type.String({maxLength: 300, description: 'Id of the datastream'})),
    device: Type.Optional(Id),
    element: Type.Optional(ElementId),
    depthM: Type.Optional(
      Type.Number({minimum: 0, description: 'm below ground or water surface; absent: the series without'}),
    ),
    heightM: Type.Optional(Type.Number({description: 'm above ground'})),
    instance: Type.Optional(Id),
    stat: Type.Optional(StatisticSchema),
    period: Type.Optional(Period),
    from: Instant('Start, inclusive; absent: 24 hours before `to`'),
    to: Instant('End, exclusive; absent: now'),
    points: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: MOST_POINTS,
        default: POINTS,
        description: 'At most so many points',
      }),
    ),
    flags: Type.Optional(
      Type.String({
        pattern: '^[12349](,[12349])*$',
        description: 'Keep rows of these QARTOD flags only, with commas; absent: all',
      }),
    ),
    bucket: Type.Optional(
      Type.Union(
        BUCKETS.map((bucket) => Type.Literal(bucket)),
        {description: 'raw: a row a point; a duration: UTC buckets; P1D and P1M: days and months of `day`'},
      ),
    ),
    day: Type.Optional(Type.String({maxLength: 64, description: 'Named day of the site; absent: `local`'})),
    asStored: Type.Optional(
      Type.Boolean({
        default: false,
        description: 'Values and first verdicts as they were stored, without revisions',
      }),
    ),
    asOf: Instant('What was known then: rows received and verdicts made at or before'),
  },
  {additionalProperties: false},
);

type Options = {
  registry: Registry;
  observations: Pick<ObservationReader, 'series' | 'rowBlocks'>;
  now: () => number;
};

/** Local hour at which a named day of a site starts. */
function startHour(registry: Registry, siteId: string, day: string | undefined): number {
  const days = registry.sites().find(({site}) => site.id === siteId)?.site.days ?? [];
  if (day === undefined) return (days.find(({id}) => id === 'local') ?? days[0])?.startHour ?? 0;
  const named = days.find(({id}) => id === day);
  if (named) return named.startHour;
  throw new EcoError(
    'day_unknown',
    `no day ${day} at ${siteId}; there are ${days.map(({id}) => id).join(', ')}`,
  );
}

export const seriesRoutes: FastifyPluginAsyncTypebox<Options> = async (
  app,
  {registry, observations, now},
) => {
  app.get(
    '/series',
    {
      schema: {
        action: 'observe',
        tags: ['observations'],
        summary:
          'One series: its rows if no more than `points`, else thinned so that extremes and counts stay',
        description:
          'Accept: text/csv streams the raw rows of the range instead, units in the header (points, bucket and day do ' +
          'not apply).',
        querystring: Query,
        produces: ['application/json', 'text/csv'],
        response: {200: SeriesBody},
      },
    },
    async (request, reply) => {
      const {query} = request;
      const stream = seriesOf(registry, query);
      const toMs = query.to === undefined ? now() : queryInstant('to', query.to);
      const fromMs = query.from === undefined ? toMs - DAY_MS : queryInstant('from', query.from);
      if (fromMs >= toMs) {
        throw new EcoError(
          'time_invalid',
          `from must be before to, got ${instant(fromMs)} and ${instant(toMs)}`,
        );
      }
      const bucketStartHour = startHour(registry, stream.site, query.day);
      const ask: SeriesQuery = {
        series: stream.series,
        fromMs,
        toMs,
        ...(query.flags === undefined
          ? {}
          : {flags: query.flags.split(',').map((flag) => Number(flag) as Flag)}),
        ...(query.asStored === true ? {asStored: true} : {}),
        ...(query.asOf === undefined ? {} : {asOfMs: queryInstant('asOf', query.asOf)}),
      };
      const datum = verticalDatum(registry, stream);
      reply.header('vary', 'accept');
      if (wantsCsv(request.headers.accept)) {
        const name = stream.id.replace(/[^A-Za-z0-9._-]/g, '_');
        reply.header('content-disposition', `attachment; filename="${name}.csv"`);
        reply.type('text/csv; charset=utf-8; header=present');
        const csv = Readable.from(csvOf(stream, datum, observations.rowBlocks(ask)));
        // The schema of 200 is the JSON one; this answer is of the other media type.
        (reply as unknown as FastifyReply).send(csv);
        return reply as never;
      }
      const result = await observations.series({
        ...ask,
        points: query.points ?? POINTS,
        ...(query.bucket === undefined ? {} : {bucket: query.bucket}),
        dayStartHour: bucketStartHour,
      });
      return {
        datastream: stream.id,
        device: stream.device,
        element: stream.element,
        depthM: stream.depthM,
        heightM: stream.heightM,
        statistic: stream.statistic,
        period: stream.period,
        unit: stream.unit,
        origin: stream.origin,
        verticalDatum: datum,
        from: instant(fromMs),
        to: instant(toMs),
        bucket: query.bucket ?? 'auto',
        rows: result.rows,
        points: result.points.map(({timeMs, ...point}) => ({time: instant(timeMs), ...point})),
        ...(result.points.some(({censored}) => censored !== undefined)
          ? {censoredMethod: 'kaplan-meier' as const}
          : {}),
        gaps: result.gaps.map((gap) => ({
          from: instant(gap.fromMs),
          to: instant(gap.toMs),
          missing: gap.missing,
        })),
      };
    },
  );
};
