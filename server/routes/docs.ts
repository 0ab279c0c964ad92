import {readFile} from 'node:fs/promises';
import {join} from 'node:path';
import type {FastifyPluginAsyncTypebox} from '@fastify/type-provider-typebox';
import {openApiDocument} from '../openapi.ts';

const FOLDER = join(import.meta.dirname, '..', 'pages', 'api-docs');
const FILES = {
  '/docs': {file: 'index.html', type: 'text/html; charset=utf-8'},
  '/docs/docs.js': {file: 'docs.js', type: 'text/javascript; charset=utf-8'},
  '/docs/docs.css': {file: 'docs.css', type: 'text/css; charset=utf-8'},
} as const;

/** The API described for programs (OpenAPI 3.1) and for people: a page of our own that needs no internet. */
export const docRoutes: FastifyPluginAsyncTypebox = async (app) => {
  let document: object | undefined;
  app.get(
    '/openapi.json',
    {schema: {action: 'observe', hide: true, summary: 'This API as OpenAPI 3.1'}},
    async () => {
      document ??= openApiDocument(app);
      return document;
    },
  );
  for (const [path, {file, type}] of Object.entries(FILES)) {
    app.get(
      path,
      {schema: {action: 'observe', hide: true, summary: 'This API, readable'}},
      async (_request, reply) => reply.type(type).send(await readFile(join(FOLDER, file))),
    );
  }
};
