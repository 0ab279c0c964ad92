import {parentPort, workerData} from 'node:worker_threads';
import {readFleetSite, startFleet} from '#devices';
import {loadSites} from '#ingest';
import type {FleetPasswords} from './credentials.ts';

/** What the worker is handed: where the site's files are, where to publish, and how to say who is who. */
export type FleetWorkerData = {
  sitesDir: string;
  site: string;
  url: string;
  seed: number;
  passwords: FleetPasswords;
  fromMs?: number;
  speed?: number;
};
export type FleetWorkerMessage =
  | {kind: 'stats'; stats: ReturnType<ReturnType<typeof startFleet>['stats']>}
  | {kind: 'log'; line: object};

const STATS_EVERY_MS = 1000;

const data = workerData as FleetWorkerData;
const port = parentPort!;
const say = (message: FleetWorkerMessage) => port.postMessage(message);

const [loaded] = await loadSites(data.sitesDir, [data.site]);
const fleet = startFleet({
  url: data.url,
  site: await readFleetSite(loaded!),
  credentials: (principal) => data.passwords[principal]!,
  seed: data.seed,
  log: (line) => say({kind: 'log', line}),
  ...(data.fromMs === undefined ? {} : {fromMs: data.fromMs}),
  ...(data.speed === undefined ? {} : {speed: data.speed}),
});
const timer = setInterval(() => say({kind: 'stats', stats: fleet.stats()}), STATS_EVERY_MS);
port.once('message', async () => {
  clearInterval(timer);
  await fleet.stop();
  port.close();
});
