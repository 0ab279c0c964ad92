import {runMember} from '../../run/run-member.ts';
import type {RunYear} from '../../run/sink.ts';
import type {Table} from '../table.ts';
import type {PlotMap} from './plot-map.ts';
import {planOfPlot, weatherOfPlot} from './plot-plan.ts';
import type {Followed} from './predict.ts';
import type {PlotSpecies} from './species-of-plot.ts';

/** Stems that came up in a period and stand at its end. */
export type Recruits = {stemsPerHa: number; basalAreaM2PerHa: number; species: number};

/** Independent runs of seeds, weather being the same: years of many seeds fall differently. */
export const RECRUIT_RUNS = 4;
/** Fewer of a species on a hectare are not told as one that came up. */
const LEAST_PER_HA = 0.5;

/**
 * Stems that come up in the simulation of the plot, all processes of a year together, and stand after `years` with a diameter of
 * `countedFromCm` or more; saplings below the height of trees count from 1 cm. Mean of the runs, between whole years in proportion.
 */
export function modelRecruits(
  followed: readonly Followed[],
  species: readonly PlotSpecies[],
  of: {map: PlotMap; climate: Table; years: number; countedFromCm: number},
  onRun: () => void = () => {},
): Recruits {
  const {map, years, countedFromCm} = of;
  const whole = Math.ceil(years);
  const weather = weatherOfPlot(of.climate, map.place);
  const mean: Recruits = {stemsPerHa: 0, basalAreaM2PerHa: 0, species: 0};
  for (let run = 1; run <= RECRUIT_RUNS; run += 1) {
    onRun();
    const plan = planOfPlot(followed, species, map, {years: whole, countedFromCm, seed: run});
    const ends: Recruits[] = [];
    runMember(
      plan,
      0,
      {
        year: (row) => ends.push(standing(row, plan.nextId, plan.units[0]!.areaM2 / 10_000, countedFromCm)),
        event: () => {},
      },
      (_climate, _member, year) => weather(year),
    );
    const [before, after] = [ends[whole - 1]!, ends[whole]!];
    const part = years - (whole - 1);
    for (const key of ['stemsPerHa', 'basalAreaM2PerHa', 'species'] as const) {
      mean[key] += (before[key] + part * (after[key] - before[key])) / RECRUIT_RUNS;
    }
  }
  return mean;
}

function standing(
  {trees, cohorts, saplings}: RunYear,
  newFrom: number,
  areaHa: number,
  fromCm: number,
): Recruits {
  const bySpecies = new Map<number, number>();
  let basalAreaM2PerHa = 0;
  const add = (species: number, stemsPerHa: number, dbhCm: number) => {
    bySpecies.set(species, (bySpecies.get(species) ?? 0) + stemsPerHa);
    basalAreaM2PerHa += stemsPerHa * (Math.PI / 40_000) * dbhCm * dbhCm;
  };
  for (let i = 0; i < trees.count; i += 1) {
    if (trees.status[i] === 1 && trees.id[i]! >= newFrom && trees.dbhCm[i]! >= fromCm)
      add(trees.species[i]!, 1 / areaHa, trees.dbhCm[i]!);
  }
  for (let i = 0; i < cohorts.count; i += 1) {
    if (cohorts.origin[i] === 1 && cohorts.dbhCm[i]! >= fromCm)
      add(cohorts.species[i]!, cohorts.stemsPerHa[i]!, cohorts.dbhCm[i]!);
  }
  for (const {species, stems, dbhCm} of saplings.rows()) {
    if (dbhCm >= fromCm) add(species, stems / areaHa, dbhCm);
  }
  const stemsPerHa = [...bySpecies.values()].reduce((sum, stems) => sum + stems, 0);
  return {
    stemsPerHa,
    basalAreaM2PerHa,
    species: [...bySpecies.values()].filter((stems) => stems >= LEAST_PER_HA).length,
  };
}
