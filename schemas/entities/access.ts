/**
 * What a request does, named in each route's schema; one hook decides. Today loopback may do all of them and nobody
 * else anything; accounts will map roles to actions.
 */
export const ACTIONS = [
  'observe', // read observations, stations, zones, health
  'submit', // send readings as a device or bridge (its own credentials)
  'configure', // devices, credentials, maps, deployments
  'correct', // revisions, dead-letter replay
  'operate', // metrics, statistics, backup
  'simulate', // scenarios and runs
] as const;
export type Action = (typeof ACTIONS)[number];

/**
 * Who publishes over MQTT or POST. A device owns its own topics; a bridge speaks for a list or a prefix of devices, and
 * for foreign topics through its map. Levels of topics are compared whole, never by prefix of the text.
 */
export type Principal =
  | {kind: 'device'; username: string; site: string; device: string}
  | {
      kind: 'bridge';
      username: string;
      site: string;
      devices: readonly string[] | null;
      devicePrefix: string | null;
      map: string | null;
    };

/** A principal and the SHA-256 (hex) of its random token. */
export type Credential = {principal: Principal; secretSha256: string};
