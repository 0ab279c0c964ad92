import {MessageChannel} from 'node:worker_threads';
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
    {late = false} = {},
  ) {
    this.#start = () =>
      start((error) => {
        this.#link = null;
        onDeath(error);
      });
    this.#link = late ? null : this.#start();
  }

  /** A reader in a worker of its own; `late`: that is started when it is first asked. */
  static beside(of: {worker: URL; data: unknown; log: EmbeddedStoreOptions['log']; late?: boolean}): Reader {
    return new Reader(
      (onDeath) => new WorkerLink(startWorker(of.worker, of.data), onDeath),
      (error) => of.log?.({level: 'error', message: 'the store starts its reader again', error}),
      {late: of.late === true},
    );
  }

  /** The reader over column files. */
  static ofFiles({database, cold}: Layout, {reader, log}: EmbeddedStoreOptions): Reader {
    const worker = new URL('./reader-worker.ts', import.meta.url);
    if (reader !== 'here') return Reader.beside({worker, data: {database, cold, ...BESIDE}, log});
    return new Reader(
      (onDeath) => {
        const {port1, port2} = new MessageChannel();
        const reading: FileReading = {database, cold, ...HERE};
        serveFiles(port2, reading).catch((error: Error) => {
          onDeath(error);
          port2.close();
        });
        return new WorkerLink(port1, onDeath);
      },
      () => {},
    );
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
