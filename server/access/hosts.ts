import {isIPv4, isIPv6} from 'node:net';
import {EcoError, type Settings} from '#schemas';

/** Whether an address reaches this machine alone: 127.0.0.0/8, ::1 (also IPv4-mapped), `localhost`. */
export function isLoopback(address: string): boolean {
  const host = address
    .toLowerCase()
    .replace(/^\[(.*)\]$/, '$1')
    .replace(/^::ffff:/, '');
  if (isIPv4(host)) return host.startsWith('127.');
  if (isIPv6(host)) return host === '::1' || host === '0:0:0:0:0:0:0:1';
  return host === 'localhost';
}

/**
 * Refuses a web address that others could reach, since nobody could be told apart yet.
 * @throws {EcoError} `host_not_loopback` with the reason and what to set instead.
 */
export function requireLoopback(settings: Settings): void {
  if (isLoopback(settings.httpHost)) return;
  throw new EcoError(
    'host_not_loopback',
    `ECO_HTTP_HOST=${settings.httpHost} would let other machines in, and this version has no accounts yet: every ` +
      'caller may do everything. It is refused until access is configured (an admin and TLS, or ECO_PUBLIC_URL with ' +
      'ECO_TRUSTED_PROXY, which come with accounts). Keep ECO_HTTP_HOST=127.0.0.1 and reach it through an SSH tunnel: ' +
      `ssh -L ${settings.httpPort}:127.0.0.1:${settings.httpPort} this-machine`,
    403,
  );
}

/** An address as it stands in a URL. */
export function bracketed(host: string): string {
  return isIPv6(host) ? `[${host}]` : host;
}

/** Host part of a Host header or origin, lower case, IPv6 in brackets, without the port. */
export function hostName(authority: string): string {
  const match = /^(\[[0-9a-f:.]+\]|[^:/?#@\s]+)(?::\d{1,5})?$/i.exec(authority);
  return match ? match[1]!.toLowerCase() : '';
}

/** Names under which a browser may call us; any other Host header is a rebinding attack or a mistake. */
export function allowedHosts(settings: Settings): ReadonlySet<string> {
  const hosts = new Set(['localhost', '127.0.0.1', '[::1]']);
  hosts.add(bracketed(settings.httpHost.toLowerCase()));
  if (settings.publicUrl) {
    if (!URL.canParse(settings.publicUrl) || !/^https:$/.test(new URL(settings.publicUrl).protocol)) {
      throw new EcoError(
        'setting_invalid',
        `ECO_PUBLIC_URL: expected an https:// address, got ${JSON.stringify(settings.publicUrl)}`,
      );
    }
    hosts.add(new URL(settings.publicUrl).hostname.toLowerCase());
  }
  return hosts;
}
