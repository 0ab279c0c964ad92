import type {FastifyPluginAsyncTypebox} from '@fastify/type-provider-typebox';
import {HealthBody} from '#schemas';
import {instant} from '../bodies/instant.ts';
import {type Components, worst} from '../components.ts';

type Options = {components: Components; version: string; startedMs: number; now: () => number};

export const healthRoutes: FastifyPluginAsyncTypebox<Options> = async (app, options) => {
  const {components, version, startedMs, now} = options;
  app.get(
    '/health',
    {
      schema: {
        action: 'observe',
        tags: ['operation'],
        summary: 'Whether the product works, and each of its parts; 503 when one has failed',
        response: {200: HealthBody, 503: HealthBody},
      },
    },
    async (_request, reply) => {
      const states = components.all();
      const status = worst(states);
      reply.header('cache-control', 'no-store');
      return reply.code(status === 'failed' ? 503 : 200).send({
        status,
        version,
        started: instant(startedMs),
        time: instant(now()),
        components: states,
      });
    },
  );
};
