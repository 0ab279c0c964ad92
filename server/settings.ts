import {readFileSync} from 'node:fs';
import {
  createValidator,
  EcoError,
  environmentName,
  flagName,
  SECRET_SETTINGS,
  type SettingKey,
  Settings,
} from '#schemas';

type SettingSchema = {
  type?: string;
  anyOf?: {const?: unknown}[];
  default?: unknown;
  description?: string;
  minimum?: number;
  maximum?: number;
  minLength?: number;
  maxLength?: number;
  pattern?: string;
};

/** Every setting's JSON schema by key, in the order of `schemas/settings.ts`. */
export const SETTING_SCHEMAS = new Map(
  Object.entries(Settings.properties as Record<string, SettingSchema>),
) as ReadonlyMap<SettingKey, SettingSchema>;

const KEY_BY_ENVIRONMENT = new Map([...SETTING_SCHEMAS.keys()].map((key) => [environmentName(key), key]));
const KEY_BY_FLAG = new Map([...SETTING_SCHEMAS.keys()].map((key) => [flagName(key), key]));
const SECRETS = new Set<string>(SECRET_SETTINGS);

/** `--…` options that say a setting, for `parseArgs`; `config` and `…-file` for secrets among them. */
export const SETTING_OPTIONS: Record<string, {type: 'string'}> = Object.fromEntries(
  [...KEY_BY_FLAG.keys(), ...[...SECRETS].map((key) => `${flagName(key as SettingKey)}-file`), 'config'].map(
    (name) => [name, {type: 'string' as const}],
  ),
);

function refuse(name: string, came: string, expected: string): never {
  throw new EcoError('setting_invalid', `${name}: ${expected}, got ${came}`, 400, {setting: name, expected});
}

/** What a setting takes, in words: `an integer from 0 to 65535`. */
export function expectation(schema: SettingSchema): string {
  if (schema.anyOf) return `one of ${schema.anyOf.map((option) => String(option.const)).join(', ')}`;
  if (schema.type === 'integer' || schema.type === 'number') {
    const kind = schema.type === 'integer' ? 'an integer' : 'a number';
    return `${kind} from ${schema.minimum} to ${schema.maximum}`;
  }
  const length = `text of ${schema.minLength ?? 0} to ${schema.maxLength ?? 'any number of'} characters`;
  return schema.pattern ? `text like ${schema.pattern}` : length;
}

/** Text of a flag or variable in the setting's own type; what is not a number stays text, for the check to refuse. */
function typed(schema: SettingSchema, text: string): unknown {
  if (schema.type !== 'integer' && schema.type !== 'number') return text;
  return /^[+-]?\d+(\.\d+)?$/.test(text.trim()) ? Number(text) : text;
}

function readSecret(name: string, file: string): string {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch (error) {
    return refuse(
      name,
      `${file} (${(error as NodeJS.ErrnoException).code})`,
      'expected a file that can be read',
    );
  }
}

type Given = {value: unknown; as: string};

function fromFlags(flags: Readonly<Record<string, string | undefined>>): Map<SettingKey, Given> {
  const given = new Map<SettingKey, Given>();
  for (const [flag, text] of Object.entries(flags)) {
    if (text === undefined || flag === 'config') continue;
    const plain = KEY_BY_FLAG.get(flag);
    const secret = flag.endsWith('-file') ? KEY_BY_FLAG.get(flag.slice(0, -5)) : undefined;
    if (plain) given.set(plain, {value: typed(SETTING_SCHEMAS.get(plain)!, text), as: `--${flag}`});
    else if (secret && SECRETS.has(secret)) {
      given.set(secret, {value: readSecret(`--${flag}`, text), as: `--${flag}`});
    }
  }
  return given;
}

function fromEnvironment(env: Readonly<Record<string, string | undefined>>): Map<SettingKey, Given> {
  const given = new Map<SettingKey, Given>();
  for (const [name, text] of Object.entries(env)) {
    if (!name.startsWith('ECO_') || text === undefined) continue;
    const plain = KEY_BY_ENVIRONMENT.get(name);
    const secret = name.endsWith('_FILE') ? KEY_BY_ENVIRONMENT.get(name.slice(0, -5)) : undefined;
    if (plain) {
      if (text === '' && !('default' in SETTING_SCHEMAS.get(plain)!)) continue;
      given.set(plain, {value: typed(SETTING_SCHEMAS.get(plain)!, text), as: name});
    } else if (secret && SECRETS.has(secret)) {
      given.set(secret, {value: readSecret(name, text), as: name});
    } else {
      refuse(
        name,
        'an unknown variable',
        `expected one of ${[...KEY_BY_ENVIRONMENT.keys()].sort().join(', ')}`,
      );
    }
  }
  return given;
}

function fromFile(file: string): Map<SettingKey, Given> {
  let parsed: unknown;
  try {
    parsed = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    refuse(
      '--config',
      `${file}: ${(error as Error).message}`,
      'expected a JSON file with an object of settings',
    );
  }
  if (parsed === null || typeof parsed !== 'object' || Array.isArray(parsed)) {
    refuse('--config', `${file}: ${JSON.stringify(parsed)?.slice(0, 40)}`, 'expected an object of settings');
  }
  const given = new Map<SettingKey, Given>();
  for (const [key, value] of Object.entries(parsed)) {
    const as = `${key} in ${file}`;
    if (SETTING_SCHEMAS.has(key as SettingKey)) given.set(key as SettingKey, {value, as});
    else if (key.endsWith('File') && SECRETS.has(key.slice(0, -4))) {
      given.set(key.slice(0, -4) as SettingKey, {value: readSecret(as, String(value)), as});
    } else refuse(as, 'an unknown key', `expected one of ${[...SETTING_SCHEMAS.keys()].join(', ')}`);
  }
  return given;
}

const validators = new Map(
  [...SETTING_SCHEMAS].map(([key, schema]) => [key, createValidator<unknown>(schema)] as const),
);

/**
 * All settings, each from the first that gives it: flag, environment, `--config FILE`, default.
 * @throws {EcoError} `setting_invalid` for an unknown key or a bad value: names key, value and what was expected (a
 * secret's value is not repeated).
 */
export function readSettings(
  flags: Readonly<Record<string, string | undefined>>,
  env: Readonly<Record<string, string | undefined>>,
): Settings {
  const sources = [
    fromFlags(flags),
    fromEnvironment(env),
    flags['config'] === undefined ? new Map<SettingKey, Given>() : fromFile(flags['config']),
  ];
  const settings: Record<string, unknown> = {};
  for (const [key, schema] of SETTING_SCHEMAS) {
    const given = sources.map((source) => source.get(key)).find((one) => one !== undefined);
    if (given === undefined) {
      if ('default' in schema) settings[key] = schema.default;
      continue;
    }
    if (!validators.get(key)!(given.value)) {
      const came = SECRETS.has(key) ? 'a secret that does not fit' : JSON.stringify(given.value);
      refuse(given.as, came, `expected ${expectation(schema)}`);
    }
    settings[key] = given.value;
  }
  return settings as Settings;
}
