import {signal} from '@preact/signals';
import type {RunBody, ScenarioSummary} from '#schemas';
import {get} from '../api/client.ts';
import {named} from '../text/index.ts';

const names = signal<ReadonlyMap<string, ScenarioSummary>>(new Map());
const asked = new Set<string>();

/** Name of a run's scenario in the reader's language; its id until the names are there. */
export function scenarioName({site, scenario}: Pick<RunBody, 'site' | 'scenario'>): string {
  if (!asked.has(site)) {
    asked.add(site);
    get('/scenarios', {site}).then(
      ({items}) => {
        names.value = new Map([...names.value, ...items.map((item) => [item.id, item] as const)]);
      },
      () => asked.delete(site),
    );
  }
  const known = names.value.get(scenario);
  return known ? named(known.name) : scenario;
}
