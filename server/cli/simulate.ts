import {existsSync} from 'node:fs';
import {mkdir, readFile} from 'node:fs/promises';
import {basename, dirname, join} from 'node:path';
import {loadSites} from '#ingest';
import {EcoError, MOST_MEMBERS, MOST_YEARS, type RunIndicators, WHOLE_SITE} from '#schemas';
import {type Core, OWN_SITES, openCore} from '../core.ts';
import {createLog} from '../log.ts';
import {findServer} from '../server-file.ts';
import {indicatorsCsv} from '../simulate/indicators-csv.ts';
import {forgetLocal, type LocalRun, runHere} from '../simulate/local-run.ts';
import {
  createPlanner,
  type Observations,
  type PlacedScenario,
  type Planner,
  type PlanRequest,
} from '../simulate/planner.ts';
import {type Finished, runIndicators} from '../simulate/results.ts';
import {isRunFolder, openRunFolder} from '../simulate/run-folder.ts';
import {openScenarios} from '../simulate/scenarios.ts';
import {writeWholeFile} from '../simulate/whole-file.ts';
import {PROGRAM_VERSION} from '../version.ts';
import {
  type Command,
  type Io,
  numberOption,
  type Parsed,
  parse,
  textOption,
  typedPath,
  UsageError,
} from './command.ts';
import {createProgress} from './progress.ts';

const PROGRAM = `eco-brain ${PROGRAM_VERSION}`;
const MOST_WORKERS = 256;
const LARGEST_SEED = 4_294_967_295;

function wholeNumber(parsed: Parsed, name: string, least: number, most: number): number | undefined {
  const value = numberOption(parsed, name, {least, most});
  if (value === undefined || Number.isInteger(value)) return value;
  throw new UsageError(`--${name}: expected a whole number, got ${value}`);
}

/** The text of a scenario file, or null where the word is an id. */
async function scenarioText(word: string, io: Io): Promise<string | null> {
  const path = typedPath(word, io.env);
  if (existsSync(path)) {
    try {
      return await readFile(path, 'utf8');
    } catch (error) {
      throw new EcoError('scenario_missing', `${path} cannot be read: ${(error as Error).message}`);
    }
  }
  if (!word.includes('/') && !word.endsWith('.json')) return null;
  throw new EcoError('scenario_missing', `${path}: no such file`, 404);
}

/** The sites that scenarios of these texts and the settings name. */
function siteIds(texts: readonly (string | null)[], {settings}: Parsed): string[] {
  const ids = settings.site.split(',');
  for (const text of texts) {
    const named = /"site"\s*:\s*"([A-Za-z0-9_-]{1,64})"/.exec(text ?? '')?.[1];
    if (named !== undefined && !ids.includes(named)) ids.push(named);
  }
  return ids;
}

/** The store of the data folder, opened when a scenario asks what was measured. */
function observationsOf({settings}: Parsed): {open(): Promise<Observations>; close(): Promise<void>} {
  let core: Core | null = null;
  return {
    open: async () => {
      if (!core) {
        const server = await findServer(settings.dataDir);
        if (server) {
          throw new EcoError(
            'server_running',
            `this scenario begins with what was measured, which the server at ${server.httpUrl} holds: run it there (POST /api/v1/scenarios), or stop the server`,
            409,
          );
        }
        if (!existsSync(settings.dataDir)) {
          throw new EcoError(
            'data_missing',
            `this scenario begins with what was measured, and there is no data folder ${settings.dataDir}: say --data-dir`,
            404,
          );
        }
        core = await openCore(settings, {log: createLog('warn')});
      }
      return {reader: core.store, registry: core.registry};
    },
    close: async () => {
      await core?.close();
    },
  };
}

const shown = (value: number | null | undefined) =>
  value === null || value === undefined ? '–' : Number(value.toPrecision(4)).toLocaleString('en');

/** The last year's figures of the whole site. */
function headline(told: RunIndicators) {
  const last = told.years.length - 1;
  return told.indicators.map(({id, unit, name}) => {
    const {median, p05, p95, guessShare, spread, difference} = told.values[WHOLE_SITE]![id]!;
    return {
      ...{id, unit, name: name.en, start: median[0] ?? null},
      ...{median: median[last]!, p05: p05[last]!, p95: p95[last]!},
      ...(guessShare === undefined ? {} : {guessShare, guessShareError: spread!.error}),
      ...(difference
        ? {
            difference: {
              median: difference.median[last]!,
              p05: difference.p05[last]!,
              p95: difference.p95[last]!,
            },
          }
        : {}),
    };
  });
}

function table(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]!.map((_, c) => Math.max(...rows.map((row) => row[c]!.length)));
  const line = (row: readonly string[]) =>
    row.map((text, c) => (c === 0 ? text.padEnd(widths[c]!) : text.padStart(widths[c]!))).join('  ');
  return rows.map((row) => line(row).trimEnd()).join('\n');
}

function runText(run: LocalRun): string {
  const {indicators, record} = run;
  const last = indicators.years.at(-1)!;
  const rows = headline(indicators).map(({id, unit, start, median, p05, p95, guessShare}) => [
    id,
    unit,
    shown(start),
    shown(median),
    record.members > 1 ? `${shown(p05)} – ${shown(p95)}` : '',
    guessShare === undefined ? '' : `${Math.round(100 * guessShare)} %`,
  ]);
  return table([
    ['whole site', 'unit', String(indicators.years[0]), String(last), '5–95 %', 'by guesses'],
    ...rows,
  ]);
}

function differenceText(told: RunIndicators, names: readonly [string, string]): string {
  const last = told.years.at(-1)!;
  const rows = headline(told).map(({id, unit, median, difference}) => [
    id,
    unit,
    shown(median),
    shown(difference!.median),
    `${shown(difference!.p05)} – ${shown(difference!.p95)}`,
  ]);
  return table([[`whole site, ${last}`, 'unit', names[0], `less ${names[1]}`, '5–95 %'], ...rows]);
}

type Setting = {
  planner: Planner;
  request: PlanRequest;
  workers: number | undefined;
  signal: AbortSignal;
  io: Io;
};

async function run(of: PlacedScenario, out: string | undefined, setting: Setting): Promise<LocalRun> {
  const progress = createProgress(setting.io, of.scenario.id);
  try {
    return await runHere(await setting.planner.plan(of, setting.request), {
      program: PROGRAM,
      signal: setting.signal,
      now: Date.now,
      ...(out === undefined ? {} : {out}),
      ...(setting.workers === undefined ? {} : {workers: setting.workers}),
      onProgress: (done, total) => progress.update(done, total, `${done} of ${total} years of members`),
      onRetry: (member, error) => setting.io.err(`eco: member ${member} is run again: ${error.message}`),
    });
  } finally {
    progress.stop();
  }
}

export const simulate: Command = {
  help: `eco simulate FILE|ID [--years N] [--members N] [--seed N] [--out DIR] [--workers N] [--json]
eco simulate --compare A B [the same options]

Runs a scenario (a file, or the id of one that comes with the site or was sent to the server) on all cores, here and now, whether
a server runs or not; observations are read and never changed. Prints the last year's figures of the whole site: median, 5–95 %
of the members, and the share of their spread that rests on guessed parameters (from 13 members on).
--out: a folder for everything: indicators.csv, tables/*.csv and *.parquet of member 0, trees.etw (playback), events.json,
manifest.json (units, parameters and their sources, licence). A run that was cut off goes on when the same command is given again.
--compare: A and B are scenarios, or folders that --out made; gives A less B, member by member: both run with the same seed, so
that they share weather, parameters and luck.

example:
  npm run eco -- simulate baseline --years 50 --members 64 --out ./baseline
  npm run eco -- simulate --compare thinning baseline --members 16 --years 30`,
  run: async (argv, io) => {
    const text = {type: 'string'} as const;
    const parsed = parse(argv, io, {
      options: {
        ...{years: text, members: text, seed: text, out: text, workers: text},
        compare: {type: 'boolean'},
      },
      positionals: ['FILE or ID', 'B'],
      optionalPositionals: 1,
    });
    const compare = parsed.values['compare'] === true;
    const words = parsed.positionals;
    if (compare && words.length < 2)
      throw new UsageError('simulate: --compare needs two scenarios or folders');
    if (!compare && words.length > 1)
      throw new UsageError(`simulate: unexpected ${words[1]}; to compare say --compare`);
    const [years, members, seed, workers] = [
      wholeNumber(parsed, 'years', 1, MOST_YEARS),
      wholeNumber(parsed, 'members', 1, MOST_MEMBERS),
      wholeNumber(parsed, 'seed', 0, LARGEST_SEED),
      wholeNumber(parsed, 'workers', 1, MOST_WORKERS),
    ];
    const request: PlanRequest = {
      ...(years === undefined ? {} : {years}),
      ...(members === undefined ? {} : {members}),
      ...(seed === undefined ? {} : {seed}),
    };
    const saidOut = textOption(parsed, 'out');
    const out = saidOut === undefined ? undefined : typedPath(saidOut, io.env);

    const folders = words.map((word) => {
      const path = typedPath(word, io.env);
      return compare && isRunFolder(path) ? path : null;
    });
    const texts = await Promise.all(words.map((word, i) => (folders[i] ? null : scenarioText(word, io))));
    const log = createLog(parsed.settings.logLevel === 'info' ? 'warn' : parsed.settings.logLevel);
    const sites = await loadSites(parsed.settings.sitesDir ?? OWN_SITES, siteIds(texts, parsed));
    const store = observationsOf(parsed);
    const planner = createPlanner({sites, log, now: Date.now, observations: store.open});
    const scenarios = await openScenarios({dataDir: parsed.settings.dataDir, planner, log});
    const scenarioOf = (i: number): PlacedScenario => {
      const file = texts[i];
      if (file === null || file === undefined) return scenarios.get(words[i]!);
      try {
        return {scenario: planner.parse(file), folder: dirname(typedPath(words[i]!, io.env))};
      } catch (error) {
        if (!(error instanceof EcoError)) throw error;
        throw new EcoError(error.code, `${words[i]}: ${error.message}`, error.status, error.details);
      }
    };

    const stop = new AbortController();
    const onSignal = () =>
      stop.abort(
        new EcoError(
          'run_stopped',
          out === undefined ? 'stopped' : 'stopped; the same command goes on where it stopped',
        ),
      );
    process.once('SIGINT', onSignal);
    process.once('SIGTERM', onSignal);
    const setting: Setting = {planner, request, workers, signal: stop.signal, io};
    try {
      if (!compare) {
        const done = await run(scenarioOf(0), out, setting);
        const {record, indicators, skipped} = done;
        if (parsed.json) {
          const {scenario, site, seed: ofSeed, fingerprint} = record;
          const figures = headline(indicators);
          io.out(
            JSON.stringify({
              ...{scenario, site, seed: ofSeed, members: record.members, fingerprint},
              years: [record.firstYear, record.firstYear + record.years - 1],
              out: out ?? null,
              computedS: record.computedMs / 1000,
              ...{skipped, figures},
            }),
          );
        } else {
          io.out(runText(done));
          for (const {operation, date, reason} of skipped)
            io.out(`left out: operation ${operation} of ${date}: ${reason}`);
          if (out !== undefined) io.out(`everything is in ${out}, described in manifest.json`);
        }
        forgetLocal(done, out);
        return 0;
      }
      await compareRuns({words, folders, scenarioOf, setting, out, parsed, io});
      return 0;
    } finally {
      process.off('SIGINT', onSignal);
      process.off('SIGTERM', onSignal);
      await store.close();
    }
  },
};

async function compareRuns(parts: {
  words: readonly string[];
  folders: readonly (string | null)[];
  scenarioOf: (i: number) => PlacedScenario;
  setting: Setting;
  out: string | undefined;
  parsed: Parsed;
  io: Io;
}): Promise<void> {
  const {words, folders, scenarioOf, setting, out, parsed, io} = parts;
  const finished: Finished[] = [];
  const local: LocalRun[] = [];
  let {request} = setting;
  // What is made is made like what is there, or like the first: else nothing could be compared.
  const like = ({record}: Finished) => {
    request = {years: record.years, members: record.members, seed: record.seed, ...request};
  };
  const opened = folders.map((path) => {
    if (path === null) return null;
    const folder = openRunFolder(path);
    const found = {record: folder.record(), folder};
    like(found);
    return found;
  });
  const names = words.map((word) => basename(word).replace(/\.json$/, ''));
  if (names[0] === names[1]) names[1] += '-2';
  try {
    for (const i of [0, 1]) {
      const there = opened[i];
      if (there) finished[i] = there;
      else {
        if (out !== undefined) await mkdir(out, {recursive: true});
        const into = out === undefined ? undefined : join(out, names[i]!);
        const made = await run(scenarioOf(i), into, {...setting, request});
        if (out === undefined) local.push(made);
        finished[i] = made;
      }
      like(finished[i]!);
    }
    const [a, b] = finished as [Finished, Finished];
    const told = runIndicators(a, {against: b});
    if (out !== undefined) writeWholeFile(join(out, 'difference.csv'), indicatorsCsv(told));
    if (parsed.json) {
      io.out(
        JSON.stringify({
          ...{a: a.record.scenario, b: b.record.scenario, seed: a.record.seed, members: told.members},
          years: [a.record.firstYear, a.record.firstYear + a.record.years - 1],
          figures: headline(told),
        }),
      );
    } else io.out(differenceText(told, [names[0]!, names[1]!]));
  } finally {
    for (const made of local) forgetLocal(made, undefined);
  }
}
