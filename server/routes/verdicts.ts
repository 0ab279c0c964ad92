import type {FastifyPluginAsyncTypebox} from '@fastify/type-provider-typebox';
import {Type} from 'typebox';
import {
  ApiError,
  EcoError,
  FLAGS,
  flagOf,
  type ObservationReader,
  QC_CORRECTED,
  QC_REVISED_BY_PERSON,
  QC_TEST,
  QC_TESTS,
  type Registry,
  VerdictsBody,
} from '#schemas';
import {instant} from '../bodies/instant.ts';
import {queryInstant} from './instants.ts';

/** Rows of one answer at most: two years of minutes. */
const MOST_ROWS = 1_200_000;
const BLOCK_ROWS = 50_000;

type Options = {registry: Registry; observations: Pick<ObservationReader, 'rowBlocks'>};

/** How many of something there are of each kind, without those that are not there. */
function counted<K>(kinds: readonly K[], counts: readonly number[]): [K, number][] {
  return kinds.flatMap((kind, i) => (counts[i]! > 0 ? [[kind, counts[i]!] as [K, number]] : []));
}

export const verdictRoutes: FastifyPluginAsyncTypebox<Options> = async (app, {registry, observations}) => {
  app.get(
    '/datastreams/:id/verdicts',
    {
      schema: {
        action: 'observe',
        tags: ['observations'],
        summary: 'What is said of a range: its observations by flag and by the tests that they did not pass',
        params: Type.Object({id: Type.String({maxLength: 300, description: 'Id of the datastream'})}),
        querystring: Type.Object(
          {
            from: Type.String({maxLength: 40, description: 'Start, inclusive; ISO 8601 with a zone'}),
            to: Type.String({maxLength: 40, description: 'End, exclusive'}),
          },
          {additionalProperties: false},
        ),
        response: {200: VerdictsBody, 400: ApiError, 404: ApiError},
      },
    },
    async (request) => {
      const {id} = request.params;
      const stream = registry.datastream(id);
      if (!stream) throw new EcoError('datastream_unknown', `no datastream ${id}`, 404);
      const fromMs = queryInstant('from', request.query.from);
      const toMs = queryInstant('to', request.query.to);
      if (fromMs >= toMs) throw new EcoError('time_invalid', 'from must be before to; to is exclusive');
      const flags = FLAGS.map(() => 0);
      const failed = QC_TESTS.map(() => 0);
      let [count, byPerson, corrected] = [0, 0, 0];
      for await (const {qc} of observations.rowBlocks({series: stream.series, fromMs, toMs}, BLOCK_ROWS)) {
        count += qc.length;
        if (count > MOST_ROWS) {
          throw new EcoError(
            'range_too_long',
            `${id} has more than ${MOST_ROWS} observations in this range: ask for less of it`,
          );
        }
        for (const bits of qc) {
          flags[FLAGS.indexOf(flagOf(bits))]! += 1;
          if ((bits & QC_REVISED_BY_PERSON) !== 0) byPerson += 1;
          if ((bits & QC_CORRECTED) !== 0) corrected += 1;
          for (let test = 0; test < QC_TESTS.length; test++) {
            if ((bits & QC_TEST[QC_TESTS[test]!]) !== 0) failed[test]! += 1;
          }
        }
      }
      return {
        datastream: id,
        from: instant(fromMs),
        to: instant(toMs),
        count,
        flags: counted(FLAGS, flags).map(([flag, rows]) => ({flag, count: rows})),
        failed: counted(QC_TESTS, failed).map(([test, rows]) => ({test, count: rows})),
        byPerson,
        corrected,
      };
    },
  );
};
