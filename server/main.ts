import {readFileSync} from 'node:fs';
import {mkdir} from 'node:fs/promises';
import type {AddressInfo} from 'node:net';
import {join} from 'node:path';
import {hasFleet} from '#devices';
import {startBroker, startDerivations, startSubscriber} from '#ingest';
import {EcoError, type Settings} from '#schemas';
import {allowedHosts, isLoopback, requireLoopback} from './access/index.ts';
import {createComponents, worstState} from './components.ts';
import {openCore} from './core.ts';
import {createFleetCredentials, withFleetCredentials} from './fleet/credentials.ts';
import {runFleet} from './fleet/run-fleet.ts';
import {createHttp} from './http.ts';
import {createLog, type Log} from './log.ts';
import {builtPage} from './page-build.ts';
import {fleetRefusal} from './routes/fleet.ts';
import {findServer, removeServerFile, writeServerFile} from './server-file.ts';

export type RunningServer = {
  httpUrl: string;
  /** Null where an external broker is consumed or this process is no gateway. */
  mqttUrl: string | null;
  mqttPort: number | null;
  close(): Promise<void>;
};

const VERSION = (
  JSON.parse(readFileSync(join(import.meta.dirname, '..', 'package.json'), 'utf8')) as {version: string}
).version;

function requireSupported(settings: Settings): void {
  const refuse = (setting: string, expected: string) => {
    throw new EcoError('setting_unsupported', `${setting} is not in this version yet; use ${expected}`);
  };
  if (settings.store === 'influxdb') refuse('ECO_STORE=influxdb', 'ECO_STORE=embedded');
  if (settings.bus === 'kafka') refuse('ECO_BUS=kafka', 'ECO_BUS=local');
}

function bracketed(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
}

/** What to do about an address that cannot be listened on; null for any other error. */
function addressRefusal(error: unknown): EcoError | null {
  const {code, address, port} = error as NodeJS.ErrnoException & {address?: string; port?: number};
  const why = {
    EADDRINUSE: 'another program listens there; stop it or choose another port',
    EACCES: 'this user may not; choose a port above 1023',
    EADDRNOTAVAIL: 'this machine has no such address',
  }[code ?? ''];
  if (why === undefined) return null;
  return new EcoError(
    'address_refused',
    `cannot listen on ${address}:${port}: ${why} (ECO_HTTP_PORT, ECO_MQTT_PORT)`,
  );
}

/**
 * The whole product of one process: settings in, parts built and handed to each other, started. `close` stops them in
 * the opposite order; everything taken in is durable when it resolves.
 * @throws {EcoError} with what was expected, if a setting, the data folder, a site or a port cannot be used.
 */
export async function startServer(
  settings: Settings,
  options: {sitesDir?: string; log?: Log; progress?: (line: string) => void; now?: () => number} = {},
): Promise<RunningServer> {
  const {log = createLog(settings.logLevel), progress = () => {}, now = Date.now} = options;
  requireLoopback(settings);
  requireSupported(settings);
  const startedMs = now();
  const roles = new Set(settings.roles.split(','));
  const hosts = allowedHosts(settings);
  await mkdir(settings.dataDir, {recursive: true});
  const other = await findServer(settings.dataDir);
  if (other) {
    const where = `${other.httpUrl}, process ${other.pid}`;
    throw new EcoError('data_dir_in_use', `a server already runs on ${settings.dataDir}: ${where}`, 409);
  }

  const closers: (() => Promise<void> | void)[] = [];
  const closeAll = async () => {
    for (const close of closers.splice(0).reverse()) await close();
  };
  try {
    const core = await openCore(settings, {...options, log, now});
    closers.push(core.close);
    const building = new AbortController();
    const page = roles.has('api') ? builtPage({progress, signal: building.signal}) : null;
    page?.catch(() => {});
    closers.push(() => building.abort());
    const {sites, store, live, health, maps, pipeline} = core;
    const fleetCredentials = createFleetCredentials();
    const registry = withFleetCredentials(core.registry, fleetCredentials);
    const components = createComponents();
    const off = () => ({status: 'off'}) as const;
    components.set('store', () => ({status: 'ok', message: `${store.pending()} rows not yet durable`}));

    let mqttUrl: string | null = null;
    let mqttPort: number | null = null;
    let connections = () => 0;
    if (!roles.has('gateway')) components.set('gateway', off);
    else if (settings.mqttUpstream !== undefined) {
      const subscriber = await startSubscriber({
        url: settings.mqttUpstream,
        pipeline,
        registry,
        health,
        maps,
        log,
        now,
      });
      closers.push(subscriber.close);
      components.set('gateway', subscriber.state);
    } else {
      if (!isLoopback(settings.mqttHost)) {
        log({
          level: 'warn',
          message: `the MQTT broker listens on ${settings.mqttHost} without TLS: passwords can be read on the way`,
        });
      }
      const {mqttHost: host, mqttPort: port} = settings;
      const broker = await startBroker({pipeline, registry, health, host, port, log, now});
      closers.push(broker.close);
      connections = () => broker.stats().clients;
      mqttPort = broker.port;
      mqttUrl = `mqtt://${bracketed(host)}:${broker.port}`;
      components.set('gateway', () => {
        const {clients, stalled} = broker.stats();
        return {status: stalled ? 'degraded' : 'ok', message: `${clients} MQTT connections`};
      });
    }

    if (roles.has('worker')) {
      const derivations = await startDerivations({registry, store, sites, live, log, now});
      closers.push(derivations.close);
      components.set('worker', derivations.state);
    } else components.set('worker', off);
    for (const role of ['alarms', 'simulate'])
      components.set(role, () => ({status: 'off', message: 'comes later'}));

    const built = await page;
    if (built)
      components.set('page', () =>
        built.problem === null ? {status: 'ok'} : {status: 'degraded', message: built.problem},
      );
    if (built?.problem) log({level: 'warn', message: `the page: ${built.problem}`});
    const fleetSites = settings.fleet === 'on' ? sites.filter(hasFleet) : [];
    const ownFleet = roles.has('fleet') && mqttUrl !== null && fleetSites.length > 0;
    const http = await createHttp({
      registry,
      store,
      pipeline,
      health,
      live,
      maps,
      components,
      hosts,
      connections,
      now,
      log,
      startedMs,
      pageFolder: built?.folder ?? null,
      version: VERSION,
      fleetPasswords: () => {
        if (ownFleet || fleetSites.length === 0) throw fleetRefusal(ownFleet ? 'runs' : 'off');
        return fleetCredentials.issue(fleetSites);
      },
    });
    closers.push(() => http.close());
    await http.listen({host: settings.httpHost, port: settings.httpPort});
    const httpUrl = `http://${bracketed(settings.httpHost)}:${(http.server.address() as AddressInfo).port}`;

    if (ownFleet && mqttUrl !== null) {
      const url = mqttUrl;
      const passwords = fleetCredentials.issue(fleetSites);
      const runs = fleetSites.map(({site}) =>
        runFleet({sitesDir: core.sitesDir, site: site.id, url, seed: settings.seed, passwords}, log),
      );
      closers.push(async () => void (await Promise.all(runs.map((run) => run.stop()))));
      components.set('fleet', () => worstState(runs.map((run) => run.state())));
    } else components.set('fleet', off);

    writeServerFile(settings.dataDir, {pid: process.pid, httpUrl, mqttUrl});
    closers.push(() => removeServerFile(settings.dataDir));
    return {httpUrl, mqttUrl, mqttPort, close: closeAll};
  } catch (error) {
    await closeAll();
    throw addressRefusal(error) ?? error;
  }
}
