import type {FastifyPluginAsyncTypebox} from '@fastify/type-provider-typebox';
import {Type} from 'typebox';
import type {Registry} from '#schemas';
import {choiceOf, SiteFilter} from './filters.ts';

const ZoneFeatureBody = Type.Object({
  type: Type.Literal('Feature'),
  id: Type.String(),
  properties: Type.Object({id: Type.String(), site: Type.String()}, {additionalProperties: true}),
  geometry: Type.Object(
    {
      type: Type.Union([Type.Literal('Polygon'), Type.Literal('MultiPolygon')]),
      coordinates: Type.Array(Type.Unknown()),
    },
    {additionalProperties: false},
  ),
});

export const zoneRoutes: FastifyPluginAsyncTypebox<{registry: Registry}> = async (app, {registry}) => {
  app.get(
    '/zones',
    {
      schema: {
        action: 'observe',
        tags: ['things'],
        summary: 'Zones as GeoJSON (WGS 84); a zone holds the others that name it as `parent`',
        querystring: Type.Object(SiteFilter, {additionalProperties: false}),
        response: {
          200: Type.Object({type: Type.Literal('FeatureCollection'), features: Type.Array(ZoneFeatureBody)}),
        },
      },
    },
    async (request, reply) => {
      const choice = choiceOf(registry, request.query);
      reply.type('application/geo+json');
      return {
        type: 'FeatureCollection' as const,
        features: registry
          .sites()
          .filter(({site}) => choice.site(site.id))
          .flatMap(({site, zones}) =>
            zones.map((zone) => ({
              type: 'Feature' as const,
              id: `${site.id}/${zone.properties.id}`,
              properties: {...zone.properties, site: site.id},
              geometry: zone.geometry,
            })),
          ),
      };
    },
  );
};
