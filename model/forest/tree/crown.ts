/** Length of the crown over the tree's height. One value for all: crowns do not recede. */
export const CROWN_LENGTH_RATIO = 0.5;

/**
 * Crown diameter, m, of a tree from its diameter (cm) and height (m).
 * Source: Jucker, Caspersen, Chave et al. (2017), doi:10.1111/gcb.13388: D = 0.557·(H·CD)^0.809.
 */
export function crownDiameterM(dbhCm: number, heightM: number): number {
  return (dbhCm / 0.557) ** (1 / 0.809) / heightM;
}

/** Crown radius, m, by the species' form (1 round) and the light it grows in: `crown.crownShade` less in full shade. */
export function crownRadiusM(
  tree: {dbhCm: number; heightM: number; index: number},
  crown: {crownForm: number; crownShade: number; fixedRadiusM: number},
): number {
  if (crown.fixedRadiusM > 0) return crown.fixedRadiusM;
  const lit = 1 - crown.crownShade * (1 - tree.index);
  return 0.5 * crownDiameterM(tree.dbhCm, tree.heightM) * crown.crownForm * lit;
}
