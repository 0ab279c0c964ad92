import {type Static, Type} from 'typebox';

/**
 * Every setting, once: key, environment variable, default, unit, text. Order: flag, environment, `--config FILE` (JSON),
 * default. A secret may be given as `…_FILE`. An unknown key or a bad value is an error that names key, value and what
 * was expected.
 */
const Port = (text: string, byDefault: number) =>
  Type.Integer({minimum: 0, maximum: 65_535, default: byDefault, description: text});
const Host = (text: string) =>
  Type.String({minLength: 1, maxLength: 255, default: '127.0.0.1', description: text});
const OptionalUrl = (text: string) =>
  Type.Optional(Type.String({minLength: 1, maxLength: 2000, description: text}));

export const Settings = Type.Object(
  {
    dataDir: Type.String({
      minLength: 1,
      default: './data',
      description: 'Folder for everything the product writes',
    }),
    httpHost: Host(
      'Address the web server listens on; one that is not loopback is refused until access is configured',
    ),
    httpPort: Port('Port of the web server; 0 picks a free one', 8080),
    mqttHost: Host('Address the embedded MQTT broker listens on'),
    mqttPort: Port('Port of the embedded MQTT broker; 0 picks a free one', 1883),
    mqttUpstream: OptionalUrl('URL of an external MQTT broker to consume from instead of the embedded one'),
    store: Type.Union([Type.Literal('embedded'), Type.Literal('influxdb')], {
      default: 'embedded',
      description: 'Where observations are kept',
    }),
    influxUrl: OptionalUrl('URL of InfluxDB 1.x or 2.x, with ECO_STORE=influxdb: http://127.0.0.1:8086'),
    influxToken: OptionalUrl('Token for InfluxDB 2.x, or user:password for 1.x (secret)'),
    influxOrg: OptionalUrl('Organisation in InfluxDB 2.x; default: eco'),
    influxBucket: OptionalUrl(
      'Bucket (1.x: database) for observations, made if it is not there; default: eco',
    ),
    influxSpoolMb: Type.Integer({
      minimum: 1,
      maximum: 1_000_000,
      default: 1200,
      description: 'Room for observations that wait for InfluxDB, MB; beyond, devices keep what they have',
    }),
    bus: Type.Union([Type.Literal('local'), Type.Literal('kafka')], {
      default: 'local',
      description: 'How parts on several machines pass readings on',
    }),
    kafkaBrokers: OptionalUrl('Kafka brokers, host:port, comma-separated'),
    roles: Type.String({
      default: 'gateway,worker,alarms,simulate,api,fleet',
      pattern: '^(gateway|worker|alarms|simulate|api|fleet)(,(gateway|worker|alarms|simulate|api|fleet))*$',
      description: 'Which parts this process runs',
    }),
    fleet: Type.Union([Type.Literal('on'), Type.Literal('off')], {
      default: 'on',
      description: 'off: no virtual devices, and none listed',
    }),
    site: Type.String({
      default: 'guangyang',
      maxLength: 1000,
      description: 'Sites served: folder names under the sites folder, comma-separated',
    }),
    sitesDir: Type.Optional(
      Type.String({
        minLength: 1,
        description: 'Folder that holds the sites; default: the one that comes with the product',
      }),
    ),
    seed: Type.Integer({
      minimum: 0,
      maximum: 4_294_967_295,
      default: 1,
      description: 'Seed of the virtual island',
    }),
    commitIntervalMs: Type.Number({
      minimum: 0,
      maximum: 1000,
      default: 5,
      description: 'Shortest time between two commits, ms: longer saves flash wear',
    }),
    rawFrameDays: Type.Integer({
      minimum: 0,
      maximum: 3650,
      default: 30,
      description:
        'Days that what bridges send is kept as it came, to be read again by a mended map; 0: not kept',
    }),
    rawFrameMegabytes: Type.Integer({
      minimum: 1,
      maximum: 1_000_000,
      default: 256,
      description: 'Most megabytes of such frames; above them the oldest go first',
    }),
    publicUrl: OptionalUrl('https:// address that people use, when a proxy ends TLS'),
    trustedProxy: OptionalUrl('CIDR of the proxy that ends TLS'),
    adminPassword: OptionalUrl('Password of the first administrator (secret)'),
    logLevel: Type.Union(
      [
        Type.Literal('debug'),
        Type.Literal('info'),
        Type.Literal('warn'),
        Type.Literal('error'),
        Type.Literal('silent'),
      ],
      {default: 'info', description: 'Least level that is logged'},
    ),
  },
  {additionalProperties: false},
);
export type Settings = Static<typeof Settings>;
export type SettingKey = keyof Settings;

/** Settings whose value must never be logged, and which may be given as a file. */
export const SECRET_SETTINGS: readonly SettingKey[] = ['influxToken', 'adminPassword'];

/** `dataDir` → `ECO_DATA_DIR`. */
export function environmentName(key: SettingKey): string {
  return `ECO_${key.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()}`;
}
/** `dataDir` → `--data-dir`. */
export function flagName(key: SettingKey): string {
  return key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
