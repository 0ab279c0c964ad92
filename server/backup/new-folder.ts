import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  realpathSync,
  renameSync,
  rmdirSync,
  rmSync,
} from 'node:fs';
import {basename, dirname, join, relative, resolve} from 'node:path';
import {syncPath} from '#ingest';
import {EcoError} from '#schemas';

/** The path with every part that exists already followed to where it really is. */
function realPath(path: string): string {
  const whole = resolve(path);
  return existsSync(whole) ? realpathSync(whole) : join(realPath(dirname(whole)), basename(whole));
}

/** Whether `inner` is `outer` or lies in it, links followed. */
export function liesIn(inner: string, outer: string): boolean {
  const way = relative(realPath(outer), realPath(inner));
  return way === '' || !(way.startsWith('..') || resolve(way) === way);
}

/** Removes a folder that is ours, what marks it so last: a stop in the middle leaves one that is still known. */
function remove(path: string, marker: string): void {
  if (!existsSync(path)) return;
  for (const name of readdirSync(path)) {
    if (name !== marker) rmSync(join(path, name), {recursive: true});
  }
  rmSync(path, {recursive: true});
}

/**
 * A folder that is made beside its final name and takes it when it is complete, so that the name never stands for
 * something half done. What a stop in the middle left over is cleared away by the next attempt.
 */
export type NewFolder = {
  /** Where to write. */
  path: string;
  /** Gives it its name; everything in it must be on disk. */
  finish(): void;
  discard(): void;
};

/**
 * @param marker name of a file that every such leftover holds; a folder `….partial` without it is somebody else's.
 * @throws {EcoError} `folder_not_empty`; `folder_invalid` for what is no folder; `folder_taken` for a strange `….partial`.
 */
export function openNewFolder(folder: string, marker: string): NewFolder {
  const found = lstatSync(folder, {throwIfNoEntry: false});
  if (found && !found.isDirectory()) {
    throw new EcoError(
      'folder_invalid',
      `${folder}: expected a folder, or nothing yet, got a file or a link`,
      409,
    );
  }
  if (found && readdirSync(folder).length > 0) {
    throw new EcoError('folder_not_empty', `${folder} is not empty: expected a new or an empty folder`, 409);
  }
  mkdirSync(dirname(folder), {recursive: true});
  const path = `${folder}.partial`;
  const left = lstatSync(path, {throwIfNoEntry: false});
  if (left) {
    const ours = left.isDirectory() && (existsSync(join(path, marker)) || readdirSync(path).length === 0);
    if (!ours) {
      throw new EcoError('folder_taken', `${path} is in the way: move it, or choose another folder`, 409);
    }
    remove(path, marker);
  }
  mkdirSync(path, {mode: 0o700});
  return {
    path,
    finish: () => {
      syncPath(path);
      if (found) rmdirSync(folder);
      renameSync(path, folder);
      syncPath(dirname(folder));
    },
    discard: () => remove(path, marker),
  };
}
