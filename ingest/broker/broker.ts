import {randomUUID} from 'node:crypto';
import {once} from 'node:events';
import {type AddressInfo, createServer, type Socket} from 'node:net';
import type {AuthenticateError, Client, PublishPacket} from 'aedes';
import {commandTopic, EcoError, type Registry} from '#schemas';
import type {HealthBoard} from '../health/health-board.ts';
import {maySubscribe} from '../pipeline/access.ts';
import {readTopic, speaksFor, type Topic} from '../pipeline/topics.ts';
import type {Pipeline} from '../pipeline/types.ts';
import {createAcknowledger} from './acknowledger.ts';
import {createAdmission} from './admission.ts';
import {FrameReader} from './frames.ts';
import {BROKER_LIMITS, type BrokerLimits} from './limits.ts';
import {budgetLog, type Log} from './log-budget.ts';
import {createRefusalDelay} from './refusal-delay.ts';
import {type Session, STOP} from './session.ts';
import {Tap} from './tap.ts';
import {tokenMatches} from './tokens.ts';

/** Messages between two looks at the clock, as parts of a second's allowance. */
const BLOCKS_PER_S = 10;
const SWEEP_MS = 1000;
/** How long a stop waits for what was taken in to become durable. */
const CLOSE_WAIT_MS = 3000;
/** Topics remembered of one connection: a bridge has one for each of its devices. */
const SENDERS_A_SESSION = 2000;
/** First byte of CONNECT; type of PUBLISH. */
const CONNECT = 0x10;
const PUBLISH = 3;
/** What aedes would not route; MQTT has no wildcards in topics of messages. */
const WILD = /^$|[#+]/;
const STATE_MESSAGES: ReadonlySet<string> = new Set(['online', 'offline']);

export type BrokerStats = {
  sockets: number;
  /** Connections with a right credential. */
  clients: number;
  messages: number;
  /** Messages handed in and not yet durable. */
  outstanding: number;
  /** Connections that are not read because the store is behind. */
  behind: number;
  stalled: boolean;
  /** Why connections were closed or refused, and what else was noticed, by name. */
  events: Record<string, number>;
};

export type Broker = {
  port: number;
  stats(): BrokerStats;
  /** Sends a command to a device (QoS 1); kept for it while it is away. Resolves when the broker has it. */
  command(device: string, payload: Uint8Array): Promise<void>;
  /** Publishes a topic of the product's own (alarms). */
  publish(topic: string, payload: Uint8Array, options?: {retain?: boolean}): Promise<void>;
  /** Stops taking in, waits for what was taken in to become durable and acknowledged, closes all connections. */
  close(): Promise<void>;
};

/** aedes' callback. */
type GoOn = (error?: Error | null) => void;

/**
 * The embedded MQTT 3.1.1 gateway. A PUBACK means that the message is on disk. Each connection is cut into packets here,
 * so that size and speed are bounded before anything is kept; measurements (QoS 0 and 1) go straight to the pipeline, end
 * there and are never routed to anybody. CONNECT, subscriptions, `state`, `cmd`, QoS 2 and wills are aedes' work. Bad
 * messages are acknowledged once they are kept, so that no device sends one for ever.
 */
export async function startBroker(options: {
  pipeline: Pipeline;
  registry: Registry;
  health: HealthBoard;
  host: string;
  port: number;
  limits?: Partial<BrokerLimits>;
  log?: Log;
  now?: () => number;
}): Promise<Broker> {
  const {pipeline, registry, health} = options;
  const limits: BrokerLimits = {...BROKER_LIMITS, ...options.limits};
  const now = options.now ?? Date.now;
  const monotonicMs = () => performance.now();
  const log = budgetLog(options.log ?? (() => {}));
  const refusals = createRefusalDelay({prompt: limits.promptRefusals, longestMs: limits.longestRefusalMs});

  const sessions = new Map<Client, Session>();
  const events = new Map<string, number>();
  const queuedCommands = new Map<string, number>();
  let messages = 0;
  let outstanding = 0;
  let stalled = false;
  let closing = false;
  /** Connections that are not read until the store has caught up. */
  const behind = new Set<Session>();
  /** The clock as the last sweep saw it: good enough for what is counted in seconds. */
  let sweptMs = performance.now();

  const acknowledger = createAcknowledger({
    blocked(session) {
      session.blockedSinceMs = monotonicMs();
      stop(session, STOP.unread);
    },
    drained(session) {
      session.blockedSinceMs = 0;
      goOn(session, STOP.unread);
    },
  });

  function note(event: string): void {
    events.set(event, (events.get(event) ?? 0) + 1);
  }

  function drop(session: Session, why: string): void {
    note(why);
    log({event: why, address: session.address, username: session.principal?.username ?? null});
    session.socket.destroy();
  }

  // ── connecting ───────────────────────────────────────────────────────────────────────────────────────────────────

  const admission = createAdmission({
    limits,
    refused(why, address) {
      note(why);
      log({event: why, address});
    },
    hand: open,
  });

  function open(socket: Socket, address: string): void {
    const tap = new Tap(socket, () => goOn(session, STOP.aedes));
    const frames = new FrameReader({
      frame: (bytes, from, bodyAt, to) => take(session, bytes, from, bodyAt, to),
      limit: () => (session.live ? limits.packetBytes : limits.packetBytesBeforeConnect),
      tooLarge: (bytes) => refusePacket(session, bytes),
      malformed: () => drop(session, 'packet_malformed'),
    });
    const session: Session = {
      socket,
      address,
      tap,
      frames,
      client: null,
      connecting: false,
      live: false,
      credential: null,
      principal: null,
      will: null,
      stops: 0,
      outstanding: 0,
      progressMs: 0,
      acks: [],
      queued: false,
      blockedSinceMs: 0,
      heardMs: monotonicMs(),
      unfinishedSinceMs: 0,
      keepaliveMs: 0,
      budget: 0,
      blockMs: 0,
      rateTimer: null,
      topicBytes: new Uint8Array(),
      sender: null,
      senders: new Map(),
      receipt: (_outcome, messageId) => durable(session, messageId),
      devices: new Set(),
    };
    session.client = aedes.handle(tap);
    sessions.set(session.client, session);
    socket.on('data', (chunk) => {
      session.heardMs = sweptMs;
      if (pipeline.pending() > limits.pendingRows) {
        behind.add(session);
        stop(session, STOP.store);
      }
      frames.push(chunk);
    });
    socket.on('end', () => tap.push(null));
    socket.once('close', () => {
      tap.destroy();
      ended(session);
    });
  }

  function stop(session: Session, why: number): void {
    if (session.stops === 0) {
      session.frames.stopped = true;
      session.socket.pause();
    }
    session.stops |= why;
  }

  function goOn(session: Session, why: number): void {
    if ((session.stops & why) === 0) return;
    session.stops &= ~why;
    if (session.stops !== 0 || session.socket.destroyed) return;
    session.frames.resume();
    if (session.stops === 0) session.socket.resume();
  }

  function refusePacket(session: Session, bytes: number): void {
    if (session.principal) {
      pipeline.refuse(
        {
          source: 'mqtt',
          topic: '',
          principal: session.principal,
          payload: new Uint8Array(),
          receivedMs: now(),
        },
        'payload_too_large',
        `packet of ${bytes} bytes, at most ${limits.packetBytes}; the connection was closed`,
        () => {},
      );
    }
    drop(session, 'packet_too_large');
  }

  function ended(session: Session): void {
    sessions.delete(session.client!);
    behind.delete(session);
    if (session.rateTimer) clearTimeout(session.rateTimer);
    for (const device of session.devices) health.connected(device, false);
    session.devices.clear();
  }

  function preConnect(
    client: Client,
    packet: {
      clientId: string;
      clean?: boolean;
      username?: string;
      protocolVersion?: number;
      keepalive?: number;
      will?: {topic: string; payload: Buffer | string; retain?: boolean};
    },
    callback: (error: Error | null, go: boolean) => void,
  ): void {
    const session = sessions.get(client);
    if (!session || closing) return callback(new Error('closing'), false);
    // Most packets never reach aedes, so it cannot tell who is silent; the sweep does.
    session.keepaliveMs = (packet.keepalive ?? 0) * 1500;
    packet.keepalive = 0;
    if (packet.protocolVersion === 5) {
      note('protocol_v5');
      log({
        event: 'protocol_v5',
        address: session.address,
        message: 'MQTT 5 is not spoken here: set the client to 3.1.1 (protocol version 4)',
      });
      return callback(null, true);
    }
    const username = packet.username ?? '';
    const credential = registry.credential(username);
    // Sessions belong to a user: nobody takes over another's by its client id.
    packet.clientId = `${username}/${packet.clientId === '' ? randomUUID() : packet.clientId}`;
    // Only a device can hold a subscription (its commands), so only a device gets a session that outlives it.
    if (credential?.principal.kind !== 'device') packet.clean = true;
    if (packet.will) {
      const topic = readTopic(packet.will.topic);
      const text = packet.will.payload.toString();
      const allowed =
        topic.kind === 'state' &&
        credential !== undefined &&
        speaksFor(credential.principal, topic.site, topic.device) &&
        registry.device(topic.device) !== undefined &&
        STATE_MESSAGES.has(text);
      if (allowed) {
        session.will = packet.will;
      } else {
        delete packet.will;
        note('will_refused');
        log({
          event: 'will_refused',
          address: session.address,
          message: 'a will is `online` or `offline` on the state topic of the client’s own device',
        });
      }
    }
    callback(null, true);
  }

  function refuse(returnCode: 3 | 4, done: (error: AuthenticateError, ok: null) => void): void {
    const error = new Error(returnCode === 4 ? 'bad user name or password' : 'server unavailable');
    done(Object.assign(error, {returnCode}) as unknown as AuthenticateError, null);
  }

  function authenticate(
    client: Client,
    username: string | undefined,
    password: Buffer | undefined,
    done: (error: AuthenticateError | null, ok: boolean | null) => void,
  ): void {
    const session = sessions.get(client);
    if (!session) return;
    const known = username === undefined ? undefined : registry.credential(username);
    if (!tokenMatches(password, known?.secretSha256)) {
      note('password_wrong');
      log({event: 'password_wrong', address: session.address, username: (username ?? '').slice(0, 64)});
      const waitMs = refusals.failed(session.address, (username ?? '').slice(0, 64));
      if (waitMs > 0) setTimeout(() => refuse(4, done), waitMs).unref();
      else refuse(4, done);
      return;
    }
    if (stalled) {
      note('refused_while_stalled');
      refuse(3, done);
      return;
    }
    session.credential = known!;
    session.principal = known!.principal;
    admission.known(session.socket);
    for (const other of sessions.values()) {
      if (other !== session && other.client?.id === client.id) {
        note('session_taken_over');
        log({event: 'session_taken_over', username, address: session.address, from: other.address});
      }
    }
    done(null, true);
  }

  // ── publishing ───────────────────────────────────────────────────────────────────────────────────────────────────

  /** One whole packet. Measurements go to the pipeline; everything else is aedes' to answer. */
  function take(session: Session, bytes: Buffer, from: number, bodyAt: number, to: number): void {
    const header = bytes[from]!;
    session.unfinishedSinceMs = 0;
    if (!session.live) {
      if (session.connecting || header !== CONNECT) return drop(session, 'protocol_broken');
      session.connecting = true;
      // What follows waits, unread, until it is known who this is.
      stop(session, STOP.connecting);
    } else if (header >> 4 === PUBLISH) {
      const qos = (header >> 1) & 3;
      const topicAt = bodyAt + 2;
      const topicTo = topicAt + ((bytes[bodyAt]! << 8) | bytes[bodyAt + 1]!);
      const payloadAt = qos === 0 ? topicTo : topicTo + 2;
      if (qos === 3 || payloadAt > to) return drop(session, 'packet_malformed');
      const topic = topicOf(session, bytes, topicAt, topicTo);
      if (qos === 2) {
        if (WILD.test(topic)) return drop(session, 'topic_invalid');
      } else if (!topic.endsWith('/state')) {
        const messageId = qos === 0 ? 0 : (bytes[topicTo]! << 8) | bytes[topicTo + 1]!;
        if (qos === 1 && messageId === 0) return drop(session, 'packet_malformed');
        return submit(session, bytes, payloadAt, to, messageId);
      } else if (WILD.test(topic)) {
        return drop(session, 'topic_invalid');
      }
    }
    session.tap.give(bytes.subarray(from, to));
    if (session.tap.full) stop(session, STOP.aedes);
  }

  /** The text of a topic; that of the message before if the bytes are the same. */
  function topicOf(session: Session, bytes: Buffer, from: number, to: number): string {
    const {topicBytes} = session;
    if (session.sender !== null && topicBytes.length === to - from) {
      let same = from;
      while (same < to && bytes[same] === topicBytes[same - from]) same++;
      if (same === to) return session.sender.topic;
    }
    session.topicBytes = new Uint8Array(bytes.subarray(from, to));
    const topic = bytes.toString('utf8', from, to);
    let sender = session.senders.get(topic);
    if (sender === undefined) {
      sender = pipeline.sender('mqtt', topic, session.principal!);
      if (session.senders.size >= SENDERS_A_SESSION) session.senders.clear();
      session.senders.set(topic, sender);
    }
    session.sender = sender;
    return topic;
  }

  /** Whether the connection may still speak: its credential stands as it did when it connected. */
  function revoked(session: Session): boolean {
    const credential = registry.credential(session.principal!.username);
    if (credential === session.credential || credential?.secretSha256 === session.credential?.secretSha256) {
      return false;
    }
    drop(session, 'credential_revoked');
    return true;
  }

  function submit(session: Session, bytes: Buffer, from: number, to: number, messageId: number): void {
    // At a stop left unanswered: the device keeps the message and sends it again after the restart.
    if (closing || revoked(session)) return;
    messages++;
    meter(session);
    outstanding++;
    if (session.outstanding++ === 0) session.progressMs = monotonicMs();
    if (session.outstanding >= limits.outstandingMessages) stop(session, STOP.outstanding);
    pipeline.take(session.sender!, {bytes, from, to, receivedMs: now()}, session.receipt, messageId);
  }

  function durable(session: Session, messageId: number): void {
    outstanding--;
    session.outstanding--;
    stalled = false;
    if (session.outstanding > 0) session.progressMs = sweptMs;
    if (messageId !== 0) acknowledger.acknowledge(session, messageId);
    if ((session.stops & STOP.outstanding) !== 0 && session.outstanding <= limits.outstandingMessages / 2) {
      goOn(session, STOP.outstanding);
    }
    if (behind.size > 0) caughtUp();
  }

  function caughtUp(): void {
    if (pipeline.pending() > limits.pendingRows / 2) return;
    const waiting = [...behind];
    behind.clear();
    for (const session of waiting) goOn(session, STOP.store);
  }

  /** Notes one message of a connection; one that is faster than its rate is not read for a while. */
  function meter(session: Session): void {
    if (--session.budget > 0) return;
    const perS = session.principal!.kind === 'bridge' ? limits.bridgeMessagesPerS : limits.messagesPerS;
    const nowMs = monotonicMs();
    const earliestMs = session.blockMs + 1000 / BLOCKS_PER_S;
    session.budget = Math.max(1, Math.floor(perS / BLOCKS_PER_S));
    session.blockMs = nowMs;
    if (nowMs >= earliestMs) return;
    session.blockMs = earliestMs;
    note('rate_paused');
    stop(session, STOP.rate);
    session.rateTimer = setTimeout(() => {
      session.rateTimer = null;
      goOn(session, STOP.rate);
    }, earliestMs - nowMs).unref();
  }

  /** What aedes asks of the packets left to it: states, messages of QoS 2, and wills. */
  function authorizePublish(client: Client | null, packet: PublishPacket, callback: GoOn): void {
    const session = client === null ? undefined : sessions.get(client);
    const topic = readTopic(packet.topic);
    if (session === undefined || packet === session.will) {
      // A will may come after its connection has gone; it was looked at when it was announced.
      return callback(topic.kind === 'state' ? null : new Error('not a state topic'));
    }
    if (session.principal === null) return callback(new Error('not authorised'));
    if (closing || revoked(session)) return;
    messages++;
    meter(session);
    if (topic.kind === 'state' && takeState(session, topic, packet)) return callback(null);
    packet.retain = false;
    const {payload} = packet;
    outstanding++;
    pipeline.accept(
      {
        source: 'mqtt',
        topic: packet.topic,
        principal: session.principal,
        payload: typeof payload === 'string' ? Buffer.from(payload) : payload,
        receivedMs: now(),
      },
      () => {
        outstanding--;
        callback(null);
      },
    );
  }

  /** `online` or `offline` of a device: whether it was one, and allowed; else it goes the way of a bad message. */
  function takeState(session: Session, topic: Topic & {kind: 'state'}, packet: PublishPacket): boolean {
    const text = packet.payload.length <= 16 ? packet.payload.toString() : '?';
    if (!STATE_MESSAGES.has(text) && text !== '') return false;
    if (!speaksFor(session.principal!, topic.site, topic.device)) return false;
    if (registry.device(topic.device)?.site !== topic.site) return false;
    if (text === 'online') {
      health.heard(topic.device, now());
      show(session, topic.device);
    } else if (text === 'offline' && session.principal!.kind === 'bridge') {
      hide(session, topic.device);
    }
    return true;
  }

  function show(session: Session, device: string): void {
    if (session.devices.has(device) || session.socket.destroyed) return;
    session.devices.add(device);
    health.connected(device, true);
  }

  function hide(session: Session, device: string): void {
    if (session.devices.delete(device)) health.connected(device, false);
  }

  // ── the broker ───────────────────────────────────────────────────────────────────────────────────────────────────

  // read where it is needed: most of what the product does needs no broker
  const {Aedes} = await import('aedes');
  const aedes = await Aedes.createBroker({
    concurrency: 1000,
    connectTimeout: limits.connectTimeoutMs,
    drainTimeout: limits.drainTimeoutMs,
    maxClientsIdLength: 256,
    preConnect: preConnect as never,
    authenticate: authenticate as never,
    authorizePublish,
    authorizeSubscribe(client, subscription, callback) {
      const principal = sessions.get(client)?.principal;
      if (principal && maySubscribe(principal, readTopic(subscription.topic)))
        return callback(null, subscription);
      note('subscription_refused');
      callback(null, null);
    },
    authorizeForward(client, packet) {
      const principal = sessions.get(client)?.principal;
      return principal && maySubscribe(principal, readTopic(packet.topic)) ? packet : null;
    },
  });

  // Nobody may subscribe to measurements, so there is nobody to route one to.
  const route = aedes.publish.bind(aedes) as (...args: unknown[]) => void;
  (aedes as unknown as {publish: unknown}).publish = (
    packet: PublishPacket,
    client: Client | null | GoOn,
    done?: GoOn,
  ): void => {
    if (done !== undefined && client !== null && !packet.topic.endsWith('/state')) return done(null);
    route(packet, client, done);
  };

  aedes.on('clientReady', (client) => {
    const session = sessions.get(client);
    if (!session?.principal) return;
    session.live = true;
    if (session.principal.kind === 'device') {
      show(session, session.principal.device);
      queuedCommands.delete(session.principal.device);
    }
    goOn(session, STOP.connecting);
  });
  function failed(client: Client, error: Error): void {
    const session = sessions.get(client);
    // A socket that simply closed.
    if (error.message === 'connection closed' || session?.socket.destroyed) return;
    const event = session?.principal ? 'client_failed' : 'connection_failed';
    note(event);
    log({event, address: session?.address, message: error.message.slice(0, 200)});
  }
  aedes.on('clientError', failed);
  aedes.on('connectionError', failed);
  (aedes as unknown as NodeJS.EventEmitter).on('error', (error: Error) =>
    log({event: 'broker_error', message: error.message}),
  );

  const server = createServer({noDelay: true}, (socket: Socket) => admission.enter(socket));
  server.maxConnections = limits.sockets;
  server.on('drop', () => note('sockets_total'));

  /** Looks once a second for connections that are silent, stuck, or do not read, and for a store that is. */
  function sweep(): void {
    const nowMs = monotonicMs();
    sweptMs = nowMs;
    let stuckMs = 0;
    for (const session of sessions.values()) {
      const {frames, outstanding: own, stops} = session;
      if (own > 0) stuckMs = Math.max(stuckMs, nowMs - session.progressMs);
      if (stops === 0 && !frames.unfinished) session.unfinishedSinceMs = 0;
      else if (frames.unfinished && session.unfinishedSinceMs === 0) session.unfinishedSinceMs = nowMs;
      if (session.blockedSinceMs > 0 && nowMs - session.blockedSinceMs > limits.drainTimeoutMs) {
        drop(session, 'reader_slow');
      } else if (
        stops === 0 &&
        frames.unfinished &&
        nowMs - session.unfinishedSinceMs > limits.packetTimeoutMs
      ) {
        drop(session, 'packet_unfinished');
      } else if (session.live && session.keepaliveMs > 0 && own === 0 && stops === 0) {
        if (nowMs - session.heardMs > session.keepaliveMs + SWEEP_MS) drop(session, 'keepalive_timeout');
      }
    }
    if (stuckMs > limits.storeStallMs && !stalled) {
      stalled = true;
      note('store_stalled');
      log({
        event: 'store_stalled',
        message: `nothing durable for ${Math.round(stuckMs / 1000)} s; closing clients`,
      });
      for (const session of sessions.values()) {
        if (session.outstanding > 0) drop(session, 'closed_while_stalled');
      }
    }
    if (behind.size > 0) caughtUp();
  }
  const sweeper = setInterval(sweep, SWEEP_MS);
  sweeper.unref();

  server.listen({host: options.host, port: options.port, backlog: 4096});
  try {
    await once(server, 'listening');
  } catch (error) {
    // The port is taken: nothing of this broker may keep the process alive.
    clearInterval(sweeper);
    await new Promise<void>((resolve) => aedes.close(resolve));
    throw error;
  }

  return {
    port: (server.address() as AddressInfo).port,

    stats() {
      let clients = 0;
      for (const session of sessions.values()) if (session.principal) clients++;
      return {
        sockets: admission.count(),
        clients,
        messages,
        outstanding,
        behind: behind.size,
        stalled,
        events: Object.fromEntries(events),
      };
    },

    command(device, payload) {
      const record = registry.device(device);
      if (!record) throw new EcoError('device_unknown', `no device ${device}`, 404);
      const connected = [...sessions.values()].some(
        ({principal}) => principal?.kind === 'device' && principal.device === device,
      );
      if (!connected) {
        const waiting = queuedCommands.get(device) ?? 0;
        if (waiting >= limits.queuedCommands) {
          throw new EcoError(
            'command_queue_full',
            `${waiting} commands wait for ${device}, which is away`,
            409,
          );
        }
        queuedCommands.set(device, waiting + 1);
      }
      return send(commandTopic(record.site, device), payload, 1, false);
    },

    publish: (topic, payload, {retain = false} = {}) => send(topic, payload, 1, retain),

    async close() {
      if (closing) return;
      closing = true;
      clearInterval(sweeper);
      server.close();
      const untilMs = monotonicMs() + CLOSE_WAIT_MS;
      while (outstanding > 0 && monotonicMs() < untilMs) {
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
      // One more turn of the loop, in which the last acknowledgements are written.
      await new Promise((resolve) => setTimeout(resolve, 10));
      await new Promise<void>((resolve) => aedes.close(resolve));
      admission.close();
    },
  };

  function send(topic: string, payload: Uint8Array, qos: 0 | 1, retain: boolean): Promise<void> {
    return new Promise((resolve, reject) => {
      route(
        {cmd: 'publish', topic, payload: Buffer.from(payload), qos, retain, dup: false},
        (error?: Error | null) => (error ? reject(error) : resolve()),
      );
    });
  }
}
