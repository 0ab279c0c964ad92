import type {FastifyPluginAsyncTypebox} from '@fastify/type-provider-typebox';
import {type ObservationStore, StatsBody} from '#schemas';
import {instantOrNull} from '../bodies/instant.ts';

type Options = {store: Pick<ObservationStore, 'counts' | 'stats'>};

export const statRoutes: FastifyPluginAsyncTypebox<Options> = async (app, {store}) => {
  app.get(
    '/stats',
    {
      schema: {
        action: 'observe',
        tags: ['operation'],
        summary:
          'What was received, stored, seen before, in conflict, and rejected by code; size of the store',
        response: {200: StatsBody},
      },
    },
    async () => {
      const {received, stored, duplicate, conflict, deadLetters, byCode} = store.counts();
      const {oldestMs, newestMs, lastCommitMs, stalled: _, months: __, ...stats} = await store.stats();
      return {
        received,
        stored,
        duplicate,
        conflict,
        rejected: deadLetters,
        byCode,
        store: {
          ...stats,
          oldest: instantOrNull(oldestMs),
          newest: instantOrNull(newestMs),
          lastCommit: instantOrNull(lastCommitMs),
        },
      };
    },
  );
};
