import type {Layout} from './layout.ts';
import type {EmbeddedStoreOptions} from './options.ts';
import type {ReaderAnswers, ReaderQuestion} from './reader-protocol.ts';
import {WorkerLink} from './worker-link.ts';

const DEFAULT_THREADS = 2;
const DEFAULT_MEMORY_MB = 256;

/** The reader worker, seen from the main thread; a new one is started if it dies. */
export class Reader {
  readonly #start: () => WorkerLink<ReaderQuestion>;
  #link: WorkerLink<ReaderQuestion> | null;

  constructor(of: {worker: URL; data: unknown; log: EmbeddedStoreOptions['log']}) {
    this.#start = () =>
      new WorkerLink(of.worker, of.data, (error) => {
        this.#link = null;
        of.log?.({level: 'error', message: 'the store starts its reader again', error});
      });
    this.#link = this.#start();
  }

  /** The reader over column files. */
  static ofFiles(layout: Layout, options: EmbeddedStoreOptions): Reader {
    return new Reader({
      worker: new URL('./reader-worker.ts', import.meta.url),
      data: {
        database: layout.database,
        cold: layout.cold,
        threads: options.readerThreads ?? DEFAULT_THREADS,
        memoryMb: options.readerMemoryMb ?? DEFAULT_MEMORY_MB,
      },
      log: options.log,
    });
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
