import {readdir, readFile, stat} from 'node:fs/promises';
import {join} from 'node:path';
import {readArchive} from '#ingest';
import {
  EcoError,
  type FieldProblem,
  fieldProblem,
  type ObservationReader,
  type Registry,
  type Scenario,
  type SiteData,
} from '#schemas';
import {
  checkScenario,
  type PlaceInput,
  parseScenario,
  planRun,
  type RunInput,
  type RunPlan,
  readStartWater,
  readStationRecord,
} from '#simulation';
import type {Log} from '../log.ts';
import {readPlace} from './read-place.ts';
import type {RunOrigin} from './run-folder.ts';

const SCENARIOS = 'scenarios';
const MOST_EXAMPLES = 100;
/** How long a site's files are taken to be the same, ms: plans made one after the other need not read them again. */
const PLACE_MS = 60_000;

/** A file of weather beside a scenario is at most so long. */
const LARGEST_WEATHER_BYTES = 64 * 1024 * 1024;

/** What scenarios that begin with measurements read; nothing of it is changed. */
export type Observations = {
  reader: Pick<ObservationReader, 'rollUp' | 'latest'>;
  registry: Pick<Registry, 'datastream' | 'datastreams' | 'stations'>;
};

/** A scenario and the folder it lies in, where it may name a file beside it; null: it was sent. */
export type PlacedScenario = {scenario: Scenario; folder: string | null};

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
  examples(): Promise<PlacedScenario[]>;
  /** @throws {EcoError} `scenario_invalid`, `site_invalid` and what else hinders a run. */
  plan(of: PlacedScenario, request?: PlanRequest): Promise<RunToBe>;
};

/** Problems that are told in the message; all of them stand in the details. */
const MOST_TOLD = 5;

type Measured = Pick<RunInput, 'climateFile' | 'stationRecord' | 'moisture' | 'today'>;

function refuse(problems: readonly FieldProblem[]): EcoError {
  const told = problems.slice(0, MOST_TOLD).map(({message}) => message);
  const more = problems.length > MOST_TOLD ? ` (and ${problems.length - MOST_TOLD} more)` : '';
  return new EcoError('scenario_invalid', `${told.join('; ')}${more}`, 400, problems);
}

export function createPlanner(parts: {
  sites: readonly SiteData[];
  log: Log;
  now: () => number;
  /** Asked only for a scenario that begins with measurements. */
  observations: () => Promise<Observations>;
}): Planner {
  const {sites, log, now} = parts;
  const places = new Map<string, {place: Promise<PlaceInput>; sinceMs: number}>();

  const siteOf = (id: string): SiteData => {
    const found = sites.find(({site}) => site.id === id);
    if (found) return found;
    const ids = sites.map(({site}) => site.id);
    throw refuse([fieldProblem('/site', id, `one of the sites served: ${ids.join(', ')}`)]);
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

  /** Weather and soil water that a scenario takes from a file beside it or from the store. */
  async function measured(scenario: Scenario, {site}: SiteData, folder: string | null): Promise<Measured> {
    const {climate, start} = scenario;
    const found: Measured = {};
    if (climate.from === 'file') {
      const file = folder === null ? null : join(folder, climate.file);
      const size =
        file === null
          ? undefined
          : await stat(file).then(
              (one) => one.size,
              () => undefined,
            );
      if (file === null || size === undefined || size > LARGEST_WEATHER_BYTES) {
        const allowed =
          folder === null
            ? 'no file: one can lie only beside a scenario that is a file itself'
            : `a file in ${folder} of at most ${LARGEST_WEATHER_BYTES} bytes`;
        throw refuse([fieldProblem('/climate/file', climate.file, allowed)]);
      }
      found.climateFile = await readFile(file, 'utf8');
    }
    if (climate.from === 'station') {
      const told = await readStationRecord({climate, site, ...(await parts.observations())});
      if (told.record === null) throw refuse(told.problems);
      found.stationRecord = told.record;
    }
    if (start.from === 'store') {
      const told = readStartWater({start, nowMs: now(), ...(await parts.observations())});
      if (told.problems.length > 0) throw refuse(told.problems);
      found.moisture = told.readings;
      found.today = new Intl.DateTimeFormat('en-CA', {timeZone: site.timeZone}).format(now());
    }
    return found;
  }

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
      const found: PlacedScenario[] = [];
      for (const {site, folder} of sites) {
        const names = await readdir(join(folder, SCENARIOS)).catch(() => []);
        for (const name of names
          .filter((one) => one.endsWith('.json'))
          .sort()
          .slice(0, MOST_EXAMPLES)) {
          const file = join(folder, SCENARIOS, name);
          const {scenario, problems} = parseScenario(await readFile(file, 'utf8'), {site: site.id});
          if (scenario) found.push({scenario, folder: join(folder, SCENARIOS)});
          else log({level: 'warn', message: 'a scenario of a site is left out', file, problems});
        }
      }
      return found;
    },
    plan: async ({scenario, folder}, request = {}) => {
      const site = siteOf(scenario.site);
      const place = await placeOf(site, scenario);
      const planned = planRun({scenario, place, ...(await measured(scenario, site, folder)), ...request});
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
