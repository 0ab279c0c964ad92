import {fleetPrincipals, type PrincipalSource} from '#devices';
import type {Credential, Registry} from '#schemas';
import {newCredential} from '../access/index.ts';

/** Name and password by principal, as a fleet connects with them. */
export type FleetPasswords = Record<string, {username: string; password: string}>;

/**
 * Credentials of the virtual devices: random, made at each start, in memory alone. They stand beside the registry's
 * durable ones, which they never replace.
 */
export type FleetCredentials = {
  issue(sites: readonly PrincipalSource[]): FleetPasswords;
  get(username: string): Credential | undefined;
};

export function createFleetCredentials(): FleetCredentials {
  const credentials = new Map<string, Credential>();
  return {
    issue: (sites) => {
      const passwords: FleetPasswords = {};
      for (const principal of sites.flatMap(fleetPrincipals)) {
        const {password, credential} = newCredential(principal);
        credentials.set(principal.username, credential);
        passwords[principal.username] = {username: principal.username, password};
      }
      return passwords;
    },
    get: (username) => credentials.get(username),
  };
}

/** A registry that also knows the fleet's credentials. */
export function withFleetCredentials<R extends Registry>(registry: R, fleet: FleetCredentials): R {
  return {...registry, credential: (username) => registry.credential(username) ?? fleet.get(username)};
}
