import {hasFleet} from '#devices';
import type {LoadedSite} from '#ingest';
import {EcoError, type Settings} from '#schemas';
import {type ComponentState, worstState} from '../components.ts';
import type {Log} from '../log.ts';
import type {FleetCredentials, FleetPasswords} from './credentials.ts';
import {runFleet} from './run-fleet.ts';

export type Fleets = {
  state(): ComponentState;
  /**
   * Passwords for a fleet in a process of its own; those given before end.
   * @throws {EcoError} `fleet_runs`, `fleet_off` (409).
   */
  passwords(): FleetPasswords;
  stop(): Promise<void>;
};

/** The virtual fleets of the sites that have one, each in a thread of its own, if this process is to run them. */
export function runFleets(
  settings: Settings,
  parts: {
    sites: readonly LoadedSite[];
    sitesDir: string;
    mqttUrl: string | null;
    credentials: FleetCredentials;
    log: Log;
  },
): Fleets {
  const {mqttUrl, credentials, log, sitesDir} = parts;
  const sites = settings.fleet === 'on' ? parts.sites.filter(hasFleet) : [];
  if (sites.length === 0) {
    return {
      state: () => ({status: 'off'}),
      passwords: () => {
        const why = 'this server lists no virtual devices (ECO_FLEET=off, or its sites have none)';
        throw new EcoError('fleet_off', why, 409);
      },
      stop: async () => {},
    };
  }
  if (mqttUrl === null || !settings.roles.split(',').includes('fleet')) {
    const message =
      mqttUrl === null ? 'no broker of its own here: `eco fleet --url` runs it' : 'run by `eco fleet`';
    return {
      state: () => ({status: 'off', message}),
      passwords: () => credentials.issue(sites),
      stop: async () => {},
    };
  }
  const passwords = credentials.issue(sites);
  const runs = sites.map(({site}) =>
    runFleet({sitesDir, site: site.id, url: mqttUrl, seed: settings.seed, passwords}, log),
  );
  return {
    state: () => worstState(runs.map((run) => run.state())),
    passwords: () => {
      const how = 'start it with ECO_ROLES=gateway,worker,alarms,simulate,api for another process to run it';
      throw new EcoError('fleet_runs', `this server runs the fleet itself; ${how}`, 409);
    },
    stop: async () => void (await Promise.all(runs.map((run) => run.stop()))),
  };
}
