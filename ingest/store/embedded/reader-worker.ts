/** The reader over column files. */
import {parentPort, workerData} from 'node:worker_threads';
import {type FileReading, serveFiles} from './file-service.ts';

await serveFiles(parentPort!, workerData as FileReading);
