#!/usr/bin/env node
import {bench} from './bench.ts';
import {bridges} from './bridges.ts';
import {type Command, exitOf, type Io} from './command.ts';
import {devices} from './devices.ts';
import {fleet} from './fleet.ts';
import {replay} from './replay.ts';
import {start} from './start.ts';

const COMMANDS: readonly Command[] = [start, fleet, replay, devices, bridges, bench];

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
  const command = COMMANDS.find((one) => one.name === name);
  if (!command) {
    io.err(`eco: unknown command ${name}; there are ${COMMANDS.map((one) => one.name).join(', ')}`);
    return 2;
  }
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

if (import.meta.main) {
  process.exitCode = await runEco(process.argv.slice(2), {
    out: (line) => process.stdout.write(`${line}\n`),
    err: (line) => process.stderr.write(`${line}\n`),
    env: process.env,
    isTerminal: process.stderr.isTTY === true,
  });
  setTimeout(() => process.exit(), LINGER_MS).unref();
}
