import {mkdir, mkdtemp, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {runEco} from '../../../server/cli/eco.ts';
import {writeServerFile} from '../../../server/server-file.ts';
import {type Harness, openHarness, SITE, SITES} from '../harness.ts';

const MAP = {
  schemaVersion: 1,
  id: 'pond-logger',
  device: {value: 'pond'},
  devicePrefix: 'log-',
  time: {path: 'time', format: 'iso'},
  intervalS: 3600,
  columns: [{path: 'ph', element: 'water_ph', unit: '[pH]', statistic: 'point'}],
};
const STREAM = 'log-pond:water_ph:point';
const hour = (i: number) => `2026-09-01T${String(i).padStart(2, '0')}:00:00Z`;
const SHEET = ['time,ph', ...Array.from({length: 12}, (_, i) => `${hour(i)},${8 + (i % 3) / 100}`)].join(
  '\n',
);

let folder: string;
let harness: Harness;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'eco-revise-'));
  harness = await openHarness({fleet: 'off'});
  const httpUrl = await harness.app.listen({host: '127.0.0.1', port: 0});
  await mkdir(join(folder, 'data'));
  writeServerFile(join(folder, 'data'), {pid: process.pid, httpUrl, mqttUrl: null});
  await writeFile(join(folder, 'map.json'), JSON.stringify(MAP));
  await writeFile(join(folder, 'sheet.csv'), SHEET);
  const taken = await eco('import', join(folder, 'sheet.csv'), '--map', join(folder, 'map.json'));
  expect(taken).toMatchObject({code: 0, err: ''});
  expect(taken.out).toContain('12 values of 1 devices acknowledged');
});
afterAll(async () => {
  await harness.close();
  await rm(folder, {recursive: true, force: true});
});

/** One command that finds the running server. */
async function eco(...argv: string[]): Promise<{code: number; out: string; err: string}> {
  const said = {out: '', err: ''};
  const code = await runEco(argv, {
    out: (line) => {
      said.out += `${line}\n`;
    },
    err: (line) => {
      said.err += `${line}\n`;
    },
    env: {
      ECO_DATA_DIR: join(folder, 'data'),
      ECO_SITE: SITE,
      ECO_SITES_DIR: SITES,
      ECO_FLEET: 'off',
      USER: 'ranger',
    },
    isTerminal: false,
  });
  return {code, ...said};
}
async function told<T>(...argv: string[]): Promise<T> {
  const {code, out, err} = await eco(...argv, '--json');
  if (!err.includes('left out')) expect(err).toBe('');
  expect(code).toBe(0);
  return JSON.parse(out) as T;
}
const shown = async (i: number) =>
  (await told<{shown: {result: number; flag: number}}>('explain', STREAM, hour(i))).shown;

describe('eco revise', () => {
  it('corrects drift, lists it with its reason, and takes it back', async () => {
    const range = ['--from', hour(0), '--to', hour(12)];
    const made = await told<{version: number; who: string}>(
      ...['revise', 'drift', STREAM, ...range, '--end', '7.12=7', '--reason', 'buffer 7'],
    );
    expect(made).toMatchObject({who: 'ranger', correction: {offset: [0, 7 - 7.12], gain: [1, 1]}});
    expect((await shown(6)).result).toBeCloseTo(8 - 0.06, 9);
    const flagged = await told<{version: number}>(
      ...[
        'revise',
        'flag',
        STREAM,
        '--from',
        hour(6),
        '--to',
        hour(7),
        '--flag',
        'suspect',
        '--reason',
        'bubbles',
      ],
    );
    expect(await shown(6)).toMatchObject({flag: 3});
    const listed = await eco('revise', 'list', STREAM);
    expect(listed.out).toMatch(/offset 0 to -0\.1\d+, gain 1 to 1 {2}ranger, \S+Z: buffer 7/);
    expect(listed.out).toMatch(/flag 3 {2}ranger, \S+Z: bubbles/);
    for (const {version} of [made, flagged]) {
      expect((await eco('revise', 'undo', STREAM, String(version), '--reason', 'wrong one')).code).toBe(0);
    }
    expect(await shown(6)).toMatchObject({result: 8, flag: 1});
    expect((await told<{revoked: boolean}[]>('revise', 'list', STREAM)).map(({revoked}) => revoked)).toEqual([
      true,
      true,
      false,
      false,
    ]);
    expect(await eco('revise', 'undo', STREAM, String(made.version), '--reason', 'again')).toMatchObject({
      code: 1,
      err: expect.stringContaining('was taken back already'),
    });
  });

  it('compares with neighbours: one series is refused without any, an element leaves it out', async () => {
    const range = ['--from', hour(0), '--to', hour(12)];
    expect(await eco('revise', 'neighbour', STREAM, ...range, '--dry-run')).toMatchObject({
      code: 1,
      err: expect.stringContaining('at least 2 neighbours with water_ph (point)'),
    });
    expect(await eco('revise', 'neighbour', '--element', 'water_ph', ...range)).toMatchObject({
      code: 0,
      out: '',
      err: expect.stringContaining('left out: at least 2 neighbours'),
    });
    expect(await eco('revise', 'neighbour', '--element', 'air_temperature', ...range)).toMatchObject({
      code: 1,
      err: expect.stringContaining('no series of air_temperature'),
    });
    expect(await told('revise', 'neighbour', '--element', 'water_ph', ...range, '--dry-run')).toEqual([]);
  });

  it.each([
    {argv: ['revise', 'neighbour', '--from', hour(0), '--to', hour(1)], says: /DATASTREAM and --element/},
    {argv: ['revise', 'neighbour', STREAM, '--from', hour(0)], says: /--to is missing/},
    {
      argv: ['revise', 'neighbour', STREAM, '--from', hour(0), '--to', hour(1), '--sds', '1'],
      says: /sds/,
    },
    {argv: ['revise', 'flag', STREAM, '--reason', 'x'], says: /--from is missing/},
    {
      argv: ['revise', 'flag', STREAM, '--from', hour(0), '--to', hour(1), '--reason', 'x'],
      says: /--flag is missing/,
    },
    {
      argv: ['revise', 'flag', STREAM, '--from', hour(0), '--to', hour(1), '--reason', 'x', '--flag', 'bad'],
      says: /pass, suspect or fail was expected, got bad/,
    },
    {
      argv: ['revise', 'drift', STREAM, '--from', hour(0), '--to', hour(1), '--reason', 'x'],
      says: /--gap and --end/,
    },
    {
      argv: ['revise', 'drift', STREAM, '--from', hour(0), '--to', hour(1), '--reason', 'x', '--end', '7'],
      says: /READ=TRUE was expected/,
    },
    {
      argv: ['revise', 'flag', STREAM, '--from', hour(0), '--to', hour(1), '--flag', 'fail'],
      says: /--reason is missing/,
    },
    {
      argv: ['revise', 'undo', STREAM, 'first', '--reason', 'x'],
      says: /number of a revision was expected, got first/,
    },
    {
      argv: ['revise', 'praise', STREAM],
      says: /flag, drift, neighbour, undo or list was expected, got praise/,
    },
  ])('says what is missing in $argv', async ({argv, says}) => {
    const refused = await eco(...argv);
    expect(refused.code).toBe(2);
    expect(refused.err).toMatch(says);
  });

  it('tells the story for a person', async () => {
    const {out} = await eco('explain', STREAM, hour(3));
    expect(out).toContain(`${STREAM} at ${hour(3)}  (measured, sensed)`);
    expect(out).toContain('device    log-pond, model generic-json');
    expect(out).toMatch(/test {6}grossRange: 1 pass; value 8, least 0, most 14/);
    expect(await eco('explain', STREAM, '2026-09-01T00:30:00Z')).toMatchObject({
      code: 1,
      err: expect.stringContaining('has no observation at 2026-09-01T00:30:00Z'),
    });
  });
});

it('eco revise neighbour tells what contradicts two neighbours, flags it, and undo takes it back', async () => {
  const start = Date.parse('2026-08-01T00:00:00Z');
  const at = (i: number) => new Date(start + i * 3_600_000).toISOString();
  const wave = (i: number) => 15 + 6 * Math.sin((i * Math.PI) / 12);
  for (const [id, value] of [
    ['air-a', (i: number) => wave(i) + (i === 200 ? 5 : 0)],
    ['air-b', (i: number) => wave(i) + 1],
    ['air-c', (i: number) => wave(i) * 0.9],
  ] as const) {
    await harness.device(id, {intervalS: 3600});
    for (let i = 0; i < 220; i++) {
      await harness.send(id, {time: at(i), readings: {air_temperature: Math.round(value(i) * 100) / 100}});
    }
  }
  const range = ['--element', 'air_temperature', '--from', at(168), '--to', at(220)];
  const dry = await eco('revise', 'neighbour', ...range, '--dry-run');
  expect(dry).toMatchObject({code: 0, err: ''});
  expect(dry.out).toMatch(
    /^air-a:air_temperature:point: 52 of 52 compared with 2 neighbours, 1 suspect; nothing written \(dry run\)$/m,
  );
  expect(dry.out).toMatch(/^ {2}2026-08-09T08:00:00Z: 25\.2, expected 20\.20 \(\d+\.\d sd\)$/m);
  expect(dry.out).toMatch(/^air-b:air_temperature:point: 52 of 52 .* 0 suspect/m);

  const air = 'air-a:air_temperature:point';
  const flagOf = async () => (await told<{shown: {flag: number}}>('explain', air, at(200))).shown.flag;
  const before = await flagOf();
  const runs = await told<{datastream: string; version: number | null}[]>('revise', 'neighbour', ...range);
  expect(runs.map(({version}) => version === null)).toEqual([false, true, true]);
  const failed = await told<{shown: {failed: string[]}}>('explain', air, at(200));
  expect(failed.shown.failed).toContain('neighbour');
  expect((await eco('revise', 'undo', air, String(runs[0]!.version), '--reason', 'a barbecue')).code).toBe(0);
  expect(await flagOf()).toBe(before);
}, 60_000);

describe('eco devices', () => {
  it('replaces a device, moves and calibrates the new one', async () => {
    const done = await told<{credentials: {password: string}; datastreams: string[]}>(
      ...[
        'devices',
        'replace',
        'log-pond',
        'pond-2',
        '--at',
        hour(12),
        '--serial',
        'A1',
        '--reason',
        'flooded',
      ],
    );
    expect(done.datastreams).toEqual([STREAM]);
    expect(done.credentials.password.length).toBeGreaterThan(20);
    const moved = await told<{longitudeDeg: number; placements: unknown[]}>(
      ...['devices', 'move', 'pond-2', '--lon', '137.3', '--lat', '-28.9', '--at', hour(13)],
    );
    expect(moved).toMatchObject({longitudeDeg: 137.3, serial: 'A1', station: 'log-pond'});
    expect(moved.placements).toHaveLength(2);
    const {calibrations} = await told<{calibrations: unknown[]}>(
      ...['devices', 'calibrate', 'pond-2', '--note', 'buffers 7 and 10', '--at', hour(14)],
    );
    expect(calibrations).toMatchObject([{note: 'buffers 7 and 10', who: 'ranger', at: hour(14)}]);
    expect(await eco('devices', 'list')).toMatchObject({out: expect.stringContaining('retired')});
    expect(await eco('devices', 'replace', 'log-pond', 'pond-3')).toMatchObject({
      code: 1,
      err: expect.stringContaining('stands nowhere now'),
    });
  });
});
