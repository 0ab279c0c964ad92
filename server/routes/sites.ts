import type {FastifyPluginAsyncTypebox} from '@fastify/type-provider-typebox';
import {Type} from 'typebox';
import {ApiError, EcoError, Id, listOf, type Registry, SiteBody, type SiteData} from '#schemas';
import {createSiteFiles, type SiteFiles} from './site-files.ts';

async function siteBody(data: SiteData, files: SiteFiles): Promise<SiteBody> {
  const {site} = data;
  const names = await files.names(data);
  return {
    id: site.id,
    name: site.name,
    timeZone: site.timeZone,
    origin: site.origin,
    verticalDatum: {
      id: site.verticalDatum.id,
      name: site.verticalDatum.name,
      conversions: site.verticalDatum.conversions,
    },
    days: site.days,
    files: Object.fromEntries(
      [...names].map(([purpose, name]) => [purpose, `/api/v1/sites/${site.id}/files/${name}`]),
    ),
    waterBody: site.waterBody ?? null,
    licence: site.licence,
    synthetic: site.synthetic,
    views: site.views ?? [],
  };
}

export const siteRoutes: FastifyPluginAsyncTypebox<{registry: Registry}> = async (app, {registry}) => {
  const files = createSiteFiles();
  const siteOf = (id: string): SiteData => {
    const found = registry.sites().find(({site}) => site.id === id);
    if (found) return found;
    const ids = registry.sites().map(({site}) => site.id);
    throw new EcoError('site_unknown', `no site ${id}; there are ${ids.join(', ')}`, 404);
  };

  app.get(
    '/sites',
    {
      schema: {
        action: 'observe',
        tags: ['things'],
        summary: 'Sites served: zone of time, origin, vertical datum, named days, and where their files are',
        response: {200: listOf(SiteBody)},
      },
    },
    async () => ({items: await Promise.all(registry.sites().map((data) => siteBody(data, files)))}),
  );

  app.get(
    '/sites/:id',
    {
      schema: {
        action: 'observe',
        tags: ['things'],
        summary: 'One site',
        params: Type.Object({id: Id}),
        response: {200: SiteBody, 404: ApiError},
      },
    },
    async (request) => await siteBody(siteOf(request.params.id), files),
  );

  app.get(
    '/sites/:id/files/:name',
    {
      schema: {
        action: 'observe',
        tags: ['things'],
        summary: 'A file of a site: terrain, land cover, zones, shore lines, streams, paths, buildings',
        params: Type.Object({id: Id, name: Type.String({pattern: '^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$'})}),
        produces: ['application/json', 'application/geo+json', 'application/octet-stream'],
      },
    },
    async (request, reply) => {
      const data = siteOf(request.params.id);
      const file = await files.read(data, request.params.name);
      if (!file) {
        const names = [...(await files.names(data)).values()].join(', ');
        throw new EcoError('file_unknown', `no file ${request.params.name}; there are ${names}`, 404);
      }
      reply.header('etag', file.etag).header('vary', 'accept-encoding').header('cache-control', 'no-cache');
      const known = (request.headers['if-none-match'] ?? '').split(',').map((tag) => tag.trim());
      if (known.includes(file.etag)) return reply.code(304).send();
      reply.type(file.type);
      const packed =
        file.gzip !== null &&
        /\bgzip\b(?!\s*;\s*q=0(\.0*)?\b)/i.test(String(request.headers['accept-encoding'] ?? ''));
      if (packed) reply.header('content-encoding', 'gzip');
      return reply.send(packed ? file.gzip : file.bytes);
    },
  );
};
