import {mkdtemp, rm, unlink, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterEach, beforeEach, describe, expect, it} from 'vitest';
import type {Principal, ReadingMap} from '#schemas';
import {chirpstackUp, DEV_EUI, thingsStackUp, UPLINKS} from '../ingest/map/network-envelopes.ts';
import {type Harness, openHarness} from './harness.ts';

/** 2026-11-22T08:00:00Z. */
const NOW = Date.UTC(2026, 10, 22, 8);
const STATION = UPLINKS[0]!;

let dataDir: string;
let harness: Harness;
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'eco-bridges-'));
  harness = await openHarness({now: () => NOW, fleet: 'off', dataDir});
});
afterEach(async () => {
  await harness.close();
  await rm(dataDir, {recursive: true, force: true});
});

async function call(method: 'GET' | 'POST', path: string, body?: unknown, token?: string) {
  const response = await harness.app.inject({
    method,
    url: `/api/v1${path}`,
    ...(body === undefined ? {} : {payload: body as object}),
    ...(token === undefined ? {} : {headers: {authorization: `Bearer ${token}`}}),
  });
  return {status: response.statusCode, body: response.json()};
}
async function bridge(id: string, map: unknown, more: object = {}): Promise<string> {
  const added = await call('POST', '/bridges', {id, map, ...more});
  expect(added.status).toBe(201);
  return added.body.password;
}

describe('a network server that posts', () => {
  it('ChirpStack: the device waits, is approved where it stands, and what it sent is there', async () => {
    const token = await bridge('lorawan', 'chirpstack-v4');
    const first = await call('POST', '/hooks/lorawan?event=up', chirpstackUp(STATION), token);
    expect(first).toMatchObject({status: 422, body: {code: 'device_waiting'}});
    // The network's other events go to the same address and are no errors.
    expect(await call('POST', '/hooks/lorawan?event=join', {deviceInfo: {}}, token)).toMatchObject({
      status: 200,
      body: {stored: 0, rejected: []},
    });
    const waiting = await call('GET', '/devices?status=waiting');
    expect(waiting.body.items).toMatchObject([
      {id: `cs-${DEV_EUI}`, status: 'waiting', name: {en: 'DL-ATM41 by the pond'}, model: 'generic-json'},
    ]);
    const approved = await call('POST', `/devices/cs-${DEV_EUI}/approve`, {
      longitudeDeg: 137.25,
      latitudeDeg: -28.95,
      name: {en: 'Pond station', zh: '池塘站'},
    });
    expect(approved).toMatchObject({status: 200, body: {stored: 8, rejected: []}});
    expect((await call('GET', '/devices?status=waiting')).body.items).toEqual([]);
    expect((await call('GET', `/devices/cs-${DEV_EUI}`)).body).toMatchObject({
      name: {en: 'Pond station'},
      longitudeDeg: 137.25,
      status: 'active',
    });
    expect((await call('GET', '/stations')).body.items).toContainEqual(
      expect.objectContaining({id: `cs-${DEV_EUI}`, longitudeDeg: 137.25}),
    );
    const latest = await call('GET', `/latest?device=cs-${DEV_EUI}&element=air_pressure`);
    expect(latest.body.items).toMatchObject([
      {result: 959.6, unit: 'hPa', timeSource: 'network', phenomenonTime: '2026-11-22T07:00:00.123Z'},
    ]);
    const again = await call('POST', `/devices/cs-${DEV_EUI}/approve`, {longitudeDeg: 1, latitudeDeg: 1});
    expect(again).toMatchObject({status: 409, body: {code: 'device_exists'}});
    expect(await call('POST', '/hooks/lorawan', chirpstackUp(STATION), token)).toMatchObject({
      status: 200,
      body: {stored: 0, duplicate: 8},
    });
    expect(await call('POST', '/hooks/lorawan', chirpstackUp(STATION), 'wrong')).toMatchObject({status: 401});
  });

  it('a device that was refused stays out through a restart, until that is taken back', async () => {
    const token = await bridge('zigbee', 'zigbee2mqtt');
    const send = (minute: number) =>
      call(
        'POST',
        '/hooks/zigbee?topic=zigbee2mqtt/neighbour',
        {temperature: 20, last_seen: new Date(NOW - minute * 60_000)},
        token,
      );
    const id = 'z2m-neighbour';
    const listed = async (query: string) =>
      (await call('GET', `/devices${query}`)).body.items.map((device: {id: string}) => device.id);
    expect(await send(9)).toMatchObject({status: 422, body: {code: 'device_waiting'}});
    expect(await call('POST', `/devices/${id}/refuse`, {reason: 'not ours'})).toMatchObject({status: 400});
    const refusal = {at: '2026-11-22T08:00:00Z', who: 'Lin', reason: 'not ours'};
    expect(await call('POST', `/devices/${id}/refuse`, {who: 'Lin', reason: 'not ours'})).toMatchObject({
      status: 200,
      body: {id, status: 'refused', refusal},
    });
    for (const restarted of [false, true]) {
      if (restarted) {
        await harness.close();
        harness = await openHarness({now: () => NOW, fleet: 'off', dataDir});
      }
      expect(await send(restarted ? 7 : 8)).toMatchObject({
        status: 200,
        body: {stored: 0, rejected: [{code: 'device_refused'}]},
      });
      expect(await listed('?status=waiting')).toEqual([]);
      expect(await listed('')).toEqual([]);
      expect((await call('GET', '/devices?status=refused')).body.items).toMatchObject([{id, refusal}]);
      expect((await call('GET', '/stations')).body.items.map((one: {id: string}) => one.id)).not.toContain(
        id,
      );
      const metrics = await harness.app.inject('/metrics');
      const counted = `eco_inputs_total{code="device_refused"} ${restarted ? 2 : 1}\n`;
      expect(metrics.body).toContain(counted);
      expect((await call('GET', '/dead-letters')).body.items).toHaveLength(1);
    }
    expect(await call('POST', `/devices/${id}/approve`)).toMatchObject({
      status: 409,
      body: {code: 'device_refused'},
    });
    expect(await call('POST', `/devices/${id}/wait`)).toMatchObject({status: 200, body: {status: 'waiting'}});
    expect(await call('POST', `/devices/${id}/wait`)).toMatchObject({
      status: 409,
      body: {code: 'device_not_refused'},
    });
    expect(await send(6)).toMatchObject({status: 422, body: {code: 'device_waiting'}});
    expect(await listed('?status=waiting')).toEqual([id]);
    expect(await call('POST', `/devices/${id}/approve`)).toMatchObject({status: 200, body: {stored: 2}});
    // What it sent while it was refused is in the bridge's frames.
    const replayed = await call('POST', '/bridges/zigbee/replay?to=2026-12-01T00:00:00Z');
    expect(replayed.body).toMatchObject({frames: 4, stored: 2, duplicate: 2, rejected: 0});
  });

  it('The Things Stack', async () => {
    const token = await bridge('ttn', 'the-things-stack-v3');
    await call('POST', '/hooks/ttn', thingsStackUp(STATION), token);
    const id = `tts-${DEV_EUI.toUpperCase()}`;
    expect(await call('POST', `/devices/${id}/approve`)).toMatchObject({status: 200, body: {stored: 8}});
    expect((await call('GET', `/devices/${id}`)).body).toMatchObject({name: {en: 'pond-station'}});
  });

  it('Zigbee2MQTT, whose devices stand in the topic', async () => {
    const token = await bridge('zigbee', 'zigbee2mqtt');
    const payload = {temperature: 27.34, humidity: 44.72};
    const bare = await call('POST', '/hooks/zigbee', payload, token);
    expect(bare).toMatchObject({
      status: 422,
      body: {code: 'map_failed', message: expect.stringContaining('?topic=')},
    });
    await call('POST', '/hooks/zigbee?topic=zigbee2mqtt/greenhouse', payload, token);
    expect(await call('POST', '/devices/z2m-greenhouse/approve')).toMatchObject({body: {stored: 2}});
    const other = await call('POST', '/hooks/zigbee?topic=homes/greenhouse', payload, token);
    expect(other).toMatchObject({status: 422, body: {code: 'topic_forbidden'}});
  });
});

describe('maps', () => {
  it('are listed, read and tried on a payload', async () => {
    const list = await call('GET', '/maps');
    expect(list.body.items).toContainEqual(
      expect.objectContaining({id: 'zigbee2mqtt', own: true, topic: 'zigbee2mqtt/+', devicePrefix: 'z2m-'}),
    );
    const {body: map} = await call('GET', '/maps/zigbee2mqtt');
    expect(map.columns[0]).toEqual({path: 'temperature', element: 'air_temperature', unit: 'Cel'});
    const tried = await call('POST', '/maps/preview', {
      map: {...map, id: 'mine', columns: [{path: 'temperature', element: 'air_temperature', unit: '[degF]'}]},
      topic: 'zigbee2mqtt/a',
      payload: '{"temperature": 68, "co": 3}',
    });
    expect(tried).toMatchObject({
      status: 200,
      body: {
        map: 'mine',
        items: [
          {
            device: 'z2m-a',
            time: null,
            readings: [{value: 68, result: 20, resultUnit: 'Cel', flag: 1}],
            unmapped: ['co'],
          },
        ],
      },
    });
    expect(harness.core.registry.devices()).toEqual([]);
  });

  it('a preview tells where each value and fault stands: path and line, in a list of messages too', async () => {
    const map = {
      schemaVersion: 1,
      id: 'lines',
      device: {path: 'id'},
      time: {path: 'at', format: 'iso'},
      columns: [
        {path: 'air.t', element: 'air_temperature', unit: 'Cel'},
        {path: 'list.1', element: 'relative_humidity', unit: '%'},
        {path: 'air.p', element: 'air_pressure', unit: 'hPa'},
      ],
    };
    const lines = [
      '[', // 1
      '  {"id": "a", "at": "2026-11-22T07:00:00Z",', // 2
      '   "air": {', // 3
      '     "t": 18.5,', // 4
      '     "p": "high"}},', // 5
      '  {"id": "b", "at": "2026-11-22T07:00:00Z",', // 6
      '   "list": [1,', // 7
      '            55]},', // 8
      '  {"at": 5}', // 9
      ']',
    ];
    const tried = await call('POST', '/maps/preview', {map, payload: lines.join('\n')});
    expect(tried).toMatchObject({
      status: 200,
      body: {
        items: [
          {
            readings: [{path: 'air.t', line: 4, result: 18.5}],
            rejected: [{path: 'air.p', line: 5, code: 'value_invalid'}],
          },
          {readings: [{path: 'list.1', line: 8, result: 55}], rejected: []},
          {device: null, rejected: [{path: null, line: 9}]},
        ],
      },
    });
    // One name twice can be read (the last one counts), but then no line is that of the value for sure.
    const twice = await call('POST', '/maps/preview', {
      map,
      payload: '{"id": "a", "at": "2026-11-22T07:00:00Z", "air": {"t": 1, "t": 2}}',
    });
    expect(twice.body.items[0].readings).toMatchObject([{path: 'air.t', line: null, value: 2}]);
  });

  it.each([
    ['no JSON', {map: 'zigbee2mqtt', payload: 'hello'}, 400, 'payload_syntax'],
    ['no map', {map: 'nobody', payload: '{}'}, 404, 'map_unknown'],
    ['a map of another shape', {map: {id: 'a', script: 'x'}, payload: '{}'}, 400, undefined],
  ])('a preview with %s says so', async (_what, body, status, code) => {
    const answer = await call('POST', '/maps/preview', body);
    expect(answer.status).toBe(status);
    if (code) expect(answer.body.code).toBe(code);
  });

  it('a file that comes, is mended, breaks and goes holds at once', async () => {
    const {body: zigbee} = await call('GET', '/maps/zigbee2mqtt');
    const mine = {...zigbee, id: 'mine', autoApprove: true, devicePrefix: 'm-', topic: 'm/+'};
    const file = join(dataDir, 'maps', 'mine.json');
    await writeFile(file, JSON.stringify(mine));
    await call('POST', '/maps/reload');
    const token = await bridge('b', 'mine');
    const send = (temperature: number, minute: number) =>
      call(
        'POST',
        '/hooks/b?topic=m/a',
        {temperature, last_seen: new Date(NOW - 3.6e6 + minute * 6e4)},
        token,
      );
    expect(await send(20, 0)).toMatchObject({body: {stored: 1}});
    const fahrenheit = [{path: 'temperature', element: 'air_temperature', unit: '[degF]'}];
    await writeFile(file, JSON.stringify({...mine, columns: fahrenheit}));
    await harness.core.maps.reloadIfChanged();
    expect(await send(68, 1)).toMatchObject({body: {stored: 1}});
    const {body: series} = await call('GET', '/series?device=m-a&element=air_temperature');
    expect(series.points.map(({mean}: {mean: number}) => mean)).toEqual([20, 20]);
    await writeFile(file, '{"schemaVersion": 1, "id": "mine"');
    const broken = await call('POST', '/maps/reload');
    expect(broken.body.problems).toMatchObject([{file, message: expect.stringContaining('is no JSON')}]);
    expect(await send(68, 2)).toMatchObject({body: {stored: 1}});
    await unlink(file);
    await call('POST', '/maps/reload');
    expect(await send(68, 3)).toMatchObject({status: 422, body: {code: 'map_missing'}});
  });

  it.each([
    ['an unknown element', {columns: [{path: 'a', element: 'warmth'}]}, /catalogue was expected, got warmth/],
    [
      'code',
      {columns: [{path: 'a', element: 'air_temperature', code: 'x'}]},
      /additional properties \(code\)/,
    ],
    ['a path of a prototype', {id: '__proto__/x'}, /id must match pattern/],
    ['too many columns', {columns: Array(201).fill({path: 'a', element: 'air_temperature'})}, /200 items/],
    ['a wrong zone', {time: {path: 'a', zone: 'Moon/Sea'}}, /an IANA zone/],
    ['an id of ours', {id: 'zigbee2mqtt'}, /comes with the product/],
  ])('that are hostile or wrong are refused with the reason: %s', async (_what, wrong, message) => {
    const {body: zigbee} = await call('GET', '/maps/zigbee2mqtt');
    const answer = await call('POST', '/maps', {...zigbee, id: 'mine', ...wrong});
    expect([400, 409]).toContain(answer.status);
    expect(answer.body.message).toMatch(message);
  });
});

describe('a map mended after a thousand bad frames', () => {
  const FRAMES = 1000;
  const MAP: ReadingMap = {
    schemaVersion: 1,
    id: 'field',
    device: {path: 'id'},
    devicePrefix: 'f-',
    autoApprove: true,
    time: {path: 't', format: 'unix'},
    columns: [
      {path: 'temp', element: 'air_temperature'},
      {path: 'hum', element: 'relative_humidity'},
    ],
  };
  const payload = (i: number) => ({
    id: `n${i % 10}`,
    t: (NOW - 3_600_000) / 1000 + i,
    temp: 20 + (i % 5),
    hum: 50,
  });
  let principal: Principal;

  async function start(map: ReadingMap): Promise<void> {
    await bridge('field', map);
    principal = harness.core.registry.credential('field')!.principal;
  }
  const send = (i: number) =>
    new Promise<{stored: number; rejected: {code: string}[]}>((resolve) => {
      harness.core.pipeline.accept(
        {
          source: 'mqtt',
          topic: 'field/up',
          principal,
          payload: Buffer.from(JSON.stringify(payload(i))),
          receivedMs: NOW + i,
        },
        resolve,
      );
    });
  const replay = async () => (await call('POST', `/bridges/field/replay?to=2026-12-01T00:00:00Z`)).body;
  const rows = () => harness.core.store.counts().stored;

  it.each([
    [
      'names a unit that is none',
      {columns: [{path: 'temp', element: 'air_temperature', unit: '[psi]'}]},
      'unit_unconvertible',
    ],
    ['reads the time wrong', {time: {path: 't', format: 'iso'}}, 'time_invalid'],
    ['looks for the device elsewhere', {device: {path: 'name'}}, 'map_failed'],
  ] as const)('that %s: all of them are read again, and their letters marked', async (_what, wrong, code) => {
    await start({...MAP, ...wrong} as ReadingMap);
    const outcomes = await Promise.all(Array.from({length: FRAMES}, (_, i) => send(i)));
    expect(outcomes.every(({stored, rejected}) => stored === 0 && rejected[0]?.code === code)).toBe(true);
    expect(await replay()).toMatchObject({frames: FRAMES, stored: 0, rejected: FRAMES});

    expect((await call('POST', '/maps', MAP)).status).toBe(201);
    expect(await replay()).toEqual({
      frames: FRAMES,
      stored: 2 * FRAMES,
      duplicate: 2 * FRAMES,
      conflict: 0,
      letters: FRAMES,
      rejected: 0,
      problems: [],
    });
    expect(rows()).toBe(2 * FRAMES);
    expect(harness.core.registry.devices()).toHaveLength(10);
    const letters = await harness.core.store.deadLetters({limit: 2 * FRAMES});
    expect(letters).toHaveLength(FRAMES);
    expect(letters.every(({replayedMs}) => replayedMs !== null)).toBe(true);
    // Twice changes nothing.
    expect(await replay()).toMatchObject({frames: FRAMES, stored: 0, letters: 0, duplicate: 2 * FRAMES});
  });

  it('that left a column out: no letter tells of it, and the frames do', async () => {
    await start({...MAP, columns: [MAP.columns[0]!]});
    await Promise.all(Array.from({length: FRAMES}, (_, i) => send(i)));
    expect(rows()).toBe(FRAMES);
    // Through a restart.
    await harness.close();
    harness = await openHarness({now: () => NOW, fleet: 'off', dataDir});
    await call('POST', '/maps', MAP);
    expect(await replay()).toMatchObject({frames: FRAMES, stored: FRAMES, duplicate: FRAMES, conflict: 0});
    expect((await call('GET', '/series?device=f-n3&element=relative_humidity')).body.points).toHaveLength(
      100,
    );
    expect((await call('GET', '/bridges')).body).toMatchObject({
      items: [{id: 'field', map: 'field', devicePrefix: 'f-'}],
      frames: {lost: 0, bytes: expect.any(Number)},
    });
  });

  it('that read another unit: the first value stays, the other is kept as a conflict', async () => {
    await start({...MAP, columns: [{path: 'temp', element: 'air_temperature', unit: 'K'}]});
    await send(0);
    await call('POST', '/maps', MAP);
    expect(await replay()).toMatchObject({frames: 1, stored: 1, conflict: 1});
  });

  it('of a bridge that is none is refused', async () => {
    expect(await call('POST', '/bridges/nobody/replay')).toMatchObject({
      status: 404,
      body: {code: 'bridge_unknown'},
    });
  });
});
