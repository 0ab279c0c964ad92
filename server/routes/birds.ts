import type {FastifyPluginAsyncTypebox} from '@fastify/type-provider-typebox';
import {Type} from 'typebox';
import type {ArchiveBook} from '#ingest';
import {BirdBody, listOf, type Registry} from '#schemas';
import {choiceOf, SiteFilter} from './filters.ts';
import {Paging, page} from './paging.ts';
import {isSynthetic} from './species.ts';

export const birdRoutes: FastifyPluginAsyncTypebox<{registry: Registry; archives: ArchiveBook}> = async (
  app,
  {registry, archives},
) => {
  app.get(
    '/birds',
    {
      schema: {
        action: 'observe',
        tags: ['archive'],
        summary: 'Bird species of the archive',
        querystring: Type.Object({...SiteFilter, ...Paging}, {additionalProperties: false}),
        response: {200: listOf(BirdBody)},
      },
    },
    async (request) => {
      const choice = choiceOf(registry, request.query);
      const chosen = archives.sites().filter(({site}) => choice.site(site.id));
      const birds = await Promise.all(
        chosen.map(async (data) => {
          const synthetic = isSynthetic(data, data.site.birds);
          return (await archives.of(data.site.id)).birds.map((bird) => ({
            ...bird,
            site: data.site.id,
            synthetic,
          }));
        }),
      );
      return page(
        birds.flat(),
        ({site, id}) => `${site}/${id}`,
        request.query,
        request.url,
        (body) => body,
      );
    },
  );
};
