/** The reader over the local database and InfluxDB. */
import {parentPort, workerData} from 'node:worker_threads';
import {type InfluxReading, serveInflux} from './reading.ts';

serveInflux(parentPort!, workerData as InfluxReading);
