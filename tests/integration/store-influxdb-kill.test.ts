/** kill -9 of our own process between the local commit, InfluxDB's answer and the removal of rows that InfluxDB has. */
import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {existsSync, readFileSync} from 'node:fs';
import path from 'node:path';
import {createInterface} from 'node:readline';
import {fileURLToPath} from 'node:url';
import {expect, it, vi} from 'vitest';
import {openInfluxStore} from '#ingest';
import {seeded} from '../ingest/store/stream.ts';
import {temporaryFolder} from '../ingest/store/temporary-folder.ts';
import {findProgram, testWith} from '../needs.ts';
import {influxServer} from './store/influx-server.ts';
import {knownSeries, rowOf, SERIES} from './store/rows.ts';

const WRITER = fileURLToPath(new URL('./store/writer-process.ts', import.meta.url));
const KILLS = 8;
const MOST_MS = 500;
/** Rows that the next process sends again. */
const AGAIN_ROWS = 72;

function ledger(file: string): Set<number> {
  const numbers = new Set<number>();
  if (!existsSync(file)) return numbers;
  for (const [, from, to] of readFileSync(file, 'utf8').matchAll(/^(\d+) (\d+)\n/gm)) {
    for (let n = Number(from); n < Number(to); n++) numbers.add(n);
  }
  return numbers;
}

// 1.x alone: what is tried is ours. findProgram says what is here, testWith what to do if it is not.
const test = findProgram('influxd') === undefined ? testWith('influxd') : it;
test(`after ${KILLS} kills -9 every acknowledged row is in InfluxDB, once, as it was sent`, async () => {
  const {folder, remove} = temporaryFolder();
  const server = await influxServer(1);
  const store = path.join(folder, 'store');
  const file = path.join(folder, 'ledger.txt');
  const random = seeded(21);
  try {
    await server.start();
    const influx = server.access('killed');
    let next = 0;
    for (let kill = 0; kill < KILLS; kill++) {
      // Every other one after rows have left the local database.
      const word = kill % 2 === 0 ? 'acknowledged' : 'compacted';
      const args = [WRITER, store, file, String(next), JSON.stringify(influx)];
      const child = spawn(process.execPath, args, {stdio: ['ignore', 'pipe', 'inherit']});
      const ended = once(child, 'close');
      const lines = createInterface({input: child.stdout});
      await Promise.race([
        new Promise<void>((resolve) => lines.on('line', (line) => line === word && resolve())),
        ended.then(() => Promise.reject(new Error('the writer ended by itself'))),
      ]);
      await new Promise((resolve) => setTimeout(resolve, random() * MOST_MS));
      child.kill('SIGKILL');
      await ended.catch(() => {});
      next = Math.max(0, [...ledger(file)].reduce((most, n) => Math.max(most, n), 0) + 1 - AGAIN_ROWS);
    }
    const acknowledged = ledger(file);
    expect(acknowledged.size).toBeGreaterThan(KILLS * AGAIN_ROWS);

    const reopened = await openInfluxStore({
      folder: store,
      influx,
      seriesInfo: knownSeries,
      compactEveryMs: 0,
    });
    const sending = {state: 'sending', waitingRows: 0};
    await vi.waitFor(() => expect(reopened.forwarding()).toMatchObject(sending), {timeout: 60_000});
    const stored = reopened.counts().stored;
    await reopened.close();
    const there = new Map<string, unknown[]>();
    for (let series = 1; series <= SERIES; series++) {
      const fields = '"value", "qc", "received"';
      const found = await server.query(
        'killed',
        `SELECT ${fields} FROM "eco_observation" WHERE "series" = '${series}'`,
      );
      for (const [timeMs, ...rest] of found) {
        expect(there.has(`${series} ${timeMs}`)).toBe(false);
        there.set(`${series} ${timeMs}`, rest);
      }
    }
    for (const n of acknowledged) {
      const {series, timeMs, value, qc, receivedMs} = rowOf(n);
      expect(there.get(`${series} ${timeMs}`), `row ${n}`).toEqual([value, qc, receivedMs]);
    }
    // What was under way when it was killed is there as well, or was sent again: nothing that we do not count.
    expect(there.size).toBe(stored);
  } finally {
    await server.remove();
    remove();
  }
});
