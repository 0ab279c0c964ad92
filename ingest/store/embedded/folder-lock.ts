import {readFileSync, writeFileSync} from 'node:fs';
import {DatabaseSync} from 'node:sqlite';
import {EcoError} from '#schemas';

/**
 * Takes the folder for this opener alone. The lock is one of the operating system's on a small SQLite file, so it goes
 * away with the process however that ends; the process id beside it is only for the message.
 * @throws {EcoError} `store_locked` if somebody else holds it.
 */
export function lockFolder(file: string): {release(): void} {
  const holder = `${file}.pid`;
  const db = new DatabaseSync(file);
  try {
    db.exec('PRAGMA locking_mode=EXCLUSIVE; BEGIN EXCLUSIVE');
  } catch (error) {
    db.close();
    if (!/locked|busy/i.test((error as Error).message)) throw error;
    throw new EcoError(
      'store_locked',
      `the store ${file.replace(/[\\/][^\\/]*$/, '')} is in use by process ${readHolder(holder)}; ` +
        'stop that one first, or choose another folder (ECO_DATA_DIR)',
      409,
    );
  }
  writeFileSync(holder, String(process.pid));
  return {
    release() {
      if (db.isTransaction) db.exec('ROLLBACK');
      db.close();
    },
  };
}

function readHolder(file: string): string {
  try {
    return readFileSync(file, 'utf8').trim() || '(unknown)';
  } catch {
    return '(unknown)';
  }
}
