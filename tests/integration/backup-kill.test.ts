import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {existsSync, mkdirSync, readdirSync, readFileSync, rmSync} from 'node:fs';
import path from 'node:path';
import {createInterface} from 'node:readline';
import {fileURLToPath} from 'node:url';
import {afterEach, beforeEach, expect, it} from 'vitest';
import {openEmbeddedStore} from '../../ingest/store/index.ts';
import {readManifest} from '../../server/backup/manifest.ts';
import {restore} from '../../server/backup/restore.ts';
import {seeded} from '../ingest/store/stream.ts';
import {temporaryFolder} from '../ingest/store/temporary-folder.ts';
import {knownSeries, rowOf, SERIES} from './store/rows.ts';

const PROCESS = fileURLToPath(new URL('./store/backup-process.ts', import.meta.url));
const BACKUP_KILLS = 10;
const RESTORE_KILLS = 10;
/** More than a process can have under way beyond its last acknowledgement. */
const UNDER_WAY_ROWS = 10_000;
const START_LIMIT_MS = 120_000;

let place: ReturnType<typeof temporaryFolder>;
const at = (...names: string[]) => path.join(place.folder, ...names);
beforeEach(() => {
  place = temporaryFolder();
  mkdirSync(at('backups'));
});
afterEach(() => place.remove());

/** Starts the process and kills it `ms` after it said that it begins the (first) thing; whether it was done by then. */
async function runAndKill(args: readonly string[], ms: number): Promise<boolean> {
  const child = spawn(process.execPath, [PROCESS, ...args], {stdio: ['ignore', 'pipe', 'pipe']});
  let complaint = '';
  child.stderr.on('data', (text) => {
    complaint += text;
  });
  const ended = once(child, 'close');
  let done = false;
  let late: NodeJS.Timeout | undefined;
  try {
    await new Promise<void>((resolve, reject) => {
      child.once('exit', () => reject(new Error(`ended by itself: ${complaint}`)));
      late = setTimeout(
        () => reject(new Error(`not begun in ${START_LIMIT_MS} ms: ${complaint}`)),
        START_LIMIT_MS,
      );
      createInterface({input: child.stdout}).on('line', (line) => {
        if (line.startsWith('begun')) resolve();
        if (line.startsWith('done')) done = true;
      });
    });
    await new Promise((resolve) => setTimeout(resolve, ms));
    expect(child.exitCode, complaint).toBeNull();
  } finally {
    clearTimeout(late);
    child.kill('SIGKILL');
    await ended;
  }
  return done;
}

/** Rows acknowledged before each backup was begun, and the backups that were said to be done. */
function readLedger(): {before: Map<number, number[]>; acknowledged: number[]; done: Set<number>} {
  const before = new Map<number, number[]>();
  const acknowledged: number[] = [];
  const done = new Set<number>();
  for (const line of readFileSync(at('ledger.txt'), 'utf8').split('\n').slice(0, -1)) {
    const [word, second] = line.split(' ');
    if (word === 'begin') before.set(Number(second), [...acknowledged]);
    else if (word === 'done') done.add(Number(second));
    else for (let n = Number(word); n < Number(second); n++) acknowledged.push(n);
  }
  return {before, acknowledged, done};
}

/** The numbers of the rows in a store, each compared with what was sent. */
async function numbersIn(folder: string, most: number): Promise<Set<number>> {
  const numberOf = new Map<string, number>();
  for (let n = 0; n < most; n++) numberOf.set(`${rowOf(n).series} ${rowOf(n).timeMs}`, n);
  const store = await openEmbeddedStore({folder, seriesInfo: knownSeries, compactEveryMs: 0});
  const found = new Set<number>();
  try {
    for (let series = 1; series <= SERIES; series++) {
      const rows = await store.rows({series, fromMs: 0, toMs: 8.64e15});
      for (let i = 0; i < rows.timeMs.length; i++) {
        const number = numberOf.get(`${series} ${rows.timeMs[i]}`);
        if (number === undefined) throw new Error(`series ${series}: nobody sent a row at ${rows.timeMs[i]}`);
        const same = Object.is(rows.value[i], rowOf(number).value ?? Number.NaN);
        if (!same || found.has(number)) throw new Error(`row ${number} is another, or there twice`);
        found.add(number);
      }
    }
  } finally {
    await store.close();
  }
  return found;
}

it(`after ${BACKUP_KILLS} kills -9 amid backups under load every backup that shows is whole, of its moment`, async () => {
  const random = seeded(7);
  let number = 0;
  let row = 0;
  for (let kill = 0; kill < BACKUP_KILLS; kill++) {
    const args = ['backup', at('data'), at('ledger.txt'), String(row), at('backups'), String(number)];
    await runAndKill(args, 20 + random() ** 2 * 1500);
    const {acknowledged, before} = readLedger();
    row = acknowledged.reduce((most, n) => Math.max(most, n), -1) + 1;
    // The next process begins with the one that was cut off, under its name.
    number = Math.max(...before.keys());
    if (existsSync(at('backups', String(number)))) number++;
  }
  const {before, acknowledged, done} = readLedger();
  const shown = readdirSync(at('backups')).filter((name) => !name.endsWith('.partial'));
  expect(shown.length).toBeGreaterThan(0);
  // What was said to be done shows.
  for (const n of done) expect(shown).toContain(String(n));
  const most = acknowledged.reduce((top, n) => Math.max(top, n), 0) + UNDER_WAY_ROWS;
  for (const name of shown) {
    const manifest = restore({backup: at('backups', name), dataDir: at('restored')});
    const found = await numbersIn(at('restored', 'store'), most);
    expect(found.size).toBe(manifest.store.rows);
    const missing = before.get(Number(name))!.filter((n) => !found.has(n));
    expect(missing).toEqual([]);
    rmSync(at('restored'), {recursive: true});
  }
  // And the store itself lost nothing over it.
  const left = await numbersIn(at('data', 'store'), most);
  expect(acknowledged.filter((n) => !left.has(n))).toEqual([]);
});

it(`after ${RESTORE_KILLS} kills -9 amid restores the data folder is wholly there or not at all`, async () => {
  const random = seeded(11);
  await runAndKill(['backup', at('data'), at('ledger.txt'), '0', at('backups'), '0'], 3000);
  const {done, acknowledged} = readLedger();
  const most = acknowledged.reduce((top, n) => Math.max(top, n), 0) + UNDER_WAY_ROWS;
  const backup = at('backups', String(Math.max(...done)));
  const {store} = readManifest(backup);
  const began = performance.now();
  restore({backup, dataDir: at('whole')});
  const wholeMs = performance.now() - began;
  const wanted = await numbersIn(at('whole', 'store'), most);
  expect(wanted.size).toBe(store.rows);
  const seen = {there: 0, absent: 0, partial: 0};
  for (let kill = 0; kill < RESTORE_KILLS; kill++) {
    const said = await runAndKill(['restore', backup, at('again')], random() * wholeMs * 1.5);
    if (existsSync(at('again.partial'))) seen.partial++;
    if (!existsSync(at('again'))) {
      expect(said).toBe(false);
      seen.absent++;
      continue;
    }
    seen.there++;
    expect((await numbersIn(at('again', 'store'), most)).symmetricDifference(wanted).size).toBe(0);
    rmSync(at('again'), {recursive: true});
  }
  expect(seen.there + seen.absent).toBe(RESTORE_KILLS);
  expect(seen.absent).toBeGreaterThan(0);
  // What the last one left is cleared away.
  restore({backup, dataDir: at('again')});
  expect(existsSync(at('again.partial'))).toBe(false);
});
