import {closeSync, fsyncSync, mkdirSync, openSync, readdirSync, rmSync, writeSync} from 'node:fs';
import {join, resolve} from 'node:path';
import {setImmediate as turn} from 'node:timers/promises';
import {copyDurably, type EmbeddedStore, syncPath} from '#ingest';
import {EcoError} from '#schemas';
import {instant} from '../bodies/instant.ts';
import {type BackupManifest, KEPT_FILES, KEPT_FOLDERS, manifestIn} from './manifest.ts';
import {liesIn, openNewFolder} from './new-folder.ts';

/** Marks a folder as a backup in the making. */
const BEGUN = 'backup.begun';
const MOST_KEPT_FILES = 100_000;

export type BackupParts = {
  store: Pick<EmbeddedStore, 'backup'>;
  dataDir: string;
  /** Version of this program. */
  program: string;
};
export type BackupRequest = {folder: string; link?: boolean; signal?: AbortSignal};

/** Writes a new file, on disk when it returns. */
export function writeNewFile(file: string, text: string): void {
  const descriptor = openSync(file, 'wx', 0o600);
  try {
    writeSync(descriptor, text);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/** The files of a kept folder: plain ones at its first level, as the product writes them. */
function keptFiles(folder: string): string[] {
  let entries: import('node:fs').Dirent[];
  try {
    entries = readdirSync(folder, {withFileTypes: true});
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
  const names = entries.filter(
    (entry) => entry.isFile() && /^[A-Za-z0-9_][A-Za-z0-9._-]{0,199}$/.test(entry.name),
  );
  if (names.length > MOST_KEPT_FILES) {
    throw new EcoError(
      'backup_too_large',
      `${folder}: expected at most ${MOST_KEPT_FILES} files, got ${names.length}`,
    );
  }
  return names.map(({name}) => name).filter((name) => !name.endsWith('.new'));
}

/** Copies a kept file; null if it is not there, or went meanwhile (a frame file that became too old). */
function copyKept(from: string, to: string): {bytes: number; sha256: string} | null {
  try {
    return copyDurably(from, to);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    rmSync(to, {force: true});
    return null;
  }
}

/**
 * A backup of the data folder while its store is in use, in a new folder: what was acknowledged before the marked moment
 * is in it. The folder appears under its name when all of it is on disk and summed up in its manifest.
 * @throws {EcoError} `backup_inside_data` and those of `openNewFolder`.
 */
export async function backUp(
  {store, dataDir, program}: BackupParts,
  {folder: said, link = false, signal}: BackupRequest,
  onProgress: (done: number, total: number) => void = () => {},
): Promise<BackupManifest> {
  const folder = resolve(said);
  if (liesIn(folder, dataDir) || liesIn(dataDir, folder)) {
    throw new EcoError(
      'backup_inside_data',
      `${folder}: expected a folder outside the data folder ${dataDir}`,
      409,
    );
  }
  const made = openNewFolder(folder, BEGUN);
  try {
    writeNewFile(join(made.path, BEGUN), '');
    const copy = await store.backup(join(made.path, 'store'), {
      link,
      onProgress,
      ...(signal ? {signal} : {}),
    });
    const files = copy.files.map((file) => ({...file, path: `store/${file.path}`}));
    const keep = async (path: string): Promise<void> => {
      // The server goes on between two files.
      await turn();
      signal?.throwIfAborted();
      const copied = copyKept(join(dataDir, path), join(made.path, path));
      if (copied !== null) files.push({path, ...copied});
    };
    for (const name of KEPT_FOLDERS) {
      const kept = keptFiles(join(dataDir, name));
      if (kept.length === 0) continue;
      mkdirSync(join(made.path, name));
      for (const file of kept) await keep(`${name}/${file}`);
      syncPath(join(made.path, name));
    }
    for (const file of KEPT_FILES) await keep(file);
    const manifest: BackupManifest = {
      schemaVersion: 1,
      kind: 'eco-backup',
      program,
      marked: instant(copy.markedMs),
      store: {schemaVersion: copy.schemaVersion, rows: copy.rows},
      files,
    };
    writeNewFile(manifestIn(made.path), `${JSON.stringify(manifest, null, 1)}\n`);
    made.finish();
    // Left in until now: a stop before the last step leaves a folder that is known to be ours.
    rmSync(join(folder, BEGUN), {force: true});
    syncPath(folder);
    return manifest;
  } catch (error) {
    made.discard();
    signal?.throwIfAborted();
    throw error;
  }
}
