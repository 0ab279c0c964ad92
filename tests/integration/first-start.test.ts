import {spawnSync} from 'node:child_process';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {getJson, ROOT, type RunningServer, startProduct, temporaryFolder, until} from './running-server.ts';

type Latest = {
  items: {
    datastream: string;
    element: string;
    device?: string;
    phenomenonTime: string;
    unit: string;
    flag: number;
    origin: string;
  }[];
};
type Devices = {items: {id: string; state: string; connected: boolean; model: string}[]};

const folder = temporaryFolder('first-start');
let server: RunningServer;
const startedMs = Date.now();

beforeAll(async () => {
  server = await startProduct({dataDir: folder.path});
});
afterAll(async () => {
  await server?.stop();
  folder.remove();
});

describe('a first start', () => {
  it('is ready within 60 s', () => {
    expect(Date.now() - startedMs).toBeLessThan(60_000);
  });

  it('has all 54 elements in /latest and 194 devices online within 5 minutes', {
    timeout: 320_000,
  }, async () => {
    const elements = (await getJson<{items: {id: string}[]}>(`${server.url}/api/v1/elements`)).items.map(
      ({id}) => id,
    );
    expect(elements).toHaveLength(54);
    const seen = await until('54 elements', 300_000 - (Date.now() - startedMs), async () => {
      const {items} = await getJson<Latest>(`${server.url}/api/v1/latest`);
      const present = new Set(items.map(({element}) => element));
      return elements.every((element) => present.has(element)) && items;
    });
    const devices = await until('194 devices online', 300_000 - (Date.now() - startedMs), async () => {
      const {items} = await getJson<Devices>(`${server.url}/api/v1/devices`);
      return items.filter(({state}) => state === 'online').length === 194 && items;
    });
    expect(devices).toHaveLength(194);
    for (const observation of seen) {
      expect(observation.unit, observation.datastream).toBeTruthy();
      expect(observation.phenomenonTime, observation.datastream).toMatch(/Z$/);
      // What a device says is virtual here; the product's own counts (open work orders) are what they are.
      if (observation.device !== undefined)
        expect(observation.origin, observation.datastream).toBe('virtual');
    }
  });

  it('is healthy and lost nothing on the way', async () => {
    const health = await getJson<{status: string}>(`${server.url}/api/v1/health`);
    expect(health.status).toBe('ok');
    const stats = await getJson<{stored: number; conflict: number; rejected: Record<string, number>}>(
      `${server.url}/api/v1/stats`,
    );
    expect(stats.stored).toBeGreaterThan(500);
    expect(stats.conflict).toBe(0);
    expect(stats.rejected).toEqual({});
  });

  it('starts again in seconds, repeats keys with equal values, and ends with 0', async () => {
    const before = (await getJson<Latest>(`${server.url}/api/v1/latest`)).items.length;
    expect(await server.stop('SIGTERM')).toBe(0);
    const againMs = Date.now();
    server = await startProduct({dataDir: folder.path});
    expect(Date.now() - againMs).toBeLessThan(20_000);
    const after = (await getJson<Latest>(`${server.url}/api/v1/latest`)).items.length;
    expect(after).toBeGreaterThanOrEqual(before);
    await until('devices connected again', 60_000, async () => {
      const {items} = await getJson<Devices>(`${server.url}/api/v1/devices`);
      return items.filter(({connected}) => connected).length >= 190;
    });
    const stats = await getJson<{conflict: number}>(`${server.url}/api/v1/stats`);
    expect(stats.conflict).toBe(0);
  });
});

/** Root, or user namespaces, are needed to make a network namespace; say so where neither is. */
const namespaces = spawnSync('unshare', ['-rn', 'true']).status === 0;

describe('with no network at all', () => {
  it.runIf(namespaces || process.env['CI'] === 'true')(
    'starts, publishes and answers in a namespace without a route',
    async () => {
      const data = temporaryFolder('no-route');
      const probe = `
      ip link set lo up
      ip route get 192.0.2.1 >/dev/null 2>&1 && { echo 'there is a route'; exit 9; }
      exec "$0" "$@"`;
      const result = spawnSync(
        'unshare',
        [
          '-rn',
          'sh',
          '-c',
          probe,
          process.execPath,
          `${ROOT}/tests/integration/no-route-probe.ts`,
          data.path,
        ],
        {cwd: ROOT, encoding: 'utf8', timeout: 150_000},
      );
      data.remove();
      expect(`${result.status} ${result.stdout}${result.stderr}`).toMatch(/^0 /);
      expect(JSON.parse(result.stdout.trim().split('\n').at(-1)!)).toMatchObject({devices: 194, page: 200});
    },
  );
});
