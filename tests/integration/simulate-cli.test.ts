import {type ChildProcess, spawn} from 'node:child_process';
import {createHash} from 'node:crypto';
import {existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join, resolve} from 'node:path';
import {DuckDBInstance} from '@duckdb/node-api';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {INDICATORS, RUN_TABLES, readEtw} from '#schemas';
import {runEco} from '../../server/cli/eco.ts';
import {makeGrove} from '../simulation/grove-site.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const base = mkdtempSync(join(tmpdir(), 'eco-simulate-'));
const at = (name: string) => join(base, name);

const SETTINGS = ['--sites-dir', at('sites'), '--site', 'grove', '--data-dir', at('data')];

type Answer = {code: number | null; out: string; err: string};

function begin(...words: string[]): {child: ChildProcess; answer: Promise<Answer>} {
  const child = spawn(process.execPath, ['server/cli/eco.ts', 'simulate', ...words, ...SETTINGS], {
    cwd: ROOT,
  });
  const answer: Answer = {code: null, out: '', err: ''};
  child.stdout.on('data', (data) => (answer.out += data));
  child.stderr.on('data', (data) => (answer.err += data));
  return {child, answer: new Promise((done) => child.on('close', (code) => done({...answer, code})))};
}
const eco = (...words: string[]) => begin(...words).answer;

/** The same in this process: what is refused needs none of its own. */
async function ecoHere(...words: string[]): Promise<Answer> {
  const answer: Answer = {code: null, out: '', err: ''};
  const io = {
    out: (line: string) => (answer.out += `${line}\n`),
    err: (line: string) => (answer.err += `${line}\n`),
    ...{env: {}, isTerminal: false},
  };
  const code = await runEco(['simulate', ...words, ...SETTINGS], io);
  return {...answer, code};
}

/** Checksums of what a run gave; not of what tells when it was made. */
function sums(folder: string): Record<string, string> {
  const names = readdirSync(folder, {recursive: true, withFileTypes: true})
    .filter((entry) => entry.isFile())
    .map(({parentPath, name}) => join(parentPath, name).slice(folder.length + 1))
    .filter(
      (name) => !['run.json', 'manifest.json', 'plan.bin.gz'].includes(name) && !name.endsWith('.parquet'),
    );
  return Object.fromEntries(
    names.sort().map((name) => [
      name,
      createHash('sha256')
        .update(readFileSync(join(folder, name)))
        .digest('hex'),
    ]),
  );
}

beforeAll(() => makeGrove(at('sites')));
afterAll(() => rmSync(base, {recursive: true, force: true}));

describe('eco simulate', () => {
  it('runs a scenario into a folder: indicators, six tables, playback, events, manifest', async () => {
    const {code, out, err} = await eco('fewer-trees', '--out', at('whole'), '--workers', '1', '--json');
    expect(err).toBe('');
    expect(code).toBe(0);
    const told = JSON.parse(out);
    expect(told).toMatchObject({
      scenario: 'fewer-trees',
      site: 'grove',
      members: 3,
      years: [2026, 2028],
      seed: 11,
    });
    expect(told.figures.map(({id}: {id: string}) => id)).toEqual(INDICATORS.map(({id}) => id));
    expect(told.skipped).toEqual([
      {operation: 1, date: expect.stringContaining('2027-02'), reason: expect.stringContaining('nowhere')},
    ]);
    for (const table of RUN_TABLES) {
      expect(readdirSync(at('whole/tables'))).toEqual(
        expect.arrayContaining([`${table}.csv`, `${table}.parquet`]),
      );
    }
    expect(readFileSync(at('whole/indicators.csv'), 'utf8').split('\r\n')[0]).toBe(
      'year,zone,indicator,unit,median,p05,p95,guessShare,guessShareError',
    );
    const manifest = JSON.parse(readFileSync(at('whole/manifest.json'), 'utf8'));
    expect(manifest).toMatchObject({
      kind: 'eco-run',
      seed: 11,
      fingerprint: told.fingerprint,
      sources: [{licence: 'Apache-2.0'}],
    });
    expect(
      manifest.parameters.find(({parameter}: {parameter: string}) => parameter === 'efficiency'),
    ).toMatchObject({
      cv: 0.15,
      label: expect.stringMatching(/calibrated|guess|literature/),
    });
    expect(existsSync(at('data'))).toBe(false);
  });

  it('the playback, the tables and the indicators tell the same trees', async () => {
    const playback = readEtw(readFileSync(at('whole/trees.etw')));
    expect(playback.steps).toBe(4);
    const duck = await DuckDBInstance.create(':memory:');
    const connection = await duck.connect();
    const rows = async (sql: string) => (await connection.runAndReadAll(sql)).getRowObjectsJson();
    const tree = `read_parquet('${at('whole/tables/tree.parquet')}')`;
    const alive = await rows(
      `SELECT year, count(*)::INTEGER AS n FROM ${tree} WHERE status = 'alive' GROUP BY year ORDER BY year`,
    );
    expect(alive.map(({year}) => Number(year))).toEqual([2025, 2026, 2027, 2028]);
    const [height, , health] = playback.channels;
    for (const [t, {n}] of alive.entries()) {
      let standing = 0;
      for (let i = 0; i < playback.ids.length; i += 1) {
        if (height![i * 4 + t]! > 0 && health![i * 4 + t]! > 0) standing += 1;
      }
      expect(standing).toBe(n);
    }
    const removed = await rows(
      `SELECT cause, sum(stems)::INTEGER AS n FROM read_parquet('${at('whole/tables/removal.parquet')}') GROUP BY cause`,
    );
    const gone = removed.reduce((sum, {n}) => sum + Number(n), 0);
    expect(removed.map(({cause}) => cause)).toContain('harvest');
    expect(Number(alive[0]!['n']) - gone).toBe(Number(alive[3]!['n']));
    // Parquet has the numbers of the CSV.
    const csv = `read_csv('${at('whole/tables/carbon.csv')}', header=true)`;
    const parquet = `read_parquet('${at('whole/tables/carbon.parquet')}')`;
    expect(await rows(`SELECT count(*)::INTEGER AS n FROM ((FROM ${csv}) EXCEPT (FROM ${parquet}))`)).toEqual(
      [{n: 0}],
    );
    connection.closeSync();
    duck.closeSync();
  });

  it('killed in the middle, the same command goes on, with other workers, to the same bytes', async () => {
    const {child, answer} = begin('fewer-trees', '--out', at('killed'), '--workers', '1');
    const members = at('killed/members');
    while (
      !existsSync(members) ||
      readdirSync(members).filter((name) => name.endsWith('.bin')).length === 0
    ) {
      await new Promise((done) => setTimeout(done, 2));
    }
    child.kill('SIGKILL');
    expect((await answer).code).toBeNull();
    expect(existsSync(at('killed/manifest.json'))).toBe(false);
    const {code, err} = await eco('fewer-trees', '--out', at('killed'), '--workers', '3');
    expect({code, err}).toEqual({code: 0, err: ''});
    expect(sums(at('killed'))).toEqual(sums(at('whole')));
  });

  it('“do nothing” is the baseline bit for bit; something done differs, by an interval', async () => {
    const nothing = await eco('--compare', 'nothing-done', 'as-it-is', '--out', at('nothing'), '--json');
    expect(nothing.err).toBe('');
    for (const {difference} of JSON.parse(nothing.out).figures) {
      for (const value of Object.values(difference)) expect(value ?? 0).toBe(0);
    }
    const {['origin.json']: a, ...mine} = sums(at('nothing/nothing-done'));
    const {['origin.json']: b, ...base} = sums(at('nothing/as-it-is'));
    expect([a, b].every(Boolean)).toBe(true);
    const {['trees.etw']: _a, ...same} = mine;
    const {['trees.etw']: _b, ...rest} = base;
    expect(same).toEqual(rest);
    const something = await eco('--compare', at('whole'), at('nothing/as-it-is'), '--json');
    expect(something.err).toBe('');
    const figures = JSON.parse(something.out).figures as {
      id: string;
      difference: {median: number; p05: number; p95: number};
    }[];
    const stems = figures.find(({id}) => id === 'stems_per_ha')!.difference;
    expect(stems.p95).toBeLessThan(0);
    expect(stems.p05).toBeLessThanOrEqual(stems.median);
  });

  it('says what is wrong in one line, and how to say it', async () => {
    writeFileSync(
      at('bad.json'),
      '{\n "schemaVersion": 1,\n "id": "bad",\n "site": "grove",\n "years": 5000\n}\n',
    );
    const scenario = JSON.parse(readFileSync(at('sites/grove/scenarios/as-it-is.json'), 'utf8'));
    const climate = {from: 'station', station: 's', fromDate: '2024-01-01', toDate: '2024-12-31'};
    writeFileSync(at('measured.json'), JSON.stringify({...scenario, climate}));
    writeFileSync(at('no.json'), '{"schemaVersion": 1,');
    for (const [words, code, line] of [
      [['as-it-is', '--years', '0'], 2, /--years: expected a number from 1 to 500, got 0/],
      [['as-it-is', '--members', '2.5'], 2, /--members: expected a whole number, got 2.5/],
      [['--compare', 'as-it-is'], 2, /--compare needs two/],
      [[], 2, /FILE or ID is missing/],
      [['nobody'], 1, /no scenario nobody; there are as-it-is, fewer-trees, nothing-done/],
      [['nobody.json'], 1, /nobody.json: no such file/],
      [[at('no.json')], 1, /no JSON: .* line 1/],
      [[at('bad.json')], 1, /line 5: \/years is 5000/],
      [[at('measured.json')], 1, /begins with what was measured, and there is no data folder/],
      [['nothing-done', '--out', at('whole')], 1, /holds another run/],
      [['nothing-done', '--out', at('bad.json')], 1, /bad.json: expected a folder/],
      [['nothing-done', '--out', at('bad.json/below')], 1, /below: expected a folder/],
      [[at('sites')], 1, /cannot be read/],
      [['nothing-done', '--out', at('sites')], 1, /is not empty/],
    ] as const) {
      const answer = await ecoHere(...words);
      expect(answer.err).toMatch(line);
      expect(answer.err.trim().split('\n')).toHaveLength(1);
      expect(answer.code).toBe(code);
    }
  });
});
