import {ageModifier, treeRelativeAge} from '../modifiers/age.ts';
import {NET_OVER_GROSS} from '../modifiers/light-use.ts';
import {allocationShares, carbonStress, keptByKg, MAX_OVER_ALLOMETRY, stemShareOfWood} from './allocation.ts';
import {diameterGrowthCm, treeHeightSlope} from './diameter.ts';
import type {TreeParameters} from './parameters.ts';
import {massKg, type TreePools} from './pools.ts';
import {potentialSaplingHeightM} from './sapling.ts';

export type TreeState = {
  dbhCm: number;
  heightM: number;
  ageYr: number;
  /** Growth in diameter of the year before. */
  lastGrowthCm: number;
  pools: TreePools;
};

/** What a year gives to one tree. */
export type TreeYear = {
  /** Potential gross production of the year per absorbing area, g m⁻². */
  potentialGPerM2: number;
  /** Share of net production that goes to roots. */
  rootFraction: number;
  /** From its cell. */
  absorbingM2: number;
  index: number;
};

/** What a tree lost in a year, kg: to litter above and below ground. */
export type TreeLitter = {
  foliageKg: number;
  fineRootKg: number;
  coarseRootKg: number;
  branchKg: number;
};

export type GrownTree = TreeState & {
  netProductionKg: number;
  /** 0 well fed to 1 starved. */
  stress: number;
  litter: TreeLitter;
  /** Without leaves a tree is dead. */
  alive: boolean;
};

/**
 * Share 0–1 that a thick tree makes of the production beyond what it needs to keep itself: nothing at 1.15 times the greatest diameter.
 * Own guard against endless growth. What keeps leaves, fine roots and reserve alive is left, so that size alone starves no tree.
 */
export function thicknessModifier(dbhCm: number, maxDbhCm: number): number {
  return Math.max(0, 1 - (dbhCm / (1.15 * maxDbhCm)) ** 6);
}

/** A stem that does not thicken: all that it produces renews what it sheds. */
function keptSize(tree: TreeState, netProductionKg: number, p: TreeParameters): GrownTree {
  return {
    ...tree,
    heightM:
      p.heightRate > 0 && tree.heightM < p.maxHeightM
        ? potentialSaplingHeightM(tree.heightM, p.maxHeightM, p.heightRate)
        : tree.heightM,
    ageYr: tree.ageYr + 1,
    lastGrowthCm: 0,
    netProductionKg,
    stress: 0,
    litter: {foliageKg: netProductionKg, fineRootKg: 0, coarseRootKg: 0, branchKg: 0},
    alive: tree.pools.foliageKg > 0,
  };
}

/**
 * One tree a year later: its share of light becomes production, which pays for leaves, fine roots, reserve and, with what is left,
 * wood. All rates are of the state at the start of the year; what comes in is in the tree or its litter at the end.
 * Source: Seidl et al. (2012), doi:10.1016/j.ecolmodel.2012.02.015; production as 3-PG (Landsberg & Waring 1997).
 */
export function growTree(tree: TreeState, year: TreeYear, p: TreeParameters): GrownTree {
  const {dbhCm, heightM, pools} = tree;
  const relativeAge = treeRelativeAge({
    heightM,
    maxHeightM: p.maxHeightM,
    ageYr: tree.ageYr,
    maxAgeYr: p.ageLimitYr,
  });
  const grossKg = (year.potentialGPerM2 / 1000) * year.absorbingM2 * ageModifier(relativeAge, p.ageResponse);
  const thickness = thicknessModifier(dbhCm, p.maxDbhCm);
  const unboundKg = NET_OVER_GROSS * grossKg;
  if (p.fixedSize) return keptSize(tree, thickness * unboundKg, p);
  const spareKg = Math.max(0, unboundKg + pools.reserveKg - keptByKg(dbhCm, p));
  const netProductionKg = unboundKg - (1 - thickness) * Math.min(unboundKg, spareKg);
  const availableKg = netProductionKg + pools.reserveKg;
  const shares = allocationShares(tree, availableKg, year.rootFraction, p);

  const foliageLitterKg = p.leafTurnover * pools.foliageKg;
  const fineRootLitterKg = p.fineRootTurnover * pools.fineRootKg;
  const foliageGainKg = shares.foliage * availableKg - foliageLitterKg;

  // roots: fine ones first, up to what the leaves ask for
  const fineRootLeftKg = pools.fineRootKg - fineRootLitterKg;
  const fineRootWantedKg = Math.max(p.fineRootOverFoliage * pools.foliageKg, foliageGainKg);
  const rootKg = shares.root * availableKg;
  const refillKg = Math.min(rootKg, Math.max(0, fineRootWantedKg - fineRootLeftKg));
  const coarseRootKg = pools.coarseRootKg + rootKg - refillKg;
  const coarseRootKept = Math.min(
    coarseRootKg,
    Math.max(pools.coarseRootKg, MAX_OVER_ALLOMETRY * massKg(p.root, dbhCm)),
  );

  // wood: the reserve first
  const targetKg = massKg(p.foliage, dbhCm);
  const woodKg = shares.wood * availableKg;
  const reserveKg = Math.min(targetKg * (1 + p.fineRootOverFoliage), woodKg);
  const netWoodKg = woodKg - reserveKg;
  const stemGainKg = netWoodKg * stemShareOfWood(dbhCm, p);
  const slope = treeHeightSlope(tree, year.index, p);
  const free = diameterGrowthCm(stemGainKg, {dbhCm, heightM, lastCm: tree.lastGrowthCm}, slope, p);
  const growthCm = Math.min(p.maxGrowthCm, free);
  const branchKg = pools.branchKg + netWoodKg - stemGainKg;
  const branchKept = Math.min(
    branchKg,
    Math.max(pools.branchKg, MAX_OVER_ALLOMETRY * massKg(p.branch, dbhCm + growthCm)),
  );

  const foliageKg = Math.max(0, pools.foliageKg + foliageGainKg);
  return {
    dbhCm: dbhCm + growthCm,
    heightM: Math.min(Math.max(heightM, p.maxHeightM), heightM + (slope * growthCm) / 100),
    ageYr: tree.ageYr + 1,
    lastGrowthCm: growthCm,
    pools: {
      foliageKg,
      fineRootKg: fineRootLeftKg + refillKg,
      coarseRootKg: coarseRootKept,
      stemKg: pools.stemKg + stemGainKg,
      branchKg: branchKept,
      reserveKg,
    },
    netProductionKg,
    stress: carbonStress(dbhCm, availableKg, p),
    litter: {
      foliageKg: foliageLitterKg,
      fineRootKg: fineRootLitterKg,
      coarseRootKg: coarseRootKg - coarseRootKept,
      branchKg: branchKg - branchKept,
    },
    alive: foliageKg > 0,
  };
}
