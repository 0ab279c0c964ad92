/**
 * The server under load, a process of its own: the bare broker (no check, nothing kept), or gateway, pipeline and store
 * as the product has them. Told over IPC; answers with the CPU time of all its threads.
 */
import {createHash} from 'node:crypto';
import {once} from 'node:events';
import {mkdtempSync, rmSync} from 'node:fs';
import {type AddressInfo, createServer} from 'node:net';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {Aedes} from 'aedes';
import {DEVICE_MODELS} from '#devices';
import {
  createHealthBoard,
  createLiveBus,
  createMapBook,
  createPipeline,
  openEmbeddedStore,
  openRegistry,
  startBroker,
} from '#ingest';
import type {Device, SiteData} from '#schemas';

export type ServerTask =
  | {kind: 'start'; what: 'bare' | 'product'; site: string; devices: readonly string[]; password: string}
  | {kind: 'usage'}
  | {kind: 'has'; device: string; element: string; timeMs: number}
  | {kind: 'settle'}
  | {kind: 'stop'};
export type ServerEvent =
  | {kind: 'started'; port: number}
  | {kind: 'usage'; cpuS: number; rssBytes: number}
  | {kind: 'has'; found: boolean}
  | {
      kind: 'settled';
      hotRows: number;
      coldRows: number;
      hotBytes: number;
      coldBytes: number;
    }
  | {kind: 'stopped'};

type Running = {
  port: number;
  has?: (device: string, element: string, timeMs: number) => Promise<boolean>;
  settle?: () => Promise<{hotRows: number; coldRows: number; hotBytes: number; coldBytes: number}>;
  stop: () => Promise<void>;
};

async function startBare(): Promise<Running> {
  const aedes = await Aedes.createBroker({concurrency: 1000});
  const server = createServer({noDelay: true}, aedes.handle);
  server.listen({port: 0, host: '127.0.0.1', backlog: 4096});
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    stop: () =>
      new Promise((resolve) => {
        server.close();
        aedes.close(resolve);
      }),
  };
}

async function startProduct(site: string, ids: readonly string[], password: string): Promise<Running> {
  const folder = mkdtempSync(join(tmpdir(), 'eco-bench-'));
  let registry: Awaited<ReturnType<typeof openRegistry>> | undefined;
  const store = await openEmbeddedStore({folder, seriesInfo: (series) => registry?.seriesInfo(series)});
  const devices = ids.map(
    (id): Device => ({
      id,
      model: 'generic-json',
      longitudeDeg: 106.7,
      latitudeDeg: 29.6,
      origin: 'measured',
    }),
  );
  const place = {
    schemaVersion: 1,
    id: site,
    name: {en: 'Bench', zh: '基准'},
    timeZone: 'UTC',
    origin: {longitudeDeg: 106.7, latitudeDeg: 29.6, heightM: 0},
    days: [{id: 'local', startHour: 0, name: {en: 'Day', zh: '日'}}],
  } as unknown as SiteData['site'];
  registry = await openRegistry({
    documents: store.documents,
    sites: [
      {
        site: place,
        zones: [],
        folder,
        devices,
        gateways: [],
        terrain: () => Promise.reject(new Error('no terrain')),
        surveys: async () => null,
      },
    ],
    models: DEVICE_MODELS,
    includeVirtual: true,
    now: Date.now,
  });
  const secretSha256 = createHash('sha256').update(password).digest('hex');
  for (const id of ids) {
    await registry.addCredential({principal: {kind: 'device', username: id, site, device: id}, secretSha256});
  }
  const live = createLiveBus();
  const health = createHealthBoard({registry, live});
  const maps = await createMapBook({});
  const pipeline = createPipeline({registry, store, live, health, maps});
  // The load is far above any device's rate: the pause of fast clients is not what is measured here.
  const broker = await startBroker({
    pipeline,
    registry,
    health,
    host: '127.0.0.1',
    port: 0,
    limits: {messagesPerS: 1e9},
    log: (line) => process.stderr.write(`${JSON.stringify(line)}\n`),
  });
  const things = registry;
  return {
    port: broker.port,
    async has(device, element, timeMs) {
      const [stream] = things.datastreams({device, element});
      if (!stream) return false;
      const rows = await store.rows({series: stream.series, fromMs: timeMs, toMs: timeMs + 1});
      return rows.timeMs.length === 1;
    },
    async settle() {
      await store.settled();
      await store.compact();
      const {hotRows, coldRows, bytes} = await store.stats();
      return {hotRows, coldRows, hotBytes: bytes.hot, coldBytes: bytes.cold};
    },
    async stop() {
      await broker.close();
      health.close();
      await store.close();
      rmSync(folder, {recursive: true, force: true});
    },
  };
}

let running: Running;
const tell = (event: ServerEvent) => process.send!(event);

async function obey(task: ServerTask): Promise<void> {
  switch (task.kind) {
    case 'start':
      running =
        task.what === 'bare' ? await startBare() : await startProduct(task.site, task.devices, task.password);
      return void tell({kind: 'started', port: running.port});
    case 'usage': {
      const {user, system} = process.cpuUsage();
      return void tell({kind: 'usage', cpuS: (user + system) / 1e6, rssBytes: process.memoryUsage.rss()});
    }
    case 'has':
      return void tell({kind: 'has', found: await running.has!(task.device, task.element, task.timeMs)});
    case 'settle':
      return void tell({kind: 'settled', ...(await running.settle!())});
    case 'stop':
      await running.stop();
      tell({kind: 'stopped'});
      process.disconnect();
      process.exit();
  }
}

process.on('message', (task: ServerTask) => void obey(task));
process.on('disconnect', () => process.exit());
