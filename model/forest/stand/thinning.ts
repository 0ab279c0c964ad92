import type {Pools} from './mortality.ts';

/** One thinning: down to a number of trees, at an age; the removed trees' masses over those of the mean tree. */
export type Thinning = {ageYr: number; stemsPerHa: number; stem: number; root: number; foliage: number};

/** The pools after a thinning; the same when no more trees stand than it leaves. Source: 3-PGpjs (Sands 2004). */
export function thinned(pools: Pools, thinning: Thinning): Pools {
  if (pools.stemsPerHa <= thinning.stemsPerHa) return pools;
  const removed = 1 - thinning.stemsPerHa / pools.stemsPerHa;
  return {
    stemsPerHa: thinning.stemsPerHa,
    stemTPerHa: pools.stemTPerHa * (1 - removed * thinning.stem),
    rootTPerHa: pools.rootTPerHa * (1 - removed * thinning.root),
    foliageTPerHa: pools.foliageTPerHa * (1 - removed * thinning.foliage),
  };
}
