import {mkdirSync, readdirSync, statSync} from 'node:fs';
import path from 'node:path';
import {afterEach, beforeEach, describe, expect, it} from 'vitest';
import type {Row} from '#schemas';
import {SCHEMA_VERSION} from '../../../ingest/store/embedded/database.ts';
import {FileHolds} from '../../../ingest/store/embedded/file-holds.ts';
import {type EmbeddedStore, openEmbeddedStore, verifyStore} from '../../../ingest/store/index.ts';
import {add, row} from './stream.ts';
import {temporaryFolder} from './temporary-folder.ts';

const MINUTE = 60_000;
const START = Date.UTC(2025, 9, 20);
const SERIES = 4;

let place: ReturnType<typeof temporaryFolder>;
let store: EmbeddedStore;
const open = (folder: string) =>
  openEmbeddedStore({
    folder,
    seriesInfo: () => undefined,
    commitIntervalMs: 1,
    compactEveryMs: 0,
    compactAfterMs: 0,
  });
beforeEach(async () => {
  place = temporaryFolder();
  store = await open(path.join(place.folder, 'store'));
});
afterEach(async () => {
  await store.close();
  place.remove();
});

const rowsFrom = (from: number, count: number): Row[] =>
  Array.from({length: count}, (_, i) =>
    row(START + (from + i) * MINUTE, ((from + i) % SERIES) + 1, from + i),
  );

async function valuesOf(of: EmbeddedStore): Promise<number[]> {
  const values: number[] = [];
  for (let series = 1; series <= SERIES; series++) {
    values.push(...(await of.rows({series, fromMs: 0, toMs: 8.64e15})).value);
  }
  return values.sort((a, b) => a - b);
}

describe('a copy of a store in use', () => {
  it('holds what was acknowledged before the mark, hot and cold, revisions and documents, and opens as a store', async () => {
    await add(store, {rows: rowsFrom(0, 5000)});
    await store.compact();
    await add(store, {
      rows: rowsFrom(5000, 1000),
      revisions: [
        {
          ...{series: 1, fromMs: START, toMs: START, version: 1, value: 99, qc: 1},
          ...{reason: 'drift', who: 'me', atMs: START},
        },
      ],
    });
    await store.documents.put([{collection: 'things', id: 'a', value: {name: 'α,"β"'}}]);
    const copy = await store.backup(path.join(place.folder, 'copy'));
    await add(store, {rows: rowsFrom(6000, 10)});
    expect(copy.rows).toBe(6000);
    expect(copy.files.map((file) => file.path)).toContain('hot.db');
    for (const {path: name, bytes} of copy.files) {
      expect(statSync(path.join(place.folder, 'copy', name)).size).toBe(bytes);
    }
    expect(verifyStore(path.join(place.folder, 'copy'))).toEqual({rows: 6000, schemaVersion: SCHEMA_VERSION});
    const again = await open(path.join(place.folder, 'copy'));
    try {
      const values = await valuesOf(again);
      expect(values.length).toBe(6000);
      expect(values.filter((value) => value === 99).length).toBe(2); // its own, and the revised one
      expect(again.documents.all('things')).toEqual([{name: 'α,"β"'}]);
      expect(again.counts()).toMatchObject({stored: 6000});
    } finally {
      await again.close();
    }
  });

  it('is of one moment while rows come in and files are replaced', async () => {
    await add(store, {rows: rowsFrom(0, 20_000)});
    await store.compact();
    let sent = 20_000;
    let acknowledged = sent;
    let stop = false;
    const load = (async () => {
      while (!stop) {
        const from = sent;
        sent += 50;
        await add(store, {rows: rowsFrom(from, 50)});
        acknowledged = sent;
      }
    })();
    const moving = (async () => {
      while (!stop) await store.compact();
    })();
    for (let n = 0; n < 4; n++) {
      const before = acknowledged;
      const folder = path.join(place.folder, `copy-${n}`);
      const copy = await store.backup(folder, {link: n % 2 === 1});
      expect(copy.rows).toBeGreaterThanOrEqual(before);
      expect(verifyStore(folder).rows).toBe(copy.rows);
      const again = await open(folder);
      // One row after the other was sent: what is there is the first so many, each once.
      expect(await valuesOf(again)).toEqual(Array.from({length: copy.rows}, (_, i) => i));
      await again.close();
    }
    stop = true;
    await Promise.all([load, moving]);
    expect(await valuesOf(store)).toEqual(Array.from({length: sent}, (_, i) => i));
    // Files that the copies held are gone once they are made.
    const {coldFiles} = await store.stats();
    const cold = path.join(place.folder, 'store', 'cold');
    await expect
      .poll(() => readdirSync(cold).filter((file) => file.startsWith('raw-')).length)
      .toBe(coldFiles);
  });

  it('ends with an error when the store is closed over it, or its folder cannot be written', async () => {
    await add(store, {rows: rowsFrom(0, 100)});
    mkdirSync(path.join(place.folder, 'taken', 'hot.db'), {recursive: true});
    await expect(store.backup(path.join(place.folder, 'taken'))).rejects.toThrow();
    const copying = store.backup(path.join(place.folder, 'late'));
    const failed = expect(copying).rejects.toThrow();
    await store.close();
    await failed;
  });
});

describe('verifyStore', () => {
  it('finds a missing and a shortened column file', async () => {
    const {rmSync, truncateSync} = await import('node:fs');
    await add(store, {rows: rowsFrom(0, 5000)});
    await store.compact();
    for (const [n, harm] of [rmSync, (file: string) => truncateSync(file, 10)].entries()) {
      const folder = path.join(place.folder, `harmed-${n}`);
      await store.backup(folder);
      const [file] = readdirSync(path.join(folder, 'cold'));
      harm(path.join(folder, 'cold', file!));
      expect(() => verifyStore(folder)).toThrow(expect.objectContaining({code: 'store_damaged'}));
    }
    expect(() => verifyStore(path.join(place.folder, 'nowhere'))).toThrow(/hot\.db is missing/);
  });
});

describe('FileHolds', () => {
  it('keeps files for those alone who began before they were retired', async () => {
    const gone: string[] = [];
    const holds = new FileHolds(async (files) => gone.push(...files));
    await holds.retire(['a']);
    expect(gone).toEqual(['a']);
    const first = holds.hold();
    await holds.retire(['b']);
    const second = holds.hold();
    await holds.retire(['c']);
    expect(gone).toEqual(['a']);
    first();
    first();
    expect(gone).toEqual(['a', 'b']);
    second();
    expect(gone).toEqual(['a', 'b', 'c']);
  });
});
