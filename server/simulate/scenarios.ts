import {existsSync, mkdirSync, readdirSync, readFileSync, rmSync} from 'node:fs';
import {join} from 'node:path';
import {isDeepStrictEqual} from 'node:util';
import {EcoError} from '#schemas';
import type {Log} from '../log.ts';
import type {PlacedScenario, Planner} from './planner.ts';
import {writeWholeFile} from './whole-file.ts';

const MOST_OWN = 500;
const MOST_ID_LENGTH = 64;
/** Scenarios that are named where one is not there. */
const MOST_NAMED = 30;

export type KnownScenario = PlacedScenario & {origin: 'example' | 'own'};

/** Scenarios that come with the sites, and those that were sent here, which lie in the data folder. */
export type Scenarios = {
  list(): KnownScenario[];
  /** @throws {EcoError} `scenario_unknown` (404). */
  get(id: string): KnownScenario;
  /**
   * Keeps a scenario. One whose id is another's gets a number behind it (`mine-2`): what was run stays what it was.
   * @throws {EcoError} `scenario_invalid`, `scenarios_full` (409).
   */
  add(value: unknown): {id: string; isNew: boolean};
  /** @throws {EcoError} `scenario_unknown`, `scenario_is_example` (409). */
  remove(id: string): void;
};

export async function openScenarios(parts: {
  dataDir: string;
  planner: Planner;
  log: Log;
}): Promise<Scenarios> {
  const {planner, log} = parts;
  const folder = join(parts.dataDir, 'scenarios');
  const known = new Map<string, KnownScenario>();
  const fileOf = (id: string) => join(folder, `${id}.json`);

  for (const example of await planner.examples()) {
    const {scenario} = example;
    if (known.has(scenario.id)) {
      log({level: 'warn', message: 'a scenario of a site has the id of another one', id: scenario.id});
    } else known.set(scenario.id, {...example, origin: 'example'});
  }
  for (const name of existsSync(folder) ? readdirSync(folder).sort() : []) {
    if (!name.endsWith('.json')) continue;
    try {
      const scenario = planner.check(JSON.parse(readFileSync(join(folder, name), 'utf8')));
      if (known.has(scenario.id)) continue;
      known.set(scenario.id, {scenario, folder: null, origin: 'own'});
    } catch (error) {
      log({level: 'warn', message: 'a scenario cannot be read', file: join(folder, name), error});
    }
  }

  const get = (id: string): KnownScenario => {
    const found = known.get(id);
    if (found) return found;
    throw new EcoError(
      'scenario_unknown',
      `no scenario ${id.slice(0, MOST_ID_LENGTH)}; there are ${[...known.keys()].slice(0, MOST_NAMED).join(', ') || 'none'}`,
      404,
    );
  };

  return {
    list: () => [...known.values()],
    get,
    add: (value) => {
      const said = planner.check(value);
      let id = said.id;
      for (let n = 2; known.has(id); n += 1) {
        if (isDeepStrictEqual({...known.get(id)!.scenario, id: said.id}, said)) return {id, isNew: false};
        const behind = `-${n}`;
        id = said.id.slice(0, MOST_ID_LENGTH - behind.length) + behind;
      }
      const own = [...known.values()].filter(({origin}) => origin === 'own').length;
      if (own >= MOST_OWN) {
        throw new EcoError('scenarios_full', `expected at most ${MOST_OWN} scenarios; remove one`, 409);
      }
      const scenario = {...said, id};
      mkdirSync(folder, {recursive: true});
      writeWholeFile(fileOf(id), `${JSON.stringify(scenario, null, 1)}\n`);
      known.set(id, {scenario, folder: null, origin: 'own'});
      return {id, isNew: true};
    },
    remove: (id) => {
      if (get(id).origin === 'example') {
        throw new EcoError('scenario_is_example', `${id} comes with its site and stays`, 409);
      }
      rmSync(fileOf(id), {force: true});
      known.delete(id);
    },
  };
}
