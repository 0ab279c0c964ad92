import mqtt, {type IClientOptions, type MqttClient} from 'mqtt';
import {stateTopic} from '#schemas';
import {createFleet, type Fleet} from './fleet.ts';
import {keyOf, uniform} from './hash.ts';
import type {FleetMessage} from './message.ts';
import {fleetBridges} from './principals.ts';
import type {FleetSite} from './site.ts';

/** Messages that one connection may have sent and not yet seen acknowledged. */
const MOST_IN_FLIGHT_DEVICE = 8;
const MOST_IN_FLIGHT_BRIDGE = 64;
/** Messages that one connection keeps while it cannot send; beyond it the oldest is given up and counted. */
const MOST_KEPT_DEVICE = 5_000;
const MOST_KEPT_BRIDGE = 50_000;
/** Faster than real time, generation waits while this many messages wait to be sent. */
const MOST_WAITING_FAST = 2_000;
/** Back-off between attempts to connect, ms: doubled from the first to the last, each with a share of chance. */
const FIRST_RETRY_MS = 1_000;
const LAST_RETRY_MS = 60_000;
/** Messages are generated this far ahead at a time. */
const BLOCK_MS = 600_000;
const KEEPALIVE_S = 120;
/** Time that a stop may take to say `offline` and to see what was sent acknowledged. */
const STOP_MS = 2_000;

export type FleetOptions = {
  /** `mqtt://host:port` of any broker. */
  url: string;
  site: FleetSite;
  /** Name and password by principal (`fleetPrincipals`). */
  credentials: (principal: string) => {username: string; password: string};
  seed: number;
  /** Start of simulated time; absent: now. */
  fromMs?: number;
  /** Simulated seconds a second until it reaches now; 1 if absent. */
  speed?: number;
  faults?: 'on' | 'off';
  signal?: AbortSignal;
  log?: (line: object) => void;
  now?: () => number;
  /** All connections are opened within this time; 20 s if absent. */
  connectSpreadMs?: number;
  /** A fleet made before, so that the island need not be computed twice. */
  fleet?: Fleet;
};

export type RunningFleet = {
  /** Says `offline`, closes all connections. */
  stop(): Promise<void>;
  stats(): FleetStats;
};
export type FleetStats = {
  connections: number;
  connected: number;
  /** Messages acknowledged, waiting, and given up because too many waited. */
  sent: number;
  waiting: number;
  dropped: number;
  /** Simulated time reached. */
  simulatedMs: number;
};

/** One MQTT session and what waits to go out over it. */
class Connection {
  readonly principal: string;
  readonly devices: readonly string[];
  readonly kept: FleetMessage[] = [];
  head = 0;
  inFlight = 0;
  sent = 0;
  dropped = 0;
  client: MqttClient | null = null;
  readonly #mostInFlight: number;
  readonly #mostKept: number;
  readonly #drained: () => void;

  constructor(principal: string, devices: readonly string[], isBridge: boolean, drained: () => void) {
    this.principal = principal;
    this.devices = devices;
    this.#mostInFlight = isBridge ? MOST_IN_FLIGHT_BRIDGE : MOST_IN_FLIGHT_DEVICE;
    this.#mostKept = isBridge ? MOST_KEPT_BRIDGE : MOST_KEPT_DEVICE;
    this.#drained = drained;
  }

  waiting(): number {
    return this.kept.length - this.head + this.inFlight;
  }

  keep(message: FleetMessage): void {
    if (this.kept.length - this.head >= this.#mostKept) {
      this.head++;
      this.dropped++;
    }
    this.kept.push(message);
  }

  flush(): void {
    const client = this.client;
    if (!client?.connected) return;
    while (this.head < this.kept.length && this.inFlight < this.#mostInFlight) {
      const message = this.kept[this.head++]!;
      this.inFlight++;
      client.publish(message.topic, message.payload, {qos: 1}, (error) => {
        this.inFlight--;
        // The session ended before the broker confirmed: the device sends it again, and a second copy changes nothing.
        if (error) this.kept.push(message);
        else this.sent++;
        this.flush();
        this.#drained();
      });
    }
    if (this.head > 1024 || this.head === this.kept.length) {
      this.kept.splice(0, this.head);
      this.head = 0;
    }
  }
}

function openClient(
  connection: Connection,
  options: FleetOptions,
  siteId: string,
  isBridge: boolean,
): MqttClient {
  const {username, password} = options.credentials(connection.principal);
  const chance = keyOf(options.seed, 'reconnect', connection.principal);
  let attempts = 0;
  const settings: IClientOptions = {
    clientId: connection.principal,
    username,
    password,
    clean: true,
    keepalive: KEEPALIVE_S,
    reschedulePings: true,
    reconnectPeriod: FIRST_RETRY_MS,
    connectTimeout: 15_000,
    protocolVersion: 4,
    queueQoSZero: false,
  };
  const only = connection.devices[0];
  if (!isBridge && only !== undefined) {
    settings.will = {topic: stateTopic(siteId, only), payload: Buffer.from('offline'), qos: 1, retain: true};
  }
  const client = mqtt.connect(options.url, settings);
  client.on('connect', () => {
    attempts = 0;
    client.options.reconnectPeriod = FIRST_RETRY_MS;
    for (const device of connection.devices) {
      client.publish(stateTopic(siteId, device), 'online', {qos: 1, retain: true});
    }
    connection.flush();
  });
  client.on('close', () => {
    attempts++;
    const wait = Math.min(LAST_RETRY_MS, FIRST_RETRY_MS * 2 ** Math.min(attempts, 10));
    client.options.reconnectPeriod = Math.round(wait * (0.5 + uniform(chance, attempts)));
  });
  client.on('error', (error) => {
    options.log?.({level: 'warn', part: 'fleet', principal: connection.principal, message: error.message});
  });
  return client;
}

/**
 * Starts the virtual fleet of a site: every device that talks itself is an MQTT client of its own (own credentials, clean
 * session, last will `offline`, `online` at connect), LoRaWAN devices come through their bridges. Each first sends the
 * observations of its last due instant, then keeps its schedule. With `fromMs` and `speed` simulated time runs ahead
 * until it reaches now, then in real time. What cannot be sent is kept and sent later.
 */
export function startFleet(options: FleetOptions): RunningFleet {
  const {site, seed, signal} = options;
  const now = options.now ?? Date.now;
  const fleet = options.fleet ?? createFleet({site, seed, faults: options.faults ?? 'on'});
  const siteId = site.site.id;
  const bridges = fleetBridges(site);
  let wakeWhenDrained: (() => void) | null = null;
  const drained = () => {
    wakeWhenDrained?.();
  };
  const connections: {connection: Connection; isBridge: boolean}[] = [];
  const byDevice = new Map<string, Connection>();
  for (const bridge of bridges) {
    const connection = new Connection(bridge.username, bridge.devices, true, drained);
    connections.push({connection, isBridge: true});
    for (const device of bridge.devices) byDevice.set(device, connection);
  }
  for (const {id} of fleet.devices) {
    if (byDevice.has(id)) continue;
    const connection = new Connection(id, [id], false, drained);
    connections.push({connection, isBridge: false});
    byDevice.set(id, connection);
  }

  const startedMs = now();
  const fromMs = options.fromMs ?? startedMs;
  const speed = options.speed ?? 1;
  /** Simulated time: ahead at `speed` until it meets the clock, then the clock's. */
  const simulatedNow = () => {
    const real = now();
    return Math.min(real, fromMs + (real - startedMs) * speed);
  };
  let reachedMs = fromMs;
  let stopped = false;
  const timers = new Set<NodeJS.Timeout>();
  const later = (ms: number, run: () => void) => {
    const timer = setTimeout(
      () => {
        timers.delete(timer);
        run();
      },
      Math.max(0, ms),
    );
    timers.add(timer);
  };

  const spreadMs = options.connectSpreadMs ?? 20_000;
  const firstConnect = keyOf(seed, 'connect');
  connections.forEach(({connection, isBridge}, index) => {
    later(uniform(firstConnect, index) * spreadMs, () => {
      connection.client = openClient(connection, options, siteId, isBridge);
    });
  });
  for (const {id} of fleet.devices) {
    for (const message of fleet.lastDue(id, fromMs)) byDevice.get(id)!.keep(message);
  }

  // A fault that silences a device must not hide it from someone who has just started the product.
  const silenceFromMs = fromMs + 30 * 60_000;
  let block: FleetMessage[] = [];
  let at = 0;
  let blockEndMs = fromMs;
  function waiting(): number {
    let sum = 0;
    for (const {connection} of connections) sum += connection.waiting();
    return sum;
  }
  function turn(): void {
    if (stopped) return;
    const simulated = simulatedNow();
    const isFast = simulated < now() - 1000;
    const touched = new Set<Connection>();
    for (;;) {
      if (at >= block.length) {
        if (blockEndMs > simulated) break;
        const fromBlock = blockEndMs;
        blockEndMs = fromBlock + BLOCK_MS;
        block = fleet.block(fromBlock, blockEndMs, {silenceFromMs});
        at = 0;
        continue;
      }
      const message = block[at]!;
      if (message.sentMs > simulated) break;
      at++;
      const connection = byDevice.get(message.device)!;
      connection.keep(message);
      touched.add(connection);
      reachedMs = message.sentMs;
      if (isFast && at % 256 === 0 && waiting() > MOST_WAITING_FAST) break;
    }
    for (const connection of touched) connection.flush();
    if (isFast && waiting() > MOST_WAITING_FAST) {
      wakeWhenDrained = () => {
        if (waiting() > MOST_WAITING_FAST / 2) return;
        wakeWhenDrained = null;
        later(0, turn);
      };
      return;
    }
    const nextMs = at < block.length ? block[at]!.sentMs : blockEndMs;
    const wait = isFast ? (nextMs - simulated) / speed : nextMs - simulated;
    later(Math.min(60_000, Math.max(isFast ? 5 : 20, wait)), turn);
  }
  turn();

  let stopping: Promise<void> | null = null;
  async function close(): Promise<void> {
    stopped = true;
    signal?.removeEventListener('abort', onAbort);
    for (const timer of timers) clearTimeout(timer);
    timers.clear();
    await Promise.all(
      connections.map(async ({connection}) => {
        const client = connection.client;
        if (!client) return;
        if (client.connected) {
          const said = connection.devices.map((device) =>
            client.publishAsync(stateTopic(siteId, device), 'offline', {qos: 1, retain: true}),
          );
          let timer: NodeJS.Timeout | undefined;
          const limit = new Promise<void>((resolve) => {
            timer = setTimeout(resolve, STOP_MS);
          });
          await Promise.race([Promise.allSettled(said), limit]);
          clearTimeout(timer);
        }
        await client.endAsync(true);
      }),
    );
  }
  function stop(): Promise<void> {
    stopping ??= close();
    return stopping;
  }
  const onAbort = () => void stop();
  if (signal?.aborted) void stop();
  else signal?.addEventListener('abort', onAbort, {once: true});

  return {
    stop,
    stats: () => ({
      connections: connections.length,
      connected: connections.filter(({connection}) => connection.client?.connected).length,
      sent: connections.reduce((sum, {connection}) => sum + connection.sent, 0),
      waiting: waiting(),
      dropped: connections.reduce((sum, {connection}) => sum + connection.dropped, 0),
      simulatedMs: reachedMs,
    }),
  };
}
