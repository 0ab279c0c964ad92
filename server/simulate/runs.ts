import {randomBytes} from 'node:crypto';
import {
  createReadStream,
  createWriteStream,
  existsSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
} from 'node:fs';
import {join} from 'node:path';
import {pipeline} from 'node:stream/promises';
import {constants, createBrotliCompress, createGzip} from 'node:zlib';
import {EcoError, type LiveBus, type RunBody} from '#schemas';
import {MemberError, type RunPlan} from '#simulation';
import {instant, instantOrNull} from '../bodies/instant.ts';
import type {Log} from '../log.ts';
import {executeRun} from './execute-run.ts';
import {fingerprintOf} from './fingerprint.ts';
import type {RunToBe} from './planner.ts';
import {
  createRunFolder,
  isRunFolder,
  openRunFolder,
  PLAYBACK_FILE,
  type RunFolder,
  type RunRecord,
} from './run-folder.ts';
import type {ThreadOptions} from './threads.ts';

/** Runs that are kept, and their size on disk together; the oldest that are over go when another one is begun. */
const MOST_RUNS = 200;
const MOST_BYTES = 4 * 1024 ** 3;
/** Runs that wait for their turn. */
const MOST_WAITING = 20;
/** Events of a run's progress come no more often, ms. */
const PROGRESS_MS = 500;
/** How hard a finished playback is compressed, once: brotli's 9 of 11 takes a tenth of the time for 3 % more bytes. */
const BROTLI_QUALITY = 9;
const ACTIVE = ['queued', 'running'];

/** A run as it is: its record, how far it has come, and its folder. */
export type Run = {record: RunRecord; done: number; skipped: RunBody['skipped']; folder: RunFolder};

export type Runs = {
  /** @throws {EcoError} `runs_full` (503), `simulate_off` (503): before a plan is made that could not be run. */
  requireRoom(): void;
  list(): Run[];
  /** @throws {EcoError} `run_unknown` (404). */
  get(id: string): Run;
  body(run: Run): RunBody;
  /** @throws {EcoError} `runs_full` (503), `simulate_off` (503). */
  start(planned: RunToBe): Run;
  /** @throws {EcoError} `run_ended` (409) unless it waits or is under way. */
  cancel(id: string): Promise<Run>;
  /** @throws {EcoError} `run_not_resumable` (409) unless it was cancelled or failed; `runs_full`, `simulate_off`. */
  resume(id: string): Run;
  /** @throws {EcoError} `run_under_way` (409). */
  remove(id: string): void;
  state(): {status: 'ok' | 'off'; message: string};
  /** Stops what is under way; it goes on with the next start. */
  close(): Promise<void>;
};

export type RunsOptions = ThreadOptions & {
  dataDir: string;
  program: string;
  live: Pick<LiveBus, 'publish'>;
  log: Log;
  now: () => number;
  /** Whether this process runs them; else it only shows them. */
  runs: boolean;
  workers?: number;
  limits?: {runs?: number; bytes?: number; waiting?: number};
};

/** `20261129T081500042-3f9a1c`: ids sort by time. */
function newId(nowMs: number): string {
  const time = new Date(nowMs).toISOString().slice(0, 23).replace(/[-:.]/g, '');
  return `${time}-${randomBytes(3).toString('hex')}`;
}

/** Writes compressed copies of a finished playback beside it, for answers. */
async function compressPlayback(folder: RunFolder): Promise<void> {
  const file = folder.file(PLAYBACK_FILE);
  const ways = {
    br: () => createBrotliCompress({params: {[constants.BROTLI_PARAM_QUALITY]: BROTLI_QUALITY}}),
    gz: () => createGzip({level: 9}),
  };
  for (const [ending, way] of Object.entries(ways)) {
    if (existsSync(`${file}.${ending}`)) continue;
    await pipeline(createReadStream(file), way(), createWriteStream(`${file}.${ending}.new`, {mode: 0o600}));
    renameSync(`${file}.${ending}.new`, `${file}.${ending}`);
  }
}

export function createRuns(options: RunsOptions): Runs {
  const {dataDir, program, live, log, now} = options;
  const limits = {runs: MOST_RUNS, bytes: MOST_BYTES, waiting: MOST_WAITING, ...options.limits};
  const base = join(dataDir, 'runs');
  const runs = new Map<string, Run>();
  let current: {id: string; stop: AbortController; ended: Promise<void>} | null = null;
  let closed = false;

  const body = ({record, done, ...run}: Run): RunBody => ({
    id: record.id,
    scenario: record.scenario,
    site: record.site,
    state: record.state,
    progress: {done, total: record.members * record.years, unit: 'member-years'},
    created: instant(record.createdMs),
    started: instantOrNull(record.startedMs),
    ended: instantOrNull(record.endedMs),
    members: record.members,
    years: [record.firstYear, record.firstYear + record.years - 1],
    seed: record.seed,
    fingerprint: record.fingerprint,
    skipped: run.skipped,
    ...(record.message === undefined ? {} : {message: record.message}),
  });

  const tell = (run: Run) => live.publish({kind: 'run', site: run.record.site, run: body(run)});
  const change = (run: Run, to: Partial<RunRecord>) => {
    run.record = {...run.record, ...to};
    run.folder.save(run.record);
    tell(run);
  };

  function load(): void {
    if (!existsSync(base)) return;
    for (const entry of readdirSync(base, {withFileTypes: true})) {
      const path = join(base, entry.name);
      if (!entry.isDirectory()) continue;
      // What has no record was being made, or being removed.
      if (!isRunFolder(path)) {
        rmSync(path, {recursive: true, force: true});
        continue;
      }
      const folder = openRunFolder(path);
      try {
        const record = folder.record();
        if (record.id !== entry.name) throw new Error(`expected id ${entry.name}, got ${record.id}`);
        if (record.state === 'running') {
          record.state = 'queued';
          folder.save(record);
        }
        const finished = record.state === 'done' ? record.members : folder.members(folder.plan()).length;
        const done = finished * record.years;
        runs.set(record.id, {record, folder, done, skipped: skippedOperations(folder)});
      } catch (error) {
        log({level: 'warn', message: 'a run cannot be read and is left alone', folder: path, error});
      }
    }
  }

  const waiting = () =>
    [...runs.values()]
      .filter(({record}) => record.state === 'queued')
      .sort((a, b) => a.record.createdMs - b.record.createdMs || (a.record.id < b.record.id ? -1 : 1));

  function requireRoom(): void {
    if (closed) throw new EcoError('server_closing', 'the server is stopping', 503);
    if (!options.runs) {
      throw new EcoError(
        'simulate_off',
        'this server runs no simulations: expected simulate in ECO_ROLES',
        503,
      );
    }
    const count = waiting().length;
    if (count >= limits.waiting) {
      throw new EcoError(
        'runs_full',
        `${count} runs wait already; cancel one or wait until one is done`,
        503,
      );
    }
  }

  /** Removes the oldest runs that are over, until one more may be kept. */
  function makeRoom(): void {
    const over = [...runs.values()]
      .filter(({record}) => !ACTIVE.includes(record.state))
      .sort((a, b) => a.record.createdMs - b.record.createdMs);
    let bytes = [...runs.values()].reduce((sum, {folder}) => sum + folder.bytes(), 0);
    for (const run of over) {
      if (runs.size < limits.runs && bytes < limits.bytes) return;
      bytes -= run.folder.bytes();
      forget(run);
      log({level: 'info', message: 'the oldest run went, to make room', run: run.record.id});
    }
  }

  function forget(run: Run): void {
    runs.delete(run.record.id);
    run.folder.remove();
  }

  async function execute(run: Run, stop: AbortController): Promise<void> {
    const startedMs = now();
    const before = run.record.computedMs;
    const computedMs = () => before + now() - startedMs;
    let toldMs = 0;
    let again: string | undefined;
    change(run, {state: 'running', startedMs: run.record.startedMs ?? startedMs, endedMs: null});
    try {
      if (run.record.program !== program) {
        throw new EcoError(
          'run_of_other_program',
          `it was begun by ${run.record.program}, and this is ${program}: run its scenario again`,
          409,
        );
      }
      const plan = run.folder.plan();
      await executeRun(run.folder, plan, {
        signal: stop.signal,
        ...(options.kernel === undefined ? {} : {kernel: options.kernel}),
        ...(options.background === undefined ? {} : {background: options.background}),
        ...(options.workers === undefined ? {} : {workers: options.workers}),
        onProgress: (done) => {
          run.done = done;
          if (now() - toldMs < PROGRESS_MS) return;
          toldMs = now();
          tell(run);
        },
        onRetry: (member, error) => {
          again = `member ${member} was run again: ${error.message}`.slice(0, 2000);
          log({
            level: 'warn',
            message: 'a member failed and is run again',
            run: run.record.id,
            member,
            error,
          });
        },
      });
      run.skipped = skippedOperations(run.folder);
      await compressPlayback(run.folder);
      run.done = run.record.members * run.record.years;
      const {message: _, ...record} = run.record;
      run.record = again === undefined ? record : {...record, message: again};
      change(run, {state: 'done', endedMs: now(), computedMs: computedMs()});
    } catch (error) {
      if (stop.signal.aborted) {
        // Closing: it stays as it is and goes on with the next start.
        if (!closed) change(run, {state: 'cancelled', endedMs: now(), computedMs: computedMs()});
        else run.folder.save({...run.record, computedMs: computedMs()});
        return;
      }
      const known = error instanceof EcoError || error instanceof MemberError;
      const message = known ? error.message : `the run failed: ${(error as Error).message}`;
      log({level: 'error', message: 'a run failed', run: run.record.id, error});
      change(run, {
        state: 'failed',
        endedMs: now(),
        computedMs: computedMs(),
        message: message.slice(0, 2000),
      });
    }
  }

  function next(): void {
    if (current || closed || !options.runs) return;
    const run = waiting()[0];
    if (!run) return;
    const stop = new AbortController();
    const ended = execute(run, stop)
      .catch((error) => log({level: 'error', message: 'a run could not be ended', run: run.record.id, error}))
      .finally(() => {
        current = null;
        next();
      });
    current = {id: run.record.id, stop, ended};
  }

  const get = (id: string): Run => {
    const run = runs.get(id);
    if (run) return run;
    throw new EcoError('run_unknown', `no run ${id.slice(0, 64)}; /runs lists those that are kept`, 404);
  };

  load();
  next();

  return {
    requireRoom,
    list: () =>
      [...runs.values()].sort(
        (a, b) => b.record.createdMs - a.record.createdMs || (a.record.id < b.record.id ? 1 : -1),
      ),
    get,
    body,
    start: ({plan, origin}) => {
      requireRoom();
      makeRoom();
      const createdMs = now();
      const id = newId(createdMs);
      const record = newRecord(plan, {id, program, createdMs});
      mkdirSync(base, {recursive: true});
      const folder = createRunFolder(join(base, id), {record, plan, origin});
      const run: Run = {record, folder, done: 0, skipped: skippedOperations(folder)};
      runs.set(id, run);
      tell(run);
      next();
      return run;
    },
    cancel: async (id) => {
      const run = get(id);
      if (run.record.state === 'queued') {
        change(run, {state: 'cancelled', endedMs: now()});
      } else if (current?.id === id) {
        current.stop.abort(new EcoError('run_cancelled', 'the run was cancelled', 409));
        await current.ended;
      } else {
        throw new EcoError('run_ended', `run ${id} is ${run.record.state}: nothing is left to cancel`, 409);
      }
      return run;
    },
    resume: (id) => {
      const run = get(id);
      if (run.record.state !== 'cancelled' && run.record.state !== 'failed') {
        throw new EcoError(
          'run_not_resumable',
          `expected a run that is cancelled or failed, ${id} is ${run.record.state}`,
          409,
        );
      }
      requireRoom();
      const {message: _, ...record} = run.record;
      run.record = record;
      change(run, {state: 'queued', endedMs: null});
      next();
      return run;
    },
    remove: (id) => {
      const run = get(id);
      if (ACTIVE.includes(run.record.state)) {
        throw new EcoError('run_under_way', `run ${id} is ${run.record.state}: cancel it first`, 409);
      }
      forget(run);
    },
    state: () => {
      if (!options.runs) return {status: 'off', message: 'runs are shown, none is made'};
      const count = waiting().length;
      return {status: 'ok', message: current ? `a run is under way, ${count} wait` : 'no run is under way'};
    },
    close: async () => {
      closed = true;
      current?.stop.abort(new EcoError('server_closing', 'the server is stopping', 503));
      await current?.ended;
    },
  };
}

/** The record of a run that is about to be made. */
export function newRecord(
  plan: RunPlan,
  {id, program, createdMs}: {id: string; program: string; createdMs: number},
): RunRecord {
  return {
    schemaVersion: 1,
    kind: 'eco-run-record',
    ...{id, program, createdMs},
    ...{site: plan.site, scenario: plan.scenario},
    fingerprint: fingerprintOf(plan, program),
    state: 'queued',
    ...{startedMs: null, endedMs: null, computedMs: 0},
    ...{seed: plan.seed, members: plan.members, firstYear: plan.firstYear, years: plan.years},
  };
}

/** What does not happen as the scenario has it: known from the plan, or found in the years of member 0. */
export function skippedOperations(folder: RunFolder): RunBody['skipped'] {
  const found = folder
    .events()
    .filter(({kind}) => kind === 'skipped')
    .map(({operation, year, month, reason, message}) => ({
      operation,
      date: `${year}-${String(month).padStart(2, '0')}`,
      reason: message ?? reason ?? 'not possible',
    }));
  return [...folder.origin().impossible, ...found];
}
