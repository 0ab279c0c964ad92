import {Type} from 'typebox';
import {createValidator, DeviceBody, EcoError, listOf, NewDeviceBody, NewDeviceResult} from '#schemas';
import {deviceBody} from '../bodies/device.ts';
import {ReplayBody} from '../routes/dead-letters.ts';
import {findServer} from '../server-file.ts';
import {addDevice} from '../things/add-device.ts';
import {removeDevice} from '../things/remove-device.ts';
import {callApi} from './api-client.ts';
import {type Command, type Io, numberOption, type Parsed, parse, textOption, UsageError} from './command.ts';
import {onlineOrOffline} from './open-data.ts';

const DeviceList = listOf(DeviceBody);
const isNewDevice = createValidator<NewDeviceBody>(NewDeviceBody);

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
  const body: NewDeviceBody = {
    id,
    longitudeDeg,
    latitudeDeg,
    ...(model === undefined ? {} : {model}),
    ...(site === undefined ? {} : {site}),
    ...(zone === undefined ? {} : {zone}),
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
      let path: string | undefined = '/devices';
      while (path !== undefined) {
        const page: {items: DeviceBody[]; next?: string} = await callApi(url, 'GET', path, DeviceList);
        items.push(...page.items);
        path = page.next?.replace(/^\/api\/v1/, '');
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
  for (const {id, site, model, state, status, origin, lastSeen} of devices) {
    io.out(
      [
        id.padEnd(24),
        site,
        model,
        origin,
        status === 'waiting' ? 'waiting' : state,
        lastSeen ?? 'never heard',
      ].join('  '),
    );
  }
  return 0;
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

export const devices: Command = {
  help: `eco devices add ID --lon DEG --lat DEG [--model generic-json] [--interval SECONDS] [--zone ID] [--site ID] [--json]
eco devices list [--json]
eco devices approve ID
eco devices remove ID [--with-data]

\`add\` makes a device with a station of the same id and prints its MQTT credentials, this once; they work at once, also
while the server runs. \`generic-json\` takes any element; without --interval it is learned from the messages.
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
      },
      positionals: ['add, list, approve or remove', 'ID'],
      optionalPositionals: 1,
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
      remove,
    };
    const run = Object.hasOwn(actions, action!) ? actions[action!] : undefined;
    if (!run) throw new UsageError(`devices: expected add, list, approve or remove, got ${action}`);
    if (id === undefined) throw new UsageError(`devices ${action}: ID is missing`);
    return await run(id, parsed, io);
  },
};
