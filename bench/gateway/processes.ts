import {type ChildProcess, fork} from 'node:child_process';
import {fileURLToPath} from 'node:url';
import type {LoadEvent, LoadTask} from './load.ts';
import type {ServerEvent, ServerTask} from './server.ts';

type Kinded = {kind: string};

function start(file: string): ChildProcess {
  const child = fork(fileURLToPath(new URL(file, import.meta.url)), {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    serialization: 'advanced',
  });
  return child;
}

/** The next message of a kind; rejects if the process ends first. */
function next<E extends Kinded, K extends E['kind']>(
  child: ChildProcess,
  kind: K,
): Promise<Extract<E, {kind: K}>> {
  return new Promise((resolve, reject) => {
    const over = (code: number | null) =>
      reject(new Error(`the process ended (${code}) before it said ${kind}`));
    const hear = (event: E) => {
      if (event.kind !== kind) return;
      child.off('message', hear);
      child.off('exit', over);
      resolve(event as Extract<E, {kind: K}>);
    };
    child.on('message', hear);
    child.on('exit', over);
  });
}

export type ServerProcess = {
  port: number;
  usage(): Promise<{cpuS: number; rssBytes: number}>;
  has(device: string, element: string, timeMs: number): Promise<boolean>;
  settle(): Promise<{hotRows: number; coldRows: number; hotBytes: number; coldBytes: number}>;
  stop(): Promise<void>;
};

export async function startServer(task: Extract<ServerTask, {kind: 'start'}>): Promise<ServerProcess> {
  const child = start('./server.ts');
  const ask = <K extends ServerEvent['kind']>(order: ServerTask, kind: K) => {
    const answer = next<ServerEvent, K>(child, kind);
    child.send(order);
    return answer;
  };
  const {port} = await ask(task, 'started');
  return {
    port,
    usage: () => ask({kind: 'usage'}, 'usage'),
    has: async (device, element, timeMs) => (await ask({kind: 'has', device, element, timeMs}, 'has')).found,
    settle: () => ask({kind: 'settle'}, 'settled'),
    async stop() {
      await ask({kind: 'stop'}, 'stopped');
    },
  };
}

export type LoadReport = {
  acked: number;
  seconds: number;
  cpuS: number;
  rssBytes: number;
  latenciesMs: number[];
  closed: number;
  sent: number;
};

/** Runs one load against a server; CPU seconds are the server's, of all its threads, over the measured time. */
export async function runLoad(
  server: ServerProcess,
  task: Omit<LoadTask, 'port'>,
  meanwhile?: () => Promise<void>,
): Promise<LoadReport> {
  const child = start('./load.ts');
  child.send({...task, port: server.port} satisfies LoadTask);
  await next<LoadEvent, 'measuring'>(child, 'measuring');
  const before = await server.usage();
  const measured = next<LoadEvent, 'measured'>(child, 'measured');
  const ended = next<LoadEvent, 'ended'>(child, 'ended');
  await meanwhile?.();
  const {acked, seconds, latenciesMs} = await measured;
  const after = await server.usage();
  const {closed, sent} = await ended;
  child.disconnect();
  return {
    acked,
    seconds,
    cpuS: after.cpuS - before.cpuS,
    rssBytes: after.rssBytes,
    latenciesMs,
    closed,
    sent,
  };
}
