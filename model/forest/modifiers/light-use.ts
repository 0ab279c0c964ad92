/** Grams of dry matter in a mole of carbon fixed. Source: 3-PG (Sands 2004). */
const DRY_MATTER_G_PER_MOL = 24;
/** Moles of photosynthetically active photons in a MJ of global radiation. Source: 3-PG (Sands 2004). */
const PHOTONS_MOL_PER_MJ = 2.3;

/** Dry matter from global radiation, g MJ⁻¹, of a canopy efficiency in mol C per mol photons (3-PG's alphaCx). */
export function dryMatterGPerMj(
  efficiencyMolPerMol: number,
  constants = {gDmPerMol: DRY_MATTER_G_PER_MOL, molPerMj: PHOTONS_MOL_PER_MJ},
): number {
  return constants.gDmPerMol * constants.molPerMj * efficiencyMolPerMol;
}

/** What a month offers to an area that absorbs light, and how much of it the plant can use. All modifiers 0–1 (CO2 may exceed 1). */
export type MonthOfLight = {
  /** Canopy light-use efficiency before all modifiers, mol C per mol photons. */
  efficiencyMolPerMol: number;
  /** Global radiation, mean of the month's days. */
  radiationMjPerM2Day: number;
  days: number;
  temperature: number;
  frost: number;
  nutrition: number;
  co2: number;
  physiology: number;
  /** Share of the month in leaf. */
  inLeafFraction: number;
};

/**
 * Potential gross production of a month, g dry matter per m² of absorbing area.
 * Source: Landsberg & Waring (1997); Forrester & Tang (2016).
 */
export function potentialGrossProductionG(month: MonthOfLight): number {
  return (
    dryMatterGPerMj(month.efficiencyMolPerMol) *
    month.radiationMjPerM2Day *
    month.days *
    month.temperature *
    month.frost *
    month.nutrition *
    month.co2 *
    month.physiology *
    month.inLeafFraction
  );
}

/** Net over gross production. Source: Waring, Landsberg & Williams (1998), doi:10.1093/treephys/18.2.129. */
export const NET_OVER_GROSS = 0.47;

/** Bounds of the share of net production that goes to roots (pRx, pRn) and the fertility term's value on the poorest soil (m0). */
export type RootAllocation = {maxFraction: number; minFraction: number; atZeroFertility: number};

/**
 * Share of net production that goes to roots: the most under stress, the least where water, air and soil are good.
 * `physiology`: f_phys (over a year: its mean weighted by gross production); `fertility` 0–1.
 * Source: Landsberg & Waring (1997); Sands & Landsberg (2002).
 */
export function rootFraction(physiology: number, fertility: number, roots: RootAllocation): number {
  const {maxFraction, minFraction, atZeroFertility} = roots;
  const m = atZeroFertility + (1 - atZeroFertility) * fertility;
  return (maxFraction * minFraction) / (minFraction + (maxFraction - minFraction) * physiology * m);
}

/**
 * The same by nutrition and the share of the year's radiation that could be used.
 * Source: Seidl et al. (2012), after Landsberg & Waring (1997): 0.8/(1 + 2.5·f_N·u).
 */
export function rootFractionByUse(nutrition: number, usedRadiationFraction: number): number {
  return 0.8 / (1 + 2.5 * nutrition * usedRadiationFraction);
}
