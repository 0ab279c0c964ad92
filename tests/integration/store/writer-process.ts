/**
 * A process that writes to a store without end. It keeps a ledger: a line `from to` (numbers of rows, see rows.ts) for each
 * batch that was acknowledged, in a file, so that what was written before kill -9 is there. On stdout it says
 * `acknowledged` at the first of these and `compacted` after each move to column files.
 * Arguments: folder, ledger, number of the first row, and for a store over InfluxDB where that is, as JSON.
 */
import {openSync, writeSync} from 'node:fs';
import {openEmbeddedStore, openInfluxStore} from '../../../ingest/store/index.ts';
import {BATCH_ROWS, knownSeries, rowOf} from './rows.ts';

const [folder, ledgerFile, first, influx] = process.argv.slice(2);
/** Batches under way at any moment, and the pause before the next one: InfluxDB should keep up. */
const IN_FLIGHT = influx === undefined ? 40 : 4;
const PAUSE_MS = influx === undefined ? 1 : 8;
const COMPACT_PAUSE_MS = 20;

const ledger = openSync(ledgerFile!, 'a');
const options = {
  folder: folder!,
  seriesInfo: knownSeries,
  commitIntervalMs: 1,
  compactEveryMs: 0,
  compactAfterMs: 0,
};
const store = await (influx === undefined
  ? openEmbeddedStore(options)
  : openInfluxStore({...options, influx: JSON.parse(influx)}));
let next = Number(first);
let said = false;

function send(): void {
  const from = next;
  next += BATCH_ROWS;
  const rows = Array.from({length: BATCH_ROWS}, (_, i) => rowOf(from + i));
  // Now and then a row comes again: a redelivery.
  if (from % 7 === 0 && from > BATCH_ROWS) rows.push(rowOf(from - BATCH_ROWS));
  store.add({rows, revisions: [], deadLetters: [], rechecks: []}, () => {
    writeSync(ledger, `${from} ${from + BATCH_ROWS}\n`);
    if (!said) process.stdout.write('acknowledged\n');
    said = true;
    setTimeout(send, PAUSE_MS);
  });
}

for (let i = 0; i < IN_FLIGHT; i++) send();
for (;;) {
  await store.compact();
  process.stdout.write('compacted\n');
  await new Promise((resolve) => setTimeout(resolve, COMPACT_PAUSE_MS));
}
