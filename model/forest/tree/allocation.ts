import type {TreeParameters} from './parameters.ts';
import {massKg, type TreePools} from './pools.ts';

/** Coarse roots and branches may exceed their allometry by this factor; what is more is shed. */
export const MAX_OVER_ALLOMETRY = 1.2;

/** What a year's carbon is divided into, as shares of production and last year's reserve together. */
export type AllocationShares = {wood: number; foliage: number; root: number};

/**
 * Shares of a year's carbon for wood, leaves and roots, so that leaves keep to their allometry with the stem that grows.
 * `availableKg`: net production and reserve. `root`: share of roots.
 * Source: Duursma, Marshall, Robinson & Pangle (2007), as in Seidl et al. (2012).
 */
export function allocationShares(
  tree: {dbhCm: number; pools: TreePools},
  availableKg: number,
  root: number,
  p: TreeParameters,
): AllocationShares {
  if (availableKg <= 0) return {wood: 0, foliage: 1 - root, root};
  const {foliageKg, stemKg, branchKg} = tree.pools;
  const target = massKg(p.foliage, tree.dbhCm);
  const live = (1 + p.fineRootOverFoliage) * Math.min(target, foliageKg);
  const woodTurnover = live / (stemKg + branchKg + live);
  const foliagePower = target * p.foliage.b;
  const woodPower = stemKg * p.stem.b + branchKg * p.branch.b;
  const wood =
    (foliagePower * woodTurnover * (stemKg + branchKg) -
      woodPower * (target * p.leafTurnover - availableKg * (1 - root))) /
    (availableKg * (foliagePower + woodPower));
  const bounded = Math.max(0, Math.min(1 - root, wood));
  return {wood: bounded, foliage: 1 - root - bounded, root};
}

/** Share of new wood that becomes stem: by the slopes of both allometries at the tree's diameter. Source: Seidl et al. (2012). */
export function stemShareOfWood(
  dbhCm: number,
  {stem, branch}: Pick<TreeParameters, 'stem' | 'branch'>,
): number {
  const stemSlope = stem.a * stem.b * dbhCm ** (stem.b - 1);
  const branchSlope = branch.a * branch.b * dbhCm ** (branch.b - 1);
  return stemSlope / (stemSlope + branchSlope);
}

/** Carbon, kg, that a tree needs in a year to keep its leaves, fine roots and reserve. */
export function keptByKg(dbhCm: number, p: TreeParameters): number {
  const target = massKg(p.foliage, dbhCm);
  return (
    p.leafTurnover * target +
    p.fineRootTurnover * p.fineRootOverFoliage * target +
    target * (1 + p.fineRootOverFoliage)
  );
}

/** A tree lacks carbon by this share 0–1 of what it needs to keep itself. Source: Seidl et al. (2012). */
export function carbonStress(dbhCm: number, availableKg: number, p: TreeParameters): number {
  const need = keptByKg(dbhCm, p);
  return need > 0 ? Math.max(0, 1 - availableKg / need) : 0;
}
