/** What of one species stands on a hectare. */
export type Pools = {stemsPerHa: number; stemTPerHa: number; rootTPerHa: number; foliageTPerHa: number};

/** Masses of a tree that dies over those of the mean tree. */
export type DeadTree = {foliage: number; root: number; stem: number};

/** The pools after a number of trees (per ha) died. Source: Landsberg & Waring (1997). */
export function withDeaths(pools: Pools, deathsPerHa: number, dead: DeadTree): Pools {
  const share = deathsPerHa / pools.stemsPerHa;
  return {
    stemsPerHa: pools.stemsPerHa - deathsPerHa,
    stemTPerHa: pools.stemTPerHa * (1 - dead.stem * share),
    rootTPerHa: pools.rootTPerHa * (1 - dead.root * share),
    foliageTPerHa: pools.foliageTPerHa * (1 - dead.foliage * share),
  };
}

/** The self-thinning line: largest mean stem mass, kg, at a number of trees per ha. */
export function largestStemMassKg(stemsPerHa: number, line: {at1000Kg: number; power: number}): number {
  return line.at1000Kg * (1000 / stemsPerHa) ** line.power;
}

/** Newton's steps and the change (thousand trees) that ends them, as in the source: its results depend on them. */
const STEPS = 5;
const SMALLEST_STEP = 0.001;

/**
 * Trees per ha that must die so that the mean stem mass falls back to the self-thinning line; 0 below it.
 * `stemOfDead`: stem of a dying tree over the mean. Source: Landsberg & Waring (1997); Sands (2004).
 */
export function selfThinningDeaths(
  stand: {stemsPerHa: number; stemTPerHa: number},
  line: {at1000Kg: number; power: number},
  stemOfDead: number,
): number {
  const {stemsPerHa, stemTPerHa} = stand;
  const meanKg = (1000 * stemTPerHa) / stemsPerHa;
  if (meanKg <= largestStemMassKg(stemsPerHa, line)) return 0;
  let n = stemsPerHa / 1000;
  for (let step = 0; step < STEPS; step += 1) {
    const lineT = line.at1000Kg * n ** (1 - line.power);
    const value = lineT - stemOfDead * meanKg * n - (1 - stemOfDead) * stemTPerHa;
    const slope = ((1 - line.power) * lineT) / n - stemOfDead * meanKg;
    const change = -value / slope;
    n += change;
    if (Math.abs(change) <= SMALLEST_STEP) break;
  }
  return Math.max(0, stemsPerHa - 1000 * n);
}
