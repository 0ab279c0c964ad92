import {statfs} from 'node:fs/promises';
import type {FastifyPluginAsyncTypebox} from '@fastify/type-provider-typebox';
import type {FrameLog} from '#ingest';
import {type ObservationStore, StorageBody} from '#schemas';
import {instantOrNull} from '../bodies/instant.ts';

type Options = {
  store: Pick<ObservationStore, 'stats'>;
  frames: Pick<FrameLog, 'stats'>;
  dataDir: string;
};

/** What the data take up, and how much room is left for more. */
export const storageRoutes: FastifyPluginAsyncTypebox<Options> = async (app, {store, frames, dataDir}) => {
  app.get(
    '/storage',
    {
      schema: {
        action: 'observe',
        tags: ['operation'],
        summary: 'Rows, bytes and months of the store, and the room left on its disk',
        response: {200: StorageBody},
      },
    },
    async () => {
      const [stats, disk] = await Promise.all([store.stats(), statfs(dataDir)]);
      return {
        rows: {recent: stats.hotRows, closed: stats.coldRows},
        bytes: {recent: stats.bytes.hot, closed: stats.bytes.cold, frames: frames.stats().bytes},
        oldest: instantOrNull(stats.oldestMs),
        newest: instantOrNull(stats.newestMs),
        months: [...stats.months],
        disk: {freeBytes: disk.bavail * disk.bsize, totalBytes: disk.blocks * disk.bsize},
      };
    },
  );
};
