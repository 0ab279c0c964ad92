import {Type} from 'typebox';
import {
  createValidator,
  DeviceBody,
  DeviceDetailBody,
  EcoError,
  listOf,
  type MoveDeviceBody,
  type NewCalibrationBody,
  NewDeviceBody,
  NewDeviceResult,
  type RefuseDeviceBody,
  ReplaceDeviceBody,
  ReplaceDeviceResult,
  ReplayBody,
} from '#schemas';
import {deviceBody, deviceDetailBody} from '../bodies/device.ts';
import {findServer} from '../server-file.ts';
import {addDevice} from '../things/add-device.ts';
import {calibrateDevice, moveDevice, replaceDevice} from '../things/deploy-device.ts';
import {removeDevice} from '../things/remove-device.ts';
import {callApi} from './api-client.ts';
import {type Command, type Io, numberOption, type Parsed, parse, textOption, UsageError} from './command.ts';
import {onlineOrOffline} from './open-data.ts';

const ACTIONS = 'add, list, approve, refuse, wait, replace, move, calibrate or remove';
const DeviceList = listOf(DeviceBody);
const isNewDevice = createValidator<NewDeviceBody>(NewDeviceBody);
const isReplacement = createValidator<ReplaceDeviceBody>(ReplaceDeviceBody);

/** What was said of a body: options that were left out are left out of it. */
function given<T>(body: {[K in keyof T]: T[K] | undefined}): T {
  return Object.fromEntries(Object.entries(body).filter(([, value]) => value !== undefined)) as T;
}

function newDevice(id: string, parsed: Parsed): NewDeviceBody {
  const longitudeDeg = numberOption(parsed, 'lon', {least: -180, most: 180});
  const latitudeDeg = numberOption(parsed, 'lat', {least: -90, most: 90});
  if (longitudeDeg === undefined || latitudeDeg === undefined) {
    throw new UsageError('--lon and --lat are missing: where does the device stand, degrees WGS 84?');
  }
  const intervalS = numberOption(parsed, 'interval', {least: 0.001, most: 31_622_400});
  const model = textOption(parsed, 'model');
  const site = textOption(parsed, 'of-site');
  const zone = textOption(parsed, 'zone');
  const serial = textOption(parsed, 'serial');
  const body: NewDeviceBody = {
    id,
    longitudeDeg,
    latitudeDeg,
    ...(model === undefined ? {} : {model}),
    ...(site === undefined ? {} : {site}),
    ...(zone === undefined ? {} : {zone}),
    ...(serial === undefined ? {} : {serial}),
    ...(intervalS === undefined ? {} : {intervalS}),
  };
  if (!isNewDevice(body)) throw new UsageError(`device ${id}: ${isNewDevice.problem()}`);
  return body;
}

async function add(id: string, parsed: Parsed, io: Io): Promise<number> {
  const body = newDevice(id, parsed);
  const added = await onlineOrOffline<NewDeviceResult>(parsed.settings, {
    online: (url) => callApi(url, 'POST', '/devices', NewDeviceResult, body),
    offline: (core) => addDevice(core.registry, body),
  });
  if (parsed.json) io.out(JSON.stringify(added));
  else {
    io.out(`device    ${added.id}`);
    io.out(`username  ${added.username}`);
    io.out(`password  ${added.password}   (shown this once)`);
    io.out(`topic     ${added.topic}`);
  }
  return 0;
}

async function list(parsed: Parsed, io: Io): Promise<number> {
  const devices = await onlineOrOffline<DeviceBody[]>(parsed.settings, {
    online: async (url) => {
      const items: DeviceBody[] = [];
      // Refused ones are told only to who asks for them.
      for (const first of ['/devices', '/devices?status=refused']) {
        let path: string | undefined = first;
        while (path !== undefined) {
          const page: {items: DeviceBody[]; next?: string} = await callApi(url, 'GET', path, DeviceList);
          items.push(...page.items);
          path = page.next?.replace(/^\/api\/v1/, '');
        }
      }
      return items;
    },
    offline: async ({registry, health}) =>
      registry.devices().map((record) => deviceBody(registry, record, health.health)),
  });
  if (parsed.json) {
    io.out(JSON.stringify(devices));
    return 0;
  }
  for (const {id, site, model, state, status, origin, lastSeen, refusal} of devices) {
    io.out(
      [
        id.padEnd(24),
        site,
        model,
        origin,
        status === 'active' ? state : status,
        refusal ? refusalText(refusal) : (lastSeen ?? 'never heard'),
      ].join('  '),
    );
  }
  return 0;
}

function refusalText({at, who, reason}: NonNullable<DeviceBody['refusal']>): string {
  return `by ${who} at ${at}${reason === null ? '' : `: ${reason}`}`;
}

async function remove(id: string, parsed: Parsed, io: Io): Promise<number> {
  const withData = parsed.values['with-data'] === true;
  const query = withData ? '?data=delete' : '';
  const {rows} = await onlineOrOffline<{rows: number}>(parsed.settings, {
    online: (url) =>
      callApi(
        url,
        'DELETE',
        `/devices/${encodeURIComponent(id)}${query}`,
        Type.Object({rows: Type.Integer()}),
      ),
    offline: (core) => removeDevice(core, id, withData),
  });
  if (parsed.json) io.out(JSON.stringify({id, rows}));
  else io.out(`removed ${id} and ${rows} rows`);
  return 0;
}

async function replace(id: string, parsed: Parsed, io: Io): Promise<number> {
  const by = parsed.positionals[2];
  if (by === undefined)
    throw new UsageError('devices replace: NEW is missing: the device that stands there now');
  const body = given<ReplaceDeviceBody>({
    by,
    at: textOption(parsed, 'at'),
    model: textOption(parsed, 'model'),
    serial: textOption(parsed, 'serial'),
    reason: textOption(parsed, 'reason'),
  });
  if (!isReplacement(body)) throw new UsageError(`devices replace: ${isReplacement.problem()}`);
  const done = await onlineOrOffline<ReplaceDeviceResult>(parsed.settings, {
    online: (url) =>
      callApi(url, 'POST', `/devices/${encodeURIComponent(id)}/replace`, ReplaceDeviceResult, body),
    offline: ({registry}) => replaceDevice({registry, now: Date.now}, id, body),
  });
  if (parsed.json) io.out(JSON.stringify(done));
  else {
    io.out(
      `${done.by} stands for ${done.old} at ${done.station} since ${done.at}; ${done.datastreams.length} series go on`,
    );
    if (done.credentials) {
      io.out(`username  ${done.credentials.username}`);
      io.out(`password  ${done.credentials.password}   (shown this once)`);
      io.out(`topic     ${done.credentials.topic}`);
    }
  }
  return 0;
}

function tell(parsed: Parsed, io: Io, done: DeviceDetailBody): number {
  if (parsed.json) io.out(JSON.stringify(done));
  else {
    io.out(
      `${done.id} at ${done.longitudeDeg}, ${done.latitudeDeg}; ${done.placements.length} positions, ` +
        `${done.calibrations.length} calibrations kept`,
    );
  }
  return 0;
}

async function move(id: string, parsed: Parsed, io: Io): Promise<number> {
  const longitudeDeg = numberOption(parsed, 'lon', {least: -180, most: 180});
  const latitudeDeg = numberOption(parsed, 'lat', {least: -90, most: 90});
  if (longitudeDeg === undefined || latitudeDeg === undefined) {
    throw new UsageError('--lon and --lat are missing: where does the device stand now, degrees WGS 84?');
  }
  const body = given<MoveDeviceBody>({
    longitudeDeg,
    latitudeDeg,
    at: textOption(parsed, 'at'),
    reason: textOption(parsed, 'reason'),
  });
  const done = await onlineOrOffline<DeviceDetailBody>(parsed.settings, {
    online: (url) => callApi(url, 'POST', `/devices/${encodeURIComponent(id)}/move`, DeviceDetailBody, body),
    offline: async ({registry, health}) =>
      deviceDetailBody(registry, await moveDevice({registry, now: Date.now}, id, body), health.health),
  });
  return tell(parsed, io, done);
}

async function calibrate(id: string, parsed: Parsed, io: Io): Promise<number> {
  const note = textOption(parsed, 'note');
  const who = textOption(parsed, 'who') ?? io.env['USER'];
  if (note === undefined || who === undefined) {
    throw new UsageError('--note and --who are missing: what was done, and by whom?');
  }
  const body = given<NewCalibrationBody>({
    note,
    who,
    at: textOption(parsed, 'at'),
    element: textOption(parsed, 'element'),
  });
  const done = await onlineOrOffline<DeviceDetailBody>(parsed.settings, {
    online: (url) =>
      callApi(url, 'POST', `/devices/${encodeURIComponent(id)}/calibrations`, DeviceDetailBody, body),
    offline: async ({registry, health}) =>
      deviceDetailBody(registry, await calibrateDevice({registry, now: Date.now}, id, body), health.health),
  });
  return tell(parsed, io, done);
}

async function approve(id: string, parsed: Parsed, io: Io): Promise<number> {
  const server = await findServer(parsed.settings.dataDir);
  if (!server) {
    throw new EcoError(
      'server_missing',
      `no server runs on ${parsed.settings.dataDir}: start it, then approve`,
    );
  }
  const report = await callApi<{stored: number; rejected: unknown[]}>(
    server.httpUrl,
    'POST',
    `/devices/${encodeURIComponent(id)}/approve`,
    ReplayBody,
  );
  if (parsed.json) io.out(JSON.stringify(report));
  else io.out(`${id} is let in; of what it sent before, ${report.stored} values were stored`);
  return 0;
}

async function refuse(id: string, parsed: Parsed, io: Io): Promise<number> {
  const who = textOption(parsed, 'who') ?? io.env['USER'];
  if (who === undefined) throw new UsageError('--who is missing: who refuses it?');
  const body = given<RefuseDeviceBody>({who, reason: textOption(parsed, 'reason')});
  const done = await onlineOrOffline<DeviceBody>(parsed.settings, {
    online: (url) => callApi(url, 'POST', `/devices/${encodeURIComponent(id)}/refuse`, DeviceBody, body),
    offline: async ({registry, health}) =>
      deviceBody(
        registry,
        await registry.refuseDevice(id, {who, reason: body.reason ?? null}),
        health.health,
      ),
  });
  if (parsed.json) io.out(JSON.stringify(done));
  else io.out(`${id} is refused ${refusalText(done.refusal!)}; \`eco devices wait ${id}\` takes it back`);
  return 0;
}

async function wait(id: string, parsed: Parsed, io: Io): Promise<number> {
  const done = await onlineOrOffline<DeviceBody>(parsed.settings, {
    online: (url) => callApi(url, 'POST', `/devices/${encodeURIComponent(id)}/wait`, DeviceBody),
    offline: async ({registry, health}) =>
      deviceBody(registry, await registry.letDeviceWait(id), health.health),
  });
  if (parsed.json) io.out(JSON.stringify(done));
  else io.out(`${id} waits again; \`eco devices approve ${id}\` lets it in`);
  return 0;
}

export const devices: Command = {
  help: `eco devices add ID --lon DEG --lat DEG [--model generic-json] [--interval SECONDS] [--zone ID] [--serial TEXT] [--site ID] [--json]
eco devices list [--json]
eco devices approve ID
eco devices refuse ID [--reason TEXT] [--who NAME]
eco devices wait ID
eco devices replace OLD NEW [--at TIME] [--serial TEXT] [--model ID] [--reason TEXT]
eco devices move ID --lon DEG --lat DEG [--at TIME] [--reason TEXT]
eco devices calibrate ID --note TEXT [--at TIME] [--element ID] [--who NAME]
eco devices remove ID [--with-data]

\`add\` makes a device with a station of the same id and prints its MQTT credentials, this once; they work at once, also
while the server runs. \`generic-json\` takes any element; without --interval it is learned from the messages.
\`refuse\` keeps a waiting device out, also when it sends again, until \`wait\` takes that back; \`list\` shows who refused it and why.
\`replace\`: from TIME on (absent: now) NEW stands where OLD stood; the series of the place go on, and what OLD sends late of
before still belongs to them. A NEW that is not known is added like OLD, and its credentials printed, this once.
\`move\` adds a position and changes none. \`GET /api/v1/devices/ID?at=TIME\` tells what held then.
\`remove\` asks for --with-data before it removes what the device measured.
--site names the site where several are served (ECO_SITE says which are).

example:
  npm run eco -- devices add pond-1 --model generic-json --lon 106.71 --lat 29.58 --json
  mosquitto_pub -p 1883 -u pond-1 -P PASSWORD -q 1 -t eco/v1/SITE/pond-1/up -m '{"readings":{"water_temperature":18.2}}'`,
  run: async (argv, io) => {
    // With `add`, --site means the site of the one device, not the sites served.
    const words = argv[0] === 'add' ? argv.map((word) => word.replace(/^--site(?==|$)/, '--of-site')) : argv;
    const parsed = parse(words, io, {
      options: {
        lon: {type: 'string'},
        lat: {type: 'string'},
        model: {type: 'string'},
        interval: {type: 'string'},
        zone: {type: 'string'},
        'of-site': {type: 'string'},
        'with-data': {type: 'boolean'},
        at: {type: 'string'},
        serial: {type: 'string'},
        reason: {type: 'string'},
        note: {type: 'string'},
        element: {type: 'string'},
        who: {type: 'string'},
      },
      positionals: [ACTIONS, 'ID', 'NEW'],
      optionalPositionals: 2,
    });
    const [action, id] = parsed.positionals;
    const ofSite = textOption(parsed, 'of-site');
    if (
      ofSite !== undefined &&
      io.env['ECO_SITE'] === undefined &&
      textOption(parsed, 'config') === undefined
    ) {
      // Nobody said which sites are served: the device's own is.
      parsed.settings.site = ofSite;
    }
    if (action === 'list') return await list(parsed, io);
    const actions: Record<string, (id: string, parsed: Parsed, io: Io) => Promise<number>> = {
      add,
      approve,
      refuse,
      wait,
      replace,
      move,
      calibrate,
      remove,
    };
    const run = Object.hasOwn(actions, action!) ? actions[action!] : undefined;
    if (!run) throw new UsageError(`devices: expected ${ACTIONS}, got ${action}`);
    if (action !== 'replace' && parsed.positionals.length > 2) {
      throw new UsageError(`unexpected ${parsed.positionals[2]}`);
    }
    if (id === undefined) throw new UsageError(`devices ${action}: ID is missing`);
    return await run(id, parsed, io);
  },
};
