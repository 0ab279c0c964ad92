import {type ChildProcess, fork, spawn} from 'node:child_process';
import {once} from 'node:events';
import {mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {type AddressInfo, connect, createServer} from 'node:net';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {connectAsync, type MqttClient} from 'mqtt';
import {afterEach, beforeEach, describe, expect} from 'vitest';
import {openEmbeddedStore, type Subscriber, startSubscriber} from '#ingest';
import {createMemoryStore} from '../ingest/pipeline/memory-store.ts';
import {createWorld, device, SITE, type World} from '../ingest/pipeline/world.ts';
import {findProgram, testWith} from '../needs.ts';

const test = testWith('mosquitto');
const DEVICES = ['u1', 'u2', 'u3', 'u4'];
const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

let folder: string;
let port: number;
let mosquitto: ChildProcess;

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const {port: free} = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return free;
}

/** A stock broker, set as PIPELINE's notes say: unlimited in flight, queues large enough for the test. */
async function startMosquitto(): Promise<void> {
  const config = join(folder, 'mosquitto.conf');
  writeFileSync(
    config,
    `listener ${port} 127.0.0.1\nallow_anonymous true\nmax_inflight_messages 0\nmax_queued_messages 0\nset_tcp_nodelay true\n`,
  );
  mosquitto = spawn(findProgram('mosquitto')!, ['-c', config], {stdio: 'ignore'});
  for (let tries = 0; ; tries++) {
    const socket = connect(port, '127.0.0.1');
    const listening = await new Promise<boolean>((resolve) => {
      socket.on('connect', () => resolve(true));
      socket.on('error', () => resolve(false));
    });
    socket.destroy();
    if (listening) return;
    if (tries > 100) throw new Error('mosquitto did not start');
    await sleep(50);
  }
}
async function stopMosquitto(): Promise<void> {
  if (mosquitto.exitCode !== null) return;
  mosquitto.kill('SIGKILL');
  await once(mosquitto, 'exit');
}

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'eco-upstream-'));
  port = await freePort();
  if (findProgram('mosquitto')) await startMosquitto();
});
afterEach(async () => {
  if (mosquitto) await stopMosquitto();
  rmSync(folder, {recursive: true, force: true});
});

const FIRST_MS = Date.UTC(2026, 0, 1);
function publish(client: MqttClient, id: string, n: number): Promise<unknown> {
  const message = {
    time: new Date(FIRST_MS + n * 1000).toISOString(),
    readings: {air_temperature: 20 + (n % 10) / 10},
  };
  return client.publishAsync(`eco/v1/${SITE}/${id}/up`, JSON.stringify(message), {qos: 1});
}

describe('behind Mosquitto', () => {
  let world: World | undefined;
  let subscriber: Subscriber | undefined;
  afterEach(async () => {
    await subscriber?.close();
    world?.close();
    world = undefined;
    subscriber = undefined;
  });

  test('measurements, states and mapped payloads arrive; bad ones are kept; nothing is acknowledged before it is durable', async () => {
    const store = createMemoryStore();
    world = await createWorld({
      store,
      devices: DEVICES.map((id) => device(id)),
      maps: [
        {
          schemaVersion: 1,
          id: 'zigbee',
          topic: 'zigbee2mqtt/+',
          device: {topicLevel: 1},
          devicePrefix: 'z-',
          autoApprove: true,
          time: {path: 'time'},
          columns: [{path: 'temperature', element: 'air_temperature', unit: 'Cel'}],
        },
      ],
    });
    const {pipeline, registry, health, maps} = world;
    const lines: {event: string}[] = [];
    subscriber = await startSubscriber({
      url: `mqtt://127.0.0.1:${port}?clientId=w1`,
      pipeline,
      registry,
      health,
      maps,
      log: (line) => lines.push(line),
      receiveMaximum: 10,
    });
    await expect.poll(() => subscriber!.state().status).toBe('ok');

    const client = await connectAsync(`mqtt://127.0.0.1:${port}`);
    await client.publishAsync(`eco/v1/${SITE}/u1/state`, 'online', {qos: 1, retain: true});
    await publish(client, 'u1', 0);
    await client.publishAsync(`eco/v1/${SITE}/u1/up`, 'no JSON', {qos: 1});
    await client.publishAsync(`eco/v1/${SITE}/ghost/up`, '{"readings":{"air_temperature":1}}', {qos: 1});
    await client.publishAsync('zigbee2mqtt/garden', '{"temperature":21.5,"time":"2026-01-01T00:00:00Z"}', {
      qos: 1,
    });
    await expect.poll(() => store.all().length).toBe(2);
    await expect.poll(() => store.letters.length).toBe(2);
    expect(store.letters.map(({code}) => code)).toEqual(['payload_syntax', 'device_unknown']);
    expect(world.health.health('u1')).toMatchObject({connected: true, state: 'online'});
    expect(registry.device('z-garden')?.status).toBe('active');

    // The store stands still: at most receiveMaximum messages come, none is acknowledged.
    store.prompt = false;
    const before = subscriber.stats().messages;
    for (let n = 1; n <= 100; n++) await publish(client, 'u2', n);
    await sleep(300);
    expect(subscriber.stats()).toMatchObject({messages: before + 10, outstanding: 10});
    const pump = setInterval(() => store.flush(), 5);
    await expect.poll(() => store.all().length, {timeout: 10_000}).toBe(102);
    clearInterval(pump);
    store.prompt = true;
    store.flush();

    await stopMosquitto();
    await expect.poll(() => subscriber!.state().status).toBe('degraded');
    await startMosquitto();
    await expect.poll(() => subscriber!.state().status, {timeout: 10_000}).toBe('ok');
    expect(lines.map(({event}) => event)).toContain('upstream_lost');
    const again = await connectAsync(`mqtt://127.0.0.1:${port}`);
    await publish(again, 'u3', 1);
    await expect.poll(() => store.all().length).toBe(103);
    await again.endAsync();
    client.end(true);
  });

  test('two workers of a group divide the messages', async () => {
    const stores = [createMemoryStore(), createMemoryStore()];
    const worlds = await Promise.all(
      stores.map((store) => createWorld({store, devices: DEVICES.map((id) => device(id))})),
    );
    const workers = await Promise.all(
      worlds.map(({pipeline, registry, health, maps}, i) =>
        startSubscriber({url: `mqtt://127.0.0.1:${port}?clientId=w${i}`, pipeline, registry, health, maps}),
      ),
    );
    await expect.poll(() => workers.every((worker) => worker.stats().connected)).toBe(true);
    const client = await connectAsync(`mqtt://127.0.0.1:${port}`);
    await Promise.all(Array.from({length: 400}, (_, n) => publish(client, DEVICES[n % 4]!, n)));
    await expect.poll(() => stores[0]!.all().length + stores[1]!.all().length).toBe(400);
    for (const store of stores) expect(store.all().length).toBeGreaterThan(50);
    await client.endAsync();
    for (const worker of workers) await worker.close();
    for (const one of worlds) one.close();
  });

  test('a worker killed 10 times under load loses nothing that the broker has', async () => {
    const data = join(folder, 'data');
    const url = `mqtt://127.0.0.1:${port}?clientId=killed`;
    const start = async (): Promise<ChildProcess> => {
      const child = fork(
        join(import.meta.dirname, 'gateway', 'upstream-worker.ts'),
        [data, url, ...DEVICES],
        {
          stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
        },
      );
      await once(child, 'message');
      return child;
    };
    let worker = await start();
    const client = await connectAsync(`mqtt://127.0.0.1:${port}`);
    let sent = 0;
    const acked: Promise<unknown>[] = [];
    const load = setInterval(() => {
      for (let k = 0; k < 10; k++, sent++) acked.push(publish(client, DEVICES[sent % 4]!, sent));
    }, 20);
    for (let kill = 0; kill < 10; kill++) {
      await sleep(150 + ((kill * 67) % 300));
      worker.kill('SIGKILL');
      await once(worker, 'exit');
      worker = await start();
    }
    clearInterval(load);
    await Promise.all(acked);
    await client.endAsync();
    // Drained: the broker has nothing more for us.
    await sleep(1500);
    worker.send('stop');
    await once(worker, 'exit');

    const store = await openEmbeddedStore({folder: data, seriesInfo: () => undefined});
    const world = await createWorld({store, devices: DEVICES.map((id) => device(id))});
    const found = new Set<number>();
    let rows = 0;
    for (const {series} of world.registry.datastreams({element: 'air_temperature'})) {
      const columns = await store.rows({series, fromMs: 0, toMs: 8e15});
      for (const timeMs of columns.timeMs) found.add((timeMs - FIRST_MS) / 1000);
      rows += columns.timeMs.length;
    }
    const missing = Array.from({length: sent}, (_, n) => n).filter((n) => !found.has(n));
    expect(missing).toEqual([]);
    expect(rows).toBe(sent);
    expect(store.counts().conflict).toBe(0);
    world.close();
    await store.close();
  });
});
