import {execFileSync} from 'node:child_process';
import {mkdirSync, rmSync, statfsSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {afterEach, beforeEach, describe, expect, it} from 'vitest';
import {type EmbeddedStore, openEmbeddedStore} from '../../../ingest/store/index.ts';
import {add, INFO, row} from './stream.ts';
import {temporaryFolder} from './temporary-folder.ts';

const START = Date.UTC(2026, 9, 11);
const MINUTE = 60_000;
const QUIET_MS = 600;
/** Of the small file system. */
const DISK_BYTES = 24 * 1024 * 1024;

/** A small file system of its own at this folder; false where nobody may make one. */
function mountSmallDisk(folder: string): boolean {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${DISK_BYTES}`, 'tmpfs', folder], {stdio: 'ignore'});
    return true;
  } catch {
    return false;
  }
}

const probe = temporaryFolder();
const MAY_MOUNT = mountSmallDisk(probe.folder);
if (MAY_MOUNT) execFileSync('umount', [probe.folder]);
probe.remove();

// Needs the right to mount (root on Linux): a full disk cannot be had otherwise.
describe.runIf(MAY_MOUNT)('a full disk', () => {
  let place: ReturnType<typeof temporaryFolder>;
  let folder: string;
  let store: EmbeddedStore;
  const open = () =>
    openEmbeddedStore({
      folder,
      seriesInfo: () => INFO,
      commitIntervalMs: 1,
      compactEveryMs: 0,
      compactAfterMs: 0,
      now: () => START + 10 * 86_400_000,
    });
  const ballast = () => path.join(place.folder, 'ballast');
  const rowsFrom = (first: number, count: number) =>
    Array.from({length: count}, (_, i) => row(START + (first + i) * MINUTE, 1, first + i));
  const times = async () => [...(await store.rows({series: 1, fromMs: 0, toMs: 8.64e15})).timeMs];

  /** Takes all that is free. */
  function fill(): void {
    const {bavail, bsize} = statfsSync(place.folder);
    writeFileSync(ballast(), Buffer.alloc(bavail * bsize));
    expect(statfsSync(place.folder).bavail).toBe(0);
  }

  beforeEach(async () => {
    place = temporaryFolder();
    expect(mountSmallDisk(place.folder)).toBe(true);
    folder = path.join(place.folder, 'store');
    mkdirSync(folder);
    store = await open();
  });
  afterEach(async () => {
    rmSync(ballast(), {force: true});
    await store.close();
    execFileSync('umount', [place.folder]);
    place.remove();
  });

  it('acknowledges nothing while it is full, says so, and goes on with everything when there is room', async () => {
    await add(store, {rows: rowsFrom(0, 10)});
    fill();
    // More than the write-ahead log has room for.
    const outcomes: object[] = [];
    const waiting = [0, 1, 2].map((i) =>
      add(store, {rows: rowsFrom(10 + i * 3000, 3000)}).then((outcome) => {
        outcomes.push(outcome);
      }),
    );
    await expect.poll(() => store.state().state).toBe('stalled');
    await new Promise((resolve) => setTimeout(resolve, QUIET_MS));
    expect(outcomes).toEqual([]);
    expect(store.pending()).toBe(9000);
    // What was there can be read all the same, and none of what is not acknowledged shows.
    expect((await times()).length).toBe(10);
    expect(store.latest([1])).toEqual([row(START + 9 * MINUTE, 1, 9)]);

    rmSync(ballast());
    await Promise.all(waiting);
    expect(outcomes).toEqual([0, 1, 2].map(() => ({stored: 3000, duplicate: 0, conflict: 0})));
    expect(store.state().state).toBe('ok');
    expect(store.pending()).toBe(0);
    await store.close();
    store = await open();
    expect(await times()).toEqual(Array.from({length: 9010}, (_, i) => START + i * MINUTE));
  });

  it('leaves rows where they are when there is no room for column files', async () => {
    const rows = rowsFrom(0, 5000);
    await add(store, {rows});
    fill();
    await expect(store.compact()).rejects.toThrow();
    expect(await times()).toEqual(rows.map(({timeMs}) => timeMs));
    rmSync(ballast());
    await store.compact();
    const {hotRows, coldRows} = await store.stats();
    expect([hotRows, coldRows]).toEqual([0, 5000]);
    expect(await times()).toEqual(rows.map(({timeMs}) => timeMs));
  });
});
