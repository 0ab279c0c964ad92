import {readFileSync} from 'node:fs';
import {resolve} from 'node:path';
import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import {checkScenario, parseScenario} from '#simulation';
import {ISLAND} from '../read-place.ts';

const PLAIN = {
  schemaVersion: 1,
  id: 'plain',
  site: 'somewhere',
  name: {en: 'Plain', zh: '普通'},
  start: {from: 'archive', date: '2026-01-01'},
  years: 10,
  climate: {from: 'normals'},
  seed: 1,
};
const plant = {kind: 'plant', date: '2027-03-12', place: {zone: 'wood'}, species: 'oak', count: 10};
const water = {
  kind: 'irrigate',
  date: '2027-03-12',
  place: {zone: 'wood'},
  depletionFraction: 0.5,
  refillFraction: 0.9,
  mostMmPerDay: 10,
};
const file = {
  from: 'file',
  file: 'c.csv',
  dateColumn: 'date',
  columns: [
    {column: 'tx', quantity: 'airTemperatureMaxC', unit: 'Cel'},
    {column: 'tn', quantity: 'airTemperatureMinC', unit: 'Cel'},
    {column: 'rr', quantity: 'rainMm', unit: 'mm'},
  ],
};

it('takes what is right', () => {
  expect(checkScenario(PLAIN)).toEqual([]);
  expect(checkScenario({...PLAIN, climate: file, operations: [plant, water]})).toEqual([]);
});

// Each row: what is written, the field that is told, the value, a part of what is allowed.
describe('tells field, value and what is allowed', () => {
  it.each([
    [{years: 0}, '/years', 0, 'a whole number from 1 to 500'],
    [{years: 501}, '/years', 501, 'a whole number from 1 to 500'],
    [{years: 10.5}, '/years', 10.5, 'a whole number from 1 to 500'],
    [{years: '10'}, '/years', '10', 'a whole number from 1 to 500'],
    [{members: 257}, '/members', 257, 'a whole number from 1 to 256'],
    [{seed: -1}, '/seed', -1, 'a whole number from 0 to 4294967295'],
    [{seed: undefined}, '/seed', null, 'a whole number'],
    [{name: {en: 'Only'}}, '/name/zh', null, 'a text of 1 to 200 characters'],
    [{id: '../x'}, '/id', '../x', 'letters, figures, - and _'],
    [{yeers: 3}, '/yeers', 3, 'no such field'],
    [{physiology: 'max'}, '/physiology', 'max', 'one of min, product'],
    [{start: {from: 'past'}}, '/start/from', 'past', 'one of archive, store'],
    [{start: {from: 'archive', date: '2026-02-30'}}, '/start/date', '2026-02-30', 'a day of the calendar'],
    [{start: {from: 'archive', date: 'May'}}, '/start/date', 'May', 'a day such as 2027-03-12'],
    [{climate: {from: 'oracle'}}, '/climate/from', 'oracle', 'one of normals, file, station'],
    [{climate: {from: 'normals', delta: {temperatureC: 40}}}, '/climate/delta/temperatureC', 40, '-20 to 20'],
    [
      {climate: {from: 'normals', delta: {temperatureC: [1, 2]}}},
      '/climate/delta/temperatureC',
      [1, 2],
      'a list of 12',
    ],
    [
      {climate: {from: 'normals', co2: {ppm: 400, path: 'ssp126'}}},
      '/climate/co2',
      {ppm: 400, path: 'ssp126'},
      'exactly one of ppm, path, years',
    ],
    [
      {climate: {from: 'normals', co2: {path: 'rcp85'}}},
      '/climate/co2/path',
      'rcp85',
      'history, ssp126, ssp245, ssp370, ssp585',
    ],
    [
      {climate: {...file, file: '../../etc/passwd'}},
      '/climate/file',
      '../../etc/passwd',
      'without its folder',
    ],
    [
      {climate: {...file, columns: file.columns.slice(0, 2)}},
      '/climate/columns',
      ['airTemperatureMaxC', 'airTemperatureMinC'],
      'a column of rainMm',
    ],
    [
      {climate: {...file, columns: [...file.columns, file.columns[0]]}},
      '/climate/columns/3/quantity',
      'airTemperatureMaxC',
      'from one column only',
    ],
    [
      {climate: {from: 'station', station: 'a', fromDate: '2024-01-01', toDate: '2023-01-01'}},
      '/climate/toDate',
      '2023-01-01',
      'a day after 2024-01-01',
    ],
    [{events: [{years: [2030], months: [13]}]}, '/events/0/months/0', 13, '1 to 12'],
    [
      {operations: [{...plant, kind: 'sow'}]},
      '/operations/0/kind',
      'sow',
      'plant, thin, prune, coppice, remove-species, irrigate, fertilise',
    ],
    [
      {operations: [{...plant, place: {zone: 'a', trees: [1]}}]},
      '/operations/0/place',
      {zone: 'a', trees: [1]},
      'exactly one of zone, polygon, trees',
    ],
    [
      {operations: [{...plant, spacingM: 2}]},
      '/operations/0',
      {count: 10, spacingM: 2},
      'exactly one of count and spacingM',
    ],
    [
      {operations: [{...plant, place: {trees: [4]}}]},
      '/operations/0/place/trees',
      1,
      'a zone or a polygon to plant in',
    ],
    [
      {
        operations: [
          {
            ...plant,
            place: {
              polygon: [
                [0, 0],
                [1, 1],
              ],
            },
          },
        ],
      },
      '/operations/0/place/polygon',
      [
        [0, 0],
        [1, 1],
      ],
      'a list of 3 to 2000 entries',
    ],
    [{operations: [{...plant, date: '2027-13-01'}]}, '/operations/0/date', '2027-13-01', 'a day such as'],
    [
      {operations: [{...plant, repeat: {everyYears: 2, untilYear: 2020}}]},
      '/operations/0/repeat/untilYear',
      2020,
      'a year from 2027 on',
    ],
    [{operations: [{...water, refillFraction: 0.4}]}, '/operations/0/refillFraction', 0.4, 'more than 0.500'],
    [{operations: [{...water, untilYear: 2020}]}, '/operations/0/untilYear', 2020, 'a year from 2027 on'],
    [
      {operations: [{kind: 'prune', date: '2027-01-01', place: {zone: 'a'}, crownFraction: 0}]},
      '/operations/0/crownFraction',
      0,
      'above 0 and at most 0.7',
    ],
    [
      {parameters: [{species: 'oak', values: {speed: 3}, label: 'guess', source: 's'}]},
      '/parameters/0/values/speed',
      3,
      'one of the parameters maxHeightM',
    ],
    [
      {parameters: [{species: 'oak', values: {toString: 3}, label: 'guess', source: 's'}]},
      '/parameters/0/values/toString',
      3,
      'one of the parameters',
    ],
    [
      {parameters: [{species: 'oak', values: {efficiency: 9}, label: 'guess', source: 's'}]},
      '/parameters/0/values/efficiency',
      9,
      'a number from 0.01 to 0.1',
    ],
    [
      {parameters: [{type: 'OAK', values: {efficiency: 0.05}, label: 'guess', source: 's'}]},
      '/parameters/0/type',
      'OAK',
      'one of EBT, EBM',
    ],
    [
      {parameters: [{values: {efficiency: 0.05}, label: 'guess', source: 's'}]},
      '/parameters/0',
      {},
      'exactly one of species and type',
    ],
    [
      {parameters: [{species: 'oak', values: {efficiency: 0.05}, label: 'guess'}]},
      '/parameters/0/source',
      null,
      'a text',
    ],
  ])('%j', (change, path, value, allowed) => {
    const problems = checkScenario({...PLAIN, ...change});
    const found = problems.find((problem) => problem.path === path);
    expect(found, JSON.stringify(problems)).toBeDefined();
    expect(found!.value).toEqual(value);
    expect(found!.allowed).toContain(allowed);
    expect(found!.message).toContain(path);
  });
});

it('tells all of it at once', () => {
  const problems = checkScenario({
    ...PLAIN,
    years: 0,
    members: 0,
    seed: 'x',
    start: {from: 'moon'},
    operations: [{kind: 'dig'}],
  });
  expect(problems.map(({path}) => path).sort()).toEqual([
    '/members',
    '/operations/0/kind',
    '/seed',
    '/start/from',
    '/years',
  ]);
});

it('knows the site and its species, where it is told them', () => {
  const scenario = {
    ...PLAIN,
    parameters: [{species: 'oak', values: {efficiency: 0.05}, label: 'guess', source: 's'}],
  };
  const problems = checkScenario(scenario, {site: 'elsewhere', species: new Set(['elm', 'ash'])});
  expect(problems.map(({path, allowed}) => [path, allowed])).toEqual([
    ['/parameters/0/species', "a species of the site's archive: elm, ash"],
    ['/site', '"elsewhere"'],
  ]);
});

describe('a text', () => {
  const text = readFileSync(
    resolve(import.meta.dirname, '../../../', ISLAND, 'scenarios/thinning.json'),
    'utf8',
  );

  it('tells the line of what is wrong', () => {
    const wrong = text.replace('"from-below"', '"from-the-side"');
    const line = wrong.split('\n').findIndex((one) => one.includes('from-the-side')) + 1;
    const {problems} = parseScenario(wrong);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatchObject({
      path: '/operations/0/rule',
      value: 'from-the-side',
      allowed: 'one of from-below, from-above, proportional, by-vigour',
      line,
    });
  });

  it('tells the line of what should hold a field that is not there', () => {
    const {problems} = parseScenario(text.replace(/"rule": "from-below",/, ''));
    expect(problems[0]).toMatchObject({path: '/operations/0/rule', value: null});
    expect(problems[0]!.line).toBeGreaterThan(1);
  });

  it.each([
    ['{"id": 1,}', 'line 1'],
    ['{\n"a": 1\n"b": 2}', 'line 3'],
    ['', 'no JSON'],
    ['// a comment\n{}', 'no JSON'],
    ['[1, 2', 'no JSON'],
  ])('%j is no JSON', (broken, told) => {
    const {scenario, problems} = parseScenario(broken);
    expect(scenario).toBeNull();
    expect(problems[0]!.message).toContain(told);
  });

  it('is refused unread when it is too long', () => {
    expect(parseScenario(' '.repeat(2_000_001)).problems[0]!.allowed).toBe(
      'a file of at most 2000000 characters',
    );
  });

  it('of any kind is told, never thrown', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (any) => {
        const {scenario, problems} = parseScenario(any);
        expect(scenario).toBeNull();
        expect(problems.length).toBeGreaterThan(0);
        expect(problems.length).toBeLessThanOrEqual(100);
      }),
      {numRuns: 200},
    );
  });

  it('changed at any one place is told or taken, never thrown', () => {
    const value = JSON.parse(text) as Record<string, unknown>;
    const paths: (string | number)[][] = [];
    const walk = (node: unknown, path: (string | number)[]) => {
      if (path.length > 0) paths.push(path);
      if (typeof node !== 'object' || node === null) return;
      for (const key of Object.keys(node)) walk((node as Record<string, unknown>)[key], [...path, key]);
    };
    walk(value, []);
    fc.assert(
      fc.property(fc.constantFrom(...paths), fc.jsonValue({maxDepth: 2}), (path, other) => {
        const changed = structuredClone(value);
        let node = changed as Record<string | number, unknown>;
        for (const key of path.slice(0, -1)) node = node[key] as Record<string | number, unknown>;
        node[path.at(-1)!] = other;
        for (const problem of checkScenario(changed)) {
          expect(typeof problem.path).toBe('string');
          expect(problem.allowed.length).toBeGreaterThan(0);
        }
      }),
      {numRuns: 300},
    );
  });
});
