import {existsSync} from 'node:fs';
import {homedir} from 'node:os';
import {delimiter, join} from 'node:path';
import {test} from 'vitest';

/** Programs that some tests drive, with what brings them. `npm run services` installs them. */
const PLACES: Record<string, readonly string[]> = {
  chromium: ['chromium', 'chromium-browser', 'google-chrome'],
  mosquitto: ['mosquitto'],
  mosquitto_pub: ['mosquitto_pub'],
  python3: ['python3'],
  // Debian's is 1.x; 2.7 is built by `npm run services` and kept outside the project.
  influxd: ['influxd'],
  'influxd-2.7': ['influxd-2.7'],
};

/** What `npm run services` builds. */
const BUILT =
  process.env['SERVICES_CACHE'] ??
  join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'eco-brain');

/** Path of a program on PATH or in the system's sbin, or undefined. */
export function findProgram(name: keyof typeof PLACES | string): string | undefined {
  const folders = [
    ...(process.env['PATH'] ?? '').split(delimiter),
    '/usr/bin',
    '/usr/sbin',
    '/usr/local/bin',
    join(BUILT, 'bin'),
  ];
  for (const file of PLACES[name] ?? [name]) {
    for (const folder of folders) if (existsSync(join(folder, file))) return join(folder, file);
  }
  return undefined;
}

/**
 * `test`, for a test that needs a program: reported as skipped by name where it is missing, failing instead when
 * `CI=true`, so that a green CI has run everything.
 */
export function testWith(...programs: string[]): typeof test {
  const missing = programs.filter((name) => findProgram(name) === undefined);
  if (missing.length === 0) return test;
  if (process.env['CI'] === 'true') {
    throw new Error(`missing: ${missing.join(', ')}; \`npm run services\` installs what the tests need`);
  }
  return test.skip as typeof test;
}
