import type {FastifyPluginAsyncTypebox} from '@fastify/type-provider-typebox';
import {Type} from 'typebox';
import type {Pipeline} from '#ingest';
import {
  ApiError,
  ApprovedDeviceBody,
  DeviceBody,
  DeviceDetailBody,
  type DeviceRecord,
  DeviceStateBody,
  EcoError,
  Id,
  listOf,
  MoveDeviceBody,
  NewCalibrationBody,
  NewDeviceBody,
  NewDeviceResult,
  type ObservationStore,
  Origin,
  RefuseDeviceBody,
  type Registry,
  ReplaceDeviceBody,
  ReplaceDeviceResult,
  ReplayBody,
} from '#schemas';
import {deviceBody, deviceDetailBody, type HealthOf} from '../bodies/device.ts';
import {addDevice} from '../things/add-device.ts';
import {calibrateDevice, moveDevice, replaceDevice} from '../things/deploy-device.ts';
import {removeDevice} from '../things/remove-device.ts';
import {choiceOf, DatastreamFilter, ThingFilter} from './filters.ts';
import {queryInstant} from './instants.ts';
import {Paging, page} from './paging.ts';

type Options = {
  registry: Registry;
  store: Pick<ObservationStore, 'purge'>;
  healthOf: HealthOf;
  now: () => number;
  pipeline: Pick<Pipeline, 'forget' | 'replayDevice'>;
};

function requireDevice(registry: Registry, id: string): DeviceRecord {
  const record = registry.device(id);
  if (record) return record;
  throw new EcoError('device_unknown', `no device ${id}`, 404);
}

export const deviceRoutes: FastifyPluginAsyncTypebox<Options> = async (app, options) => {
  const {registry, store, pipeline, healthOf, now} = options;

  app.get(
    '/devices',
    {
      schema: {
        action: 'observe',
        tags: ['things'],
        summary: 'Devices with place, elements, state, battery and link',
        querystring: Type.Object(
          {
            ...ThingFilter,
            station: DatastreamFilter.station,
            device: DatastreamFilter.device,
            state: Type.Optional(DeviceStateBody),
            status: Type.Optional(
              Type.Union([Type.Literal('active'), Type.Literal('waiting'), Type.Literal('refused')], {
                description:
                  '`waiting`: seen through a map and not yet approved; `refused`: seen so and kept out, listed only when asked for',
              }),
            ),
            origin: Type.Optional(Origin),
            ...Paging,
          },
          {additionalProperties: false},
        ),
        response: {200: listOf(DeviceBody)},
      },
    },
    async (request) => {
      const {state, status, origin} = request.query;
      const choice = choiceOf(registry, request.query);
      return page(
        registry
          .devices()
          .filter(({device, site, zone, station}) => choice.device({id: device.id, site, zone, station}))
          .filter(({device}) => origin === undefined || device.origin === origin)
          .filter((record) => (status === undefined ? record.status !== 'refused' : record.status === status))
          .filter(({device}) => state === undefined || healthOf(device.id).state === state),
        ({device}) => device.id,
        request.query,
        request.url,
        (record) => deviceBody(registry, record, healthOf),
      );
    },
  );

  app.get(
    '/devices/:id',
    {
      schema: {
        action: 'observe',
        tags: ['things'],
        summary:
          'One device with each of its series: depth, interval, limits in force, and the datum of levels',
        params: Type.Object({id: Id}),
        querystring: Type.Object(
          {
            at: Type.Optional(
              Type.String({maxLength: 40, description: 'What held then; ISO 8601 with a zone; absent: now'}),
            ),
          },
          {additionalProperties: false},
        ),
        response: {200: DeviceDetailBody, 404: ApiError},
      },
    },
    async (request) => {
      const {at} = request.query;
      const record = requireDevice(registry, request.params.id);
      return deviceDetailBody(
        registry,
        record,
        healthOf,
        at === undefined ? undefined : queryInstant('at', at),
      );
    },
  );

  app.post(
    '/devices/:id/replace',
    {
      schema: {
        action: 'configure',
        tags: ['things'],
        summary:
          'From a time on another device stands here: the series of the station go on. A new one is added, and its password shown this once',
        params: Type.Object({id: Id}),
        body: ReplaceDeviceBody,
        response: {200: ReplaceDeviceResult, 404: ApiError, 409: ApiError},
      },
    },
    async (request, reply) => {
      reply.header('cache-control', 'no-store');
      return await replaceDevice({registry, now}, request.params.id, request.body);
    },
  );

  app.post(
    '/devices/:id/move',
    {
      schema: {
        action: 'configure',
        tags: ['things'],
        summary: 'From a time on the device stands elsewhere; a position is added, none is changed',
        params: Type.Object({id: Id}),
        body: MoveDeviceBody,
        response: {200: DeviceDetailBody, 404: ApiError, 409: ApiError},
      },
    },
    async (request) =>
      deviceDetailBody(
        registry,
        await moveDevice({registry, now}, request.params.id, request.body),
        healthOf,
      ),
  );

  app.post(
    '/devices/:id/calibrations',
    {
      schema: {
        action: 'configure',
        tags: ['things'],
        summary: 'Keeps that the device was calibrated or checked',
        params: Type.Object({id: Id}),
        body: NewCalibrationBody,
        response: {201: DeviceDetailBody, 404: ApiError},
      },
    },
    async (request, reply) => {
      const record = await calibrateDevice({registry, now}, request.params.id, request.body);
      return reply.code(201).send(deviceDetailBody(registry, record, healthOf));
    },
  );

  app.post(
    '/devices',
    {
      schema: {
        action: 'configure',
        tags: ['things'],
        summary: 'Adds a device with a station of its own; the answer holds its password, this once',
        body: NewDeviceBody,
        response: {201: NewDeviceResult, 409: ApiError},
      },
    },
    async (request, reply) => {
      const added = await addDevice(registry, request.body);
      reply.header('cache-control', 'no-store');
      return reply.code(201).send(added);
    },
  );

  app.post(
    '/devices/:id/approve',
    {
      schema: {
        action: 'configure',
        tags: ['things'],
        summary: 'Lets a waiting device in, and runs what it sent meanwhile through again',
        description:
          'The body may say where it stands, its name, model and interval, as far as its map did not.',
        params: Type.Object({id: Id}),
        body: Type.Optional(Type.Union([ApprovedDeviceBody, Type.Null()])),
        response: {200: ReplayBody, 400: ApiError, 404: ApiError, 409: ApiError},
      },
    },
    async (request) => {
      const record = requireDevice(registry, request.params.id);
      const said = request.body ?? {};
      if (record.status === 'waiting' || record.status === 'refused') {
        await registry.addDevice({...record.device, ...said}, {site: record.site, status: 'active'});
      } else if (Object.keys(said).length > 0) {
        throw new EcoError(
          'device_exists',
          `${record.device.id} is approved already and stays as it is`,
          409,
        );
      }
      return await pipeline.replayDevice(record.device.id);
    },
  );

  app.post(
    '/devices/:id/refuse',
    {
      schema: {
        action: 'configure',
        tags: ['things'],
        summary: 'Keeps a waiting device out until that is taken back; what it sends is counted and let go',
        params: Type.Object({id: Id}),
        body: RefuseDeviceBody,
        response: {200: DeviceBody, 404: ApiError, 409: ApiError},
      },
    },
    async (request) => {
      const {who, reason = null} = request.body;
      const record = await registry.refuseDevice(request.params.id, {who, reason});
      return deviceBody(registry, record, healthOf);
    },
  );

  app.post(
    '/devices/:id/wait',
    {
      schema: {
        action: 'configure',
        tags: ['things'],
        summary: 'Takes a refusal back: the device waits again',
        params: Type.Object({id: Id}),
        response: {200: DeviceBody, 404: ApiError, 409: ApiError},
      },
    },
    async (request) => deviceBody(registry, await registry.letDeviceWait(request.params.id), healthOf),
  );

  app.delete(
    '/devices/:id',
    {
      schema: {
        action: 'configure',
        tags: ['things'],
        summary: 'Removes an added device and its credentials; `data=delete`: with its series and their rows',
        params: Type.Object({id: Id}),
        querystring: Type.Object(
          {data: Type.Optional(Type.Literal('delete'))},
          {additionalProperties: false},
        ),
        response: {200: Type.Object({rows: Type.Integer()}), 404: ApiError, 409: ApiError},
      },
    },
    async (request) =>
      await removeDevice(
        {registry, store, forget: pipeline.forget},
        request.params.id,
        request.query.data === 'delete',
      ),
  );
};
