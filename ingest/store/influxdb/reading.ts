import type {MessagePort} from 'node:worker_threads';
import {serveReader} from '../embedded/reader-service.ts';
import {InfluxApi} from './influx-api.ts';
import {InfluxRows} from './influx-rows.ts';
import type {InfluxAccess} from './options.ts';

export type InfluxReading = {database: string; influx: InfluxAccess};

/** Answers questions about a store of which older rows lie in InfluxDB. */
export function serveInflux(port: MessagePort, {database, influx}: InfluxReading): void {
  const cold = new InfluxRows(new InfluxApi(influx), influx);
  serveReader({port, database, cold, retire: () => {}, close: () => {}});
}
