import {mkdtempSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {describe, expect, it} from 'vitest';
import {EcoError, environmentName, flagName} from '#schemas';
import {readSettings, SETTING_SCHEMAS} from '../../server/settings.ts';

const folder = mkdtempSync(join(tmpdir(), 'eco-settings-'));
let files = 0;
function file(text: string): string {
  const path = join(folder, `file-${files++}`);
  writeFileSync(path, text);
  return path;
}

function refusal(run: () => unknown): EcoError {
  try {
    run();
  } catch (error) {
    if (error instanceof EcoError) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}

describe('readSettings', () => {
  // CONTRACT, Settings: environment → default.
  it.each([
    ['ECO_DATA_DIR', 'dataDir', './data'],
    ['ECO_HTTP_HOST', 'httpHost', '127.0.0.1'],
    ['ECO_HTTP_PORT', 'httpPort', 8080],
    ['ECO_MQTT_HOST', 'mqttHost', '127.0.0.1'],
    ['ECO_MQTT_PORT', 'mqttPort', 1883],
    ['ECO_MQTT_UPSTREAM', 'mqttUpstream', undefined],
    ['ECO_STORE', 'store', 'embedded'],
    ['ECO_BUS', 'bus', 'local'],
    ['ECO_ROLES', 'roles', 'gateway,worker,alarms,simulate,api,fleet'],
    ['ECO_FLEET', 'fleet', 'on'],
    ['ECO_SITE', 'site', 'guangyang'],
    ['ECO_SEED', 'seed', 1],
  ] as const)('%s is %s and defaults to %s', (name, key, byDefault) => {
    expect(environmentName(key)).toBe(name);
    expect(readSettings({}, {})[key]).toBe(byDefault);
  });

  it('has every schema with a description', () => {
    for (const [key, schema] of SETTING_SCHEMAS) expect(schema.description, key).toBeTypeOf('string');
  });

  it('takes the flag before the environment, that before the file, that before the default', () => {
    const config = file('{"httpPort": 1, "mqttPort": 2, "seed": 3}');
    const settings = readSettings({'http-port': '10', config}, {ECO_HTTP_PORT: '11', ECO_MQTT_PORT: '12'});
    expect(settings).toMatchObject({httpPort: 10, mqttPort: 12, seed: 3, fleet: 'on'});
  });

  it('takes every setting as flag and as variable', () => {
    const given: Record<string, string> = {
      dataDir: '/d',
      httpHost: 'localhost',
      httpPort: '0',
      mqttHost: '::1',
      mqttPort: '65535',
      mqttUpstream: 'mqtt://b:1883',
      store: 'influxdb',
      influxUrl: 'http://i',
      influxToken: 't',
      influxOrg: 'o',
      influxBucket: 'b',
      influxSpoolMb: '7',
      bus: 'kafka',
      kafkaBrokers: 'k:9092',
      roles: 'api,worker',
      fleet: 'off',
      site: 'a,b',
      sitesDir: '/s',
      seed: '4294967295',
      commitIntervalMs: '2.5',
      rawFrameDays: '7',
      rawFrameMegabytes: '64',
      publicUrl: 'https://x',
      trustedProxy: '10.0.0.0/8',
      adminPassword: 'p',
      logLevel: 'silent',
    };
    expect(Object.keys(given).sort()).toEqual([...SETTING_SCHEMAS.keys()].sort());
    const numbers = {httpPort: 0, mqttPort: 65535, influxSpoolMb: 7, seed: 4294967295, commitIntervalMs: 2.5};
    const expected = {...given, ...numbers, rawFrameDays: 7, rawFrameMegabytes: 64};
    const keys = [...SETTING_SCHEMAS.keys()];
    expect(readSettings(Object.fromEntries(keys.map((key) => [flagName(key), given[key]])), {})).toEqual(
      expected,
    );
    expect(
      readSettings({}, Object.fromEntries(keys.map((key) => [environmentName(key), given[key]]))),
    ).toEqual(expected);
  });

  it.each([
    [{ECO_HTTP_PORT: '80a'}, /ECO_HTTP_PORT: expected an integer from 0 to 65535, got "80a"/],
    [{ECO_HTTP_PORT: '65536'}, /ECO_HTTP_PORT: .*got 65536/],
    [{ECO_HTTP_PORT: '1.5'}, /expected an integer/],
    [{ECO_HTTP_PORT: ''}, /ECO_HTTP_PORT: .*got ""/],
    [{ECO_STORE: 'mysql'}, /ECO_STORE: expected one of embedded, influxdb, got "mysql"/],
    [{ECO_FLEET: 'true'}, /ECO_FLEET: expected one of on, off, got "true"/],
    [{ECO_ROLES: 'gateway,cook'}, /ECO_ROLES: .*got "gateway,cook"/],
    [{ECO_DATADIR: 'x'}, /ECO_DATADIR: expected one of .*ECO_DATA_DIR.*got an unknown variable/],
    [{ECO_DATA_DIR_FILE: '/x'}, /ECO_DATA_DIR_FILE: .*unknown variable/],
    [{ECO_INFLUX_TOKEN_FILE: '/nowhere/at/all'}, /ECO_INFLUX_TOKEN_FILE: .*ENOENT/],
  ])('refuses %j', (env, message) => {
    const error = refusal(() => readSettings({}, env));
    expect(error.code).toBe('setting_invalid');
    expect(error.message).toMatch(message);
  });

  it.each([
    ['{"port": 1}', /port in .*: expected one of dataDir, .*got an unknown key/],
    ['{"httpPort": "80"}', /httpPort in .*: expected an integer from 0 to 65535, got "80"/],
    ['{"__proto__": {"httpPort": 1}}', /unknown key/],
    ['[1]', /expected an object of settings/],
    ['{', /expected a JSON file/],
  ])('refuses the file %s', (text, message) => {
    expect(refusal(() => readSettings({config: file(text)}, {})).message).toMatch(message);
  });

  it('reads secrets from files, trimmed, and never repeats one', () => {
    const path = file('s3cret\n');
    expect(readSettings({}, {ECO_ADMIN_PASSWORD_FILE: path}).adminPassword).toBe('s3cret');
    expect(readSettings({'influx-token-file': path}, {}).influxToken).toBe('s3cret');
    expect(readSettings({config: file(JSON.stringify({influxTokenFile: path}))}, {}).influxToken).toBe(
      's3cret',
    );
    const long = file('x'.repeat(3000));
    const error = refusal(() => readSettings({}, {ECO_ADMIN_PASSWORD_FILE: long}));
    expect(error.message).toContain('ECO_ADMIN_PASSWORD_FILE');
    expect(error.message).not.toContain('xxx');
  });

  it('leaves variables of others alone, and takes an empty optional one as not given', () => {
    expect(
      readSettings({}, {HOME: '/root', ECOLOGY: '1', ECO_MQTT_UPSTREAM: ''}).mqttUpstream,
    ).toBeUndefined();
  });
});
