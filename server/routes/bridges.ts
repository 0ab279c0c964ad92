import type {FastifyPluginAsyncTypebox} from '@fastify/type-provider-typebox';
import {ApiError, type Registry} from '#schemas';
import {addBridge, NewBridgeBody, NewBridgeResult} from '../things/add-bridge.ts';
import type {MapLibrary} from '../things/map-library.ts';

type Options = {registry: Registry; maps: MapLibrary};

/** Bridges: principals that speak for many devices, through a map where their payloads are foreign. */
export const bridgeRoutes: FastifyPluginAsyncTypebox<Options> = async (app, {registry, maps}) => {
  app.post(
    '/bridges',
    {
      schema: {
        action: 'configure',
        tags: ['things'],
        summary: 'Adds a bridge or gives it a new token; the answer holds the token, this once',
        body: NewBridgeBody,
        response: {201: NewBridgeResult, 404: ApiError, 409: ApiError},
      },
    },
    async (request, reply) => {
      const added = await addBridge(registry, maps, request.body);
      reply.header('cache-control', 'no-store');
      return reply.code(201).send(added);
    },
  );
};
