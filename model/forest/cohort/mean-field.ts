import {CROWN_LENGTH_RATIO} from '../tree/crown.ts';
import {shadeReachM} from '../tree/view-factor.ts';

/** A disc that is not this much above, m, does not shade. */
const LEAST_ABOVE_M = 0.2;
/** Highest place of a shading disc below the top of its crown, as a share of the crown's length. */
const DISC_DEPTH = 0.25;

/**
 * Share 0–1 of what leaves one disc that falls on another, both horizontal and on one axis, `aboveM` apart.
 * Source: Howell, catalogue of radiation configuration factors, C-41 (coaxial parallel discs).
 */
export function coaxialDiscFactor(radiusM: number, otherRadiusM: number, aboveM: number): number {
  const ratio = otherRadiusM / radiusM;
  const x = 1 + (aboveM * aboveM) / (radiusM * radiusM) + ratio * ratio;
  // ½(x − √(x² − 4 ratio²)), written so that it keeps its digits where the discs are far apart
  return (2 * ratio * ratio) / (x + Math.sqrt(x * x - 4 * ratio * ratio));
}

/** Stems that stand evenly over an area, as those below see them. */
export type EvenCrowns = {stemsPerM2: number; heightM: number; crownRadiusM: number; opacity: number};

/**
 * How thick a layer of even crowns lies above a receiver: e to the minus of it is the light that comes through. The stems stand at
 * random, independent of each other and of the receiver, with n to a m², as a Poisson process: the expected product of what each lets
 * through is exp(−n·opacity·∫F dA) over the places within the reach of their shade, and by reciprocity ∫F dA = πa²·F(a → reach). Over
 * an endless plane it is πa². The disc's height is that of `neighbourTransmission`.
 * Source: own; the product over a Poisson process by Campbell's theorem (Stoyan, Kendall & Mecke 1995), view factors as given.
 */
export function meanFieldDepth(receiverM: number, crowns: EvenCrowns): number {
  const {stemsPerM2, heightM, crownRadiusM, opacity} = crowns;
  const length = CROWN_LENGTH_RATIO * heightM;
  const highest = heightM - DISC_DEPTH * length;
  const disc = Math.min(highest, Math.max(heightM - length, receiverM + crownRadiusM));
  const above = disc - receiverM;
  if (above <= LEAST_ABOVE_M) return 0;
  const area = Math.PI * crownRadiusM * crownRadiusM;
  return stemsPerM2 * opacity * area * coaxialDiscFactor(crownRadiusM, shadeReachM(heightM), above);
}
