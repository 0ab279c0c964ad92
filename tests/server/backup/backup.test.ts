import {existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {DatabaseSync} from 'node:sqlite';
import {afterAll, beforeAll, beforeEach, describe, expect, it} from 'vitest';
import {type EmbeddedStore, openEmbeddedStore, STORE_SCHEMA_VERSION} from '#ingest';
import {backUp} from '../../../server/backup/back-up.ts';
import {createBackupJobs} from '../../../server/backup/backup-jobs.ts';
import type {BackupManifest} from '../../../server/backup/manifest.ts';
import {restore} from '../../../server/backup/restore.ts';
import {add, row} from '../../ingest/store/stream.ts';
import {temporaryFolder} from '../../ingest/store/temporary-folder.ts';

let place: ReturnType<typeof temporaryFolder>;
let dataDir: string;
let store: EmbeddedStore;
/** A path in the folder of this test. */
const at = (...names: string[]) => path.join(place.folder, `test-${test}`, ...names);
let test = 0;
const open = (folder: string) =>
  openEmbeddedStore({folder, seriesInfo: () => undefined, compactEveryMs: 0, compactAfterMs: 0});
const parts = () => ({store, dataDir, program: '1.2.3'});
const DAY = 86_400_000;

beforeAll(async () => {
  place = temporaryFolder();
  dataDir = path.join(place.folder, 'data');
  store = await open(path.join(dataDir, 'store'));
  await add(store, {rows: Array.from({length: 500}, (_, i) => row(i * DAY * 0.2 + 1e12, 1, i))});
  await store.compact();
  await add(store, {rows: [row(1.7e12, 2, -1)]});
  mkdirSync(path.join(dataDir, 'maps'));
  writeFileSync(path.join(dataDir, 'maps', 'probe.json'), '{"id":"probe"}');
  mkdirSync(path.join(dataDir, 'archive'));
  writeFileSync(path.join(dataDir, 'archive', 'island.0001.json'), '{"kind":"tree-import"}');
  mkdirSync(path.join(dataDir, 'models'));
  writeFileSync(path.join(dataDir, 'models', 'x_probe.json'), '{"id":"x_probe"}');
  writeFileSync(path.join(dataDir, 'elements.json'), '{"x_nitrate":{}}');
  mkdirSync(path.join(dataDir, 'frames'));
  // The last line is being written.
  writeFileSync(path.join(dataDir, 'frames', '001700000000000.jsonl'), '{"topic":"a"}\n{"top');
});
beforeEach(() => {
  test++;
  mkdirSync(at());
});
afterAll(async () => {
  await store.close();
  place.remove();
});

/** Makes a backup and changes its manifest. */
async function withManifest(change: (manifest: BackupManifest) => unknown): Promise<string> {
  await backUp(parts(), {folder: at('backup')});
  const file = at('backup', 'backup.json');
  const manifest = JSON.parse(readFileSync(file, 'utf8')) as BackupManifest;
  writeFileSync(file, JSON.stringify(change(manifest) ?? manifest));
  return at('backup');
}

describe('backup and restore', () => {
  it('give the same store and maps elsewhere, and leave nothing beside them', async () => {
    const manifest = await backUp(parts(), {folder: at('deep', 'backup')});
    expect(manifest).toMatchObject({
      program: '1.2.3',
      store: {schemaVersion: STORE_SCHEMA_VERSION, rows: 501},
    });
    expect(readdirSync(at('deep', 'backup')).sort()).toEqual([
      ...['archive', 'backup.json', 'elements.json', 'frames', 'maps', 'models', 'store'],
    ]);
    mkdirSync(at('empty'));
    expect(restore({backup: at('deep', 'backup'), dataDir: at('empty')})).toEqual(manifest);
    for (const file of [
      'maps/probe.json',
      'archive/island.0001.json',
      'models/x_probe.json',
      'elements.json',
      'frames/001700000000000.jsonl',
    ]) {
      expect(readFileSync(at('empty', file), 'utf8'), file).toBe(
        readFileSync(path.join(dataDir, file), 'utf8'),
      );
    }
    expect(readdirSync(at()).sort()).toEqual(['deep', 'empty']);
    const again = await open(at('empty', 'store'));
    for (const series of [1, 2]) {
      const all = {series, fromMs: 0, toMs: 8e15};
      expect(await again.rows(all)).toEqual(await store.rows(all));
    }
    await again.close();
  });

  it('a failed backup leaves nothing; a leftover of a killed one is cleared away', async () => {
    const failing = {...parts(), store: {backup: () => Promise.reject(new Error('disk full'))}};
    await expect(backUp(failing, {folder: at('backup')})).rejects.toThrow('disk full');
    expect(readdirSync(at())).toEqual([]);
    mkdirSync(at('backup.partial', 'store'), {recursive: true});
    writeFileSync(at('backup.partial', 'backup.begun'), '');
    writeFileSync(at('backup.partial', 'store', 'hot.db'), 'half');
    await backUp(parts(), {folder: at('backup')});
    expect(existsSync(at('backup.partial'))).toBe(false);
    restore({backup: at('backup'), dataDir: at('again')});
  });

  it('refuse folders that hold something, are none, lie in the data, or are in the way', async () => {
    await backUp(parts(), {folder: at('backup')});
    writeFileSync(at('file'), '');
    symlinkSync(at('backup'), at('link'));
    symlinkSync(dataDir, at('data-link'));
    mkdirSync(at('other.partial'));
    writeFileSync(at('other.partial', 'mine.txt'), '');
    const refused = (folder: string, code: string) =>
      expect(backUp(parts(), {folder}), folder).rejects.toMatchObject({code});
    await refused(at('backup'), 'folder_not_empty');
    await refused(at('file'), 'folder_invalid');
    await refused(at('link'), 'folder_invalid');
    await refused(path.join(dataDir, 'backup'), 'backup_inside_data');
    await refused(at('data-link', 'backup'), 'backup_inside_data');
    await refused(place.folder, 'backup_inside_data');
    await refused(at('other'), 'folder_taken');
    const backup = at('backup');
    const restoring = (to: string) => () => restore({backup, dataDir: to});
    expect(restoring(dataDir)).toThrow(expect.objectContaining({code: 'folder_not_empty'}));
    expect(restoring(at('backup', 'in'))).toThrow(expect.objectContaining({code: 'folder_invalid'}));
    expect(restoring(at('file'))).toThrow(expect.objectContaining({code: 'folder_invalid'}));
    expect(existsSync(at('other.partial', 'mine.txt'))).toBe(true);
  });

  it.each<[string, string, (manifest: BackupManifest) => unknown]>([
    ['a newer manifest', 'backup_too_new', (m) => ({...m, schemaVersion: 2})],
    [
      'a newer store',
      'backup_too_new',
      (m) => ({...m, store: {...m.store, schemaVersion: STORE_SCHEMA_VERSION + 1}}),
    ],
    [
      'a path that steps up',
      'backup_damaged',
      (m) => ({...m, files: [{...m.files[0]!, path: 'store/../../x'}]}),
    ],
    ['an absolute path', 'backup_damaged', (m) => ({...m, files: [{...m.files[0]!, path: '/etc/passwd'}]})],
    ['a path elsewhere', 'backup_damaged', (m) => ({...m, files: [{...m.files[0]!, path: 'server.json'}]})],
    [
      'another checksum',
      'backup_damaged',
      (m) => ({...m, files: m.files.map((f) => ({...f, sha256: '0'.repeat(64)}))}),
    ],
    [
      'a file that is not there',
      'backup_damaged',
      (m) => ({...m, files: [...m.files, {...m.files[0]!, path: 'maps/x.json'}]}),
    ],
    ['other rows', 'backup_damaged', (m) => ({...m, store: {...m.store, rows: 1}})],
    [
      'a forgotten column file',
      'store_damaged',
      (m) => ({...m, files: m.files.filter((f) => !f.path.includes('raw-'))}),
    ],
    ['not an object', 'backup_damaged', () => [1]],
  ])('refuses %s with %s, and makes nothing', async (_what, code, change) => {
    const backup = await withManifest(change);
    expect(() => restore({backup, dataDir: at('again')})).toThrow(expect.objectContaining({code}));
    expect(existsSync(at('again'))).toBe(false);
    expect(existsSync(at('again.partial'))).toBe(false);
  });

  it('refuses a folder without a manifest, a flipped byte, and a link in place of a file', async () => {
    const missing = expect.objectContaining({code: 'backup_missing'});
    expect(() => restore({backup: dataDir, dataDir: at('again')})).toThrow(missing);
    const {files} = await backUp(parts(), {folder: at('backup')});
    const file = at('backup', files.find(({path: name}) => name.includes('raw-'))!.path);
    const good = readFileSync(file);
    const bad = Buffer.from(good);
    bad[100]! ^= 1;
    writeFileSync(file, bad);
    const damaged = expect.objectContaining({code: 'backup_damaged'});
    expect(() => restore({backup: at('backup'), dataDir: at('again')})).toThrow(damaged);
    const {rmSync} = await import('node:fs');
    writeFileSync(at('outside'), good);
    rmSync(file);
    symlinkSync(at('outside'), file);
    expect(() => restore({backup: at('backup'), dataDir: at('again')})).toThrow(damaged);
  });

  it('refuses a database of a newer program even when the manifest is silent about it', async () => {
    await backUp(parts(), {folder: at('backup')});
    const db = new DatabaseSync(at('backup', 'store', 'hot.db'));
    db.exec('PRAGMA user_version=9');
    db.close();
    expect(() => restore({backup: at('backup'), dataDir: at('again')})).toThrow(
      expect.objectContaining({code: 'backup_damaged'}),
    );
  });
});

describe('backups of a running server', () => {
  it('are one at a time, tell how they ended, and end with the server', async () => {
    const jobs = createBackupJobs(parts(), () => {});
    const job = jobs.start({folder: at('backup')});
    expect(() => jobs.start({folder: at('other')})).toThrow(
      expect.objectContaining({code: 'backup_running'}),
    );
    await expect.poll(() => jobs.get(job.id)?.state).toBe('done');
    expect(jobs.get(job.id)).toMatchObject({manifest: {store: {rows: 501}}, error: null});
    const second = jobs.start({folder: at('backup')});
    await expect.poll(() => jobs.get(second.id)?.state).toBe('failed');
    expect(second.error).toMatchObject({code: 'folder_not_empty'});
    const third = jobs.start({folder: at('third')});
    await jobs.close();
    expect(third.state).toBe('failed');
    expect(readdirSync(at())).toEqual(['backup']);
    expect(jobs.get('nobody')).toBeUndefined();
  });
});
