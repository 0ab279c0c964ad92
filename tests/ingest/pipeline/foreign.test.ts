import {afterEach, beforeEach, describe, expect, it} from 'vitest';
import type {Principal, ReadingMap} from '#schemas';
import {createMemoryStore, type MemoryStore} from './memory-store.ts';
import {createWorld, device, SITE, type World} from './world.ts';

const MAP: ReadingMap = {
  schemaVersion: 1,
  id: 'zigbee',
  topic: 'zigbee2mqtt/+',
  device: {topicLevel: 1},
  devicePrefix: 'z-',
  time: {path: 'time'},
  positions: {
    '*': {longitudeDeg: 106.7, latitudeDeg: 29.6},
    pond: {longitudeDeg: 106.71, latitudeDeg: 29.61, groundM: 190},
  },
  columns: [
    {path: 'temperature', element: 'air_temperature', unit: '[degF]', limits: {suspectRange: [0, 30]}},
    {path: 'humidity', element: 'relative_humidity'},
  ],
  battery: {percentPath: 'battery'},
  link: {rssiPath: 'linkquality'},
};
const bridge = (more: Partial<Extract<Principal, {kind: 'bridge'}>> = {}): Principal => ({
  kind: 'bridge',
  username: 'b',
  site: SITE,
  devices: null,
  devicePrefix: null,
  map: 'zigbee',
  ...more,
});
const payload = (more: object = {}) =>
  JSON.stringify({time: '2026-11-22T07:00:00Z', temperature: 68, humidity: 50, battery: 77, ...more});

let store: MemoryStore;
let world: World;
beforeEach(async () => {
  store = createMemoryStore();
  world = await createWorld({
    store,
    devices: [device('a'), device('z-known')],
    maps: [
      MAP,
      {...MAP, id: 'open', topic: 'open/+', autoApprove: true, devicePrefix: 'o-'},
      {...MAP, id: 'bare', topic: 'bare/+', devicePrefix: ''},
    ],
  });
});
afterEach(() => world.close());

describe('a foreign payload', () => {
  it('of a known device is stored in the catalogue’s units, with the map’s limits', async () => {
    expect(await world.sendRaw('zigbee2mqtt/known', payload(), bridge())).toMatchObject({
      stored: 2,
      rejected: [],
    });
    expect(store.all().map(({value}) => value)).toEqual([20, 50]);
    const {series} = world.registry.datastream('z-known:air_temperature:point')!;
    expect(world.registry.limits(series).suspectRange).toEqual([0, 30]);
    expect(world.health.health('z-known')).toMatchObject({state: 'online', battery: {percent: 77}});
  });

  it('may be a list', async () => {
    const list = `[${payload()},5,${payload({time: '2026-11-22T07:01:00Z'})}]`;
    const outcome = await world.sendRaw('zigbee2mqtt/known', list, bridge());
    expect(outcome).toMatchObject({stored: 4, rejected: [{code: 'map_failed'}]});
  });

  it('of an unknown device waits in the waiting room, with its bytes, and is replayed after approval', async () => {
    const sent = [0, 1, 2].map((i) =>
      world.sendRaw('zigbee2mqtt/pond', payload({time: `2026-11-22T07:0${i}:00Z`}), bridge()),
    );
    for (const outcome of await Promise.all(sent)) {
      expect(outcome).toMatchObject({stored: 0, rejected: [{code: 'device_waiting'}]});
    }
    expect(world.registry.device('z-pond')).toMatchObject({
      status: 'waiting',
      site: SITE,
      device: {model: 'generic-json', longitudeDeg: 106.71, groundM: 190, origin: 'measured'},
    });
    expect(store.letters.map(({code, device: id, payload: bytes}) => [code, id, bytes.length > 0])).toEqual(
      Array(3).fill(['device_waiting', 'z-pond', true]),
    );
    expect(await world.pipeline.replayDevice('z-pond')).toMatchObject({replayed: [], stored: 0});
    await world.registry.addCredential({principal: bridge(), secretSha256: '0'.repeat(64)});
    const {device: waiting} = world.registry.device('z-pond')!;
    await world.registry.addDevice(waiting, {site: SITE, status: 'active'});
    expect(await world.pipeline.replayDevice('z-pond')).toMatchObject({
      replayed: [1, 2, 3],
      stored: 6,
      rejected: [],
    });
    expect(await world.pipeline.replayDevice('z-pond')).toMatchObject({replayed: [], stored: 0});
  });

  it('of a refused device is counted and let go, beside others of the same message', async () => {
    await world.sendRaw('zigbee2mqtt/pond', payload(), bridge());
    await world.registry.refuseDevice('z-pond', {who: 'Lin', reason: null});
    const letters = store.letters.length;
    for (let i = 0; i < 3; i++) {
      const outcome = await world.sendRaw('zigbee2mqtt/pond', payload(), bridge());
      expect(outcome).toMatchObject({stored: 0, rejected: [{code: 'device_refused'}]});
    }
    expect(await world.sendRaw('zigbee2mqtt/known', payload(), bridge())).toMatchObject({stored: 2});
    expect(store.counts().byCode).toEqual({device_waiting: 1, device_refused: 3});
    expect(store.letters.length).toBe(letters);
    // Its letter of before stays one.
    expect(await world.pipeline.replayDevice('z-pond')).toMatchObject({replayed: [], stored: 0});
    await world.registry.letDeviceWait('z-pond');
    const again = await world.sendRaw('zigbee2mqtt/pond', payload(), bridge());
    expect(again).toMatchObject({rejected: [{code: 'device_waiting'}]});
  });

  it('of ever new devices fills no more than the waiting room; there is room again once one is gone', async () => {
    const send = (id: string) => world.sendRaw(`zigbee2mqtt/${id}`, payload(), bridge());
    const sent = await Promise.all(Array.from({length: 1003}, (_, i) => send(`n${i}`)));
    const codes = sent.map(({rejected}) => rejected[0]!.code);
    expect(codes.filter((code) => code === 'device_waiting')).toHaveLength(1000);
    expect(codes.filter((code) => code === 'device_unknown')).toHaveLength(3);
    await world.registry.refuseDevice('z-n0', {who: 'Lin', reason: null});
    expect(await send('n1003')).toMatchObject({rejected: [{code: 'device_unknown'}]});
    await world.registry.removeDevices(['z-n0']);
    expect(await send('n1003')).toMatchObject({rejected: [{code: 'device_waiting'}]});
  });

  it('of an unknown device is taken at once where the map approves on sight', async () => {
    const sent = [0, 1, 2].map((i) =>
      world.sendRaw('open/tree', payload({time: `2026-11-22T07:0${i}:00Z`}), bridge({map: 'open'})),
    );
    for (const outcome of await Promise.all(sent)) expect(outcome).toMatchObject({stored: 2, rejected: []});
    expect(world.registry.device('o-tree')?.status).toBe('active');
    expect(world.pipeline.pending()).toBe(0);
  });

  it.each([
    ['without a device', 'zigbee2mqtt/known', '[]', bridge(), 'payload_empty'],
    ['that is no JSON', 'zigbee2mqtt/known', '<xml/>', bridge(), 'payload_syntax'],
    [
      'without one reading',
      'zigbee2mqtt/known',
      '{"time":"2026-11-22T07:00:00Z","state":"ON"}',
      bridge(),
      'payload_empty',
    ],
    ['with a bad time', 'zigbee2mqtt/known', payload({time: 'noon'}), bridge(), 'time_invalid'],
    ['on a topic of another map', 'open/known', payload(), bridge(), 'topic_forbidden'],
    ['of a bridge whose map is gone', 'zigbee2mqtt/known', payload(), bridge({map: 'lost'}), 'map_missing'],
    ['of a bridge without a map', 'zigbee2mqtt/known', payload(), bridge({map: null}), 'topic_forbidden'],
    [
      'of a device that is not on the list',
      'zigbee2mqtt/known',
      payload(),
      bridge({devices: ['z-other']}),
      'topic_forbidden',
    ],
    [
      'of an unknown device that is not on the list',
      'zigbee2mqtt/new',
      payload(),
      bridge({devices: ['z-other']}),
      'topic_forbidden',
    ],
    ['of a device that speaks for itself', 'bare/a', payload(), bridge({map: 'bare'}), 'topic_forbidden'],
    ['of another site', 'zigbee2mqtt/known', payload(), bridge({site: 'elsewhere'}), 'topic_forbidden'],
  ])('%s is kept and not stored', async (_name, topic, text, principal, code) => {
    const outcome = await world.sendRaw(topic, text, principal);
    expect(outcome).toMatchObject({stored: 0, rejected: [{code}]});
    expect(store.letters).toMatchObject([{code, topic}]);
    expect(world.registry.devices()).toHaveLength(2);
  });

  it('one bad value costs no other', async () => {
    const outcome = await world.sendRaw('zigbee2mqtt/known', payload({temperature: 'hot'}), bridge());
    expect(outcome).toMatchObject({stored: 1, rejected: [{code: 'value_invalid'}]});
  });
});
