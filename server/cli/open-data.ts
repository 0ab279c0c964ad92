import type {Settings} from '#schemas';
import {type Core, openCore} from '../core.ts';
import {createLog} from '../log.ts';
import {findServer} from '../server-file.ts';

/** Does a thing through the server that runs on the data folder, or on the folder itself if none does. */
export async function onlineOrOffline<T>(
  settings: Settings,
  ways: {
    online: (httpUrl: string) => Promise<T>;
    offline: (core: Core) => Promise<T>;
    includeVirtual?: boolean;
  },
): Promise<T> {
  const server = await findServer(settings.dataDir);
  if (server) return await ways.online(server.httpUrl);
  const {includeVirtual} = ways;
  const core = await openCore(settings, {
    log: createLog(settings.logLevel === 'info' ? 'warn' : settings.logLevel),
    ...(includeVirtual === undefined ? {} : {includeVirtual}),
  });
  try {
    return await ways.offline(core);
  } finally {
    await core.close();
  }
}
