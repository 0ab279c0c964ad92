import {stemMassOfKg} from './diameter.ts';
import type {Allometry, TreeParameters} from './parameters.ts';

/** Dry mass of the parts of a tree, kg. */
export type TreePools = {
  foliageKg: number;
  fineRootKg: number;
  coarseRootKg: number;
  stemKg: number;
  branchKg: number;
  reserveKg: number;
};

/** Mass of a part by its allometry, kg. */
export function massKg({a, b}: Allometry, dbhCm: number): number {
  return a * dbhCm ** b;
}

/** Everything in a tree, kg. */
export function treeMassKg(pools: TreePools): number {
  return (
    pools.foliageKg + pools.fineRootKg + pools.coarseRootKg + pools.stemKg + pools.branchKg + pools.reserveKg
  );
}

/**
 * The parts of a tree that was measured: by allometry of its diameter; the stem by its own diameter and height, or by allometry
 * where the species' is known (`stem: 'allometry'`).
 */
export function poolsOf(
  tree: {dbhCm: number; heightM: number},
  p: TreeParameters,
  stem: 'form' | 'allometry' = 'form',
): TreePools {
  const foliageKg = massKg(p.foliage, tree.dbhCm);
  return {
    foliageKg,
    fineRootKg: p.fineRootOverFoliage * foliageKg,
    coarseRootKg: massKg(p.root, tree.dbhCm),
    stemKg: stem === 'form' ? stemMassOfKg(tree, p) : massKg(p.stem, tree.dbhCm),
    branchKg: massKg(p.branch, tree.dbhCm),
    reserveKg: foliageKg * (1 + p.fineRootOverFoliage),
  };
}
