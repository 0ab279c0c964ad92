import {describe, expect, it} from 'vitest';
import {
  basicCredentials,
  bearerToken,
  newCredential,
  tokenMatches,
} from '../../../server/access/credentials.ts';
import {allowedHosts, hostName, isLoopback, requireLoopback} from '../../../server/access/hosts.ts';
import {foreignOrigin} from '../../../server/access/origin.ts';
import {readSettings} from '../../../server/settings.ts';

describe('isLoopback', () => {
  // RFC 1122 3.2.1.3 (127/8), RFC 4291 2.5.3 (::1) and 2.5.5.2 (IPv4-mapped).
  it.each([
    ['127.0.0.1', true],
    ['127.255.255.254', true],
    ['::1', true],
    ['[::1]', true],
    ['::ffff:127.0.0.1', true],
    ['localhost', true],
    ['LOCALHOST', true],
    ['0.0.0.0', false],
    ['::', false],
    ['192.168.1.10', false],
    ['::ffff:192.168.1.10', false],
    ['128.0.0.1', false],
    ['127.0.0.1.example.com', false],
    ['localhost.example.com', false],
    ['example.com', false],
    ['', false],
  ])('%s: %s', (address, expected) => {
    expect(isLoopback(address)).toBe(expected);
  });
});

describe('requireLoopback', () => {
  it('refuses an address that others reach, and says why and what to do', () => {
    const settings = readSettings({}, {ECO_HTTP_HOST: '0.0.0.0'});
    expect(() => requireLoopback(settings)).toThrow(
      /ECO_HTTP_HOST=0\.0\.0\.0 .*no accounts yet.*127\.0\.0\.1/s,
    );
    expect(() => requireLoopback(readSettings({}, {}))).not.toThrow();
  });
});

describe('hostName', () => {
  it.each([
    ['localhost:8080', 'localhost'],
    ['LocalHost', 'localhost'],
    ['127.0.0.1:1', '127.0.0.1'],
    ['[::1]:8080', '[::1]'],
    ['evil.example:8080', 'evil.example'],
    ['localhost:8080@evil', ''],
    ['a b', ''],
    ['', ''],
  ])('%s → %s', (authority, name) => {
    expect(hostName(authority)).toBe(name);
  });
});

describe('allowedHosts', () => {
  it('holds the loopback names and the public one', () => {
    const settings = readSettings({}, {ECO_PUBLIC_URL: 'https://twin.example.org:8443/'});
    expect([...allowedHosts(settings)].sort()).toEqual([
      '127.0.0.1',
      '[::1]',
      'localhost',
      'twin.example.org',
    ]);
  });
  it('refuses a public address without TLS', () => {
    expect(() => allowedHosts(readSettings({}, {ECO_PUBLIC_URL: 'http://twin.example.org'}))).toThrow(
      /https/,
    );
  });
});

describe('foreignOrigin', () => {
  const hosts = new Set(['localhost', '127.0.0.1', '[::1]']);
  const ask = (method: string, headers: Record<string, string>, guarded = false) =>
    foreignOrigin({method, headers: {host: 'localhost:8080', ...headers}}, hosts, guarded);
  it.each([
    ['POST', {}, false, true],
    ['POST', {origin: 'http://localhost:8080'}, false, true],
    ['POST', {origin: 'http://localhost:9999'}, false, false],
    ['POST', {origin: 'https://evil.example'}, false, false],
    ['POST', {origin: 'null'}, false, false],
    ['POST', {'sec-fetch-site': 'same-origin'}, false, true],
    ['POST', {'sec-fetch-site': 'none'}, false, true],
    ['POST', {'sec-fetch-site': 'cross-site'}, false, false],
    ['POST', {'sec-fetch-site': 'same-site'}, false, false],
    ['DELETE', {origin: 'https://evil.example'}, false, false],
    ['GET', {origin: 'https://evil.example'}, false, true],
    ['GET', {origin: 'https://evil.example'}, true, false],
    ['GET', {'sec-fetch-site': 'cross-site'}, true, false],
    ['GET', {}, true, true],
  ] as const)('%s with %j, guarded %s: passes %s', (method, headers, guarded, passes) => {
    expect(ask(method, headers, guarded) === null).toBe(passes);
  });
});

describe('credentials', () => {
  const principal = {kind: 'device', username: 'a', site: 's', device: 'a'} as const;
  it('keeps a hash that only the token fits', () => {
    const {password, credential} = newCredential(principal);
    expect(password).toMatch(/^[\w-]{32}$/);
    expect(JSON.stringify(credential)).not.toContain(password);
    expect(tokenMatches(credential, password)).toBe(true);
    expect(tokenMatches(credential, `${password}x`)).toBe(false);
    expect(tokenMatches(undefined, password)).toBe(false);
    expect(newCredential(principal).password).not.toBe(password);
  });
  // RFC 7617 section 2: the example of user Aladdin.
  it('reads Basic as RFC 7617 writes it', () => {
    expect(basicCredentials('Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==')).toEqual({
      username: 'Aladdin',
      password: 'open sesame',
    });
    expect(basicCredentials('Basic %%%')).toBeNull();
    expect(basicCredentials(undefined)).toBeNull();
    expect(basicCredentials('Basic QWxhZGRpbg==')).toBeNull();
  });
  it('reads Bearer', () => {
    expect(bearerToken('Bearer abc.DEF-1_~+/=')).toBe('abc.DEF-1_~+/=');
    expect(bearerToken('Basic abc')).toBeNull();
  });
});
