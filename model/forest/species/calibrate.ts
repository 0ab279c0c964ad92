import type {PhysiologyMode} from '../modifiers/physiology.ts';
import {crownRadiusM} from '../tree/crown.ts';
import {SHARING_CELL_M} from '../tree/forest-plan.ts';
import {growTree, type TreeState} from '../tree/grow-tree.ts';
import {ageOfDiameter} from '../tree/initial-age.ts';
import {poolsOf} from '../tree/pools.ts';
import {shareCell} from '../tree/sharing-cell.ts';
import {PARAMETER_RANGES} from './parameter-ranges.ts';
import {curveHeightM, type SpeciesParameters} from './species-rule.ts';
import {speciesYear, treeParametersOf, type UnitMonth, type UnitSoil} from './species-year.ts';

/** A tree in the open starts with this diameter, cm, and is followed for these years. */
const START_DBH_CM = 5;
const YEARS = 30;
/** The greatest increment of a species is that of its best years: its mean is this share of it. */
const MEAN_OVER_MAX = 0.7;
/** Efficiency may be moved within these factors. */
const FACTORS = [0.5, 1.25] as const;
/** Halvings of the interval: to a millionth of it. */
const ROUNDS = 20;

/** A year of average weather of the region, and a soil that is good enough to grow in. */
export type ReferenceSite = {months: readonly UnitMonth[]; soil: UnitSoil; mode: PhysiologyMode};

/** Mean growth in diameter, cm a⁻¹, of one tree in the open over 30 years from 5 cm, every year being the reference year. */
export function openGrownIncrementCm(species: SpeciesParameters, site: ReferenceSite): number {
  const p = treeParametersOf(species);
  const {values} = species;
  const {potentialGPerM2, rootFraction} = speciesYear(species, site.months, site.soil, site.mode);
  const start = {
    dbhCm: START_DBH_CM,
    heightM: curveHeightM(START_DBH_CM, values.maxHeightM, (values.openMPerCm + values.shadeMPerCm) / 2),
  };
  let tree: TreeState & {index: number} = {
    ...start,
    ageYr: ageOfDiameter(START_DBH_CM, 'medium', values.maxAgeYr),
    lastGrowthCm: 0.1,
    pools: poolsOf(start, p),
    index: 1,
  };
  for (let year = 0; year < YEARS; year += 1) {
    const [share] = shareCell(
      [
        {
          leafAreaM2: tree.pools.foliageKg * values.slaM2PerKg,
          crownRadiusM: crownRadiusM(tree, p),
          index: 1,
          lightClass: values.lightClass,
        },
      ],
      SHARING_CELL_M * SHARING_CELL_M,
    );
    tree = {...growTree(tree, {potentialGPerM2, rootFraction, ...share!}, p), index: share!.index};
  }
  return (tree.dbhCm - START_DBH_CM) / YEARS;
}

/**
 * The species with its light-use efficiency moved so that a tree in the open grows by 0.7 of the greatest increment that is known
 * of it, within a factor of 0.5 to 1.25. A species that stays slower than known is so at the upper factor; palms and bamboos stay
 * as they are. `maxIncrementCm`: the known one, cm a⁻¹.
 */
export function calibrateEfficiency(
  species: SpeciesParameters,
  maxIncrementCm: number,
  site: ReferenceSite,
): SpeciesParameters {
  if (!species.thickens) return species;
  const withFactor = (factor: number): SpeciesParameters => {
    const [least, most] = PARAMETER_RANGES.efficiency;
    const efficiency = Math.min(most, Math.max(least, species.values.efficiency * factor));
    return {...species, values: {...species.values, efficiency}};
  };
  const grows = (factor: number) => openGrownIncrementCm(withFactor(factor), site);
  const targetCm = MEAN_OVER_MAX * maxIncrementCm;
  let [low, high]: [number, number] = [...FACTORS];
  // growth rises with efficiency; where even a bound falls short or goes beyond, it is the answer
  if (grows(high) <= targetCm) low = high;
  else if (grows(low) >= targetCm) high = low;
  for (let round = 0; round < ROUNDS && low < high; round += 1) {
    const middle = (low + high) / 2;
    if (grows(middle) < targetCm) low = middle;
    else high = middle;
  }
  const factor = (low + high) / 2;
  const label = 'calibrated' as const;
  const source = `open-grown tree of the reference climate, factor ${factor.toFixed(3)} on: ${species.basis.efficiency.source}`;
  return {...withFactor(factor), basis: {...species.basis, efficiency: {label, source}}};
}
