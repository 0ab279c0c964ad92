import type {TreeParameters} from '../tree/parameters.ts';
import {poolsOf, type TreePools, treeMassKg} from '../tree/pools.ts';

/** Growth of a planted tree in its first years over that of one that is settled. Guess (MODELS B.1, planting shock). */
const PLANTING_SHOCK = [0.6, 0.8] as const;

/** `years` since it was planted, 0 in the year of planting. */
export function plantingShock(years: number): number {
  return PLANTING_SHOCK[years] ?? 1;
}

/** What an operation leaves of a tree, and what it took: dry mass, kg. What was taken lies on the ground or was carried away. */
export type Tended = {pools: TreePools; takenKg: number};

/** Takes a share of the crown: leaves, branches, and the reserve that lies in them for next year's leaves. */
export function pruned(pools: TreePools, crownFraction: number): Tended {
  const left = 1 - crownFraction;
  const after: TreePools = {
    ...pools,
    foliageKg: pools.foliageKg * left,
    branchKg: pools.branchKg * left,
    reserveKg: pools.reserveKg * left,
  };
  return {pools: after, takenKg: treeMassKg(pools) - treeMassKg(after)};
}

/** Shoot that a stool has put up by the end of the year it was cut in. Guess. */
const FIRST_SHOOT = {dbhCm: 1, heightM: 1.5} as const;

/**
 * Cuts a tree at the ground; the stool puts up a shoot, made of what the roots hold. Null: the roots do not hold enough, the stool
 * dies, and everything is taken or left as litter.
 */
export function coppiced(
  pools: TreePools,
  p: TreeParameters,
): (Tended & {dbhCm: number; heightM: number}) | null {
  const shoot = poolsOf(FIRST_SHOOT, p);
  const madeKg = shoot.foliageKg + shoot.stemKg + shoot.branchKg + shoot.reserveKg;
  if (pools.coarseRootKg <= madeKg) return null;
  const after: TreePools = {
    foliageKg: shoot.foliageKg,
    stemKg: shoot.stemKg,
    branchKg: shoot.branchKg,
    reserveKg: shoot.reserveKg,
    fineRootKg: pools.fineRootKg,
    coarseRootKg: pools.coarseRootKg - madeKg,
  };
  return {...FIRST_SHOOT, pools: after, takenKg: treeMassKg(pools) - treeMassKg(after)};
}
