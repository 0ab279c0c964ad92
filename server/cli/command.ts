import {isAbsolute, resolve} from 'node:path';
import {parseArgs} from 'node:util';
import {EcoError, type Settings} from '#schemas';
import {readSettings, SETTING_OPTIONS} from '../settings.ts';

/** Where a command writes and what it runs in. */
export type Io = {
  out(line: string): void;
  err(line: string): void;
  env: Readonly<Record<string, string | undefined>>;
  /** Progress is drawn on stderr when a person looks at it. */
  isTerminal: boolean;
};

export type Command = {
  /** What `--help` prints, with an example. */
  help: string;
  /** Gives the exit code. */
  run(argv: readonly string[], io: Io): Promise<number>;
};

/** Wrong words on the command line: exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

type OptionSpec = Record<string, {type: 'string' | 'boolean'; short?: string}>;
export type Parsed = {
  values: Record<string, string | boolean | undefined>;
  positionals: string[];
  settings: Settings;
  json: boolean;
};

/** `--lat -33.9`: a negative number is a value, never an option. */
function joinNegative(argv: readonly string[]): string[] {
  const joined: string[] = [];
  for (const word of argv) {
    const last = joined.at(-1);
    if (/^-\d/.test(word) && last?.startsWith('--') && !last.includes('='))
      joined[joined.length - 1] = `${last}=${word}`;
    else joined.push(word);
  }
  return joined;
}

/** A path as the person meant it who typed it: npm changes the folder to the product's before it runs a script. */
export function typedPath(path: string, env: Io['env']): string {
  if (isAbsolute(path)) return path;
  const byNpm = env['npm_lifecycle_event'] === 'eco' || env['npm_lifecycle_event'] === 'start';
  return resolve(byNpm ? (env['INIT_CWD'] ?? process.cwd()) : process.cwd(), path);
}

/**
 * Options of a command, its settings among them, and what stands without `--`.
 * @throws {UsageError} for an unknown option or one without its value; `setting_invalid` for a bad setting.
 */
export function parse(
  argv: readonly string[],
  io: Io,
  spec: {options?: OptionSpec; positionals?: readonly string[]; optionalPositionals?: number},
): Parsed {
  let parsed: {values: Record<string, string | boolean | undefined>; positionals: string[]};
  try {
    parsed = parseArgs({
      args: joinNegative(argv),
      options: {...SETTING_OPTIONS, json: {type: 'boolean'}, ...spec.options},
      allowPositionals: true,
      strict: true,
    }) as typeof parsed;
  } catch (error) {
    throw new UsageError((error as Error).message.split('. ')[0]!);
  }
  const names = spec.positionals ?? [];
  const least = names.length - (spec.optionalPositionals ?? 0);
  const {positionals, values} = parsed;
  if (positionals.length < least) throw new UsageError(`${names[positionals.length]} is missing`);
  if (positionals.length > names.length) throw new UsageError(`unexpected ${positionals[names.length]}`);
  const flags: Record<string, string | undefined> = {};
  for (const name of Object.keys(SETTING_OPTIONS)) {
    const value = values[name];
    if (typeof value === 'string')
      flags[name] = name.endsWith('file') || name === 'config' ? typedPath(value, io.env) : value;
  }
  const settings = readSettings(flags, io.env);
  for (const key of ['dataDir', 'sitesDir'] as const) {
    const said = settings[key];
    const isDefault = key === 'dataDir' && said === './data';
    if (said !== undefined) settings[key] = isDefault ? resolve(said) : typedPath(said, io.env);
  }
  return {values, positionals, settings, json: values['json'] === true};
}

/**
 * A number from an option.
 * @throws {UsageError} unless it is a finite number in [least, most].
 */
export function numberOption(
  parsed: Parsed,
  name: string,
  range: {least: number; most: number},
): number | undefined {
  const text = parsed.values[name];
  if (text === undefined) return undefined;
  const value = typeof text === 'string' && text.trim() !== '' ? Number(text) : Number.NaN;
  if (Number.isFinite(value) && value >= range.least && value <= range.most) return value;
  throw new UsageError(
    `--${name}: expected a number from ${range.least} to ${range.most}, got ${String(text)}`,
  );
}

export function textOption(parsed: Parsed, name: string): string | undefined {
  const text = parsed.values[name];
  return typeof text === 'string' ? text : undefined;
}

/** Exit code and line for what a command threw; a bug is let out. */
export function exitOf(error: unknown, command: string): {code: number; line: string} | null {
  if (error instanceof UsageError) {
    return {code: 2, line: `eco: ${error.message}; see eco ${command} --help`.replace('  ', ' ')};
  }
  if (error instanceof EcoError) {
    return {code: error.code === 'setting_invalid' ? 2 : 1, line: `eco: ${error.message}`};
  }
  return null;
}
