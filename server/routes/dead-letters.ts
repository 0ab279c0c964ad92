import type {FastifyPluginAsyncTypebox} from '@fastify/type-provider-typebox';
import {Type} from 'typebox';
import type {Pipeline} from '#ingest';
import {DeadLetterBody, listOf, type ObservationReader, ReplayBody, type StoredDeadLetter} from '#schemas';
import {instant, instantOrNull} from '../bodies/instant.ts';
import {nextPath} from './paging.ts';

const PAGE_LETTERS = 500;

const utf8 = new TextDecoder('utf-8', {fatal: true, ignoreBOM: true});

/** Payload as text if it is UTF-8, else as base64. */
function readable(payload: Uint8Array): {payload: string; encoding: 'utf-8' | 'base64'} {
  try {
    return {payload: utf8.decode(payload), encoding: 'utf-8'};
  } catch {
    return {payload: Buffer.from(payload).toString('base64'), encoding: 'base64'};
  }
}

function letterBody(letter: StoredDeadLetter): DeadLetterBody {
  return {
    id: letter.id,
    received: instant(letter.receivedMs),
    source: letter.source,
    topic: letter.topic,
    principal: letter.principal,
    device: letter.device,
    code: letter.code,
    message: letter.message,
    ...readable(letter.payload),
    replayed: instantOrNull(letter.replayedMs),
  };
}

type Options = {
  observations: Pick<ObservationReader, 'deadLetters'>;
  pipeline: Pick<Pipeline, 'replayDeadLetters'>;
};

export const deadLetterRoutes: FastifyPluginAsyncTypebox<Options> = async (app, {observations, pipeline}) => {
  app.get(
    '/dead-letters',
    {
      schema: {
        action: 'observe',
        tags: ['operation'],
        summary: 'Messages and readings that could not be understood, newest first, with what was expected',
        querystring: Type.Object(
          {
            code: Type.Optional(Type.String({pattern: '^[a-z_]{1,64}$', description: 'Only of this code'})),
            limit: Type.Optional(Type.Integer({minimum: 1, maximum: 5000, default: PAGE_LETTERS})),
            after: Type.Optional(
              Type.Integer({minimum: 1, description: 'Last id of the page before; as `next` gives it'}),
            ),
          },
          {additionalProperties: false},
        ),
        response: {200: listOf(DeadLetterBody)},
      },
    },
    async (request) => {
      const {code, after} = request.query;
      const limit = request.query.limit ?? PAGE_LETTERS;
      const letters = await observations.deadLetters({
        limit: limit + 1,
        ...(after === undefined ? {} : {beforeId: after}),
        ...(code === undefined ? {} : {code}),
      });
      const shown = letters.slice(0, limit);
      return {
        items: shown.map(letterBody),
        ...(letters.length > limit ? {next: nextPath(request.url, String(shown.at(-1)!.id))} : {}),
      };
    },
  );

  app.post(
    '/dead-letters/replay',
    {
      schema: {
        action: 'correct',
        tags: ['operation'],
        summary: 'Runs kept messages through the pipeline again, after a fix',
        body: Type.Object(
          {ids: Type.Array(Type.Integer({minimum: 1}), {minItems: 1, maxItems: 5000})},
          {additionalProperties: false},
        ),
        response: {200: ReplayBody},
      },
    },
    async (request) => await pipeline.replayDeadLetters(request.body.ids),
  );
};
