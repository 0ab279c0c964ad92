import {readFileSync, renameSync, rmSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {type Static, Type} from 'typebox';
import {createValidator} from '#schemas';

const ServerFile = Type.Object({
  schemaVersion: Type.Literal(1),
  pid: Type.Integer({minimum: 1}),
  httpUrl: Type.String({pattern: '^http://'}),
  mqttUrl: Type.Union([Type.String(), Type.Null()]),
});
/** What a running server says about itself in its data folder, for commands to find it. */
export type ServerFile = Static<typeof ServerFile>;

const isServerFile = createValidator<ServerFile>(ServerFile);
const pathIn = (dataDir: string) => join(dataDir, 'server.json');

export function writeServerFile(dataDir: string, file: Omit<ServerFile, 'schemaVersion'>): void {
  const path = pathIn(dataDir);
  writeFileSync(`${path}.new`, `${JSON.stringify({schemaVersion: 1, ...file})}\n`, {mode: 0o600});
  renameSync(`${path}.new`, path);
}

export function removeServerFile(dataDir: string): void {
  rmSync(pathIn(dataDir), {force: true});
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/**
 * The server that runs on a data folder; null if none does. A file that a killed server left is told by its process
 * being gone, or by nobody answering at its address.
 */
export async function findServer(dataDir: string): Promise<ServerFile | null> {
  let file: unknown;
  try {
    file = JSON.parse(readFileSync(pathIn(dataDir), 'utf8'));
  } catch {
    return null;
  }
  if (!isServerFile(file) || !isAlive(file.pid)) return null;
  try {
    const response = await fetch(`${file.httpUrl}/api/v1/health`, {signal: AbortSignal.timeout(5000)});
    await response.body?.cancel();
    return file;
  } catch {
    return null;
  }
}
