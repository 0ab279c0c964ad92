/** Decline with age: growth is halved at the relative age `atHalf`, the steeper the larger `power`. */
export type AgeResponse = {atHalf: number; power: number};

/** 3-PG's default. Source: Landsberg & Waring (1997). */
export const AGE_RESPONSE: AgeResponse = {atHalf: 0.95, power: 4};

/**
 * Share 0–1 of growth left at a relative age (0 young, 1 at the end of life); `power` 0: no decline.
 * Source: Landsberg & Waring (1997); Sands & Landsberg (2002).
 */
export function ageModifier(relativeAge: number, {atHalf, power}: AgeResponse): number {
  return power === 0 ? 1 : 1 / (1 + (relativeAge / atHalf) ** power);
}

/**
 * Relative age 0–1 of one tree: 1 minus the harmonic mean of what is left of its height and of its life, so that a tall tree
 * is old although it is young, and the reverse. 1 at the greatest height or age and beyond.
 * Source: Seidl, Rammer, Scheller & Spies (2012), doi:10.1016/j.ecolmodel.2012.02.015, after Landsberg & Waring (1997).
 */
export function treeRelativeAge(tree: {
  heightM: number;
  maxHeightM: number;
  ageYr: number;
  maxAgeYr: number;
}): number {
  const heightLeft = Math.max(0, 1 - tree.heightM / tree.maxHeightM);
  const lifeLeft = Math.max(0, 1 - tree.ageYr / tree.maxAgeYr);
  return 1 - 2 / (1 / heightLeft + 1 / lifeLeft);
}
