import mqttPacket, {type Packet} from 'mqtt-packet';
import {describe, expect, it} from 'vitest';
import {FrameReader} from '../../../ingest/broker/frames.ts';

const PACKETS: Packet[] = [
  {cmd: 'connect', protocolId: 'MQTT', protocolVersion: 4, clean: true, clientId: 'c', keepalive: 0},
  {cmd: 'publish', topic: 'a/b', payload: 'x', qos: 1, messageId: 7, dup: false, retain: false},
  {cmd: 'publish', topic: 'a/b', payload: 'y'.repeat(300), qos: 0, dup: false, retain: false},
  {
    cmd: 'publish',
    topic: 'a/b',
    payload: 'z'.repeat(40_000),
    qos: 1,
    messageId: 8,
    dup: false,
    retain: false,
  },
  {cmd: 'pingreq'},
  {cmd: 'disconnect'},
];
const ENCODED = PACKETS.map((packet) => mqttPacket.generate(packet));

function reader(limit = 256 * 1024) {
  const frames: Buffer[] = [];
  const seen: string[] = [];
  const one: FrameReader = new FrameReader({
    frame: (bytes, from, bodyAt, to) => {
      expect(bodyAt).toBeGreaterThan(from + 1);
      frames.push(bytes.subarray(from, to));
    },
    limit: () => limit,
    tooLarge: (bytes) => seen.push(`too large ${bytes}`),
    malformed: () => seen.push('malformed'),
  });
  return {one, frames, seen};
}

describe('packets come out as they went in', () => {
  const stream = Buffer.concat(ENCODED);
  it.each([1, 2, 3, 7, 100, 1000, 65_536, stream.length])('in pieces of %i bytes', (size) => {
    const {one, frames, seen} = reader();
    for (let at = 0; at < stream.length; at += size) one.push(stream.subarray(at, at + size));
    expect(frames.map((frame) => frame.toString('hex'))).toEqual(
      ENCODED.map((bytes) => bytes.toString('hex')),
    );
    expect(seen).toEqual([]);
    expect(one.unfinished).toBe(false);
  });

  it('stopped after every packet and resumed', () => {
    const frames: string[] = [];
    const one: FrameReader = new FrameReader({
      frame: (bytes, from, _bodyAt, to) => {
        frames.push(bytes.subarray(from, to).toString('hex'));
        one.stopped = true;
      },
      limit: () => 1e6,
      tooLarge: () => {},
      malformed: () => {},
    });
    for (let at = 0; at < stream.length; at += 5000) one.push(stream.subarray(at, at + 5000));
    for (let i = 0; i < 20; i++) one.resume();
    expect(frames).toEqual(ENCODED.map((bytes) => bytes.toString('hex')));
  });
});

it('refuses by its header a packet that is too large, and reads nothing more', () => {
  const {one, frames, seen} = reader(4096);
  one.push(Buffer.concat([ENCODED[1]!, Buffer.from([0x10, 0xff, 0xff, 0xff, 0x7f]), Buffer.alloc(65_536)]));
  one.push(Buffer.alloc(65_536));
  expect(frames).toHaveLength(1);
  expect(seen).toEqual(['too large 268435460']);
});

it.each([
  [4096, []],
  [4095, ['too large 4096']],
])('a packet of 4096 bytes with a limit of %i', (limit, expected) => {
  const packet = Buffer.concat([Buffer.from([0x30, 0xfd, 0x1f]), Buffer.alloc(4093)]);
  const {one, seen} = reader(limit);
  one.push(packet);
  expect(seen).toEqual(expected);
});

it('refuses a length of five bytes', () => {
  const {one, seen} = reader();
  one.push(Buffer.from([0x30, 0xff, 0xff, 0xff, 0xff, 0x01]));
  expect(seen).toEqual(['malformed']);
});

it('tells of a packet that is not whole', () => {
  const {one} = reader();
  one.push(ENCODED[3]!.subarray(0, 1));
  expect(one.unfinished).toBe(true);
  one.push(ENCODED[3]!.subarray(1, 100));
  expect(one.unfinished).toBe(true);
  one.push(ENCODED[3]!.subarray(100));
  expect(one.unfinished).toBe(false);
});
