import {join} from 'node:path';
import {setTimeout as sleep} from 'node:timers/promises';
import {afterAll, expect, it} from 'vitest';
import {openHarness, SITE, SITES} from '../server/harness.ts';
import {startProduct, temporaryFolder} from './running-server.ts';

const MINUTE = 60_000;
/** Of a week that is over, so that what is due of it does not grow while the test runs. */
const START_MS = Math.floor(Date.now() / MINUTE) * MINUTE - 21 * 86_400_000;
const at = (minute: number) => new Date(START_MS + minute * MINUTE).toISOString();
const minutes = (from: number, to: number) => Array.from({length: to - from}, (_, i) => from + i);

/**
 * Messages whose verdicts, marks and rejections depend on what came before them: spikes, steps, a flat line, rows out of
 * order, a vane whose wind comes hours after it, a time to come, and things that cannot be understood.
 */
const temperature = (minute: number) => ({
  time: at(minute),
  readings: {air_temperature: 20 + (minute % 3) / 10 + (minute % 37 === 0 ? 9 : 0)},
});
const vane = (minute: number) => ({time: at(minute), readings: {wind_direction: 120}});
const wind = (minute: number) => ({time: at(minute), readings: {wind_speed: 0.2 + (minute % 5) / 100}});
const MESSAGES: unknown[] = [
  minutes(0, 200).map(temperature),
  minutes(0, 225).map(vane),
  minutes(225, 450).map(vane),
  minutes(260, 330).map(temperature),
  {time: at(331), readings: {air_temperature: 'warm', flux_capacity: 1}},
  // Late, between what is there.
  minutes(200, 260).map(temperature),
  minutes(0, 225).map(wind),
  minutes(225, 450).map(wind),
  {time: new Date(Date.now() + 86_400_000).toISOString(), readings: {air_temperature: 20}},
  minutes(331, 400).map((minute) => ({time: at(minute), readings: {air_temperature: 21}})),
  {readings: {}},
  minutes(400, 420).map(temperature),
];
/** After each of these messages the process is killed, as soon as it was acknowledged; after `STOP` it is stopped. */
const KILL = [2, 4, 5, 6, 8];
const STOP = 9;

const place = temporaryFolder('quality-kill');
afterAll(() => place.remove());

/** What the counts are once every check that was asked for is made. */
async function countsIn(dataDir: string) {
  const harness = await openHarness({fleet: 'off', dataDir});
  try {
    await harness.core.store.settled();
    const range = `device=mast&from=${at(0)}&to=${at(7 * 1440)}`;
    const quality = (await harness.app.inject(`/api/v1/quality?${range}`)).json();
    const {rejected, byCode} = (await harness.app.inject('/api/v1/stats')).json();
    const metrics = (await harness.app.inject('/metrics')).body.match(/^eco_inputs_total.*$/gm)?.sort();
    return {quality, rejected, byCode, metrics};
  } finally {
    await harness.close();
  }
}

it('counts of quality and of rejections are those of a server that never stopped, after kill -9 and restarts', async () => {
  const whole = join(place.path, 'whole');
  const harness = await openHarness({fleet: 'off', dataDir: whole});
  await harness.device('mast', {intervalS: 60});
  for (const message of MESSAGES) await harness.send('mast', message);
  await harness.close();

  const broken = join(place.path, 'broken');
  const start = () =>
    startProduct({dataDir: broken, env: {ECO_FLEET: 'off', ECO_SITES_DIR: SITES, ECO_SITE: SITE}});
  let server = await start();
  const added = await fetch(`${server.url}/api/v1/devices`, {
    method: 'POST',
    headers: {'content-type': 'application/json'},
    body: JSON.stringify({id: 'mast', longitudeDeg: 137.25, latitudeDeg: -28.95, intervalS: 60}),
  });
  const {username, password} = (await added.json()) as {username: string; password: string};
  const authorization = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
  for (const [i, message] of MESSAGES.entries()) {
    const answer = await fetch(`${server.url}/api/v1/readings`, {
      method: 'POST',
      headers: {'content-type': 'application/json', authorization},
      body: JSON.stringify(message),
    });
    expect([200, 422, 400]).toContain(answer.status);
    if (KILL.includes(i)) await server.stop('SIGKILL');
    else if (i === STOP) expect(await server.stop()).toBe(0);
    else continue;
    server = await start();
  }
  // A check made at once and one made after a restart come to the same.
  await sleep(200);
  await server.stop();

  const [expected, found] = [await countsIn(whole), await countsIn(broken)];
  expect(found).toEqual(expected);
  expect(found.byCode).toEqual({time_future: 1, value_invalid: 1, element_unknown: 1, payload_empty: 1});
  const failed = (id: string) =>
    expected.quality.items.find(({datastream}: {datastream: string}) => datastream.startsWith(id)).failed;
  expect(Object.keys(failed('mast:air_temperature')).sort()).toEqual(['rateOfChange', 'spike']);
  // It was calm: a vane that stands still is no fault.
  expect(failed('mast:wind_direction')).toEqual({});
}, 240_000);
