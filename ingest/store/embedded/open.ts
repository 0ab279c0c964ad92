import {mkdirSync, readdirSync, rmSync} from 'node:fs';
import path from 'node:path';
import {Worker} from 'node:worker_threads';
import {EcoError, type ObservationStore} from '#schemas';
import type {CompactionNeeds} from './cold-keeper.ts';
import {Compaction} from './compaction.ts';
import {lockFolder} from './folder-lock.ts';
import {layoutOf} from './layout.ts';
import type {EmbeddedStoreOptions} from './options.ts';
import type {FromWriter, OpeningState} from './protocol.ts';
import {Reader} from './reader.ts';
import {EmbeddedStore} from './store.ts';
import {STRAY_BIT} from './stray.ts';

/**
 * Opens the store that needs nothing but a folder: recent rows and all that is small in SQLite, older rows in immutable
 * Parquet files. One process at a time.
 * @throws {EcoError} `store_locked`, `store_too_new`, `sqlite_too_old`, `store_unreadable`.
 */
export async function openEmbeddedStore(
  options: EmbeddedStoreOptions,
): Promise<EmbeddedStore & ObservationStore> {
  const layout = layoutOf(options.folder);
  mkdirSync(layout.cold, {recursive: true});
  const lock = lockFolder(layout.lock);
  const reader = Reader.ofFiles(layout, options);
  const writer = new Worker(new URL('./writer-worker.ts', import.meta.url), {
    workerData: {file: layout.database, strayBit: STRAY_BIT},
  });
  try {
    const state = await opened(writer);
    deleteOrphans(layout.cold, state);
    const keeper = (needs: CompactionNeeds) => new Compaction(needs);
    return new EmbeddedStore({options, layout, lock, writer, reader, state, keeper});
  } catch (error) {
    await Promise.all([writer.terminate(), reader.close()]);
    lock.release();
    throw error;
  }
}

/** What the writer says first. */
export function opened(writer: Worker): Promise<OpeningState> {
  return new Promise((resolve, reject) => {
    writer.once('error', reject);
    writer.once('message', (message: FromWriter) => {
      writer.off('error', reject);
      if (message.kind === 'open') resolve(message.state);
      else if (message.kind === 'failed') reject(new EcoError(message.code, message.message, 409));
      else reject(new Error(`the store's writer began with ${message.kind}`));
    });
  });
}

/** Files that a stop in the middle left over: no manifest entry names them, so none of their rows is missing elsewhere. */
function deleteOrphans(folder: string, {segments}: OpeningState): void {
  const known = new Set(segments.flatMap(({raw, tier}) => [raw, tier]));
  for (const file of readdirSync(folder)) {
    if (!known.has(file)) rmSync(path.join(folder, file), {recursive: true, force: true});
  }
}
