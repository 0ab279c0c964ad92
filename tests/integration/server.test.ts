import {existsSync, mkdtempSync, readFileSync, rmSync} from 'node:fs';
import {createServer} from 'node:net';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, afterEach, describe, expect, it} from 'vitest';
import {
  eco,
  getJson,
  type Login,
  mosquittoPub,
  type ServerProcess,
  SITE,
  SITES,
  startProcess,
} from './server-process.ts';

const folder = mkdtempSync(join(tmpdir(), 'eco-server-'));
const dataDir = join(folder, 'data');
const at = ['--data-dir', dataDir, '--sites-dir', SITES];
let server: ServerProcess | undefined;

afterEach(() => {
  if (server?.child.exitCode === null && server.child.signalCode === null) server.child.kill('SIGKILL');
  server = undefined;
});
afterAll(() => rmSync(folder, {recursive: true, force: true}));

type Series = {rows: number; points: {time: string; mean: number}[]; unit: string};
const seriesOf = (of: ServerProcess, device: string, element: string) =>
  getJson<Series>(of, `/api/v1/series?device=${device}&element=${element}`);

describe('the whole product in one process', () => {
  it('becomes ready, serves, takes a stock client’s message, and stops with everything flushed', async () => {
    server = await startProcess(dataDir, ['--fleet', 'off']);
    // Exactly this line, last of the ready block.
    expect(server.output.stdout.trimEnd().split('\n')).toEqual([
      `mqtt mqtt://127.0.0.1:${server.mqttPort}`,
      `ready ${server.httpUrl}`,
    ]);
    expect(JSON.parse(readFileSync(join(dataDir, 'server.json'), 'utf8'))).toMatchObject({
      pid: server.child.pid,
      httpUrl: server.httpUrl,
      mqttUrl: `mqtt://127.0.0.1:${server.mqttPort}`,
    });
    const health = await getJson<{status: string; components: Record<string, {status: string}>}>(
      server,
      '/api/v1/health',
    );
    expect(health.components).toMatchObject({
      store: {status: 'ok'},
      gateway: {status: 'ok'},
      fleet: {status: 'off'},
      alarms: {status: 'off'},
      simulate: {status: 'ok'},
    });

    const added = await eco([
      'devices',
      'add',
      'pond-1',
      '--lon',
      '137.25',
      '--lat',
      '-28.95',
      '--json',
      ...at,
    ]);
    expect(added.code, added.stderr).toBe(0);
    const login = JSON.parse(added.stdout) as Login;
    expect(Object.keys(login)).toEqual(['id', 'username', 'password', 'topic']);
    expect(login.topic).toBe(`eco/v1/${SITE}/pond-1/up`);

    expect(await mosquittoPub(server.mqttPort, login, {readings: {water_temperature: 18.25}})).toBe(0);
    const acknowledgedMs = performance.now();
    const series = await seriesOf(server, 'pond-1', 'water_temperature');
    expect(series).toMatchObject({rows: 1, unit: 'Cel', points: [{mean: 18.25}]});
    expect(performance.now() - acknowledgedMs).toBeLessThan(1000);

    const stopped = await server.stop('SIGTERM');
    expect(stopped.code).toBe(0);
    expect(stopped.tookMs).toBeLessThan(5000);
    expect(existsSync(join(dataDir, 'server.json'))).toBe(false);
  });

  it('keeps what it acknowledged through kill -9, once, and the next start is quick', async () => {
    server = await startProcess(dataDir, ['--fleet', 'off']);
    const added = await eco([
      'devices',
      'add',
      'pond-2',
      '--lon',
      '137.25',
      '--lat',
      '-28.95',
      '--json',
      ...at,
    ]);
    const login = JSON.parse(added.stdout) as Login;
    const time = new Date(Date.now() - 60_000).toISOString();
    expect(await mosquittoPub(server.mqttPort, login, {time, readings: {turbidity: 7.5}})).toBe(0);
    await server.stop('SIGKILL');
    expect(existsSync(join(dataDir, 'server.json'))).toBe(true);

    server = await startProcess(dataDir, ['--fleet', 'off']);
    expect(server.readyMs).toBeLessThan(10_000);
    expect(await seriesOf(server, 'pond-2', 'turbidity')).toMatchObject({
      rows: 1,
      points: [{time, mean: 7.5}],
    });
    expect(await seriesOf(server, 'pond-1', 'water_temperature')).toMatchObject({rows: 1});
    // The same message once more changes nothing.
    expect(await mosquittoPub(server.mqttPort, login, {time, readings: {turbidity: 7.5}})).toBe(0);
    expect(await seriesOf(server, 'pond-2', 'turbidity')).toMatchObject({rows: 1});
    expect((await server.stop('SIGINT')).code).toBe(0);
  });

  it('refuses a second server on the same folder, and says which one has it', async () => {
    server = await startProcess(dataDir, ['--fleet', 'off']);
    const second = await eco(['start', '--http-port', '0', '--mqtt-port', '0', ...at, '--site', SITE]);
    expect(second.code).toBe(1);
    expect(second.stdout).toBe('');
    expect(second.stderr.trim()).toContain(`${server.httpUrl}, process ${server.child.pid}`);
    expect((await server.stop('SIGTERM')).code).toBe(0);
  });

  it('adds, lists and removes devices while no server runs', async () => {
    const site = ['--site', SITE];
    const added = await eco([
      'devices',
      'add',
      'dry-1',
      '--lon',
      '137.25',
      '--lat',
      '-28.95',
      '--json',
      ...at,
      ...site,
    ]);
    expect(added.code, added.stderr).toBe(0);
    const list = await eco(['devices', 'list', '--json', ...at, ...site]);
    const devices = JSON.parse(list.stdout) as {id: string; origin: string}[];
    expect(devices.map(({id}) => id)).toEqual(expect.arrayContaining(['dry-1', 'pond-1', 'sm-d01-01']));

    server = await startProcess(dataDir, ['--fleet', 'off']);
    const login = JSON.parse(added.stdout) as Login;
    expect(await mosquittoPub(server.mqttPort, login, {readings: {air_temperature: 30}})).toBe(0);
    expect(await mosquittoPub(server.mqttPort, {...login, password: 'wrong'}, {readings: {}})).not.toBe(0);
    expect((await server.stop('SIGTERM')).code).toBe(0);

    const kept = await eco(['devices', 'remove', 'dry-1', ...at, ...site]);
    expect(kept.code).toBe(1);
    expect(kept.stderr).toContain('--with-data');
    const gone = await eco(['devices', 'remove', 'dry-1', '--with-data', '--json', ...at, ...site]);
    expect(JSON.parse(gone.stdout)).toEqual({id: 'dry-1', rows: 1});
  });
});

describe('the command line', () => {
  it.each([
    [['forecast'], 2, /unknown command forecast; there are start, /],
    [['--nonsense'], 2, /unknown command/],
    [['start', '--http-prot', '1'], 2, /--http-prot/],
    [['start', '--http-port', 'x'], 2, /--http-port: expected an integer from 0 to 65535, got "x"/],
    [['start', 'now'], 2, /unexpected now/],
    [['devices', 'add', 'a'], 2, /--lon and --lat are missing/],
    [
      ['devices', 'add', 'a', '--lon', '200', '--lat', '0'],
      2,
      /--lon: expected a number from -180 to 180, got 200/,
    ],
    [['devices', 'add', 'a b', '--lon', '1', '--lat', '1'], 2, /id/],
    [['devices', 'sell', 'a'], 2, /expected add, list, .* or remove, got sell/],
    [['replay', 'x.csv'], 2, /--map is missing/],
    [['fleet', '--speed', '60'], 2, /--speed needs --from/],
    [['start', '--http-host', '0.0.0.0'], 1, /ECO_HTTP_HOST=0\.0\.0\.0 .*no accounts/],
    [['start', '--store', 'influxdb'], 2, /ECO_INFLUX_URL: expected the URL of InfluxDB/],
    [['start', '--bus', 'kafka'], 1, /not in this version/],
    [['start', '--site', 'atlantis'], 1, /atlantis/],
  ])('%j: exit %i', async (args, code, message) => {
    const finished = await eco(args, {ECO_DATA_DIR: join(folder, 'none')});
    expect(finished.code, finished.stderr).toBe(code);
    expect(finished.stdout).toBe('');
    // One line: what, and what to do.
    expect(finished.stderr.trim().split('\n')).toHaveLength(1);
    expect(finished.stderr).toMatch(message);
  });

  it('an unknown or bad variable is exit 2', async () => {
    for (const env of [{ECO_DATADIR: 'x'}, {ECO_HTTP_PORT: 'many'}]) {
      const finished = await eco(['start'], env);
      expect(finished.code).toBe(2);
      expect(finished.stderr).toContain(Object.keys(env)[0]);
    }
  });

  it.each(['start', 'fleet', 'replay', 'devices', 'bridges', 'bench'])(
    '%s --help has an example',
    async (name) => {
      const finished = await eco([name, '--help']);
      expect(finished.code).toBe(0);
      expect(finished.stdout).toMatch(/example:\n {2}\S/);
    },
  );

  it('a port that is taken is told in one line', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => taken.once('listening', resolve));
    const {port} = taken.address() as {port: number};
    try {
      for (const flag of ['--http-port', '--mqtt-port']) {
        const other = flag === '--http-port' ? '--mqtt-port' : '--http-port';
        const finished = await eco([
          'start',
          flag,
          String(port),
          other,
          '0',
          '--fleet',
          'off',
          '--site',
          SITE,
          '--sites-dir',
          SITES,
          '--data-dir',
          join(folder, 'taken'),
        ]);
        expect(finished.code).toBe(1);
        expect(finished.stderr).toContain(`cannot listen on 127.0.0.1:${port}`);
      }
    } finally {
      taken.close();
    }
  });
});
