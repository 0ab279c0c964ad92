import http from 'node:http';
import https from 'node:https';
import {promisify} from 'node:util';
import {gzip} from 'node:zlib';
import {HttpError, InfluxDB, setLogger, type WriteApi} from '@influxdata/influxdb-client';
import type {InfluxAccess} from './options.ts';

/** Lines of one request, and their bytes at most: beyond, the client would send a part without waiting for it. */
export const BATCH_LINES = 5_000;
const BATCH_BYTES = 10_000_000;
const WRITE_TIMEOUT_MS = 20_000;
const QUERY_TIMEOUT_MS = 30_000;
const GZIP_FROM_BYTES = 1_000;
/** Characters of an answer that are read: it says what is wrong in the first of them. */
const MOST_REPLY = 2_000;

/**
 * Why InfluxDB did not do it. `away`: no answer, or one that may be another next time (5xx, 429); `denied`: it does not
 * let us (401, 403) or what we need is not there (404); `data`: it does not take what was sent (400, 413, 422).
 */
export type InfluxFault = 'away' | 'denied' | 'data';

export class InfluxError extends Error {
  override readonly name = 'InfluxError';
  readonly fault: InfluxFault;
  constructor(fault: InfluxFault, message: string) {
    super(message);
    this.fault = fault;
  }
}

export type Flavour = {major: 1 | 2; version: string};

/** One table of an answer: a `SELECT` on one measurement gives at most one. */
export type InfluxTable = {columns: string[]; values: (number | string | null)[][]};

function faultOf(status: number): InfluxFault {
  if (status === 401 || status === 403 || status === 404) return 'denied';
  return status === 429 || status >= 500 || status < 400 ? 'away' : 'data';
}

/** `"eco"` as an identifier of InfluxQL. */
export function identifier(name: string): string {
  return `"${name.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
}

/** `'12'` as a string of InfluxQL. */
export function literal(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}

/** The few requests to InfluxDB that the store needs, the same for 1.x and 2.x where they are. */
export class InfluxApi {
  readonly #access: InfluxAccess;
  readonly #base: string;
  readonly #headers: Record<string, string>;

  constructor(access: InfluxAccess) {
    this.#access = access;
    this.#base = access.url.replace(/\/+$/, '');
    // 2.x has tokens; 1.x before 1.8 knows only a user and a password.
    const {token} = access;
    this.#headers =
      token === undefined
        ? {}
        : {
            authorization: token.includes(':')
              ? `Basic ${Buffer.from(token).toString('base64')}`
              : `Token ${token}`,
          };
  }

  /**
   * Which InfluxDB answers.
   * @throws {InfluxError} `denied` for what only looks like one, or a major version that is not supported.
   */
  async flavour(): Promise<Flavour> {
    const response = await this.#fetch('/ping', {}, 5_000);
    await response.arrayBuffer();
    const version = response.headers.get('x-influxdb-version') ?? '';
    const build = response.headers.get('x-influxdb-build');
    // VictoriaMetrics states a version and no build, and answers every InfluxQL with something.
    if (!build)
      throw new InfluxError('denied', `expected InfluxDB 1.x or 2.x, got ${version || 'no version'}`);
    if (/^v?1\./.test(version)) return {major: 1, version};
    if (/^v?[3-9]\./.test(version)) {
      throw new InfluxError('denied', `expected InfluxDB 1.x or 2.x, got ${version}`);
    }
    // A server that was built without being told its version says none.
    return {major: 2, version: version || '2.x'};
  }

  /** Makes bucket (2.x) or database (1.x), kept for ever, if it is not there. */
  async ensure(major: 1 | 2, bucket: string): Promise<{made: boolean; retentionS: number}> {
    if (major === 1) {
      const found = await this.select('', [`SHOW DATABASES`]);
      const made = !found[0]!.values.some(([name]) => name === bucket);
      if (made) await this.#command(`CREATE DATABASE ${identifier(bucket)}`);
      const policies = await this.select('', [`SHOW RETENTION POLICIES ON ${identifier(bucket)}`]);
      const {columns, values} = policies[0]!;
      const byDefault = values.find((row) => row[columns.indexOf('default')] === (true as never));
      return {made, retentionS: goSeconds(String(byDefault?.[columns.indexOf('duration')] ?? '0s'))};
    }
    const name = encodeURIComponent(bucket);
    const org = encodeURIComponent(this.#access.org);
    const {buckets = []} = await this.#json<{buckets?: {retentionRules: {everySeconds: number}[]}[]}>(
      `/api/v2/buckets?name=${name}&org=${org}`,
      {},
      [404],
    );
    if (buckets[0]) return {made: false, retentionS: buckets[0].retentionRules[0]?.everySeconds ?? 0};
    const {orgs = []} = await this.#json<{orgs?: {id: string}[]}>(`/api/v2/orgs?org=${org}`, {});
    const orgID = orgs[0]?.id;
    if (orgID === undefined) {
      throw new InfluxError('denied', `organisation ${this.#access.org} is not there, or not for this token`);
    }
    await this.#json('/api/v2/buckets', {orgID, name: bucket, retentionRules: []});
    return {made: true, retentionS: 0};
  }

  /** One table for each `SELECT` (or `SHOW`), empty where nothing was found. */
  async select(
    bucket: string,
    statements: readonly string[],
    timeoutMs = QUERY_TIMEOUT_MS,
  ): Promise<InfluxTable[]> {
    const query = new URLSearchParams({db: bucket, epoch: 'ms', q: statements.join(';')});
    const response = await this.#fetch(`/query?${query}`, {}, timeoutMs);
    const {results} = await this.#body<{
      results: {statement_id?: number; error?: string; series?: Partial<InfluxTable>[]}[];
    }>(response);
    return statements.map((statement, i) => {
      const result = results[i];
      if (!result || result.error !== undefined) {
        const message = result?.error ?? 'no answer';
        const fault = /not found/.test(message)
          ? 'denied'
          : /timeout|busy|limit/.test(message)
            ? 'away'
            : 'data';
        throw new InfluxError(fault, `${message} (${statement.slice(0, 200)})`);
      }
      // An empty list is left out of the answer.
      const {columns = [], values = []} = result.series?.[0] ?? {};
      return {columns, values};
    });
  }

  /** Takes all points of these series out of a bucket. */
  async remove(major: 1 | 2, bucket: string, measurement: string, series: readonly number[]): Promise<void> {
    for (const one of series) {
      if (major === 1) {
        await this.#command(
          `DELETE FROM ${identifier(measurement)} WHERE "series" = ${literal(String(one))}`,
          bucket,
        );
        continue;
      }
      const where = `org=${encodeURIComponent(this.#access.org)}&bucket=${encodeURIComponent(bucket)}`;
      const response = await this.#fetch(`/api/v2/delete?${where}`, {
        start: '1677-09-22T00:00:00Z',
        stop: '2262-04-11T00:00:00Z',
        // In quotes: `series` is a word of their language.
        predicate: `_measurement="${measurement}" AND "series"="${one}"`,
      });
      await this.#body(response);
    }
  }

  /**
   * Sends lines and returns when they are durable there (its write-ahead log is on disk).
   * @throws {InfluxError}
   */
  async write(writer: WriteApi, lines: readonly string[]): Promise<void> {
    try {
      writer.writeRecords(lines as string[]);
      await writer.flush();
    } catch (error) {
      if (error instanceof HttpError) {
        const said = error.json?.message ?? error.json?.error ?? error.body ?? error.message;
        throw new InfluxError(faultOf(error.statusCode), `${error.statusCode} ${String(said).slice(0, 500)}`);
      }
      throw new InfluxError('away', (error as Error).message);
    }
  }

  /**
   * The same of lines that are bytes already (each ends with a line break): for many rows, of which nothing is then kept
   * but those. They must stay as they are until it is done.
   * @throws {InfluxError}
   */
  async writeBytes(major: 1 | 2, bucket: string, lines: Uint8Array): Promise<void> {
    const into = encodeURIComponent(bucket);
    const org = encodeURIComponent(this.#access.org);
    const path =
      major === 1 ? `/write?db=${into}&precision=ms` : `/api/v2/write?org=${org}&bucket=${into}&precision=ms`;
    const packed = this.#isLocal() ? null : await gzipped(lines);
    const {status, text} = await this.#post(
      path,
      packed ?? lines,
      packed ? {'content-encoding': 'gzip'} : {},
    );
    if (status < 200 || status >= 300)
      throw new InfluxError(faultOf(status), `${status} ${text.slice(0, 500)}`);
  }

  /** `fetch` would make a copy of all that it sends. */
  #post(path: string, body: Uint8Array, headers: object): Promise<{status: number; text: string}> {
    const url = new URL(`${this.#base}${path}`);
    const send = url.protocol === 'https:' ? https.request : http.request;
    return new Promise((resolve, reject) => {
      const away = (error: Error) => reject(new InfluxError('away', error.message));
      const request = send(url, {
        method: 'POST',
        headers: {
          ...this.#headers,
          'content-type': 'text/plain; charset=utf-8',
          'content-length': body.byteLength,
          ...headers,
        },
        signal: AbortSignal.timeout(WRITE_TIMEOUT_MS),
      });
      request.on('error', away);
      request.on('response', (response) => {
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (chunk: string) => {
          if (text.length < MOST_REPLY) text += chunk;
        });
        response.on('error', away);
        response.on('end', () => resolve({status: response.statusCode ?? 0, text}));
      });
      request.end(body);
    });
  }

  /** On the same machine packing costs more than sending. */
  #isLocal(): boolean {
    return /^https?:\/\/(127\.|localhost|\[::1\])/.test(this.#base);
  }

  /**
   * The stock client, made to wait: a batch never fills by itself, nothing is tried again behind our back, and `flush`
   * resolves only when the server has taken the lines.
   */
  writer(major: 1 | 2, bucket: string): WriteApi {
    // It would write of each failure on the console; we say it once, in our own log.
    setLogger({error() {}, warn() {}});
    const writer = new InfluxDB({url: this.#base, timeout: WRITE_TIMEOUT_MS}).getWriteApi(
      this.#access.org,
      bucket,
      'ms',
      {
        batchSize: BATCH_LINES + 1,
        flushInterval: 0,
        maxRetries: 0,
        maxBatchBytes: BATCH_BYTES,
        maxBufferLines: BATCH_LINES + 1,
        headers: this.#headers,
        ...(this.#isLocal() ? {} : {gzipThreshold: GZIP_FROM_BYTES}),
      },
    );
    if (major === 1) writer.path = `/write?db=${encodeURIComponent(bucket)}&precision=ms`;
    return writer;
  }

  async #command(statement: string, bucket = ''): Promise<void> {
    const query = new URLSearchParams({db: bucket, q: statement});
    const response = await this.#fetch(`/query?${query}`, undefined, QUERY_TIMEOUT_MS, 'POST');
    const {results = []} = await this.#body<{results?: {error?: string}[]}>(response);
    // A measurement that was never written has nothing to be deleted.
    if (results[0]?.error !== undefined && !/not found/.test(results[0].error)) {
      throw new InfluxError('denied', `${results[0].error} (${statement.slice(0, 200)})`);
    }
  }

  async #json<T>(path: string, body: object, fine: readonly number[] = []): Promise<T> {
    const response = await this.#fetch(path, Object.keys(body).length === 0 ? {} : body);
    if (fine.includes(response.status)) {
      await response.arrayBuffer();
      return {} as T;
    }
    return await this.#body<T>(response);
  }

  /** A body makes it a POST. */
  async #fetch(
    path: string,
    body: object | undefined,
    timeoutMs = QUERY_TIMEOUT_MS,
    method = body && Object.keys(body).length > 0 ? 'POST' : 'GET',
  ): Promise<Response> {
    const json = body && Object.keys(body).length > 0 ? JSON.stringify(body) : undefined;
    try {
      return await fetch(`${this.#base}${path}`, {
        method,
        headers: {...this.#headers, ...(json === undefined ? {} : {'content-type': 'application/json'})},
        ...(json === undefined ? {} : {body: json}),
        signal: AbortSignal.timeout(timeoutMs),
        redirect: 'error',
      });
    } catch (error) {
      const {cause, message} = error as Error & {cause?: {message?: string}};
      throw new InfluxError('away', cause?.message ?? message);
    }
  }

  /** What came, as JSON; nothing for an empty body. */
  async #body<T>(response: Response): Promise<T> {
    let text: string;
    try {
      text = await response.text();
    } catch (error) {
      throw new InfluxError('away', (error as Error).message);
    }
    if (!response.ok) {
      throw new InfluxError(faultOf(response.status), `${response.status} ${text.slice(0, 500)}`);
    }
    try {
      return (text === '' ? {} : JSON.parse(text)) as T;
    } catch {
      throw new InfluxError('denied', `expected JSON from ${response.url}, got ${text.slice(0, 80)}`);
    }
  }
}

const gzipped = promisify(gzip) as (bytes: Uint8Array) => Promise<Uint8Array>;

/** `168h0m0s` in seconds; 0: for ever. */
function goSeconds(duration: string): number {
  const found = /^(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?$/.exec(duration);
  return found ? Number(found[1] ?? 0) * 3600 + Number(found[2] ?? 0) * 60 + Number(found[3] ?? 0) : 0;
}
