import {connect as connectPlain, type Socket} from 'node:net';
import {connect as connectTls} from 'node:tls';
import mqttPacket, {
  type IConnackPacket,
  type IPublishPacket,
  type ISubackPacket,
  type Packet,
} from 'mqtt-packet';
import type {Upstream} from './upstream.ts';

const VERSION = {protocolVersion: 5} as const;
const KEEPALIVE_S = 30;
const CONNECT_TIMEOUT_MS = 10_000;
/** The broker keeps our session and its messages this long while we are away, s. */
const SESSION_EXPIRY_S = 7 * 86_400;
/** First reason code that means failure. */
const FAILURE = 0x80;

export type Connection = {
  /** The message with this packet identifier is durable. Those of one turn go out as one write. */
  acknowledge(messageId: number): void;
  /** Says goodbye; the session stays at the broker. */
  end(): void;
};

/**
 * One MQTT 5 connection to an external broker with a session that outlives it. Nothing is acknowledged by itself: a
 * message that we did not acknowledge comes again, to us or to another worker of the group.
 */
export function openConnection(options: {
  upstream: Upstream;
  filters: readonly string[];
  /** Messages that the broker may have on their way to us, unacknowledged. */
  receiveMaximum: number;
  ready: () => void;
  message: (packet: IPublishPacket) => void;
  /** Once, however it ended. */
  closed: (why: string) => void;
}): Connection {
  const {upstream, filters} = options;
  const {host, port} = upstream;
  const socket: Socket = upstream.tls
    ? connectTls({host, port, servername: host})
    : connectPlain({host, port, noDelay: true});
  const parser = mqttPacket.parser(VERSION);
  let why = 'the broker closed the connection';
  let acks: number[] = [];
  let scheduled = false;
  let heard = true;

  function send(packet: Packet): void {
    socket.write(mqttPacket.generate(packet, VERSION));
  }
  function fail(reason: string): void {
    why = reason;
    socket.destroy();
  }

  const opening = setTimeout(
    () => fail(`no answer within ${CONNECT_TIMEOUT_MS / 1000} s`),
    CONNECT_TIMEOUT_MS,
  );
  const pinging = setInterval(
    () => {
      if (!heard) return fail('the broker is silent');
      heard = false;
      send({cmd: 'pingreq'});
    },
    (KEEPALIVE_S * 1000) / 2,
  );

  function connacked(packet: IConnackPacket): void {
    clearTimeout(opening);
    const code = packet.reasonCode ?? packet.returnCode ?? 0;
    if (code !== 0) return fail(`the broker refused us: ${REASONS[code] ?? `reason code ${code}`}`);
    send({
      cmd: 'subscribe',
      messageId: 1,
      subscriptions: filters.map((topic) => ({topic, qos: 1 as const})),
    });
  }

  function subacked({granted}: ISubackPacket): void {
    const refused = filters.filter((_, i) => Number(granted[i]) >= FAILURE);
    if (refused.length > 0) return fail(`the broker refused the subscription to ${refused.join(', ')}`);
    options.ready();
  }

  parser.on('packet', (packet: Packet) => {
    heard = true;
    if (packet.cmd === 'publish') options.message(packet);
    else if (packet.cmd === 'connack') connacked(packet);
    else if (packet.cmd === 'suback') subacked(packet);
    else if (packet.cmd === 'disconnect') {
      const code = packet.reasonCode ?? 0;
      fail(`the broker ended the session: ${REASONS[code] ?? `reason code ${code}`}`);
    }
  });
  parser.on('error', (error: Error) => fail(`what came is no MQTT 5: ${error.message}`));
  socket.on('data', (chunk) => parser.parse(chunk));
  socket.on('error', (error) => {
    why = error.message;
  });
  socket.on(upstream.tls ? 'secureConnect' : 'connect', () => {
    send({
      cmd: 'connect',
      protocolId: 'MQTT',
      protocolVersion: 5,
      clean: false,
      clientId: upstream.clientId,
      keepalive: KEEPALIVE_S,
      ...(upstream.username === undefined ? {} : {username: upstream.username}),
      ...(upstream.password === undefined ? {} : {password: Buffer.from(upstream.password)}),
      properties: {sessionExpiryInterval: SESSION_EXPIRY_S, receiveMaximum: options.receiveMaximum},
    });
  });
  socket.on('close', () => {
    clearTimeout(opening);
    clearInterval(pinging);
    parser.removeAllListeners();
    options.closed(why);
  });

  function flush(): void {
    scheduled = false;
    const ids = acks;
    acks = [];
    if (socket.destroyed) return;
    const bytes = Buffer.allocUnsafe(ids.length * 4);
    for (let i = 0; i < ids.length; i++) {
      bytes.writeUInt16BE(0x4002, i * 4);
      bytes.writeUInt16BE(ids[i]!, i * 4 + 2);
    }
    socket.write(bytes);
  }

  return {
    acknowledge(messageId) {
      acks.push(messageId);
      if (scheduled) return;
      scheduled = true;
      setImmediate(flush);
    },
    end() {
      if (acks.length > 0) flush();
      why = 'closed by us';
      if (socket.connecting || socket.destroyed) return void socket.destroy();
      send({cmd: 'disconnect', reasonCode: 0});
      socket.end();
    },
  };
}

/** MQTT 5, section 2.4: the reasons a person can do something about. */
const REASONS: Readonly<Record<number, string>> = {
  1: 'it speaks no MQTT 5',
  132: 'it speaks no MQTT 5',
  133: 'client identifier not valid',
  134: 'bad user name or password',
  135: 'not authorised',
  136: 'server unavailable',
  139: 'server is shutting down',
  141: 'keep alive timeout',
  142: 'another client came with our client identifier: give each worker its own (clientId=…)',
  158: 'shared subscriptions are not supported',
};
