import {describe, expect, it} from 'vitest';
import {
  createValidator,
  environmentName,
  flagName,
  SECRET_SETTINGS,
  type SettingKey,
  Settings,
} from '#schemas';

const keys = Object.keys(Settings.properties) as SettingKey[];
const properties = Settings.properties as Record<
  string,
  {default?: unknown; description?: string; anyOf?: unknown}
>;

const DEFAULTS = Object.fromEntries(
  keys.flatMap((key) => (properties[key]!.default === undefined ? [] : [[key, properties[key]!.default]])),
);

/** Names and defaults that users and scripts rely on: never renamed. */
const FIXED: [environment: string, byDefault: unknown][] = [
  ['ECO_DATA_DIR', './data'],
  ['ECO_HTTP_HOST', '127.0.0.1'],
  ['ECO_HTTP_PORT', 8080],
  ['ECO_MQTT_HOST', '127.0.0.1'],
  ['ECO_MQTT_PORT', 1883],
  ['ECO_MQTT_UPSTREAM', undefined],
  ['ECO_STORE', 'embedded'],
  ['ECO_INFLUX_URL', undefined],
  ['ECO_INFLUX_TOKEN', undefined],
  ['ECO_INFLUX_ORG', undefined],
  ['ECO_INFLUX_BUCKET', undefined],
  ['ECO_BUS', 'local'],
  ['ECO_KAFKA_BROKERS', undefined],
  ['ECO_ROLES', 'gateway,worker,alarms,simulate,api,fleet'],
  ['ECO_FLEET', 'on'],
  ['ECO_SITE', 'guangyang'],
  ['ECO_SEED', 1],
  ['ECO_ADMIN_PASSWORD', undefined],
  ['ECO_PUBLIC_URL', undefined],
  ['ECO_TRUSTED_PROXY', undefined],
];

describe('settings', () => {
  it.each(FIXED)('%s is there, with default %j', (environment, byDefault) => {
    const key = keys.find((candidate) => environmentName(candidate) === environment);
    expect(key, environment).toBeDefined();
    expect(properties[key!]!.default).toBe(byDefault);
  });

  it('have names of their own, a text each, and defaults that are valid', () => {
    expect(new Set(keys.map(environmentName)).size).toBe(keys.length);
    expect(new Set(keys.map(flagName)).size).toBe(keys.length);
    for (const key of keys) {
      expect(environmentName(key)).toMatch(/^ECO_[A-Z]+(_[A-Z]+)*$/);
      expect(flagName(key)).toMatch(/^(--)?[a-z]+(-[a-z]+)*$/);
      expect(properties[key]!.description, key).toBeTruthy();
    }
    const valid = createValidator(Settings);
    expect(valid(DEFAULTS), valid.problem()).toBe(true);
  });

  it('refuse an unknown key and a bad value, and say which', () => {
    const valid = createValidator(Settings);
    expect(valid({...DEFAULTS, httpPort: 70_000})).toBe(false);
    expect(valid.problem()).toContain('httpPort');
    expect(valid({...DEFAULTS, htpPort: 80})).toBe(false);
    expect(valid.problem()).toContain('htpPort');
  });

  it('name secrets that exist', () => {
    for (const key of SECRET_SETTINGS) expect(keys).toContain(key);
  });
});
