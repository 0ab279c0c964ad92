import {closeSync, fsyncSync, openSync, renameSync, writeSync} from 'node:fs';
import {dirname} from 'node:path';
import {syncPath} from '#ingest';

/** Writes a file under its name, all of it or nothing: on disk when it returns. */
export function writeWholeFile(file: string, data: string | Uint8Array): void {
  const bytes = typeof data === 'string' ? Buffer.from(data) : data;
  const descriptor = openSync(`${file}.new`, 'w', 0o600);
  try {
    for (let at = 0; at < bytes.length; ) at += writeSync(descriptor, bytes, at);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
  renameSync(`${file}.new`, file);
  syncPath(dirname(file));
}
