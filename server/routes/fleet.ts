import type {FastifyPluginAsyncTypebox} from '@fastify/type-provider-typebox';
import {Type} from 'typebox';
import type {Pipeline} from '#ingest';
import {ApiError, type ObservationStore, type Registry} from '#schemas';
import type {FleetPasswords} from '../fleet/credentials.ts';
import {purgeVirtual} from '../things/purge-virtual.ts';

export const FleetPasswordsBody = Type.Record(
  Type.String(),
  Type.Object({username: Type.String(), password: Type.String()}, {additionalProperties: false}),
);
export const PurgeBody = Type.Object(
  {series: Type.Integer(), rows: Type.Integer()},
  {additionalProperties: false},
);

type Options = {
  registry: Registry;
  store: Pick<ObservationStore, 'purge'>;
  pipeline: Pick<Pipeline, 'forget'>;
  /** Passwords for a fleet of another process; an error if this one runs it or lists none. */
  fleetPasswords: () => FleetPasswords;
};

/** The virtual fleet seen from outside: what `eco fleet` asks of a running server. */
export const fleetRoutes: FastifyPluginAsyncTypebox<Options> = async (app, options) => {
  const {registry, store, pipeline, fleetPasswords} = options;
  app.post(
    '/fleet/credentials',
    {
      schema: {
        action: 'configure',
        tags: ['operation'],
        summary: 'Passwords for a virtual fleet that runs in a process of its own; those given before end',
        response: {200: FleetPasswordsBody, 409: ApiError},
      },
    },
    async (_request, reply) => {
      reply.header('cache-control', 'no-store');
      return fleetPasswords();
    },
  );
  app.post(
    '/fleet/purge',
    {
      schema: {
        action: 'configure',
        tags: ['operation'],
        summary:
          'Removes the data of virtual devices and nothing else; only while they are not listed (ECO_FLEET=off)',
        response: {200: PurgeBody, 409: ApiError},
      },
    },
    async () => await purgeVirtual({registry, store, forget: pipeline.forget}),
  );
};
