import {
  Cohorts,
  Forest,
  type ForestSpecies,
  type ForestTree,
  lightOfStands,
  treeParametersOf,
  type UnitSums,
  unitSums,
} from '#model';
import type {RunPlan} from '../plan.ts';
import type {SpeciesYears} from './species-years.ts';
import type {UnitCover} from './unit-water.ts';

/** Trees and cohorts of a place, and what its units see of them. */
export class Stands {
  readonly forest: Forest;
  readonly cohorts: Cohorts;
  readonly species: readonly ForestSpecies[];
  readonly cover: UnitCover;
  /** Leaf area by unit with all in leaf, m² m⁻². */
  readonly lai: Float64Array;
  /** Leaf area, m², and stems of species s on unit u at [u · species + s]. */
  readonly leafM2: Float64Array;
  readonly stems: Float64Array;
  readonly #plan: RunPlan;
  readonly #sums: UnitSums;
  readonly #leafHeight: Float64Array;

  constructor(plan: RunPlan) {
    const {trees} = plan;
    const units = plan.units.length;
    this.#plan = plan;
    this.species = plan.species.map(treeParametersOf);
    const list: ForestTree[] = Array.from(trees.id, (id, i) => ({
      id,
      xM: trees.xM[i]!,
      yM: trees.yM[i]!,
      species: trees.species[i]!,
      unit: trees.unit[i]!,
      dbhCm: trees.dbhCm[i]!,
      heightM: trees.heightM[i]!,
      ageYr: trees.ageYr[i]!,
    }));
    this.forest = new Forest(list, this.species);
    this.cohorts = new Cohorts(
      plan.cohorts.map(({stemsPerHa, ...cohort}) => ({
        ...cohort,
        stemsPerM2: stemsPerHa / 10_000,
        origin: 0,
      })),
      this.species,
      plan.units.map(({areaM2}) => areaM2),
    );
    this.cover = {
      treeLai: new Float64Array(12 * units),
      heightM: new Float64Array(units),
      depletionFraction: new Float64Array(units),
      rootsInWaterM: new Float64Array(units),
    };
    this.lai = new Float64Array(units);
    this.leafM2 = new Float64Array(units * plan.species.length);
    this.stems = new Float64Array(units * plan.species.length);
    this.#leafHeight = new Float64Array(units);
    this.#sums = unitSums(units);
  }

  /** Crowns of all as they are now. */
  crowns(): void {
    this.forest.crownsAll();
    this.cohorts.crowns();
  }

  /** Leaves, stems and cover of the units as they stand. */
  look(years: SpeciesYears): void {
    const {forest, cohorts, cover, leafM2, stems} = this;
    const speciesCount = this.#plan.species.length;
    leafM2.fill(0);
    stems.fill(0);
    this.#leafHeight.fill(0);
    for (let i = 0; i < forest.count; i += 1) {
      if (forest.alive[i] === 0) continue;
      const unit = forest.unit[i]!;
      const at = unit * speciesCount + forest.species[i]!;
      const leaf = forest.leafAreaM2[i]!;
      leafM2[at] = leafM2[at]! + leaf;
      stems[at] = stems[at]! + 1;
      this.#leafHeight[unit] = this.#leafHeight[unit]! + leaf * forest.heightM[i]!;
    }
    for (let i = 0; i < cohorts.count; i += 1) {
      const unit = cohorts.unit[i]!;
      const at = unit * speciesCount + cohorts.species[i]!;
      const n = cohorts.stemsPerM2[i]! * this.#plan.units[unit]!.areaM2;
      const leaf = n * cohorts.leafAreaM2[i]!;
      leafM2[at] = leafM2[at]! + leaf;
      stems[at] = stems[at]! + n;
      this.#leafHeight[unit] = this.#leafHeight[unit]! + leaf * cohorts.heightM[i]!;
    }
    cover.treeLai.fill(0);
    for (let unit = 0; unit < this.#plan.units.length; unit += 1) {
      const areaM2 = this.#plan.units[unit]!.areaM2;
      let all = 0;
      let depletion = 0;
      let roots = 0;
      for (let s = 0; s < speciesCount; s += 1) {
        const leaf = leafM2[unit * speciesCount + s]!;
        if (leaf === 0) continue;
        const {values} = this.#plan.species[s]!;
        all += leaf;
        depletion += leaf * values.depletionFraction;
        roots += leaf * values.rootsInWaterM;
        for (let m = 0; m < 12; m += 1) {
          const at = 12 * unit + m;
          cover.treeLai[at] = cover.treeLai[at]! + (leaf * years.inLeaf(s, m)) / areaM2;
        }
      }
      this.lai[unit] = all / areaM2;
      cover.heightM[unit] = all > 0 ? this.#leafHeight[unit]! / all : 0;
      cover.depletionFraction[unit] = all > 0 ? depletion / all : 0;
      cover.rootsInWaterM[unit] = all > 0 ? roots / all : 0;
    }
  }

  /** Light of trees and cohorts together. */
  light(years: SpeciesYears): void {
    lightOfStands(this.forest, this.cohorts, years.year, this.#sums);
  }
}
