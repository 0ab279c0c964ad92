import type {FastifyRequest} from 'fastify';
import {hostName} from './hosts.ts';

const READ_ONLY = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * Why a browser's request from another site is refused; null if it may pass. Programs send neither header and pass:
 * the check is against pages that a person on this machine has open beside ours.
 */
export function foreignOrigin(
  request: Pick<FastifyRequest, 'method' | 'headers'>,
  hosts: ReadonlySet<string>,
  guarded: boolean,
): string | null {
  if (READ_ONLY.has(request.method) && !guarded) return null;
  const fetchSite = request.headers['sec-fetch-site'];
  if (fetchSite === 'cross-site' || fetchSite === 'same-site') {
    return `a page of another site asked (Sec-Fetch-Site: ${fetchSite})`;
  }
  const origin = request.headers.origin;
  if (origin === undefined) return null;
  const match = /^https?:\/\/(.+)$/.exec(origin);
  if (!match || !hosts.has(hostName(match[1]!))) {
    return `expected a page of this server as Origin, got ${origin.slice(0, 200)}`;
  }
  // Another port of this machine is another program's page.
  const host = request.headers.host;
  return host !== undefined && match[1]!.toLowerCase() === host.toLowerCase()
    ? null
    : `expected the Origin http://${host}, got ${origin.slice(0, 200)}`;
}
