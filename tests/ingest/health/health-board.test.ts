import {afterEach, beforeEach, describe, expect, it} from 'vitest';
import type {LiveEvent} from '#schemas';
import {medianGapS, nominalIntervalS, silenceLimitsMs, stateAt} from '../../../ingest/health/index.ts';
import {createMemoryStore} from '../pipeline/memory-store.ts';
import {createWorld, device, NOW, type World} from '../pipeline/world.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

// DOMAIN C: late after min(max(3 × interval, 15 min), 26 h), offline after min(max(12 × interval, 2 h), 50 h).
describe('silence', () => {
  it.each([
    {intervalS: 60, lateMs: 15 * MINUTE, offlineMs: 2 * HOUR},
    {intervalS: 300, lateMs: 15 * MINUTE, offlineMs: 2 * HOUR},
    {intervalS: 600, lateMs: 30 * MINUTE, offlineMs: 2 * HOUR},
    {intervalS: 900, lateMs: 45 * MINUTE, offlineMs: 3 * HOUR},
    {intervalS: 3600, lateMs: 3 * HOUR, offlineMs: 12 * HOUR},
    {intervalS: 21_600, lateMs: 18 * HOUR, offlineMs: 50 * HOUR},
    {intervalS: 86_400, lateMs: 26 * HOUR, offlineMs: 50 * HOUR},
  ])('of a device that reports every $intervalS s', ({intervalS, lateMs, offlineMs}) => {
    expect(silenceLimitsMs(intervalS)).toEqual({lateMs, offlineMs});
    expect(stateAt(NOW, intervalS, NOW + lateMs)).toBe('online');
    expect(stateAt(NOW, intervalS, NOW + lateMs + 1)).toBe('late');
    expect(stateAt(NOW, intervalS, NOW + offlineMs)).toBe('late');
    expect(stateAt(NOW, intervalS, NOW + offlineMs + 1)).toBe('offline');
  });

  it('never heard is offline', () => expect(stateAt(null, 60, NOW)).toBe('offline'));

  it.each([
    [[], undefined],
    [[5], 5],
    [[9, 1, 5], 5],
    [[4, 1, 3, 2], 2],
  ])('median gap of %j is %s', (gaps, expected) => expect(medianGapS(gaps)).toBe(expected));
});

describe('board', () => {
  let world: World;
  const deviceEvents = () =>
    world.events
      .filter((event): event is LiveEvent & {kind: 'device'} => event.kind === 'device')
      .map(({device: id, health}) => `${id} ${health.state}${health.connected ? ' connected' : ''}`);
  beforeEach(async () => {
    world = await createWorld({
      store: createMemoryStore(),
      devices: [device('a'), device('b', 'generic-json', {intervalS: 3600}), device('d', 'D08')],
    });
  });
  afterEach(() => world.close());

  it('takes the shortest interval of a device', () => {
    const elements = world.registry.elements();
    expect(nominalIntervalS(world.registry.device('a')!, elements)).toBeNull();
    expect(nominalIntervalS(world.registry.device('b')!, elements)).toBe(3600);
    expect(nominalIntervalS(world.registry.device('d')!, elements)).toBe(60);
  });

  it('goes online by arrival, late and offline by the clock', () => {
    world.health.heard('b', NOW);
    expect(world.health.health('b')).toMatchObject({state: 'online', lastSeenMs: NOW, connected: false});
    world.clock.nowMs = NOW + 3 * HOUR + 1;
    world.health.evaluate();
    world.health.evaluate();
    world.clock.nowMs = NOW + 12 * HOUR + 1;
    world.health.evaluate();
    world.health.heard('b', world.clock.nowMs);
    expect(deviceEvents()).toEqual(['b online', 'b late', 'b offline', 'b online']);
  });

  it('learns the interval of a device that nobody described', () => {
    expect(world.health.intervalS('a')).toBe(900);
    for (let i = 0; i <= 10; i++) world.health.heard('a', NOW + i * 2 * HOUR);
    expect(world.health.intervalS('a')).toBe(7200);
    // Ten gaps are kept: after ten short ones the long ones are forgotten.
    for (let i = 1; i <= 10; i++) world.health.heard('a', NOW + 20 * HOUR + i * MINUTE);
    expect(world.health.intervalS('a')).toBe(60);
  });

  it('shows the session beside the state; it decides nothing', () => {
    world.health.connected('a', true);
    world.health.connected('a', true);
    world.health.connected('a', false);
    expect(world.health.health('a')).toMatchObject({state: 'offline', connected: true});
    world.health.connected('a', false);
    expect(deviceEvents()).toEqual(['a offline connected', 'a offline']);
  });

  it('keeps the last battery and link', () => {
    world.health.heard('a', NOW, {volts: 3.6}, {rssiDbm: -97});
    world.health.heard('a', NOW + 1);
    expect(world.health.health('a')).toMatchObject({battery: {volts: 3.6}, link: {rssiDbm: -97}});
  });

  it('knows nothing of a device that is not there', () => {
    expect(world.health.health('nobody')).toEqual({
      state: 'offline',
      connected: false,
      lastSeenMs: null,
      battery: null,
      link: null,
    });
    expect(world.health.counts()).toEqual({online: 0, late: 0, offline: 3, connected: 0});
  });
});

it('takes up the last arrivals and the learned interval after a restart', async () => {
  const store = createMemoryStore();
  const devices = [device('a')];
  const before = await createWorld({store, devices});
  for (let i = 0; i < 12; i++) {
    before.clock.nowMs = NOW + i * 2 * HOUR;
    await before.send('a', {
      time: new Date(before.clock.nowMs).toISOString(),
      readings: {air_temperature: 20 + i},
    });
  }
  before.close();
  const after = await createWorld({store, devices});
  after.clock.nowMs = NOW + 22 * HOUR + 5 * HOUR;
  await after.health.restore(store);
  expect(after.health.intervalS('a')).toBe(7200);
  expect(after.health.health('a')).toMatchObject({state: 'online', lastSeenMs: NOW + 22 * HOUR});
  after.close();
});
