import {readdir, readFile} from 'node:fs/promises';
import {join} from 'node:path';
import {readArchive} from '#ingest';
import {EcoError, type Scenario, type SiteData} from '#schemas';
import {checkScenario, type PlaceInput, parseScenario, planRun, type RunPlan} from '#simulation';
import type {Log} from '../log.ts';
import {readPlace} from './read-place.ts';
import type {RunOrigin} from './run-folder.ts';

const SCENARIOS = 'scenarios';
const MOST_EXAMPLES = 100;
/** How long a site's files are taken to be the same, ms: plans made one after the other need not read them again. */
const PLACE_MS = 60_000;

/** What a run is started with in place of what its scenario says. */
export type PlanRequest = {years?: number; members?: number; seed?: number};

export type RunToBe = {plan: RunPlan; origin: RunOrigin};

/** Turns scenarios into all that their members need. Reads the sites' files, and changes nothing. */
export type Planner = {
  /**
   * A value as the scenario that it is.
   * @throws {EcoError} `scenario_invalid` with details [{path, value, allowed, message}].
   */
  check(value: unknown): Scenario;
  /** The same of a file's text; each detail also with its line. */
  parse(text: string): Scenario;
  /** Scenarios that lie in `scenarios/` of the sites; files that are none are logged and left out. */
  examples(): Promise<Scenario[]>;
  /** @throws {EcoError} `scenario_invalid`, `site_invalid` and what else hinders a run. */
  plan(scenario: Scenario, request?: PlanRequest): Promise<RunToBe>;
};

/** Problems that are told in the message; all of them stand in the details. */
const MOST_TOLD = 5;

function refuse(problems: readonly {message: string}[]): EcoError {
  const told = problems.slice(0, MOST_TOLD).map(({message}) => message);
  const more = problems.length > MOST_TOLD ? ` (and ${problems.length - MOST_TOLD} more)` : '';
  return new EcoError('scenario_invalid', `${told.join('; ')}${more}`, 400, problems);
}

export function createPlanner(parts: {sites: readonly SiteData[]; log: Log; now: () => number}): Planner {
  const {sites, log, now} = parts;
  const places = new Map<string, {place: Promise<PlaceInput>; sinceMs: number}>();

  const siteOf = (id: string): SiteData => {
    const found = sites.find(({site}) => site.id === id);
    if (found) return found;
    const ids = sites.map(({site}) => site.id);
    const message = `/site is ${JSON.stringify(id)}, expected one of the sites served: ${ids.join(', ')}`;
    throw refuse([{path: '/site', value: id, allowed: ids, message} as {message: string}]);
  };

  function placeOf(site: SiteData, tables: Pick<Scenario, 'soils' | 'responseUnits'>): Promise<PlaceInput> {
    const key = JSON.stringify([site.site.id, tables.soils, tables.responseUnits]);
    for (const [old, {sinceMs}] of places) if (now() - sinceMs >= PLACE_MS) places.delete(old);
    const known = places.get(key);
    if (known) return known.place;
    const place = readArchive(site).then((archive) => readPlace(site, archive, tables));
    places.set(key, {place, sinceMs: now()});
    place.catch(() => places.delete(key));
    return place;
  }

  const check = (value: unknown): Scenario => {
    const problems = checkScenario(value);
    if (problems.length > 0) throw refuse(problems);
    const scenario = value as Scenario;
    siteOf(scenario.site);
    return scenario;
  };

  return {
    check,
    parse: (text) => {
      const {scenario, problems} = parseScenario(text);
      if (scenario === null) {
        throw refuse(
          problems.map(({line, message, ...rest}) => ({
            ...rest,
            ...(line === undefined ? {} : {line}),
            message: line === undefined ? message : `line ${line}: ${message}`,
          })),
        );
      }
      siteOf(scenario.site);
      return scenario;
    },
    examples: async () => {
      const found: Scenario[] = [];
      for (const {site, folder} of sites) {
        const names = await readdir(join(folder, SCENARIOS)).catch(() => []);
        for (const name of names
          .filter((one) => one.endsWith('.json'))
          .sort()
          .slice(0, MOST_EXAMPLES)) {
          const file = join(folder, SCENARIOS, name);
          const {scenario, problems} = parseScenario(await readFile(file, 'utf8'), {site: site.id});
          if (scenario) found.push(scenario);
          else log({level: 'warn', message: 'a scenario of a site is left out', file, problems});
        }
      }
      return found;
    },
    plan: async (scenario, request = {}) => {
      const site = siteOf(scenario.site);
      const planned = planRun({scenario, place: await placeOf(site, scenario), ...request});
      const {licence, origin} = site.site;
      return {
        plan: planned.plan,
        origin: {
          scenario,
          climate: {...scenario.climate, notes: planned.plan.climate.notes},
          notes: [
            ...planned.notes,
            ...site.site.synthetic.map(({file, reason}) => `${file} of the site is synthetic: ${reason}`),
          ],
          impossible: planned.impossible.map(({operation, date, code, message}) => ({
            ...{operation, date},
            reason: `${code}: ${message}`,
          })),
          sources: [
            {
              of: `site ${site.site.id}`,
              licence: licence.spdx,
              credit: licence.credit,
              source: licence.source,
            },
          ],
          origin,
        },
      };
    },
  };
}
