import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {existsSync, readFileSync} from 'node:fs';
import path from 'node:path';
import {createInterface} from 'node:readline';
import {fileURLToPath} from 'node:url';
import {afterEach, beforeEach, expect, it} from 'vitest';
import {openEmbeddedStore} from '../../ingest/store/index.ts';
import {seeded} from '../ingest/store/stream.ts';
import {temporaryFolder} from '../ingest/store/temporary-folder.ts';
import {knownSeries, rowOf, SERIES} from './store/rows.ts';

const WRITER = fileURLToPath(new URL('./store/writer-process.ts', import.meta.url));
const KILLS = 20;
/** Every third kill comes after a move to column files, so that some of these go through. */
const AFTER_A_MOVE = 3;
/** From what is waited for to the kill, ms: shorter and longer than a move. */
const LEAST_MS = 5;
const MOST_MS = 700;
const START_LIMIT_MS = 60_000;
/** Rows that the next process sends again. */
const AGAIN_ROWS = 72;
/** More than a process can have under way beyond its last acknowledgement. */
const UNDER_WAY_ROWS = 10_000;

let place: ReturnType<typeof temporaryFolder>;
let folder: string;
let ledgerFile: string;
beforeEach(() => {
  place = temporaryFolder();
  folder = path.join(place.folder, 'store');
  ledgerFile = path.join(place.folder, 'ledger.txt');
});
afterEach(() => place.remove());

/** Lets a process write from row `first` on and kills it, `ms` after it said `word`. */
async function writeAndKill(first: number, word: 'acknowledged' | 'compacted', ms: number): Promise<void> {
  const child = spawn(process.execPath, [WRITER, folder, ledgerFile, String(first)], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let complaint = '';
  child.stderr.on('data', (text) => {
    complaint += text;
  });
  const ended = once(child, 'close');
  let late: NodeJS.Timeout | undefined;
  try {
    await new Promise<void>((resolve, reject) => {
      child.once('exit', () => reject(new Error(`the writer ended by itself: ${complaint}`)));
      late = setTimeout(
        () => reject(new Error(`not ${word} within ${START_LIMIT_MS} ms: ${complaint}`)),
        START_LIMIT_MS,
      );
      createInterface({input: child.stdout}).on('line', (line) => {
        if (line === word) resolve();
      });
    });
    await new Promise((resolve) => setTimeout(resolve, ms));
    expect(child.exitCode, complaint).toBeNull();
  } finally {
    clearTimeout(late);
    child.kill('SIGKILL');
    await ended;
  }
}

/** Numbers of the rows that were acknowledged. */
function ledger(): Set<number> {
  const numbers = new Set<number>();
  if (!existsSync(ledgerFile)) return numbers;
  for (const [, from, to] of readFileSync(ledgerFile, 'utf8').matchAll(/^(\d+) (\d+)\n/gm)) {
    for (let n = Number(from); n < Number(to); n++) numbers.add(n);
  }
  return numbers;
}

it(`after ${KILLS} kills -9 amid commits and moves every acknowledged row is there, once`, async () => {
  const random = seeded(20);
  let next = 0;
  for (let kill = 0; kill < KILLS; kill++) {
    const word = kill % AFTER_A_MOVE === 1 ? 'compacted' : 'acknowledged';
    await writeAndKill(next, word, LEAST_MS + random() ** 2 * (MOST_MS - LEAST_MS));
    // Rows under way when it was killed may be there or not; the next process sends them, and some others, again.
    const newest = [...ledger()].reduce((most, number) => Math.max(most, number), 0);
    next = Math.max(0, newest + 1 - AGAIN_ROWS);
  }
  const acknowledged = ledger();
  expect(acknowledged.size).toBeGreaterThan(KILLS * AGAIN_ROWS);
  const numberOf = new Map<string, number>();
  for (let n = 0; n < next + UNDER_WAY_ROWS; n++) numberOf.set(`${rowOf(n).series} ${rowOf(n).timeMs}`, n);

  const store = await openEmbeddedStore({
    folder,
    seriesInfo: knownSeries,
    compactEveryMs: 0,
    compactAfterMs: 0,
  });
  try {
    const compare = async () => {
      const found: number[] = [];
      let wrong = 0;
      for (let series = 1; series <= SERIES; series++) {
        const rows = await store.rows({series, fromMs: 0, toMs: 8.64e15});
        for (let i = 0; i < rows.timeMs.length; i++) {
          const number = numberOf.get(`${series} ${rows.timeMs[i]}`);
          if (number === undefined)
            throw new Error(`series ${series}: nobody sent a row at ${rows.timeMs[i]}`);
          const sent = rowOf(number);
          if (!Object.is(rows.value[i], sent.value ?? Number.NaN) || rows.qc[i] !== sent.qc) wrong++;
          found.push(number);
        }
      }
      const there = new Set(found);
      return {
        missing: [...acknowledged].filter((n) => !there.has(n)).length,
        duplicates: found.length - there.size,
        wrong,
        rows: found.length,
      };
    };
    const reopened = await compare();
    expect(reopened).toMatchObject({missing: 0, duplicates: 0, wrong: 0});
    // Some were moved, and what the store counts is what it has.
    const {hotRows, coldRows, coldFiles} = await store.stats();
    expect(coldFiles).toBeGreaterThan(0);
    expect(hotRows + coldRows).toBe(reopened.rows);
    expect(store.counts()).toMatchObject({stored: reopened.rows, conflict: 0});
    await store.compact();
    expect(await compare()).toEqual(reopened);
  } finally {
    await store.close();
  }
});
