import type {IPublishPacket} from 'mqtt-packet';
import {type Principal, type Registry, TOPIC_ROOT} from '#schemas';
import {budgetLog, type Log} from '../broker/log-budget.ts';
import type {HealthBoard} from '../health/health-board.ts';
import type {MapBook} from '../map/map-book.ts';
import {senderByTopic} from '../pipeline/network-sender.ts';
import {readTopic} from '../pipeline/topics.ts';
import type {Pipeline, Sender} from '../pipeline/types.ts';
import {type Connection, openConnection} from './connection.ts';
import {readUpstream} from './upstream.ts';

const FIRST_WAIT_MS = 200;
const LONGEST_WAIT_MS = 30_000;
const MOST_SENDERS = 50_000;
const CLOSE_WAIT_MS = 3000;

export type Subscriber = {
  state(): {status: 'ok' | 'degraded'; message: string};
  /** Messages taken in since the start, and those not yet durable. */
  stats(): {messages: number; outstanding: number; connected: boolean; connections: number};
  /** Waits for what was taken in to become durable, acknowledges it, leaves; the broker keeps the rest for us. */
  close(): Promise<void>;
};

/**
 * Consumes an external MQTT 5 broker by a shared subscription: the same pipeline, the same promise from the broker on. A
 * message is acknowledged to the broker once it is durable here; what the broker acknowledged to a device before is the
 * broker's promise. Who may publish what is the broker's to decide: a topic of ours speaks for its device, a foreign one
 * belongs to the map whose filter it matches.
 */
export async function startSubscriber(options: {
  url: string;
  pipeline: Pipeline;
  registry: Registry;
  health: HealthBoard;
  maps: MapBook;
  log?: Log;
  now?: () => number;
  receiveMaximum?: number;
}): Promise<Subscriber> {
  const {pipeline, registry, health, maps} = options;
  const now = options.now ?? Date.now;
  const log = budgetLog(options.log ?? (() => {}));
  const upstream = readUpstream(options.url);
  const senders = new Map<string, Sender>();
  const online = new Set<string>();
  let connection: Connection | null = null;
  let connected = false;
  let connections = 0;
  let lastProblem = 'connecting';
  let waitMs = FIRST_WAIT_MS;
  let timer: NodeJS.Timeout | null = null;
  let closing = false;
  let messages = 0;
  let outstanding = 0;

  function filters(): string[] {
    const shared = registry.sites().map(({site}) => `${TOPIC_ROOT}/${site.id}/+/up`);
    for (const {topic} of maps.all()) if (topic !== undefined && !shared.includes(topic)) shared.push(topic);
    return [
      ...shared.map((filter) => `$share/${upstream.share}/${filter}`),
      ...registry.sites().map(({site}) => `${TOPIC_ROOT}/${site.id}/+/state`),
    ];
  }

  function principalOf(topic: string): Principal {
    const known = senderByTopic(topic, {registry, maps});
    if (known) return known;
    const site = registry.sites()[0]?.site.id ?? '';
    return {
      ...{kind: 'bridge', username: upstream.clientId, site, devices: null, devicePrefix: null, map: null},
    };
  }

  function senderOf(topic: string): Sender {
    let sender = senders.get(topic);
    if (sender === undefined) {
      sender = pipeline.sender('mqtt', topic, principalOf(topic));
      if (senders.size >= MOST_SENDERS) senders.clear();
      senders.set(topic, sender);
    }
    return sender;
  }

  /** `online` and `offline`: shown beside the device, acknowledged at once, since nothing of it is kept. */
  function takeState(topic: string, payload: Buffer): boolean {
    const read = readTopic(topic);
    if (read.kind !== 'state' || registry.device(read.device)?.site !== read.site) return false;
    const text = payload.length <= 16 ? payload.toString() : '';
    const {device} = read;
    if (text === 'online' && !online.has(device)) {
      online.add(device);
      health.connected(device, true);
    } else if (text === 'offline' && online.delete(device)) {
      health.connected(device, false);
    }
    return true;
  }

  function take(from: Connection, packet: IPublishPacket): void {
    const payload = typeof packet.payload === 'string' ? Buffer.from(packet.payload) : packet.payload;
    const messageId = packet.qos > 0 ? (packet.messageId ?? 0) : 0;
    if (packet.topic.endsWith('/state') && takeState(packet.topic, payload)) {
      if (messageId > 0) from.acknowledge(messageId);
      return;
    }
    // At a stop left unacknowledged: the broker keeps it.
    if (closing) return;
    messages++;
    outstanding++;
    const bytes = Buffer.isBuffer(payload) ? payload : Buffer.from(payload);
    pipeline.take(
      senderOf(packet.topic),
      {bytes, from: 0, to: bytes.length, receivedMs: now()},
      (_outcome, tag) => {
        outstanding--;
        // To the connection it came by: on another one the identifier means another message.
        if (tag > 0) from.acknowledge(tag);
      },
      messageId,
    );
  }

  function open(): void {
    timer = null;
    let mine: Connection;
    mine = openConnection({
      upstream,
      filters: filters(),
      receiveMaximum: options.receiveMaximum ?? 1000,
      ready() {
        connected = true;
        connections++;
        waitMs = FIRST_WAIT_MS;
        log({event: 'upstream_connected', level: 'info', host: upstream.host, port: upstream.port});
      },
      message: (packet) => take(mine, packet),
      closed(why) {
        connected = false;
        connection = null;
        if (closing) return;
        lastProblem = why;
        log({event: 'upstream_lost', host: upstream.host, port: upstream.port, message: why});
        // Full jitter, so that workers do not come back all at once.
        timer = setTimeout(open, waitMs * (0.5 + Math.random() / 2));
        waitMs = Math.min(LONGEST_WAIT_MS, waitMs * 2);
      },
    });
    connection = mine;
  }
  open();

  return {
    state: () =>
      connected
        ? {status: 'ok', message: `${upstream.host}:${upstream.port}, ${messages} messages`}
        : {status: 'degraded', message: `${upstream.host}:${upstream.port}: ${lastProblem}`},
    stats: () => ({messages, outstanding, connected, connections}),
    async close() {
      if (closing) return;
      closing = true;
      if (timer) clearTimeout(timer);
      const untilMs = performance.now() + CLOSE_WAIT_MS;
      while (outstanding > 0 && performance.now() < untilMs) {
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
      await new Promise((resolve) => setImmediate(resolve));
      connection?.end();
      for (const device of online) health.connected(device, false);
      online.clear();
    },
  };
}
