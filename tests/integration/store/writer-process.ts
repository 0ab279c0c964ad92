/**
 * A process that writes to a store without end and says on stdout what was acknowledged: one line `from to` for each
 * batch, numbers of rows (see rows.ts), after its callback. It is ended by kill -9.
 * Arguments: folder, number of the first row.
 */
import {writeSync} from 'node:fs';
import {openEmbeddedStore} from '../../../ingest/store/index.ts';
import {BATCH_ROWS, knownSeries, rowOf} from './rows.ts';

const [folder, first] = process.argv.slice(2);
/** Batches under way at any moment. */
const IN_FLIGHT = 40;
const COMPACT_PAUSE_MS = 20;

const store = await openEmbeddedStore({
  folder: folder!,
  seriesInfo: knownSeries,
  commitIntervalMs: 1,
  compactEveryMs: 0,
  compactAfterMs: 0,
});
let next = Number(first);

function send(): void {
  const from = next;
  next += BATCH_ROWS;
  const rows = Array.from({length: BATCH_ROWS}, (_, i) => rowOf(from + i));
  // Now and then a batch comes again: a redelivery.
  const again = from % 7 === 0 && from > BATCH_ROWS ? [rowOf(from - BATCH_ROWS)] : [];
  store.add({rows: [...rows, ...again], revisions: [], deadLetters: [], rechecks: []}, () => {
    // Straight to the pipe: what is said is what was acknowledged, whatever happens next.
    writeSync(1, `${from} ${from + BATCH_ROWS}\n`);
    setTimeout(send, 1);
  });
}

for (let i = 0; i < IN_FLIGHT; i++) send();
for (;;) {
  await store.compact();
  await new Promise((resolve) => setTimeout(resolve, COMPACT_PAUSE_MS));
}
