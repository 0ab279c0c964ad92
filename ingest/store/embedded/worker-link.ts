import {type MessagePort, Worker} from 'node:worker_threads';
import {EcoError} from '#schemas';

type Refusal = {code: string; status: number; details: unknown};
type Reply = {id: number; value?: unknown; error?: string; refusal?: Refusal};
/**
 * Young generation of a worker's heap, MB: what DuckDB holds for a result goes only when the result's object, a small one,
 * is collected. With the usual 48 MB that is too late for results of megabytes.
 */
const YOUNG_MB = 6;

type Pending = {resolve(value: unknown): void; reject(error: Error): void};

/** Starts a worker of the store. */
export function startWorker(url: URL, workerData: unknown): Worker {
  return new Worker(url, {workerData, resourceLimits: {maxYoungGenerationSizeMb: YOUNG_MB}});
}

/** Asks a worker, or who serves at the other end of a port, by number and gets the answer as a promise. */
export class WorkerLink<Ask extends object> {
  readonly #peer: Worker | MessagePort;
  readonly #pending = new Map<number, Pending>();
  #last = 0;
  #dead: Error | null = null;
  #ending = false;

  constructor(peer: Worker | MessagePort, onDeath: (error: Error) => void) {
    this.#peer = peer;
    peer.on('message', (reply: Reply) => {
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
    (peer as Worker).on('error', die);
    onEnd(peer, (code) => die(new Error(`store worker ended with code ${code}`)));
  }

  ask<T>(question: Ask, transfer: ArrayBuffer[] = []): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      if (this.#dead) return reject(this.#dead);
      const id = ++this.#last;
      this.#pending.set(id, {resolve: resolve as (value: unknown) => void, reject});
      this.#peer.postMessage({id, question}, transfer);
    });
  }

  /** Ends at once, whatever was asked. */
  terminate(): void {
    if (this.#peer instanceof Worker) this.#peer.terminate();
    else this.#peer.close();
  }

  /** Nothing is to be reported any more: the end is wanted. */
  async end(goodbye: Ask): Promise<void> {
    if (this.#dead) return;
    this.#ending = true;
    const gone = new Promise<void>((resolve) => onEnd(this.#peer, () => resolve()));
    // A worker that dies over it is as much at its end.
    await this.ask(goodbye).catch(() => {});
    this.#dead = new Error('the store is closed');
    await gone;
  }
}

function onEnd(peer: Worker | MessagePort, heard: (code: number) => void): void {
  if (peer instanceof Worker) peer.on('exit', heard);
  else peer.on('close', () => heard(0));
}

/** The product's own errors keep their code on the way from a worker. */
function errorOf(message: string, refusal: Refusal | undefined): Error {
  return refusal ? new EcoError(refusal.code, message, refusal.status, refusal.details) : new Error(message);
}
