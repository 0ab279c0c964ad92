import type {FastifyPluginAsyncTypebox} from '@fastify/type-provider-typebox';
import {Type} from 'typebox';
import {listOf, ObservationBody, type ObservationReader, type Registry} from '#schemas';
import {observationBody} from '../bodies/observation.ts';
import {choiceOf, DatastreamFilter} from './filters.ts';
import {Paging, page} from './paging.ts';

type Options = {registry: Registry; observations: Pick<ObservationReader, 'latest'>};

export const latestRoutes: FastifyPluginAsyncTypebox<Options> = async (app, {registry, observations}) => {
  app.get(
    '/latest',
    {
      schema: {
        action: 'observe',
        tags: ['observations'],
        summary: 'Newest observation of each datastream; values of the future are never newest',
        querystring: Type.Object({...DatastreamFilter, ...Paging}, {additionalProperties: false}),
        response: {200: listOf(ObservationBody)},
      },
    },
    async (request) => {
      const choice = choiceOf(registry, request.query);
      const chosen = registry.datastreams().filter(choice.datastream);
      const bySeries = new Map(chosen.map((datastream) => [datastream.series, datastream]));
      const rows = observations.latest([...bySeries.keys()]);
      return page(
        rows,
        (row) => bySeries.get(row.series)!.id,
        request.query,
        request.url,
        (row) => observationBody(registry, bySeries.get(row.series)!, row),
      );
    },
  );
};
