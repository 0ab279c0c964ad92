/** The reader over column files. */
import {rmSync} from 'node:fs';
import path from 'node:path';
import {parentPort, workerData} from 'node:worker_threads';
import {ColdFiles} from './cold-files.ts';
import {openDuck} from './duck.ts';
import {serveReader} from './reader-service.ts';

const QUERIES_AT_ONCE = 3;

const data = workerData as {database: string; cold: string; threads: number; memoryMb: number};
const duck = await openDuck({folder: data.cold, threads: data.threads, memoryMb: data.memoryMb});
serveReader({
  port: parentPort!,
  database: data.database,
  cold: await ColdFiles.open(data.cold, duck, QUERIES_AT_ONCE),
  retire: (files) => {
    for (const file of files) rmSync(path.join(data.cold, file), {force: true});
  },
  close: () => duck.closeSync(),
});
