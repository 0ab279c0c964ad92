import type {FastifyPluginAsyncTypebox} from '@fastify/type-provider-typebox';
import {Type} from 'typebox';
import {ApiError, Device, Id, listOf, NewDeviceResult, type Registry} from '#schemas';
import {addMapDevices} from '../things/add-map-devices.ts';

export const MapDevicesBody = Type.Object(
  {site: Type.Optional(Id), devices: Type.Array(Device, {minItems: 1, maxItems: 5000})},
  {additionalProperties: false},
);
export const MapDevicesResult = listOf(NewDeviceResult);

/** Devices that a replay speaks for; what `eco replay` asks before it connects. */
export const mapDeviceRoutes: FastifyPluginAsyncTypebox<{registry: Registry}> = async (app, {registry}) => {
  app.post(
    '/map-devices',
    {
      schema: {
        action: 'configure',
        tags: ['things'],
        summary: 'Adds devices as a map describes them; the answer holds their passwords, this once',
        body: MapDevicesBody,
        response: {200: MapDevicesResult, 409: ApiError},
      },
    },
    async (request, reply) => {
      reply.header('cache-control', 'no-store');
      return {items: await addMapDevices(registry, request.body)};
    },
  );
};
