/** Probability of a tree's death in a year without any cause. `reaches`: share of trees that reach the greatest age. */
export function intrinsicDeath(maxAgeYr: number, reaches: number): number {
  return 1 - reaches ** (1 / maxAgeYr);
}

/** Probability of death in a year by lack of carbon; `stress` 0–1. Source: Seidl et al. (2012), doi:10.1016/j.ecolmodel.2012.02.015. */
export function stressDeath(stress: number, response: number): number {
  return 1 - Math.exp(-response * stress);
}

/**
 * How steeply lack of carbon kills (`response` of `stressDeath`), by tolerance of shade 1–5. A tree that earns what its leaves and fine
 * roots cost and nothing more has a stress of a half and does not grow; of such trees 36.8 % die in a year (Botkin, Janak & Wallis 1972,
 * J. Ecol. 60: 849–872: one of a hundred lives ten years; kept by Bugmann 1996, doi:10.2307/2265700), here of middling tolerance. That the
 * intolerant die sooner at no growth, and how much: Kobe, Pacala, Silander & Canham (1995), doi:10.2307/1942036, and Lin, Harcombe & Fulton
 * (2001), doi:10.1139/x00-180, say that they do; the straight line is a guess, five times from end to end.
 */
export function stressResponse(shadeTolerance: number): number {
  const middling = -Math.log(1 - 0.368) / 0.5;
  return middling * (1 + (3 - shadeTolerance) / 3);
}

/** Months of drought that a tree bears, and that beyond them raise its death. Guess. */
const DROUGHT_BORNE_MONTHS = 1;
const DROUGHT_SCALE_MONTHS = 6;

/**
 * Drought of a growing season, months: of each month the share by which relative soil water (0–1) stays below the species' limit.
 * `relativeWater`: growing months only.
 */
export function droughtMonths(relativeWater: readonly number[], limit: number): number {
  return relativeWater.reduce((sum, water) => sum + Math.max(0, 1 - water / limit), 0);
}

/** Relative soil water below which a species suffers. `droughtTolerance`: 1–5. Guess. */
export function droughtLimit(droughtTolerance: number): number {
  return 0.4 - 0.05 * droughtTolerance;
}

/** Probability of death in a year by drought. Own form, guess. */
export function droughtDeath(months: number): number {
  return 1 - Math.exp(-Math.max(0, months - DROUGHT_BORNE_MONTHS) / DROUGHT_SCALE_MONTHS);
}

/**
 * Probability of death in a year by flood. `rootDays`: days of the growing season with the whole root zone under water;
 * `crownDays`: those of them with the crown under water too, which count twice. `halfDays`: days that kill half.
 * Own form; classes of tolerance after Glenz et al. (2006), doi:10.1016/j.foreco.2006.05.065.
 */
export function floodDeath(flood: {rootDays: number; crownDays: number; halfDays: number}): number {
  const days = flood.rootDays + flood.crownDays;
  return 1 - Math.exp(-Math.LN2 * (days / flood.halfDays) ** 3);
}

/** Probability of death by any of independent causes. */
export function anyDeath(...probabilities: readonly number[]): number {
  return 1 - probabilities.reduce((alive, p) => alive * (1 - p), 1);
}
