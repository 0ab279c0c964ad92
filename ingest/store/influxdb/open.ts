import {mkdirSync} from 'node:fs';
import {Worker} from 'node:worker_threads';
import {EcoError, type ObservationStore} from '#schemas';
import {lockFolder} from '../embedded/folder-lock.ts';
import {layoutOf} from '../embedded/layout.ts';
import {opened} from '../embedded/open.ts';
import {Reader} from '../embedded/reader.ts';
import {STRAY_BIT} from '../embedded/stray.ts';
import {Forwarder} from './forwarder.ts';
import type {InfluxStoreOptions} from './options.ts';
import {InfluxStore} from './store.ts';
import {Trimming} from './trimming.ts';

/** 60 bytes a row in the spool and beside it: a little over 1 GB. */
const DEFAULT_SPOOL_ROWS = 20_000_000;

/**
 * Opens the store over InfluxDB, which need not be there: what comes is kept in the folder until it is. One process at a
 * time, and one folder for each bucket.
 * @throws {EcoError} `setting_invalid` for a URL that is none; `store_locked`, `store_too_new`, `sqlite_too_old`,
 * `store_unreadable` as the embedded store.
 */
export async function openInfluxStore(options: InfluxStoreOptions): Promise<InfluxStore & ObservationStore> {
  requireUrl(options.influx.url);
  const layout = layoutOf(options.folder);
  mkdirSync(layout.folder, {recursive: true});
  const lock = lockFolder(layout.lock);
  const {influx, log} = options;
  const reader = Reader.beside({
    worker: new URL('./reader-worker.ts', import.meta.url),
    data: {database: layout.database, influx},
    log,
    // Answers of InfluxDB are texts, which need a small young generation: a worker's, not that of this thread.
    late: options.reader === 'here',
  });
  const writer = new Worker(new URL('../embedded/writer-worker.ts', import.meta.url), {
    workerData: {file: layout.database, strayBit: STRAY_BIT, forward: true},
  });
  try {
    const state = await opened(writer);
    let store: InfluxStore | undefined;
    const forwarder = new Forwarder({
      database: layout.database,
      influx,
      instance: state.outbox!.instance,
      labels: options.labels,
      waiting: state.outbox!,
      mostRows: options.spoolRows ?? DEFAULT_SPOOL_ROWS,
      commit: (report) => store?.forwarded(report),
      keep: (deadLetters) => store?.keepLetters(deadLetters),
      now: options.now ?? Date.now,
      log: (level, message, details) => log?.({level, message, ...details}),
    });
    store = new InfluxStore(
      {
        options,
        layout,
        lock,
        writer,
        reader,
        state,
        keeper: (needs) => new Trimming(needs, forwarder),
        hooks: {
          room: (stall) => forwarder.room(stall),
          onWritten: (stored) => forwarder.committed(stored),
        },
      },
      forwarder,
    );
    return store;
  } catch (error) {
    await Promise.all([writer.terminate(), reader.close()]);
    lock.release();
    throw error;
  }
}

function requireUrl(url: string): void {
  const parsed = URL.parse(url);
  if (parsed && (parsed.protocol === 'http:' || parsed.protocol === 'https:') && parsed.username === '')
    return;
  throw new EcoError('setting_invalid', 'ECO_INFLUX_URL: expected http://host:port or https://host:port');
}
