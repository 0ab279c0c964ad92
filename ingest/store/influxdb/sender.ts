import type {DatabaseSync, StatementSync} from 'node:sqlite';
import type {WriteApi} from '@influxdata/influxdb-client';
import type {DeadLetter} from '#schemas';
import {KEY} from '../embedded/cold-source.ts';
import type {Forwarded} from '../embedded/protocol.ts';
import type {Columns, RowArrays} from '../embedded/row-arrays.ts';
import {sameValue} from '../embedded/transaction-writer.ts';
import type {ForwardState, FromForwarder} from './forward-protocol.ts';
import {BATCH_LINES, type Flavour, type InfluxApi, InfluxError} from './influx-api.ts';
import {InfluxRows} from './influx-rows.ts';
import type {InfluxAccess, SeriesLabels} from './options.ts';
import type {OutboxEntry} from './outbox.ts';
import {chooseRows, unpackRows} from './outbox-rows.ts';
import {lineHead, lineOf, MARKER, MEASUREMENT, TIER_MEASUREMENT, tierBucket} from './points.ts';

/** Least time from one request to the next while there is no backlog: the rows of that time go together. */
const PACE_MS = 100;
/** Tries again after this, then twice as long each time, ± a third so that many do not come at once. */
const FIRST_WAIT_MS = 250;
const MOST_WAIT_MS = 5_000;
/** Somebody has to do something about it: looked at again after this. */
const DENIED_WAIT_MS = 60_000;
/** With nothing to send, whether it is there. */
const IDLE_MS = 10_000;
/** Fields and time of a line at most: three floats of up to 25 characters, two integers, the names. */
const MOST_FIELDS_BYTES = 160;
/** Nothing of a batch of this many lines taken: it is not the lines. */
const SUSPICIOUS_LINES = 64;

type Needs = {
  db: DatabaseSync;
  api: InfluxApi;
  access: InfluxAccess;
  instance: string;
  say(message: FromForwarder): void;
};

/** The loop that sends: one batch at a time, and the next only when this one is durable over there. */
export class Sender {
  readonly #needs: Needs;
  readonly #rows: InfluxRows;
  readonly #entries: StatementSync;
  readonly #heads = new Map<number, string>();
  #cursor = 0;
  #flavour: Flavour | null = null;
  #writer: WriteApi | null = null;
  /** Of requests past the outbox; each has one while it is under way. */
  readonly #buffers: Buffer<ArrayBuffer>[] = [];
  #said: ForwardState['state'] = 'connecting';
  #ended = false;
  #poked = false;
  #wake: (() => void) | null = null;
  #labelled: (() => void)[] = [];
  #stopped: Promise<void> = Promise.resolve();

  constructor(needs: Needs) {
    this.#needs = needs;
    this.#rows = new InfluxRows(needs.api, needs.access);
    this.#entries = needs.db.prepare('SELECT seq, kind, n, data FROM outbox WHERE seq>? ORDER BY seq');
  }

  start(): void {
    this.#stopped = this.#run();
  }

  get stopped(): Promise<void> {
    return this.#stopped;
  }

  stop(): void {
    this.#ended = true;
    this.#wake?.();
    this.#told();
  }

  poke(): void {
    this.#poked = true;
    this.#wake?.();
  }

  label(labels: readonly [number, SeriesLabels][]): void {
    for (const [series, of] of labels) this.#heads.set(series, lineHead(MEASUREMENT, series, of));
    this.#told();
  }

  async #run(): Promise<void> {
    let failures = 0;
    while (!this.#ended) {
      try {
        await this.#connect();
        this.#poked = false;
        const more = await this.#sendNext();
        failures = 0;
        if (this.#ended) return;
        if (!more) {
          if (!this.#poked) await this.#sleep(IDLE_MS, true);
          // Those that come within the pace go together.
          await this.#sleep(PACE_MS, false);
        }
      } catch (error) {
        if (this.#ended) return;
        const {fault, message} =
          error instanceof InfluxError ? error : {fault: 'data' as const, message: String(error)};
        this.#needs.say({event: 'fault', fault});
        this.#flavour = null;
        this.#state(fault === 'away' ? 'away' : 'denied', message);
        const longest = fault === 'away' ? MOST_WAIT_MS : DENIED_WAIT_MS;
        const wait = fault === 'away' ? Math.min(FIRST_WAIT_MS * 2 ** failures++, longest) : longest;
        await this.#sleep(wait * (2 / 3 + (2 / 3) * Math.random()), false);
      }
    }
  }

  /** Sees to it that our buckets are there and ours; each time it came back, since it may be another one. */
  async #connect(): Promise<void> {
    const {api, access, instance} = this.#needs;
    if (this.#flavour) return;
    const flavour = await api.flavour();
    const {retentionS} = await api.ensure(flavour.major, access.bucket);
    await api.ensure(flavour.major, tierBucket(access.bucket));
    const writer = api.writer(flavour.major, access.bucket);
    const [marker] = await api.select(access.bucket, [`SELECT last("instance") FROM "${MARKER}"`]);
    const found = marker!.values[0]?.[1];
    if (found === undefined) {
      await api.write(writer, [`${MARKER} instance="${instance}" ${Date.now()}`]);
    } else if (found !== instance) {
      throw new InfluxError(
        'denied',
        `bucket ${access.bucket} holds the observations of another data folder (${found}, ours is ${instance}); ` +
          'choose an empty bucket (ECO_INFLUX_BUCKET), or move them with eco migrate',
      );
    }
    this.#flavour = flavour;
    this.#writer = writer;
    const kept = retentionS === 0 ? '' : `; it forgets observations older than ${retentionS / 86_400} days`;
    this.#state('sending', `InfluxDB ${flavour.version}, bucket ${access.bucket}${kept}`);
  }

  /** True if there may be more. */
  async #sendNext(): Promise<boolean> {
    const entries = this.#next();
    const [first] = entries;
    if (!first) {
      await this.#needs.api.flavour();
      return false;
    }
    if (first.kind === 'purge') {
      await this.#purge(JSON.parse(Buffer.from(first.data).toString()) as number[]);
      this.#sent({seq: first.seq, known: null, refused: null}, 0, []);
      return true;
    }
    if (first.kind === 'unsure') {
      await this.#sendUnsure(first);
      return true;
    }
    let rows = 0;
    let last = first;
    const lines: string[] = [];
    const parts: {rows: RowArrays; from: number}[] = [];
    for (const entry of entries) {
      if (entry.kind !== 'rows' || (rows > 0 && rows + entry.n > BATCH_LINES)) break;
      const unpacked = unpackRows(entry.data);
      parts.push({rows: unpacked, from: rows});
      await this.#knowHeads(unpacked);
      if (this.#ended) return false;
      for (let i = 0; i < entry.n; i++)
        lines.push(lineOf(this.#heads.get(unpacked.series[i]!)!, unpacked, i));
      rows += entry.n;
      last = entry;
    }
    const refused = await this.#writeAll(this.#writer!, lines);
    const evidence = refused.map((at) => {
      const part = parts.findLast(({from}) => from <= at.line)!;
      return {...at, rows: part.rows, row: at.line - part.from};
    });
    this.#sent(
      {seq: last.seq, known: null, refused: rowsOf(evidence)},
      rows,
      evidence.map(({text, reason}) => letterOf(this.#needs.access, text, reason)),
    );
    return last !== entries.at(-1) || rows >= BATCH_LINES;
  }

  /** Entries that wait, as many as make a batch. */
  #next(): OutboxEntry[] {
    const entries: OutboxEntry[] = [];
    let rows = 0;
    for (const found of this.#entries.iterate(this.#cursor)) {
      const entry = found as unknown as OutboxEntry;
      entries.push(entry);
      rows += entry.n;
      if (rows >= BATCH_LINES || entry.kind !== 'rows') break;
    }
    return entries;
  }

  /** Rows that came while it could not be asked: what is there already stays, ours beside it. */
  async #sendUnsure(entry: OutboxEntry): Promise<void> {
    const rows = unpackRows(entry.data);
    const found = await this.#rows.find(rows);
    const fresh: number[] = [];
    const known: number[] = [];
    for (let i = 0; i < entry.n; i++) {
      if (found.hit[i] !== KEY.present) fresh.push(i);
      // The very row: sent before, and we stopped before we knew.
      else if (!sameValue(found.value[i]!, rows.value[i]!) || found.received[i] !== rows.receivedMs[i])
        known.push(i);
    }
    const sent = chooseRows(rows, fresh);
    await this.#knowHeads(sent);
    if (this.#ended) return;
    const lines = fresh.map((_, i) => lineOf(this.#heads.get(sent.series[i]!)!, sent, i));
    const refused = await this.#writeAll(this.#writer!, lines);
    const evidence = refused.map((at) => ({...at, rows: sent, row: at.line}));
    const there = Float64Array.from(known, (i) => found.value[i]!);
    this.#sent(
      {
        seq: entry.seq,
        known: known.length > 0 ? {rows: chooseRows(rows, known), there} : null,
        refused: rowsOf(evidence),
      },
      entry.n,
      evidence.map(({text, reason}) => letterOf(this.#needs.access, text, reason)),
    );
  }

  async #purge(series: readonly number[]): Promise<void> {
    const {api, access} = this.#needs;
    const {major} = this.#flavour!;
    for (const one of series) this.#heads.delete(one);
    await api.remove(major, access.bucket, MEASUREMENT, series);
    await api.remove(major, tierBucket(access.bucket), TIER_MEASUREMENT, series);
  }

  /** Sends lines; gives those that it refuses, found by halving. */
  async #writeAll(writer: WriteApi, lines: readonly string[]): Promise<Refusal[]> {
    const refused: Refusal[] = [];
    for (let at = 0; at < lines.length; at += BATCH_LINES) {
      const some = lines.slice(at, at + BATCH_LINES);
      const found = await this.#write(writer, some, at);
      if (found.length === some.length && some.length >= SUSPICIOUS_LINES) {
        throw new InfluxError('denied', `none of ${some.length} lines is taken: ${found[0]!.reason}`);
      }
      refused.push(...found);
    }
    return refused;
  }

  async #write(writer: WriteApi, lines: readonly string[], from: number): Promise<Refusal[]> {
    try {
      await this.#needs.api.write(writer, lines);
      return [];
    } catch (error) {
      if (!(error instanceof InfluxError) || error.fault !== 'data') throw error;
      this.#needs.say({event: 'fault', fault: 'data'});
      if (lines.length === 1) return [{line: from, text: lines[0]!, reason: error.message}];
      const half = lines.length >>> 1;
      const first = await this.#write(writer, lines.slice(0, half), from);
      if (first.length === half && half >= SUSPICIOUS_LINES) {
        throw new InfluxError('denied', `none of ${half} lines is taken: ${error.message}`);
      }
      return [...first, ...(await this.#write(writer, lines.slice(half), from + half))];
    }
  }

  /** Asks for the labels of series that are not known yet. */
  async #knowHeads({series: wanted}: Pick<RowArrays, 'series'>): Promise<void> {
    const unknown = new Set<number>();
    for (const series of wanted) if (!this.#heads.has(series)) unknown.add(series);
    while (unknown.size > 0 && !this.#ended) {
      const told = new Promise<void>((resolve) => this.#labelled.push(resolve));
      this.#needs.say({event: 'labels', series: [...unknown]});
      await told;
      for (const series of unknown) if (this.#heads.has(series)) unknown.delete(series);
    }
  }

  #told(): void {
    for (const resolve of this.#labelled.splice(0)) resolve();
  }

  /**
   * Sends rows of one series past the outbox; returns when they are durable over there, with the indexes of those that it
   * refused. While nobody answers it is tried again.
   * @throws {InfluxError} `denied`.
   */
  async sendRows(series: number, rows: Columns): Promise<number[]> {
    await this.#knowHeads({series: Int32Array.of(series)});
    const head = this.#heads.get(series)!;
    const refused: number[] = [];
    for (let at = 0; at < rows.timeMs.length; at += BATCH_LINES) {
      const to = Math.min(at + BATCH_LINES, rows.timeMs.length);
      const buffer = this.#buffers.pop() ?? Buffer.allocUnsafeSlow(0);
      const {bytes, whole} = linesOf(head, rows, {from: at, to}, buffer);
      try {
        const found = await this.#untilTaken((major) => this.#writeBytes(major, bytes));
        refused.push(...found.map(({line}) => at + line));
      } finally {
        this.#buffers.push(whole);
      }
    }
    return refused;
  }

  /** Which of the lines it refuses is looked for when there are such, line by line. */
  async #writeBytes(major: 1 | 2, lines: Uint8Array): Promise<Refusal[]> {
    const {api, access} = this.#needs;
    try {
      await api.writeBytes(major, access.bucket, lines);
      return [];
    } catch (error) {
      if (!(error instanceof InfluxError) || error.fault !== 'data') throw error;
      const texts = new TextDecoder().decode(lines).split('\n').slice(0, -1);
      return await this.#writeAll(api.writer(major, access.bucket), texts);
    }
  }

  async #untilTaken<T>(work: (major: 1 | 2) => Promise<T>): Promise<T> {
    for (let waitMs = FIRST_WAIT_MS; ; waitMs = Math.min(waitMs * 2, MOST_WAIT_MS)) {
      try {
        if (!this.#flavour) throw new InfluxError('away', 'not connected');
        return await work(this.#flavour.major);
      } catch (error) {
        if (this.#ended || !(error instanceof InfluxError) || error.fault !== 'away') throw error;
        this.#needs.say({event: 'fault', fault: error.fault});
        await new Promise((resolve) => setTimeout(resolve, waitMs));
      }
    }
  }

  /** What writes to the second bucket, with the heads of these series. */
  async tierWriter(
    series: Int32Array<ArrayBuffer>,
  ): Promise<{heads: ReadonlyMap<number, string>; write(lines: readonly string[]): Promise<void>}> {
    if (!this.#flavour) throw new InfluxError('away', 'not connected');
    const {api, access} = this.#needs;
    const writer = api.writer(this.#flavour.major, tierBucket(access.bucket));
    await this.#knowHeads({series});
    return {heads: this.#heads, write: (lines) => this.#untilTaken(() => api.write(writer, lines))};
  }

  #sent(report: Forwarded, rows: number, letters: DeadLetter[]): void {
    this.#cursor = report.seq;
    this.#needs.say({event: 'sent', rows, report, letters});
  }

  #state(state: ForwardState['state'], message: string): void {
    if (state === this.#said && state === 'sending') return;
    this.#said = state;
    this.#needs.say({event: 'state', state: {state, sinceMs: Date.now(), message}});
  }

  async #sleep(ms: number, wakeable: boolean): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#wake = () => {
        if (!wakeable && !this.#ended) return;
        clearTimeout(timer);
        resolve();
      };
    });
    this.#wake = null;
  }
}

/**
 * Lines of rows [from, to) of a series, each with a line break, as bytes in a buffer or, where it is too small, a new one:
 * lines as texts would live long enough to be kept.
 */
function linesOf(
  head: string,
  rows: Columns,
  {from, to}: {from: number; to: number},
  buffer: Buffer<ArrayBuffer>,
): {bytes: Uint8Array; whole: Buffer<ArrayBuffer>} {
  const most = (to - from) * (Buffer.byteLength(head) + MOST_FIELDS_BYTES);
  const whole = buffer.length >= most ? buffer : Buffer.allocUnsafeSlow(most);
  let used = 0;
  for (let i = from; i < to; i++) used += whole.write(`${lineOf(head, rows, i)}\n`, used);
  return {bytes: whole.subarray(0, used), whole};
}

type Refusal = {line: number; text: string; reason: string};

function rowsOf(evidence: readonly {rows: RowArrays; row: number}[]): RowArrays | null {
  if (evidence.length === 0) return null;
  const parts = evidence.map(({rows, row}) => chooseRows(rows, [row]));
  return {
    timeMs: Float64Array.from(parts, (part) => part.timeMs[0]!),
    series: Int32Array.from(parts, (part) => part.series[0]!),
    value: Float64Array.from(parts, (part) => part.value[0]!),
    qc: Int32Array.from(parts, (part) => part.qc[0]!),
    receivedMs: Float64Array.from(parts, (part) => part.receivedMs[0]!),
  };
}

/** The line that InfluxDB does not take, kept as evidence; the row itself stays in the local database. */
function letterOf(access: InfluxAccess, line: string, reason: string): DeadLetter {
  return {
    receivedMs: Date.now(),
    source: 'influxdb',
    topic: access.bucket,
    principal: null,
    device: null,
    code: 'store_refused',
    message: reason,
    payload: Buffer.from(line),
  };
}
