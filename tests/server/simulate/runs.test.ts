import {mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterEach, describe, expect, it, vi} from 'vitest';
import {type LiveEvent, type RunBody, readEtw} from '#schemas';
import type {RunPlan} from '#simulation';
import type {RunToBe} from '../../../server/simulate/planner.ts';
import {runIndicators} from '../../../server/simulate/results.ts';
import {createRunTables} from '../../../server/simulate/run-tables.ts';
import {createRuns, type Run, type Runs, type RunsOptions} from '../../../server/simulate/runs.ts';
import {smallPlan} from '../../simulation/small-plan.ts';

const kernel = (name: string) => new URL(`../../simulation/${name}-kernel.ts`, import.meta.url).href;
const PROGRAM = 'eco-brain test';

const open: Runs[] = [];
const folders: string[] = [];
afterEach(async () => {
  vi.unstubAllEnvs();
  await Promise.all(open.splice(0).map((runs) => runs.close()));
  for (const folder of folders.splice(0)) rmSync(folder, {recursive: true, force: true});
});

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'eco-runs-'));
  folders.push(folder);
  return folder;
}

function store(options: Partial<RunsOptions> = {}): {runs: Runs; events: RunBody[]; dataDir: string} {
  const dataDir = options.dataDir ?? newFolder();
  const events: RunBody[] = [];
  const runs = createRuns({
    ...{dataDir, program: PROGRAM, log: () => {}, now: Date.now, runs: true, workers: 1},
    live: {publish: (event: LiveEvent) => event.kind === 'run' && void events.push(event.run)},
    kernel: kernel('small'),
    ...options,
  });
  open.push(runs);
  return {runs, events, dataDir};
}

function toBe(change: Partial<RunPlan> = {}): RunToBe {
  return {
    plan: smallPlan(change),
    origin: {
      scenario: {id: 'small'},
      climate: {from: 'normals'},
      notes: [],
      impossible: [{operation: 3, date: '2027-03-01', reason: 'in_water: there is a lake'}],
      sources: [],
      origin: {longitudeDeg: 106.7, latitudeDeg: 29.58, heightM: 0},
    },
  };
}

const state = (runs: Runs, run: Run) => runs.get(run.record.id).record.state;
const ends = (runs: Runs, run: Run, as = 'done') =>
  expect.poll(() => state(runs, run), {interval: 10, timeout: 60_000}).toBe(as);

/** Everything that a run gave, by file. */
function results({folder}: Run): Record<string, string> {
  const names = [
    ...readdirSync(folder.file('members')).map((name) => join('members', name)),
    'events.json',
    'trees.etw',
  ];
  return Object.fromEntries(
    names.sort().map((name) => [name, readFileSync(folder.file(name)).toString('base64')]),
  );
}

/** What five members give that nothing stopped. */
let undisturbed: Promise<Record<string, string>> | null = null;
const fiveMembers = () => {
  undisturbed ??= whole({members: 5}).then(({run}) => results(run));
  return undisturbed;
};

async function whole(change: Partial<RunPlan> = {}, options: Partial<RunsOptions> = {}) {
  const {runs, events} = store(options);
  const run = runs.start(toBe(change));
  await ends(runs, run);
  return {run: runs.get(run.record.id), runs, events};
}

describe('a run', () => {
  it('gives the same bytes with one thread and with three', async () => {
    const three = await whole({members: 5}, {workers: 3});
    expect(Object.keys(results(three.run))).toHaveLength(7);
    expect(results(three.run)).toEqual(await fiveMembers());
  });

  it('gives other bytes with another seed', async () => {
    const {run} = await whole({seed: 8, members: 1});
    const name = 'members/0000.bin';
    expect(results(run)[name]).not.toBe((await fiveMembers())[name]);
  });

  it('of two scenarios that say the same gives the same bit for bit, and a difference of nothing', async () => {
    const {runs} = store();
    const [one, twin] = [{}, {scenario: 'nothing-done'}].map((change) =>
      runs.start(toBe({members: 2, ...change})),
    ) as [Run, Run];
    await ends(runs, twin);
    const {['trees.etw']: _, ...mine} = results(runs.get(one.record.id));
    expect(results(runs.get(twin.record.id))).toMatchObject(mine);
    const told = runIndicators(runs.get(one.record.id), {against: runs.get(twin.record.id)});
    const {median, p05, p95} = told.values['island']!['mean_dbh_cm']!.difference!;
    expect(new Set([...median, ...p05, ...p95])).toEqual(new Set([0]));
  });

  it('tells how it goes on, and what it was', async () => {
    const {run, runs, events} = await whole();
    expect(events.map(({state: of}) => of).filter((of, i, all) => of !== all[i - 1])).toEqual([
      'queued',
      'running',
      'done',
    ]);
    expect(runs.body(run)).toMatchObject({
      ...{scenario: 'small', site: 'a-site', state: 'done', members: 3, seed: 7, years: [2026, 2031]},
      progress: {done: 18, total: 18, unit: 'member-years'},
    });
    const skipped = runs.body(run).skipped;
    expect(skipped[0]).toEqual({operation: 3, date: '2027-03-01', reason: 'in_water: there is a lake'});
    expect(skipped.length).toBeGreaterThan(1);
    expect(readEtw(readFileSync(run.folder.file('trees.etw'))).steps).toBe(7);
    expect(readdirSync(run.folder.path)).toEqual(expect.arrayContaining(['trees.etw.br', 'trees.etw.gz']));
  });
});

describe('a run that is stopped', () => {
  it('ends within a second when it is cancelled, keeps what is done, and goes on to the same bytes', async () => {
    const expected = await fiveMembers();
    const {runs} = store({kernel: kernel('slow')});
    const run = runs.start(toBe({members: 5}));
    await expect.poll(() => readdirSync(run.folder.file('members')).length, {interval: 5}).toBeGreaterThan(0);
    const from = Date.now();
    await runs.cancel(run.record.id);
    // A few milliseconds, unless the machine is busy with other things; what is left of the run lasts longer.
    expect(Date.now() - from).toBeLessThan(1000);
    expect(state(runs, run)).toBe('cancelled');
    const kept = readdirSync(run.folder.file('members')).length;
    expect(kept).toBeLessThan(5);
    runs.resume(run.record.id);
    await ends(runs, run);
    expect(results(runs.get(run.record.id))).toEqual(expected);
  });

  it('goes on after the server stopped, to the same bytes', async () => {
    const expected = await fiveMembers();
    const first = store({kernel: kernel('slow')});
    const run = first.runs.start(toBe({members: 5}));
    await expect.poll(() => readdirSync(run.folder.file('members')).length, {interval: 5}).toBeGreaterThan(0);
    await first.runs.close();
    const {runs} = store({dataDir: first.dataDir});
    expect(['queued', 'running', 'done']).toContain(state(runs, run));
    await ends(runs, run);
    expect(results(runs.get(run.record.id))).toEqual(expected);
  });

  it('makes a member again whose file is damaged or cut off', async () => {
    const {run, runs} = await whole();
    const expected = results(run);
    const [zero, one] = [0, 1].map((member) => run.folder.file(join('members', `000${member}.bin`)));
    const bytes = readFileSync(zero!);
    bytes[40]! ^= 1;
    writeFileSync(zero!, bytes);
    writeFileSync(one!, readFileSync(one!).subarray(0, 100));
    run.folder.save({...run.record, state: 'running'});
    await runs.close();
    const again = store({dataDir: join(run.folder.path, '..', '..')});
    await ends(again.runs, run);
    expect(results(again.runs.get(run.record.id))).toEqual(expected);
  });

  it('is not gone on with by another version of the program: its members would not fit together', async () => {
    const {run, runs} = await whole();
    run.folder.save({...run.record, state: 'running'});
    await runs.close();
    const again = store({dataDir: join(run.folder.path, '..', '..'), program: 'eco-brain 9'});
    await ends(again.runs, run, 'failed');
    expect(again.runs.get(run.record.id).record.message).toMatch(
      /begun by eco-brain test, and this is eco-brain 9/,
    );
  });

  it('waits for the one before it, and is cancelled at once while it waits', async () => {
    const {runs} = store({kernel: kernel('slow')});
    const [first, second] = [runs.start(toBe()), runs.start(toBe())];
    expect([state(runs, first), state(runs, second)]).toEqual(['running', 'queued']);
    await runs.cancel(second.record.id);
    expect(state(runs, second)).toBe('cancelled');
    await expect(runs.cancel(second.record.id)).rejects.toMatchObject({code: 'run_ended', status: 409});
    await runs.cancel(first.record.id);
    expect(() => runs.resume('none')).toThrow(/no run none/);
  });
});

describe('a thread that ends', () => {
  it('once: its member is run again, which is said', async () => {
    vi.stubEnv('MARK', join(newFolder(), 'broke'));
    const {run} = await whole({}, {kernel: kernel('breaking'), workers: 1});
    expect(run.record.message).toMatch(/^member 1 was run again: the thread ended with code 3/);
    vi.unstubAllEnvs();
    expect(results(run)).toEqual(results((await whole()).run));
  });

  it('twice: the run fails, keeps what is done, and can be resumed', async () => {
    vi.stubEnv('MARK', 'always');
    const {runs, dataDir} = store({kernel: kernel('breaking'), workers: 1});
    const run = runs.start(toBe());
    await ends(runs, run, 'failed');
    expect(runs.get(run.record.id).record.message).toBe(
      'member 1 failed twice: the thread ended with code 3',
    );
    await runs.close();
    const again = store({dataDir});
    again.runs.resume(run.record.id);
    await ends(again.runs, run);
    expect(runs.body(again.runs.get(run.record.id)).message).toBeUndefined();
  });
});

describe('the store of runs', () => {
  it('keeps no more than it may: the oldest that are over go', async () => {
    const {runs} = store({limits: {runs: 2}});
    const started: Run[] = [];
    for (let i = 0; i < 3; i += 1) {
      started.push(runs.start(toBe({members: 1})));
      await ends(runs, started.at(-1)!);
    }
    expect(runs.list().map(({record}) => record.id)).toEqual([started[2]!.record.id, started[1]!.record.id]);
    expect(() => runs.get(started[0]!.record.id)).toThrow(/no run/);
  });

  it('takes no more than may wait, and none where none is run', async () => {
    const {runs} = store({kernel: kernel('slow'), limits: {waiting: 1}});
    const running = runs.start(toBe());
    runs.start(toBe());
    expect(() => runs.start(toBe())).toThrow(/1 runs wait already/);
    expect(() => runs.remove(running.record.id)).toThrow(/cancel it first/);
    const {runs: idle} = store({runs: false});
    expect(() => idle.start(toBe())).toThrow(/expected simulate in ECO_ROLES/);
  });

  it('leaves a damaged run alone and shows the others', async () => {
    const {run, runs, ...rest} = await whole();
    expect(rest.events.length).toBeGreaterThan(0);
    const dataDir = join(run.folder.path, '..', '..');
    await runs.close();
    for (const text of ['{', '{"state":"done"}', JSON.stringify({...run.record, id: '../../etc'})]) {
      writeFileSync(run.folder.file('run.json'), text);
      const warned: unknown[] = [];
      const {runs: again} = store({dataDir, log: (line) => warned.push(line)});
      expect(again.list()).toEqual([]);
      expect(warned).toHaveLength(1);
      expect(readdirSync(run.folder.path)).toContain('plan.bin.gz');
    }
  });
});

describe('tables of a run', () => {
  const read = async (file: {stream(): NodeJS.ReadableStream}) => {
    let text = '';
    for await (const piece of file.stream()) text += piece;
    return text;
  };

  it('are made again of any member, and nothing of them stays', async () => {
    const {run} = await whole();
    const dataDir = join(run.folder.path, '..', '..');
    const tables = createRunTables({dataDir, program: PROGRAM, kernel: kernel('small')});
    const signal = new AbortController().signal;
    const csv = await read(await tables.open(run, {table: 'tree', format: 'csv', member: 0}, signal));
    expect(csv.split('\r\n')).toHaveLength(7 * 12 + 21 + 2);
    const other = await read(await tables.open(run, {table: 'tree', format: 'csv', member: 2}, signal));
    expect(other).not.toBe(csv);
    const parquet = await tables.open(run, {table: 'water', format: 'parquet', member: 1}, signal);
    expect((await read(parquet)).slice(0, 4)).toBe('PAR1');
    await expect.poll(() => readdirSync(join(dataDir, 'runs', '.scratch'))).toEqual([]);
    await tables.close();
  });

  it('are refused of members that there are not, of other programs and where the member gives something else', async () => {
    const {run} = await whole();
    const dataDir = join(run.folder.path, '..', '..');
    const signal = new AbortController().signal;
    const asked = {table: 'carbon', format: 'csv', member: 1} as const;
    const of = (program: string) => createRunTables({dataDir, program, kernel: kernel('small')});
    await expect(of(PROGRAM).open(run, {...asked, member: 3}, signal)).rejects.toMatchObject({
      code: 'member_unknown',
    });
    await expect(of('eco-brain 9').open(run, asked, signal)).rejects.toMatchObject({
      code: 'run_of_other_program',
    });
    const summary = run.folder.member(run.folder.plan(), 1)!;
    summary.indicators[30] = 1e6;
    run.folder.saveMember(summary);
    await expect(of(PROGRAM).open(run, asked, signal)).rejects.toMatchObject({code: 'run_not_repeated'});
  });
});
