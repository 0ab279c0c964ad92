/** Turns rows into the bytes of an export, beside the loop that serves everybody else. */
import {parentPort, workerData} from 'node:worker_threads';
import type {RowColumns} from '#schemas';
import {csvLong, csvWide} from './csv.ts';
import type {ExportTask, FromExport, ToExport} from './export-protocol.ts';
import {geoJson} from './geojson.ts';
import {parquetFile} from './parquet.ts';
import type {ReadBlock} from './plan.ts';

const port = parentPort!;
const {plan, scratch} = workerData as ExportTask;
const say = (message: FromExport, transfer: ArrayBuffer[] = []) => port.postMessage(message, transfer);

let onBlock: ((rows: RowColumns | null) => void) | null = null;
let onMore: (() => void) | null = null;
port.on('message', (message: ToExport) => {
  if (message.kind === 'block') onBlock?.(message.rows);
  else onMore?.();
});

const read: ReadBlock = (index) =>
  new Promise((resolve) => {
    onBlock = resolve;
    say({kind: 'read', index});
  });

const encoder = new TextEncoder();

try {
  if (plan.format === 'parquet') {
    say({kind: 'file', ...(await parquetFile(plan, read, scratch!))});
  } else {
    const pieces =
      plan.format === 'geojson'
        ? geoJson(plan, read)
        : plan.layout === 'wide'
          ? csvWide(plan, read)
          : csvLong(plan, read);
    for await (const {data, rows} of pieces) {
      const bytes = encoder.encode(data);
      await new Promise<void>((resolve) => {
        onMore = resolve;
        say({kind: 'piece', data: bytes, rows}, [bytes.buffer]);
      });
    }
  }
  say({kind: 'end'});
} catch (error) {
  say({kind: 'failed', message: (error as Error).message});
}
port.close();
