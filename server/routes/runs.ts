import {createReadStream, existsSync, statSync} from 'node:fs';
import type {FastifyPluginAsyncTypebox} from '@fastify/type-provider-typebox';
import type {FastifyReply} from 'fastify';
import {Type} from 'typebox';
import {
  ApiError,
  EcoError,
  Id,
  type Registry,
  RunBody,
  RunEventList,
  RunIndicators,
  RunList,
  RunManifest,
  RunTableName,
} from '#schemas';
import {runIndicators} from '../simulate/results.ts';
import {PLAYBACK_FILE} from '../simulate/run-folder.ts';
import {runManifest} from '../simulate/run-manifest.ts';
import type {RunTables} from '../simulate/run-tables.ts';
import type {Run, Runs} from '../simulate/runs.ts';
import {choiceOf, SiteFilter} from './filters.ts';
import {Paging, page} from './paging.ts';

type Options = {registry: Registry; runs: Runs; tables: RunTables};

const closed = {additionalProperties: false} as const;
const RunPath = Type.Object({id: Id}, closed);
const TYPES = {
  csv: 'text/csv; charset=utf-8; header=present',
  parquet: 'application/vnd.apache.parquet',
} as const;
/** Encodings of a playback that lie beside it, best first. */
const ENCODINGS = [
  {encoding: 'br', ending: '.br'},
  {encoding: 'gzip', ending: '.gz'},
] as const;
/** Answers that took some work, kept: of runs that are over. */
const MOST_REMEMBERED = 16;

/** Whether an Accept-Encoding header takes an encoding: named and not with q=0. */
function accepts(header: string | undefined, encoding: string): boolean {
  return (header ?? '').split(',').some((one) => {
    const [name, ...parameters] = one.trim().toLowerCase().split(';');
    return name === encoding && !parameters.some((parameter) => /^\s*q=0(\.0*)?\s*$/.test(parameter));
  });
}

export const runRoutes: FastifyPluginAsyncTypebox<Options> = async (app, {registry, runs, tables}) => {
  const remembered = new Map<string, RunIndicators>();

  /** Indicators of runs that are over change no more. */
  function indicators(run: Run, zone: string | undefined, against: Run | undefined): RunIndicators {
    const make = () =>
      runIndicators(run, {
        ...(zone === undefined ? {} : {zones: zone.split(',').filter((id) => id !== '')}),
        ...(against ? {against} : {}),
      });
    if (run.record.state !== 'done' || (against && against.record.state !== 'done')) return make();
    const key = JSON.stringify([run.record.id, zone, against?.record.id]);
    const told = remembered.get(key) ?? make();
    remembered.delete(key);
    remembered.set(key, told);
    for (const oldest of remembered.keys()) {
      if (remembered.size <= MOST_REMEMBERED) break;
      remembered.delete(oldest);
    }
    return told;
  }

  app.get(
    '/runs',
    {
      schema: {
        action: 'observe',
        tags: ['simulation'],
        summary: 'Runs that are kept, oldest first',
        querystring: Type.Object({...SiteFilter, scenario: Type.Optional(Id), ...Paging}, closed),
        response: {200: RunList, 404: ApiError},
      },
    },
    async (request) => {
      const {scenario} = request.query;
      const choice = choiceOf(registry, request.query);
      const chosen = runs
        .list()
        .filter(({record}) => choice.site(record.site) && (scenario ?? record.scenario) === record.scenario);
      return page(chosen, ({record}) => record.id, request.query, request.url, runs.body);
    },
  );

  app.get(
    '/runs/:id',
    {
      schema: {
        action: 'observe',
        tags: ['simulation'],
        summary: 'A run as it is now; event `run` of /stream tells every change',
        params: RunPath,
        response: {200: RunBody, 404: ApiError},
      },
    },
    async (request) => runs.body(runs.get(request.params.id)),
  );

  for (const [verb, summary, act] of [
    ['cancel', 'Ends a run within a second; members that are done stay', (id: string) => runs.cancel(id)],
    ['resume', 'Goes on with a run that was cancelled or failed', async (id: string) => runs.resume(id)],
  ] as const) {
    app.post(
      `/runs/:id/${verb}`,
      {
        schema: {
          action: 'simulate',
          tags: ['simulation'],
          summary,
          params: RunPath,
          response: {200: RunBody, 404: ApiError, 409: ApiError, 503: ApiError},
        },
      },
      async (request) => runs.body(await act((request.params as {id: string}).id)),
    );
  }

  app.delete(
    '/runs/:id',
    {
      schema: {
        action: 'simulate',
        tags: ['simulation'],
        summary: 'Removes a run that is over',
        params: RunPath,
        response: {204: Type.Null(), 404: ApiError, 409: ApiError},
      },
    },
    async (request, reply) => {
      runs.remove(request.params.id);
      return reply.code(204).send(null);
    },
  );

  app.get(
    '/runs/:id/indicators',
    {
      schema: {
        action: 'observe',
        tags: ['simulation'],
        summary: 'Yearly indicators by zone: median and 5–95 % of the members that are done',
        description:
          'With `against`, also the difference to another run, member by member: both must have the same site, seed and years, and then ' +
          'share weather, parameters and luck. Zone `island` is the whole site.',
        params: RunPath,
        querystring: Type.Object(
          {
            zone: Type.Optional(
              Type.String({
                minLength: 1,
                maxLength: 4000,
                description: 'Ids of zones, with commas; absent: all',
              }),
            ),
            against: Type.Optional(Id),
          },
          closed,
        ),
        response: {200: RunIndicators, 404: ApiError, 409: ApiError},
      },
    },
    async (request) => {
      const {zone, against} = request.query;
      const other = against === undefined ? undefined : runs.get(against);
      return indicators(runs.get(request.params.id), zone, other);
    },
  );

  app.get(
    '/runs/:id/events',
    {
      schema: {
        action: 'observe',
        tags: ['simulation'],
        summary: 'What was done in member 0, and what could not be, in the order of time',
        params: RunPath,
        querystring: Type.Object({...Paging}, closed),
        response: {200: RunEventList, 404: ApiError},
      },
    },
    async (request) => {
      const events = runs.get(request.params.id).folder.events();
      const numbered = events.map((event, i) => ({event, key: String(i).padStart(9, '0')}));
      return page(
        numbered,
        ({key}) => key,
        request.query,
        request.url,
        ({event}) => event,
      );
    },
  );

  app.get(
    '/runs/:id/manifest',
    {
      schema: {
        action: 'observe',
        tags: ['simulation'],
        summary:
          'What a run was made from: scenario, parameters with their labels, climate, versions, licences, units of all columns',
        params: RunPath,
        response: {200: RunManifest, 404: ApiError},
      },
    },
    async (request) => runManifest(runs.get(request.params.id)),
  );

  app.get(
    '/runs/:id/tables/:table',
    {
      schema: {
        action: 'observe',
        tags: ['simulation'],
        summary: 'A table of one member as CSV or Parquet; Link rel="describedby" is the manifest',
        description:
          'Tables are not kept: the member is run again, which gives the same bits, so the first byte takes as long as a member does. ' +
          'Two at a time (503 `tables_busy`).',
        params: Type.Object({id: Id, table: RunTableName}, closed),
        querystring: Type.Object(
          {
            format: Type.Optional(
              Type.Unsafe<'csv' | 'parquet'>(
                Type.Union([Type.Literal('csv'), Type.Literal('parquet')], {default: 'csv'}),
              ),
            ),
            member: Type.Optional(Type.Integer({minimum: 0, maximum: 100_000, default: 0})),
          },
          closed,
        ),
        produces: ['text/csv', TYPES.parquet],
        response: {404: ApiError, 409: ApiError, 503: ApiError},
      },
    },
    async (request, reply) => {
      const {id, table} = request.params;
      const {format = 'csv', member = 0} = request.query;
      const gone = new AbortController();
      reply.raw.once('close', () => gone.abort(new EcoError('reader_gone', 'the reader went', 499)));
      const file = await tables.open(runs.get(id), {table, format, member}, gone.signal);
      reply.header('content-disposition', `attachment; filename="${id}_${table}_${member}.${format}"`);
      reply.header('link', `</api/v1/runs/${id}/manifest>; rel="describedby"`);
      reply.header('cache-control', 'no-store');
      reply.type(TYPES[format]);
      // No schema of 200: this answer is no JSON.
      (reply as unknown as FastifyReply).send(file.stream());
      return reply as never;
    },
  );

  app.get(
    '/runs/:id/trees.bin',
    {
      // It was compressed once and for all.
      compress: false,
      schema: {
        action: 'observe',
        tags: ['simulation'],
        summary: 'Trees of member 0 by year, for playback: an .etw file (docs/playback-format.md)',
        description: 'Sent as it was compressed once, in brotli or gzip, to readers that take these.',
        params: RunPath,
        produces: ['application/octet-stream'],
        response: {404: ApiError, 409: ApiError},
      },
    },
    async (request, reply) => {
      const {record, folder} = runs.get(request.params.id);
      if (!folder.hasPlayback()) {
        throw new EcoError('run_not_done', `member 0 of run ${record.id} is not done yet`, 409);
      }
      const path = folder.file(PLAYBACK_FILE);
      const accepted = request.headers['accept-encoding'];
      const found = ENCODINGS.find(
        ({encoding, ending}) => accepts(accepted, encoding) && existsSync(path + ending),
      );
      const tag = `"${record.fingerprint.slice(0, 32)}${found ? `-${found.encoding}` : ''}"`;
      reply.header('etag', tag);
      reply.header('vary', 'Accept-Encoding');
      reply.header('cache-control', 'private, no-cache');
      if (request.headers['if-none-match'] === tag) {
        (reply as unknown as FastifyReply).code(304).send();
        return reply as never;
      }
      if (found) reply.header('content-encoding', found.encoding);
      const file = path + (found?.ending ?? '');
      reply.header('content-length', statSync(file).size);
      reply.type('application/octet-stream');
      (reply as unknown as FastifyReply).send(createReadStream(file));
      return reply as never;
    },
  );
};
