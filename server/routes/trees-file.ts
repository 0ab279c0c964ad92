import {promisify} from 'node:util';
import {gzip} from 'node:zlib';
import type {FastifyPluginAsyncTypebox} from '@fastify/type-provider-typebox';
import {Type} from 'typebox';
import type {Archive, ArchiveBook} from '#ingest';
import {EcoError, Id} from '#schemas';
import {writeEtw} from '#simulation';
import {archivePlayback} from '../things/archive-playback.ts';

const compressed = promisify(gzip);

/** The archive's trees in one small file, for who draws all of them (docs/playback-format.md). */
export const treesFileRoutes: FastifyPluginAsyncTypebox<{archives: ArchiveBook; now: () => number}> = async (
  app,
  {archives, now},
) => {
  // made and compressed once for an archive as it is; a changed one is another object
  const made = new WeakMap<Archive, Promise<Buffer>>();
  app.get(
    '/trees.bin',
    {
      schema: {
        action: 'observe',
        tags: ['archive'],
        summary: 'All trees of a site’s archive as a playback file of one step (ETW1); it may have none',
        querystring: Type.Object({site: Type.Optional(Id)}, {additionalProperties: false}),
      },
    },
    async (request, reply) => {
      const sites = archives.sites();
      const wanted = request.query.site ?? sites[0]!.site.id;
      const data = sites.find(({site}) => site.id === wanted);
      if (!data)
        throw new EcoError('site_unknown', `no site ${wanted}; there are those of /api/v1/sites`, 404);
      const archive = await archives.of(wanted);
      let file = made.get(archive);
      if (!file) {
        file = compressed(writeEtw(archivePlayback(archive, data.site, new Date(now()).getUTCFullYear())));
        made.set(archive, file);
      }
      return reply
        .type('application/octet-stream')
        .header('content-encoding', 'gzip')
        .header('cache-control', 'no-cache')
        .send(await file);
    },
  );
};
