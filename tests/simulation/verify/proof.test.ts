import {readdirSync, readFileSync, statSync} from 'node:fs';
import {basename, join, resolve} from 'node:path';
import {beforeAll, describe, expect, it} from 'vitest';
import {judge, judged} from '../../../simulation/verify/judge.ts';
import {checkManifest, type ReferenceCase} from '../../../simulation/verify/manifest.ts';
import {PROCESSES} from '../../../simulation/verify/processes/index.ts';
import {type Proof, prove} from '../../../simulation/verify/prove.ts';
import {
  type ReferenceFolder,
  readCaseTables,
  readReferenceFolders,
} from '../../../simulation/verify/read-reference.ts';
import type {Table} from '../../../simulation/verify/table.ts';

const ROOT = resolve(import.meta.dirname, '../../..');
const FIXTURES = join(ROOT, 'tests/fixtures');

let folders: ReferenceFolder[];
const proofs: Proof[] = [];
beforeAll(async () => {
  folders = await readReferenceFolders(FIXTURES);
  for (const {path, manifest} of folders) {
    for (const one of manifest.cases) proofs.push(prove(one, await readCaseTables(path, one)));
  }
});

describe('the reference rows that come with the source', () => {
  it('agree within the tolerances of their manifests, every process among them', () => {
    for (const {lines} of proofs) {
      for (const line of lines) {
        expect(line.misses, `${line.case}: ${line.what}`).toEqual([]);
        expect(line.pass).toBe(true);
        expect(line.n).toBeGreaterThan(0);
      }
    }
    expect(new Set(proofs.map((proof) => proof.case.process))).toEqual(new Set(PROCESSES.map(({id}) => id)));
  });

  it('do not agree when a single expected value is moved: the line misses and names the row', () => {
    for (const {case: one, expected, computed} of proofs) {
      for (const expectation of one.expect) {
        const [quantity, column] = Object.entries(expectation.columns)[0]!;
        if ('within' in expectation.tolerance) {
          const i = computed.values[quantity]!.findIndex((value) => value !== null);
          const values = computed.values[quantity]!.with(i, expectation.tolerance.within[1] * 2);
          const line = judge(one, expectation, expected, {values: {...computed.values, [quantity]: values}});
          expect(line).toMatchObject({pass: false, missCount: 1});
          expect(line.misses[0]!.row).toContain(`${expected.name} line ${i + 2}`);
          continue;
        }
        const wanted = expectation.rows && new Set(expectation.rows.is.map(String));
        const i = expected.rows.findLastIndex(
          (row) =>
            row[column] !== '' &&
            Number.isFinite(Number(row[column])) &&
            (!wanted || wanted.has(row[expectation.rows!.column]!)),
        );
        const value = Number(expected.rows[i]![column]);
        const moved = (value * 1.5 + 1).toFixed(6);
        const tampered: Table = {
          name: expected.name,
          rows: expected.rows.map((row, k) => (k === i ? {...row, [column]: moved} : row)),
        };
        const line = judge(one, expectation, tampered, computed);
        expect(line.pass, `${one.id}: ${expectation.what}`).toBe(false);
        expect(line.missCount).toBe(1);
        expect(line.misses[0]).toMatchObject({quantity, expected: Number(moved)});
        expect(line.misses[0]!.row).toContain(`${expected.name} line ${i + 2}`);
      }
    }
  });
});

describe('run-off of a season by curve numbers', () => {
  const misses = async (id: string, runOff: string) => {
    const {path, manifest} = folders.find((folder) => folder.manifest.cases.some((one) => one.id === id))!;
    const one = manifest.cases.find((of) => of.id === id)!;
    const proof = prove({...one, inputs: {...one.inputs, runOff}}, await readCaseTables(path, one));
    return proof.lines.reduce((sum, line) => sum + line.missCount, 0);
  };

  it('changes nothing where it never rains enough for any', async () => {
    expect(await misses('cotton-wet-2013', 'used')).toBe(0);
  });

  it('misses where it is left out', async () => {
    expect(await misses('corn-rainfed-2015', 'none')).toBeGreaterThan(50);
  });
});

describe('what a process says of itself', () => {
  it('it reads no other column and no other input, and gives those quantities', async () => {
    for (const {path, manifest} of folders) {
      for (const one of manifest.cases) {
        // it takes longest
        if (one.process === 'individual-trees') continue;
        const process = PROCESSES.find(({id}) => id === one.process)!;
        const tables = await readCaseTables(path, one);
        const bare = Object.fromEntries(
          Object.entries(process.reads).map(([role, columns]) => {
            const {name, rows} = tables[role]!;
            if (columns.some((column) => column.startsWith('<'))) return [role, {name, rows}];
            return [
              role,
              {name, rows: rows.map((row) => Object.fromEntries(columns.map((c) => [c, row[c]!])))},
            ];
          }),
        );
        const {values} = process.run({
          tables: bare,
          inputs: Object.fromEntries(Object.keys(process.inputs).map((name) => [name, one.inputs![name]!])),
        });
        expect(values).toEqual(proofs.find((proof) => proof.case.id === one.id)!.computed.values);
        const given = process.gives.map((name) => name.replace('{n}', '1'));
        expect(Object.keys(values)).toEqual(expect.arrayContaining(given));
        for (const name of Object.keys(values)) {
          expect(
            process.gives.some((one) => one === name || one === name.replace(/\d$/, '{n}')),
            name,
          ).toBe(true);
        }
      }
    }
  });
});

describe('a judgement', () => {
  // by hand
  it.each([
    {computed: 1.02, expected: 1, printed: '1', tolerance: {absolute: 0.01}, over: 2},
    {
      computed: 12.04,
      expected: 12,
      printed: '12',
      tolerance: {absolute: 0.01, from: {value: 10, absolute: 0.05}},
      over: 0.8,
    },
    {
      computed: 9.96,
      expected: 10,
      printed: '10',
      tolerance: {absolute: 0.01, from: {value: 10, absolute: 0.05}},
      over: 0.8,
    },
    {computed: 110, expected: 100, printed: '100', tolerance: {relative: 0.2}, over: 0.5},
    {computed: 2e-9, expected: 0, printed: '0', tolerance: {relative: 0.2, rounding: 1e-8}, over: 0},
    {
      computed: 1e-7,
      expected: 0,
      printed: '0',
      tolerance: {relative: 0.2, rounding: 1e-8},
      over: Number.POSITIVE_INFINITY,
    },
    {computed: 12.345, expected: 12.34, printed: '12.34', tolerance: {significantDigits: 4}, over: 1},
    {computed: 0.012345, expected: 0.01234, printed: '0.01234', tolerance: {significantDigits: 4}, over: 1},
    {computed: 0.335, expected: 0.33, printed: '0.33', tolerance: {printedUnits: 1}, over: 0.5},
    {computed: 1.75, expected: 1.7, printed: '1.70', tolerance: {printedUnits: 1}, over: 5},
  ])('of $computed for $printed within $tolerance takes $over of what is allowed', (of) => {
    const {error, allowed} = judged(of.computed, of.expected, of.printed, of.tolerance);
    expect(error / allowed).toBeCloseTo(of.over, 6);
  });

  const one: ReferenceCase = {
    id: 'made-up',
    process: 'tree-biomass',
    source: 'none',
    licence: 'none',
    files: {expected: 'rows.csv'},
    label: ['row'],
    expect: [],
  };
  const table = (values: string[]): Table => ({
    name: 'rows.csv',
    rows: values.map((value, i) => ({row: `r${i}`, value})),
  });
  const expectation = {what: 'w', unit: '', columns: {q: 'value'}, tolerance: {absolute: 0.1}};

  it('leaves out what the source has no value for, and nothing else', () => {
    const line = judge(one, expectation, table(['1', '', '-Inf', '2']), {values: {q: [1, 5, 5, 2]}});
    expect(line).toMatchObject({n: 2, pass: true});
    expect(() => judge(one, expectation, table(['1', 'one']), {values: {q: [1, 1]}})).toThrow(
      'rows.csv line 3: value is "one"',
    );
  });

  it('counts a value that the model does not give, or that is no number, as a miss', () => {
    const line = judge(one, expectation, table(['1', '2', '3']), {values: {q: [1, null, Number.NaN]}});
    expect(line).toMatchObject({n: 3, pass: false, missCount: 2});
  });

  it('does not pass on nothing', () => {
    expect(judge(one, expectation, table(['', '']), {values: {q: [1, 2]}})).toMatchObject({
      n: 0,
      pass: false,
      worst: null,
    });
  });

  it('lists a known miss without failing, and fails when it misses no longer', () => {
    const known = {...expectation, knownMisses: [{row: 'r1', quantity: 'q', why: 'a reason'}]};
    const missing = judge(one, known, table(['1', '2']), {values: {q: [1, 7]}});
    expect(missing).toMatchObject({pass: true, known: [{row: 'r1', computed: 7, why: 'a reason'}]});
    const mended = judge(one, known, table(['1', '2']), {values: {q: [1, 2]}});
    expect(mended.pass).toBe(false);
    expect(mended.misses[0]!.row).toContain('misses no longer');
  });

  it('knows the process’s quantities', () => {
    expect(() => judge(one, expectation, table(['1']), {values: {other: [1]}})).toThrow(
      'has no quantity q; it has other',
    );
  });
});

describe('a manifest', () => {
  it.each([
    [{}, 'cases'],
    [{cases: []}, 'cases'],
    [{cases: [{id: 'Bad Id'}]}, 'cases.0'],
    [{cases: [], more: 1}, 'more'],
  ])('refuses %j and says where', (value, where) => {
    expect(() => checkManifest(value, 'here.json')).toThrow(/here\.json: /);
    expect(() => checkManifest(value, 'here.json')).toThrow(where);
  });
});

it('no reference file, case, site or species is named in the code', () => {
  const sources: string[] = [];
  const walk = (folder: string): void => {
    for (const name of readdirSync(folder)) {
      const path = join(folder, name);
      if (statSync(path).isDirectory()) walk(path);
      else if (path.endsWith('.ts')) sources.push(path);
    }
  };
  walk(join(ROOT, 'simulation/verify'));
  sources.push(join(ROOT, 'server/cli/verify.ts'));
  const names = new Set<string>();
  for (const {manifest} of folders) {
    for (const one of manifest.cases) {
      names.add(one.id);
      for (const file of Object.values(one.files)) names.add(basename(file));
      for (const role of ['site', 'species'] as const) {
        if (typeof one.inputs?.[role] === 'string') names.add(one.inputs[role]);
      }
    }
  }
  const plot = readFileSync(join(FIXTURES, 'real/forest-plot-scbi/species.csv'), 'utf8')
    .trim()
    .split('\n')
    .slice(1);
  for (const line of plot) names.add(line.split(',')[1]!);
  expect(names.size).toBeGreaterThan(100);
  for (const path of sources) {
    const text = readFileSync(path, 'utf8').replace(/export const verify: Command = \{\s*help: `[^`]*`/, '');
    const named = [...names].filter((name) => new RegExp(`\\b${name.replaceAll('.', '\\.')}\\b`).test(text));
    expect(named, path).toEqual([]);
  }
});
