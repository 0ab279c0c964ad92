import type {FastifyPluginAsyncTypebox} from '@fastify/type-provider-typebox';
import {Type} from 'typebox';
import type {OpenRegistry} from '#ingest';
import {ApiError, ExplanationBody, type ObservationReader} from '#schemas';
import {explainObservation} from '../things/explain-observation.ts';
import {queryInstant} from './instants.ts';

type Options = {
  registry: OpenRegistry;
  observations: Pick<ObservationReader, 'rows' | 'rowBlocks' | 'revisions' | 'conflicts'>;
};

export const explainRoutes: FastifyPluginAsyncTypebox<Options> = async (app, options) => {
  app.get(
    '/observations/:datastream/:time/explain',
    {
      schema: {
        action: 'observe',
        tags: ['observations'],
        summary:
          'The whole story of one observation: as stored, device and place, limits, each test with its numbers, revisions, conflicts',
        params: Type.Object({
          datastream: Type.String({maxLength: 300, description: 'Id of the datastream'}),
          time: Type.String({maxLength: 40, description: 'phenomenonTime, ISO 8601 with a zone'}),
        }),
        response: {200: ExplanationBody, 404: ApiError},
      },
    },
    async (request) => {
      const {datastream, time} = request.params;
      return await explainObservation(options, datastream, queryInstant('time', time));
    },
  );
};
