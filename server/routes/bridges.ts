import type {FastifyPluginAsyncTypebox} from '@fastify/type-provider-typebox';
import {Type} from 'typebox';
import type {FrameLog, Pipeline} from '#ingest';
import {
  ApiError,
  BridgeListBody,
  FrameReplayBody,
  Id,
  NewBridgeBody,
  NewBridgeResult,
  type Registry,
} from '#schemas';
import {instant, instantOrNull} from '../bodies/instant.ts';
import {addBridge} from '../things/add-bridge.ts';
import type {MapLibrary} from '../things/map-library.ts';
import {queryInstant} from './instants.ts';

const closed = {additionalProperties: false};

type Options = {
  registry: Registry;
  maps: MapLibrary;
  frames: Pick<FrameLog, 'stats'>;
  pipeline: Pick<Pipeline, 'replayBridge'>;
  /** Address of the gateway; null: this process has none. */
  mqttUrl: string | null;
  now: () => number;
};

/** Bridges: principals that speak for many devices, through a map where their payloads are foreign. */
export const bridgeRoutes: FastifyPluginAsyncTypebox<Options> = async (app, options) => {
  const {registry, maps, frames, pipeline, mqttUrl, now} = options;
  app.get(
    '/bridges',
    {
      schema: {
        action: 'observe',
        tags: ['things'],
        summary: 'Bridges with their devices and maps, and how much of what they sent is kept as it came',
        response: {200: BridgeListBody},
      },
    },
    async () => {
      const {oldestMs, ...stats} = frames.stats();
      return {
        items: registry.bridges().map(({username, site, devices, devicePrefix, map}) => ({
          ...{id: username, site, devicePrefix, map},
          devices: devices === null ? null : [...devices],
        })),
        mqttUrl,
        frames: {...stats, oldest: instantOrNull(oldestMs)},
      };
    },
  );

  app.post(
    '/bridges',
    {
      schema: {
        action: 'configure',
        tags: ['things'],
        summary: 'Adds a bridge or gives it a new token; the answer holds the token, this once',
        body: NewBridgeBody,
        response: {201: NewBridgeResult, 404: ApiError, 409: ApiError},
      },
    },
    async (request, reply) => {
      const added = await addBridge(registry, maps, request.body);
      reply.header('cache-control', 'no-store');
      return reply.code(201).send(added);
    },
  );

  app.post(
    '/bridges/:id/replay',
    {
      schema: {
        action: 'correct',
        tags: ['things'],
        summary:
          'Runs what the bridge sent through its map again, after the map was mended; twice changes nothing',
        params: Type.Object({id: Id}),
        querystring: Type.Object(
          {
            from: Type.Optional(
              Type.String({maxLength: 40, description: 'Arrival at or after; default: all kept'}),
            ),
            to: Type.Optional(Type.String({maxLength: 40, description: 'Arrival before; default: now'})),
          },
          closed,
        ),
        response: {200: FrameReplayBody, 400: ApiError, 404: ApiError},
      },
    },
    async (request) => {
      const {from, to} = request.query;
      const {problems, ...report} = await pipeline.replayBridge({
        bridge: request.params.id,
        fromMs: from === undefined ? 0 : queryInstant('from', from),
        // What arrives meanwhile is read by the mended map anyway.
        toMs: to === undefined ? now() + 1 : queryInstant('to', to),
      });
      return {...report, problems: problems.map((one) => ({...one, received: instant(one.received)}))};
    },
  );
};
