import {createHash} from 'node:crypto';
import {describe, expect, it} from 'vitest';
import {createRefusalDelay} from '../../../ingest/broker/refusal-delay.ts';
import {tokenMatches} from '../../../ingest/broker/tokens.ts';

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

describe('a token', () => {
  it.each([
    ['the right one', Buffer.from('secret'), sha256('secret'), true],
    ['another', Buffer.from('Secret'), sha256('secret'), false],
    ['none', undefined, sha256('secret'), false],
    ['an empty one', Buffer.alloc(0), sha256(''), true],
    ['none where the empty one is kept', undefined, sha256(''), false],
    ['that of no user', Buffer.from('no such user'), undefined, false],
    ['the digest itself', Buffer.from(sha256('secret')), sha256('secret'), false],
    ['against a digest that is none', Buffer.from('secret'), 'zz', false],
  ])('%s', (_name, token, kept, right) => expect(tokenMatches(token, kept)).toBe(right));
});

describe('wrong tokens', () => {
  it('are answered at once at first, then ever later, up to a bound, for a minute', () => {
    let nowMs = 0;
    const delay = createRefusalDelay({prompt: 2, longestMs: 500, now: () => nowMs});
    expect(Array.from({length: 7}, () => delay.failed('10.0.0.1', 'a'))).toEqual([
      0, 0, 100, 200, 400, 500, 500,
    ]);
    nowMs = 59_999;
    expect(delay.failed('10.0.0.1', 'a')).toBe(500);
    nowMs = 60_000;
    expect(delay.failed('10.0.0.1', 'a')).toBe(0);
  });

  it('count by address and by user', () => {
    const delay = createRefusalDelay({prompt: 2, longestMs: 500, now: () => 0});
    for (let i = 0; i < 3; i++) delay.failed('10.0.0.1', `user-${i}`);
    expect(delay.failed('10.0.0.1', 'user-9')).toBe(200);
    expect(delay.failed('10.0.0.2', 'user-0')).toBe(0);
    for (let i = 3; i < 6; i++) delay.failed(`10.0.0.${i}`, 'victim');
    expect(delay.failed('10.0.0.9', 'victim')).toBe(200);
  });

  it('of very many addresses share the longest wait: memory is bounded', () => {
    const delay = createRefusalDelay({prompt: 2, longestMs: 500, now: () => 0});
    for (let i = 0; i < 10_000; i++) delay.failed(`address ${i}`, 'x');
    expect(delay.failed('one more', 'and another')).toBe(500);
  });
});
