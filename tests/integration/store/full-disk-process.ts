/**
 * A process that writes to a store until nothing more goes through, waits for a line on stdin, and goes on; then it closes,
 * opens again and counts. What it finds goes to stdout, one JSON object a line.
 * Arguments: folder; `close` to close it while nothing goes through, instead of waiting.
 */
import {once} from 'node:events';
import {rmSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {DatabaseSync} from 'node:sqlite';
import {openEmbeddedStore} from '../../../ingest/store/index.ts';
import {BATCH_ROWS, knownSeries, rowOf, SERIES} from './rows.ts';

const folder = process.argv[2]!;
const BALLAST = path.join(folder, 'ballast');
const MORE_BATCHES = 500;
const HELD_MS = 1_500;

const say = (found: object) => process.stdout.write(`${JSON.stringify(found)}\n`);
const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const open = () =>
  openEmbeddedStore({folder: path.join(folder, 'store'), seriesInfo: knownSeries, compactEveryMs: 0});

writeFileSync(BALLAST, Buffer.alloc(8 << 20));
let store = await open();
let sent = 0;
let acknowledged = 0;
const send = () => {
  const from = sent;
  sent += BATCH_ROWS;
  const rows = Array.from({length: BATCH_ROWS}, (_, i) => rowOf(from + i));
  store.add({rows, revisions: [], deadLetters: [], rechecks: []}, (outcome) => {
    acknowledged += outcome.stored;
  });
};

while (store.state().state === 'ok') {
  for (let i = 0; i < 50; i++) send();
  await sleep(2);
}
const whenFull = acknowledged;
// Sensors go on for a while.
for (let i = 0; i < MORE_BATCHES; i++) send();
await sleep(HELD_MS);
const {stalled} = await store.stats();
say({
  what: 'full',
  acknowledged: whenFull,
  whileFull: acknowledged - whenFull,
  pending: store.pending(),
  unsure: sent - acknowledged,
  stalled,
});

if (process.argv[3] === 'close') {
  const closing = performance.now();
  await store.close();
  say({what: 'closed', afterMs: performance.now() - closing});
  process.exit(0);
}

await once(process.stdin, 'data');
rmSync(BALLAST);
const began = performance.now();
while (acknowledged < sent) await sleep(5);
say({what: 'freed', afterMs: performance.now() - began, state: store.state().state});

for (let i = 0; i < MORE_BATCHES; i++) send();
while (acknowledged < sent) await sleep(5);
await store.close();
store = await open();
let rows = 0;
for (let series = 1; series <= SERIES; series++) {
  rows += (await store.rows({series, fromMs: 0, toMs: 8.64e15})).timeMs.length;
}
await store.close();
const db = new DatabaseSync(path.join(folder, 'store', 'hot.db'));
const integrity = db.prepare('PRAGMA integrity_check').get()!['integrity_check'];
db.close();
say({what: 'counted', sent, acknowledged, rows, integrity});
process.exit(0);
