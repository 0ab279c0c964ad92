/** The reader over the local database and InfluxDB. */
import {parentPort, workerData} from 'node:worker_threads';
import {serveReader} from '../embedded/reader-service.ts';
import {InfluxApi} from './influx-api.ts';
import {InfluxRows} from './influx-rows.ts';
import type {InfluxAccess} from './options.ts';

const {database, influx} = workerData as {database: string; influx: InfluxAccess};
serveReader({
  port: parentPort!,
  database,
  cold: new InfluxRows(new InfluxApi(influx), influx),
  retire: () => {},
  close: () => {},
});
