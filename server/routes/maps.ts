import type {FastifyPluginAsyncTypebox} from '@fastify/type-provider-typebox';
import {Type} from 'typebox';
import {type MapPreview, previewMap, readMap} from '#ingest';
import {
  ApiError,
  EcoError,
  Id,
  InputError,
  MapListBody,
  MapPreviewBody,
  MapPreviewRequest,
  ReadingMap,
  type Registry,
} from '#schemas';
import {instantOrNull} from '../bodies/instant.ts';
import type {MapLibrary} from '../things/map-library.ts';

type Options = {registry: Registry; maps: MapLibrary};

/** Maps of foreign payloads: which there are, what one makes of a payload, a mended one in place of another. */
export const mapRoutes: FastifyPluginAsyncTypebox<Options> = async (app, {registry, maps}) => {
  const mapOf = (id: string): ReadingMap => {
    const map = maps.get(id);
    if (map) return map;
    const known = maps.all().map((one) => one.id);
    throw new EcoError('map_unknown', `no map ${id}; there are ${known.join(', ')}`, 404);
  };
  const listBody = () => ({
    items: maps.all().map((map) => ({
      id: map.id,
      name: map.name ?? null,
      own: maps.isOwn(map.id),
      topic: map.topic ?? null,
      devicePrefix: map.devicePrefix ?? null,
      elements: [...new Set(map.columns.map(({element}) => element))],
      credit: map.credit ?? null,
      licence: map.licence ?? null,
    })),
    problems: [...maps.problems()],
  });

  app.get(
    '/maps',
    {
      schema: {
        action: 'observe',
        tags: ['readings'],
        summary: 'Maps of foreign payloads, and files that were refused, with the reason',
        response: {200: MapListBody},
      },
    },
    async () => listBody(),
  );

  app.get(
    '/maps/:id',
    {
      schema: {
        action: 'observe',
        tags: ['readings'],
        summary: 'One map as it is in force',
        params: Type.Object({id: Id}),
        response: {200: ReadingMap, 404: ApiError},
      },
    },
    async (request) => mapOf(request.params.id),
  );

  app.post(
    '/maps',
    {
      schema: {
        action: 'configure',
        tags: ['readings'],
        summary:
          'Adds a map, or puts a mended one in the place of an added one; it holds from the next message on',
        body: Type.Object({}, {additionalProperties: true}),
        response: {201: ReadingMap, 400: ApiError, 409: ApiError},
      },
    },
    async (request, reply) => reply.code(201).send(await maps.add(request.body)),
  );

  app.post(
    '/maps/reload',
    {
      schema: {
        action: 'configure',
        tags: ['readings'],
        summary: 'Reads the maps’ files again at once (they are looked at every two seconds anyway)',
        response: {200: MapListBody},
      },
    },
    async () => {
      await maps.reload();
      return listBody();
    },
  );

  app.post(
    '/maps/preview',
    {
      schema: {
        action: 'observe',
        tags: ['readings'],
        summary: 'What a map makes of a payload; nothing is stored',
        body: MapPreviewRequest,
        response: {200: MapPreviewBody, 400: ApiError, 404: ApiError},
      },
    },
    async (request) => {
      const {map: said, topic = '', payload} = request.body;
      const map = typeof said === 'string' ? mapOf(said) : readMap(said, 'map');
      return {map: map.id, items: preview(map, topic, payload).map(previewBody)};
    },
  );

  function preview(map: ReadingMap, topic: string, payload: string): MapPreview[] {
    try {
      return previewMap(map, {topic, payload: Buffer.from(payload)}, (id) => registry.element(id));
    } catch (error) {
      if (error instanceof InputError) throw new EcoError(error.code, error.message, 400);
      throw error;
    }
  }
};

function previewBody({timeMs, ...rest}: MapPreview) {
  return {...rest, time: instantOrNull(timeMs)};
}
