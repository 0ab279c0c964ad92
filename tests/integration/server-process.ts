import {type ChildProcess, execFile, spawn} from 'node:child_process';
import {once} from 'node:events';
import {join} from 'node:path';

export const ROOT = join(import.meta.dirname, '..', '..');
export const SITES = join(ROOT, 'tests', 'fixtures', 'sites');
export const SITE = 'lake-saltmarsh';
export const ECO = join(ROOT, 'server', 'cli', 'eco.ts');

/** The environment without the settings of whoever runs the tests. */
export function cleanEnvironment(more: Record<string, string>): NodeJS.ProcessEnv {
  const own = Object.entries(process.env).filter(
    ([name]) => !name.startsWith('ECO_') && !name.startsWith('npm_'),
  );
  return {...Object.fromEntries(own), ...more};
}

export type Finished = {code: number | null; stdout: string; stderr: string};

/** Runs one `eco` command to its end, in a folder that is not the product's; asked to stop (SIGTERM) after a while. */
export function eco(
  args: readonly string[],
  env: Record<string, string> = {},
  stopAfterMs?: number,
): Promise<Finished> {
  return new Promise((resolve) => {
    const child = execFile(
      process.execPath,
      [ECO, ...args],
      {cwd: '/', env: cleanEnvironment(env), maxBuffer: 64 * 1024 * 1024},
      (_error, stdout, stderr) => {
        clearTimeout(timer);
        resolve({code: child.exitCode, stdout, stderr});
      },
    );
    const timer =
      stopAfterMs === undefined ? undefined : setTimeout(() => child.kill('SIGTERM'), stopAfterMs);
  });
}

export type ServerProcess = {
  child: ChildProcess;
  httpUrl: string;
  mqttPort: string;
  readyMs: number;
  output: {stdout: string; stderr: string};
  /** Ends it with a signal; gives the exit code (null if the signal killed it) and the ms it took. */
  stop(signal: NodeJS.Signals): Promise<{code: number | null; tookMs: number}>;
};

/** Starts the whole product as its users do, on free ports, and waits for its `ready` line. */
export async function startProcess(dataDir: string, args: readonly string[] = []): Promise<ServerProcess> {
  const startedMs = performance.now();
  const child = spawn(
    process.execPath,
    [
      ECO,
      'start',
      '--http-port',
      '0',
      '--mqtt-port',
      '0',
      '--data-dir',
      dataDir,
      '--sites-dir',
      SITES,
      '--site',
      SITE,
      ...args,
    ],
    {cwd: '/', env: cleanEnvironment({}), stdio: ['ignore', 'pipe', 'pipe']},
  );
  const output = {stdout: '', stderr: ''};
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    output.stderr += text;
  });
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output.stdout += text;
  });
  for (;;) {
    const ready = /^ready (http:\/\/\S+)$/m.exec(output.stdout);
    if (ready) {
      return {
        child,
        httpUrl: ready[1]!,
        mqttPort: /^mqtt mqtt:\/\/\S+:(\d+)$/m.exec(output.stdout)![1]!,
        readyMs: performance.now() - startedMs,
        output,
        stop: async (signal) => {
          const fromMs = performance.now();
          const ended = once(child, 'exit') as Promise<[number | null]>;
          child.kill(signal);
          const [code] = await ended;
          return {code, tookMs: performance.now() - fromMs};
        },
      };
    }
    if (child.exitCode !== null) throw new Error(`the server ended with ${child.exitCode}: ${output.stderr}`);
    if (performance.now() - startedMs > 120_000) {
      child.kill('SIGKILL');
      throw new Error(`not ready after 120 s: ${output.stderr}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

export type Login = {id: string; username: string; password: string; topic: string};

/** Publishes one message at QoS 1 with Mosquitto's own client; resolves with its exit code once acknowledged. */
export function mosquittoPub(port: string, login: Login, message: object): Promise<number> {
  const args = ['-h', '127.0.0.1', '-p', port, '-u', login.username, '-P', login.password, '-q', '1'];
  return new Promise((resolve) => {
    const child = execFile('mosquitto_pub', [...args, '-t', login.topic, '-m', JSON.stringify(message)], () =>
      resolve(child.exitCode ?? 1),
    );
  });
}

export async function getJson<T>(server: {httpUrl: string}, path: string): Promise<T> {
  const response = await fetch(`${server.httpUrl}${path}`);
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
  return (await response.json()) as T;
}
