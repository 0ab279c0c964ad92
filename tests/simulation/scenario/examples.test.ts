import {readdirSync, readFileSync} from 'node:fs';
import {resolve} from 'node:path';
import {beforeAll, describe, expect, it} from 'vitest';
import {Scenario} from '#schemas';
import {type PlaceInput, parseScenario, planRun} from '#simulation';
import {ISLAND, placeIn} from '../read-place.ts';

const FOLDER = resolve(import.meta.dirname, '../../../', ISLAND, 'scenarios');
const names = readdirSync(FOLDER).filter((name) => name.endsWith('.json'));

let place: PlaceInput;
beforeAll(async () => {
  place = await placeIn(ISLAND);
}, 60_000);

it('has the six examples', () => {
  expect(names.sort()).toEqual([
    'baseline.json',
    'heat-drought.json',
    'irrigation.json',
    'leave-alone.json',
    'native-planting.json',
    'thinning.json',
  ]);
});

describe.each(names)('%s', (name) => {
  const text = readFileSync(resolve(FOLDER, name), 'utf8');

  it('is valid, named by its file, and told in both languages', () => {
    const species = new Set(place.archive.species.map(({id}) => id));
    const {scenario, problems} = parseScenario(text, {site: place.site.id, species});
    expect(problems).toEqual([]);
    expect(`${scenario!.id}.json`).toBe(name);
    expect(scenario!.description!.zh).toMatch(/[\u4e00-\u9fff]{10}/);
    expect(scenario!.description!.en).toMatch(/[a-z]{3}/);
  });

  it('can be carried out whole', () => {
    const {scenario} = parseScenario(text);
    const {plan, impossible, notes} = planRun({scenario: scenario!, place});
    expect(impossible).toEqual([]);
    expect(notes).toEqual([]);
    expect(plan.operations.length > 0).toBe((scenario!.operations ?? []).length > 0);
    for (const {unitCostCny} of plan.operations) expect(unitCostCny).toBeGreaterThan(0);
  });
});

describe('the scenario of the docs', () => {
  const docs = readFileSync(resolve(import.meta.dirname, '../../../docs/scenarios.md'), 'utf8');

  it('is valid and can be carried out', () => {
    const text = /```json\n([\s\S]*?)```/.exec(docs)![1]!;
    const {scenario, problems} = parseScenario(text);
    expect(problems).toEqual([]);
    expect(planRun({scenario: scenario!, place}).impossible).toEqual([]);
  });

  it('stands beside a table that names every field', () => {
    const fields = Object.keys((Scenario as unknown as {properties: object}).properties);
    expect(fields.filter((field) => !docs.includes(`\`${field}\``))).toEqual([]);
  });
});

it('share their chance: one seed in all', () => {
  const seeds = names.map((name) => JSON.parse(readFileSync(resolve(FOLDER, name), 'utf8')).seed as number);
  expect(new Set(seeds).size).toBe(1);
});
