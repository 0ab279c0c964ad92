import type {Forest, UnitSums} from '../tree/forest.ts';
import type {ForestYear} from '../tree/stems.ts';
import type {Cohorts} from './cohorts.ts';

/** Sums over the trees of units, to be written by `Forest`. */
export function unitSums(units: number): UnitSums {
  return {
    leaf: new Float64Array(units),
    crown: new Float64Array(units),
    lit: new Float64Array(units),
    use: new Float64Array(units),
  };
}

/** Light of trees and cohorts that stand together, once their crowns are known: what each gets of the year's light. */
export function lightOfStands(forest: Forest, cohorts: Cohorts, year: ForestYear, sums: UnitSums): void {
  if (cohorts.count === 0) {
    forest.light(year);
    forest.share();
    return;
  }
  cohorts.light(year, forest);
  forest.light(year, cohorts.understorey);
  forest.sumUnits(sums);
  cohorts.share(sums);
  forest.share(cohorts.understorey, sums);
  cohorts.absorb(sums);
}
