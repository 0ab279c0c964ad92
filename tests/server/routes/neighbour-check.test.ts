import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {type Harness, openHarness} from '../harness.ts';

const START = Date.parse('2026-10-01T00:00:00Z');
const HOUR_MS = 3_600_000;
const HOURS = 15 * 24;
const at = (hour: number) => new Date(START + hour * HOUR_MS).toISOString();
const wave = (hour: number) => 15 + 6 * Math.sin((hour * Math.PI) / 12);
/** What each station reads: lines of one wave, the first with a fault of four hours in its second week. */
const FAULT = [200, 201, 202, 203];
const STATIONS: Record<string, (hour: number) => number> = {
  'air-1': (hour) => wave(hour) + (FAULT.includes(hour) ? 4 : 0),
  'air-2': (hour) => 0.8 * wave(hour) + 2,
  'air-3': (hour) => 1.1 * wave(hour) - 1,
};
const STREAM = 'air-1:air_temperature:point';
const pathOf = (id: string) => `/datastreams/${encodeURIComponent(id)}`;

let harness: Harness;
let nowMs = START + HOURS * HOUR_MS;
beforeAll(async () => {
  harness = await openHarness({now: () => nowMs});
  for (const [id, value] of Object.entries(STATIONS)) {
    await harness.device(id, {intervalS: 3600});
    for (let hour = 0; hour < HOURS; hour++) {
      const readings: Record<string, unknown> = {air_temperature: Math.round(value(hour) * 100) / 100};
      if (hour < 3) readings['wind_direction'] = {value: 10, stat: 'mean', period: 'PT1M'};
      if (id === 'air-1' && hour < 3) readings['soil_temperature'] = {value: 12, depthM: 0.1};
      await harness.send(id, {time: at(hour), readings});
    }
  }
}, 60_000);
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
const range = {from: at(168), to: at(HOURS), who: 'night check'};
type Point = {time: string; mean: number; flag: number};
const points = async (more = '') =>
  (await call('GET', `/series?datastream=${STREAM}&from=${at(168)}&to=${at(HOURS)}${more}`, 200))[
    'points'
  ] as Point[];
const flagged = async (more = '') =>
  (await points(more)).flatMap((point, i) => (point.flag === 3 ? [168 + i] : []));
const explained = async (hour: number) =>
  (await call('GET', `/observations/${encodeURIComponent(STREAM)}/${at(hour)}/explain`, 200)) as {
    shown: {flag: number; failed: string[]};
    revisions: {reason: string; who: string; byPerson: boolean}[];
  };

describe('the neighbour test over HTTP', () => {
  it('tells in a dry run, writes nothing, and then flags with parameters, version and name', async () => {
    const before = await points();
    const told = await call('POST', `${pathOf(STREAM)}/neighbour-check`, 200, {...range, dryRun: true});
    expect(told).toMatchObject({
      dryRun: true,
      version: null,
      suspect: 4,
      flagged: 4,
      already: 0,
      left: 0,
      rows: HOURS - 168,
      evaluated: HOURS - 168,
      testVersion: 1,
      parameters: {windowH: 168, sds: 6, leastNeighbours: 2, pairWithinS: 1800},
      neighbours: [{datastream: 'air-2:air_temperature:point', distanceM: 0}, {}],
      spans: [{first: at(200).replace('.000', ''), rows: 4}],
    });
    expect(await points()).toEqual(before);

    const made = await call('POST', `${pathOf(STREAM)}/neighbour-check`, 200, range);
    expect(made).toMatchObject({flagged: 4, suspect: 4, version: expect.any(Number)});
    expect(await flagged()).toEqual(FAULT);
    // Neither the value nor what was stored is touched.
    expect((await points()).map(({mean}) => mean)).toEqual(before.map(({mean}) => mean));
    expect(await points('&asStored=true')).toEqual(before);
    const story = await explained(201);
    expect(story.shown).toMatchObject({flag: 3, failed: expect.arrayContaining(['neighbour'])});
    expect(story.revisions.at(-1)).toMatchObject({
      who: 'night check',
      byPerson: false,
      reason: expect.stringMatching(/^neighbour 1: beyond 6 robust sd .* of 168 h on air-2, air-3$/),
    });

    nowMs += 1000;
    expect(await call('POST', `${pathOf(STREAM)}/neighbour-check`, 200, range)).toMatchObject({
      flagged: 0,
      already: 4,
      version: null,
    });
    await call('POST', `${pathOf(STREAM)}/revisions/${made['version']}/revoke`, 201, {
      reason: 'a barbecue',
      who: 'ranger',
    });
    expect(await points()).toEqual(before);
  });

  it('keeps what other tests say, and the worse flag', async () => {
    nowMs += 1000;
    // The jump into the fault is too fast for an hour only if the step is; a test that failed keeps its flag.
    await call('POST', `${pathOf(STREAM)}/revisions`, 201, {
      from: at(203),
      to: at(204),
      flag: 3,
      test: 'drift',
      reason: 'recalibrated',
      who: 'lab',
    });
    const made = await call('POST', `${pathOf(STREAM)}/neighbour-check`, 200, range);
    expect(made).toMatchObject({flagged: 4});
    expect((await explained(203)).shown.failed).toEqual(expect.arrayContaining(['drift', 'neighbour']));
    for (const version of [made['version']]) {
      await call('POST', `${pathOf(STREAM)}/revisions/${version}/revoke`, 201, {reason: 'x', who: 'y'});
    }
    expect((await explained(203)).shown).toMatchObject({flag: 3, failed: ['drift']});
  });

  it('leaves alone what a person judged', async () => {
    nowMs += 1000;
    await call('POST', `${pathOf(STREAM)}/revisions`, 201, {
      from: at(200),
      to: at(202),
      flag: 1,
      reason: 'seen on site',
      who: 'ranger',
    });
    nowMs += 1000;
    const made = await call('POST', `${pathOf(STREAM)}/neighbour-check`, 200, range);
    expect(made).toMatchObject({suspect: 4, left: 2, flagged: 2});
    expect(await flagged()).toEqual([202, 203]);
    expect((await explained(201)).shown).toMatchObject({flag: 1, failed: []});
  });

  it.each([
    {why: 'no such series', id: 'nobody:air_temperature:point', status: 404, code: 'datastream_unknown'},
    {why: 'directions', id: 'air-1:wind_direction:mean:PT1M', status: 400, code: 'test_unfit'},
    {
      why: 'nobody at that depth',
      id: 'air-1:soil_temperature:d0.1:point',
      status: 400,
      code: 'neighbours_none',
    },
    {why: 'an empty range', id: STREAM, body: {to: range.from}, status: 400, code: 'time_invalid'},
    {why: 'too few neighbours', id: STREAM, body: {leastNeighbours: 3}, status: 400, code: 'neighbours_none'},
    {why: 'no zone', id: STREAM, body: {from: '2026-10-01 00:00'}, status: 400, code: 'time_invalid'},
  ])('refuses $why', async ({id, body, status, code}) => {
    const answer = await call('POST', `${pathOf(id)}/neighbour-check`, status, {...range, ...body});
    expect(answer).toMatchObject({code});
  });
});
