import {mkdirSync} from 'node:fs';
import path from 'node:path';
import type {BackupQuestion, CopiedFile, DatabaseAnswer} from './backup-protocol.ts';
import type {Committer} from './committer.ts';
import {syncPath} from './durable-file.ts';
import type {FileHolds} from './file-holds.ts';
import {type Layout, layoutOf} from './layout.ts';
import {startWorker, WorkerLink} from './worker-link.ts';

/** A copy of a store: what was acknowledged before `markedMs` is in it, what was committed later is not. */
export type StoreCopy = {
  markedMs: number;
  /** Version of the tables. */
  schemaVersion: number;
  rows: number;
  /** Paths relative to the store's folder, with `/`. */
  files: (CopiedFile & {path: string})[];
};

export type BackupOptions = {
  /** Column files get a second name instead of a copy where the disk can do that: fast, and no second copy. */
  link?: boolean;
  signal?: AbortSignal;
  onProgress?: (done: number, total: number) => void;
};

type Needs = {
  layout: Layout;
  committer: Pick<Committer, 'pause'>;
  holds: FileHolds;
  now(): number;
};

/**
 * Copies a store that is in use to the layout of an empty folder; commits wait only for the moment in which the snapshot
 * is taken. Everything is on disk when the promise resolves, but nothing says so: that is the caller's to do.
 */
export async function copyStore(
  {layout, committer, holds, now}: Needs,
  folder: string,
  {link: byName = false, signal, onProgress}: BackupOptions,
): Promise<StoreCopy> {
  const target = layoutOf(folder);
  mkdirSync(target.cold, {recursive: true});
  const worker = new WorkerLink<BackupQuestion>(
    startWorker(new URL('./backup-worker.ts', import.meta.url), {
      database: layout.database,
      cold: layout.cold,
    }),
    () => {},
  );
  const onAbort = () => worker.terminate();
  signal?.addEventListener('abort', onAbort);
  // Before the snapshot: no file that it names may go.
  const release = holds.hold();
  try {
    signal?.throwIfAborted();
    await worker.ask({kind: 'hello'});
    const resume = await committer.pause();
    let markedMs: number;
    try {
      await worker.ask({kind: 'snapshot'});
      markedMs = now();
    } finally {
      resume();
    }
    const {
      files: names,
      rows,
      schemaVersion,
      ...database
    } = await worker.ask<DatabaseAnswer>({
      kind: 'database',
      to: target.database,
    });
    const files: StoreCopy['files'] = [{path: path.basename(target.database), ...database}];
    onProgress?.(1, names.length + 1);
    for (const name of names) {
      const to = path.join(target.cold, name);
      const copied = await worker.ask<CopiedFile>({kind: 'file', name, to, link: byName});
      files.push({path: `${path.basename(target.cold)}/${name}`, ...copied});
      onProgress?.(files.length, names.length + 1);
    }
    syncPath(target.cold);
    syncPath(target.folder);
    return {markedMs, schemaVersion, rows, files};
  } finally {
    signal?.removeEventListener('abort', onAbort);
    release();
    await worker.end({kind: 'close'});
  }
}
