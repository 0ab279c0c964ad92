import {expect, it} from 'vitest';
import type {Principal} from '#schemas';
import {createMapBook} from '../../../ingest/map/index.ts';
import {maySubscribe, publishRefusal} from '../../../ingest/pipeline/access.ts';
import {readTopic} from '../../../ingest/pipeline/topics.ts';

const maps = await createMapBook({
  maps: [
    {
      schemaVersion: 1,
      id: 'zigbee',
      topic: 'zigbee2mqtt/+',
      device: {topicLevel: 1},
      devicePrefix: 'z-',
      time: {path: 't'},
      columns: [{path: 'temperature', element: 'air_temperature'}],
    },
  ],
});

const IDS = [
  '1',
  '10',
  'd06-01',
  'd06-010',
  'd06',
  'D06-01',
  'd06_01',
  '__proto__',
  'constructor',
  'a'.repeat(64),
];
const SITES = ['north', 'north1', 'nor', 'NORTH', 'south'];
/** Ids that no device has; some normalise to, or look like, one that does. */
const STRANGE_IDS = [
  '',
  '+',
  '#',
  '..',
  'd06-0１',
  'd06%2d01',
  'd06-01 ',
  'd06-01\0',
  'é',
  'é',
  '$share',
  'a'.repeat(65),
];
const KINDS = ['up', 'state', 'cmd', 'UP', 'up/x', '', '+', '#', 'config'];
const ROOTS = [
  'eco/v1',
  'eco/v2',
  'eco',
  'Eco/v1',
  '/eco/v1',
  '$SYS/eco/v1',
  '$share/g/eco/v1',
  'zigbee2mqtt',
];

type Case = {principal: Principal; topic: string; mayPublish: boolean; maySubscribe: boolean};

function owns(principal: Principal, site: string, id: string): boolean {
  if (principal.site !== site) return false;
  if (principal.kind === 'device') return principal.device === id;
  return (
    (principal.devices ?? []).includes(id) || (principal.devicePrefix === 'd06-' && id.slice(0, 4) === 'd06-')
  );
}

function* principals(): Generator<Principal> {
  for (const site of ['north', 'south']) {
    for (const device of IDS) yield {kind: 'device', username: device, site, device};
    yield {kind: 'bridge', username: 'b1', site, devices: ['1', 'd06'], devicePrefix: null, map: null};
    yield {kind: 'bridge', username: 'b2', site, devices: null, devicePrefix: 'd06-', map: 'zigbee'};
    yield {kind: 'bridge', username: 'b3', site, devices: null, devicePrefix: '', map: null};
    yield {kind: 'bridge', username: 'b4', site, devices: [], devicePrefix: null, map: 'gone'};
  }
}

/** Every principal with every topic; what it may do is worked out here from ids, never from the topic's text. */
function* matrix(): Generator<Case> {
  for (const principal of principals()) {
    for (const root of ROOTS) {
      for (const site of SITES) {
        for (const id of [...IDS, ...STRANGE_IDS]) {
          for (const kind of KINDS) {
            const own = root === 'eco/v1' && IDS.includes(id) && owns(principal, site, id);
            yield {
              principal,
              topic: `${root}/${site}/${id}/${kind}`,
              mayPublish: own && (kind === 'up' || kind === 'state'),
              maySubscribe: own && kind === 'cmd' && principal.kind === 'device',
            };
          }
        }
      }
    }
  }
}

it('grants to nobody more than its own, in every case of the matrix', () => {
  let cases = 0;
  const wrong: string[] = [];
  for (const {principal, topic, mayPublish, maySubscribe: subscribe} of matrix()) {
    const read = readTopic(topic);
    if ((publishRefusal(principal, read, maps) === null) !== mayPublish)
      wrong.push(`${principal.username} publish ${topic}`);
    if (maySubscribe(principal, read) !== subscribe) wrong.push(`${principal.username} subscribe ${topic}`);
    cases += 2;
  }
  expect(wrong.slice(0, 5)).toEqual([]);
  expect(cases).toBeGreaterThan(10_000);
});

const bridge: Principal = {
  kind: 'bridge',
  username: 'b',
  site: 'north',
  devices: null,
  devicePrefix: null,
  map: 'zigbee',
};
it.each([
  ['zigbee2mqtt/garden', null],
  ['zigbee2mqtt/Living room', null],
  ['zigbee2mqtt/garden/set', 'topic_forbidden'],
  ['zigbee2mqtt', 'topic_forbidden'],
  ['other/garden', 'topic_forbidden'],
  ['zigbee2mqtt/..', 'topic_invalid'],
  ['zigbee2mqtt/+', 'topic_invalid'],
  ['zigbee2mqtt/a\0b', 'topic_invalid'],
  ['$SYS/broker', 'topic_invalid'],
  ['../../etc/passwd', 'topic_invalid'],
  ['///', 'topic_invalid'],
  ['a/b/c/d/e/f/g/h/i/j/k', 'topic_invalid'],
  ['x'.repeat(65_535), 'topic_invalid'],
])('a bridge with a map for zigbee2mqtt/+ says %s: %s', (topic, code) => {
  expect(publishRefusal(bridge, readTopic(topic), maps)?.code ?? null).toBe(code);
});

it('says that a map is missing', () => {
  const lost: Principal = {...bridge, map: 'gone'};
  expect(publishRefusal(lost, readTopic('zigbee2mqtt/a'), maps)).toEqual({
    code: 'map_missing',
    message: 'no map gone for b',
  });
});
