import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {type Harness, openHarness, SITE} from '../harness.ts';

const NOW = Date.parse('2026-11-25T10:00:00Z');
let harness: Harness;
let authorization: string;

beforeAll(async () => {
  harness = await openHarness({now: () => NOW});
  ({authorization} = await harness.device('met-1', {intervalS: 60}));
  await harness.device('soil-1', {intervalS: 1800});
  await harness.device('wind-1', {intervalS: 60});
  // One value a minute, 09:00 to 09:59.
  for (let minute = 0; minute < 60; minute++) {
    await harness.send('met-1', {
      time: new Date(NOW - 3_600_000 + minute * 60_000).toISOString(),
      readings: {air_temperature: 20 + minute / 100, air_pressure: {value: 101_325, unit: 'Pa'}},
    });
  }
  await harness.send('soil-1', {
    time: '2026-11-25T09:30:00Z',
    readings: {
      soil_moisture: [
        {value: 0.31, depthM: 0.1},
        {value: 0.28, depthM: 0.3},
      ],
      soil_temperature: [{value: 15, depthM: 0.1}, {value: 18}],
      soil_conductivity: [{value: 1.2, depthM: 0.2}],
    },
  });
  await harness.send('wind-1', {
    time: '2026-11-25T09:30:00Z',
    readings: {
      wind_speed: [
        2.5,
        {value: 4.1, stat: 'max', period: 'PT1M'},
        {value: 2.2, stat: 'mean', period: 'PT1H'},
      ],
      pm2_5: [
        {value: 12, period: 'PT1H'},
        {value: 11, period: 'PT1M'},
      ],
    },
  });
});
afterAll(() => harness.close());

type Body = Record<string, unknown>;
async function get<T = Body>(url: string, status = 200, headers: Record<string, string> = {}): Promise<T> {
  const answer = await harness.app.inject({url: `/api/v1${url}`, headers});
  expect(answer.statusCode, answer.body.slice(0, 300)).toBe(status);
  return answer.json() as T;
}
type Series = {
  datastream: string;
  points: {time: string; mean: number; count: number; min: number; max: number; flag: number}[];
  rows: number;
  unit: string;
};

describe('/latest', () => {
  it('has the newest value of each datastream with unit, flag and time', async () => {
    const {items} = await get<{items: Body[]}>('/latest?device=met-1&element=air_temperature');
    expect(items).toHaveLength(1);
    expect(items[0]).toMatchObject({
      datastream: 'met-1:air_temperature:point',
      station: 'met-1',
      device: 'met-1',
      element: 'air_temperature',
      instance: null,
      statistic: 'point',
      period: null,
      phenomenonTime: '2026-11-25T09:59:00Z',
      unit: 'Cel',
      origin: 'measured',
      late: false,
      timeSource: 'device',
    });
    expect(items[0]!.result).toBeCloseTo(20.59, 9);
  });

  // 101325 Pa are 1013.25 hPa (SI).
  it('is in the catalogue’s unit', async () => {
    const {items} = await get<{items: Body[]}>('/latest?device=met-1&element=air_pressure');
    expect(items[0]).toMatchObject({result: 1013.25, unit: 'hPa'});
  });

  it.each([
    ['device=soil-1', 5],
    ['device=soil-1&element=soil_moisture', 2],
    ['datastream=soil-1:soil_moisture:d0.1:point', 1],
    ['device=soil-1,wind-1', 10],
    ['device=nobody', 0],
    [`site=${SITE}&device=met-1`, 2],
  ])('filter %s: %i', async (query, count) => {
    expect((await get<{items: Body[]}>(`/latest?${query}`)).items).toHaveLength(count);
  });

  it('says depth where there is one and leaves it out where not', async () => {
    const {items} = await get<{items: Body[]}>('/latest?device=soil-1&element=soil_temperature');
    expect(items.map((item) => ['depthM' in item, item.depthM])).toEqual([
      [true, 0.1],
      [false, undefined],
    ]);
  });

  it('comes in pages', async () => {
    const seen: unknown[] = [];
    let url: string | undefined = '/latest?device=soil-1&limit=2';
    while (url !== undefined) {
      const page: {items: Body[]; next?: string} = await get(url);
      seen.push(...page.items.map((item) => item.datastream));
      url = page.next?.replace('/api/v1', '');
    }
    expect(seen).toHaveLength(5);
    expect(new Set(seen).size).toBe(5);
  });
});

describe('/series', () => {
  it('gives rows as points of count 1 with their own time, `to` exclusive', async () => {
    const series = await get<Series>(
      '/series?datastream=met-1:air_temperature:point&from=2026-11-25T09:00:00Z&to=2026-11-25T09:10:00Z',
    );
    expect(series).toMatchObject({
      datastream: 'met-1:air_temperature:point',
      unit: 'Cel',
      rows: 10,
      bucket: 'auto',
    });
    expect(series.points).toHaveLength(10);
    expect(series.points[0]).toEqual({
      time: '2026-11-25T09:00:00Z',
      min: 20,
      max: 20,
      mean: 20,
      count: 1,
      flag: expect.any(Number),
    });
    expect(series.points.at(-1)!.time).toBe('2026-11-25T09:09:00Z');
  });

  it('is the last 24 hours if no range is named', async () => {
    const series = await get<Series & {from: string; to: string}>(
      '/series?device=met-1&element=air_temperature',
    );
    expect(series).toMatchObject({from: '2026-11-24T10:00:00Z', to: '2026-11-25T10:00:00Z', rows: 60});
  });

  it('thins to at most so many points, and counts add up', async () => {
    const series = await get<Series>('/series?device=met-1&element=air_temperature&points=7');
    expect(series.points.length).toBeLessThanOrEqual(7);
    expect(series.points.reduce((sum, {count}) => sum + count, 0)).toBe(60);
    expect(Math.min(...series.points.map(({min}) => min))).toBe(20);
    expect(Math.max(...series.points.map(({max}) => max))).toBeCloseTo(20.59, 9);
  });

  it.each([
    ['PT1M', 60],
    ['PT15M', 4],
    ['PT1H', 1],
  ])('bucket %s: %i', async (bucket, count) => {
    const series = await get<Series>(`/series?device=met-1&element=air_temperature&bucket=${bucket}`);
    expect(series.points).toHaveLength(count);
    expect(series.points.reduce((sum, point) => sum + point.count, 0)).toBe(60);
  });

  // Australia/Adelaide is UTC+10:30 in November (IANA tzdata: DST +1 h on +09:30): 25 Nov local starts 24 Nov 13:30 Z;
  // the rain day from 09:00 local starts 24 Nov 22:30 Z.
  it.each([
    ['local', '2026-11-24T13:30:00Z'],
    ['rain', '2026-11-24T22:30:00Z'],
  ])('days of %s start at %s', async (day, start) => {
    const series = await get<Series>(`/series?device=met-1&element=air_temperature&bucket=P1D&day=${day}`);
    expect(series.points.map(({time, count}) => [time, count])).toEqual([[start, 60]]);
  });

  it('chooses the series without depth, or the only one, or asks for the depth', async () => {
    expect(await get('/series?device=soil-1&element=soil_temperature')).toMatchObject({depthM: null});
    expect(await get('/series?device=soil-1&element=soil_conductivity')).toMatchObject({depthM: 0.2});
    expect(await get('/series?device=soil-1&element=soil_moisture', 400)).toMatchObject({
      code: 'depth_required',
      details: {depthsM: [0.1, 0.3]},
    });
    expect(await get('/series?device=soil-1&element=soil_moisture&depthM=0.3')).toMatchObject({depthM: 0.3});
    expect(await get('/series?device=soil-1&element=soil_moisture&depthM=0.9', 404)).toMatchObject({
      code: 'datastream_unknown',
    });
  });

  it('chooses the statistic and period of a bare number unless told', async () => {
    expect(await get('/series?device=wind-1&element=wind_speed')).toMatchObject({
      datastream: 'wind-1:wind_speed:mean:PT1M',
    });
    expect(await get('/series?device=wind-1&element=wind_speed&stat=max')).toMatchObject({
      datastream: 'wind-1:wind_speed:max:PT1M',
    });
    expect(await get('/series?device=wind-1&element=wind_speed&period=PT1H')).toMatchObject({
      datastream: 'wind-1:wind_speed:mean:PT1H',
    });
    expect(await get('/series?device=wind-1&element=pm2_5', 400)).toMatchObject({
      code: 'period_required',
      details: {periods: ['PT1H', 'PT1M']},
    });
  });

  it('keeps the named flags only', async () => {
    const rows = async (flags: string) =>
      (await get<Series>(`/series?device=met-1&element=air_temperature&flags=${flags}`)).rows;
    expect((await rows('1,2,3,4,9')) === 60 && (await rows('9')) === 0).toBe(true);
    expect((await rows('1')) + (await rows('2')) + (await rows('3')) + (await rows('4'))).toBe(60);
  });

  it.each([
    ['from=2026-11-25T10:00:00', 'time_invalid', /with a zone/],
    ['from=yesterday', 'time_invalid', /yesterday/],
    ['from=2026-02-30T00:00:00Z', 'time_invalid', /./],
    ['from=2026-11-25T10:00:00Z&to=2026-11-25T09:00:00Z', 'time_invalid', /before to/],
    ['bucket=P1D&day=moon', 'day_unknown', /local, rain/],
    ['points=0', 'parameter_invalid', /points/],
    ['points=50001', 'parameter_invalid', /points/],
    ['flags=5', 'parameter_invalid', /flags/],
    ['bucket=PT5M', 'parameter_invalid', /raw, PT1M, PT15M, PT1H, P1D, P1M/],
  ])('refuses %s: %s', async (query, code, message) => {
    const body = await get<{code: string; message: string}>(
      `/series?device=met-1&element=air_temperature&${query}`,
      400,
    );
    expect(body.code).toBe(code);
    expect(body.message).toMatch(message);
  });

  it('understands an offset', async () => {
    const series = await get<Series>(
      `/series?device=met-1&element=air_temperature&from=${encodeURIComponent('2026-11-25T17:00:00+08:00')}&to=2026-11-25T17:30:00%2B08:00`,
    );
    expect(series.rows).toBe(30);
  });

  it('streams raw rows as CSV with units in its head', async () => {
    const answer = await harness.app.inject({
      url: '/api/v1/series?device=met-1&element=air_temperature&from=2026-11-25T09:00:00Z&to=2026-11-25T09:03:00Z',
      headers: {accept: 'text/csv'},
    });
    expect(answer.headers['content-type']).toMatch(/^text\/csv/);
    const [head, ...lines] = answer.body.split('\r\n');
    expect(head).toBe(
      'phenomenonTime (UTC),air_temperature (Cel),qualifier (< or >),flag (QARTOD),failed (tests),received (UTC),late,timeSource',
    );
    expect(lines).toHaveLength(4);
    expect(lines[0]).toMatch(/^2026-11-25T09:00:00Z,20,,[1-4],[a-zA-Z ]*,2026-11-25T10:00:00Z,false,device$/);
    expect(lines.at(-1)).toBe('');
  });
});

describe('POST /readings', () => {
  const post = (payload: string | object, headers: Record<string, string> = {}) =>
    harness.app.inject({
      method: 'POST',
      url: '/api/v1/readings',
      headers: {authorization, 'content-type': 'application/json', ...headers},
      payload: typeof payload === 'string' ? payload : JSON.stringify(payload),
    });

  it('stores, and says what became of the message', async () => {
    const envelope = {time: '2026-11-25T09:59:30Z', readings: {relative_humidity: 55}};
    expect((await post(envelope)).json()).toEqual({stored: 1, duplicate: 0, conflict: 0, rejected: []});
    expect((await post(envelope)).json()).toEqual({stored: 0, duplicate: 1, conflict: 0, rejected: []});
    const other = {...envelope, readings: {relative_humidity: 56}};
    expect((await post(other)).json()).toEqual({stored: 0, duplicate: 0, conflict: 1, rejected: []});
    expect(await get('/series?device=met-1&element=relative_humidity')).toMatchObject({rows: 1});
  });

  it('keeps the good readings beside a bad one', async () => {
    const answer = await post({
      time: '2026-11-25T09:58:30Z',
      readings: {relative_humidity: 50, phlogiston: 1},
    });
    expect(answer.statusCode).toBe(200);
    expect(answer.json()).toMatchObject({stored: 1, rejected: [{code: 'element_unknown'}]});
  });

  it.each([
    ['{', 400, 'payload_syntax'],
    ['', 400, 'payload_empty'],
    ['{"readings":{"phlogiston":1}}', 422, 'element_unknown'],
    ['{"readings":{"air_temperature":{"value":1,"unit":"furlong"}}}', 422, 'unit_unknown'],
    ['{"time":"tomorrow morning","readings":{"air_temperature":1}}', 422, 'time_invalid'],
  ])('%s: %i %s, and it is kept', async (payload, status, code) => {
    const answer = await post(payload);
    expect(answer.json()).toMatchObject({code});
    expect(answer.statusCode).toBe(status);
    const {items} = await get<{items: {code: string; payload: string; source: string}[]}>(
      `/dead-letters?code=${code}`,
    );
    expect(items[0]).toMatchObject({code, source: 'http', device: 'met-1'});
  });

  it.each([
    [{authorization: ''}],
    [{authorization: 'Basic bm9ib2R5Om5vdGhpbmc='}],
    [{authorization: `Basic ${Buffer.from('met-1:wrong').toString('base64')}`}],
    [{authorization: 'Bearer abc'}],
  ])('refuses %j', async (headers) => {
    const answer = await post({readings: {air_temperature: 1}}, headers);
    expect(answer.statusCode).toBe(401);
    expect(answer.headers['www-authenticate']).toMatch(/^Basic/);
    expect(answer.json()).toMatchObject({code: 'credentials_wrong'});
  });

  it('takes no more than 256 KiB', async () => {
    const answer = await post(`[${'1,'.repeat(140_000)}1]`);
    expect(answer.statusCode).toBe(413);
    expect(answer.json()).toMatchObject({code: 'payload_too_large'});
  });
});

describe('POST /hooks/{bridge}', () => {
  it('turns a foreign payload into readings through the bridge’s map', async () => {
    const map = {
      schemaVersion: 1,
      id: 'ttn-test',
      device: {path: 'end_device_ids.device_id'},
      devicePrefix: 'ttn-',
      autoApprove: true,
      time: {path: 'received_at', format: 'iso'},
      columns: [{path: 'uplink_message.decoded_payload.temp', element: 'air_temperature', unit: 'Cel'}],
    };
    const made = await harness.app.inject({
      method: 'POST',
      url: '/api/v1/bridges',
      payload: {id: 'ttn', map},
    });
    expect(made.statusCode, made.body).toBe(201);
    const {password, hook} = made.json() as {password: string; hook: string};
    expect(hook).toBe('/api/v1/hooks/ttn');
    const send = (token: string, temp: number) =>
      harness.app.inject({
        method: 'POST',
        url: hook,
        headers: {authorization: `Bearer ${token}`, 'content-type': 'application/json'},
        payload: JSON.stringify({
          end_device_ids: {device_id: 'a1'},
          received_at: '2026-11-25T09:45:00Z',
          uplink_message: {decoded_payload: {temp}},
        }),
      });
    expect((await send('wrong', 1)).statusCode).toBe(401);
    const answer = await send(password, 21.5);
    expect(answer.json()).toMatchObject({stored: 1, rejected: []});
    const {items} = await get<{items: Body[]}>('/latest?device=ttn-a1');
    expect(items[0]).toMatchObject({
      element: 'air_temperature',
      result: 21.5,
      phenomenonTime: '2026-11-25T09:45:00Z',
    });
  });
});

describe('operation', () => {
  it('/stats adds up', async () => {
    const stats = await get<{stored: number; rejected: Record<string, number>; store: Body}>('/stats');
    expect(stats.stored).toBeGreaterThan(120);
    expect(stats.rejected).toMatchObject({element_unknown: expect.any(Number)});
    expect(stats.store).toMatchObject({hotRows: expect.any(Number), newest: expect.stringMatching(/Z$/)});
  });

  it('/dead-letters come newest first in pages, and a replay after a fix stores what it can', async () => {
    const first = await get<{items: {id: number}[]; next?: string}>('/dead-letters?limit=2');
    expect(first.items).toHaveLength(2);
    expect(first.items[0]!.id).toBeGreaterThan(first.items[1]!.id);
    const second = await get<{items: {id: number}[]}>(first.next!.replace('/api/v1', ''));
    expect(second.items[0]!.id).toBeLessThan(first.items[1]!.id);
    const answer = await harness.app.inject({
      method: 'POST',
      url: '/api/v1/dead-letters/replay',
      payload: {ids: [first.items[0]!.id, 999_999]},
    });
    expect(answer.statusCode, answer.body).toBe(200);
    expect(answer.json()).toMatchObject({
      replayed: [],
      rejected: [{id: first.items[0]!.id}],
      skipped: [999_999],
    });
  });

  it('/health tells each part', async () => {
    expect(await get('/health')).toMatchObject({status: 'ok', components: {store: {status: 'ok'}}});
  });

  it('/metrics speaks Prometheus', async () => {
    const answer = await harness.app.inject({url: '/metrics'});
    expect(answer.headers['content-type']).toMatch(/^text\/plain; version=0\.0\.4/);
    expect(answer.body).toMatch(/^eco_observations_stored_total \d+$/m);
    expect(answer.body).toMatch(/^eco_devices\{state="online"\} \d+$/m);
    expect(answer.body).toMatch(/^eco_inputs_total\{code="element_unknown"\} \d+$/m);
  });
});
