import type {FastifyPluginAsyncTypebox} from '@fastify/type-provider-typebox';
import {AccessBody} from '#schemas';
import {actionsOf} from '../access/index.ts';

export const accessRoutes: FastifyPluginAsyncTypebox = async (app) => {
  app.get(
    '/access',
    {
      schema: {
        action: 'observe',
        tags: ['operation'],
        summary: 'What the caller may do, so that a page offers nothing else',
        response: {200: AccessBody},
      },
    },
    async (request, reply) => {
      reply.header('cache-control', 'no-store');
      return {actions: [...actionsOf(request.socket.remoteAddress)]};
    },
  );
};
