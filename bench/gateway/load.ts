/**
 * Load generator, a process of its own: MQTT 3.1.1 clients on raw sockets, with packets encoded beforehand. Told over IPC
 * what to do; tells what it saw.
 */
import {connect, type Socket} from 'node:net';
import {performance} from 'node:perf_hooks';
import {connectPacket, patch, publishTemplate, type Template} from './packets.ts';

export type LoadTask = {
  port: number;
  site: string;
  devices: readonly string[];
  /** Same for all. */
  password: string;
  /** Unacknowledged messages that a client keeps on its way; without a rate. */
  window: number;
  /** Messages per second of all clients together; 0: as fast as the window lets. */
  ratePerS: number;
  warmUpS: number;
  durationS: number;
  /** Time of the first message, and from one of a device to its next, ms. */
  fromMs: number;
  stepMs: number;
};
export type LoadEvent =
  | {kind: 'measuring'}
  | {kind: 'measured'; acked: number; seconds: number; latenciesMs: number[]}
  | {kind: 'ended'; sent: number; acked: number; closed: number};

type LoadClient = {
  socket: Socket;
  template: Template;
  salt: number;
  n: number;
  id: number;
  inFlight: number;
  connected: boolean;
  rest: Buffer | null;
  sentAt: Float64Array | null;
};

const tell = (event: LoadEvent) => process.send!(event);
const times: string[] = [];

function load(task: LoadTask): void {
  const latencies: number[] = [];
  let acked = 0;
  let sent = 0;
  let closed = 0;
  let measuring = false;
  let stopping = false;
  let running = false;

  function timeText(n: number): string {
    for (let i = times.length; i <= n; i++) times.push(new Date(task.fromMs + i * task.stepMs).toISOString());
    return times[n]!;
  }

  function send(client: LoadClient, count: number): void {
    const {template} = client;
    const out = Buffer.allocUnsafe(template.bytes.length * count);
    let at = 0;
    for (let i = 0; i < count; i++) {
      client.id = (client.id % 65_535) + 1;
      const n = client.n++;
      at = patch(template, out, at, {id: client.id, n, timeText: timeText(n), salt: client.salt});
      if (client.sentAt) client.sentAt[client.id] = performance.now();
    }
    client.inFlight += count;
    sent += count;
    client.socket.write(out);
  }

  function take(client: LoadClient, chunk: Buffer): void {
    const bytes = client.rest ? Buffer.concat([client.rest, chunk]) : chunk;
    let at = 0;
    let got = 0;
    while (bytes.length - at >= 4) {
      if (bytes[at] === 0x20) {
        if (bytes[at + 3] !== 0) throw new Error(`CONNACK ${bytes[at + 3]}`);
        client.connected = true;
      } else if (bytes[at] === 0x40) {
        got++;
        if (client.sentAt && measuring) {
          latencies.push(performance.now() - client.sentAt[(bytes[at + 2]! << 8) | bytes[at + 3]!]!);
        }
      } else {
        throw new Error(`unexpected packet ${bytes[at]}`);
      }
      at += 4;
    }
    client.rest = at < bytes.length ? bytes.subarray(at) : null;
    client.inFlight -= got;
    acked += got;
    if (running && got > 0 && task.ratePerS === 0 && !stopping) send(client, got);
  }

  const clients = task.devices.map((device, salt): LoadClient => {
    const socket = connect({port: task.port, host: '127.0.0.1', noDelay: true});
    const client: LoadClient = {
      socket,
      template: publishTemplate(task.site, device),
      salt,
      n: 0,
      id: 0,
      inFlight: 0,
      connected: false,
      rest: null,
      sentAt: task.ratePerS > 0 ? new Float64Array(65_536) : null,
    };
    socket.write(connectPacket(device, task.password));
    socket.on('data', (chunk) => take(client, chunk));
    socket.on('error', () => {});
    socket.on('close', () => {
      if (!stopping) closed++;
    });
    return client;
  });

  function start(): void {
    if (!clients.every((client) => client.connected)) {
      setTimeout(start, 10);
      return;
    }
    running = true;
    const beganMs = performance.now();
    let issued = 0;
    if (task.ratePerS === 0) for (const client of clients) send(client, task.window);
    else {
      const pacer = setInterval(() => {
        if (stopping) return clearInterval(pacer);
        const due = ((performance.now() - beganMs) / 1000) * task.ratePerS;
        while (issued < due) send(clients[issued++ % clients.length]!, 1);
      }, 1);
    }
    setTimeout(() => {
      measuring = true;
      const from = {acked, atMs: performance.now()};
      tell({kind: 'measuring'});
      setTimeout(() => {
        tell({
          kind: 'measured',
          acked: acked - from.acked,
          seconds: (performance.now() - from.atMs) / 1000,
          latenciesMs: latencies,
        });
        stopping = true;
        end(performance.now() + 10_000);
      }, task.durationS * 1000);
    }, task.warmUpS * 1000);
  }

  /** Waits for what is on its way. */
  function end(untilMs: number): void {
    if (clients.some((client) => client.inFlight > 0) && performance.now() < untilMs) {
      setTimeout(end, 10, untilMs);
      return;
    }
    for (const {socket} of clients) socket.destroy();
    tell({kind: 'ended', sent, acked, closed});
  }

  start();
}

process.on('message', (task: LoadTask) => load(task));
process.on('disconnect', () => process.exit());
