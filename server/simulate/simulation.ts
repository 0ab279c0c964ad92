import type {LiveBus, SiteData} from '#schemas';
import type {ComponentState} from '../components.ts';
import type {Log} from '../log.ts';
import {createPlanner, type Observations, type Planner} from './planner.ts';
import {createRunTables, type RunTables} from './run-tables.ts';
import {createRuns, type Runs} from './runs.ts';
import {openScenarios, type Scenarios} from './scenarios.ts';
import type {ThreadOptions} from './threads.ts';

/** Scenarios, their runs and what they gave. */
export type Simulation = {planner: Planner; scenarios: Scenarios; runs: Runs; tables: RunTables};

export async function openSimulation(
  parts: ThreadOptions & {
    sites: readonly SiteData[];
    observations: Observations;
    dataDir: string;
    program: string;
    live: Pick<LiveBus, 'publish'>;
    log: Log;
    now: () => number;
    /** Whether this process runs them; else it only shows them. */
    runs: boolean;
  },
): Promise<Simulation & {state(): ComponentState; close(): Promise<void>}> {
  const planner = createPlanner({...parts, observations: async () => parts.observations});
  const scenarios = await openScenarios({...parts, planner});
  const tables = createRunTables(parts);
  const runs = createRuns(parts);
  return {
    ...{planner, scenarios, runs, tables},
    state: runs.state,
    close: async () => {
      await Promise.all([runs.close(), tables.close()]);
    },
  };
}
