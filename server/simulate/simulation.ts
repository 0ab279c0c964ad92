import type {LiveBus, SiteData} from '#schemas';
import type {ComponentState} from '../components.ts';
import type {Log} from '../log.ts';
import {createPlanner, type Observations, type Planner} from './planner.ts';
import {createRunTables, type RunTables} from './run-tables.ts';
import {createRuns, type Runs} from './runs.ts';
import {openScenarios, type Scenarios} from './scenarios.ts';
import type {ThreadOptions} from './threads.ts';

/** Scenarios, their runs and what they gave. Scenarios are read when they are first asked for: a start has no use for them. */
export type Simulation = {
  planner: Planner;
  scenarios(): Promise<Scenarios>;
  runs: Runs;
  tables: RunTables;
};

export function createSimulation(
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
): Simulation & {state(): ComponentState; close(): Promise<void>} {
  const planner = createPlanner({...parts, observations: async () => parts.observations});
  let opened: Promise<Scenarios> | null = null;
  const tables = createRunTables(parts);
  const runs = createRuns(parts);
  return {
    ...{planner, runs, tables},
    scenarios: () => (opened ??= openScenarios({...parts, planner})),
    state: runs.state,
    close: async () => {
      await Promise.all([runs.close(), tables.close()]);
    },
  };
}
