import type {FastifyPluginAsyncTypebox} from '@fastify/type-provider-typebox';
import {Type} from 'typebox';
import type {Reviser} from '#ingest';
import {revokedVersions} from '#model';
import {
  ApiError,
  EcoError,
  listOf,
  NeighbourCheckBody,
  NeighbourRunBody,
  NewRevisionBody,
  type ObservationReader,
  type Registry,
  RevisionBody,
  RevokeBody,
} from '#schemas';
import {revisionBody} from '../bodies/revision.ts';
import {runNeighbourCheck} from '../things/check-neighbours.ts';
import {revise, revoke} from '../things/revise.ts';
import {queryInstant} from './instants.ts';
import {Paging, page} from './paging.ts';

const Named = Type.Object({id: Type.String({maxLength: 300, description: 'Id of the datastream'})});
const Time = (description: string) => Type.Optional(Type.String({maxLength: 40, description}));

type Options = {
  registry: Registry;
  observations: Pick<ObservationReader, 'revisions' | 'rowBlocks'>;
  reviser: Reviser;
};

/** Later verdicts and corrections of a series: made, listed, taken back. */
export const revisionRoutes: FastifyPluginAsyncTypebox<Options> = async (app, options) => {
  const {registry, observations} = options;

  app.get(
    '/datastreams/:id/revisions',
    {
      schema: {
        action: 'observe',
        tags: ['observations'],
        summary: 'Later verdicts and corrections that touch a range, in the order in which they were made',
        params: Named,
        querystring: Type.Object(
          {
            from: Time('Start, inclusive; absent: the beginning'),
            to: Time('End, exclusive; absent: no end'),
            automatic: Type.Optional(
              Type.Boolean({default: false, description: 'Also those that the tests made themselves'}),
            ),
            ...Paging,
          },
          {additionalProperties: false},
        ),
        response: {200: listOf(RevisionBody), 404: ApiError},
      },
    },
    async (request) => {
      const {id} = request.params;
      const {from, to, automatic} = request.query;
      const stream = registry.datastream(id);
      if (!stream) throw new EcoError('datastream_unknown', `no datastream ${id}`, 404);
      const all = await observations.revisions({
        series: stream.series,
        fromMs: from === undefined ? -8.64e15 : queryInstant('from', from),
        toMs: to === undefined ? 8.64e15 : queryInstant('to', to),
        ...(automatic === true ? {} : {leastVersion: 2}),
      });
      const revoked = revokedVersions(all);
      const shown = all.map((revision, place) => ({revision, place: String(place).padStart(12, '0')}));
      return page(
        shown,
        ({place}) => place,
        request.query,
        request.url,
        ({revision}) => revisionBody(revision, revoked),
      );
    },
  );

  app.post(
    '/datastreams/:id/revisions',
    {
      schema: {
        action: 'correct',
        tags: ['observations'],
        summary: 'Judges or corrects the observations of a range, with reason and name; rows never change',
        params: Named,
        body: NewRevisionBody,
        response: {201: RevisionBody, 400: ApiError, 404: ApiError},
      },
    },
    async (request, reply) => {
      const made = await revise(options, request.params.id, request.body);
      return reply.code(201).send(revisionBody(made, new Set()));
    },
  );

  app.post(
    '/datastreams/:id/neighbour-check',
    {
      schema: {
        action: 'correct',
        tags: ['observations'],
        summary:
          'Compares a range with the nearest series of the same element; what contradicts them is suspect',
        params: Named,
        body: NeighbourCheckBody,
        response: {200: NeighbourRunBody, 400: ApiError, 404: ApiError},
      },
    },
    async (request) => await runNeighbourCheck(options, request.params.id, request.body),
  );

  app.post(
    '/datastreams/:id/revisions/:version/revoke',
    {
      schema: {
        action: 'correct',
        tags: ['observations'],
        summary: 'Takes a revision back by another; doing so to that one gives it back',
        params: Type.Object({...Named.properties, version: Type.Integer({minimum: 1})}),
        body: RevokeBody,
        response: {201: RevisionBody, 404: ApiError, 409: ApiError},
      },
    },
    async (request, reply) => {
      const {id, version} = request.params;
      const made = await revoke(options, id, version, request.body);
      return reply.code(201).send(revisionBody(made, new Set()));
    },
  );
};
