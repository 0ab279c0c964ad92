import {mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, afterEach, expect, it} from 'vitest';
import {eco, getJson, ROOT, type ServerProcess, SITE, SITES, startProcess} from './server-process.ts';

const folder = mkdtempSync(join(tmpdir(), 'eco-fleet-'));
let folders = 0;
const newFolder = () => join(folder, String(folders++));
const of = (dataDir: string) => ['--data-dir', dataDir, '--sites-dir', SITES, '--site', SITE];
let server: ServerProcess | undefined;

afterEach(() => {
  if (server?.child.exitCode === null && server.child.signalCode === null) server.child.kill('SIGKILL');
  server = undefined;
});
afterAll(() => rmSync(folder, {recursive: true, force: true}));

type Device = {id: string; state: string; connected: boolean; origin: string};
type Observation = {device?: string; element: string; unit: string; origin: string; phenomenonTime: string};
type Stats = {
  stored: number;
  duplicate: number;
  conflict: number;
  store: {hotRows: number; coldRows: number};
};

it('a second site boots with its own devices, every route and page works, and a restart repeats equal values', async () => {
  const dataDir = newFolder();
  server = await startProcess(dataDir);
  const devices = async () => (await getJson<{items: Device[]}>(server!, '/api/v1/devices')).items;
  await expect
    .poll(async () => (await devices()).every(({state, connected}) => state === 'online' && connected), {
      timeout: 60_000,
      interval: 500,
    })
    .toBe(true);
  expect((await devices()).map(({id, origin}) => [id, origin])).toEqual([
    ['sm-d01-01', 'virtual'],
    ['sm-d06-01', 'virtual'],
    ['sm-d08-01', 'virtual'],
  ]);
  const latest = async () => (await getJson<{items: Observation[]}>(server!, '/api/v1/latest')).items;
  // What the models D01, D06 and D08 measure (DOMAIN C).
  const elements = [
    'water_level',
    'soil_moisture',
    'soil_temperature',
    'soil_conductivity',
    'air_temperature',
    'relative_humidity',
    'air_pressure',
    'wind_speed',
    'wind_direction',
    'solar_radiation',
    'precipitation',
  ];
  await expect
    .poll(async () => (await latest()).map(({element}) => element), {timeout: 30_000, interval: 500})
    .toEqual(expect.arrayContaining(elements));
  for (const item of (await latest()).filter(({device}) => device !== undefined))
    expect(item.origin).toBe('virtual');

  for (const path of [
    'health',
    'categories',
    'elements',
    'sites',
    'zones',
    'stations',
    'devices/sm-d01-01',
    'datastreams',
    'stats',
    'dead-letters',
    'series?device=sm-d01-01&element=water_level&bucket=P1D&day=rain',
  ]) {
    await getJson(server, `/api/v1/${path}`);
  }
  for (const page of ['/', '/api/docs', '/api/openapi.json', '/metrics']) {
    expect((await fetch(server.httpUrl + page)).status, page).toBe(200);
  }
  const before = await getJson<Stats>(server, '/api/v1/stats');
  expect(before.conflict).toBe(0);
  expect((await server.stop('SIGTERM')).code).toBe(0);

  server = await startProcess(dataDir);
  await expect
    .poll(async () => (await devices()).every(({connected}) => connected), {timeout: 60_000, interval: 500})
    .toBe(true);
  await expect
    .poll(async () => (await getJson<Stats>(server!, '/api/v1/stats')).duplicate, {
      timeout: 30_000,
      interval: 500,
    })
    .toBeGreaterThan(before.duplicate);
  expect((await getJson<Stats>(server, '/api/v1/stats')).conflict).toBe(0);
  expect((await server.stop('SIGTERM')).code).toBe(0);
});

it('a month of history fills the store, and a purge takes it away and leaves the rest', async () => {
  const dataDir = newFolder();
  await eco(['devices', 'add', 'real-1', '--lon', '137.25', '--lat', '-28.95', ...of(dataDir)]);
  const filled = await eco(['fleet', '--months', '1', '--json', ...of(dataDir)]);
  expect(filled.code, filled.stderr).toBe(0);
  const report = JSON.parse(filled.stdout) as {
    messages: number;
    stored: number;
    conflict: number;
    rejected: number;
  };
  // D08 alone sends every minute: about 28 to 31 days of 1440, less its faults.
  expect(report.messages).toBeGreaterThan(35_000);
  expect(report).toMatchObject({conflict: 0, rejected: 0});

  server = await startProcess(dataDir, ['--fleet', 'off']);
  expect((await getJson<{items: Device[]}>(server, '/api/v1/devices')).items.map(({id}) => id)).toEqual([
    'real-1',
  ]);
  expect(
    (await getJson<{items: Observation[]}>(server, '/api/v1/latest')).items.filter(
      ({origin}) => origin === 'virtual',
    ),
  ).toEqual([]);
  const busy = await eco(['fleet', '--months', '1', ...of(dataDir)]);
  expect(busy.code).toBe(1);
  expect(busy.stderr).toContain('stop it');
  // While the server runs, through its API.
  const purged = await eco(['fleet', 'purge', '--json', ...of(dataDir)]);
  expect(purged.code, purged.stderr).toBe(0);
  expect((JSON.parse(purged.stdout) as {rows: number}).rows).toBeGreaterThanOrEqual(report.stored);
  expect(JSON.parse((await eco(['fleet', 'purge', '--json', ...of(dataDir)])).stdout)).toEqual({
    series: 0,
    rows: 0,
  });
  expect((await getJson<{items: Device[]}>(server, '/api/v1/devices')).items.map(({id}) => id)).toEqual([
    'real-1',
  ]);
  await server.stop('SIGTERM');

  server = await startProcess(dataDir);
  const refused = await eco(['fleet', 'purge', ...of(dataDir)]);
  expect(refused.code).toBe(1);
  expect(refused.stderr).toContain('ECO_FLEET=off');
  await server.stop('SIGTERM');
});

it('the fleet runs in a process of its own where the server leaves it out', async () => {
  const dataDir = newFolder();
  server = await startProcess(dataDir, ['--roles', 'gateway,worker,alarms,simulate,api']);
  const health = await getJson<{components: Record<string, {status: string}>}>(server, '/api/v1/health');
  expect(health.components['fleet']).toMatchObject({status: 'off'});
  const from = new Date(Date.now() - 20 * 60_000).toISOString();
  const running = eco(['fleet', '--from', from, '--speed', '600', ...of(dataDir)], {}, 25_000);
  await expect
    .poll(
      async () => {
        const {points} = await getJson<{points: {time: string}[]}>(
          server!,
          '/api/v1/series?device=sm-d08-01&element=air_temperature',
        ).catch(() => ({points: []}));
        return points.filter(({time}) => time >= from).length;
      },
      {timeout: 60_000, interval: 500},
    )
    .toBeGreaterThanOrEqual(15);
  expect((await running).code).toBe(0);
  await server.stop('SIGTERM');
});

it('a replay goes through the broker as devices of its own, and again changes nothing', async () => {
  const dataDir = newFolder();
  server = await startProcess(dataDir, ['--fleet', 'off']);
  const file = join(ROOT, 'tests', 'fixtures', 'real', 'logan-river', 'mendon.csv');
  const replayed = await eco(['replay', file, '--map', 'logan-river', '--json', ...of(dataDir)]);
  expect(replayed.code, replayed.stderr).toBe(0);
  const report = JSON.parse(replayed.stdout) as {valuesSent: number; devices: string[]};
  const stored = (await getJson<Stats>(server, '/api/v1/stats')).stored;
  expect(stored).toBeGreaterThanOrEqual(report.valuesSent);
  const {items} = await getJson<{items: Observation[]}>(
    server,
    `/api/v1/latest?device=${report.devices.join(',')}`,
  );
  expect(items.length).toBeGreaterThan(0);
  for (const item of items) expect(item.origin).toBe('measured');
  const again = await eco(['replay', file, '--map', 'logan-river', '--json', ...of(dataDir)]);
  expect(again.code, again.stderr).toBe(0);
  const after = await getJson<Stats>(server, '/api/v1/stats');
  expect(after.conflict).toBe(0);
  expect(after.duplicate).toBeGreaterThanOrEqual(report.valuesSent);

  const unknown = await eco(['replay', file, '--map', 'nowhere.json', ...of(dataDir)]);
  expect(unknown.code).toBe(1);
  expect(unknown.stderr).toContain('nowhere.json');
  const wrong = join(folder, 'wrong.csv');
  writeFileSync(wrong, 'a,b\n1,2\n');
  const unfit = await eco(['replay', wrong, '--map', 'logan-river', ...of(dataDir)]);
  expect(unfit.code).toBe(1);
  expect(unfit.stderr.trim().split('\n')).toHaveLength(1);
  await server.stop('SIGTERM');
  const alone = await eco(['replay', file, '--map', 'logan-river', ...of(dataDir)]);
  expect(alone.code).toBe(1);
  expect(alone.stderr).toContain('npm start');
});

it('a process without the role api serves its health and nothing else', async () => {
  server = await startProcess(newFolder(), ['--roles', 'gateway,worker', '--fleet', 'off']);
  const health = await getJson<{components: Record<string, {status: string}>}>(server, '/api/v1/health');
  expect(health.components).toMatchObject({
    gateway: {status: 'ok'},
    worker: {status: 'ok'},
    page: {status: 'off'},
  });
  for (const path of ['/', '/api/v1/latest', '/api/docs']) {
    expect((await fetch(server.httpUrl + path)).status, path).toBe(404);
  }
  expect((await server.stop('SIGTERM')).code).toBe(0);
});
