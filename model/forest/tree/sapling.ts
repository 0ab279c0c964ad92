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

/** Largest number of saplings of a height in an area, after Reineke. `density`: of stems of 25 cm on a hectare (R). */
export function maxSaplings(sapling: {
  heightM: number;
  areaM2: number;
  density: number;
  heightOverDiameter: number;
}): number {
  const dbhCm = (100 * sapling.heightM) / sapling.heightOverDiameter;
  return (sapling.areaM2 / 10_000) * sapling.density * (dbhCm / 25) ** -1.605;
}

/**
 * Saplings a year later, or null when they died. `environment` and `light`: shares 0–1 of growth that site and light allow;
 * growth below `stressBelow` of the potential is a year of stress, and four in a row kill.
 */
export function growSaplings(
  saplings: Saplings,
  year: {
    maxHeightM: number;
    rate: number;
    environment: number;
    light: number;
    stressBelow: number;
    maxCount: (heightM: number) => number;
  },
): Saplings | null {
  const potentialM = potentialSaplingHeightM(saplings.heightM, year.maxHeightM, year.rate);
  const share = year.environment * year.light;
  const stressYears = share < year.stressBelow ? saplings.stressYears + 1 : 0;
  if (stressYears > MAX_STRESS_YEARS) return null;
  const heightM = saplings.heightM + (potentialM - saplings.heightM) * share;
  const count = Math.min(saplings.count, year.maxCount(heightM));
  return count > 0 ? {count, heightM, stressYears} : null;
}
