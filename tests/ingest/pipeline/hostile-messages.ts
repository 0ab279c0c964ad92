import {NOW, SITE} from './world.ts';

export type Hostile = {
  kind: string;
  topic: string;
  payload: Buffer;
  /** Every code that it must be counted under, once for each thing that is wrong. */
  codes: string[];
  /** Good readings beside what is wrong: all must be stored. */
  stored: number;
  /** Codes of what is stored with a mark. */
  marks: string[];
};

type Random = () => number;

/** mulberry32: the same messages in every run (Tommy Ettinger, public domain). */
export function seeded(seed: number): Random {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

export function pick<T>(random: Random, list: readonly T[]): T {
  return list[Math.floor(random() * list.length)]!;
}

/** What a payload that is no JSON is, by another decoder than ours. */
function codeOfBytes(bytes: Buffer): string | null {
  if (bytes.length === 0) return 'payload_empty';
  let text: string;
  try {
    text = new TextDecoder('utf-8', {fatal: true}).decode(bytes);
  } catch {
    return 'payload_encoding';
  }
  try {
    JSON.parse(text);
  } catch {
    return 'payload_syntax';
  }
  return null;
}

const OBJECT_NAMES = ['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', 'valueOf'];
const UP = (device: string) => `eco/v1/${SITE}/${device}/up`;

/** `count` messages of device `device`, each at a time of its own, no two with a good reading of the same time. */
export function* hostileMessages(device: string, count: number, seed: number): Generator<Hostile> {
  const random = seeded(seed);
  for (let n = 0; n < count; n++) {
    const time = new Date(NOW - 86_400_000 + n * 1000).toISOString();
    const good = `"air_temperature":${(20 + (n % 50) / 10).toFixed(1)}`;
    const make = pick(random, KINDS);
    const {
      kind,
      codes,
      payload,
      stored = 0,
      marks = [],
      topic = UP(device),
    } = make({random, time, good, device});
    yield {
      kind,
      topic,
      payload: typeof payload === 'string' ? Buffer.from(payload) : payload,
      codes,
      stored,
      marks,
    };
  }
}

type Made = {
  kind: string;
  payload: string | Buffer;
  codes: string[];
  stored?: number;
  marks?: string[];
  topic?: string;
};
type Maker = (given: {random: Random; time: string; good: string; device: string}) => Made;

const beside =
  (kind: string, reading: (random: Random) => [text: string, ...codes: string[]]): Maker =>
  ({random, time, good}) => {
    const [text, ...codes] = reading(random);
    const readings = random() < 0.5 ? `${good},${text}` : `${text},${good}`;
    return {kind, payload: `{"time":"${time}","readings":{${readings}}}`, codes, stored: 1};
  };
const alone =
  (kind: string, code: string, text: (random: Random) => string): Maker =>
  ({random}) => ({kind, payload: text(random), codes: [code]});
const badTime =
  (kind: string, code: string, text: (random: Random) => string): Maker =>
  ({random, good}) => ({kind, payload: `{"time":${text(random)},"readings":{${good}}}`, codes: [code]});

const KINDS: readonly Maker[] = [
  // ── bytes ──
  ({random, time, good}) => {
    const text = `{"time":"${time}","readings":{${good}}}`;
    return {
      kind: 'truncated',
      payload: text.slice(0, 1 + Math.floor(random() * (text.length - 1))),
      codes: ['payload_syntax'],
    };
  },
  ({random, time, good}) => {
    const bytes = Buffer.from(`{"time":"${time}","readings":{${good}},"link":{"gateway":"abcdefgh"}}`);
    bytes[bytes.length - 4 - Math.floor(random() * 6)] = pick(random, [0x80, 0xc0, 0xfe, 0xff, 0xf5]);
    return {kind: 'invalid UTF-8', payload: bytes, codes: ['payload_encoding']};
  },
  () => ({
    // A surrogate as three bytes, which is no UTF-8 (RFC 3629, section 3).
    kind: 'surrogate in UTF-8',
    payload: Buffer.concat([
      Buffer.from('{"readings":{"'),
      Buffer.from([0xed, 0xa0, 0x80]),
      Buffer.from('":1}}'),
    ]),
    codes: ['payload_encoding'],
  }),
  ({random}) => {
    let payload: Buffer;
    do
      payload = Buffer.from(
        Array.from({length: Math.floor(random() * 64)}, () => Math.floor(random() * 256)),
      );
    while (codeOfBytes(payload) === null);
    return {kind: 'random bytes', payload, codes: [codeOfBytes(payload)!]};
  },
  ({good, time}) => ({
    kind: 'NUL in the text',
    payload: `{"time":"${time}","readings":{${good},"air\u0000pressure":1}}`,
    codes: ['payload_syntax'],
  }),
  ({random, good}) => ({
    kind: 'oversized',
    payload: `{"readings":{${good}}}${' '.repeat(256 * 1024 + Math.floor(random() * 1000))}`,
    codes: ['payload_too_large'],
  }),
  alone('empty', 'payload_empty', () => ''),
  alone('no object', 'payload_schema', (random) =>
    pick(random, ['5', '"text"', 'true', 'null', '[[]]', '[1]']),
  ),
  alone('no readings', 'payload_empty', (random) => pick(random, ['[]', '{"readings":{}}'])),
  alone('deep list', 'payload_schema', (random) => {
    const depth = 2 + Math.floor(random() * 20_000);
    return '['.repeat(depth) + ']'.repeat(depth);
  }),
  alone('deep list, never closed', 'payload_syntax', (random) =>
    '['.repeat(1 + Math.floor(random() * 100_000)),
  ),
  alone('deep object', 'payload_schema', (random) => {
    const depth = 1 + Math.floor(random() * 10_000);
    return `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`;
  }),
  alone(
    'envelope with a foreign field',
    'payload_schema',
    (random) => `{"readings":{"air_temperature":1},"${pick(random, OBJECT_NAMES)}":{"polluted":true}}`,
  ),
  alone(
    'readings of another shape',
    'payload_schema',
    (random) => `{"readings":${pick(random, ['[]', '5', '"x"', 'null', '[{"air_temperature":1}]'])}}`,
  ),
  alone(
    'battery of another shape',
    'payload_schema',
    (random) =>
      `{"readings":{"air_temperature":1},"battery":${pick(random, ['5', '{"volts":"x"}', '{"percent":101}', '{"__proto__":1}'])}}`,
  ),
  alone(
    'too many envelopes',
    'payload_too_large',
    () => `[${'{"readings":{"air_temperature":1}},'.repeat(256)}{}]`,
  ),

  // ── names ──
  beside('object names as elements', (random) => [
    `"${pick(random, OBJECT_NAMES)}":${pick(random, ['5', 'null', '{"value":5}'])}`,
    'element_unknown',
  ]),
  beside('pollution as an element', (random) => [
    `"${pick(random, OBJECT_NAMES)}":{"polluted":true}`,
    'payload_schema',
  ]),
  beside('pollution inside a reading', (random) => [
    `"relative_humidity":{"value":50,"${pick(random, OBJECT_NAMES)}":{"polluted":true}}`,
    'payload_schema',
  ]),
  beside('unknown element', (random) => [`"element_${Math.floor(random() * 1e6)}":1`, 'element_unknown']),
  beside('NUL, surrogate and long names', (random) => [
    `"${pick(random, ['a\\u0000b', '\\ud800', 'x\\udfff', '\\u202e', 'n'.repeat(5000), '../../etc/passwd', "'; drop table"])}":1`,
    'element_unknown',
  ]),
  ({time, good}) => ({
    kind: '5,000 names',
    payload: `{"time":"${time}","readings":{${good},${Array.from({length: 5000}, (_, i) => `"k${i}":1`).join(',')}}}`,
    // 512 are looked at, the good one among them; the envelope's rest is refused as one.
    codes: [...Array.from({length: 511}, () => 'element_unknown'), 'payload_too_large'],
    stored: 1,
  }),

  // ── values ──
  beside('a number beyond all', (random) => [
    `"relative_humidity":${pick(random, ['1e999', '-1e999', '1e300', '{"value":1e999}', '{"value":-1e16}'])}`,
    'value_invalid',
  ]),
  beside('no number', (random) => [
    `"relative_humidity":${pick(random, ['"50"', 'true', '"NaN"', '{"value":"50"}', '{"value":[1]}', '{"value":{}}'])}`,
    'value_invalid',
  ]),
  beside('deep reading', (random) => {
    const depth = 2 + Math.floor(random() * 20_000);
    return [`"relative_humidity":${'['.repeat(depth)}${']'.repeat(depth)}`, 'value_invalid'];
  }),
  beside('empty list', () => ['"relative_humidity":[]', 'payload_empty']),
  beside('a list of bad ones', () => [
    '"relative_humidity":["x",{"value":1e999},{"value":40,"unit":"Cel"}]',
    'value_invalid',
    'value_invalid',
    'unit_unconvertible',
  ]),
  beside('too long a list', () => [`"relative_humidity":[${'1,'.repeat(512)}1]`, 'payload_too_large']),
  beside('wrong unit', (random) => [
    `"relative_humidity":{"value":50,"unit":"${pick(random, ['Cel', 'm/s', 'ug/m3'])}"}`,
    'unit_unconvertible',
  ]),
  beside('unit of another shape', (random) => [
    `"relative_humidity":{"value":50,"unit":${pick(random, ['5', '""', '"wat"', '"kg"', '"\\u0000"', '"constructor"', '"__proto__"', `"${'m'.repeat(40)}"`])}}`,
    'unit_unknown',
  ]),
  beside('wrong depth', (random) => [
    `"soil_moisture":{"value":0.3,"depthM":${pick(random, ['-1', '1e9', '"deep"', 'null'])}}`,
    'depth_invalid',
  ]),
  beside('wrong statistic', (random) => [
    `"relative_humidity":{"value":50,"stat":${pick(random, ['"median"', '""', '5', '"valueOf"'])}}`,
    'statistic_invalid',
  ]),
  beside('wrong period', (random) => [
    `"relative_humidity":{"value":50,"stat":"mean","period":${pick(random, ['"hour"', '"PT"', '5', '"P-1D"'])}}`,
    'period_invalid',
  ]),

  // ── times ──
  badTime('no time', 'time_invalid', (random) =>
    pick(random, [
      '"yesterday at noon"',
      '"2026-13-45T00:00:00Z"',
      '"2026-11-22T08:00:00"',
      '"2026-02-30T00:00:00Z"',
    ]),
  ),
  badTime('time of another shape', 'time_invalid', (random) =>
    pick(random, ['5', 'null', '{}', '""', `"${'2'.repeat(50)}"`]),
  ),
  ({random, good, time}) => {
    // Its own millisecond, a century away, so that it conflicts with nothing.
    const far = pick(random, ['30', '24', '21']);
    return {
      kind: 'far future',
      payload: `{"time":"${far}${time.slice(2)}","readings":{${good}}}`,
      codes: [],
      stored: 1,
      marks: ['time_future'],
    };
  },
  ({good, time}) => ({
    kind: 'before devices had clocks',
    payload: `{"time":"19${Number(time.slice(2, 4)) % 60}${time.slice(4)}","readings":{${good}}}`,
    codes: [],
    stored: 1,
    marks: ['time_impossible'],
  }),

  // ── lists of envelopes, and topics ──
  ({time, good}) => ({
    kind: 'good among bad envelopes',
    payload: `[5,{"time":"nonsense!!","readings":{"air_temperature":1}},{"time":"${time}","readings":{${good}}},{"readings":[]}]`,
    codes: ['payload_schema', 'time_invalid', 'payload_schema'],
    stored: 1,
  }),
  ({good, random, device}) => ({
    kind: 'a topic that is none',
    topic: pick(random, [
      '',
      'x'.repeat(1 << 20),
      `${'a/'.repeat(5000)}a`,
      `eco/v1/${SITE}/../up`,
      `eco/v1/${SITE}/${device}/up/more`,
      `eco/v1/${SITE}/+/up`,
      `eco/v1/${SITE}/${device}\u0000/up`,
      'eco/v2/x/y/up',
      '$SYS/broker',
    ]),
    payload: `{"readings":{${good}}}`,
    codes: ['topic_invalid'],
  }),
  ({good, random, device}) => ({
    kind: 'a topic of another',
    topic: pick(random, [
      UP('other'),
      `eco/v1/elsewhere/${device}/up`,
      `eco/v1/${SITE}/${device}/cmd`,
      'foreign/topic',
      UP('__proto__'),
    ]),
    payload: `{"readings":{${good}}}`,
    codes: ['topic_forbidden'],
  }),
];
