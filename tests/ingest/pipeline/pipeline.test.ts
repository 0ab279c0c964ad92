import {afterEach, beforeEach, describe, expect, it} from 'vitest';
import {
  deviceStatusOf,
  flagOf,
  type LiveEvent,
  type Observation,
  type Principal,
  QC_CENSORED_BELOW,
  QC_LATE,
  QC_TEST,
  QC_TIME_SOURCE_SHIFT,
  type Row,
  TIME_SOURCE,
} from '#schemas';
import {createMemoryStore, type MemoryStore} from './memory-store.ts';
import {createWorld, device, NOW, SITE, type World} from './world.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const iso = (timeMs: number) => new Date(timeMs).toISOString();

let store: MemoryStore;
let world: World;
beforeEach(async () => {
  store = createMemoryStore();
  world = await createWorld({
    store,
    devices: [device('a'), device('b'), device('soil', 'D06'), device('air', 'D10'), device('met', 'D08')],
  });
});
afterEach(() => world.close());

const rowsOf = (id: string): Row[] => {
  const stream = world.registry.datastream(id);
  return stream ? store.all().filter((row) => row.series === stream.series) : [];
};
const observed = (): Observation[] =>
  world.events
    .filter((event): event is LiveEvent & {kind: 'observation'} => event.kind === 'observation')
    .flatMap((event) => event.observations);

describe('a message', () => {
  it('stores each value in its series, in the catalogue’s unit', async () => {
    const outcome = await world.send('soil', {
      time: '2026-11-22T07:30:00Z',
      seq: 17,
      readings: {
        soil_moisture: 0.31,
        soil_temperature: [
          {value: 68.18, unit: '[degF]', depthM: 0.1},
          {value: 18.4, unit: 'Cel', depthM: 0.3},
          19,
        ],
      },
      battery: {volts: 3.61, percent: 78},
      link: {rssiDbm: -97},
    });
    expect(outcome).toEqual({stored: 4, duplicate: 0, conflict: 0, rejected: []});
    const timeMs = Date.UTC(2026, 10, 22, 7, 30);
    expect(rowsOf('soil:soil_moisture:point')).toMatchObject([{timeMs, value: 0.31, receivedMs: NOW, qc: 1}]);
    expect(rowsOf('soil:soil_temperature:d0.1:point')).toMatchObject([{timeMs, value: 20.1}]);
    expect(rowsOf('soil:soil_temperature:d0.3:point')).toMatchObject([{timeMs, value: 18.4}]);
    expect(rowsOf('soil:soil_temperature:point')).toMatchObject([{timeMs, value: 19}]);
    expect(world.health.health('soil')).toMatchObject({
      state: 'online',
      battery: {volts: 3.61, percent: 78},
      link: {rssiDbm: -97},
    });
  });

  it('without a time is of its arrival, and marked so', async () => {
    await world.send('a', {readings: {air_temperature: 20}}, NOW + 5);
    const [row] = rowsOf('a:air_temperature:point');
    expect(row).toMatchObject({timeMs: NOW + 5});
    expect((row!.qc >> QC_TIME_SOURCE_SHIFT) & 3).toBe(TIME_SOURCE.arrival);
  });

  it('keeps milliseconds and zones', async () => {
    await world.send('a', {time: '2026-11-22T15:59:59.123+08:00', readings: {air_temperature: 20}});
    expect(rowsOf('a:air_temperature:point')[0]!.timeMs).toBe(Date.UTC(2026, 10, 22, 7, 59, 59, 123));
  });

  it('may be a list of envelopes, of which a bad one costs no other', async () => {
    const outcome = await world.send('a', [
      {time: iso(NOW - MINUTE), readings: {air_temperature: 20}},
      {time: 'yesterday', readings: {air_temperature: 21}},
      {readings: {}, nonsense: 1},
      {time: iso(NOW), readings: {air_temperature: 20.5}},
    ]);
    expect(outcome).toMatchObject({stored: 2});
    expect(outcome.rejected.map(({code}) => code)).toEqual(['time_invalid', 'payload_schema']);
    expect(rowsOf('a:air_temperature:point').map((row) => row.value)).toEqual([20, 20.5]);
  });

  it('that only tells of its battery is a sign of life', async () => {
    expect(await world.send('a', {readings: {}, battery: {volts: 3}})).toEqual({
      stored: 0,
      duplicate: 0,
      conflict: 0,
      rejected: [],
    });
    expect(world.health.health('a')).toMatchObject({state: 'online', battery: {volts: 3}});
  });

  it('sent again changes nothing', async () => {
    const message = {
      time: iso(NOW),
      readings: {air_temperature: 20, nonsense: 1, pm2_5: [{value: 20}, {value: 'x'}]},
    };
    await world.send('a', {time: iso(NOW - MINUTE), readings: {air_temperature: 20}});
    await world.send('a', message);
    const before = structuredClone(store.all());
    const outcome = await world.send('a', message);
    expect(outcome).toMatchObject({stored: 0, duplicate: 2, conflict: 0});
    expect(store.all()).toEqual(before);
    expect(store.batches.at(-1)).toMatchObject({revisions: [], rechecks: []});
    expect(observed()).toHaveLength(3);
  });

  it('with another value for a known time is a conflict: the first stays', async () => {
    await world.send('a', {time: iso(NOW), readings: {air_temperature: 20}});
    expect(await world.send('a', {time: iso(NOW), readings: {air_temperature: 21}})).toMatchObject({
      stored: 0,
      conflict: 1,
    });
    expect(rowsOf('a:air_temperature:point').map((row) => row.value)).toEqual([20]);
    expect(await store.conflicts({limit: 9})).toMatchObject([{kept: 20, offered: 21}]);
    expect(observed()).toHaveLength(1);
  });

  it('reaches the live bus after it is durable, never before', async () => {
    store.prompt = false;
    const sent = world.send('a', {time: iso(NOW), readings: {air_temperature: 20}});
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(observed()).toEqual([]);
    expect(world.pipeline.pending()).toBe(1);
    store.flush();
    await sent;
    expect(observed()).toMatchObject([{datastream: 'a:air_temperature:point', value: 20, qc: 1}]);
    expect(world.pipeline.pending()).toBe(0);
  });
});

describe('values', () => {
  it.each([
    {name: 'null is missing', reading: {air_temperature: null}, value: null, flag: 9},
    {name: 'null in an object', reading: {air_temperature: {value: null}}, value: null, flag: 9},
    {name: '-0 is 0', reading: {air_temperature: -0}, value: 0, flag: 1},
    {name: 'outside the hard range is kept', reading: {air_temperature: 999}, value: 999, flag: 4},
    {name: 'outside the suspect range', reading: {air_temperature: -20}, value: -20, flag: 3},
    {name: 'a wind from 360° is from 0°', reading: {wind_direction: 360}, value: 0, flag: 1},
  ])('$name', async ({reading, value, flag}) => {
    await world.send('a', {time: iso(NOW), readings: reading});
    const [row] = store.all();
    expect(row!.value).toBe(value);
    expect(Object.is(row!.value, -0)).toBe(false);
    expect(flagOf(row!.qc)).toBe(flag);
  });

  it('keeps a censoring sign and the device’s mark beside the value', async () => {
    await world.send('a', {
      time: iso(NOW),
      readings: {ammonia_nitrogen: {value: 0.01, qualifier: '<', status: 'M'}},
    });
    const [row] = store.all();
    expect(row!.qc & QC_CENSORED_BELOW).not.toBe(0);
    expect(deviceStatusOf(row!.qc)).toBe('M');
    expect(flagOf(row!.qc)).toBe(4);
  });
});

describe('an hour of an air station, all stamped 12:00', () => {
  it('stores every value: 1-min, 5-min and hourly, each with mean, minimum and maximum', async () => {
    const time = '2026-11-22T04:00:00Z';
    const elements = ['pm2_5', 'pm10', 'ozone', 'nitrogen_dioxide', 'sulfur_dioxide', 'carbon_monoxide'];
    let stored = 0;
    for (const period of ['PT1M', 'PT5M', 'PT1H']) {
      const readings = Object.fromEntries(
        elements.map((element, i) => [
          element,
          ['mean', 'min', 'max'].map((stat, k) => ({value: 10 + i + k / 10, stat, period})),
        ]),
      );
      const outcome = await world.send('air', {time, readings});
      expect(outcome).toMatchObject({duplicate: 0, conflict: 0, rejected: []});
      stored += outcome.stored;
    }
    expect(stored).toBe(54);
    expect(world.registry.datastreams({device: 'air'})).toHaveLength(54);
    expect(await store.conflicts({limit: 9})).toEqual([]);
  });

  it('takes 60 min and 1 h for one period', async () => {
    const time = iso(NOW - HOUR);
    await world.send('air', {time, readings: {pm10: {value: 5, stat: 'mean', period: 'PT60M'}}});
    expect(
      await world.send('air', {time, readings: {pm10: {value: 5, stat: 'mean', period: 'PT1H'}}}),
    ).toMatchObject({
      duplicate: 1,
    });
  });
});

describe('times', () => {
  it('in the future are stored with flag 4, counted, never latest, and no neighbours', async () => {
    await world.send('a', {time: iso(NOW), readings: {air_temperature: 20}});
    await world.send('a', {time: iso(NOW + 11 * MINUTE), readings: {air_temperature: 40}});
    await world.send('a', {time: iso(NOW + MINUTE), readings: {air_temperature: 20.5}}, NOW + MINUTE);
    const rows = rowsOf('a:air_temperature:point');
    expect(rows.map((row) => [row.timeMs - NOW, flagOf(row.qc)])).toEqual([
      [0, 1],
      [MINUTE, 1],
      [11 * MINUTE, 4],
    ]);
    expect(rows[2]!.qc & QC_TEST.time).not.toBe(0);
    expect(rows[1]!.qc & QC_LATE).toBe(0);
    expect(store.counts().byCode).toEqual({time_future: 1});
    expect(store.latest()).toMatchObject([{timeMs: NOW + MINUTE}]);
  });

  it('up to ten minutes ahead are a clock that runs fast', async () => {
    await world.send('a', {time: iso(NOW + 10 * MINUTE), readings: {air_temperature: 20}});
    expect(rowsOf('a:air_temperature:point')[0]!.qc).toBe(1);
  });

  it('sent again when they have come are what they were', async () => {
    await world.send('a', {time: iso(NOW), readings: {air_temperature: 20}});
    const early = {time: iso(NOW + HOUR), readings: {air_temperature: 21}};
    await world.send('a', early);
    expect(await world.send('a', early, NOW + HOUR)).toMatchObject({duplicate: 1});
    await world.send('a', {time: iso(NOW + 2 * HOUR), readings: {air_temperature: 22}}, NOW + 2 * HOUR);
    expect(store.batches.at(-1)!.revisions).toEqual([]);
    expect(store.latest()).toMatchObject([{timeMs: NOW + 2 * HOUR}]);
  });

  it('before 1971 are a clock that was never set', async () => {
    await world.send('a', {time: '1970-01-01T00:03:00Z', readings: {air_temperature: 20}});
    const [row] = rowsOf('a:air_temperature:point');
    expect(flagOf(row!.qc)).toBe(4);
    expect(store.counts().byCode).toEqual({time_impossible: 1});
    expect(store.latest()).toEqual([]);
  });

  it('out of order are marked late and their neighbourhood is checked again', async () => {
    await world.send('a', {time: iso(NOW), readings: {air_temperature: 20}});
    await world.send('a', {time: iso(NOW - 5 * MINUTE), readings: {air_temperature: 20.2}});
    const rows = rowsOf('a:air_temperature:point');
    expect(rows[0]!.qc & QC_LATE).not.toBe(0);
    expect(rows[1]!.qc & QC_LATE).toBe(0);
    const {series} = rows[0]!;
    expect(store.batches.at(-1)!.rechecks).toEqual([
      {series, fromMs: NOW - 5 * MINUTE, toMs: NOW - 5 * MINUTE},
    ]);
  });

  it('of a day ago move the deployment’s start back', async () => {
    await world.send('a', {time: iso(NOW), readings: {air_temperature: 20}});
    await world.send('a', {time: iso(NOW - 24 * HOUR), readings: {air_temperature: 20}});
    expect(world.registry.deployments('a:air_temperature:point')).toMatchObject([{fromMs: NOW - 24 * HOUR}]);
  });
});

describe('quality on the stream', () => {
  const feed = async (values: readonly number[], from = NOW - HOUR) => {
    for (const [i, value] of values.entries()) {
      await world.send('a', {time: iso(from + i * MINUTE), readings: {air_temperature: value}});
    }
  };

  // Catalogue: spike of air_temperature suspect above 1.5, fail above 5 from the mean of both neighbours; step 2 in 60 s.
  it('revises a spike when the next value comes, and sends it again', async () => {
    await feed([20, 27, 20.1]);
    const rows = rowsOf('a:air_temperature:point');
    expect(flagOf(rows[1]!.qc)).toBe(4);
    expect(rows[1]!.qc & QC_TEST.spike).not.toBe(0);
    expect(rows[1]!.value).toBe(27);
    expect(await store.revisions({series: rows[1]!.series, fromMs: 0, toMs: 0})).toMatchObject([
      {fromMs: NOW - HOUR + MINUTE, toMs: NOW - HOUR + MINUTE, value: null},
    ]);
    const again = observed().filter((one) => one.timeMs === NOW - HOUR + MINUTE);
    expect(again.map((one) => flagOf(one.qc))).toEqual([3, 4]);
    expect(again[1]!.value).toBe(27);
  });

  it('needs no revision inside one message', async () => {
    await world.send(
      'a',
      [20, 27, 20.1].map((value, i) => ({
        time: iso(NOW - HOUR + i * MINUTE),
        readings: {air_temperature: value},
      })),
    );
    expect(flagOf(rowsOf('a:air_temperature:point')[1]!.qc)).toBe(4);
    expect(store.batches.flatMap((batch) => batch.revisions)).toEqual([]);
  });

  it('goes on after a restart as if there had been none', async () => {
    await feed([20, 20.2, 27]);
    world.close();
    world = await createWorld({store, devices: [device('a')]});
    await feed([20.1], NOW - HOUR + 3 * MINUTE);
    const rows = rowsOf('a:air_temperature:point');
    // 20.2 is 3.3 from the mean of 20 and 27: suspect; 27 is 6.85 from that of its neighbours: fail; 20.1 fell too fast.
    expect(rows.map((row) => flagOf(row.qc))).toEqual([1, 3, 4, 3]);
    // What was there before is known: nothing is judged twice.
    expect(
      await world.send('a', {time: iso(NOW - HOUR + 2 * MINUTE), readings: {air_temperature: 27}}),
    ).toMatchObject({
      duplicate: 1,
    });
    expect(store.batches.at(-1)!.rechecks).toEqual([]);
  });

  it('takes the wind of the same message for calm, whatever its place in it', async () => {
    // wind_direction: flat 0.1 for 6 h suspect, 12 h fail, unless calm (below 0.5 m/s).
    for (const [id, speed] of [
      ['a', 0.2],
      ['b', 4],
    ] as const) {
      const envelopes = Array.from({length: 450}, (_, i) => ({
        time: iso(NOW - 10 * HOUR + i * MINUTE),
        readings: {wind_direction: 120, wind_speed: speed + (i % 5) / 100},
      }));
      await world.send(id, envelopes.slice(0, 200));
      await world.send(id, envelopes.slice(200, 400));
      await world.send(id, envelopes.slice(400));
    }
    expect(rowsOf('a:wind_direction:mean:PT1M').map((row) => flagOf(row.qc))).toEqual(Array(450).fill(1));
    expect(rowsOf('b:wind_direction:mean:PT1M').map((row) => flagOf(row.qc))).toEqual([
      ...Array(360).fill(1),
      ...Array(90).fill(3),
    ]);
    expect(store.batches.flatMap((batch) => batch.rechecks)).toEqual([]);
  });

  it.each([
    ['', []],
    [', and a restart', ['before']],
    [', and a restart before each', ['before', 'first']],
  ])('asks for a new check of a vane whose wind came after it%s', async (_, restarts) => {
    const restart = async () => {
      world.close();
      world = await createWorld({store, devices: [device('a')]});
    };
    if (restarts.includes('first')) {
      await world.send('a', {time: iso(NOW - MINUTE), readings: {wind_speed: 0.1}});
      await restart();
    }
    await world.send('a', {time: iso(NOW), readings: {wind_direction: 120}});
    if (restarts.includes('before')) await restart();
    await world.send('a', {time: iso(NOW), readings: {wind_speed: 0.1}});
    const {series} = rowsOf('a:wind_direction:mean:PT1M')[0]!;
    expect(store.batches.at(-1)!.rechecks).toEqual([{series, fromMs: NOW, toMs: NOW}]);
  });
});

describe('what is not understood', () => {
  it('is kept with the message’s bytes once, its code, and what was expected', async () => {
    const message = {
      time: iso(NOW),
      readings: {
        air_temperature: 20,
        flux_capacity: 1.21,
        relative_humidity: {value: 50, unit: 'furlong'},
        soil_moisture: {value: 0.3, unit: 'Cel'},
        soil_temperature: {value: 10, depthM: 0.1, heightM: 2},
        pm10: [{value: 10, stat: 'mode'}, {value: 12, period: 'PT7X'}, 14],
        ozone: {value: 'high'},
        water_ph: {value: 7, status: 'Q'},
      },
    };
    const outcome = await world.send('a', message);
    expect(outcome.stored).toBe(2);
    const codes = [
      'element_unknown',
      'unit_unknown',
      'unit_unconvertible',
      'depth_invalid',
      'statistic_invalid',
      'period_invalid',
      'value_invalid',
      'value_invalid',
    ];
    expect(outcome.rejected.map(({code}) => code)).toEqual(codes);
    expect(store.letters.map(({code}) => code)).toEqual(codes);
    expect(store.letters[0]).toMatchObject({
      receivedMs: NOW,
      source: 'mqtt',
      topic: `eco/v1/${SITE}/a/up`,
      principal: 'a',
      device: 'a',
      message: 'expected an element of the catalogue, got "flux_capacity"',
      replayedMs: null,
    });
    expect(Buffer.from(store.letters[0]!.payload).toString()).toBe(JSON.stringify(message));
    expect(store.letters.slice(1).every((letter) => letter.payload.length === 0)).toBe(true);
    expect(store.batches).toHaveLength(1);
    expect(store.counts().byCode).toEqual({
      element_unknown: 1,
      unit_unknown: 1,
      unit_unconvertible: 1,
      depth_invalid: 1,
      statistic_invalid: 1,
      period_invalid: 1,
      value_invalid: 2,
    });
  });

  it('is not a known element from a device whose model does not list it', async () => {
    expect(await world.send('soil', {time: iso(NOW), readings: {pm2_5: 3}})).toMatchObject({
      stored: 1,
      rejected: [],
    });
  });

  it('fills at most 64 letters a message; the last says how many more', async () => {
    const readings = Object.fromEntries(Array.from({length: 300}, (_, i) => [`nonsense_${i}`, i]));
    const outcome = await world.send('a', {time: iso(NOW), readings: {...readings, air_temperature: 20}});
    expect(outcome.stored).toBe(1);
    expect(outcome.rejected).toHaveLength(300);
    expect(store.letters).toHaveLength(64);
    expect(store.letters[63]!.message).toMatch(/^237 more, the last: /);
    expect(store.counts().byCode).toEqual({element_unknown: 300});
  });

  it.each([
    ['for another device', `eco/v1/${SITE}/b/up`, 'topic_forbidden'],
    ['for another site', 'eco/v1/elsewhere/a/up', 'topic_forbidden'],
    ['as a command', `eco/v1/${SITE}/a/cmd`, 'topic_forbidden'],
    ['on a topic of its own making', 'my/topic', 'topic_forbidden'],
    ['on no topic', '', 'topic_invalid'],
    ['with a state that is none', `eco/v1/${SITE}/a/state`, 'payload_schema'],
  ])('%s', async (_name, topic, code) => {
    const principal: Principal = {kind: 'device', username: 'a', site: SITE, device: 'a'};
    const outcome = await world.sendRaw(topic, '{"readings":{"air_temperature":20}}', principal);
    expect(outcome).toMatchObject({stored: 0, rejected: [{code}]});
    expect(store.letters).toMatchObject([{code, topic, principal: 'a'}]);
  });

  it('may be from a device that nobody knows', async () => {
    const principal: Principal = {kind: 'device', username: 'ghost', site: SITE, device: 'ghost'};
    const outcome = await world.sendRaw(
      `eco/v1/${SITE}/ghost/up`,
      '{"readings":{"air_temperature":20}}',
      principal,
    );
    expect(outcome.rejected).toEqual([{code: 'device_unknown', message: `no device ghost at site ${SITE}`}]);
    expect(store.letters[0]!.device).toBe('ghost');
  });
});

describe('replay of dead letters', () => {
  it('stores what is understood now, marks it, and does nothing the second time', async () => {
    const principal: Principal = {kind: 'device', username: 'new', site: SITE, device: 'new'};
    const message = {time: iso(NOW - HOUR), readings: {air_temperature: 20, nonsense: 1}};
    await world.sendRaw(`eco/v1/${SITE}/new/up`, JSON.stringify(message), principal);
    expect(await world.pipeline.replayDeadLetters([1])).toMatchObject({
      replayed: [],
      rejected: [{id: 1, code: 'device_unknown'}],
    });
    await world.registry.addDevice(device('new'), {site: SITE});
    world.clock.nowMs = NOW + 48 * HOUR;
    expect(await world.pipeline.replayDeadLetters([1])).toMatchObject({
      replayed: [1],
      rejected: [],
      stored: 1,
    });
    expect(rowsOf('new:air_temperature:point')).toMatchObject([{value: 20, receivedMs: NOW}]);
    expect(store.letters[0]!.replayedMs).not.toBeNull();
    // What is still wrong in it was not kept a second time, and is told.
    expect(store.letters).toHaveLength(1);
    expect(await world.pipeline.replayDeadLetters([1, 99])).toMatchObject({skipped: [1, 99], stored: 0});
  });

  it('finds the bytes of a letter with the first one of its message', async () => {
    await world.send('a', {time: iso(NOW), readings: {x_own: 1, x_other: 2, air_temperature: 20}});
    expect(store.letters.map((letter) => letter.payload.length > 0)).toEqual([true, false]);
    const report = await world.pipeline.replayDeadLetters([2]);
    expect(report).toMatchObject({rejected: [{id: 2, code: 'element_unknown'}], stored: 0, duplicate: 1});
  });

  it('reads everything kept of one device, oldest first', async () => {
    const principal: Principal = {kind: 'device', username: 'new', site: SITE, device: 'new'};
    for (let i = 0; i < 5; i++) {
      const message = {time: iso(NOW - HOUR + i * MINUTE), readings: {air_temperature: 20}};
      await world.sendRaw(`eco/v1/${SITE}/new/up`, JSON.stringify(message), principal);
    }
    await world.send('a', {readings: {nonsense: 1}});
    await world.registry.addDevice(device('new'), {site: SITE});
    expect(await world.pipeline.replayDevice('new')).toMatchObject({replayed: [1, 2, 3, 4, 5], stored: 5});
    expect(rowsOf('new:air_temperature:point').every((row) => (row.qc & QC_LATE) === 0)).toBe(true);
  });
});

describe('series that are being read from the store', () => {
  it('hold back their messages, in order, and nobody else’s', async () => {
    for (const id of ['a', 'b'])
      await world.send(id, {time: iso(NOW - HOUR), readings: {air_temperature: 20}});
    world.close();
    const held: (() => void)[] = [];
    const slow: MemoryStore = {
      ...store,
      rows: async (query) => {
        await new Promise<void>((resolve) => held.push(resolve));
        return store.rows(query);
      },
    };
    world = await createWorld({store: slow, devices: [device('a'), device('b')]});
    const order: string[] = [];
    const sent = [1, 2, 3].map((i) =>
      world
        .send('a', {time: iso(NOW + i), readings: {air_temperature: 20, relative_humidity: 50}})
        .then(() => order.push(`a${i}`)),
    );
    sent.push(
      world.send('b', {time: iso(NOW), readings: {relative_humidity: 50}}).then(() => order.push('b')),
    );
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(order).toEqual(['b']);
    expect(world.pipeline.pending()).toBe(6);
    while (held.length > 0) {
      held.shift()!();
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    await Promise.all(sent);
    expect(order).toEqual(['b', 'a1', 'a2', 'a3']);
    expect(world.pipeline.pending()).toBe(0);
    expect(rowsOf('a:relative_humidity:point').every((row) => (row.qc & QC_LATE) === 0)).toBe(true);
  });
});

it('forgets purged series: their next row is their first', async () => {
  await world.send('a', {time: iso(NOW), readings: {air_temperature: 20}});
  const {series} = world.registry.datastream('a:air_temperature:point')!;
  await store.purge([series]);
  world.pipeline.forget([series]);
  await world.send('a', {time: iso(NOW - HOUR), readings: {air_temperature: 20}});
  expect(rowsOf('a:air_temperature:point').map((row) => row.qc & QC_LATE)).toEqual([0]);
});
