import {readFileSync} from 'node:fs';
import {hasFleet} from '#devices';
import {loadSites} from '#ingest';
import {createValidator, EcoError} from '#schemas';
import {OWN_SITES} from '../core.ts';
import type {FleetPasswords} from '../fleet/credentials.ts';
import {runFleet} from '../fleet/run-fleet.ts';
import {createLog} from '../log.ts';
import {FleetPasswordsBody, PurgeBody} from '../routes/fleet.ts';
import {queryInstant} from '../routes/instants.ts';
import {findServer} from '../server-file.ts';
import {purgeVirtual} from '../things/purge-virtual.ts';
import {callApi} from './api-client.ts';
import {
  type Command,
  type Io,
  numberOption,
  type Parsed,
  parse,
  textOption,
  typedPath,
  UsageError,
} from './command.ts';
import {fillMonths} from './fleet-history.ts';
import {onlineOrOffline} from './open-data.ts';
import {createProgress} from './progress.ts';

const isPasswords = createValidator<FleetPasswords>(FleetPasswordsBody);
const DAY_MS = 86_400_000;

async function purge(parsed: Parsed, io: Io): Promise<number> {
  const purged = await onlineOrOffline<{series: number; rows: number}>(parsed.settings, {
    includeVirtual: false,
    online: (url) => callApi(url, 'POST', '/fleet/purge', PurgeBody),
    offline: (core) =>
      purgeVirtual({registry: core.registry, store: core.store, forget: core.pipeline.forget}),
  });
  if (parsed.json) io.out(JSON.stringify(purged));
  else io.out(`removed ${purged.series} series of virtual devices with ${purged.rows} rows`);
  return 0;
}

function passwordsOf(file: string): FleetPasswords {
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new EcoError(
      'credentials_invalid',
      `${file}: expected JSON {"PRINCIPAL":{"username","password"}}: ${(error as Error).message}`,
    );
  }
  if (isPasswords(value)) return value;
  throw new EcoError(
    'credentials_invalid',
    `${file}: expected {"PRINCIPAL":{"username","password"}}: ${isPasswords.problem()}`,
  );
}

/** Where to publish and with which passwords: any broker with a file of them, or the server that runs here. */
async function target(parsed: Parsed, io: Io): Promise<{url: string; passwords: FleetPasswords}> {
  const url = textOption(parsed, 'url');
  const file = textOption(parsed, 'credentials');
  if (url !== undefined) {
    if (!/^mqtts?:\/\/[^\s/]+$/.test(url))
      throw new UsageError(`--url: expected mqtt://HOST:PORT, got ${url}`);
    if (file === undefined)
      throw new UsageError('--credentials is missing: the broker of --url wants to know who publishes');
    return {url, passwords: passwordsOf(typedPath(file, io.env))};
  }
  const server = await findServer(parsed.settings.dataDir);
  if (!server || server.mqttUrl === null) {
    throw new EcoError(
      'server_missing',
      `no server with a broker runs on ${parsed.settings.dataDir}: start one with ECO_ROLES=gateway,worker,alarms,simulate,api, or name a broker with --url and --credentials`,
    );
  }
  return {
    url: server.mqttUrl,
    passwords: await callApi<FleetPasswords>(
      server.httpUrl,
      'POST',
      '/fleet/credentials',
      FleetPasswordsBody,
    ),
  };
}

async function publish(parsed: Parsed, io: Io): Promise<number> {
  const {settings} = parsed;
  const from = textOption(parsed, 'from');
  const speed = numberOption(parsed, 'speed', {least: 1, most: 100_000}) ?? 1;
  const fromMs = from === undefined ? undefined : queryInstant('--from', from);
  if (speed !== 1 && fromMs === undefined)
    throw new UsageError('--speed needs --from: where does the fast time start?');
  if (fromMs !== undefined && fromMs > Date.now())
    throw new UsageError(`--from: expected a time before now, got ${from}`);
  const {url, passwords} = await target(parsed, io);
  const sitesDir = settings.sitesDir ?? OWN_SITES;
  const sites = (await loadSites(sitesDir, settings.site.split(','))).filter(hasFleet);
  if (sites.length === 0)
    throw new EcoError('fleet_missing', `${settings.site}: no virtual devices with a climate`);
  const log = createLog(settings.logLevel === 'info' ? 'warn' : settings.logLevel);
  const runs = sites.map(({site}) =>
    runFleet(
      {
        sitesDir,
        site: site.id,
        url,
        seed: settings.seed,
        passwords,
        speed,
        ...(fromMs === undefined ? {} : {fromMs}),
      },
      log,
    ),
  );
  const progress = createProgress(io, 'fleet');
  const startMs = fromMs ?? Date.now();
  const timer = setInterval(() => {
    const stats = runs[0]!.stats();
    if (!stats) return;
    const days = (stats.simulatedMs - startMs) / DAY_MS;
    progress.update(
      days,
      Math.max(days, (Date.now() - startMs) / DAY_MS),
      `${new Date(stats.simulatedMs).toISOString()}, ${stats.sent} messages, ${stats.connected} connected`,
    );
  }, 500);
  const stopped = new Promise<void>((resolve) => {
    process.once('SIGINT', resolve);
    process.once('SIGTERM', resolve);
  });
  const failure = await Promise.race([stopped.then(() => null), ...runs.map((run) => run.ended)]);
  clearInterval(timer);
  await Promise.all(runs.map((run) => run.stop()));
  progress.stop();
  if (failure) throw new EcoError('fleet_failed', `the virtual fleet ended: ${failure.message}`);
  const sent = runs.reduce((sum, run) => sum + (run.stats()?.sent ?? 0), 0);
  if (parsed.json) io.out(JSON.stringify({sent}));
  else io.err(`${sent} messages acknowledged`);
  return 0;
}

export const fleet: Command = {
  help: `eco fleet [--from TIME] [--speed N] [--url mqtt://HOST:PORT --credentials FILE]
eco fleet --months N
eco fleet purge [--json]

Publishes as the virtual devices of the sites, in real time or N times as fast from TIME until now is reached; to the
server that runs on the data folder (started without the role \`fleet\`), or to any broker with FILE:
{"PRINCIPAL":{"username","password"}}.
--months fills the stopped server's store with so many months of history, through the same pipeline.
purge removes virtual devices' data and nothing else; the server is stopped or runs with ECO_FLEET=off.

example:
  npm run eco -- fleet --months 12
  npm run eco -- fleet --from 2026-11-20T00:00:00Z --speed 60`,
  run: async (argv, io) => {
    const parsed = parse(argv, io, {
      options: {
        from: {type: 'string'},
        speed: {type: 'string'},
        months: {type: 'string'},
        url: {type: 'string'},
        credentials: {type: 'string'},
      },
      positionals: ['purge'],
      optionalPositionals: 1,
    });
    const [action] = parsed.positionals;
    if (action !== undefined && action !== 'purge')
      throw new UsageError(`fleet: expected purge or options, got ${action}`);
    if (action === 'purge') return await purge(parsed, io);
    const months = numberOption(parsed, 'months', {least: 1, most: 36});
    if (months === undefined) return await publish(parsed, io);
    for (const other of ['from', 'speed', 'url', 'credentials']) {
      if (parsed.values[other] !== undefined)
        throw new UsageError(`--months and --${other} do not go together`);
    }
    return await fillMonths(parsed, Math.round(months), io);
  },
};
