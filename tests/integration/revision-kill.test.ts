import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {readFileSync} from 'node:fs';
import path from 'node:path';
import {createInterface} from 'node:readline';
import {fileURLToPath} from 'node:url';
import {afterEach, beforeEach, expect, it} from 'vitest';
import {openEmbeddedStore} from '../../ingest/store/index.ts';
import {rollUp} from '../../model/index.ts';
import {QC_TEST} from '../../schemas/index.ts';
import {seeded} from '../ingest/store/stream.ts';
import {temporaryFolder} from '../ingest/store/temporary-folder.ts';
import {END_MS, REVISED, rowsToRevise, START_MS} from './store/revised-rows.ts';
import {knownSeries} from './store/rows.ts';

const PROCESS = fileURLToPath(new URL('./store/revision-process.ts', import.meta.url));
const KILLS = 8;
const MOST_MS = 400;
const ALL = {series: REVISED, fromMs: 0, toMs: 8.64e15};

let place: ReturnType<typeof temporaryFolder>;
beforeEach(() => {
  place = temporaryFolder();
});
afterEach(() => place.remove());

it(`after ${KILLS} kills -9 amid revisions none is half-done, and every acknowledged one is there`, async () => {
  const folder = path.join(place.folder, 'store');
  const ledgerFile = path.join(place.folder, 'ledger.txt');
  const random = seeded(7);
  for (let kill = 0; kill < KILLS; kill++) {
    const child = spawn(process.execPath, [PROCESS, folder, ledgerFile], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const ended = once(child, 'close');
    await Promise.race([
      once(createInterface({input: child.stdout}), 'line'),
      ended.then(() => Promise.reject(new Error('the process ended by itself'))),
    ]);
    await new Promise((resolve) => setTimeout(resolve, random() * MOST_MS));
    expect(child.exitCode).toBeNull();
    child.kill('SIGKILL');
    await ended;

    const acknowledged = new Set(
      [...readFileSync(ledgerFile, 'utf8').matchAll(/^(\d+)\n/gm)].map(([, version]) => Number(version)),
    );
    const store = await openEmbeddedStore({folder, seriesInfo: knownSeries, compactEveryMs: 0});
    try {
      const pieces = Map.groupBy(
        (await store.revisions(ALL)).filter(({version}) => version > 1),
        ({version}) => version,
      );
      for (const [version, revisions] of pieces)
        expect(revisions.length, `${version}`).toBe(version % 3 === 2 ? 1 : 2);
      expect([...acknowledged].filter((version) => !pieces.has(version))).toEqual([]);
      await store.settled();
      // What stands now: the newest act that was not taken back.
      const taken = new Set([...pieces.values()].flat().map(({revokes}) => revokes));
      const acts = [...pieces.keys()].filter((version) => version % 3 !== 2 && !taken.has(version));
      const standing = acts.length === 0 ? null : Math.max(...acts);
      const rows = await store.rows(ALL);
      rowsToRevise().forEach(({timeMs, value}, i) => {
        const share = (timeMs - START_MS) / (END_MS - START_MS);
        expect(rows.value[i]).toBeCloseTo(value! + (standing ?? 0) * share, 9);
        expect((rows.qc[i]! & QC_TEST.manual) !== 0).toBe(standing !== null);
      });
      expect(await store.rollUp({...ALL, bucket: 'PT15M'})).toEqual(
        rollUp(rows, {bucketMs: 900_000}, 'mean'),
      );
    } finally {
      await store.close();
    }
  }
});
