import {afterEach, beforeEach, describe, expect, it} from 'vitest';
import type {Principal} from '#schemas';
import {type Broker, type BrokerLimits, startBroker} from '../../../ingest/broker/index.ts';
import {createMemoryStore, type MemoryStore} from '../pipeline/memory-store.ts';
import {createWorld, credential, device, NOW, SITE, tokenOf, type World} from '../pipeline/world.ts';
import {publishBytes, RawClient} from './raw-client.ts';

const up = (id: string) => `eco/v1/${SITE}/${id}/up`;
const state = (id: string) => `eco/v1/${SITE}/${id}/state`;
const cmd = (id: string) => `eco/v1/${SITE}/${id}/cmd`;
const temperature = (i: number) =>
  JSON.stringify({
    time: new Date(NOW - 3_600_000 + i * 60_000).toISOString(),
    readings: {air_temperature: 20},
  });
const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const BRIDGE: Principal = {
  kind: 'bridge',
  username: 'bridge',
  site: SITE,
  devices: null,
  devicePrefix: 'd06-',
  map: null,
};

let store: MemoryStore;
let world: World;
let broker: Broker;
let logged: Record<string, unknown>[];
const clients: RawClient[] = [];

async function begin(limits: Partial<BrokerLimits> = {}): Promise<void> {
  await broker?.close();
  broker = await startBroker({
    pipeline: world.pipeline,
    registry: world.registry,
    health: world.health,
    host: '127.0.0.1',
    port: 0,
    limits,
    log: (line) => logged.push(line),
  });
}
function open(): RawClient {
  const client = new RawClient(broker.port);
  clients.push(client);
  return client;
}
async function login(username: string, more = {}): Promise<RawClient> {
  const client = open();
  expect(await client.login(username, tokenOf(username), more)).toBe(0);
  return client;
}

beforeEach(async () => {
  store = createMemoryStore();
  logged = [];
  world = await createWorld({
    store,
    devices: [device('a'), device('b'), device('d06-01'), device('d06-02'), device('d07')],
    credentials: [credential(BRIDGE)],
  });
  world.clock.nowMs = NOW;
  await begin();
});
afterEach(async () => {
  for (const client of clients.splice(0)) client.end();
  await broker.close();
  world.close();
});

describe('an acknowledgement', () => {
  it('comes when the message is durable, and not before', async () => {
    store.prompt = false;
    const client = await login('a');
    client.publish(up('a'), temperature(0), 7);
    client.publish(up('a'), temperature(1), 8);
    await sleep(50);
    expect(client.packets).toEqual([]);
    expect(broker.stats()).toMatchObject({outstanding: 2, clients: 1});
    store.flush();
    await client.next('puback', 7);
    await client.next('puback', 8);
    expect(store.all()).toHaveLength(2);
  });

  it.each([
    ['no JSON', up('a'), '{"readings":', 'payload_syntax'],
    ['another device', up('b'), temperature(0), 'topic_forbidden'],
    ['a topic with a wildcard', `eco/v1/${SITE}/+/up`, temperature(0), 'topic_invalid'],
    ['$SYS', '$SYS/broker/clients', 'x', 'topic_invalid'],
    ['$share', '$share/g/x', 'x', 'topic_invalid'],
    ['a path', '../../etc/passwd', 'x', 'topic_invalid'],
    ['object keys', '__proto__/constructor', 'x', 'topic_forbidden'],
    ['a hundred levels', 'a/'.repeat(100), 'x', 'topic_invalid'],
    ['a state that is none', state('a'), 'maybe', 'payload_schema'],
    ['the state of another', state('b'), 'online', 'topic_forbidden'],
  ])('comes for %s too, once it is kept', async (_name, topic, payload, code) => {
    const client = await login('a');
    client.write(publishBytes(Buffer.from(topic), Buffer.from(payload), 9));
    await client.next('puback', 9);
    expect(store.letters).toMatchObject([{code, principal: 'a'}]);
    expect(client.closed).toBe(false);
    client.publish(up('a'), temperature(0), 10);
    await client.next('puback', 10);
  });

  it.each([
    ['NUL', Buffer.from('a/\0b')],
    ['invalid UTF-8', Buffer.from([0x61, 0xff, 0xfe])],
    ['a surrogate', Buffer.from([0xed, 0xa0, 0x80])],
    ['65,535 bytes', Buffer.alloc(65_535, 0x78)],
    ['nothing', Buffer.alloc(0)],
    ['empty levels', Buffer.from('///')],
  ])('comes for a topic of %s', async (_name, topic) => {
    const client = await login('a');
    client.write(publishBytes(topic, Buffer.from('{}'), 9));
    await client.next('puback', 9);
    expect(store.letters).toMatchObject([{code: 'topic_invalid'}]);
    expect(store.letters[0]!.topic.length).toBeLessThanOrEqual(640);
  });

  it.each([0, 2] as const)('QoS %i is stored too', async (qos) => {
    const client = await login('a');
    client.publish(up('a'), temperature(0), 5, {qos});
    if (qos === 2) {
      await client.next('pubrec', 5);
      client.write({cmd: 'pubrel', messageId: 5, qos: 1} as never);
      await client.next('pubcomp', 5);
    } else await sleep(50);
    expect(store.all()).toHaveLength(1);
  });

  it('answers messages sent right behind CONNECT', async () => {
    const client = open();
    const login = client.login('a', tokenOf('a'));
    for (let i = 0; i < 300; i++) client.publish(up('a'), temperature(i), i + 1);
    expect(await login).toBe(0);
    await client.next('puback', 300);
    expect(store.all()).toHaveLength(300);
  });

  it('keeps nothing retained of what is measured', async () => {
    const client = await login('a');
    client.publish(up('a'), temperature(0), 1, {retain: true});
    await client.next('puback', 1);
    expect(store.all()).toHaveLength(1);
  });
});

describe('who may connect', () => {
  it.each([
    ['nobody', undefined, undefined],
    ['a stranger', 'zoe', 'x'],
    ['a device without its token', 'a', undefined],
    ['a device with an empty token', 'a', ''],
    ['a device with another’s token', 'a', tokenOf('b')],
    ['an object key', '__proto__', 'x'],
  ])('not %s', async (_name, username, password) => {
    const client = open();
    expect(await client.login(username, password)).toBe(4);
    await client.ended();
    expect(broker.stats().clients).toBe(0);
  });

  it('wrong tokens wait longer and longer; the right one never does', async () => {
    await begin({promptRefusals: 3, longestRefusalMs: 400});
    const tookMs: number[] = [];
    for (let i = 0; i < 6; i++) {
      const beganMs = performance.now();
      const client = open();
      expect(await client.login('a', 'wrong')).toBe(4);
      tookMs.push(performance.now() - beganMs);
    }
    expect(Math.min(...tookMs.slice(0, 3))).toBeLessThan(100);
    expect(tookMs[4]!).toBeGreaterThan(190);
    expect(tookMs[5]!).toBeGreaterThan(390);
    const beganMs = performance.now();
    await login('a');
    expect(performance.now() - beganMs).toBeLessThan(390);
    expect(broker.stats().events['password_wrong']).toBe(6);
  });

  it('MQTT 5 is refused with code 1 and a hint in the log', async () => {
    const client = open();
    client.write(
      Buffer.concat([
        Buffer.from([0x10, 14]),
        Buffer.from([0, 4, 0x4d, 0x51, 0x54, 0x54, 5, 2, 0, 60, 0]),
        Buffer.from([0, 1, 0x63]),
      ]),
    );
    expect(await client.next('connack')).toMatchObject({returnCode: 1});
    await client.ended();
    expect(logged).toContainEqual(
      expect.objectContaining({event: 'protocol_v5', message: expect.stringMatching(/3\.1\.1/)}),
    );
  });

  it('a credential that is taken away ends the connection', async () => {
    const client = await login('a');
    await world.registry.removeDevices(['a']);
    client.publish(up('a'), temperature(0), 1);
    await client.ended();
    expect(store.all()).toEqual([]);
    expect(broker.stats().events['credential_revoked']).toBe(1);
  });

  it('the same client id of another user is another session', async () => {
    const first = await login('a', {clientId: 'same'});
    const second = await login('b', {clientId: 'same'});
    first.publish(up('a'), temperature(0), 1);
    await first.next('puback', 1);
    const third = await login('b', {clientId: 'same'});
    await second.ended();
    third.publish(up('b'), temperature(0), 1);
    await third.next('puback', 1);
    expect(first.closed).toBe(false);
    expect(broker.stats().events['session_taken_over']).toBe(1);
  });
});

describe('subscriptions', () => {
  it.each([
    '#',
    '+/+/+/+/+',
    up('a'),
    cmd('b'),
    '$SYS/#',
    '$share/g/#',
    `$share/g/${cmd('a')}`,
    `eco/v1/${SITE}/+/cmd`,
    state('a'),
  ])('to %s are refused', async (topic) => {
    const client = await login('a');
    client.write({cmd: 'subscribe', messageId: 3, subscriptions: [{topic, qos: 1}]});
    expect(await client.next('suback', 3)).toMatchObject({granted: [128]});
  });

  it('to the device’s own commands bring them', async () => {
    const client = await login('a');
    client.write({cmd: 'subscribe', messageId: 3, subscriptions: [{topic: cmd('a'), qos: 1}]});
    expect(await client.next('suback', 3)).toMatchObject({granted: [1]});
    await broker.command('a', Buffer.from('restart'));
    const packet = (await client.next('publish')) as {topic: string; payload: Buffer};
    expect([packet.topic, packet.payload.toString()]).toEqual([cmd('a'), 'restart']);
  });

  it('keep commands for a device that is away, at most so many, and for its own user only', async () => {
    await begin({queuedCommands: 2});
    const client = await login('a', {clientId: 'field', clean: false});
    client.write({cmd: 'subscribe', messageId: 3, subscriptions: [{topic: cmd('a'), qos: 1}]});
    await client.next('suback', 3);
    client.write({cmd: 'disconnect'});
    await client.ended();
    await broker.command('a', Buffer.from('one'));
    await broker.command('a', Buffer.from('two'));
    expect(() => broker.command('a', Buffer.from('three'))).toThrow(
      expect.objectContaining({code: 'command_queue_full'}),
    );
    const thief = await login('b', {clientId: 'field', clean: false});
    await sleep(100);
    expect(thief.packets).toEqual([]);
    const back = await login('a', {clientId: 'field', clean: false});
    const first = (await back.next('publish')) as {payload: Buffer};
    expect(first.payload.toString()).toBe('one');
  });
});

describe('states', () => {
  it('are shown beside the device, with the session', async () => {
    const client = await login('a');
    // CONNACK goes out a moment before the session stands.
    await sleep(20);
    expect(world.health.health('a')).toMatchObject({connected: true, state: 'offline'});
    client.publish(state('a'), 'online', 1, {retain: true});
    await client.next('puback', 1);
    expect(world.health.health('a')).toMatchObject({connected: true, state: 'online'});
    client.end();
    await sleep(50);
    expect(world.health.health('a')).toMatchObject({connected: false});
    expect(store.all()).toEqual([]);
    expect(store.letters).toEqual([]);
  });

  it('of a bridge’s devices come through it and go with it', async () => {
    const bridge = await login('bridge');
    for (const id of ['d06-01', 'd06-02']) bridge.publish(state(id), 'online', 1, {retain: true});
    await bridge.next('puback', 1);
    bridge.publish(up('d06-01'), temperature(0), 2);
    bridge.publish(up('d07'), temperature(0), 3);
    await bridge.next('puback', 3);
    expect(store.letters).toMatchObject([
      {code: 'topic_forbidden', message: 'bridge may not publish for d07'},
    ]);
    expect(world.health.health('d06-02').connected).toBe(true);
    bridge.publish(state('d06-02'), 'offline', 4, {retain: true});
    await bridge.next('puback', 4);
    expect(world.health.health('d06-02').connected).toBe(false);
    bridge.end();
    await sleep(50);
    expect(world.health.health('d06-01').connected).toBe(false);
  });

  it.each([
    ['its own state', state('a'), 'offline', 0],
    ['a measurement', up('a'), 'offline', 1],
    ['another’s state', state('b'), 'offline', 1],
    ['something else', state('a'), 'gone fishing', 1],
    ['a foreign topic', 'tele/x/LWT', 'Offline', 1],
  ])('as a will on %s', async (_name, topic, payload, refused) => {
    const client = await login('a', {will: {topic, payload: Buffer.from(payload), qos: 1, retain: true}});
    expect(broker.stats().events['will_refused'] ?? 0).toBe(refused);
    client.publish(up('a'), temperature(0), 1);
    await client.next('puback', 1);
    client.end();
    await sleep(50);
    expect(store.all()).toHaveLength(1);
    expect(store.letters).toEqual([]);
  });
});

it('stops in order: what was taken in is acknowledged, the rest is left to the device', async () => {
  store.prompt = false;
  const client = await login('a');
  client.publish(up('a'), temperature(0), 1);
  await sleep(30);
  const closing = broker.close();
  await sleep(30);
  client.publish(up('a'), temperature(1), 2);
  await sleep(30);
  store.flush();
  await client.next('puback', 1);
  await closing;
  await client.ended();
  expect(client.packets).toEqual([]);
  expect(store.all()).toHaveLength(1);
});
