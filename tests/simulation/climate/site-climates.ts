import {readFileSync} from 'node:fs';
import {resolve} from 'node:path';
import type {Scenario} from '#schemas';
import {type ClimatePlan, readSiteClimate, type SiteClimate} from '#simulation';
import {type ClimateInput, planClimate} from '../../../simulation/climate/plan-climate.ts';

const ROOT = resolve(import.meta.dirname, '../../..');
const read = (folder: string): SiteClimate =>
  readSiteClimate(JSON.parse(readFileSync(resolve(ROOT, folder, 'climate.json'), 'utf8')), folder);

export type ClimateCase = {name: string; site: SiteClimate; latitudeDeg: number; elevationM: number};

/** Humid subtropical north of the equator, and arid south of it. */
export const CLIMATES: ClimateCase[] = [
  {name: 'subtropical north', site: read('sites/guangyang'), latitudeDeg: 29.578, elevationM: 190},
  {
    name: 'arid south',
    site: read('tests/fixtures/sites/lake-saltmarsh'),
    latitudeDeg: -28.95,
    elevationM: -12,
  },
];

/** The climate plan of a scenario in one of these, or an error with its problems. */
export function climatePlan(
  of: ClimateCase,
  scenario: Partial<Scenario> = {},
  more: Partial<ClimateInput> = {},
): ClimatePlan {
  const {site, latitudeDeg, elevationM} = of;
  const whole = {seed: 1, years: 10, climate: {from: 'normals'}, ...scenario} as Scenario;
  const {climate, problems} = planClimate({
    scenario: whole,
    firstYear: 2026,
    site,
    latitudeDeg,
    elevationM,
    record: null,
    ...more,
  });
  if (!climate) throw new Error(JSON.stringify(problems));
  return climate;
}
