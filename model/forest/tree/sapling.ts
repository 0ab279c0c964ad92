/** A cohort of young trees of one species in a cell. */
export type Saplings = {count: number; heightM: number; stressYears: number};

/** Years in a row under stress that kill a cohort. */
const MAX_STRESS_YEARS = 3;
/** Height at which saplings become trees, m. */
export const SAPLING_TREE_HEIGHT_M = 4;

/**
 * Height, m, that a sapling has after a year without limits: Bertalanffy's growth towards the species' greatest height.
 * `rate`: per year. Source: Seidl et al. (2012), after Rammig, Bebi, Bugmann & Fahse (2007).
 */
export function potentialSaplingHeightM(heightM: number, maxHeightM: number, rate: number): number {
  return maxHeightM * (1 - (1 - Math.cbrt(heightM / maxHeightM)) * Math.exp(-rate)) ** 3;
}

/** Exponent of the number of stems over their size where they fill the ground. Source: Reineke (1933), J. Agric. Res. 46: 627–638. */
export const REINEKE = 1.605;
/**
 * Trees of `SAPLING_TREE_HEIGHT_M` that come of saplings where these fill a hectare: one to 2 m × 2 m. Source: the European species table
 * of iLand 2.1, whose `sapReinekesR` and `sapHDSapling` give 2,490 to 2,510 for 24 of 31 species, and 3,000 to 6,260 for seven.
 */
const SAPLING_TREES_PER_HA = 2500;

/** Height, m, at which saplings of a species are trees: one that ends lower than others' saplings grow to, at half its height. */
export function treeHeightM(maxHeightM: number): number {
  return Math.min(SAPLING_TREE_HEIGHT_M, maxHeightM / 2);
}

/** Largest number of saplings of a species in an area: as many as may become trees there, after Reineke where they are less tall. */
export function mostSaplings(maxHeightM: number, areaM2: number): number {
  const lower = treeHeightM(maxHeightM) / SAPLING_TREE_HEIGHT_M;
  return (areaM2 / 10_000) * SAPLING_TREES_PER_HA * lower ** -REINEKE;
}

/**
 * Saplings a year later, or null when they died. `survival`: share 0–1 that age, drought and flood leave, as of trees;
 * `environment` and `light`: shares 0–1 of growth that site and light allow; growth below `stressBelow` of the potential is a year
 * of stress, and four in a row kill.
 */
export function growSaplings(
  saplings: Saplings,
  year: {
    maxHeightM: number;
    rate: number;
    survival: number;
    environment: number;
    light: number;
    stressBelow: number;
  },
): Saplings | null {
  const potentialM = potentialSaplingHeightM(saplings.heightM, year.maxHeightM, year.rate);
  const share = year.environment * year.light;
  const stressYears = share < year.stressBelow ? saplings.stressYears + 1 : 0;
  if (stressYears > MAX_STRESS_YEARS) return null;
  const heightM = saplings.heightM + (potentialM - saplings.heightM) * share;
  const count = saplings.count * year.survival;
  return count > 0 ? {count, heightM, stressYears} : null;
}

/**
 * Saplings of a cell that find ground, of those that stand there and of seedlings that come. Each takes the ground of the tree that it
 * may become, so that of all together no more are left than can be trees (`most`: of a cohort that has the cell for itself). Who stands
 * there comes first; where trees have taken so much that it is too little, all lose alike, and so do seedlings of what is left.
 * Source: own; numbers after iLand, where a square of ground goes to one cohort from the seedling on (Seidl et al. 2012).
 */
export function saplingsWithGround(
  cell: readonly {count: number; seedlings: number; most: number}[],
  room: number,
): {count: number; seedlings: number}[] {
  const taken = cell.reduce((sum, {count, most}) => sum + count / most, 0);
  const stay = Math.min(1, room / taken || 0);
  const wanted = cell.reduce((sum, {seedlings, most}) => sum + seedlings / most, 0);
  const come = Math.min(1, Math.max(0, room - taken) / wanted || 0);
  return cell.map(({count, seedlings}) => ({
    count: taken > 0 ? count * stay : 0,
    seedlings: wanted > 0 ? seedlings * come : 0,
  }));
}
