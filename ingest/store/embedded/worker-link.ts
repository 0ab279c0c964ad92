import {Worker} from 'node:worker_threads';
import {EcoError} from '#schemas';

type Refusal = {code: string; status: number; details: unknown};
type Reply = {id: number; value?: unknown; error?: string; refusal?: Refusal};
type Pending = {resolve(value: unknown): void; reject(error: Error): void};

/** Asks a worker by number and gets its answer as a promise. The worker side is `answer`. */
export class WorkerLink<Ask extends object> {
  readonly worker: Worker;
  readonly #pending = new Map<number, Pending>();
  #last = 0;
  #dead: Error | null = null;
  #ending = false;

  constructor(url: URL, workerData: unknown, onDeath: (error: Error) => void) {
    this.worker = new Worker(url, {workerData});
    this.worker.on('message', (reply: Reply) => {
      const waiting = this.#pending.get(reply.id);
      this.#pending.delete(reply.id);
      if (reply.error === undefined) waiting?.resolve(reply.value);
      else waiting?.reject(errorOf(reply.error, reply.refusal));
    });
    const die = (error: Error) => {
      if (this.#dead) return;
      this.#dead = error;
      for (const waiting of this.#pending.values()) waiting.reject(error);
      this.#pending.clear();
      // A worker that was asked to end may be gone before its answer is read.
      if (!this.#ending) onDeath(error);
    };
    this.worker.on('error', die);
    this.worker.on('exit', (code) => die(new Error(`store worker ended with code ${code}`)));
  }

  ask<T>(question: Ask, transfer: ArrayBuffer[] = []): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      if (this.#dead) return reject(this.#dead);
      const id = ++this.#last;
      this.#pending.set(id, {resolve: resolve as (value: unknown) => void, reject});
      this.worker.postMessage({id, question}, transfer);
    });
  }

  /** Nothing is to be reported any more: the end is wanted. */
  async end(goodbye: Ask): Promise<void> {
    if (this.#dead) return;
    this.#ending = true;
    const gone = new Promise<void>((resolve) => this.worker.once('exit', () => resolve()));
    // A worker that dies over it is as much at its end.
    await this.ask(goodbye).catch(() => {});
    this.#dead = new Error('the store is closed');
    await gone;
  }
}

/** The product's own errors keep their code on the way from a worker. */
function errorOf(message: string, refusal: Refusal | undefined): Error {
  return refusal ? new EcoError(refusal.code, message, refusal.status, refusal.details) : new Error(message);
}
