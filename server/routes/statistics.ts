import type {FastifyPluginAsyncTypebox} from '@fastify/type-provider-typebox';
import {Type} from 'typebox';
import {isUsed, summarise} from '#model';
import {
  ApiError,
  EcoError,
  type ObservationReader,
  type Registry,
  type RowColumns,
  StatisticsBody,
} from '#schemas';
import {instant} from '../bodies/instant.ts';
import {queryInstant} from './instants.ts';

/** Rows of one answer at most: their order must be known, so all are held. A year of minutes. */
const MOST_ROWS = 600_000;
const BLOCK_ROWS = 50_000;

type Options = {
  registry: Registry;
  observations: Pick<ObservationReader, 'rowBlocks'>;
  now: () => number;
};

/** Used values of some rows, their censoring, and how many rows there are. */
async function collect(blocks: AsyncIterable<RowColumns>, id: string) {
  const value: number[] = [];
  const qc: number[] = [];
  let count = 0;
  for await (const block of blocks) {
    count += block.timeMs.length;
    if (count > MOST_ROWS) {
      throw new EcoError(
        'range_too_long',
        `${id} has more than ${MOST_ROWS} observations in this range: ask for less of it`,
      );
    }
    for (let row = 0; row < block.timeMs.length; row++) {
      if (!isUsed(block, row)) continue;
      value.push(block.value[row]!);
      qc.push(block.qc[row]!);
    }
  }
  return {value, qc, count};
}

export const statisticsRoutes: FastifyPluginAsyncTypebox<Options> = async (app, options) => {
  const {registry, observations, now} = options;

  app.get(
    '/datastreams/:id/statistics',
    {
      schema: {
        action: 'observe',
        tags: ['observations'],
        summary:
          'Mean, its standard error, median and extremes of a range; censored values (`<0.01`) by Kaplan-Meier, never by substitution',
        params: Type.Object({id: Type.String({maxLength: 300, description: 'Id of the datastream'})}),
        querystring: Type.Object(
          {
            from: Type.String({maxLength: 40, description: 'Start, inclusive; ISO 8601 with a zone'}),
            to: Type.Optional(Type.String({maxLength: 40, description: 'End, exclusive; absent: now'})),
          },
          {additionalProperties: false},
        ),
        response: {200: StatisticsBody, 400: ApiError, 404: ApiError},
      },
    },
    async (request) => {
      const {id} = request.params;
      const stream = registry.datastream(id);
      if (!stream) throw new EcoError('datastream_unknown', `no datastream ${id}`, 404);
      const {rollUp} = registry.element(stream.element)!;
      if (rollUp === 'circularMean' || rollUp === 'energyMean') {
        throw new EcoError(
          'statistics_undefined',
          `${stream.element} has no plain mean or median (it is rolled up by ${rollUp}): see /series?bucket=`,
        );
      }
      const fromMs = queryInstant('from', request.query.from);
      const toMs = request.query.to === undefined ? now() : queryInstant('to', request.query.to);
      if (fromMs >= toMs) throw new EcoError('time_invalid', 'from must be before to');
      const found = await collect(
        observations.rowBlocks({series: stream.series, fromMs, toMs}, BLOCK_ROWS),
        id,
      );
      return {
        datastream: id,
        unit: stream.unit,
        from: instant(fromMs),
        to: instant(toMs),
        count: found.count,
        ...summarise(found.value, found.qc),
      };
    },
  );
};
