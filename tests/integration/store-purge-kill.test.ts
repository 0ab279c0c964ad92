import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {readdirSync} from 'node:fs';
import path from 'node:path';
import {createInterface} from 'node:readline';
import {fileURLToPath} from 'node:url';
import {afterEach, beforeEach, expect, it} from 'vitest';
import type {Row} from '#schemas';
import {type EmbeddedStore, openEmbeddedStore} from '../../ingest/store/index.ts';
import {add, seeded} from '../ingest/store/stream.ts';
import {temporaryFolder} from '../ingest/store/temporary-folder.ts';
import {knownSeries, rowOf, SERIES} from './store/rows.ts';

const PURGER = fileURLToPath(new URL('./store/purge-process.ts', import.meta.url));
const KILLS = 12;
const MOST_MS = 600;
const PURGED = [2, 5, 11];
const ROWS = 60_000;

let place: ReturnType<typeof temporaryFolder>;
let store: EmbeddedStore | undefined;
beforeEach(() => {
  place = temporaryFolder();
});
afterEach(async () => {
  await store?.close();
  place.remove();
});

const open = () =>
  openEmbeddedStore({
    folder: place.folder,
    seriesInfo: knownSeries,
    commitIntervalMs: 1,
    compactEveryMs: 0,
    compactAfterMs: 0,
  });

/** Purges in a process that is killed `afterMs` after it begins; true if it said that it was done. */
async function purgeAndKill(afterMs: number): Promise<boolean> {
  const child = spawn(process.execPath, [PURGER, place.folder, PURGED.join()], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(child, 'close');
  const said = new Set<string>();
  const begun = new Promise<void>((resolve) =>
    createInterface({input: child.stdout}).on('line', (line) => {
      said.add(line);
      resolve();
    }),
  );
  await Promise.race([begun, ended]);
  expect(child.exitCode).toBeNull();
  await new Promise((resolve) => setTimeout(resolve, afterMs));
  child.kill('SIGKILL');
  await ended;
  return said.has('done');
}

it(`after ${KILLS} kills -9 in the middle of a purge the series are wholly there or wholly gone, others untouched`, async () => {
  const all: Row[] = Array.from({length: ROWS}, (_, n) => rowOf(n));
  const of = (series: number) =>
    all.filter((row) => row.series === series).sort((a, b) => a.timeMs - b.timeMs);
  const wanted = new Map(Array.from({length: SERIES}, (_, i) => [i + 1, of(i + 1)]));
  const random = seeded(4);
  const seen = {there: 0, gone: 0, done: 0};

  store = await open();
  await add(store, {rows: all});
  // Rows of two months in files, some days still hot.
  await store.compact();
  await add(store, {rows: PURGED.map((series) => ({...rowOf(series - 1), timeMs: Date.now(), series}))});
  for (let kill = 0; kill < KILLS; kill++) {
    const before = new Map<number, number>();
    for (let series = 1; series <= SERIES; series++)
      before.set(series, (await read(store, series)).timeMs.length);
    await store.close();
    store = undefined;
    const done = await purgeAndKill(random() ** 2 * MOST_MS);
    store = await open();
    const left = await Promise.all(PURGED.map(async (series) => (await read(store!, series)).timeMs.length));
    const gone = left.every((n) => n === 0);
    if (!gone) expect(left).toEqual(PURGED.map((series) => before.get(series)));
    if (done) expect(gone).toBe(true);
    seen[done ? 'done' : gone ? 'gone' : 'there']++;
    for (const [series, rows] of wanted) {
      if (PURGED.includes(series)) continue;
      const found = await read(store, series);
      expect([...found.timeMs]).toEqual(rows.map((row) => row.timeMs));
      expect([...found.value]).toEqual(rows.map((row) => row.value ?? Number.NaN));
    }
    if (!gone) continue;
    // Back again for the next one: as new rows, since nothing of them is known any more.
    const again = all.filter((row) => PURGED.includes(row.series));
    expect(await add(store, {rows: again})).toEqual({stored: again.length, duplicate: 0, conflict: 0});
    await store.compact();
  }
  expect(seen.there + seen.gone + seen.done).toBe(KILLS);
  expect(seen.gone + seen.done).toBeGreaterThan(0);
  await store.purge(PURGED);
  await store.compact();
  const {coldRows, hotRows} = await store.stats();
  expect(coldRows + hotRows).toBe(ROWS - PURGED.reduce((sum, series) => sum + wanted.get(series)!.length, 0));
  expect(readdirSync(path.join(place.folder, 'cold')).filter((file) => file.startsWith('.'))).toEqual([]);
}, 120_000);

function read(from: EmbeddedStore, series: number) {
  return from.rows({series, fromMs: 0, toMs: 8.64e15});
}
