import type {FastifyPluginAsyncTypebox} from '@fastify/type-provider-typebox';
import {Type} from 'typebox';
import {type ArchiveBook, LARGEST_INVENTORY_BYTES, planImport, readTreeMap, TREE_MAP_PRESETS} from '#ingest';
import {ApiError, EcoError, Id, Replaces, type TreeMap} from '#schemas';

const closed = {additionalProperties: false} as const;
/** Rejected rows that an answer tells one by one; the counts are of all. */
const MOST_TOLD = 1000;

export const TreeImportBody = Type.Object(
  {
    site: Id,
    file: Type.String(),
    encoding: Type.String(),
    delimiter: Type.String(),
    map: Type.Unknown({description: 'The map as it was used'}),
    guesses: Type.Array(Type.Object({what: Type.String(), value: Type.String(), why: Type.String()}, closed)),
    leftOut: Type.Array(Type.String()),
    rows: Type.Integer(),
    added: Type.Integer(),
    updated: Type.Integer(),
    unchanged: Type.Integer(),
    rejected: Type.Record(Type.String(), Type.Integer()),
    heightsByRule: Type.Integer(),
    agesByRule: Type.Integer(),
    newSpecies: Type.Array(
      Type.Object(
        {
          id: Type.String(),
          scientificName: Type.String(),
          family: Type.String(),
          from: Type.String(),
          trees: Type.Integer(),
        },
        closed,
      ),
    ),
    rejectedRows: Type.Array(
      Type.Object({line: Type.Integer(), reason: Type.String(), message: Type.String()}, closed),
      {description: `The first ${MOST_TOLD}`},
    ),
    kept: Type.Boolean(),
  },
  closed,
);

function mapOf(text: string | undefined): TreeMap {
  if (text === undefined) return {schemaVersion: 1};
  return TREE_MAP_PRESETS[text] ?? readTreeMap(Buffer.from(text), 'map');
}

export const treeImportRoutes: FastifyPluginAsyncTypebox<{archives: ArchiveBook; now: () => number}> = async (
  app,
  {archives, now},
) => {
  app.addContentTypeParser(
    ['text/csv', 'application/octet-stream'],
    {parseAs: 'buffer', bodyLimit: LARGEST_INVENTORY_BYTES},
    (_request, body, done) => done(null, body),
  );
  app.post(
    '/trees/import',
    {
      bodyLimit: LARGEST_INVENTORY_BYTES,
      schema: {
        action: 'configure',
        tags: ['archive'],
        summary:
          'Takes in a tree inventory (the CSV file as the body), or with dryRun tells what would come in',
        querystring: Type.Object(
          {
            site: Id,
            file: Type.Optional(Type.String({minLength: 1, maxLength: 300, description: 'Name of the file'})),
            map: Type.Optional(
              Type.String({minLength: 1, maxLength: 20_000, description: 'iland-trees, or a map as JSON'}),
            ),
            dryRun: Type.Optional(Type.Boolean()),
            replaces: Type.Optional(Replaces),
          },
          closed,
        ),
        response: {200: TreeImportBody, 409: ApiError, 413: ApiError},
      },
    },
    async (request) => {
      const {site, file = 'inventory.csv', map, dryRun = false, replaces = 'nothing'} = request.query;
      const archive = await archives.of(site);
      const data = archives.sites().find((one) => one.site.id === site)!;
      if (!Buffer.isBuffer(request.body)) {
        throw new EcoError(
          'inventory_invalid',
          'a CSV file was expected as the body (Content-Type: text/csv)',
        );
      }
      const planned = await planImport(request.body, {
        ...{file, map: mapOf(map), data, archive, replaces},
        nowMs: now(),
      });
      const kept = !dryRun && planned.kept.trees.length > 0;
      if (kept) await archives.keep(planned.kept, archive.imports);
      return {
        ...planned.report,
        rejected: planned.report.rejected as Record<string, number>,
        rejectedRows: planned.rejected
          .slice(0, MOST_TOLD)
          .map(({line, reason, message}) => ({line, reason, message})),
        kept,
      };
    },
  );
};
