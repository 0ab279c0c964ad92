/** What the equations of one tree's biomass take. */
export type MeasuredTree = {dbhCm: number; heightM: number; woodDensityGPerCm3: number};

/**
 * Above-ground dry mass of a tree, kg, from diameter, height and wood density; the mean, so no correction for the log is due.
 * Source: Chave, Réjou-Méchain, Búrquez et al. (2014), doi:10.1111/gcb.12629, eq. 4 (residual sd 0.357 in ln units).
 */
export function aboveGroundKg({dbhCm, heightM, woodDensityGPerCm3}: MeasuredTree): number {
  return 0.0673 * (woodDensityGPerCm3 * dbhCm * dbhCm * heightM) ** 0.976;
}

/** Coefficients of eq. 7: a + b·E + c·ln ρ + d·ln D + e·(ln D)². */
export type WithoutHeight = {
  constant: number;
  environment: number;
  density: number;
  diameter: number;
  square: number;
};

/** As published. Source: Chave et al. (2014), eq. 7. */
export const EQUATION_7: WithoutHeight = {
  constant: -1.803,
  environment: -0.976,
  density: 0.976,
  diameter: 2.673,
  square: -0.0299,
};
/** As the BIOMASS package fitted it anew. Source: Réjou-Méchain, Tanguy, Piponiot et al. (2017), doi:10.1111/2041-210X.12753. */
export const EQUATION_7_REFITTED: WithoutHeight = {
  constant: -2.023977,
  environment: -0.89563505,
  density: 0.92023559,
  diameter: 2.79495823,
  square: -0.04606298,
};

/**
 * Above-ground dry mass of a tree of unknown height, kg. `environmentalStress`: the place's E (temperature seasonality, water
 * deficit and rain seasonality). Source: Chave et al. (2014), eq. 7.
 */
export function aboveGroundWithoutHeightKg(
  tree: {dbhCm: number; woodDensityGPerCm3: number; environmentalStress: number},
  equation: WithoutHeight = EQUATION_7,
): number {
  const lnDiameter = Math.log(tree.dbhCm);
  return Math.exp(
    equation.constant +
      equation.environment * tree.environmentalStress +
      equation.density * Math.log(tree.woodDensityGPerCm3) +
      equation.diameter * lnDiameter +
      equation.square * lnDiameter * lnDiameter,
  );
}

/** Height of a tree, m, from its diameter and the place's E. Source: Chave et al. (2014), eq. 6a. */
export function heightFromDiameterM(dbhCm: number, environmentalStress: number): number {
  const lnDiameter = Math.log(dbhCm);
  return Math.exp(0.893 - environmentalStress + 0.76 * lnDiameter - 0.034 * lnDiameter * lnDiameter);
}

/**
 * Above-ground dry mass of a tree, kg, by the general equation for China. Source: Zeng (2018), 34 species, mean error below
 * 10 %; after Zeng & Tang (2012).
 */
export function aboveGroundChinaKg(tree: {dbhCm: number; woodDensityGPerCm3: number}): number {
  return 0.3 * tree.woodDensityGPerCm3 * tree.dbhCm ** (7 / 3);
}
