import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll} from 'vitest';

const made: string[] = [];
afterAll(() => {
  for (const folder of made.splice(0)) rmSync(folder, {recursive: true, force: true});
});

/** A new folder for the test file that imports this, removed when its tests are over. */
export function scratchFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'eco-things-'));
  made.push(folder);
  return folder;
}
