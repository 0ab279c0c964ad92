import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {existsSync, readdirSync, readFileSync, statSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {setTimeout as sleep} from 'node:timers/promises';
import {DuckDBInstance} from '@duckdb/node-api';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {temporaryFolder} from './running-server.ts';
import {cleanEnvironment, ECO, eco} from './server-process.ts';

const MINUTE = 60_000;
const START = Date.UTC(2026, 0, 30);
/** Two columns each: enough for an export to be killed in, over three calendar months. */
const ROWS = 50_000;
const MAP = {
  schemaVersion: 1,
  id: 'pond-logger',
  device: {value: 'pond'},
  devicePrefix: 'log-',
  time: {path: 'time', format: 'iso'},
  intervalS: 60,
  columns: [
    {path: 'ph', element: 'water_ph', unit: '[pH]', statistic: 'point'},
    {path: 'temp', element: 'water_temperature', unit: 'Cel', statistic: 'point'},
  ],
};

const place = temporaryFolder('export-cli');
const at = (name: string) => join(place.path, name);
const environment = {ECO_DATA_DIR: at('data'), ECO_FLEET: 'off'};
let asOf: string;

type Done = {file: string; rows: number; bytes: number; sha256: string};

async function told<T>(args: string[], env: Record<string, string> = environment): Promise<T> {
  const {code, stdout, stderr} = await eco([...args, '--json'], env);
  expect(code, stderr).toBe(0);
  return JSON.parse(stdout) as T;
}
const exported = (name: string, env = environment) =>
  told<Done>(['export', 'observations', at(name), '--as-of', asOf], env);

/** Kills the export of a file (-9) once `begun`; false if it was done before. */
async function killOnce(name: string, begun: () => boolean): Promise<boolean> {
  const args = [ECO, 'export', 'observations', at(name), '--as-of', asOf];
  const child = spawn(process.execPath, args, {
    cwd: '/',
    env: cleanEnvironment(environment),
    stdio: 'ignore',
  });
  const ended = once(child, 'close');
  while (child.exitCode === null && !begun()) await sleep(2);
  const killed = child.exitCode === null;
  child.kill('SIGKILL');
  await ended;
  return killed;
}

beforeAll(async () => {
  const lines = Array.from({length: ROWS}, (_, i) => {
    const time = new Date(START + i * MINUTE).toISOString();
    return `${time},${(8 + (i % 97) / 100).toFixed(2)},${(15 + Math.sin(i / 500) * 5).toFixed(2)}`;
  });
  writeFileSync(at('sheet.csv'), ['time,ph,temp', ...lines].join('\n'));
  writeFileSync(at('map.json'), JSON.stringify(MAP));
  await told(['import', at('sheet.csv'), '--map', at('map.json')]);
  asOf = new Date(Date.now() + 1000).toISOString();
  await sleep(1500);
}, 240_000);
afterAll(() => place.remove());

describe('eco export', () => {
  it('gives every value once, with a sidecar that sums it up', async () => {
    const done = await exported('whole.csv');
    expect(done.rows).toBe(2 * ROWS);
    expect(statSync(at('whole.csv')).size).toBe(done.bytes);
    expect(readFileSync(at('whole.csv'), 'utf8').split('\n').length - 2).toBe(2 * ROWS);
    const sidecar = JSON.parse(readFileSync(at('whole.csv.json'), 'utf8'));
    expect(sidecar.file).toEqual({rows: done.rows, bytes: done.bytes, sha256: done.sha256});
    expect((await eco(['export', 'observations', at('whole.csv')], environment)).stderr).toMatch(
      /is there already/,
    );
  });

  it('goes on where kills -9 left it, to the last byte', async () => {
    const part = at('killed.csv.part');
    const size = () => (existsSync(part) ? statSync(part).size : 0);
    let kills = 0;
    for (let n = 0; n < 4; n++) {
      const before = size();
      if (await killOnce('killed.csv', () => size() > before + 200_000)) kills++;
      expect(existsSync(at('killed.csv'))).toBe(false);
    }
    expect(kills).toBe(4);
    // Another question under the same name is no way to go on.
    const other = await eco(
      ['export', 'observations', at('killed.csv'), '--as-of', asOf, '--element', 'water_ph'],
      environment,
    );
    expect(other).toMatchObject({code: 1});
    expect(other.stderr).toMatch(/another export/);
    const done = await exported('killed.csv');
    expect(readFileSync(at('killed.csv')).equals(readFileSync(at('whole.csv')))).toBe(true);
    expect(done.sha256).toBe(JSON.parse(readFileSync(at('whole.csv.json'), 'utf8')).file.sha256);
    expect(readdirSync(place.path).filter((name) => name.startsWith('killed.csv.part'))).toEqual([]);
  });

  it('makes Parquet of parts that survive kills, equal to the CSV row by row', async () => {
    const folder = at('killed.parquet.part');
    const parts = () =>
      existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('.parquet')).length : 0;
    expect(await killOnce('killed.parquet', () => parts() >= 1)).toBe(true);
    const done = await exported('killed.parquet');
    expect(done.rows).toBe(2 * ROWS);
    const instance = await DuckDBInstance.create(':memory:');
    const connection = await instance.connect();
    // Times of day, and not how they are written, must agree.
    const columns =
      'datastream, phenomenonTime::TIMESTAMPTZ, result::DOUBLE, flag::INTEGER, received::TIMESTAMPTZ';
    const csv = `SELECT ${columns} FROM read_csv('${at('whole.csv')}', all_varchar=true)`;
    const parquet = `SELECT ${columns} FROM read_parquet('${at('killed.parquet')}')`;
    const answer = await connection.runAndReadAll(
      `SELECT (SELECT count(*) FROM (${parquet})), (SELECT count(*) FROM (${csv} EXCEPT ALL ${parquet}))`,
    );
    expect(answer.getRowsJS()[0]!.map(Number)).toEqual([2 * ROWS, 0]);
    connection.closeSync();
    instance.closeSync();
  });
});

it('eco backup and eco restore: the restored folder exports the same bytes', async () => {
  await told(['backup', at('backup')]);
  const refused = await eco(['restore', at('backup'), '--to', at('data')], {});
  expect(refused.code).toBe(1);
  expect(refused.stderr).toMatch(/empty/);
  await told(['restore', at('backup'), '--to', at('again')], {});
  await exported('restored.csv', {...environment, ECO_DATA_DIR: at('again')});
  expect(readFileSync(at('restored.csv')).equals(readFileSync(at('whole.csv')))).toBe(true);
});
