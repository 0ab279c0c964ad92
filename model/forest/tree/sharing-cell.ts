import {lightResponse} from './light-response.ts';
import {CROWN_EXTINCTION} from './view-factor.ts';

/** Leaf area index below which only the ground under crowns takes part, and above which all of it does. */
const OPEN_LAI = 1;
const CLOSED_LAI = 3;

/** A tree in its cell of 20 m: what it has, and the light index its neighbours leave it. */
export type CellTree = {leafAreaM2: number; crownRadiusM: number; index: number; lightClass: number};

/** What a tree gets: absorbing area, m² of full light, and the index that also steers its form. */
export type CellShare = {absorbingM2: number; index: number};

/** Sums over the trees of a cell, in the order of their ids. */
export type CellSums = {leafAreaM2: number; crownAreaM2: number; litLeafAreaM2: number};

/** Area that absorbs as if it lay under full light, m²: never more than the canopy can. Source: own; Beer's law by Monsi & Saeki (1953). */
export function absorbedAreaM2({leafAreaM2, crownAreaM2}: CellSums, areaM2: number): number {
  if (leafAreaM2 <= 0) return 0;
  const lai = leafAreaM2 / areaM2;
  const crowns = Math.min(crownAreaM2, areaM2);
  const closed = Math.min(1, Math.max(0, (lai - OPEN_LAI) / (CLOSED_LAI - OPEN_LAI)));
  const stockedM2 = crowns + closed * (areaM2 - crowns);
  return stockedM2 > 0 ? stockedM2 * (1 - Math.exp((-CROWN_EXTINCTION * leafAreaM2) / stockedM2)) : 0;
}

/**
 * Index of a tree in its cell, 0–1: what its neighbours leave it, lowered as far as the crowns close to what the cell can absorb.
 * A lone tree keeps its own.
 */
export function cellIndex(index: number, sums: CellSums, areaM2: number): number {
  if (sums.litLeafAreaM2 <= 0) return 0;
  const multiplier = absorbedAreaM2(sums, areaM2) / sums.litLeafAreaM2;
  const cover = Math.min(1, sums.crownAreaM2 / areaM2);
  return Math.max(0, Math.min(1, index * (1 - cover * (1 - multiplier))));
}

/** Sums over a cell's trees. */
export function cellSums(trees: readonly CellTree[]): CellSums {
  return trees.reduce(
    (sums, {leafAreaM2, crownRadiusM, index}) => ({
      leafAreaM2: sums.leafAreaM2 + leafAreaM2,
      crownAreaM2: sums.crownAreaM2 + Math.PI * crownRadiusM * crownRadiusM,
      litLeafAreaM2: sums.litLeafAreaM2 + leafAreaM2 * index,
    }),
    {leafAreaM2: 0, crownAreaM2: 0, litLeafAreaM2: 0},
  );
}

/** The light of a cell shared among its trees by leaf area and use of light; the shares add up to what the cell absorbs. */
export function shareCell(trees: readonly CellTree[], areaM2: number): CellShare[] {
  const sums = cellSums(trees);
  const absorbed = absorbedAreaM2(sums, areaM2);
  const indices = trees.map((tree) => cellIndex(tree.index, sums, areaM2));
  const weights = trees.map((tree, i) => tree.leafAreaM2 * lightResponse(indices[i]!, tree.lightClass));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return trees.map((_, i) => ({
    absorbingM2: total > 0 ? (absorbed * weights[i]!) / total : 0,
    index: indices[i]!,
  }));
}
