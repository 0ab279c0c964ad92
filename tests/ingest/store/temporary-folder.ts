import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';

/** An empty folder that goes away when `remove` is called. */
export function temporaryFolder(): {folder: string; remove(): void} {
  const folder = mkdtempSync(path.join(tmpdir(), 'eco-store-'));
  return {folder, remove: () => rmSync(folder, {recursive: true, force: true})};
}
