import {signal} from '@preact/signals';
import type {RunBody, RunEventBody, RunIndicators, ScenarioSummary, SiteBody} from '#schemas';
import {get, getOne, post} from '../../api/client.ts';
import {addressed, askedSite} from '../../state/address.ts';

/** Run that is looked at, what it is compared with, and where: all in the address. */
export const shownRun = addressed('run');
export const otherRun = addressed('against');
export const shownZone = addressed('zone');

export const site = signal<SiteBody | null>(null);
export const scenarios = signal<readonly ScenarioSummary[]>([]);
export const runs = signal<readonly RunBody[]>([]);

/** While a run is under way its state is asked for this often; else only when the reader does something. */
const ASK_MS = 1000;

const isActive = ({state}: RunBody) => state === 'queued' || state === 'running';

export async function readLab(): Promise<SiteBody> {
  const {items} = await get('/sites');
  const found = items.find(({id}) => id === askedSite) ?? items[0];
  if (!found) throw new Error('no site is served');
  site.value = found;
  await readLists();
  return found;
}

export async function readLists(): Promise<void> {
  const of = {site: site.peek()!.id};
  const [scenarioList, runList] = await Promise.all([get('/scenarios', of), get('/runs', of)]);
  scenarios.value = scenarioList.items;
  runs.value = runList.items;
}

let timer: ReturnType<typeof setTimeout> | undefined;
/** Follows runs that are under way until none is. */
export function followRuns(): void {
  clearTimeout(timer);
  if (!runs.peek().some(isActive)) return;
  timer = setTimeout(async () => {
    await readLists().catch(() => {});
    followRuns();
  }, ASK_MS);
}

export type RunWish = {years?: number; members?: number; seed?: number};

/** Starts a run of a scenario and looks at it. */
export async function startRun(scenario: string, wish: RunWish): Promise<void> {
  const {id} = await post('/scenarios/{id}/runs', wish, scenario);
  shownRun.value = id;
  await readLists();
  followRuns();
}

export async function changeRun(id: string, to: 'cancel' | 'resume'): Promise<void> {
  await post(`/runs/{id}/${to}`, undefined, id);
  await readLists();
  followRuns();
}

export const scenarioFile = (id: string) => getOne<unknown>(`/scenarios/${encodeURIComponent(id)}`);

export async function saveScenario(scenario: unknown): Promise<string> {
  const {id} = await post('/scenarios', scenario);
  await readLists();
  return id;
}

export type Results = {own: RunIndicators; other: RunIndicators | null; events: readonly RunEventBody[]};

/** Indicators of a run and of the one that it is compared with. */
export async function readResults(
  run: string,
  against: string | null,
  signal: AbortSignal,
): Promise<Results> {
  const indicators = (id: string, query: Record<string, string> = {}) =>
    getOne<RunIndicators>(`/runs/${encodeURIComponent(id)}/indicators`, query, signal);
  const [own, other, events] = await Promise.all([
    indicators(run, against === null ? {} : {against}),
    against === null ? null : indicators(against),
    getOne<{items: RunEventBody[]}>(`/runs/${encodeURIComponent(run)}/events`, {}, signal),
  ]);
  return {own, other, events: events.items};
}
