#!/usr/bin/env node
import {enableCompileCache} from 'node:module';
import {join} from 'node:path';
import {type Command, exitOf, type Io} from './command.ts';

/** The commands there are. A command's parts are read when it runs: the store alone takes longer than most commands. */
const COMMANDS: readonly {name: string; summary: string; load: () => Promise<Command>}[] = [
  {
    name: 'start',
    summary: 'the whole product on this machine, until Ctrl-C',
    load: async () => (await import('./start.ts')).start,
  },
  {
    name: 'fleet',
    summary: 'the virtual devices: in fast time, a history, or their removal',
    load: async () => (await import('./fleet.ts')).fleet,
  },
  {
    name: 'replay',
    summary: 'sends a CSV file of measurements through the broker, as devices of their own',
    load: async () => (await import('./replay.ts')).replay,
  },
  {
    name: 'import',
    summary:
      "takes a sheet of measurements in through a map, a laboratory's for example, or a tree inventory",
    load: async () => (await import('./import.ts')).importSheet,
  },
  {
    name: 'simulate',
    summary: 'runs a scenario of the site over many years, and compares two',
    load: async () => (await import('./simulate.ts')).simulate,
  },
  {
    name: 'devices',
    summary: 'adds, lists, approves, refuses and removes devices',
    load: async () => (await import('./devices.ts')).devices,
  },
  {
    name: 'revise',
    summary: 'judges or corrects observations later, with reason and name, and takes that back',
    load: async () => (await import('./revise.ts')).revise,
  },
  {
    name: 'explain',
    summary: 'tells the whole story of one observation, from what arrived to its flag',
    load: async () => (await import('./explain.ts')).explain,
  },
  {
    name: 'bridges',
    summary:
      'adds a principal that speaks for many devices, with a map for foreign payloads; reads its frames again',
    load: async () => (await import('./bridges.ts')).bridges,
  },
  {
    name: 'export',
    summary: 'writes observations to a CSV, Parquet or GeoJSON file with a sidecar',
    load: async () => (await import('./export.ts')).exportCommand,
  },
  {
    name: 'backup',
    summary: 'copies the data folder while the server runs',
    load: async () => (await import('./backup.ts')).backup,
  },
  {
    name: 'restore',
    summary: 'makes a data folder of a backup',
    load: async () => (await import('./restore.ts')).restore,
  },
  {
    name: 'site',
    summary: 'makes a new site from zones and elevations',
    load: async () => (await import('./site.ts')).site,
  },
  {
    name: 'catalogue',
    summary: 'reads own elements and device models again, and says what is wrong with their files',
    load: async () => (await import('./catalogue.ts')).catalogue,
  },
  {
    name: 'migrate',
    summary: 'moves the observations from one store to another',
    load: async () => (await import('./migrate.ts')).migrate,
  },
  {
    name: 'verify',
    summary:
      'holds every process of the model against reference rows, or a forest against its own remeasured plots',
    load: async () => (await import('./verify.ts')).verify,
  },
  {
    name: 'bench',
    summary: 'measures the product on this machine',
    load: async () => (await import('./bench.ts')).bench,
  },
];

function overview(): string {
  const width = Math.max(...COMMANDS.map(({name}) => name.length));
  return [
    'eco: the ecological digital twin on the command line',
    '',
    'usage: npm run eco -- COMMAND [OPTIONS]',
    '',
    ...COMMANDS.map(({name, summary}) => `  ${name.padEnd(width)}  ${summary}`),
    '',
    'Each command has --help with an example. Settings are flags (--data-dir), ECO_… variables or --config FILE.',
  ].join('\n');
}

/** Runs one command line; the exit code is 0 done, 1 failed, 2 usage. */
export async function runEco(argv: readonly string[], io: Io): Promise<number> {
  const [name, ...rest] = argv;
  if (name === undefined) {
    io.err(overview());
    return 2;
  }
  if (name === '--help' || name === '-h' || name === 'help') {
    io.out(overview());
    return 0;
  }
  const found = COMMANDS.find((one) => one.name === name);
  if (!found) {
    io.err(`eco: unknown command ${name}; there are ${COMMANDS.map((one) => one.name).join(', ')}`);
    return 2;
  }
  const command = await found.load();
  const end = rest.indexOf('--');
  const own = end < 0 ? rest : rest.slice(0, end);
  if (own.includes('--help') || own.includes('-h')) {
    io.out(command.help);
    return 0;
  }
  try {
    return await command.run(rest, io);
  } catch (error) {
    const exit = exitOf(error, name);
    if (exit) {
      io.err(exit.line);
      return exit.code;
    }
    // Not foreseen: the whole of it, for whoever must find out.
    io.err(`eco: ${name} failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
    return 1;
  }
}

/** How long something that was not closed may keep the process of a command that is done, ms. */
const LINGER_MS = 1000;

/**
 * Keeps what was made of the sources, without types and compiled: each thread that makes it anew takes 0.3 s and 10 MB more.
 * Where the project may not be written to, nothing is kept.
 */
function keepCompiled(): void {
  const folder = join(import.meta.dirname, '..', '..', 'node_modules', '.cache', 'eco-brain');
  // The variable is for the threads to come, the call for this one.
  process.env['NODE_COMPILE_CACHE'] ??= folder;
  enableCompileCache(process.env['NODE_COMPILE_CACHE']);
}

if (import.meta.main) {
  keepCompiled();
  process.exitCode = await runEco(process.argv.slice(2), {
    out: (line) => process.stdout.write(`${line}\n`),
    err: (line) => process.stderr.write(`${line}\n`),
    env: process.env,
    isTerminal: process.stderr.isTTY === true,
  });
  setTimeout(() => process.exit(), LINGER_MS).unref();
}
