import {describe, expect, it} from 'vitest';
import {type Io, numberOption, parse, typedPath, UsageError} from '../../../server/cli/command.ts';
import {monthsBefore} from '../../../server/cli/fleet-history.ts';

const io = (env: Record<string, string> = {}): Io => ({out: () => {}, err: () => {}, env, isTerminal: false});

describe('parse', () => {
  it('takes a negative number as a value', () => {
    const parsed = parse(['--lat', '-28.95', '--lon=137'], io(), {
      options: {lat: {type: 'string'}, lon: {type: 'string'}},
    });
    expect(numberOption(parsed, 'lat', {least: -90, most: 90})).toBe(-28.95);
    expect(numberOption(parsed, 'lon', {least: -180, most: 180})).toBe(137);
    expect(numberOption(parsed, 'interval', {least: 0, most: 1})).toBeUndefined();
  });
  it.each([
    [['--nope'], /--nope/],
    [['a', 'b'], /unexpected b/],
    [[], /ID is missing/],
    [['a', '--json=1'], /--json/],
  ])('refuses %j', (argv, message) => {
    expect(() => parse(argv, io(), {positionals: ['ID']})).toThrow(UsageError);
    expect(() => parse(argv, io(), {positionals: ['ID']})).toThrow(message);
  });
  it('reads settings from flags and variables', () => {
    const {settings} = parse(['--http-port', '0'], io({ECO_FLEET: 'off'}), {});
    expect(settings).toMatchObject({httpPort: 0, fleet: 'off', dataDir: `${process.cwd()}/data`});
  });
  it.each(['', 'x', 'Infinity', '1e999', '91'])('--lat %j is no latitude', (text) => {
    const parsed = parse([`--lat=${text}`], io(), {options: {lat: {type: 'string'}}});
    expect(() => numberOption(parsed, 'lat', {least: -90, most: 90})).toThrow(
      /--lat: expected a number from -90 to 90/,
    );
  });
});

it.each([
  ['a.csv', {}, `${process.cwd()}/a.csv`],
  ['a.csv', {INIT_CWD: '/home/me', npm_lifecycle_event: 'eco'}, '/home/me/a.csv'],
  ['../a.csv', {INIT_CWD: '/home/me', npm_lifecycle_event: 'start'}, '/home/a.csv'],
  ['a.csv', {INIT_CWD: '/home/me', npm_lifecycle_event: 'test'}, `${process.cwd()}/a.csv`],
  ['/a.csv', {INIT_CWD: '/home/me', npm_lifecycle_event: 'eco'}, '/a.csv'],
])('%s under %j is %s', (path, env, full) => {
  expect(typedPath(path, env)).toBe(full);
});

// A month before the 31st is the last day of the month before; 2028 is a leap year.
it.each([
  ['2026-11-25T10:00:00.000Z', 12, '2025-11-25T10:00:00.000Z'],
  ['2026-03-31T00:00:00.000Z', 1, '2026-02-28T00:00:00.000Z'],
  ['2028-03-30T23:59:59.999Z', 1, '2028-02-29T23:59:59.999Z'],
  ['2026-01-15T06:00:00.000Z', 1, '2025-12-15T06:00:00.000Z'],
])('%s less %i months is %s', (at, months, before) => {
  expect(new Date(monthsBefore(Date.parse(at), months)).toISOString()).toBe(before);
});
