import {connect, type Socket} from 'node:net';
import mqttPacket, {type IConnectPacket, type IPublishPacket, type Packet} from 'mqtt-packet';

/** An MQTT client on a bare socket, so that a test can also say what no client library would. */
export class RawClient {
  readonly socket: Socket;
  readonly packets: Packet[] = [];
  closed = false;
  private waiting: {test: (packet: Packet) => boolean; resolve: (packet: Packet) => void}[] = [];
  private readonly onClose: Promise<void>;

  constructor(port: number) {
    this.socket = connect({port, host: '127.0.0.1', noDelay: true});
    const parser = mqttPacket.parser({protocolVersion: 4});
    parser.on('packet', (packet: Packet) => {
      const at = this.waiting.findIndex(({test}) => test(packet));
      if (at >= 0) this.waiting.splice(at, 1)[0]!.resolve(packet);
      else this.packets.push(packet);
    });
    this.socket.on('data', (chunk) => parser.parse(chunk));
    this.socket.on('error', () => {});
    this.onClose = new Promise((resolve) =>
      this.socket.once('close', () => {
        this.closed = true;
        resolve();
      }),
    );
  }

  write(bytes: Buffer | Packet): void {
    this.socket.write(Buffer.isBuffer(bytes) ? bytes : mqttPacket.generate(bytes));
  }

  /** The next packet of a kind, also one that came before. */
  next(cmd: Packet['cmd'], messageId?: number, timeoutMs = 5000): Promise<Packet> {
    const test = (packet: Packet) =>
      packet.cmd === cmd && (messageId === undefined || packet.messageId === messageId);
    const at = this.packets.findIndex(test);
    if (at >= 0) return Promise.resolve(this.packets.splice(at, 1)[0]!);
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`no ${cmd} within ${timeoutMs} ms`)), timeoutMs);
      this.waiting.push({
        test,
        resolve: (packet) => {
          clearTimeout(timer);
          resolve(packet);
        },
      });
      void this.onClose.then(() => {
        clearTimeout(timer);
        reject(new Error(`closed before ${cmd}`));
      });
    });
  }

  /** Resolves when the other side has closed; rejects after the timeout. */
  ended(timeoutMs = 5000): Promise<void> {
    return Promise.race([
      this.onClose,
      new Promise<void>((_, reject) => {
        setTimeout(() => reject(new Error(`still open after ${timeoutMs} ms`)), timeoutMs).unref();
      }),
    ]);
  }

  /** Sends CONNECT; the return code of CONNACK. */
  async login(
    username: string | undefined,
    password?: string,
    more: Partial<IConnectPacket> = {},
  ): Promise<number> {
    this.write(connectPacket(username, password, more));
    const packet = await this.next('connack');
    return (packet as {returnCode?: number}).returnCode ?? -1;
  }

  publish(topic: string, payload: string | Buffer, messageId = 1, more: Partial<IPublishPacket> = {}): void {
    this.write({cmd: 'publish', topic, payload, qos: 1, messageId, dup: false, retain: false, ...more});
  }

  end(): void {
    this.socket.destroy();
  }
}

export function connectPacket(
  username: string | undefined,
  password?: string,
  more: Partial<IConnectPacket> = {},
): Packet {
  return {
    cmd: 'connect',
    protocolId: 'MQTT',
    protocolVersion: 4,
    clean: true,
    clientId: `raw-${Math.random().toString(36).slice(2)}`,
    keepalive: 60,
    ...(username === undefined ? {} : {username}),
    ...(password === undefined ? {} : {password: Buffer.from(password)}),
    ...more,
  };
}

/** A PUBLISH of QoS 1 with any bytes as its topic. */
export function publishBytes(topic: Buffer, payload: Buffer, messageId = 1): Buffer {
  const body = Buffer.concat([
    Buffer.alloc(2),
    topic,
    Buffer.from([messageId >> 8, messageId & 255]),
    payload,
  ]);
  body.writeUInt16BE(topic.length, 0);
  return Buffer.concat([Buffer.from([0x32]), lengthBytes(body.length), body]);
}

/** Remaining length as MQTT writes it. */
export function lengthBytes(length: number): Buffer {
  const bytes: number[] = [];
  do {
    const rest = Math.floor(length / 128);
    bytes.push((length % 128) | (rest > 0 ? 128 : 0));
    length = rest;
  } while (length > 0);
  return Buffer.from(bytes);
}
