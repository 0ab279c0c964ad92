import {mkdir} from 'node:fs/promises';
import type {AddressInfo} from 'node:net';
import {startDerivations} from '#ingest';
import type {Settings} from '#schemas';
import {allowedHosts, bracketed, requireLoopback} from './access/index.ts';
import {createBackupJobs} from './backup/backup-jobs.ts';
import {createClosers} from './closers.ts';
import {createComponents} from './components.ts';
import {openCore} from './core.ts';
import {createExports} from './export/exports.ts';
import {createFleetCredentials, withFleetCredentials} from './fleet/credentials.ts';
import {runFleets} from './fleet/run-fleets.ts';
import {startGateway} from './gateway.ts';
import {createHttp} from './http.ts';
import {createLog, type Log} from './log.ts';
import {buildPage, PAGE_FOLDER} from './page-build.ts';
import {removeServerFile, writeServerFile} from './server-file.ts';
import {createSimulation} from './simulate/simulation.ts';
import {explainListening, requireFree, requireSupported} from './start-refusals.ts';
import {watchFiles} from './things/file-watch.ts';
import {PROGRAM_VERSION as version} from './version.ts';

export type RunningServer = {
  httpUrl: string;
  /** Null where an external broker is consumed or this process is no gateway. */
  mqttUrl: string | null;
  mqttPort: number | null;
  close(): Promise<void>;
};

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
  const hosts = allowedHosts(settings);
  const startedMs = now();
  const roles = new Set(settings.roles.split(','));
  await mkdir(settings.dataDir, {recursive: true});
  await requireFree(settings.dataDir);

  const closers = createClosers();
  const components = createComponents();
  try {
    const core = closers.keep(await openCore(settings, {...options, log, now}), ({close}) => close());
    const {sites, archives, store, live, health, maps, catalogue, frames, pipeline, reviser} = core;
    components.set('store', core.state);
    components.set('catalogue', catalogue.state);
    components.set('maps', maps.state);
    closers.keep(watchFiles([catalogue.reloadIfChanged, maps.reloadIfChanged], {log}), ({close}) => close());
    const building = closers.keep(new AbortController(), (controller) => controller.abort());
    const page = roles.has('api') ? buildPage({progress, signal: building.signal}) : null;
    page?.catch(() => {}); // awaited below; a start that fails before must not fail twice

    const credentials = createFleetCredentials();
    const registry = withFleetCredentials(core.registry, credentials);
    const gateway = closers.keep(
      await startGateway(settings, {registry, pipeline, health, maps, log, now}),
      ({close}) => close(),
    );
    components.set('gateway', gateway.state);
    const {mqttUrl, mqttPort, connections} = gateway;

    components.set('worker', () => ({status: 'off'}));
    if (roles.has('worker')) {
      const derivations = await startDerivations({registry, store, sites, live, log, now});
      closers.keep(derivations, ({close}) => close());
      components.set('worker', derivations.state);
    }
    components.set('alarms', () => ({status: 'off', message: 'not in this version yet'}));

    const {dataDir} = settings;
    const program = `eco-brain ${version}`;
    const simulation = closers.keep(
      createSimulation({
        ...{sites, dataDir, program, live, log, now},
        ...{observations: {reader: store, registry}, runs: roles.has('simulate'), background: true},
      }),
      ({close}) => close(),
    );
    components.set('simulate', simulation.state);
    const backups = closers.keep(createBackupJobs({store, dataDir, program: version}, log), ({close}) =>
      close(),
    );
    const exports = closers.keep(createExports({registry, maps, store, dataDir, now}), ({close}) => close());
    let fleetPasswords: () => ReturnType<typeof credentials.issue> = () => ({});
    const http = closers.keep(
      await createHttp({
        ...{
          registry,
          store,
          pipeline,
          reviser,
          health,
          live,
          maps,
          archives,
          backups,
          exports,
          simulation,
          catalogue,
          frames,
          components,
          hosts,
          connections,
          version,
          startedMs,
          now,
          log,
        },
        dataDir: settings.dataDir,
        mqttUrl,
        fleetPasswords: () => fleetPasswords(),
        pageFolder: roles.has('api') ? PAGE_FOLDER : null,
      }),
      (app) => app.close(),
    );
    await http.listen({host: settings.httpHost, port: settings.httpPort});
    const httpUrl = `http://${bracketed(settings.httpHost)}:${(http.server.address() as AddressInfo).port}`;

    const problem = page === null ? null : await page;
    components.set('page', () => {
      if (page === null) return {status: 'off'};
      return problem === null ? {status: 'ok'} : {status: 'degraded', message: problem};
    });
    if (problem !== null) log({level: 'warn', message: `the page: ${problem}`});

    const {sitesDir} = core;
    const fleets = closers.keep(runFleets(settings, {sites, sitesDir, mqttUrl, credentials, log}), ({stop}) =>
      stop(),
    );
    components.set('fleet', fleets.state);
    fleetPasswords = fleets.passwords;

    writeServerFile(settings.dataDir, {pid: process.pid, httpUrl, mqttUrl});
    closers.keep(settings.dataDir, removeServerFile);
    return {httpUrl, mqttUrl, mqttPort, close: closers.closeAll};
  } catch (error) {
    await closers.closeAll();
    throw explainListening(error);
  }
}
