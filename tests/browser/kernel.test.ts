import {mkdtempSync, readFileSync, rmSync} from 'node:fs';
import {createServer, type Server} from 'node:http';
import type {AddressInfo} from 'node:net';
import {tmpdir} from 'node:os';
import {extname, join, resolve} from 'node:path';
import {build} from 'vite';
import {afterAll, beforeAll, expect} from 'vitest';
import {loadSites} from '#ingest';
import {type RunPlan, runMember, runSummary} from '#simulation';
import {createPlanner} from '../../server/simulate/planner.ts';
import {testWith} from '../needs.ts';
import {makeGrove} from '../simulation/grove-site.ts';
import {planJson, textBytes} from './kernel/plan-json.ts';
import {openPage, untilInPage} from './open-page.ts';

const folder = mkdtempSync(join(tmpdir(), 'eco-kernel-'));
const TYPES: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.json': 'application/json',
};
let plan: RunPlan;
let server: Server;

beforeAll(async () => {
  makeGrove(join(folder, 'sites'));
  const sites = await loadSites(join(folder, 'sites'), ['grove']);
  const observations = () => Promise.reject(new Error('nothing measured is asked for'));
  const planner = createPlanner({sites, observations, log: () => {}, now: Date.now});
  const scenario = (await planner.examples()).find(({scenario: {id}}) => id === 'fewer-trees')!;
  ({plan} = await planner.plan(scenario, {years: 5, members: 3}));

  await build({
    root: resolve(import.meta.dirname, 'kernel'),
    base: './',
    logLevel: 'error',
    build: {
      target: 'es2022',
      outDir: join(folder, 'page'),
      assetsInlineLimit: 0,
      modulePreload: {polyfill: false},
    },
    worker: {format: 'es'},
  });
  const text = planJson(plan);
  server = createServer((request, response) => {
    const name = request.url === '/' ? '/index.html' : request.url!;
    // What the product's own pages are served under.
    response.setHeader(
      'content-security-policy',
      "default-src 'self'; img-src 'self' data:; worker-src 'self'",
    );
    response.setHeader('content-type', TYPES[extname(name)] ?? 'application/octet-stream');
    if (name === '/plan.json') return response.end(text);
    try {
      response.end(readFileSync(join(folder, 'page', name)));
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
});
afterAll(() => {
  server?.close();
  rmSync(folder, {recursive: true, force: true});
});

testWith('chromium')('the kernel gives in a browser’s worker what it gives in Node', async () => {
  const opened = await openPage(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  try {
    const members = await untilInPage(opened.page, 'members of the run', 60_000, () => {
      if (window.__failed) throw new Error(window.__failed);
      return window.__members;
    });
    expect(opened.complaints).toEqual([]);
    expect(members).toHaveLength(3);
    for (const [member, text] of members.entries()) {
      const here = runSummary(runMember, plan, member);
      const there = new Float64Array(textBytes(text).buffer);
      const numbers = [...here.indicators, ...here.parts];
      expect(there).toHaveLength(numbers.length);
      const told = numbers.filter((value) => value !== 0 && !Number.isNaN(value));
      expect(told.length).toBeGreaterThan(500);
      // Property 6 of the model's tests: the same bits, or 1e-12 where an engine's own exp or log differs in the last one.
      for (const [i, value] of numbers.entries()) {
        if (Object.is(there[i], value)) continue;
        expect(Math.abs(there[i]! - value), `number ${i} of member ${member}`).toBeLessThanOrEqual(
          1e-12 * Math.abs(value),
        );
      }
    }
  } finally {
    await opened.close();
  }
});
