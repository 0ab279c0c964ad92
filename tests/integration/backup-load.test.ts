import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {setTimeout as sleep} from 'node:timers/promises';
import {connectAsync} from 'mqtt';
import {afterAll, expect, it} from 'vitest';
import {type RunningServer, startProduct, temporaryFolder} from './running-server.ts';
import {eco, type Login} from './server-process.ts';

const MESSAGES_PER_S = 500;
const TICK_MS = 20;
/** Before the backup, and after it. */
const LOAD_MS = 1500;
/** Between the moment that is compared and the backup: everything received until then must be durable. */
const MARK_MS = 1000;
/** A reading a second of the last days: most of it closed time, which lies in column files. */
const FIRST_MS = Math.floor(Date.now() / 1000) * 1000 - 3 * 86_400_000;

/** What is sent, without what is derived of it. */
const STREAMS = 'probe:soil_moisture:point,probe:soil_temperature:point';

const place = temporaryFolder('backup-load');
const at = (name: string) => join(place.path, name);
let server: RunningServer | undefined;
afterAll(async () => {
  await server?.stop('SIGKILL');
  place.remove();
});

async function told<T>(args: string[], dataDir: string): Promise<T> {
  const {code, stdout, stderr} = await eco([...args, '--json'], {ECO_DATA_DIR: dataDir, ECO_FLEET: 'off'});
  expect(code, stderr).toBe(0);
  return JSON.parse(stdout) as T;
}

it('a backup amid 500 messages/s, restored elsewhere, is the store of its moment', async () => {
  server = await startProduct({dataDir: at('data'), env: {ECO_FLEET: 'off'}});
  const place = ['--lon', '106.71', '--lat', '29.58'];
  const login = await told<Login>(
    ['devices', 'add', 'probe', '--model', 'generic-json', ...place],
    at('data'),
  );
  const {username, password} = login;
  const client = await connectAsync(`mqtt://127.0.0.1:${server.mqttPort}`, {username, password});

  /** When each message was acknowledged, by its number. */
  const acknowledgedMs: number[] = [];
  const sentMs: number[] = [];
  const beganMs = Date.now();
  const underWay: Promise<unknown>[] = [];
  const load = setInterval(() => {
    while (sentMs.length < ((Date.now() - beganMs) / 1000) * MESSAGES_PER_S) {
      const number = sentMs.length;
      sentMs.push(Date.now());
      const time = new Date(FIRST_MS + number * 1000).toISOString();
      const message = {
        time,
        readings: {soil_moisture: number / 100_000, soil_temperature: 10 + (number % 100) / 10},
      };
      underWay.push(
        client.publishAsync(login.topic, JSON.stringify(message), {qos: 1}).then(() => {
          acknowledgedMs[number] = Date.now();
        }),
      );
    }
  }, TICK_MS);

  await sleep(LOAD_MS);
  const markMs = Date.now();
  await sleep(MARK_MS);
  const backupMs = Date.now();
  await told(['backup', at('backup')], at('data'));
  const doneMs = Date.now();
  await sleep(LOAD_MS);
  clearInterval(load);
  await Promise.all(underWay);
  await client.endAsync();
  expect(await server.stop()).toBe(0);

  // The load went on all through the backup, and what was sent before the mark was durable before it.
  const during = acknowledgedMs.filter((ms) => ms > backupMs && ms < doneMs).length;
  expect(during).toBeGreaterThan(((doneMs - backupMs) / 1000) * MESSAGES_PER_S * 0.5);
  const before = sentMs.filter((ms) => ms <= markMs).length;
  expect(before).toBeGreaterThan(0.9 * (LOAD_MS / 1000) * MESSAGES_PER_S);
  expect(acknowledgedMs.slice(0, before).every((ms) => ms < backupMs)).toBe(true);

  await told(['restore', at('backup'), '--to', at('again')], at('again'));
  type Exported = {rows: number; sha256: string};
  const exported = (name: string, dataDir: string, more: string[] = []) =>
    told<Exported>(['export', 'observations', at(name), '--datastream', STREAMS, ...more], at(dataDir));
  const asOf = ['--as-of', new Date(markMs).toISOString()];
  const here = await exported('here.csv', 'data', asOf);
  const there = await exported('there.csv', 'again', asOf);
  const all = await exported('all.csv', 'again');
  expect(there).toMatchObject({rows: here.rows, sha256: here.sha256});
  // Two values a message; some were on their way at the mark.
  const received = acknowledgedMs.filter((ms) => ms <= markMs).length;
  expect(here.rows).toBeGreaterThanOrEqual(2 * received);
  expect(here.rows).toBeLessThanOrEqual(2 * before);
  // The backup is of a moment after it began, and holds whole messages.
  expect(all.rows).toBeGreaterThan(here.rows);
  expect(all.rows % 2).toBe(0);
  const values = readFileSync(at('there.csv'), 'utf8').match(/:soil_moisture:[^\r]+/g)!;
  expect(values.length).toBe(here.rows / 2);
}, 90_000);
