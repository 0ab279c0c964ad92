import {lstatSync, mkdirSync} from 'node:fs';
import {dirname, join, resolve} from 'node:path';
import {copyDurably, STORE_SCHEMA_VERSION, syncPath, verifyStore} from '#ingest';
import {EcoError} from '#schemas';
import {writeNewFile} from './back-up.ts';
import {type BackupManifest, readManifest} from './manifest.ts';
import {liesIn, openNewFolder} from './new-folder.ts';

/** Stays in the restored folder and says where it came from. */
const RESTORED = 'restored.json';

/**
 * Makes a data folder of a backup: every file copied and its checksum compared, then the store itself looked over. The
 * folder appears under its name when all of that held.
 * @throws {EcoError} those of `readManifest`, `openNewFolder` and `verifyStore`; `backup_damaged` for a file that is
 * missing or not the one that was backed up.
 */
export function restore(
  {backup, dataDir: said}: {backup: string; dataDir: string},
  onProgress: (done: number, total: number) => void = () => {},
): BackupManifest {
  const dataDir = resolve(said);
  const manifest = readManifest(backup);
  const {schemaVersion} = manifest.store;
  if (schemaVersion > STORE_SCHEMA_VERSION) {
    throw new EcoError(
      'backup_too_new',
      `${backup} holds a store of schemaVersion ${schemaVersion}; this program knows up to ${STORE_SCHEMA_VERSION}: ` +
        'use the newer program',
      409,
    );
  }
  if (liesIn(dataDir, backup) || liesIn(backup, dataDir)) {
    throw new EcoError(
      'folder_invalid',
      `${dataDir}: expected a data folder outside the backup ${backup}`,
      409,
    );
  }
  const made = openNewFolder(dataDir, RESTORED);
  try {
    const origin = {from: resolve(backup), marked: manifest.marked, program: manifest.program};
    writeNewFile(join(made.path, RESTORED), `${JSON.stringify(origin)}\n`);
    const folders = new Set<string>();
    for (const [index, {path, bytes, sha256}] of manifest.files.entries()) {
      const from = join(backup, path);
      if (!lstatSync(from, {throwIfNoEntry: false})?.isFile()) {
        throw new EcoError('backup_damaged', `${from}: expected a file of ${bytes} bytes, got none`, 409);
      }
      const to = join(made.path, path);
      mkdirSync(dirname(to), {recursive: true});
      folders.add(dirname(to));
      const copied = copyDurably(from, to);
      if (copied.bytes !== bytes || copied.sha256 !== sha256) {
        throw new EcoError(
          'backup_damaged',
          `${from}: expected ${bytes} bytes with SHA-256 ${sha256}, got ${copied.bytes} with ${copied.sha256}`,
          409,
        );
      }
      onProgress(index + 1, manifest.files.length);
    }
    const store = join(made.path, 'store');
    // The store looks for this folder, whether it has files or not.
    mkdirSync(join(store, 'cold'), {recursive: true});
    const found = verifyStore(store);
    if (found.rows !== manifest.store.rows || found.schemaVersion !== schemaVersion) {
      throw new EcoError(
        'backup_damaged',
        `${backup}: expected ${manifest.store.rows} rows of schemaVersion ${schemaVersion}, ` +
          `got ${found.rows} of ${found.schemaVersion}`,
        409,
      );
    }
    for (const folder of [...folders, store, made.path]) syncPath(folder);
    made.finish();
    return manifest;
  } catch (error) {
    made.discard();
    throw error;
  }
}
