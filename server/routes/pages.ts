import {existsSync} from 'node:fs';
import {join} from 'node:path';
import fastifyStatic from '@fastify/static';
import type {FastifyInstance, FastifyPluginAsync, FastifyReply} from 'fastify';

/** Pages beside the twin itself; each is there once the built page has a file of its name. */
const PAGES = ['data', 'data/connect', 'lab', 'ranger'] as const;
const YEAR_S = 31_536_000;

type Options = {
  /** Folder of the built page. */
  folder: string;
};

function missing(reply: FastifyReply): FastifyReply {
  return reply
    .code(503)
    .type('text/plain; charset=utf-8')
    .send(
      'The page is not built: run `npm run build` in the product folder and load again. The API works: /api/docs\n' +
        '网页尚未构建：请在产品目录运行 `npm run build` 后刷新。接口可用：/api/docs\n',
    );
}

/** The twin: files of its build, hashed ones to be kept for ever, the rest asked for again each time. */
export const pageRoutes: FastifyPluginAsync<Options> = async (app, {folder}) => {
  const index = join(folder, 'index.html');
  await app.register(fastifyStatic, {
    root: folder,
    index: false,
    wildcard: true,
    prefix: '/',
    prefixAvoidTrailingSlash: true,
    preCompressed: true,
    cacheControl: false,
    setHeaders: (reply, path) => {
      const hashed = path.startsWith(join(folder, 'assets'));
      reply.header('cache-control', hashed ? `public, max-age=${YEAR_S}, immutable` : 'no-cache');
    },
  });
  app.get('/', (_request, reply) => (existsSync(index) ? reply.sendFile('index.html') : missing(reply)));
  for (const page of PAGES) {
    const file = `${page}.html`;
    app.get(`/${page}`, (_request, reply) =>
      existsSync(join(folder, file)) ? reply.sendFile(file) : notFoundPage(reply, `/${page}`),
    );
    app.get(`/${page}/`, (request, reply) => reply.redirect(request.url.replace(/\/(?=\?|$)/, ''), 308));
  }
};

function notFoundPage(reply: FastifyReply, path: string): FastifyReply {
  return reply
    .code(404)
    .type('text/plain; charset=utf-8')
    .send(
      `404: nothing at ${path.slice(0, 200)}. The twin is at /, the API at /api/docs.\n没有此页面。首页为 /。\n`,
    );
}

/** 404: JSON below /api, plain text elsewhere. */
export function installNotFound(app: FastifyInstance): void {
  app.setNotFoundHandler((request, reply) => {
    const path = request.url.split('?', 1)[0]!;
    if (path === '/api' || path.startsWith('/api/') || path === '/metrics') {
      return reply
        .code(404)
        .send({code: 'route_unknown', message: `no ${request.method} ${path.slice(0, 200)}; see /api/docs`});
    }
    return notFoundPage(reply, path);
  });
}
