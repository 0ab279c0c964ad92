import type {InjectOptions} from 'fastify';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {ACTIONS} from '#schemas';
import {actionsOf} from '../../../server/access/index.ts';
import {type Harness, openHarness} from '../harness.ts';

let harness: Harness;
beforeAll(async () => {
  harness = await openHarness();
});
afterAll(() => harness.close());

const inject = (options: InjectOptions) => harness.app.inject(options);

it('tells a caller on this machine that it may do everything', async () => {
  const answer = await inject({url: '/api/v1/access'});
  expect(answer.json()).toEqual({actions: [...ACTIONS]});
  expect(answer.headers['cache-control']).toBe('no-store');
});

it.each([
  ['127.0.0.1', ACTIONS],
  ['::1', ACTIONS],
  ['::ffff:127.0.0.1', ACTIONS],
  ['192.168.1.7', []],
  ['2001:db8::1', []],
])('from %s it may do %j', (address, actions) => {
  expect(actionsOf(address)).toEqual(actions);
});

describe('who may call', () => {
  it.each([
    ['localhost:8080', 200],
    ['127.0.0.1:8080', 200],
    ['[::1]:8080', 200],
    ['LOCALHOST', 200],
    ['evil.example', 403],
    ['localhost.evil.example', 403],
    ['127.0.0.1.evil.example:8080', 403],
    ['192.168.1.7:8080', 403],
  ])('Host %s: %i', async (host, status) => {
    for (const url of ['/api/v1/health', '/api/openapi.json', '/metrics']) {
      const answer = await inject({url, headers: {host}});
      expect(answer.statusCode, url).toBe(status);
      if (status === 403) expect(answer.json()).toMatchObject({code: 'host_forbidden'});
    }
  });

  it.each(['/', '/index.html', '/assets/none.js', '/nothing'])(
    'a foreign Host gets no page either: %s',
    async (url) => {
      expect((await inject({url, headers: {host: 'evil.example'}})).statusCode).toBe(403);
    },
  );

  it('a page of another site cannot change anything', async () => {
    const body = {id: 'csrf', longitudeDeg: 1, latitudeDeg: 1};
    for (const headers of [
      {origin: 'https://evil.example'},
      {origin: 'http://localhost:3000', host: 'localhost:8080'},
      {origin: 'null'},
      {'sec-fetch-site': 'cross-site'},
    ]) {
      const answer = await inject({method: 'POST', url: '/api/v1/devices', headers, payload: body});
      expect(answer.statusCode).toBe(403);
      expect(answer.json()).toMatchObject({code: 'origin_forbidden'});
    }
    expect(harness.core.registry.device('csrf')).toBeUndefined();
  });

  it('the stream is closed to pages of other sites', async () => {
    const answer = await inject({url: '/api/v1/stream', headers: {origin: 'https://evil.example'}});
    expect(answer.statusCode).toBe(403);
  });

  it('no answer opens itself to other sites', async () => {
    const answer = await inject({url: '/api/v1/elements', headers: {origin: 'https://evil.example'}});
    expect(answer.headers['access-control-allow-origin']).toBeUndefined();
  });
});

describe('headers', () => {
  it('forbids inline code, eval, blobs, frames and everything from elsewhere', async () => {
    const {headers} = await inject({url: '/api/docs'});
    const policy = String(headers['content-security-policy']);
    expect(policy).toContain("default-src 'self'");
    expect(policy).toContain("script-src 'self'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toMatch(/unsafe|blob:|\*|https?:/);
    expect(headers['x-content-type-options']).toBe('nosniff');
    expect(headers['strict-transport-security']).toBeUndefined();
  });
});

describe('errors', () => {
  it.each([
    ['/api/v1/nothing', 404, 'route_unknown', /nothing/],
    ['/api/v1/latest?elment=x', 400, 'parameter_unknown', /elment; known are .*element/],
    ['/api/v1/health?a=1', 400, 'parameter_unknown', /unknown query parameter a; known are none/],
    ['/metrics?a=1', 400, 'parameter_unknown', /a/],
    ['/api/v1/latest?element=nope', 404, 'element_unknown', /nope/],
    ['/api/v1/latest?zone=nope', 404, 'zone_unknown', /nope/],
    ['/api/v1/latest?site=nope', 404, 'site_unknown', /lake-saltmarsh/],
    ['/api/v1/latest?limit=0', 400, 'parameter_invalid', /limit: must be >= 1, got "?0"?/],
    ['/api/v1/latest?limit=5001', 400, 'parameter_invalid', /limit/],
    ['/api/v1/latest?limit=x', 400, 'parameter_invalid', /limit: must be integer, got "x"/],
    ['/api/v1/devices/nope', 404, 'device_unknown', /nope/],
    ['/api/v1/devices/a.b', 400, 'path_invalid', /id/],
    [
      '/api/v1/devices?state=gone',
      400,
      'parameter_invalid',
      /must be one of online, late, offline, got "gone"/,
    ],
    ['/api/v1/series', 400, 'datastream_required', /datastream/],
    ['/api/v1/series?device=nope&element=rain', 404, 'device_unknown', /nope/],
    ['/api/v1/stream?events=alarm', 400, 'parameter_invalid', /events/],
    ['/api/%', 400, 'request_invalid', /./],
  ])('%s: %i %s', async (url, status, code, message) => {
    const answer = await inject({url});
    expect(answer.statusCode).toBe(status);
    expect(answer.headers['content-type']).toMatch(/^application\/json/);
    const body = answer.json() as {code: string; message: string};
    expect(body.code).toBe(code);
    expect(body.message).toMatch(message);
    expect(Object.keys(body).every((key) => ['code', 'message', 'details'].includes(key))).toBe(true);
  });

  it.each([
    [
      'a body that is no JSON',
      {payload: '{', headers: {'content-type': 'application/json'}},
      400,
      'payload_syntax',
    ],
    ['no body', {headers: {'content-type': 'application/json'}}, 400, 'payload_empty'],
    [
      'another type',
      {payload: 'a=b', headers: {'content-type': 'application/x-www-form-urlencoded'}},
      415,
      'media_type_unsupported',
    ],
    [
      'more than 256 KiB',
      {payload: `"${'x'.repeat(256 * 1024)}"`, headers: {'content-type': 'application/json'}},
      413,
      'payload_too_large',
    ],
    ['an unknown field', {payload: {id: 'a', longitudeDeg: 1, latitudeDeg: 1, lon: 2}}, 400, 'body_invalid'],
    ['a text for a number', {payload: {id: 'a', longitudeDeg: '1', latitudeDeg: 1}}, 400, 'body_invalid'],
    ['an id that is none', {payload: {id: '../a', longitudeDeg: 1, latitudeDeg: 1}}, 400, 'body_invalid'],
    [
      '__proto__',
      {payload: '{"__proto__":{"id":"a"}}', headers: {'content-type': 'application/json'}},
      400,
      'payload_syntax',
    ],
  ])('POST /devices with %s', async (_name, request, status, code) => {
    const answer = await inject({method: 'POST', url: '/api/v1/devices', ...request});
    expect(answer.json()).toMatchObject({code});
    expect(answer.statusCode).toBe(status);
  });

  it('a path outside the API is a plain 404', async () => {
    for (const url of [
      '/nothing',
      '/data',
      '/lab',
      '/ranger',
      '/apix',
      '/../../etc/passwd',
      '/%2e%2e/%2e%2e/etc/passwd',
    ]) {
      const answer = await inject({url});
      expect(answer.statusCode, url).toBeGreaterThanOrEqual(400);
      expect(answer.statusCode, url).toBeLessThan(500);
      expect(answer.body).not.toContain('root:');
    }
  });
});

describe('every route', () => {
  it('names its action, and the description says which', async () => {
    const document = (await inject({url: '/api/openapi.json'})).json() as {
      openapi: string;
      paths: Record<string, Record<string, {'x-action'?: string; summary?: string; tags?: string[]}>>;
    };
    expect(document.openapi).toBe('3.1.0');
    const paths = Object.keys(document.paths);
    // CONTRACT, HTTP: the routes of the spine.
    for (const path of [
      'health',
      'categories',
      'elements',
      'devices',
      'devices/{id}',
      'zones',
      'stations',
      'datastreams',
      'latest',
      'series',
      'stream',
      'readings',
      'hooks/{bridge}',
      'stats',
      'dead-letters',
      'sites',
    ]) {
      expect(paths).toContain(`/api/v1/${path}`);
    }
    for (const [path, methods] of Object.entries(document.paths)) {
      for (const [method, route] of Object.entries(methods)) {
        if (method === 'head') continue;
        expect(ACTIONS, `${method} ${path}`).toContain(route['x-action']);
        expect(route.summary, `${method} ${path}`).toBeTruthy();
      }
    }
  });

  it('is described without a tuple of draft-07', async () => {
    const text = (await inject({url: '/api/openapi.json'})).body;
    expect(text).not.toMatch(/"items":\[/);
    expect(text).not.toContain('additionalItems');
  });

  it('a readable page describes it, without inline code', async () => {
    const page = await inject({url: '/api/docs'});
    expect(page.headers['content-type']).toMatch(/^text\/html/);
    expect(page.body).not.toMatch(/<script(?![^>]*src=)|<style|style="|onclick|https?:\/\//);
    for (const url of ['/api/docs/docs.js', '/api/docs/docs.css'])
      expect((await inject({url})).statusCode).toBe(200);
  });
});
