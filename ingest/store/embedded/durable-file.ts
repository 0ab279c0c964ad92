import {createHash} from 'node:crypto';
import {closeSync, fsyncSync, linkSync, openSync, readSync, writeSync} from 'node:fs';

const CHUNK_BYTES = 1 << 20;

/** fsync of a file or a folder. */
export function syncPath(file: string): void {
  const descriptor = openSync(file, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/** Size and SHA-256 of a file; each piece also goes to `sink`. */
function readThrough(file: string, sink: (piece: Uint8Array) => void): {bytes: number; sha256: string} {
  const hash = createHash('sha256');
  const buffer = Buffer.allocUnsafe(CHUNK_BYTES);
  const from = openSync(file, 'r');
  let bytes = 0;
  try {
    for (;;) {
      const n = readSync(from, buffer, 0, CHUNK_BYTES, null);
      if (n === 0) break;
      const piece = buffer.subarray(0, n);
      hash.update(piece);
      sink(piece);
      bytes += n;
    }
  } finally {
    closeSync(from);
  }
  return {bytes, sha256: hash.digest('hex')};
}

export function hashFile(file: string): {bytes: number; sha256: string} {
  return readThrough(file, () => {});
}

/** Copies a file to a name that is not taken, on disk when it returns (the folder's entry is the caller's); hashed on the way. */
export function copyDurably(from: string, to: string): {bytes: number; sha256: string} {
  const descriptor = openSync(to, 'wx', 0o600);
  try {
    const copied = readThrough(from, (piece) => {
      for (let at = 0; at < piece.length; ) at += writeSync(descriptor, piece, at);
    });
    fsyncSync(descriptor);
    return copied;
  } finally {
    closeSync(descriptor);
  }
}

/** A second name for an immutable file; copied where the file system cannot do that (another disk). */
export function linkOrCopy(from: string, to: string): {bytes: number; sha256: string} {
  try {
    linkSync(from, to);
  } catch (error) {
    const {code} = error as NodeJS.ErrnoException;
    if (code !== 'EXDEV' && code !== 'EPERM' && code !== 'ENOTSUP' && code !== 'EMLINK') throw error;
    return copyDurably(from, to);
  }
  return hashFile(to);
}
