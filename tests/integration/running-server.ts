import {type ChildProcess, spawn} from 'node:child_process';
import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join, resolve} from 'node:path';
import {setTimeout as sleep} from 'node:timers/promises';

export const ROOT = resolve(import.meta.dirname, '../..');

export type RunningServer = {
  url: string;
  mqttPort: number;
  process: ChildProcess;
  output(): string;
  /** Ends the process and waits for it; its exit code, or null after a kill. */
  stop(signal?: NodeJS.Signals): Promise<number | null>;
};

/** A folder for one test, removed by the caller's `afterAll`. */
export function temporaryFolder(name: string): {path: string; remove(): void} {
  const path = mkdtempSync(join(tmpdir(), `eco-${name}-`));
  return {path, remove: () => rmSync(path, {recursive: true, force: true})};
}

/**
 * Starts the product as a user would (`eco start`), on free ports and with its own data folder, and resolves at its
 * `ready` line. `wrap` runs it inside another program (a network namespace).
 */
export async function startProduct(options: {
  dataDir: string;
  env?: Record<string, string>;
  wrap?: string[];
  timeoutMs?: number;
}): Promise<RunningServer> {
  const [program, ...args] = [
    ...(options.wrap ?? []),
    process.execPath,
    join(ROOT, 'server/cli/eco.ts'),
    'start',
  ];
  const child = spawn(program!, args, {
    cwd: ROOT,
    env: {
      ...process.env,
      ECO_HTTP_PORT: '0',
      ECO_MQTT_PORT: '0',
      ECO_DATA_DIR: options.dataDir,
      ...options.env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let text = '';
  child.stdout!.on('data', (chunk: Buffer) => (text += chunk.toString()));
  child.stderr!.on('data', (chunk: Buffer) => (text += chunk.toString()));
  const ended = new Promise<number | null>((done) => child.once('exit', (code) => done(code)));
  const deadline = Date.now() + (options.timeoutMs ?? 90_000);
  for (;;) {
    const ready = /^ready (http:\/\/\S+)$/m.exec(text);
    if (ready) {
      const port = /mqtt\S*:\/\/[^:\s]+:(\d+)/.exec(text)?.[1];
      return {
        url: ready[1]!,
        mqttPort: Number(port),
        process: child,
        output: () => text,
        stop: async (signal = 'SIGTERM') => {
          if (child.exitCode === null && child.signalCode === null) child.kill(signal);
          return ended;
        },
      };
    }
    if (child.exitCode !== null)
      throw new Error(`ended with ${child.exitCode} before it was ready:\n${text}`);
    if (Date.now() > deadline) {
      child.kill('SIGKILL');
      throw new Error(`not ready in time:\n${text}`);
    }
    await sleep(50);
  }
}

/** Polls until `check` gives something; fails with `what` after the time. */
export async function until<T>(
  what: string,
  timeoutMs: number,
  check: () => Promise<T | undefined | false>,
): Promise<T> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const found = await check();
    if (found) return found;
    if (Date.now() > deadline) throw new Error(`${what}: not within ${timeoutMs} ms`);
    await sleep(250);
  }
}

export async function getJson<T>(url: string): Promise<T> {
  const answer = await fetch(url);
  if (!answer.ok) throw new Error(`${url}: ${answer.status} ${await answer.text()}`);
  return (await answer.json()) as T;
}
