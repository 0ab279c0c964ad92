import {afterAll, beforeAll, expect, it} from 'vitest';
import type {ExplanationBody} from '#schemas';
import {storyLines} from '../../../server/cli/explain.ts';
import {type Harness, openHarness} from '../harness.ts';

const START = Date.parse('2026-11-24T00:00:00Z');
const NOW = Date.parse('2026-11-25T10:00:00Z');
const STREAM = 'pond-1:water_ph:point';
const PATH = `/datastreams/${encodeURIComponent(STREAM)}/revisions`;
const at = (i: number) => new Date(START + i * 900_000).toISOString();
const url = (i: number) => `/observations/${encodeURIComponent(STREAM)}/${at(i)}/explain`;

let harness: Harness;
let nowMs = NOW;
beforeAll(async () => {
  harness = await openHarness({now: () => nowMs});
  await harness.device('pond-1', {intervalS: 900});
  for (let i = 0; i < 12; i++) {
    // A spike of 1.2 at the seventh.
    const value = i === 6 ? 9.2 : 8 + (i % 2) / 100;
    const readings = {water_ph: {value, ...(i === 3 ? {status: 'M'} : {})}};
    await harness.send('pond-1', {time: at(i), readings}, START + i * 900_000 + 2000);
  }
  // The same key with another value.
  await harness.send('pond-1', {time: at(6), readings: {water_ph: 8.5}}, START + 99 * 900_000);
});
afterAll(() => harness.close());

async function call(
  method: 'GET' | 'POST',
  path: string,
  status: number,
  payload?: object,
): Promise<unknown> {
  const answer = await harness.app.inject({
    method,
    url: `/api/v1${path}`,
    ...(payload === undefined ? {} : {payload}),
  });
  expect(answer.statusCode, answer.body.slice(0, 300)).toBe(status);
  return answer.json();
}

it('tells the story of a spike from arrival to flag', async () => {
  const story = (await call('GET', url(6), 200)) as ExplanationBody;
  expect(story).toMatchObject({
    datastream: STREAM,
    unit: '[pH]',
    stored: {
      result: 9.2,
      received: new Date(START + 6 * 900_000 + 2000).toISOString().replace('.000', ''),
      timeSource: 'device',
      late: false,
    },
    shown: {result: 9.2, flag: 4, failed: ['spike', 'rateOfChange'], corrected: false},
    device: {id: 'pond-1', model: 'generic-json'},
    deployment: {longitudeDeg: 137.25, from: at(0).replace('.000', ''), to: null},
    limits: {spike: {suspect: 0.3, fail: 1}},
    conflicts: [{kept: 9.2, offered: 8.5}],
  });
  // When it came the next value was not there yet: the spike was found by a revision.
  expect(story.stored.failed).toEqual(['rateOfChange']);
  expect(story.revisions).toMatchObject([{version: 1, who: 'qc', flag: 4, inForce: ['verdict']}]);
  const spike = story.tests.find(({test}) => test === 'spike')!;
  expect(spike).toMatchObject({flag: 4, named: true});
  expect(spike.numbers['distance']).toBeCloseTo(9.2 - 8.01, 9);
  expect(story.unknown.join(' ')).toMatch(/bytes of the message/);
});

it("tells the device's own mark", async () => {
  const story = (await call('GET', url(3), 200)) as ExplanationBody;
  expect(story).toMatchObject({stored: {deviceStatus: 'M', flag: 4}});
  expect(story.tests.find(({test}) => test === 'deviceStatus')).toMatchObject({
    flag: 4,
    named: true,
    numbers: {letter: 'M'},
  });
});

it('tells every later verdict with who, when and why, and which is in force', async () => {
  const range = {from: at(0), to: at(12)};
  await call('POST', '/devices/pond-1/calibrations', 201, {at: at(0), note: 'buffers', who: 'ranger'});
  const drift = (await call('POST', PATH, 201, {
    ...range,
    correction: {offset: [0, -1.2]},
    reason: 'drift',
    who: 'lab',
  })) as {version: number};
  nowMs += 1000;
  const flag = (await call('POST', PATH, 201, {
    ...range,
    flag: 1,
    reason: 'a true event',
    who: 'ranger',
  })) as {
    version: number;
  };
  nowMs += 1000;
  await call('POST', `${PATH}/${flag.version}/revoke`, 201, {reason: 'was a bubble', who: 'lab'});
  await harness.core.store.settled();
  const story = (await call('GET', url(6), 200)) as ExplanationBody;
  expect(story.shown.result).toBeCloseTo(9.2 - 0.6, 9);
  expect(story.stored.result).toBe(9.2);
  expect(story.shown).toMatchObject({flag: 4, corrected: true});
  expect(story.calibrated).toMatchObject({before: {note: 'buffers', who: 'ranger'}, after: null});
  const byVersion = new Map(story.revisions.map((revision) => [revision.version, revision]));
  expect(byVersion.get(drift.version)).toMatchObject({
    who: 'lab',
    reason: 'drift',
    inForce: ['value'],
    revoked: false,
  });
  expect(byVersion.get(flag.version)).toMatchObject({who: 'ranger', flag: 1, inForce: [], revoked: true});
  expect(story.revisions.find(({revokes}) => revokes === flag.version)).toMatchObject({
    reason: 'was a bubble',
  });
  const text = [...storyLines(story)].join('\n');
  expect(text).toContain('stored    9.2 [pH], flag 3 suspect (rateOfChange)');
  expect(text).toMatch(
    /revision {2}\d+ by ranger, 2026-11-25T10:00:01Z: flag 1 pass; taken back \(a true event\)/,
  );
  expect(text).toContain('not kept  the bytes of the message');
});

it.each([
  {
    why: 'an unknown series',
    path: `/observations/nobody/${at(6)}/explain`,
    status: 404,
    code: 'datastream_unknown',
  },
  {
    why: 'a time without observation',
    path: url(6).replace('01:30:00', '01:31:00'),
    status: 404,
    code: 'observation_unknown',
  },
  {why: 'no time', path: `/observations/${STREAM}/yesterday/explain`, status: 400, code: 'time_invalid'},
])('says what is wrong with $why', async ({path, status, code}) => {
  expect(await call('GET', path, status)).toMatchObject({code});
});
