import {execFile} from 'node:child_process';
import {promisify} from 'node:util';
import {connectAsync, type MqttClient} from 'mqtt';
import {afterAll, expect, it} from 'vitest';
import {testWith} from '../needs.ts';
import {getJson, type RunningServer, startProduct, temporaryFolder} from './running-server.ts';

const KILLS = 20;
const MESSAGES_PER_S = 500;
/** Several connections, so that one commit answers more than one of them. */
const DEVICES = 4;
const STEP_MS = 1000;

type Login = {id: string; username: string; password: string; topic: string};
type Sent = {timeMs: number; temperature: number; humidity: number; acked: boolean};

const folder = temporaryFolder('gateway-kill');
let server: RunningServer | undefined;

async function start(): Promise<RunningServer> {
  await server?.stop('SIGKILL');
  server = await startProduct({dataDir: folder.path, env: {ECO_FLEET: 'off'}, timeoutMs: 60_000});
  return server;
}
afterAll(async () => {
  await server?.stop('SIGKILL');
  folder.remove();
});

async function addDevice({url}: RunningServer, id: string): Promise<Login> {
  const answer = await fetch(`${url}/api/v1/devices`, {
    method: 'POST',
    headers: {'content-type': 'application/json'},
    body: JSON.stringify({id, longitudeDeg: 106.71, latitudeDeg: 29.58}),
  });
  expect(answer.status).toBe(201);
  return (await answer.json()) as Login;
}

/** All stored rows of one series, time → values: a list, so that a row that is there twice is seen. */
async function readRows(
  {url}: RunningServer,
  device: string,
  element: string,
): Promise<Map<number, string[]>> {
  const query = new URLSearchParams({
    device,
    element,
    from: '2020-01-01T00:00:00Z',
    to: '2100-01-01T00:00:00Z',
  });
  const answer = await fetch(`${url}/api/v1/series?${query}`, {headers: {accept: 'text/csv'}});
  if (!answer.ok) throw new Error(`${answer.status} ${await answer.text()}`);
  const [header, ...lines] = (await answer.text()).trim().split(/\r?\n/);
  expect(header!.split(',').slice(0, 2)).toEqual([
    'phenomenonTime (UTC)',
    expect.stringMatching(new RegExp(`^${element} `)),
  ]);
  const rows = new Map<number, string[]>();
  for (const line of lines) {
    const [time, value] = line.split(',');
    const timeMs = Date.parse(time!);
    rows.set(timeMs, [...(rows.get(timeMs) ?? []), value!]);
  }
  return rows;
}

it('loses nothing that it acknowledged and keeps nothing twice: kill −9 right after a PUBACK, 20 times, 500 messages/s', async () => {
  let running = await start();
  const logins: Login[] = [];
  for (let i = 0; i < DEVICES; i++) logins.push(await addDevice(running, `kill-${i}`));
  const sent: Sent[][] = logins.map(() => []);
  const firstMs = Math.floor(Date.now() / STEP_MS) * STEP_MS - 86_400_000;
  let acknowledged = 0;
  let redelivered = 0;

  function publish(client: MqttClient, i: number, one: Sent, acked: () => void): void {
    const payload = {
      time: new Date(one.timeMs).toISOString(),
      readings: {air_temperature: one.temperature, relative_humidity: one.humidity},
    };
    client.publish(logins[i]!.topic, JSON.stringify(payload), {qos: 1}, (error) => {
      if (error || one.acked) return;
      one.acked = true;
      acknowledged++;
      acked();
    });
  }

  async function connectAll(): Promise<MqttClient[]> {
    const clients = await Promise.all(
      logins.map(({username, password}) =>
        connectAsync(`mqtt://127.0.0.1:${running.mqttPort}`, {username, password, reconnectPeriod: 0}),
      ),
    );
    for (const client of clients) client.on('error', () => {});
    return clients;
  }

  /** Sends again, as a device does, what no PUBACK came for. */
  async function redeliver(clients: MqttClient[]): Promise<void> {
    const open = sent.flatMap((list, i) => list.filter((one) => !one.acked).map((one) => ({i, one})));
    redelivered += open.length;
    await Promise.all(
      open.map(({i, one}) => new Promise<void>((resolve) => publish(clients[i]!, i, one, resolve))),
    );
  }

  for (let kill = 0; kill < KILLS; kill++) {
    const clients = await connectAll();
    await redeliver(clients);
    // Not always at the same place of a commit.
    const killAt = acknowledged + 200 + ((kill * 37) % 100);
    await new Promise<void>((resolve) => {
      const beganMs = performance.now();
      let issued = 0;
      let dead = false;
      const pacer = setInterval(() => {
        const due = ((performance.now() - beganMs) / 1000) * MESSAGES_PER_S;
        for (; issued < due && !dead; issued++) {
          const i = issued % DEVICES;
          const n = sent[i]!.length;
          const one = {
            timeMs: firstMs + n * STEP_MS,
            temperature: 15 + ((n * 7) % 100) / 10,
            humidity: 40 + ((n * 3) % 200) / 10,
            acked: false,
          };
          sent[i]!.push(one);
          publish(clients[i]!, i, one, () => {
            if (dead || acknowledged < killAt) return;
            dead = true;
            // At once, in the very turn that saw the PUBACK.
            process.kill(running.process.pid!, 'SIGKILL');
            clearInterval(pacer);
            running.process.once('exit', () => resolve());
          });
        }
      }, 2);
    });
    for (const client of clients) client.end(true);
    running = await start();
    const missing: string[] = [];
    for (const [i, {id}] of logins.entries()) {
      const rows = await readRows(running, id, 'relative_humidity');
      for (const one of sent[i]!) if (one.acked && !rows.has(one.timeMs)) missing.push(`${id} ${one.timeMs}`);
    }
    expect(missing, `after kill ${kill + 1}`).toEqual([]);
  }
  const clients = await connectAll();
  await redeliver(clients);
  for (const client of clients) await client.endAsync();

  expect(acknowledged).toBe(sent.flat().length);
  expect(acknowledged).toBeGreaterThan(KILLS * 200);
  expect(redelivered).toBeGreaterThan(0);
  for (const [i, {id}] of logins.entries()) {
    const temperature = await readRows(running, id, 'air_temperature');
    const humidity = await readRows(running, id, 'relative_humidity');
    expect([...temperature].map(([timeMs, values]) => [timeMs, values.map(Number)])).toEqual(
      sent[i]!.map((one) => [one.timeMs, [one.temperature]]),
    );
    expect([...humidity].map(([timeMs, values]) => [timeMs, values.map(Number)])).toEqual(
      sent[i]!.map((one) => [one.timeMs, [one.humidity]]),
    );
  }
  const stats = await getJson<{conflict: number}>(`${running.url}/api/v1/stats`);
  expect(stats.conflict).toBe(0);
  expect(await running.stop()).toBe(0);
}, 400_000);

testWith('mosquitto_pub')('what a stock client publishes is in the series within 1 s', async () => {
  const running = await start();
  const {username, password, topic, id} = await addDevice(running, 'stock-client');
  const args = ['-h', '127.0.0.1', '-p', String(running.mqttPort), '-u', username, '-P', password];
  const message = {time: '2026-03-01T00:00:00.250Z', readings: {water_temperature: 18.25}};
  const beganMs = performance.now();
  await promisify(execFile)('mosquitto_pub', [
    ...args,
    '-q',
    '1',
    '-t',
    topic,
    '-m',
    JSON.stringify(message),
  ]);
  const rows = await readRows(running, id, 'water_temperature');
  expect(performance.now() - beganMs).toBeLessThan(1000);
  expect([...rows]).toEqual([[Date.parse(message.time), ['18.25']]]);
  await running.stop();
});
