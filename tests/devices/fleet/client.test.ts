import {createServer, type Server, type Socket} from 'node:net';
import {Aedes, type Client} from 'aedes';
import {afterEach, describe, expect, it, vi} from 'vitest';
import {createFleet, fleetPrincipals, type RunningFleet, startFleet} from '#devices';
import {stateTopic, upTopic} from '#schemas';
import {fleetSite, ISLAND_FOLDER} from '../fleet-site.ts';

vi.setConfig({testTimeout: 120_000});
const site = await fleetSite(ISLAND_FOLDER);
const fleet = createFleet({site, seed: 1});
const MINUTE_MS = 60_000;

type Broker = {
  port: number;
  published: {topic: string; payload: string; retain: boolean; client: string}[];
  clients: Set<string>;
  close(): Promise<void>;
  /** Ends every connection as a cable that is pulled would. */
  cut(): void;
};

async function startBroker(port = 0): Promise<Broker> {
  const broker = await Aedes.createBroker();
  const published: Broker['published'] = [];
  const clients = new Set<string>();
  broker.authenticate = (_client, username, password, done) => {
    done(null, password?.toString() === `secret of ${username}`);
  };
  broker.authorizePublish = (client, packet, done) => {
    published.push({
      topic: packet.topic,
      payload: packet.payload.toString(),
      retain: packet.retain,
      client: client?.id ?? '',
    });
    done(null);
  };
  broker.on('clientReady', (client: Client) => clients.add(client.id));
  broker.on('clientDisconnect', (client: Client) => clients.delete(client.id));
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    broker.handle(socket);
  });
  await new Promise<void>((resolve) => {
    server.listen(port, '127.0.0.1', resolve);
  });
  return {
    port: (server.address() as {port: number}).port,
    published,
    clients,
    cut: () => {
      for (const socket of sockets) socket.destroy();
    },
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
      });
      await new Promise<void>((resolve) => {
        broker.close(() => resolve());
      });
    },
  };
}

const credentials = (username: string) => ({username, password: `secret of ${username}`});
const until = async (what: string, holds: () => boolean, limitMs = 60_000) => {
  const start = Date.now();
  while (!holds()) {
    if (Date.now() - start > limitMs) throw new Error(`${what} was expected within ${limitMs} ms`);
    await new Promise((resolve) => {
      setTimeout(resolve, 20);
    });
  }
};

let running: RunningFleet | null = null;
let broker: Broker | null = null;
afterEach(async () => {
  await running?.stop();
  await broker?.close();
  running = null;
  broker = null;
});
const start = (options: Partial<Parameters<typeof startFleet>[0]> = {}) =>
  startFleet({
    url: `mqtt://127.0.0.1:${broker!.port}`,
    site,
    credentials,
    seed: 1,
    fleet,
    connectSpreadMs: 500,
    ...options,
  });

describe('the fleet over MQTT', () => {
  it('connects every device, says online and sends what was due last', async () => {
    broker = await startBroker();
    const startedMs = Date.parse('2026-11-25T08:03:20Z');
    const began = Date.now();
    running = start({now: () => startedMs + (Date.now() - began)});
    const expected = fleet.devices.flatMap(({id}) => fleet.lastDue(id, startedMs));
    await until('all messages of the start', () => running!.stats().sent >= expected.length);
    expect(broker.clients).toEqual(new Set(fleetPrincipals(site).map(({username}) => username)));
    const got = new Set(broker.published.map(({topic, payload}) => `${topic} ${payload}`));
    for (const {topic, payload} of expected) expect(got.has(`${topic} ${payload}`)).toBe(true);
    for (const {id} of fleet.devices) {
      const said = broker.published.filter(({topic}) => topic === stateTopic(site.site.id, id));
      expect(said.at(-1), id).toMatchObject({payload: 'online', retain: true});
    }
    // Devices with a radio come through their bridges.
    const radio = broker.published.filter(({topic}) => topic === upTopic(site.site.id, 'd06-01'));
    expect(radio.length).toBeGreaterThan(0);
    expect(radio.every(({client}) => client.includes('bridge'))).toBe(true);
    await running.stop();
    for (const {id} of fleet.devices) {
      const said = broker.published.filter(({topic}) => topic === stateTopic(site.site.id, id));
      expect(said.at(-1), id).toMatchObject({payload: 'offline', retain: true});
    }
  });

  it('runs ahead from a time in the past until it reaches now', async () => {
    broker = await startBroker();
    const fromMs = Date.now() - 3 * 60 * MINUTE_MS;
    running = start({fromMs, speed: 3600, faults: 'off'});
    await until('three hours', () => running!.stats().simulatedMs > Date.now() - MINUTE_MS, 90_000);
    await until('nothing waiting', () => running!.stats().waiting === 0);
    const gauge = broker.published.filter(({topic}) => topic === upTopic(site.site.id, 'd23-01'));
    // One a minute, and what was due at the start.
    expect(gauge.length).toBeGreaterThanOrEqual(175);
    expect(running.stats().dropped).toBe(0);
  });

  it('keeps what it cannot send, comes back and sends it', async () => {
    broker = await startBroker();
    const {port} = broker;
    // Everything that reports every five minutes is due in twelve seconds.
    const startedMs = Date.parse('2026-05-05T00:04:48Z');
    const began = Date.now();
    running = start({now: () => startedMs + (Date.now() - began)});
    await until('everyone', () => running!.stats().connected === running!.stats().connections);
    await until('nothing waiting', () => running!.stats().waiting === 0);
    const sentBefore = running.stats().sent;
    await broker.close();
    await until('messages kept', () => running!.stats().waiting > 30);
    expect(running.stats().connected).toBe(0);
    broker = await startBroker(port);
    await until(
      'all kept messages',
      () => running!.stats().waiting === 0 && running!.stats().sent > sentBefore + 30,
    );
    expect(running.stats().dropped).toBe(0);
    const online = broker.published.filter(({payload}) => payload === 'online');
    expect(new Set(online.map(({topic}) => topic)).size).toBe(194);
  });

  it('leaves a last will', async () => {
    broker = await startBroker();
    running = start();
    await until('everyone', () => running!.stats().connected === running!.stats().connections);
    broker.cut();
    await until('wills', () => broker!.published.filter(({payload}) => payload === 'offline').length >= 87);
  });

  it('stops at once when its signal is given, connected or not', async () => {
    broker = await startBroker();
    const controller = new AbortController();
    running = start({signal: controller.signal, connectSpreadMs: 20_000});
    controller.abort();
    await running.stop();
    expect(running.stats().connected).toBe(0);
  });

  it('tells of a refusal and goes on trying', async () => {
    broker = await startBroker();
    const lines: object[] = [];
    running = start({
      credentials: (username) => ({username, password: 'wrong'}),
      log: (line) => lines.push(line),
    });
    await until('a refusal', () => lines.length > 0);
    expect(lines[0]).toMatchObject({level: 'warn', part: 'fleet'});
    expect(running.stats().connected).toBe(0);
  });
});
