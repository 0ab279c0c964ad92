import {Readable} from 'node:stream';
import type {FastifyPluginAsyncTypebox} from '@fastify/type-provider-typebox';
import type {FastifyReply} from 'fastify';
import {ApiError} from '#schemas';
import {instant} from '../bodies/instant.ts';
import {ExportQuery} from '../export/export-query.ts';
import type {Exports} from '../export/exports.ts';
import {ExportSidecar} from '../export/sidecar.ts';

/** Longest that a reader may take nothing before the connection is closed, ms: it can go on with `after`. */
const STALLED_MS = 120_000;
const TYPES = {
  csv: 'text/csv; charset=utf-8; header=present',
  parquet: 'application/vnd.apache.parquet',
  geojson: 'application/geo+json',
} as const;

/** `20261122T080000Z`: a time in a file's name. */
const compact = (timeMs: number) => `${new Date(timeMs).toISOString().slice(0, -5).replace(/[-:]/g, '')}Z`;

export const exportRoutes: FastifyPluginAsyncTypebox<{exports: Exports}> = async (app, {exports}) => {
  app.get(
    '/export',
    {
      schema: {
        action: 'observe',
        tags: ['observations'],
        summary: 'Observations of many series as one file: CSV (long or wide), Parquet or GeoJSON',
        description:
          'Streams; two at a time (503 `export_busy`). Header eco-as-of is the moment that the file is of: the same ' +
          'query with it as `asOf` gives the same bytes, and `after` the rest of a file that was cut off. Link ' +
          'rel="describedby" is the sidecar: units, statistics, datum, flags, licence, credit, row count, checksum.',
        querystring: ExportQuery,
        produces: Object.values(TYPES).map((type) => type.split(';')[0]!),
        response: {400: ApiError, 404: ApiError, 503: ApiError},
      },
    },
    async (request, reply) => {
      const planned = await exports.plan(request.query);
      const {plan} = planned;
      const gone = new AbortController();
      reply.raw.once('close', () => gone.abort());
      const pieces = planned.pieces(gone.signal);
      // The first piece is made before the answer begins, so that an error is still one.
      const first = await pieces.next();
      const asOf = instant(plan.asOfMs);
      const name = `observations_${compact(plan.fromMs)}_${compact(plan.toMs)}.${plan.format}`;
      const sidecar = new URLSearchParams({...(request.query as Record<string, string>), asOf});
      sidecar.delete('after');
      reply.header('content-disposition', `attachment; filename="${name}"`);
      reply.header('eco-as-of', asOf);
      reply.header('link', `</api/v1/export/sidecar?${sidecar}>; rel="describedby"`);
      reply.header('cache-control', 'no-store');
      reply.type(TYPES[plan.format]);
      reply.raw.setTimeout(STALLED_MS, () => reply.raw.destroy());
      async function* bytes() {
        // Copies: the socket may hold a piece longer than it is ours.
        if (first.done !== true) yield Uint8Array.from(first.value.data);
        for await (const {data} of pieces) yield Uint8Array.from(data);
      }
      // No schema of 200: this answer is no JSON.
      (reply as unknown as FastifyReply).send(Readable.from(bytes()));
      return reply as never;
    },
  );

  app.get(
    '/export/sidecar',
    {
      schema: {
        action: 'observe',
        tags: ['observations'],
        summary:
          'What an export with the same query and `asOf` holds: columns, units, flags, licence, checksum',
        querystring: ExportQuery,
        response: {200: ExportSidecar, 400: ApiError, 404: ApiError},
      },
    },
    async (request) => (await exports.plan(request.query)).sidecar(),
  );
};
