import type {FastifyPluginAsyncTypebox} from '@fastify/type-provider-typebox';
import {Type} from 'typebox';
import {DatastreamBody, listOf, type Registry} from '#schemas';
import {datastreamBody} from '../bodies/datastream.ts';
import {choiceOf, DatastreamFilter} from './filters.ts';
import {Paging, page} from './paging.ts';

export const datastreamRoutes: FastifyPluginAsyncTypebox<{registry: Registry}> = async (app, {registry}) => {
  app.get(
    '/datastreams',
    {
      schema: {
        action: 'observe',
        tags: ['things'],
        summary:
          'Series: station, element, depth or height, instance, statistic and period, with deployments',
        querystring: Type.Object({...DatastreamFilter, ...Paging}, {additionalProperties: false}),
        response: {200: listOf(DatastreamBody)},
      },
    },
    async (request) => {
      const choice = choiceOf(registry, request.query);
      return page(
        registry.datastreams().filter(choice.datastream),
        (datastream) => datastream.id,
        request.query,
        request.url,
        (datastream) => datastreamBody(registry, datastream),
      );
    },
  );
};
