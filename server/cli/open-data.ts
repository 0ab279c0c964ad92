import {setFlagsFromString} from 'node:v8';
import {runInNewContext} from 'node:vm';
import type {Settings} from '#schemas';
import {type Core, openCore} from '../core.ts';
import {createLog} from '../log.ts';
import {findServer} from '../server-file.ts';

/** For one who reads much: nobody else waits, and nothing is moved meanwhile. */
const READING = {reader: 'here', compactEveryMs: 0} as const;

/**
 * Lets go of what is no more needed: what opening leaves behind is as much as all that is kept, and V8 would not look for it
 * until there is more. For a process that runs with little memory and waits for nobody.
 */
export function collectGarbage(): void {
  collector()({type: 'major', execution: 'sync', flavor: 'last-resort'});
}

/**
 * The same of what was made a moment ago alone, in a millisecond or two: what DuckDB holds for a result goes when the
 * result's object, a small one, is collected, and V8 sees the small one alone.
 */
export function collectYoungGarbage(): void {
  collector()({type: 'minor', execution: 'sync'});
}

let found: ((options: object) => void) | undefined;

function collector(): (options: object) => void {
  if (!found) {
    setFlagsFromString('--expose-gc');
    found = runInNewContext('gc') as (options: object) => void;
  }
  return found;
}

/** Does a thing through the server that runs on the data folder, or on the folder itself if none does. */
export async function onlineOrOffline<T>(
  settings: Settings,
  ways: {
    online: (httpUrl: string) => Promise<T>;
    offline: (core: Core) => Promise<T>;
    includeVirtual?: boolean;
    /** Offline it reads, much and once, and writes nothing. */
    readsMuch?: boolean;
  },
): Promise<T> {
  const server = await findServer(settings.dataDir);
  if (server) return await ways.online(server.httpUrl);
  const {includeVirtual, readsMuch} = ways;
  const core = await openCore(settings, {
    log: createLog(settings.logLevel === 'info' ? 'warn' : settings.logLevel),
    ...(includeVirtual === undefined ? {} : {includeVirtual}),
    ...(readsMuch ? {store: READING} : {}),
  });
  try {
    return await ways.offline(core);
  } finally {
    await core.close();
  }
}
