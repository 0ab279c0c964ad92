import {cp, mkdtemp, readdir, readFile, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join, resolve} from 'node:path';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {runEco} from '../../../server/cli/eco.ts';

const ROOT = resolve(import.meta.dirname, '../../..');
const FIXTURES = join(ROOT, 'tests/fixtures');
const PLOT = join(FIXTURES, 'real/forest-plot-scbi');

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'eco-verify-'));
});
afterAll(() => rm(folder, {recursive: true, force: true}));

async function eco(...argv: string[]): Promise<{code: number; out: string; err: string}> {
  const said = {out: '', err: ''};
  const code = await runEco(['verify', ...argv], {
    out: (line) => {
      said.out += `${line}\n`;
    },
    err: (line) => {
      said.err += `${line}\n`;
    },
    env: {},
    isTerminal: false,
  });
  return {code, ...said};
}

/** A copy of a folder of reference rows with one text in one file replaced. */
async function tampered(name: string, file: string, from: string, to: string): Promise<string> {
  const copy = await mkdtemp(join(folder, 'rows-'));
  await cp(join(FIXTURES, name), copy, {recursive: true});
  const text = await readFile(join(copy, file), 'utf8');
  expect(text).toContain(from);
  await writeFile(join(copy, file), text.replace(from, to));
  return copy;
}

describe('eco verify', () => {
  it('prints a line for each comparison, all of them pass, and the page in the source says the same', async () => {
    const report = join(folder, 'page.md');
    const {code, out, err} = await eco('--report', report);
    expect(err).toBe('');
    expect(code).toBe(0);
    const lines = out.trim().split('\n');
    expect(lines.at(-1)).toMatch(/^all \d+ lines pass$/);
    for (const line of lines.slice(0, -1)) {
      expect(line).toMatch(/^pass {2}.+ {2}n [1-9]\d* {2}tolerance .+ {2}worst .+ {2}.*\[.+\]$/);
    }
    expect(lines.length).toBeGreaterThan(50);
    const [page, kept] = await Promise.all([
      readFile(report, 'utf8'),
      readFile(join(ROOT, 'docs/verification.md'), 'utf8'),
    ]);
    const rows = (text: string) =>
      text.split('\n').filter((line) => line.startsWith('| ') && line.includes('| pass'));
    expect(rows(page)).toHaveLength(lines.length - 1);
    expect(rows(kept)).toEqual(rows(page));
    const pictures = await readdir(join(folder, 'images/page'));
    expect(pictures.length).toBeGreaterThan(10);
    for (const name of pictures) {
      const svg = await readFile(join(folder, 'images/page', name), 'utf8');
      expect(svg).toMatch(/^<svg xmlns=.*<\/svg>\n$/s);
      expect(svg).not.toMatch(/NaN|undefined|Infinity/);
      expect(page).toContain(`](images/page/${name})`);
    }
  });

  it.each([
    [
      'copyleft/fire',
      'fwi_vanwagner_pickett_1985.csv',
      '10.04,1.612',
      '10.05,1.612',
      'line 2 (4 13): fwi is 10.0',
    ],
    [
      'reference/soil-carbon',
      'treatments.csv',
      '4.764129',
      '4.764229',
      'line 5 (manure): oldKgPerM2 is 4.76412',
    ],
    [
      'copyleft/3pg',
      'expected-evergreen-pjs.csv',
      '20.00939763',
      '20.02939763',
      'line 2 (2001 1): dbhCm1 is 20.009',
    ],
  ])('a tampered row of %s makes it exit with 1 and is named', async (name, file, from, to, told) => {
    const rows = await tampered(name, file, from, to);
    const {code, out} = await eco('--reference', rows);
    expect(code).toBe(1);
    expect(out).toContain('MISS');
    expect(out).toContain(`${file} ${told}`);
    expect(out).toMatch(/1 of \d+ lines miss/);
    const json = await eco('--reference', rows, '--json');
    expect(json.code).toBe(1);
    const {pass, lines} = JSON.parse(json.out) as {
      pass: boolean;
      lines: {pass: boolean; missCount: number}[];
    };
    expect(pass).toBe(false);
    expect(lines.filter((line) => !line.pass)).toMatchObject([{missCount: 1}]);
  });

  // Rows that do not come with the source: another place, other names of columns. Dry soil respires nothing that was not there.
  it('takes rows of one’s own, without a line of code', async () => {
    const own = await mkdtemp(join(folder, 'own-'));
    await writeFile(
      join(own, 'plots.csv'),
      'plot,n,y0,o0,i,h,r,young,old\nA,5,0.25,4.132,0.2,0.125,1,0.25,4.132\n',
    );
    const manifest = {
      cases: [
        {
          id: 'at-rest',
          process: 'soil-carbon',
          source: 'steady state by hand',
          licence: 'own',
          files: {expected: 'plots.csv'},
          columns: {
            expected: {
              years: 'n',
              youngKgPerM2: 'y0',
              oldKgPerM2: 'o0',
              inputKgPerM2: 'i',
              humification: 'h',
              speed: 'r',
            },
          },
          label: ['plot'],
          expect: [
            {
              what: 'carbon at rest',
              unit: 'kg/m²',
              columns: {youngKgPerM2: 'young', oldKgPerM2: 'old'},
              tolerance: {absolute: 0.001},
            },
          ],
        },
      ],
    };
    const write = (change: (value: typeof manifest) => void = () => {}) => {
      const changed = structuredClone(manifest);
      change(changed);
      return writeFile(join(own, 'reference.json'), JSON.stringify(changed));
    };
    await write();
    const {code, out} = await eco('--reference', own);
    expect(out).toContain('pass  at-rest: carbon at rest  n 2  tolerance 0.001 kg/m²');
    expect(code).toBe(0);

    const wrong: [(value: typeof manifest) => void, string][] = [
      [
        (value) => Object.assign(value.cases[0]!, {process: 'alchemy'}),
        'no process alchemy; there are stand-growth',
      ],
      [
        (value) => Object.assign(value.cases[0]!.files, {expected: '../../etc/passwd'}),
        'expected a file of the manifest',
      ],
      [
        (value) => Object.assign(value.cases[0]!.files, {expected: '/etc/passwd'}),
        'expected a file of the manifest',
      ],
      [(value) => Object.assign(value.cases[0]!.files, {expected: 'none.csv'}), 'cannot be read'],
      [(value) => Object.assign(value.cases[0]!.columns.expected, {years: 'm'}), 'no column m (for years)'],
      [
        (value) => Object.assign(value.cases[0]!.columns.expected, {years: 'plot'}),
        'years is "A", a number was expected',
      ],
      [
        (value) => Object.assign(value.cases[0]!.expect[0]!, {tolerance: {absolute: -1}}),
        'cases.0.expect.0.tolerance',
      ],
      [(value) => Object.assign(value.cases[0]!.expect[0]!, {columns: {gold: 'old'}}), 'no quantity gold'],
      [(value) => Object.assign(value, {cases: []}), 'cases must NOT have fewer than 1 items'],
    ];
    for (const [change, message] of wrong) {
      await write(change);
      const said = await eco('--reference', own);
      expect(said.err).toContain(message);
      expect(said.err).not.toMatch(/\n\s+at /);
      expect(said.code).toBe(1);
    }
    await writeFile(join(own, 'reference.json'), '{');
    expect((await eco('--reference', own)).err).toContain('is no JSON');
  });

  it.each([
    [['--reference', '/nowhere'], 1, 'no folder of reference rows /nowhere'],
    [['--plots', 'a.csv'], 2, '--map is missing'],
    [['--map', 'a.json'], 2, '--plots is missing'],
    [['--report', 'page.html'], 2, '--report: expected a file .md'],
    [['--plots', 'a.csv', '--map', '/nowhere.json'], 1, 'no map /nowhere.json'],
  ])('%j is told what is wrong', async (argv, exit, message) => {
    const {code, err} = await eco(...argv);
    expect(err).toContain(message);
    expect(code).toBe(exit);
  });

  it('compares a remeasured plot with the model, persistence and rates', async () => {
    const argv = ['--plots', join(PLOT, 'stems.csv'), '--map', join(PLOT, 'plot.json')];
    const {code, out} = await eco(...argv);
    expect(code).toBe(0);
    expect(out).toMatch(/2008 to 2018, all stems: 522 stems, 208 died/);
    for (const method of ['model', 'persistence', 'species-size rates']) {
      expect(out).toMatch(
        new RegExp(`^ {2}${method} +basal area [\\d.]+ {2}stems \\d+ {2}DBH RMSE [\\d.]+ cm`, 'm'),
      );
    }
    const {plots, lines} = JSON.parse((await eco(...argv, '--json')).out) as {
      plots: {periods: unknown[]};
      lines: unknown[];
    };
    expect(plots.periods).toHaveLength(2);
    expect(lines).toEqual([]);
  });
});
