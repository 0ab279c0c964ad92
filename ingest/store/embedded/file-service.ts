import {rmSync} from 'node:fs';
import path from 'node:path';
import type {MessagePort} from 'node:worker_threads';
import {ColdFiles} from './cold-files.ts';
import {openDuck} from './duck.ts';
import {serveReader} from './reader-service.ts';

const QUERIES_AT_ONCE = 3;

/** Whose files are read, and what DuckDB may take for it. */
export type FileReading = {
  database: string;
  cold: string;
  threads: number;
  memoryMb: number;
  cacheFiles: boolean;
};

/** Answers questions about a store whose older rows lie in column files. */
export async function serveFiles(port: MessagePort, of: FileReading): Promise<void> {
  const {database, cold, threads, memoryMb, cacheFiles} = of;
  const duck = await openDuck({folder: cold, threads, memoryMb, cacheFiles, cacheHeads: cacheFiles});
  serveReader({
    port,
    database,
    cold: await ColdFiles.open(cold, duck, QUERIES_AT_ONCE),
    retire: (files) => {
      for (const file of files) rmSync(path.join(cold, file), {force: true});
    },
    close: () => duck.closeSync(),
  });
}
