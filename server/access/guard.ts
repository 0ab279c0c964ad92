import type {FastifyInstance, FastifyRequest} from 'fastify';
import {ACTIONS, type Action, type Credential, EcoError, type Principal} from '#schemas';
import {basicCredentials, bearerToken, tokenMatches} from './credentials.ts';
import {hostName, isLoopback} from './hosts.ts';
import {foreignOrigin} from './origin.ts';

declare module 'fastify' {
  interface FastifySchema {
    /** What the route does: the one hook below decides who may. */
    action?: Action;
    /** Also checked for Origin when it only reads (a stream that a page holds open). */
    sameOrigin?: boolean;
  }
  interface FastifyRequest {
    /** Who sends readings: set for the action `submit` alone. */
    principal: Principal | null;
  }
}

export type GuardOptions = {
  hosts: ReadonlySet<string>;
  credential(username: string): Credential | undefined;
};

function unauthorised(what: string): EcoError {
  return new EcoError('credentials_wrong', `${what}; see \`eco devices add --help\``, 401);
}

/** The device (Basic) or bridge (Bearer, named in the path) that sends. */
function authenticate(request: FastifyRequest, options: GuardOptions): Principal {
  const bridge = (request.params as {bridge?: string}).bridge;
  if (bridge !== undefined) {
    const token = bearerToken(request.headers.authorization);
    if (token === null) throw unauthorised('expected Authorization: Bearer with the token of the bridge');
    const credential = options.credential(bridge);
    if (!tokenMatches(credential, token) || credential?.principal.kind !== 'bridge') {
      throw unauthorised('the token is not that of this bridge');
    }
    return credential.principal;
  }
  const basic = basicCredentials(request.headers.authorization);
  if (!basic)
    throw unauthorised("expected Authorization: Basic with the device's MQTT username and password");
  const credential = options.credential(basic.username);
  if (!tokenMatches(credential, basic.password)) throw unauthorised('username and password do not fit');
  return credential!.principal;
}

/** What a caller from this address may do: on this machine everything, elsewhere nothing until accounts exist. */
export function actionsOf(remoteAddress: string | undefined): readonly Action[] {
  return remoteAddress === undefined || isLoopback(remoteAddress) ? ACTIONS : [];
}

/**
 * The one place that decides what a request may do. Today: a caller on this machine may do everything, nobody else
 * anything; `submit` needs the sender's own credentials besides. Installed on the root, before every route.
 */
export function guard(app: FastifyInstance, options: GuardOptions): void {
  app.decorateRequest('principal', null);

  app.addHook('onRoute', (route) => {
    if (!route.url.startsWith('/api') && route.url !== '/metrics') return;
    const action = route.schema?.action;
    if (action === undefined || !ACTIONS.includes(action)) {
      throw new Error(`route ${String(route.method)} ${route.url}: its schema must name its action`);
    }
  });

  app.addHook('onRequest', async (request, reply) => {
    const host = hostName(request.headers.host ?? '');
    if (!options.hosts.has(host)) {
      const names = [...options.hosts].join(', ');
      throw new EcoError(
        'host_forbidden',
        `expected one of ${names} as Host, got ${JSON.stringify(request.headers.host ?? '').slice(0, 100)}`,
        403,
      );
    }
    const schema = request.routeOptions.schema;
    const foreign = foreignOrigin(request, options.hosts, schema?.sameOrigin === true);
    if (foreign !== null) throw new EcoError('origin_forbidden', foreign, 403);
    if (actionsOf(request.socket.remoteAddress).length === 0) {
      throw new EcoError('access_forbidden', 'only this machine may call until accounts exist', 403);
    }
    if (schema?.action === 'submit') {
      try {
        request.principal = authenticate(request, options);
      } catch (error) {
        const scheme = (request.params as {bridge?: string}).bridge === undefined ? 'Basic' : 'Bearer';
        reply.header('www-authenticate', `${scheme} realm="eco-brain", charset="UTF-8"`);
        throw error;
      }
    }
  });
}
