import {describe, expect, it} from 'vitest';
import {InputError} from '#schemas';
import {
  checkEnvelope,
  checkNumber,
  checkReadingBody,
  decodeText,
  LARGEST_PAYLOAD_BYTES,
  listEnvelopes,
  parseJson,
  shown,
} from '../../../ingest/pipeline/decode.ts';

function codeOf(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    if (error instanceof InputError) return error.code;
    throw error;
  }
  return 'none';
}

describe('text of a payload', () => {
  it.each([
    ['nothing', Buffer.alloc(0), 'payload_empty'],
    ['one byte too many', Buffer.alloc(LARGEST_PAYLOAD_BYTES + 1, 32), 'payload_too_large'],
    ['a lone continuation byte', Buffer.from([0x22, 0x80, 0x22]), 'payload_encoding'],
    ['an overlong slash', Buffer.from([0xc0, 0xaf]), 'payload_encoding'],
    ['a surrogate in UTF-8', Buffer.from([0xed, 0xa0, 0x80]), 'payload_encoding'],
    ['Latin-1', Buffer.from('é', 'latin1'), 'payload_encoding'],
    ['UTF-16', Buffer.from('{"a":1}', 'utf16le').subarray(0, 13), 'none'],
  ])('%s: %s', (_name, bytes, code) => expect(codeOf(() => decodeText(bytes))).toBe(code));

  it.each([
    ['ASCII', Buffer.from('{"a":1}'), '{"a":1}'],
    ['Chinese', Buffer.from('水位'), '水位'],
    ['with a byte order mark', Buffer.from('\ufeff{}'), '{}'],
    ['a view into a larger buffer', new Uint8Array(Buffer.from('xx{}xx')).subarray(2, 4), '{}'],
    ['as large as may be', Buffer.alloc(LARGEST_PAYLOAD_BYTES, 32), ' '.repeat(LARGEST_PAYLOAD_BYTES)],
  ])('%s', (_name, bytes, text) => expect(decodeText(bytes)).toBe(text));
});

describe('JSON', () => {
  it.each(['{', '{"a":1,}', "{'a':1}", '{"a":NaN}', '{"a":01}', '\u0000', '[1', 'undefined'])(
    '%j is none',
    (text) => expect(codeOf(() => parseJson(text))).toBe('payload_syntax'),
  );
  it('may be 100,000 levels deep without harm', () => {
    const text = '['.repeat(100_000) + ']'.repeat(100_000);
    expect(['none', 'payload_syntax']).toContain(codeOf(() => parseJson(text)));
  });
});

describe('envelopes', () => {
  it.each([
    [[], 'payload_empty'],
    [Array(257).fill({}), 'payload_too_large'],
    [Array(256).fill({}), 'none'],
    [{}, 'none'],
  ])('%#: %s', (json, code) => expect(codeOf(() => listEnvelopes(json))).toBe(code));

  it.each([
    ['{"readings":{}}', 'none'],
    [
      '{"time":"2026-11-22T08:00:00Z","seq":17,"readings":{},"battery":{"volts":3.6,"percent":78},"link":{"rssiDbm":-97}}',
      'none',
    ],
    ['{}', 'payload_schema'],
    ['null', 'payload_schema'],
    ['[]', 'payload_schema'],
    ['"x"', 'payload_schema'],
    ['1', 'payload_schema'],
    ['{"readings":[]}', 'payload_schema'],
    ['{"readings":null}', 'payload_schema'],
    ['{"readings":{},"extra":1}', 'payload_schema'],
    ['{"readings":{},"__proto__":{"x":1}}', 'payload_schema'],
    ['{"readings":{},"constructor":1}', 'payload_schema'],
    ['{"__proto__":{"readings":{}}}', 'payload_schema'],
    ['{"readings":{},"seq":-1}', 'payload_schema'],
    ['{"readings":{},"seq":1.5}', 'payload_schema'],
    ['{"readings":{},"time":1795334400}', 'time_invalid'],
    ['{"readings":{},"time":"yesterday"}', 'time_invalid'],
    ['{"readings":{},"battery":{"volts":1e9}}', 'payload_schema'],
    ['{"readings":{},"battery":{"percent":101}}', 'payload_schema'],
    ['{"readings":{},"link":{"rssiDbm":1e999}}', 'payload_schema'],
  ])('%s: %s', (text, code) => expect(codeOf(() => checkEnvelope(JSON.parse(text)))).toBe(code));
});

describe('readings', () => {
  it.each([
    ['{"value":1}', 'none'],
    [
      '{"value":null,"unit":"Cel","depthM":0,"instance":"a","stat":"mean","period":"PT1H","qualifier":"<","status":"N"}',
      'none',
    ],
    ['{}', 'payload_schema'],
    ['{"value":"1"}', 'value_invalid'],
    ['{"value":true}', 'value_invalid'],
    ['{"value":1e999}', 'value_invalid'],
    ['{"value":1e16}', 'value_invalid'],
    ['{"value":1,"unit":5}', 'unit_unknown'],
    ['{"value":1,"depthM":-0.1}', 'depth_invalid'],
    ['{"value":1,"depthM":1e6}', 'depth_invalid'],
    ['{"value":1,"heightM":"2"}', 'depth_invalid'],
    ['{"value":1,"stat":7}', 'statistic_invalid'],
    ['{"value":1,"period":60}', 'period_invalid'],
    ['{"value":1,"instance":"a b"}', 'payload_schema'],
    ['{"value":1,"status":"X"}', 'value_invalid'],
    ['{"value":1,"colour":"red"}', 'payload_schema'],
    ['{"value":1,"__proto__":{}}', 'payload_schema'],
    ['"20"', 'value_invalid'],
    ['true', 'value_invalid'],
    ['[1]', 'value_invalid'],
  ])('%s: %s', (text, code) =>
    expect(codeOf(() => checkReadingBody('air_temperature', JSON.parse(text)))).toBe(code),
  );

  it.each([
    [1e15, 'none'],
    [-1e15, 'none'],
    [1.000001e15, 'value_invalid'],
    [Number.POSITIVE_INFINITY, 'value_invalid'],
    [Number.NaN, 'value_invalid'],
  ])('number %s: %s', (value, code) =>
    expect(codeOf(() => checkNumber('air_temperature', value))).toBe(code),
  );
});

it.each([
  [[[[[]]]], 'a list'],
  [{a: {}}, 'an object'],
  ['x'.repeat(100), `"${'x'.repeat(56)}...`],
  [null, 'null'],
  [undefined, 'undefined'],
])('shows %j shortly', (value, text) => expect(shown(value)).toBe(text));
