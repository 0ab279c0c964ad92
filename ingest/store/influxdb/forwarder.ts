import type {Worker} from 'node:worker_threads';
import type {Batch} from '#schemas';
import type {Forwarded} from '../embedded/protocol.ts';
import {startWorker} from '../embedded/worker-link.ts';
import type {ForwardQuestion, ForwardState, FromForwarder, ToForwarder} from './forward-protocol.ts';
import type {InfluxAccess, InfluxStoreOptions} from './options.ts';

/** How long a close waits for the request in hand. */
const CLOSE_MS = 1_000;

type Needs = {
  database: string;
  influx: InfluxAccess;
  instance: string;
  labels: InfluxStoreOptions['labels'];
  /** Rows in the outbox, and its newest number, when the store was opened. */
  waiting: {rows: number; seq: number};
  mostRows: number;
  commit(report: Forwarded): void;
  keep(letters: Batch['deadLetters']): void;
  now(): number;
  log(level: 'info' | 'warn' | 'error', message: string, details: object): void;
};

export type ForwardStats = ForwardState & {
  /** Rows that wait for InfluxDB, and how many may. */
  waitingRows: number;
  mostRows: number;
  /** Since the start. */
  sentRows: number;
  refusedRows: number;
  faults: Record<string, number>;
};

/** The worker that brings the outbox to InfluxDB, seen from the main thread. */
export class Forwarder {
  readonly #needs: Needs;
  readonly #worker: Worker;
  readonly #asked = new Map<number, {resolve(value: unknown): void; reject(error: Error): void}>();
  #lastAsked = 0;
  #state: ForwardState;
  #waitingRows: number;
  #sentSeq: number;
  #sentRows = 0;
  #refusedRows = 0;
  readonly #faults: Record<string, number> = {};
  #alarmedAt = 0;
  /** Those who wait for a number to be sent, or for room. */
  #sentWaiting: {seq: number; resolve(sent: boolean): void}[] = [];
  #roomWaiting: (() => void)[] = [];
  #ended = false;

  constructor(needs: Needs) {
    this.#needs = needs;
    this.#waitingRows = needs.waiting.rows;
    this.#sentSeq = needs.waiting.rows === 0 ? needs.waiting.seq : 0;
    this.#state = {state: 'connecting', sinceMs: needs.now(), message: 'not yet asked'};
    this.#worker = startWorker(new URL('./forward-worker.ts', import.meta.url), {
      database: needs.database,
      influx: needs.influx,
      instance: needs.instance,
    });
    this.#worker.on('message', (message: FromForwarder | {id: number; value?: unknown; error?: string}) => {
      if ('id' in message) this.#answer(message);
      else this.#hear(message);
    });
    this.#worker.on('error', (error) => {
      this.#end(error);
      this.#state = {state: 'denied', sinceMs: needs.now(), message: `stopped: ${error.message}`};
      needs.log('error', 'nothing goes to InfluxDB any more until the next start', {error});
    });
    this.#worker.on('exit', () => this.#end(new Error('the forwarder to InfluxDB is closed')));
  }

  get sending(): boolean {
    return this.#state.state === 'sending';
  }

  stats(): ForwardStats {
    return {
      ...this.#state,
      waitingRows: this.#waitingRows,
      mostRows: this.#needs.mostRows,
      sentRows: this.#sentRows,
      refusedRows: this.#refusedRows,
      faults: {...this.#faults},
    };
  }

  /** Rows were committed to the outbox. */
  committed(rows: number): void {
    this.#waitingRows += rows;
    this.#say({event: 'poke'});
    this.#alarm();
  }

  /** null: the spool has room. */
  room(stall: (message: string) => void): Promise<void> | null {
    if (this.#waitingRows < this.#needs.mostRows) return null;
    stall(`${this.#waitingRows} rows wait for InfluxDB and no more may: ${this.#state.message}`);
    return new Promise((resolve) => this.#roomWaiting.push(resolve));
  }

  /** True once all of the outbox up to a number is in InfluxDB; false if that takes too long. */
  hasSent(seq: number, withinMs: number): Promise<boolean> {
    if (this.#sentSeq >= seq) return Promise.resolve(true);
    if (!this.sending && this.#state.state !== 'connecting') return Promise.resolve(false);
    return new Promise((resolve) => {
      const timer = setTimeout(() => entry.resolve(false), withinMs);
      const entry = {
        seq,
        resolve: (sent: boolean) => {
          clearTimeout(timer);
          resolve(sent);
        },
      };
      this.#sentWaiting.push(entry);
    });
  }

  ask<T>(question: ForwardQuestion, transfer: ArrayBuffer[] = []): Promise<T> {
    return new Promise((resolve, reject) => {
      if (this.#ended) return reject(new Error('the forwarder to InfluxDB is closed'));
      const id = ++this.#lastAsked;
      this.#asked.set(id, {resolve: resolve as (value: unknown) => void, reject});
      this.#worker.postMessage({id, question}, transfer);
    });
  }

  /** Nobody waits for anything any more. */
  giveUp(): void {
    for (const {resolve} of this.#sentWaiting.splice(0)) resolve(false);
  }

  /** What is in flight may still arrive over there; the outbox keeps it, and it is sent again. */
  async close(): Promise<void> {
    this.giveUp();
    this.#say({event: 'stop'});
    const closed = this.ask({kind: 'close'}).catch(() => {});
    await Promise.race([closed, new Promise((resolve) => setTimeout(resolve, CLOSE_MS))]);
    await this.#worker.terminate();
  }

  terminate(): void {
    this.#worker.terminate();
  }

  #say(message: ToForwarder): void {
    if (!this.#ended) this.#worker.postMessage(message);
  }

  #answer({id, value, error}: {id: number; value?: unknown; error?: string}): void {
    const waiting = this.#asked.get(id);
    this.#asked.delete(id);
    if (error === undefined) waiting?.resolve(value);
    else waiting?.reject(new Error(error));
  }

  #hear(message: FromForwarder): void {
    if (message.event === 'state') this.#changed(message.state);
    else if (message.event === 'fault') this.#faults[message.fault] = (this.#faults[message.fault] ?? 0) + 1;
    else if (message.event === 'labels') void this.#label(message.series);
    else {
      const {rows, report, letters} = message;
      if (letters.length > 0) this.#needs.keep(letters);
      this.#needs.commit(report);
      this.#refusedRows += letters.length;
      this.#sentRows += rows - letters.length;
      this.#waitingRows -= rows;
      this.#sentSeq = report.seq;
      this.#sentWaiting = this.#sentWaiting.filter((entry) => {
        if (entry.seq > this.#sentSeq) return true;
        entry.resolve(true);
        return false;
      });
      if (this.#waitingRows < this.#needs.mostRows) {
        for (const resolve of this.#roomWaiting.splice(0)) resolve();
      }
      if (this.#waitingRows < this.#needs.mostRows / 2) this.#alarmedAt = 0;
    }
  }

  #changed(state: ForwardState): void {
    const before = this.#state;
    this.#state = state;
    if (before.state === state.state) return;
    const details = {reason: state.message, waitingRows: this.#waitingRows};
    if (state.state === 'sending') {
      this.#needs.log('info', 'InfluxDB takes observations', {
        ...details,
        afterMs: state.sinceMs - before.sinceMs,
      });
    } else if (state.state === 'away') {
      this.#needs.log('warn', 'InfluxDB does not answer; observations are kept for it', details);
    } else {
      this.#needs.log('error', 'InfluxDB does not take our observations; they are kept for it', details);
    }
    if (state.state !== 'sending') this.giveUp();
  }

  /** At half and at four fifths of the room somebody should know. */
  #alarm(): void {
    const share = this.#waitingRows / this.#needs.mostRows;
    const step = share >= 0.8 ? 0.8 : share >= 0.5 ? 0.5 : 0;
    if (step <= this.#alarmedAt) return;
    this.#alarmedAt = step;
    this.#needs.log('warn', 'the room for observations that wait for InfluxDB fills', {
      waitingRows: this.#waitingRows,
      mostRows: this.#needs.mostRows,
    });
  }

  async #label(series: readonly number[]): Promise<void> {
    const labels = await this.#needs.labels;
    this.#say({event: 'labels', labels: series.map((one) => [one, labels?.(one) ?? {}])});
  }

  #end(error: Error): void {
    if (this.#ended) return;
    this.#ended = true;
    this.giveUp();
    for (const waiting of this.#asked.values()) waiting.reject(error);
    this.#asked.clear();
  }
}
