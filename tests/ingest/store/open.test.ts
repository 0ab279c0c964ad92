import {spawn} from 'node:child_process';
import path from 'node:path';
import {DatabaseSync} from 'node:sqlite';
import {afterEach, beforeEach, describe, expect, it} from 'vitest';
import {requireSqlite} from '../../../ingest/store/embedded/database.ts';
import {openEmbeddedStore} from '../../../ingest/store/index.ts';
import {add, row} from './stream.ts';
import {temporaryFolder} from './temporary-folder.ts';

describe('opening the embedded store', () => {
  let folder: string;
  let remove: () => void;
  const open = (more = {}) =>
    openEmbeddedStore({folder, seriesInfo: () => undefined, compactEveryMs: 0, ...more});

  beforeEach(() => {
    ({folder, remove} = temporaryFolder());
  });
  afterEach(() => remove());

  it('refuses a folder that is in use and says by whom; frees it on close', async () => {
    const store = await open();
    await expect(open()).rejects.toMatchObject({
      code: 'store_locked',
      message: expect.stringContaining(`process ${process.pid}`),
    });
    await add(store, {rows: [row(1e12, 1, 1)]});
    await store.close();
    const again = await open();
    expect(again.latest().length).toBe(1);
    await again.close();
  });

  it('refuses it to another process, and takes it over when that one was killed', async () => {
    const child = spawn(process.execPath, [path.join(import.meta.dirname, 'opener.ts'), folder], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await new Promise((resolve) => child.stdout.once('data', resolve));
    await expect(open()).rejects.toMatchObject({
      code: 'store_locked',
      message: expect.stringContaining(`process ${child.pid}`),
    });
    const gone = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await gone;
    const store = await open();
    await store.close();
  });

  it('refuses tables of a newer program, and lets the folder go', async () => {
    await (await open()).close();
    const db = new DatabaseSync(path.join(folder, 'hot.db'));
    db.exec('PRAGMA user_version=99');
    db.close();
    const refusal = {code: 'store_too_new', message: expect.stringContaining('schemaVersion 99')};
    await expect(open()).rejects.toMatchObject(refusal);
    await expect(open()).rejects.toMatchObject(refusal);
  });

  it('brings the tables of version 1 to this one, and reads what they hold', async () => {
    const revision = {
      series: 1,
      fromMs: 1e12,
      toMs: 1e12,
      version: 2,
      value: 5,
      qc: 3,
      reason: 'seen',
      who: 'ranger',
      atMs: 1e12 + 1,
    };
    const store = await open();
    await add(store, {rows: [row(1e12, 1, 1)], revisions: [revision]});
    await store.close();
    const db = new DatabaseSync(path.join(folder, 'hot.db'));
    db.exec('ALTER TABLE revision DROP COLUMN correction; ALTER TABLE revision DROP COLUMN revokes');
    db.exec('PRAGMA user_version=1');
    db.close();
    const again = await open();
    const all = {series: 1, fromMs: 0, toMs: 2e12};
    expect(await again.revisions(all)).toEqual([revision]);
    await add(again, {revisions: [{...revision, version: 3, value: null, qc: 0, revokes: 2}]});
    expect([...(await again.rows(all)).value]).toEqual([1]);
    await again.close();
  });

  it('refuses documents of a newer program', async () => {
    const store = await open({documentVersions: {things: 2}});
    await store.documents.put([{collection: 'things', id: 'a', value: {schemaVersion: 2}}]);
    await store.close();
    await expect(open()).rejects.toMatchObject({
      code: 'store_too_new',
      message: expect.stringContaining('things/a'),
    });
    await (await open({documentVersions: {things: 2}})).close();
  });

  it('refuses a file that is no database', async () => {
    const {mkdirSync, writeFileSync} = await import('node:fs');
    mkdirSync(folder, {recursive: true});
    writeFileSync(path.join(folder, 'hot.db'), 'x'.repeat(8192));
    await expect(open()).rejects.toMatchObject({code: 'store_unreadable'});
  });

  // https://sqlite.org/wal.html#walresetbug: repaired in 3.51.3.
  it.each([
    ['3.51.2', false],
    ['3.50.9', false],
    ['2.9.9', false],
    ['3.51.3', true],
    ['3.53.4', true],
    ['4.0.0', true],
  ])('SQLite %s is good enough: %s', (version, good) => {
    if (good) expect(() => requireSqlite(version)).not.toThrow();
    else expect(() => requireSqlite(version)).toThrow(/3\.51\.3 or newer is needed/);
  });
});
