import {MessageChannel, type MessagePort} from 'node:worker_threads';
import {type FileReading, serveFiles} from './file-service.ts';
import type {Layout} from './layout.ts';
import type {EmbeddedStoreOptions} from './options.ts';
import type {ReaderAnswers, ReaderQuestion} from './reader-protocol.ts';
import {startWorker, WorkerLink} from './worker-link.ts';

const BESIDE = {threads: 2, memoryMb: 256, cacheFiles: true};
const HERE = {threads: 1, memoryMb: 64, cacheFiles: false};

/** The reader, seen from the main thread; a new worker is started if it dies. */
export class Reader {
  readonly #start: () => WorkerLink<ReaderQuestion>;
  #link: WorkerLink<ReaderQuestion> | null;

  constructor(
    start: (onDeath: (error: Error) => void) => WorkerLink<ReaderQuestion>,
    onDeath: (error: Error) => void,
  ) {
    this.#start = () =>
      start((error) => {
        this.#link = null;
        onDeath(error);
      });
    this.#link = this.#start();
  }

  /** A reader in a worker of its own. */
  static beside(of: {worker: URL; data: unknown; log: EmbeddedStoreOptions['log']}): Reader {
    return new Reader(
      (onDeath) => new WorkerLink(startWorker(of.worker, of.data), onDeath),
      (error) => of.log?.({level: 'error', message: 'the store starts its reader again', error}),
    );
  }

  /** A reader in this thread. */
  static here(serve: (port: MessagePort) => Promise<void>): Reader {
    return new Reader(
      (onDeath) => {
        const {port1, port2} = new MessageChannel();
        serve(port2).catch((error: Error) => {
          onDeath(error);
          port2.close();
        });
        return new WorkerLink(port1, onDeath);
      },
      () => {},
    );
  }

  /** The reader over column files. */
  static ofFiles({database, cold}: Layout, {reader, log}: EmbeddedStoreOptions): Reader {
    const worker = new URL('./reader-worker.ts', import.meta.url);
    if (reader !== 'here') return Reader.beside({worker, data: {database, cold, ...BESIDE}, log});
    const reading: FileReading = {database, cold, ...HERE};
    return Reader.here((port) => serveFiles(port, reading));
  }

  /** Rejects if the answer fails or the worker dies over it. */
  ask<K extends keyof ReaderAnswers>(
    question: Extract<ReaderQuestion, {kind: K}>,
  ): Promise<ReaderAnswers[K]> {
    this.#link ??= this.#start();
    return this.#link.ask<ReaderAnswers[K]>(question);
  }

  async close(): Promise<void> {
    await this.#link?.end({kind: 'close'});
  }
}
