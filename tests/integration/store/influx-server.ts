/** InfluxDB servers of our own on loopback, that can be killed and come back on the same port. */
import {type ChildProcess, spawn} from 'node:child_process';
import {mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {createServer} from 'node:net';
import {tmpdir} from 'node:os';
import path from 'node:path';
import type {InfluxAccess} from '#ingest';
import {findProgram} from '../../needs.ts';

export type InfluxServer = {
  /** A bucket that is not there yet. */
  access(bucket: string): InfluxAccess;
  start(): Promise<void>;
  /** `kill -9` unless another signal is named. */
  stop(signal?: NodeJS.Signals): Promise<void>;
  /** Stops it and takes its folder away. */
  remove(): Promise<void>;
  /** What `/query` gives, read without our code: rows of one statement. */
  query(bucket: string, statement: string): Promise<unknown[][]>;
};

const TOKEN = 'a-token-for-tests-alone';
const ORG = 'eco';

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const {port} = server.address() as {port: number};
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function answers(url: string): Promise<void> {
  for (let tries = 0; ; tries++) {
    try {
      const response = await fetch(url);
      await response.arrayBuffer();
      if (response.ok) return;
    } catch (error) {
      if (tries > 600) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** Makes a server that is not yet started. */
export async function influxServer(major: 1 | 2): Promise<InfluxServer> {
  const program = findProgram(major === 1 ? 'influxd' : 'influxd-2.7');
  if (!program) throw new Error('no InfluxDB');
  const folder = mkdtempSync(path.join(tmpdir(), 'eco-influx-'));
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  let child: ChildProcess | undefined;
  let known = false;

  function args(): string[] {
    if (major === 2) {
      return [
        `--bolt-path=${path.join(folder, 'influxd.bolt')}`,
        `--sqlite-path=${path.join(folder, 'influxd.sqlite')}`,
        `--engine-path=${path.join(folder, 'engine')}`,
        `--http-bind-address=127.0.0.1:${port}`,
        '--reporting-disabled',
        '--log-level=error',
      ];
    }
    const config = path.join(folder, 'influxdb.conf');
    writeFileSync(
      config,
      `reporting-disabled = true
bind-address = "127.0.0.1:0"
[meta]
dir = "${folder}/meta"
logging-enabled = false
[data]
dir = "${folder}/data"
wal-dir = "${folder}/wal"
query-log-enabled = false
[monitor]
store-enabled = false
[http]
bind-address = "127.0.0.1:${port}"
log-enabled = false
[logging]
level = "error"
`,
    );
    return ['-config', config];
  }

  async function start(): Promise<void> {
    child = spawn(program!, args(), {stdio: 'ignore'});
    await answers(`${url}/ping`);
    if (known || major === 1) return;
    await answers(`${url}/health`);
    const response = await fetch(`${url}/api/v2/setup`, {
      method: 'POST',
      headers: {'content-type': 'application/json'},
      body: JSON.stringify({
        username: 'eco',
        password: 'only-for-tests',
        org: ORG,
        bucket: 'first',
        token: TOKEN,
      }),
    });
    if (!response.ok) throw new Error(`setup: ${response.status} ${await response.text()}`);
    known = true;
  }

  async function stop(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    const ending = child;
    child = undefined;
    if (!ending || ending.exitCode !== null || ending.signalCode !== null) return;
    const gone = new Promise((resolve) => ending.once('exit', resolve));
    ending.kill(signal);
    await gone;
  }

  return {
    access: (bucket) => ({url, org: ORG, bucket, ...(major === 2 ? {token: TOKEN} : {})}),
    start,
    stop,
    remove: async () => {
      await stop();
      rmSync(folder, {recursive: true, force: true});
    },
    query: async (bucket, statement) => {
      const query = new URLSearchParams({db: bucket, epoch: 'ms', q: statement});
      const response = await fetch(`${url}/query?${query}`, {
        method: statement.startsWith('DELETE') ? 'POST' : 'GET',
        headers: {authorization: `Token ${TOKEN}`},
      });
      const body = (await response.json()) as {results: {series?: {values: unknown[][]}[]; error?: string}[]};
      if (body.results?.[0]?.error !== undefined || !body.results) throw new Error(JSON.stringify(body));
      return body.results[0]!.series?.flatMap((series) => series.values) ?? [];
    },
  };
}
