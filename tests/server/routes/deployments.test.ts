import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {type Harness, openHarness} from '../harness.ts';

const NOW = Date.parse('2026-11-25T10:00:00Z');
const AT = '2026-11-25T06:00:00Z';
/** Of the site's own file. */
const VIRTUAL = 'sm-d01-01';
const STREAM = 'gauge-1:water_level:point';

let harness: Harness;
beforeAll(async () => {
  harness = await openHarness({now: () => NOW});
  await harness.device('gauge-1', {intervalS: 3600});
  // Levels at 04:00 and 05:00 of the first gauge; a probe that only it carries.
  for (const hour of [4, 5]) {
    await harness.send('gauge-1', {
      time: `2026-11-25T0${hour}:00:00Z`,
      readings: {water_level: 170 + hour / 10, water_temperature: 14},
    });
  }
});
afterAll(() => harness.close());

type Body = Record<string, unknown>;
async function call(method: 'GET' | 'POST', url: string, status: number, payload?: Body): Promise<Body> {
  const answer = await harness.app.inject({
    method,
    url: `/api/v1${url}`,
    ...(payload === undefined ? {} : {payload}),
  });
  expect(answer.statusCode, answer.body.slice(0, 300)).toBe(status);
  return answer.json() as Body;
}
const send = (device: string, hour: string, level: number) =>
  harness.send(device, {time: `2026-11-25T${hour}:00Z`, readings: {water_level: level}});
async function deployments(): Promise<Body[]> {
  const {items} = await call('GET', `/datastreams?datastream=${STREAM}`, 200);
  return (items as Body[])[0]!['deployments'] as Body[];
}

describe('a device that takes the place of another', () => {
  let password: string;

  it('is added like the old one, with credentials, and feeds its series from then on', async () => {
    const done = await call('POST', '/devices/gauge-1/replace', 200, {
      by: 'gauge-2',
      at: AT,
      serial: 'SN-0042',
      reason: 'lightning',
    });
    expect(done).toMatchObject({old: 'gauge-1', by: 'gauge-2', station: 'gauge-1', at: AT});
    expect(done['datastreams']).toEqual(expect.arrayContaining([STREAM, 'gauge-1:water_temperature:point']));
    ({password} = done['credentials'] as {password: string});
    expect(password.length).toBeGreaterThan(20);
    expect(await deployments()).toMatchObject([
      {device: 'gauge-1', from: '2026-11-25T04:00:00Z', to: AT},
      {device: 'gauge-2', from: AT, to: null},
    ]);
    // The password works at once.
    const answer = await harness.app.inject({
      method: 'POST',
      url: '/api/v1/readings',
      headers: {authorization: `Basic ${Buffer.from(`gauge-2:${password}`).toString('base64')}`},
      payload: {time: '2026-11-25T07:00:00Z', readings: {water_level: 171}},
    });
    expect(answer.json()).toMatchObject({stored: 1});
  });

  it('takes each value to the place where its device stood then, late ones too', async () => {
    expect(await send('gauge-1', '05:30', 170.6)).toMatchObject({stored: 1, rejected: []});
    expect(await send('gauge-1', '03:00', 170.2)).toMatchObject({stored: 1, rejected: []});
    // The old one lies on the bench, the new one was not there yet.
    for (const [device, hour] of [
      ['gauge-1', '06:00'],
      ['gauge-1', '08:00'],
      ['gauge-2', '05:59'],
    ] as const) {
      expect(await send(device, hour, 1)).toMatchObject({
        stored: 0,
        rejected: [{code: 'device_not_deployed'}],
      });
    }
    expect(await send('gauge-2', '08:00', 171.1)).toMatchObject({stored: 1, rejected: []});
    const url = `/series?datastream=${STREAM}&from=2026-11-25T00:00:00Z&to=2026-11-25T10:00:00Z`;
    const {points, device} = await call('GET', url, 200);
    expect((points as {mean: number}[]).map(({mean}) => mean)).toEqual([
      170.2, 170.4, 170.5, 170.6, 171, 171.1,
    ]);
    expect(device).toBe('gauge-2');
    expect(await deployments()).toMatchObject([
      {device: 'gauge-1', from: '2026-11-25T03:00:00Z', to: AT},
      {device: 'gauge-2', from: AT, to: null},
    ]);
    // A link to the old device shows the series that goes on.
    const byOld = await call(
      'GET',
      url.replace(`datastream=${STREAM}`, 'device=gauge-1&element=water_level'),
      200,
    );
    expect(byOld['points']).toEqual(points);
  });

  it('tells what held then', async () => {
    const then = await call('GET', '/devices/gauge-1?at=2026-11-25T05:00:00Z', 200);
    expect(then).toMatchObject({at: '2026-11-25T05:00:00Z', deployed: true, station: 'gauge-1'});
    expect((then['datastreams'] as Body[]).map(({id, device}) => [id, device])).toContainEqual([
      STREAM,
      'gauge-1',
    ]);
    const now = await call('GET', '/devices/gauge-1', 200);
    expect(now).toMatchObject({status: 'retired', deployed: false, datastreams: []});
    expect(now['placements']).toMatchObject([
      {from: null, to: AT, station: 'gauge-1'},
      {from: AT, to: null, station: null, reason: 'lightning'},
    ]);
    const before = await call('GET', '/devices/gauge-2?at=2026-11-25T05:00:00Z', 200);
    expect(before).toMatchObject({deployed: false, datastreams: []});
    expect(await call('GET', '/devices/gauge-2', 200)).toMatchObject({
      station: 'gauge-1',
      serial: 'SN-0042',
      status: 'active',
      longitudeDeg: 137.25,
    });
  });

  it.each([
    {
      why: 'one that stands nowhere',
      url: '/devices/gauge-1/replace',
      body: {by: 'gauge-9'},
      status: 409,
      code: 'device_not_deployed',
    },
    {
      why: 'an unknown one',
      url: '/devices/nobody/replace',
      body: {by: 'gauge-9'},
      status: 404,
      code: 'device_unknown',
    },
    {
      why: 'itself',
      url: '/devices/gauge-2/replace',
      body: {by: 'gauge-2'},
      status: 400,
      code: 'device_invalid',
    },
    {
      why: 'a virtual one',
      url: `/devices/${VIRTUAL}/replace`,
      body: {by: 'gauge-9'},
      status: 409,
      code: 'device_of_site',
    },
    {
      why: 'a time before it stood there',
      url: '/devices/gauge-2/replace',
      body: {by: 'gauge-9', at: '2026-11-25T05:00:00Z'},
      status: 409,
      code: 'time_invalid',
    },
    {
      why: 'a time to come',
      url: '/devices/gauge-2/replace',
      body: {by: 'gauge-9', at: '2026-11-26T05:00:00Z'},
      status: 400,
      code: 'time_invalid',
    },
    {
      why: 'an unknown model',
      url: '/devices/gauge-2/replace',
      body: {by: 'gauge-9', model: 'none-such'},
      status: 400,
      code: 'model_unknown',
    },
  ])('is refused for $why', async ({url, body, status, code}) => {
    expect(await call('POST', url, status, body)).toMatchObject({code});
    await call('GET', '/devices/gauge-9', 404);
  });
});

describe('a device that moves', () => {
  it('has another position from then on, the same series, and its earlier position is kept', async () => {
    await harness.device('buoy-1', {intervalS: 900});
    await harness.send('buoy-1', {time: '2026-11-25T07:00:00Z', readings: {water_ph: 8}});
    const moved = await call('POST', '/devices/buoy-1/move', 200, {
      longitudeDeg: 137.31,
      latitudeDeg: -28.9,
      at: '2026-11-25T08:00:00Z',
      reason: 'shallow water',
    });
    expect(moved['placements']).toMatchObject([
      {from: null, longitudeDeg: 137.25, latitudeDeg: -28.95},
      {from: '2026-11-25T08:00:00Z', longitudeDeg: 137.31, latitudeDeg: -28.9, reason: 'shallow water'},
    ]);
    for (const [hour, value] of [
      ['07:30', 8.1],
      ['08:30', 8.2],
    ] as const) {
      const sent = {time: `2026-11-25T${hour}:00Z`, readings: {water_ph: value}};
      expect(await harness.send('buoy-1', sent)).toMatchObject({stored: 1});
    }
    const {items} = await call('GET', '/datastreams?device=buoy-1', 200);
    expect(items).toHaveLength(1);
    expect((items as Body[])[0]!['deployments']).toMatchObject([
      {longitudeDeg: 137.25, from: '2026-11-25T07:00:00Z', to: '2026-11-25T08:00:00Z'},
      {longitudeDeg: 137.31, from: '2026-11-25T08:00:00Z', to: null},
    ]);
    expect(await call('GET', '/devices/buoy-1?at=2026-11-25T07:59:00Z', 200)).toMatchObject({
      longitudeDeg: 137.25,
    });
    expect(await call('GET', '/devices/buoy-1', 200)).toMatchObject({
      longitudeDeg: 137.31,
      latitudeDeg: -28.9,
    });
    const {items: stations} = await call('GET', '/stations', 200);
    expect((stations as Body[]).find(({id}) => id === 'buoy-1')).toMatchObject({longitudeDeg: 137.31});
  });

  it('keeps calibrations by their date', async () => {
    for (const at of ['2026-11-25T09:00:00Z', '2026-11-24T09:00:00Z']) {
      await call('POST', '/devices/buoy-1/calibrations', 201, {
        at,
        element: 'water_ph',
        note: 'two buffers',
        who: 'ranger',
      });
    }
    const times = async (query: string) =>
      ((await call('GET', `/devices/buoy-1${query}`, 200))['calibrations'] as Body[]).map(({at}) => at);
    expect(await times('')).toEqual(['2026-11-24T09:00:00Z', '2026-11-25T09:00:00Z']);
    expect(await times('?at=2026-11-25T08:00:00Z')).toEqual(['2026-11-24T09:00:00Z']);
    const wrong = {element: 'none_such', note: 'x', who: 'y'};
    expect(await call('POST', '/devices/buoy-1/calibrations', 404, wrong)).toMatchObject({
      code: 'element_unknown',
    });
  });
});
