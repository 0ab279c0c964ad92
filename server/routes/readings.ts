import type {FastifyPluginAsyncTypebox} from '@fastify/type-provider-typebox';
import type {FastifyInstance, FastifyReply, FastifyRequest} from 'fastify';
import {Type} from 'typebox';
import {hookTopic, type Pipeline, type UplinkOutcome} from '#ingest';
import {ApiError, EcoError, Id, type Principal, upTopic} from '#schemas';

const OutcomeBody = Type.Object(
  {
    stored: Type.Integer(),
    duplicate: Type.Integer(),
    conflict: Type.Integer(),
    rejected: Type.Array(Type.Object({code: Type.String(), message: Type.String()})),
  },
  {additionalProperties: false},
);

const UNREADABLE: ReadonlySet<string> = new Set(['payload_syntax', 'payload_encoding', 'payload_empty']);

/** ChirpStack's name for the one event that carries readings; it posts all of them to one address. */
const UPLINK = 'up';

type Options = {pipeline: Pick<Pipeline, 'accept'>; now: () => number};

/** Bodies reach the pipeline as the bytes that came: it alone says what is wrong with them, and keeps them. */
function takeBytes(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', {parseAs: 'buffer'}, (_request, body, done) => done(null, body));
}

function bytesOf(request: FastifyRequest): Uint8Array {
  return request.body instanceof Uint8Array ? request.body : new Uint8Array();
}

/**
 * The outcome, once all of it is durable; an error of the first rejection's code if nothing at all was understood. That a
 * device was refused is no fault of the network that speaks for it, which may stop sending for all after some errors.
 */
function answer(reply: FastifyReply, outcome: UplinkOutcome): UplinkOutcome {
  const first = outcome.rejected.find(({code}) => code !== 'device_refused');
  if (first !== undefined && outcome.stored + outcome.duplicate + outcome.conflict === 0) {
    throw new EcoError(first.code, first.message, UNREADABLE.has(first.code) ? 400 : 422, {
      rejected: outcome.rejected,
      kept: 'in /api/v1/dead-letters',
    });
  }
  reply.header('cache-control', 'no-store');
  return outcome;
}

/** The MQTT payload over HTTP, and foreign payloads through a bridge's map: the same pipeline, the same promise. */
export const readingRoutes: FastifyPluginAsyncTypebox<Options> = async (app, {pipeline, now}) => {
  takeBytes(app);
  const accept = (topic: string, principal: Principal, payload: Uint8Array): Promise<UplinkOutcome> =>
    new Promise((done) => {
      pipeline.accept({source: 'http', topic, principal, payload, receivedMs: now()}, done);
    });

  app.post(
    '/readings',
    {
      schema: {
        action: 'submit',
        tags: ['readings'],
        summary: 'Readings of a device, as over MQTT; answered once they are durable',
        description:
          "Basic authentication with the device's MQTT username and password. One envelope or an array.",
        consumes: ['application/json'],
        security: [{device: []}],
        response: {200: OutcomeBody, 400: ApiError, 401: ApiError, 413: ApiError, 422: ApiError},
      },
    },
    async (request, reply) => {
      const principal = request.principal!;
      if (principal.kind !== 'device') {
        throw new EcoError('device_required', 'a bridge sends to /api/v1/hooks/{bridge}', 403);
      }
      return answer(
        reply,
        await accept(upTopic(principal.site, principal.device), principal, bytesOf(request)),
      );
    },
  );

  app.post(
    '/hooks/:bridge',
    {
      schema: {
        action: 'submit',
        tags: ['readings'],
        summary: "A foreign payload through the bridge's map; answered once it is durable",
        description: "Bearer authentication with the bridge's token.",
        params: Type.Object({bridge: Id}),
        querystring: Type.Object(
          {
            topic: Type.Optional(
              Type.String({
                minLength: 1,
                maxLength: 640,
                description: 'MQTT topic it would have had, for maps that read the device from it',
              }),
            ),
            event: Type.Optional(
              Type.String({
                maxLength: 32,
                description:
                  'Kind of event, as ChirpStack names it; others than `up` carry no readings and are let go',
              }),
            ),
          },
          {additionalProperties: false},
        ),
        consumes: ['application/json'],
        security: [{bridge: []}],
        response: {200: OutcomeBody, 400: ApiError, 401: ApiError, 413: ApiError, 422: ApiError},
      },
    },
    async (request, reply) => {
      const principal = request.principal!;
      const {topic = hookTopic(request.params.bridge), event = UPLINK} = request.query;
      if (event !== UPLINK) return {stored: 0, duplicate: 0, conflict: 0, rejected: []};
      return answer(reply, await accept(topic, principal, bytesOf(request)));
    },
  );
};
