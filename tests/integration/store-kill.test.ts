import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {createInterface} from 'node:readline';
import {fileURLToPath} from 'node:url';
import {afterEach, beforeEach, expect, it} from 'vitest';
import {openEmbeddedStore} from '../../ingest/store/index.ts';
import {seeded} from '../ingest/store/stream.ts';
import {temporaryFolder} from '../ingest/store/temporary-folder.ts';
import {knownSeries, rowOf, SERIES} from './store/rows.ts';

const WRITER = fileURLToPath(new URL('./store/writer-process.ts', import.meta.url));
const KILLS = 20;
/** From the first acknowledgement to the kill, ms: shorter and longer than a compaction. */
const LEAST_MS = 5;
const MOST_MS = 700;
const START_LIMIT_MS = 20_000;

let place: ReturnType<typeof temporaryFolder>;
beforeEach(() => {
  place = temporaryFolder();
});
afterEach(() => place.remove());

/** Lets a process write from row `first` on and kills it; the numbers of the rows that it said were acknowledged. */
async function writeAndKill(folder: string, first: number, afterMs: number): Promise<number[]> {
  const child = spawn(process.execPath, [WRITER, folder, String(first)], {stdio: ['ignore', 'pipe', 'pipe']});
  let complaint = '';
  child.stderr.on('data', (text) => {
    complaint += text;
  });
  const ended = once(child, 'close');
  const acknowledged: number[] = [];
  const lines = createInterface({input: child.stdout});
  const begun = new Promise<void>((resolve, reject) => {
    child.once('exit', () => reject(new Error(`the writer ended by itself: ${complaint}`)));
    const late = setTimeout(
      () => reject(new Error(`no row in ${START_LIMIT_MS} ms: ${complaint}`)),
      START_LIMIT_MS,
    );
    lines.on('line', (line) => {
      clearTimeout(late);
      const said = /^(\d+) (\d+)$/.exec(line);
      // The last line can be cut off by the kill.
      if (said) for (let n = Number(said[1]); n < Number(said[2]); n++) acknowledged.push(n);
      resolve();
    });
  });
  try {
    await begun;
    await new Promise((resolve) => setTimeout(resolve, afterMs));
    expect(child.exitCode, complaint).toBeNull();
  } finally {
    child.kill('SIGKILL');
    await ended;
  }
  return acknowledged;
}

it(`after ${KILLS} kills -9 in the middle of commits and compactions every acknowledged row is there, once`, async () => {
  const random = seeded(20);
  const ledger = new Set<number>();
  let next = 0;
  for (let kill = 0; kill < KILLS; kill++) {
    const said = await writeAndKill(place.folder, next, LEAST_MS + random() ** 2 * (MOST_MS - LEAST_MS));
    for (const number of said) ledger.add(number);
    // Rows under way when it was killed may or may not be there; the next process sends them again.
    next = said.length > 0 ? said.reduce((most, n) => Math.max(most, n), 0) + 1 - 12 * 6 : next;
    next = Math.max(0, next);
  }
  expect(ledger.size).toBeGreaterThan(KILLS * 40);

  const store = await openEmbeddedStore({
    folder: place.folder,
    seriesInfo: knownSeries,
    compactEveryMs: 0,
    compactAfterMs: 0,
  });
  try {
    const numberOf = new Map<string, number>();
    // Batches under way go beyond the last acknowledged one.
    for (let n = 0; n < next + 100_000; n++) numberOf.set(`${rowOf(n).series} ${rowOf(n).timeMs}`, n);
    const read = async () => {
      const found: number[] = [];
      let wrong = 0;
      for (let series = 1; series <= SERIES; series++) {
        const rows = await store.rows({series, fromMs: 0, toMs: 8.64e15});
        for (let i = 0; i < rows.timeMs.length; i++) {
          const number = numberOf.get(`${series} ${rows.timeMs[i]}`);
          if (number === undefined)
            throw new Error(`series ${series}: a row at ${rows.timeMs[i]} nobody sent`);
          const sent = rowOf(number);
          if (!Object.is(rows.value[i], sent.value ?? Number.NaN) || rows.qc[i] !== sent.qc) wrong++;
          found.push(number);
        }
      }
      const there = new Set(found);
      return {
        missing: [...ledger].filter((n) => !there.has(n)).length,
        duplicates: found.length - there.size,
        wrong,
        rows: found.length,
      };
    };
    const once = await read();
    expect(once).toMatchObject({missing: 0, duplicates: 0, wrong: 0});
    const {hotRows, coldRows, coldFiles} = await store.stats();
    // It was killed while there was something in both halves, and the manifest knows every row.
    expect(coldFiles).toBeGreaterThan(0);
    expect(hotRows + coldRows).toBe(once.rows);
    expect(store.counts()).toMatchObject({stored: once.rows, conflict: 0});
    await store.compact();
    expect(await read()).toEqual(once);
  } finally {
    await store.close();
  }
}, 120_000);
