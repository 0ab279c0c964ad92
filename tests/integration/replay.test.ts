import {createHash, randomBytes} from 'node:crypto';
import {mkdtemp, rm} from 'node:fs/promises';
import {type AddressInfo, createServer} from 'node:net';
import {tmpdir} from 'node:os';
import {join, resolve} from 'node:path';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {
  createHealthBoard,
  createLiveBus,
  createMapBook,
  createMqttPublisher,
  createPipeline,
  type DeviceLogin,
  loadSites,
  type OpenRegistry,
  openEmbeddedStore,
  openRegistry,
  planReplay,
  readMapFile,
  replayFile,
  startBroker,
} from '#ingest';
import type {ObservationStore} from '#schemas';
import {MODELS, siteFolder} from '../ingest/registry/site-folder.ts';
import {columnOf, difference, expectedFlags, REAL, SETS} from '../ingest/replay/expected-flags.ts';

const MAPS = resolve(import.meta.dirname, '../../sites/maps');
const SITE = 'here';

let folder: string;
let store: ObservationStore;
let registry: OpenRegistry;
let url: string;
const closers: (() => Promise<unknown>)[] = [];
const logins = new Map<string, DeviceLogin>();

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'eco-replay-'));
  const sites = await loadSites(await siteFolder(SITE), [SITE]);
  let opened: OpenRegistry | undefined;
  store = await openEmbeddedStore({folder, seriesInfo: (series) => opened?.seriesInfo(series)});
  opened = await openRegistry({
    documents: store.documents,
    sites,
    models: MODELS,
    includeVirtual: false,
    now: Date.now,
  });
  registry = opened;
  const live = createLiveBus();
  const health = createHealthBoard({registry, live});
  const maps = await createMapBook({});
  const pipeline = createPipeline({registry, store, live, health, maps});
  const broker = await startBroker({pipeline, registry, health, host: '127.0.0.1', port: 0});
  url = `mqtt://127.0.0.1:${broker.port}`;
  closers.push(
    () => broker.close(),
    async () => health.close?.(),
    () => store.close(),
  );
});
afterAll(async () => {
  for (const close of closers) await close();
  await rm(folder, {recursive: true, force: true});
});

/** Replays an extract as devices with credentials of their own; gives what came of it. */
async function replay(file: string, mapId: string) {
  const path = resolve(REAL, `${file}.csv`);
  const map = await readMapFile(resolve(MAPS, `${mapId}.json`));
  const plan = await planReplay({file: path, map, fallback: {longitudeDeg: 10.5, latitudeDeg: 50.5}});
  for (const device of plan.devices) {
    if (!registry.device(device.id)) await registry.addDevice(device, {site: SITE});
    const password = randomBytes(16).toString('hex');
    const secretSha256 = createHash('sha256').update(password).digest('hex');
    const principal = {kind: 'device', username: device.id, site: SITE, device: device.id} as const;
    await registry.addCredential({principal, secretSha256});
    logins.set(device.id, {username: device.id, password});
  }
  const publisher = createMqttPublisher({url, site: SITE, logins});
  const before = store.counts();
  const report = await replayFile({file: path, map, publish: publisher.publish});
  await publisher.close();
  await store.settled();
  const after = store.counts();
  const {stored, duplicate, conflict} = after;
  return {
    plan,
    report,
    stored: stored - before.stored,
    duplicate: duplicate - before.duplicate,
    conflict: conflict - before.conflict,
  };
}

describe.each(SETS)('%s through map %s, broker, pipeline and store', (file, map) => {
  it('stores every value that was sent, with the flags that ioos_qc gives', async () => {
    const {plan, report, stored, duplicate, conflict} = await replay(file, map);
    expect(report.valuesSent).toBe(plan.values);
    expect({stored, duplicate, conflict}).toEqual({
      stored: plan.values - plan.repeated,
      duplicate: plan.repeated,
      conflict: 0,
    });

    const expected = expectedFlags(file);
    let compared = 0;
    for (const device of report.devices) {
      for (const stream of registry.datastreams({device})) {
        const table = expected.get(columnOf(expected, stream, device)!)!;
        const rows = await store.rows({series: stream.series, fromMs: 0, toMs: 4e12});
        const wrong = Array.from(rows.timeMs).flatMap((timeMs, i) => {
          const differs = difference(rows.qc[i]!, table.get(timeMs));
          return differs === null ? [] : [{time: new Date(timeMs).toISOString(), ...differs}];
        });
        expect(wrong.slice(0, 5), stream.id).toEqual([]);
        expect(rows.timeMs.length, stream.id).toBe(table.size);
        compared += rows.timeMs.length;
      }
    }
    expect(compared).toBe(stored);
  });

  it('changes nothing when it is sent again', async () => {
    const {plan, stored, duplicate, conflict} = await replay(file, map);
    expect({stored, duplicate, conflict}).toEqual({stored: 0, duplicate: plan.values, conflict: 0});
  });
});

it('does not go on with a password that is wrong', async () => {
  const publisher = createMqttPublisher({
    url,
    site: SITE,
    logins: new Map([['x', {username: 'x', password: 'y'}]]),
  });
  await expect(publisher.publish('x', '{}')).rejects.toMatchObject({code: 'broker_refused'});
  await expect(publisher.publish('nobody', '{}')).rejects.toMatchObject({code: 'credential_missing'});
  await publisher.close();
});

it('gives up on a broker that stays away, and ends', async () => {
  // A broker that lets everybody in and goes away with the first message.
  const server = createServer((socket) => {
    socket.on('data', (data) => {
      if (data[0]! >> 4 === 1) socket.write(Buffer.from([0x20, 2, 0, 0]));
      else {
        server.close();
        socket.destroy();
      }
    });
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const {port} = server.address() as AddressInfo;
  const logins = new Map([['x', {username: 'x', password: 'y'}]]);
  const publisher = createMqttPublisher({url: `mqtt://127.0.0.1:${port}`, site: SITE, logins, awayMs: 300});
  await expect(publisher.publish('x', '{}')).rejects.toMatchObject({code: 'broker_lost'});
  await publisher.close();
});
