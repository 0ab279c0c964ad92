import {createReadStream, mkdirSync, mkdtempSync, rmSync} from 'node:fs';
import path from 'node:path';
import {Worker} from 'node:worker_threads';
import {EcoError, type ObservationReader} from '#schemas';
import type {ExportTask, FromExport, ToExport} from './export-protocol.ts';
import {type ExportPiece, type ExportPlan, readerOf} from './plan.ts';

const MOST_AT_ONCE = 2;
/** A Parquet file in the making holds one of these, libuv's threads, while it waits for rows; reading them needs another. */
const THREADS = Number(process.env['UV_THREADPOOL_SIZE'] ?? 4);
const FILE_CHUNK = 256 * 1024;
const HEAP_MB = {maxOldGenerationSizeMb: 192, maxYoungGenerationSizeMb: 3};

/** Makes exports of a store's observations, each in a worker of its own. */
export type Exporter = {
  /**
   * The bytes of an export in pieces, as fast as they are taken; ending the loop early ends the worker. A piece's bytes are
   * the taker's until it asks for the next piece: whoever keeps them longer keeps a copy.
   * @throws {EcoError} `export_busy` (503) when as many as may be are under way, before the first piece.
   */
  run(plan: ExportPlan, signal?: AbortSignal): AsyncGenerator<ExportPiece<Uint8Array>>;
  /** Ends what is under way and takes no more. */
  close(): Promise<void>;
};

const stopped = () => new EcoError('export_stopped', 'the export was stopped', 503);

/** Answers of a worker one after the other. */
async function* answersOf(worker: Worker): AsyncGenerator<FromExport> {
  const waiting: FromExport[] = [];
  let wake: (() => void) | null = null;
  let fault: Error | null = null;
  const tell = (change: () => void) => {
    change();
    wake?.();
  };
  worker.on('message', (message: FromExport) => tell(() => waiting.push(message)));
  worker.on('error', (error) => tell(() => (fault = error)));
  worker.on('exit', () => tell(() => (fault ??= stopped())));
  for (;;) {
    const message = waiting.shift();
    if (message) yield message;
    else if (fault) throw fault;
    else {
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  }
}

export function createExporter(parts: {
  observations: Pick<ObservationReader, 'rowBlocks'>;
  /** Folder for files on the way; its contents are nobody else's and go now. */
  scratch: string;
}): Exporter {
  const {observations, scratch} = parts;
  /** How to stop each that is under way. */
  const running = new Set<() => Promise<void>>();
  let closed = false;
  rmSync(scratch, {recursive: true, force: true});

  async function* run(plan: ExportPlan, signal?: AbortSignal): AsyncGenerator<ExportPiece<Uint8Array>> {
    if (closed || signal?.aborted) throw stopped();
    if (running.size >= MOST_AT_ONCE) {
      throw new EcoError(
        'export_busy',
        `${running.size} exports are under way; try again when one is done`,
        503,
      );
    }
    let folder: string | null = null;
    if (plan.format === 'parquet') {
      if (THREADS <= MOST_AT_ONCE) {
        throw new EcoError(
          'export_failed',
          `UV_THREADPOOL_SIZE: expected ${MOST_AT_ONCE + 1} or more, got ${THREADS}`,
          500,
        );
      }
      mkdirSync(scratch, {recursive: true});
      folder = mkdtempSync(path.join(scratch, 'export-'));
    }
    const answers = new SharedArrayBuffer(4);
    const task: ExportTask = {plan, scratch: folder, answers};
    const worker = new Worker(new URL('./export-worker.ts', import.meta.url), {
      workerData: task,
      resourceLimits: HEAP_MB,
    });
    const ended = new Promise<void>((resolve) => worker.once('exit', () => resolve()));
    const say = (message: ToExport, transfer: ArrayBuffer[] = []) => {
      worker.postMessage(message, transfer);
      Atomics.add(new Int32Array(answers), 0, 1);
      Atomics.notify(new Int32Array(answers), 0);
    };
    // Asked, not terminated: DuckDB would wait for an answer of the thread that is gone.
    let stopping = false;
    const stop = () => {
      stopping = true;
      say({kind: 'stop'});
      return ended;
    };
    running.add(stop);
    // Also where nobody asks for the next piece any more: a generator that is left standing ends nothing by itself.
    const end = async () => {
      signal?.removeEventListener('abort', end);
      running.delete(stop);
      await stop();
      if (folder !== null) rmSync(folder, {recursive: true, force: true});
    };
    signal?.addEventListener('abort', end);
    const read = readerOf(plan, observations);
    try {
      for await (const message of answersOf(worker)) {
        if (message.kind === 'read') {
          const rows = await read(message.index);
          const buffers =
            rows === null ? [] : Object.values(rows).map((column) => column.buffer as ArrayBuffer);
          say({kind: 'block', rows}, [...new Set(buffers)]);
        } else if (message.kind === 'piece') {
          const {buffer, bytes, rows} = message;
          yield {data: new Uint8Array(buffer, 0, bytes), rows};
          say({kind: 'taken', buffer}, [buffer]);
        } else if (message.kind === 'file') {
          let {rows} = message;
          const file = path.join(folder!, message.name);
          for await (const data of createReadStream(file, {highWaterMark: FILE_CHUNK})) {
            yield {data: data as Buffer, rows};
            rows = 0;
          }
        } else if (message.kind === 'failed') {
          throw stopping
            ? stopped()
            : new EcoError('export_failed', `the export failed: ${message.message}`, 500);
        } else return;
      }
    } finally {
      await end();
    }
  }

  return {
    run,
    close: async () => {
      closed = true;
      await Promise.all([...running].map((stop) => stop()));
    },
  };
}
