import {EcoError, type Settings} from '#schemas';
import {findServer} from './server-file.ts';

/** @throws {EcoError} `setting_unsupported` for what a later version brings. */
export function requireSupported(settings: Settings): void {
  const refuse = (setting: string, expected: string) => {
    throw new EcoError('setting_unsupported', `${setting} is not in this version yet; use ${expected}`);
  };
  if (settings.bus === 'kafka') refuse('ECO_BUS=kafka', 'ECO_BUS=local');
}

/** @throws {EcoError} `data_dir_in_use` while another server runs on the folder. */
export async function requireFree(dataDir: string): Promise<void> {
  const other = await findServer(dataDir);
  if (!other) return;
  const where = `${other.httpUrl}, process ${other.pid}`;
  throw new EcoError('data_dir_in_use', `a server already runs on ${dataDir}: ${where}`, 409);
}

const WHY: ReadonlyMap<string, string> = new Map([
  ['EADDRINUSE', 'another program listens there; stop it or choose another port'],
  ['EACCES', 'this user may not; choose a port above 1023'],
  ['EADDRNOTAVAIL', 'this machine has no such address'],
]);

/** What to do about an address that cannot be listened on; any other error as it is. */
export function explainListening(error: unknown): unknown {
  const {code, address, port} = error as NodeJS.ErrnoException & {address?: string; port?: number};
  const why = WHY.get(code ?? '');
  if (why === undefined) return error;
  const settings = '(ECO_HTTP_PORT, ECO_MQTT_PORT)';
  return new EcoError('address_refused', `cannot listen on ${address}:${port}: ${why} ${settings}`);
}
