import {mkdtempSync, rmSync} from 'node:fs';
import type {AddressInfo} from 'node:net';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {setTimeout as wait} from 'node:timers/promises';
import {brotliDecompressSync, gunzipSync} from 'node:zlib';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {RUN_TABLES, type RunBody, type RunIndicators, readEtw} from '#schemas';
import {makeGrove} from '../../simulation/grove-site.ts';
import {type Harness, openHarness} from '../harness.ts';

const sitesDir = mkdtempSync(join(tmpdir(), 'eco-grove-'));
let harness: Harness;
let before: string;

const counts = () => JSON.stringify(harness.core.store.counts());
async function call(method: 'GET' | 'POST' | 'DELETE', path: string, payload?: unknown, headers = {}) {
  const answer = await harness.app.inject({
    method,
    url: path.startsWith('/api') ? path : `/api/v1${path}`,
    ...(payload === undefined ? {} : {payload: payload as object}),
    headers,
  });
  return {
    status: answer.statusCode,
    body: answer.headers['content-type']?.includes('json') ? answer.json() : null,
    answer,
  };
}
const get = async <T>(path: string) => (await call('GET', path)).body as T;

async function finished(id: string): Promise<RunBody> {
  for (;;) {
    const run = await get<RunBody>(`/runs/${id}`);
    if (run.state !== 'queued' && run.state !== 'running') return run;
    await wait(20);
  }
}

let run: RunBody;
let thinned: RunBody;

beforeAll(async () => {
  makeGrove(sitesDir);
  harness = await openHarness({sitesDir, site: 'grove'});
  before = counts();
  const begun = await call('POST', '/scenarios/as-it-is/runs', {years: 2, members: 2});
  expect(begun.status).toBe(202);
  const other = await call('POST', '/scenarios/fewer-trees/runs', {years: 2, members: 2});
  run = await finished(begun.body.id);
  thinned = await finished(other.body.id);
});
afterAll(async () => {
  await harness.close();
  rmSync(sitesDir, {recursive: true, force: true});
});

describe('scenarios', () => {
  it('of the site are listed and can be read', async () => {
    const {items} = await get<{items: Record<string, unknown>[]}>('/scenarios?site=grove');
    expect(items.map(({id, origin, runs}) => [id, origin, runs])).toEqual([
      ['as-it-is', 'example', 1],
      ['fewer-trees', 'example', 1],
      ['nothing-done', 'example', 0],
    ]);
    expect(await get('/scenarios/fewer-trees')).toMatchObject({
      id: 'fewer-trees',
      operations: [{kind: 'thin'}, {}],
    });
    expect((await call('GET', '/scenarios/none')).body).toMatchObject({code: 'scenario_unknown'});
  });

  it('are kept once each, get a number behind an id that is taken, and can go', async () => {
    const mine = {...(await get<object>('/scenarios/as-it-is')), id: 'mine', years: 4};
    expect(await call('POST', '/scenarios', mine)).toMatchObject({status: 201, body: {id: 'mine'}});
    expect(await call('POST', '/scenarios', mine)).toMatchObject({status: 200, body: {id: 'mine'}});
    expect(await call('POST', '/scenarios', {...mine, years: 5})).toMatchObject({
      status: 201,
      body: {id: 'mine-2'},
    });
    expect(await get('/scenarios/mine-2')).toEqual({...mine, id: 'mine-2', years: 5});
    expect((await call('DELETE', '/scenarios/mine-2')).status).toBe(204);
    expect((await call('GET', '/scenarios/mine-2')).status).toBe(404);
    expect((await call('DELETE', '/scenarios/as-it-is')).body).toMatchObject({code: 'scenario_is_example'});
  });

  it.each([
    {what: 'another site', change: {site: 'elsewhere'}, path: '/site'},
    {what: 'too many years', change: {years: 1e9}, path: '/years'},
    {what: 'an unknown field', change: {speed: 3}, path: '/speed'},
    {what: 'an id that leaves the folder', change: {id: '../../etc/passwd'}, path: '/id'},
    {what: 'no name', change: {name: 7}, path: '/name'},
    {what: 'an operation of no kind', change: {operations: [{kind: 'burn'}]}, path: '/operations/0/kind'},
    {what: 'a day that is none', change: {start: {from: 'archive', date: '2026-02-30'}}, path: '/start/date'},
  ])('with $what are refused, by field', async ({change, path}) => {
    const good = await get<object>('/scenarios/as-it-is');
    const {status, body} = await call('POST', '/scenarios', {...good, id: 'hostile', ...change});
    expect(status).toBe(400);
    expect(body.code).toBe('scenario_invalid');
    expect(body.details[0]).toMatchObject({path, message: expect.stringContaining(path)});
  });

  it.each([['null'], ['[]'], ['"text"'], ['{'], ['{"__proto__": {"years": 3}}'], ['7']])(
    'that are no scenario are refused: %s',
    async (payload) => {
      const {status} = await call('POST', '/scenarios', payload, {'content-type': 'application/json'});
      expect(status).toBe(400);
      expect(({} as Record<string, unknown>)['years']).toBeUndefined();
    },
  );

  it.each([
    {
      what: 'a file beside them: a scenario that was sent has none',
      change: {
        climate: {
          ...{from: 'file', file: 'weather.csv', dateColumn: 'day'},
          columns: [
            {column: 't', quantity: 'airTemperatureMeanC', unit: 'Cel'},
            {column: 'r', quantity: 'rainMm', unit: 'mm'},
          ],
        },
      },
      path: '/climate/file',
    },
    {
      what: 'a station that there is not',
      change: {climate: {from: 'station', station: 'none', fromDate: '2024-01-01', toDate: '2024-12-31'}},
      path: '/climate/station',
    },
    {
      what: 'a series that there is not',
      change: {start: {from: 'store', soilWater: [{datastream: 'none:soil_moisture:mean'}]}},
      path: '/start/soilWater/0/datastream',
    },
  ])('are not run with $what', async ({change, path}) => {
    const mine = {...(await get<object>('/scenarios/as-it-is')), ...change, id: 'measured'};
    const {body: kept} = await call('POST', '/scenarios', mine);
    const {status, body} = await call('POST', `/scenarios/${kept.id}/runs`, {});
    expect({status, code: body.code}).toEqual({status: 400, code: 'scenario_invalid'});
    expect(body.details[0].path).toBe(path);
    await call('DELETE', `/scenarios/${kept.id}`);
  });

  it('that are longer than may be are refused', async () => {
    const {status, body} = await call('POST', '/scenarios', {text: 'x'.repeat(3_000_000)});
    expect({status, code: body.code}).toEqual({status: 413, code: 'payload_too_large'});
  });
});

describe('a run', () => {
  it('is told as it is', () => {
    expect(run).toMatchObject({
      ...{scenario: 'as-it-is', site: 'grove', state: 'done', members: 2, years: [2026, 2027], seed: 11},
      ...{skipped: [], progress: {done: 4, total: 4, unit: 'member-years'}},
      fingerprint: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
    expect(Date.parse(run.ended!)).toBeGreaterThanOrEqual(Date.parse(run.started!));
    expect(thinned.skipped).toEqual([
      {operation: 1, date: expect.any(String), reason: expect.stringContaining('nowhere')},
    ]);
  });

  it('is listed by site and scenario', async () => {
    const ids = async (query: string) =>
      (await get<{items: RunBody[]}>(`/runs${query}`)).items.map(({id}) => id);
    expect(await ids('')).toEqual([run.id, thinned.id]);
    expect(await ids('?site=grove&scenario=as-it-is')).toEqual([run.id]);
    expect(await ids('?scenario=nothing-done')).toEqual([]);
    expect((await call('GET', '/runs?site=nowhere')).status).toBe(404);
  });

  it('that is over cannot be cancelled nor resumed', async () => {
    expect(await call('POST', `/runs/${run.id}/cancel`)).toMatchObject({
      status: 409,
      body: {code: 'run_ended'},
    });
    expect(await call('POST', `/runs/${run.id}/resume`)).toMatchObject({
      status: 409,
      body: {code: 'run_not_resumable'},
    });
  });

  it.each([
    [{years: 0}],
    [{years: 501}],
    [{members: 257}],
    [{members: 1.5}],
    [{seed: -1}],
    [{seed: '1'}],
    [{hurry: true}],
    [[]],
  ])('is not begun with %j', async (body) => {
    expect(await call('POST', '/scenarios/as-it-is/runs', body)).toMatchObject({
      status: 400,
      body: {code: 'body_invalid'},
    });
  });

  it.each([
    '/runs/none',
    '/runs/..%2F..%2Fetc',
    '/runs/none/indicators',
    '/runs/none/trees.bin',
    '/runs/none/tables/tree',
  ])('that there is not: %s', async (path) => {
    const {status} = await call('GET', path);
    expect([400, 404]).toContain(status);
  });

  it('touches no observation', () => {
    expect(counts()).toBe(before);
  });
});

describe('results', () => {
  it('are told by zone and year', async () => {
    const told = await get<RunIndicators>(`/runs/${run.id}/indicators`);
    expect(told.years).toEqual([2025, 2026, 2027]);
    expect(told.zones.at(-1)!.id).toBe('island');
    const stems = told.values['island']!['stems_per_ha']!;
    expect(stems.parts!.archive[0]).toBe(1);
    expect(stems.median[0]! * (told.zones.at(-1)!.areaM2 / 1e4)).toBeCloseTo(160, 6);
    const one = await get<RunIndicators>(`/runs/${run.id}/indicators?zone=island`);
    expect(Object.keys(one.values)).toEqual(['island']);
    expect(one.values['island']).toEqual(told.values['island']);
    expect((await call('GET', `/runs/${run.id}/indicators?zone=moon`)).body).toMatchObject({
      code: 'zone_unknown',
    });
  });

  it('against another run differ member by member; runs of another seed cannot be compared', async () => {
    const told = await get<RunIndicators>(`/runs/${thinned.id}/indicators?zone=island&against=${run.id}`);
    const {difference} = told.values['island']!['stems_per_ha']!;
    expect(difference!.median[0]).toBe(0);
    expect(difference!.median[2]).toBeLessThan(0);
    const begun = await call('POST', '/scenarios/as-it-is/runs', {years: 2, members: 1, seed: 12});
    await finished(begun.body.id);
    expect((await call('GET', `/runs/${run.id}/indicators?against=${begun.body.id}`)).body).toMatchObject({
      code: 'runs_not_paired',
      message: expect.stringContaining('seed'),
    });
    expect((await call('DELETE', `/runs/${begun.body.id}`)).status).toBe(204);
    expect((await call('GET', `/runs/${begun.body.id}`)).status).toBe(404);
  });

  it.each(RUN_TABLES)('come as table %s, described', async (table) => {
    const {status, answer} = await call('GET', `/runs/${run.id}/tables/${table}`);
    expect(status).toBe(200);
    expect(answer.headers).toMatchObject({
      'content-type': 'text/csv; charset=utf-8; header=present',
      link: `</api/v1/runs/${run.id}/manifest>; rel="describedby"`,
    });
    const [head] = answer.body.split('\r\n');
    const manifest = await get<{tables: Record<string, {name: string}[]>}>(`/runs/${run.id}/manifest`);
    expect(manifest.tables[table]!.map(({name}) => name).join(',')).toBe(head);
  });

  it('come as Parquet, of any member', async () => {
    const {answer} = await call('GET', `/runs/${run.id}/tables/carbon?format=parquet&member=1`);
    expect(answer.rawPayload.subarray(0, 4).toString()).toBe('PAR1');
    expect(answer.rawPayload.subarray(-4).toString()).toBe('PAR1');
    expect((await call('GET', `/runs/${run.id}/tables/carbon?member=2`)).body).toMatchObject({
      code: 'member_unknown',
    });
    expect((await call('GET', `/runs/${run.id}/tables/birds`)).status).toBe(400);
    expect((await call('GET', `/runs/${run.id}/tables/tree?format=xls`)).status).toBe(400);
  });

  it('tell what was done and what could not be', async () => {
    const {items} = await get<{items: Record<string, unknown>[]}>(`/runs/${thinned.id}/events`);
    expect(items).toContainEqual(expect.objectContaining({kind: 'done', what: 'thin', year: 2027, month: 2}));
    const [done] = items;
    expect(done!['amount']).toBeGreaterThan(0);
  });

  it('play back: compressed once, in what the reader takes', async () => {
    const path = `/runs/${run.id}/trees.bin`;
    const ask = (encoding: string, more = {}) =>
      call('GET', path, undefined, {'accept-encoding': encoding, ...more});
    const [plain, gzip, brotli] = [await ask('identity'), await ask('gzip'), await ask('gzip, br;q=0.9')];
    expect([plain, gzip, brotli].map(({answer}) => answer.headers['content-encoding'])).toEqual([
      undefined,
      'gzip',
      'br',
    ]);
    const bytes = plain.answer.rawPayload;
    expect(gunzipSync(gzip.answer.rawPayload).equals(bytes)).toBe(true);
    expect(brotliDecompressSync(brotli.answer.rawPayload).equals(bytes)).toBe(true);
    expect((await ask('br;q=0, gzip;q=0')).answer.headers['content-encoding']).toBeUndefined();
    expect(readEtw(bytes).ids).toHaveLength(160);
    const tag = brotli.answer.headers['etag'];
    expect((await ask('br', {'if-none-match': tag})).status).toBe(304);
  });
});

it('event `run` of the stream tells how a run goes on', async () => {
  await harness.app.listen({host: '127.0.0.1', port: 0});
  const base = `http://127.0.0.1:${(harness.app.server.address() as AddressInfo).port}/api/v1`;
  const leave = new AbortController();
  const stream = await fetch(`${base}/stream?events=run&site=grove`, {signal: leave.signal});
  const reader = stream.body!.pipeThrough(new TextDecoderStream()).getReader();
  const begun = await call('POST', '/scenarios/as-it-is/runs', {years: 1, members: 1});
  let text = '';
  while (!text.includes('"state":"done"')) text += (await reader.read()).value ?? '';
  leave.abort();
  const states = [...text.matchAll(/^event: run\ndata: (.*)$/gm)].map(
    (match) => JSON.parse(match[1]!) as RunBody,
  );
  expect(states.every(({id}) => id === begun.body.id)).toBe(true);
  expect(states[0]!.state).toBe('queued');
});

it('is in the OpenAPI document, with who may', async () => {
  const {paths} = await get<{paths: Record<string, Record<string, Record<string, unknown>>>}>(
    '/api/openapi.json',
  );
  for (const path of [
    '/scenarios',
    '/scenarios/{id}/runs',
    '/runs',
    '/runs/{id}',
    '/runs/{id}/cancel',
    '/runs/{id}/resume',
    '/runs/{id}/indicators',
    '/runs/{id}/tables/{table}',
    '/runs/{id}/events',
    '/runs/{id}/trees.bin',
    '/runs/{id}/manifest',
  ]) {
    expect(Object.keys(paths), path).toContain(`/api/v1${path}`);
  }
  expect(paths['/api/v1/scenarios/{id}/runs']!['post']!['x-action']).toBe('simulate');
  expect(paths['/api/v1/runs/{id}']!['get']!['x-action']).toBe('observe');
});
