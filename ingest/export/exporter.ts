import {createReadStream, mkdirSync, mkdtempSync, rmSync} from 'node:fs';
import path from 'node:path';
import {Worker} from 'node:worker_threads';
import {EcoError, type ObservationReader} from '#schemas';
import type {ExportTask, FromExport, ToExport} from './export-protocol.ts';
import {type ExportPiece, type ExportPlan, readerOf} from './plan.ts';

const MOST_AT_ONCE = 2;
const FILE_CHUNK = 256 * 1024;
const WORKER_HEAP_MB = 192;

/** Makes exports of a store's observations, each in a worker of its own. */
export type Exporter = {
  /**
   * The bytes of an export in pieces, as fast as they are taken; ending the loop early ends the worker.
   * @throws {EcoError} `export_busy` (503) when as many as may be are under way, before the first piece.
   */
  run(plan: ExportPlan, signal?: AbortSignal): AsyncGenerator<ExportPiece<Uint8Array>>;
  /** Ends what is under way and takes no more. */
  close(): Promise<void>;
};

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
  worker.on('exit', () =>
    tell(() => (fault ??= new EcoError('export_stopped', 'the export was stopped', 503))),
  );
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
  const running = new Set<Worker>();
  let closed = false;
  rmSync(scratch, {recursive: true, force: true});

  async function* run(plan: ExportPlan, signal?: AbortSignal): AsyncGenerator<ExportPiece<Uint8Array>> {
    if (closed || signal?.aborted) throw new EcoError('export_stopped', 'the export was stopped', 503);
    if (running.size >= MOST_AT_ONCE) {
      throw new EcoError(
        'export_busy',
        `${running.size} exports are under way; try again when one is done`,
        503,
      );
    }
    let folder: string | null = null;
    if (plan.format === 'parquet') {
      mkdirSync(scratch, {recursive: true});
      folder = mkdtempSync(path.join(scratch, 'export-'));
    }
    const task: ExportTask = {plan, scratch: folder};
    const worker = new Worker(new URL('./export-worker.ts', import.meta.url), {
      workerData: task,
      resourceLimits: {maxOldGenerationSizeMb: WORKER_HEAP_MB},
    });
    running.add(worker);
    // Also where nobody asks for the next piece any more: a generator that is left standing ends nothing by itself.
    const end = async () => {
      signal?.removeEventListener('abort', end);
      running.delete(worker);
      await worker.terminate();
      if (folder !== null) rmSync(folder, {recursive: true, force: true});
    };
    signal?.addEventListener('abort', end);
    const say = (message: ToExport, transfer: ArrayBuffer[] = []) => worker.postMessage(message, transfer);
    const read = readerOf(plan, observations);
    try {
      for await (const message of answersOf(worker)) {
        if (message.kind === 'read') {
          const rows = await read(message.index);
          const buffers =
            rows === null ? [] : Object.values(rows).map((column) => column.buffer as ArrayBuffer);
          say({kind: 'block', rows}, [...new Set(buffers)]);
        } else if (message.kind === 'piece') {
          yield {data: message.data, rows: message.rows};
          say({kind: 'more'});
        } else if (message.kind === 'file') {
          let {rows} = message;
          const file = path.join(folder!, message.name);
          for await (const data of createReadStream(file, {highWaterMark: FILE_CHUNK})) {
            yield {data: data as Buffer, rows};
            rows = 0;
          }
        } else if (message.kind === 'failed') {
          throw new EcoError('export_failed', `the export failed: ${message.message}`, 500);
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
      await Promise.all([...running].map((worker) => worker.terminate()));
    },
  };
}
