import {type ChildProcess, spawn} from 'node:child_process';
import {once} from 'node:events';
import {writeFileSync} from 'node:fs';
import {type AddressInfo, createServer} from 'node:net';
import {join} from 'node:path';
import {setTimeout as sleep} from 'node:timers/promises';
import {connectAsync} from 'mqtt';
import {afterAll, afterEach, describe, expect} from 'vitest';
import {
  chirpstackUp,
  DEV_EUI,
  decodedValue,
  MEASURED,
  type MeasuredRow,
  thingsStackUp,
  UPLINKS,
} from '../ingest/map/network-envelopes.ts';
import {findProgram, testWith} from '../needs.ts';
import {getJson, type RunningServer, startProduct, temporaryFolder, until} from './running-server.ts';

const test = testWith('mosquitto');
const STATION = UPLINKS.find(({device}) => device === 'DL-ATM41')!;
const AIR = UPLINKS.find(({device}) => device === 'DL-GMM')!;
/** A message of a climate sensor, from zigbee2mqtt.io (guide, MQTT topics and messages), and what stands in it. */
const ZIGBEE = {
  battery: 89,
  humidity: 44.72,
  linkquality: 105,
  pressure: 989.6,
  temperature: 27.34,
  voltage: 2985,
};
const now = () => new Date().toISOString();

type Uplink = {device: string; map: string; topic: string; payload: () => object; expected: Expected[]};
type Expected = {element: string; statistic: string; result: number};

const expectedOf = (uplink: (typeof UPLINKS)[number]): Expected[] =>
  MEASURED[uplink.device]!.map(({name, element, statistic = 'point', factor = 1}: MeasuredRow) => ({
    ...{element, statistic},
    result: decodedValue(uplink, name) * factor,
  }));

/** What each network publishes, on its own topic. */
const SENT: Uplink[] = [
  {
    device: `cs-${DEV_EUI}`,
    map: 'chirpstack-v4',
    topic: `application/ca739e26-7b67-4f14-b69e-d568c22a5a75/device/${DEV_EUI}/event/up`,
    payload: () => chirpstackUp(STATION, {time: now()}),
    expected: expectedOf(STATION),
  },
  {
    device: `tts-${DEV_EUI.toUpperCase()}`,
    map: 'the-things-stack-v3',
    topic: 'v3/field@ttn/devices/pond-station/up',
    payload: () => thingsStackUp(AIR, {received_at: now()}),
    expected: expectedOf(AIR),
  },
  {
    device: 'z2m-greenhouse',
    map: 'zigbee2mqtt',
    topic: 'zigbee2mqtt/greenhouse',
    payload: () => ({...ZIGBEE, last_seen: now()}),
    expected: [
      {element: 'air_temperature', statistic: 'point', result: 27.34},
      {element: 'relative_humidity', statistic: 'point', result: 44.72},
      {element: 'air_pressure', statistic: 'point', result: 989.6},
    ],
  },
];

const place = temporaryFolder('bridges');
let mosquitto: ChildProcess | undefined;
let server: RunningServer | undefined;
afterEach(async () => {
  await server?.stop();
  if (mosquitto && mosquitto.exitCode === null) {
    mosquitto.kill('SIGKILL');
    await once(mosquitto, 'exit');
  }
});
afterAll(() => place.remove());

async function freePort(): Promise<number> {
  const listener = createServer().listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const {port} = listener.address() as AddressInfo;
  listener.close();
  await once(listener, 'close');
  return port;
}

/** The network's own broker. */
function startMosquitto(port: number, more = ''): void {
  const config = join(place.path, 'mosquitto.conf');
  writeFileSync(config, `listener ${port} 127.0.0.1\nallow_anonymous true\n${more}`);
  mosquitto = spawn(findProgram('mosquitto')!, ['-c', config], {stdio: 'ignore'});
}

/** Publishes each payload once, acknowledged by Mosquitto. */
async function publish(port: number): Promise<void> {
  const client = await until('mosquitto', 10_000, () =>
    connectAsync(`mqtt://127.0.0.1:${port}`, {}, false).catch(() => undefined),
  );
  for (const {topic, payload} of SENT) await client.publishAsync(topic, JSON.stringify(payload()), {qos: 1});
  await client.endAsync();
}

type Latest = {
  items: {element: string; statistic: string; result: number; timeSource: string; flag: number}[];
};

/** Lets each device in where it stands; then its values are those that its maker's decoder gives. */
async function expectValues(url: string): Promise<void> {
  await until('devices wait', 20_000, async () => {
    const {items} = await getJson<{items: {id: string}[]}>(`${url}/api/v1/devices?status=waiting`);
    return items.length === SENT.length && items;
  });
  for (const {device, expected} of SENT) {
    const approved = await fetch(`${url}/api/v1/devices/${device}/approve`, {
      method: 'POST',
      headers: {'content-type': 'application/json'},
      body: JSON.stringify({longitudeDeg: 106.71, latitudeDeg: 29.58}),
    });
    expect([device, approved.status, await approved.json()]).toMatchObject([
      device,
      200,
      {stored: expected.length, rejected: []},
    ]);
    const {items} = await getJson<Latest>(`${url}/api/v1/latest?device=${device}`);
    const found = items.filter(({element}) => expected.some((one) => one.element === element));
    expect(found.length).toBe(expected.length);
    for (const {element, statistic, result} of expected) {
      const one = found.find((item) => item.element === element && item.statistic === statistic);
      expect(one?.result, `${device} ${element} ${statistic}`).toBeCloseTo(result, 9);
      expect(one?.timeSource).toBe('network');
    }
  }
}

describe('three networks behind Mosquitto', () => {
  test('as the broker that is consumed (ECO_MQTT_UPSTREAM)', async () => {
    const port = await freePort();
    startMosquitto(port);
    server = await startProduct({
      dataDir: join(place.path, 'upstream'),
      env: {ECO_FLEET: 'off', ECO_MQTT_UPSTREAM: `mqtt://127.0.0.1:${port}?clientId=eco`},
    });
    const {url} = server;
    // Subscribed: what comes before is not ours.
    await until('subscribed', 20_000, async () => {
      const {components} = await getJson<{components: Record<string, {status: string}>}>(
        `${url}/api/v1/health`,
      );
      return components['gateway']?.status === 'ok';
    });
    await publish(port);
    await expectValues(url);
    // What a network sent can be read again by the name of its map, as that of a bridge.
    const again = await fetch(`${url}/api/v1/bridges/chirpstack-v4/replay`, {method: 'POST'});
    expect([again.status, await again.json()]).toMatchObject([
      200,
      {frames: 1, stored: 0, duplicate: SENT[0]!.expected.length, conflict: 0, problems: []},
    ]);
  }, 60_000);

  test('as a broker that passes its topics on, set as docs/gateways.md says', async () => {
    server = await startProduct({dataDir: join(place.path, 'bridged'), env: {ECO_FLEET: 'off'}});
    const {url, mqttPort} = server;
    const connections: string[] = [];
    for (const {map, topic} of SENT) {
      const added = await fetch(`${url}/api/v1/bridges`, {
        method: 'POST',
        headers: {'content-type': 'application/json'},
        body: JSON.stringify({id: `network-${map}`, map}),
      });
      expect(added.status).toBe(201);
      const {username, password} = (await added.json()) as {username: string; password: string};
      const {topic: filter} = await getJson<{topic: string}>(`${url}/api/v1/maps/${map}`);
      connections.push(
        `connection eco-${map}`,
        `address 127.0.0.1:${mqttPort}`,
        `remote_username ${username}`,
        `remote_password ${password}`,
        `topic ${filter} out 1`,
      );
      expect(topic.split('/').length).toBe(filter.split('/').length);
    }
    const port = await freePort();
    startMosquitto(port, `${connections.join('\n')}\n`);
    // QoS 1 and a persistent bridge session: what is published before the connection stands waits for it.
    await sleep(200);
    await publish(port);
    await expectValues(url);
  }, 60_000);
});
