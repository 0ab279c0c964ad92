import {stat} from 'node:fs/promises';

/** A text that changes when one of these files or folders does: comes, goes, is written. */
export async function signatureOf(paths: readonly string[]): Promise<string> {
  const stamps = await Promise.all(
    paths.map((path) =>
      stat(path).then(
        ({mtimeMs, size, ino}) => `${path} ${mtimeMs} ${size} ${ino}`,
        () => `${path} none`,
      ),
    ),
  );
  return stamps.join('\n');
}

/** Time between two looks at files that people edit, ms. */
const LOOK_EVERY_MS = 2000;

/**
 * Looks every two seconds whether files changed: a look costs a few microseconds and, unlike notices of the file system,
 * works on network drives and for folders that are not there yet.
 */
export function watchFiles(
  looks: readonly (() => Promise<void>)[],
  options: {everyMs?: number; log: (line: object) => void},
): {close(): Promise<void>} {
  let looking: Promise<void> = Promise.resolve();
  let busy = false;
  const timer = setInterval(() => {
    if (busy) return;
    busy = true;
    looking = (async () => {
      for (const look of looks) {
        await look().catch((error: unknown) =>
          options.log({level: 'error', message: 'changed files could not be read', error: String(error)}),
        );
      }
      busy = false;
    })();
  }, options.everyMs ?? LOOK_EVERY_MS);
  timer.unref();
  return {
    close: async () => {
      clearInterval(timer);
      await looking;
    },
  };
}
