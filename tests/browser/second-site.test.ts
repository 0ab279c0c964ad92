import {resolve} from 'node:path';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import type {TwinTestHook} from '../../twin-ui/hosts/test-hook.ts';
import {
  getJson,
  ROOT,
  type RunningServer,
  startProduct,
  temporaryFolder,
  until,
} from '../integration/running-server.ts';
import {openPage, untilInPage} from './open-page.ts';

declare global {
  interface Window {
    __twin?: TwinTestHook;
  }
}

const folder = temporaryFolder('second-site');
let server: RunningServer;

beforeAll(async () => {
  server = await startProduct({
    dataDir: folder.path,
    env: {ECO_SITES_DIR: resolve(ROOT, 'tests/fixtures/sites'), ECO_SITE: 'lake-saltmarsh'},
  });
});
afterAll(async () => {
  await server?.stop();
  folder.remove();
});

type OpenApi = {paths: Record<string, Record<string, {parameters?: {in: string; required?: boolean}[]}>>};

describe('another site: southern, half-hour zone with DST, below sea level, three devices, no trees', () => {
  it('has its three devices online', async () => {
    await until('three devices online', 90_000, async () => {
      const {items} = await getJson<{items: {state: string}[]}>(`${server.url}/api/v1/devices`);
      return items.length === 3 && items.every(({state}) => state === 'online');
    });
    const {items} = await getJson<{
      items: {element: string; result: number; flag: number; verticalDatum?: string}[];
    }>(`${server.url}/api/v1/latest`);
    expect(items.length).toBeGreaterThan(8);
    expect(items.filter(({flag}) => flag === 4)).toEqual([]);
    const level = items.find(({element}) => element === 'water_level')!;
    expect(level.result).toBeLessThan(0);
    expect(level.verticalDatum).toBe('ahd');
  });

  it('answers on every route that needs no id', async () => {
    const {paths} = await getJson<OpenApi>(`${server.url}/api/openapi.json`);
    const plain = Object.entries(paths).filter(
      ([path, methods]) =>
        methods['get'] && !path.includes('{') && !path.endsWith('/stream') && !path.endsWith('/series'),
    );
    expect(plain.length).toBeGreaterThan(8);
    for (const [path] of plain) {
      const answer = await fetch(server.url + path);
      expect(answer.status, `${path}: ${await answer.clone().text()}`).toBe(200);
    }
  });

  it('counts its days in its own zone: UTC+10:30 in summer', async () => {
    type Series = {points: {time: string}[]};
    const query =
      'device=sm-d08-01&element=air_temperature&bucket=P1D&from=2026-11-20T00:00:00Z&to=2030-01-01T00:00:00Z';
    const {points} = await getJson<Series>(`${server.url}/api/v1/series?${query}`);
    expect(points.length).toBeGreaterThan(0);
    // Midnight in Adelaide is 13:30 UTC with DST, 14:30 without (IANA Australia/Adelaide).
    for (const {time} of points) expect(time).toMatch(/T1[34]:30:00(\.000)?Z$/);
  });

  it('draws its page, quietly and from its own server alone', async () => {
    const {page, requests, complaints, close} = await openPage(
      `${server.url}/?test&lang=en&element=air_temperature`,
      {width: 480, height: 320},
    );
    try {
      expect(await untilInPage(page, 'scene', 150_000, () => window.__twin?.ready)).toBe(true);
      const stats = await page.evaluate(() => window.__twin!.frame());
      expect(stats.contextAlive && stats.failedPrograms === 0).toBe(true);
      expect(await page.evaluate(() => document.querySelectorAll('.marker').length)).toBeGreaterThan(0);
      expect(complaints).toEqual([]);
      expect(requests.filter((url) => !url.startsWith(server.url))).toEqual([]);
    } finally {
      await close();
    }
  });
});
