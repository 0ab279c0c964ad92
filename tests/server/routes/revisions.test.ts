import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import type {LiveEvent} from '#schemas';
import {type Harness, openHarness} from '../harness.ts';

const START = Date.parse('2026-11-01T00:00:00Z');
const NOW = Date.parse('2026-11-25T10:00:00Z');
const HOUR_MS = 3_600_000;
const STREAM = 'pond-1:water_ph:point';
const PATH = `/datastreams/${encodeURIComponent(STREAM)}/revisions`;

let harness: Harness;
let nowMs = NOW;
beforeAll(async () => {
  harness = await openHarness({now: () => nowMs});
  await harness.device('pond-1', {intervalS: 900});
  // A day of quarter hours: 8.00, 8.01 … 8.03 in turn.
  for (let i = 0; i < 96; i++) {
    await harness.send('pond-1', {
      time: new Date(START + i * 900_000).toISOString(),
      readings: {water_ph: 8 + (i % 4) / 100},
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
const at = (hour: number) => new Date(START + hour * HOUR_MS).toISOString();
const by = {reason: 'buffers at the visit', who: 'ranger'};
type Point = {time: string; mean: number; flag: number};
async function points(more = ''): Promise<Point[]> {
  const query = `datastream=${STREAM}&from=${at(0)}&to=${at(24)}${more}`;
  return (await call('GET', `/series?${query}`, 200))['points'] as Point[];
}

describe('revisions over HTTP', () => {
  it('corrects drift by what a buffer told, shows raw beside it, and takes it back', async () => {
    const raw = await points();
    const events: LiveEvent[] = [];
    const stop = harness.core.live.subscribe((event) => events.push(event));
    const made = await call('POST', PATH, 201, {
      from: at(0),
      to: at(24),
      // Two buffers, 7.00 read as 7.12 and 10.01 as 10.13: an offset of −0.12 at the end, none at the start.
      drift: {
        end: [
          {reading: 7.12, reference: 7},
          {reading: 10.13, reference: 10.01},
        ],
      },
      ...by,
    });
    await harness.core.store.settled();
    stop();
    // Told at once, and again when the tests were made again on the new values.
    expect(events.filter(({kind}) => kind === 'revision')).toHaveLength(2);
    expect(made).toMatchObject({flag: null, value: null, revoked: false, who: 'ranger', byPerson: false});
    expect(events[0]).toMatchObject({kind: 'revision', datastream: STREAM, fromMs: START});
    const corrected = await points();
    corrected.forEach((point, i) => {
      expect(point.mean).toBeCloseTo(raw[i]!.mean - (0.12 * i) / 96, 9);
      expect(point.flag).toBe(raw[i]!.flag);
    });
    expect(await points('&asStored=true')).toEqual(raw);
    expect(await points(`&asOf=${new Date(nowMs - 1).toISOString()}`)).toEqual([]);
    const hours = await points('&bucket=PT1H');
    expect(hours[12]!.mean).toBeCloseTo(8.015 - (0.12 * 49.5) / 96, 9);

    nowMs += 1000;
    const undone = await call('POST', `${PATH}/${made['version']}/revoke`, 201, {
      ...by,
      reason: 'wrong buffer',
    });
    expect(undone).toMatchObject({revokes: made['version'], reason: 'wrong buffer'});
    expect(await points()).toEqual(raw);
    // What was known before it was taken back.
    expect(await points(`&asOf=${new Date(nowMs - 1).toISOString()}`)).toEqual(corrected);
    await call('POST', `${PATH}/${made['version']}/revoke`, 409, by);
    const listed = (await call('GET', PATH, 200))['items'] as Body[];
    expect(listed.map(({version, revoked}) => ({version, revoked}))).toEqual([
      {version: made['version'], revoked: true},
      {version: undone['version'], revoked: false},
    ]);
    nowMs += 1000;
    await call('POST', `${PATH}/${undone['version']}/revoke`, 201, {...by, reason: 'it was right'});
    expect(await points()).toEqual(corrected);
  });

  it('lets a person judge a range over a correction, and the newest value tells', async () => {
    nowMs += 1000;
    const before = await points();
    const made = await call('POST', PATH, 201, {from: at(23), to: at(25), flag: 4, ...by});
    const after = await points();
    expect(after.slice(-4).map(({flag}) => flag)).toEqual([4, 4, 4, 4]);
    expect(after.map(({mean}) => mean)).toEqual(before.map(({mean}) => mean));
    const latest = (await call('GET', `/latest?datastream=${STREAM}`, 200))['items'] as Body[];
    expect(latest[0]).toMatchObject({flag: 4, failed: ['manual'], corrected: true});
    await call('POST', `${PATH}/${made['version']}/revoke`, 201, by);
    expect(await points()).toEqual(before);
  });

  it('counts what is said of a range, by flag and by test', async () => {
    nowMs += 1000;
    const path = `/datastreams/${encodeURIComponent(STREAM)}/verdicts?from=${at(4)}&to=${at(6)}`;
    expect(await call('GET', path, 200)).toMatchObject({
      count: 8,
      flags: [{flag: 1, count: 8}],
      failed: [],
      byPerson: 0,
      corrected: 8,
    });
    const made = await call('POST', PATH, 201, {from: at(5), to: at(6), flag: 4, ...by});
    await call('POST', PATH, 201, {from: at(4), to: at(5), flag: 3, test: 'drift', ...by});
    expect(await call('GET', path, 200)).toMatchObject({
      count: 8,
      flags: [
        {flag: 3, count: 4},
        {flag: 4, count: 4},
      ],
      failed: [
        {test: 'drift', count: 4},
        {test: 'manual', count: 4},
      ],
      byPerson: 4,
    });
    await call('POST', `${PATH}/${made['version']}/revoke`, 201, by);
    const query = new URLSearchParams({from: at(6), to: at(6)});
    const none = `/datastreams/${encodeURIComponent(STREAM)}/verdicts?${query}`;
    expect(await call('GET', none, 400)).toMatchObject({code: 'time_invalid'});
    expect(await call('GET', path.replace('pond-1', 'nobody'), 404)).toMatchObject({
      code: 'datastream_unknown',
    });
  });

  it('keeps the test of a procedure beside what a person said', async () => {
    nowMs += 1000;
    const range = {from: at(2), to: at(3)};
    await call('POST', PATH, 201, {
      ...range,
      flag: 3,
      test: 'neighbour',
      reason: 'far from three others',
      who: 'buddy 1.2',
    });
    const items = (await call('GET', `${PATH}?from=${at(2)}&to=${at(3)}`, 200))['items'] as Body[];
    expect(items.at(-1)).toMatchObject({flag: 3, failed: ['neighbour'], byPerson: false, who: 'buddy 1.2'});
    expect((await points())[8]!.flag).toBe(3);
    expect(
      await call('POST', PATH, 400, {...range, test: 'neighbour', correction: {offset: [0, 1]}, ...by}),
    ).toMatchObject({
      code: 'revision_invalid',
    });
  });

  it.each([
    {why: 'nothing said', body: {from: at(0), to: at(1)}, status: 400, code: 'revision_empty'},
    {why: 'an empty range', body: {from: at(1), to: at(1), flag: 3}, status: 400, code: 'time_invalid'},
    {why: 'a range without rows', body: {from: at(30), to: at(40), flag: 3}, status: 404, code: 'rows_none'},
    {
      why: 'a value without a flag',
      body: {from: at(0), to: at(1), value: 7},
      status: 400,
      code: 'revision_invalid',
    },
    {
      why: 'a value and a correction',
      body: {from: at(0), to: at(1), flag: 1, value: 7, correction: {offset: [0, 1]}},
      status: 400,
      code: 'revision_invalid',
    },
    {
      why: 'standards that the instrument cannot tell apart',
      body: {
        from: at(0),
        to: at(1),
        drift: {
          end: [
            {reading: 7, reference: 7},
            {reading: 7, reference: 10},
          ],
        },
      },
      status: 400,
      code: 'revision_invalid',
    },
    {why: 'no zone', body: {from: '2026-11-01 00:00', to: at(1), flag: 3}, status: 400, code: 'time_invalid'},
  ])('refuses $why', async ({body, status, code}) => {
    expect(await call('POST', PATH, status, {...body, ...by})).toMatchObject({code});
  });

  it.each([
    {why: 'a flag that is none', body: {from: at(0), to: at(1), flag: 7, ...by}},
    {why: 'no reason', body: {from: at(0), to: at(1), flag: 3, who: 'ranger'}},
    {why: 'an unknown field', body: {from: at(0), to: at(1), flag: 3, ...by, colour: 'red'}},
  ])('refuses $why by the schema', async ({body}) => {
    await call('POST', PATH, 400, body);
  });

  it('knows no other series and no other revision', async () => {
    const body = {from: at(0), to: at(1), flag: 3, ...by};
    expect(await call('POST', '/datastreams/nobody/revisions', 404, body)).toMatchObject({
      code: 'datastream_unknown',
    });
    expect(await call('POST', `${PATH}/1/revoke`, 404, by)).toMatchObject({code: 'revision_unknown'});
    expect(await call('POST', `${PATH}/77/revoke`, 404, by)).toMatchObject({code: 'revision_unknown'});
  });
});
