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

/**
 * Variance of the natural logarithm of the light that gets through such a layer: n·∫(ln(1 − opacity·F))² dA, that of a sum over a
 * Poisson process. In closed form as the square at the centre of the disc's shade, ln(1 − opacity·F0), over the area πa²/F0, times what
 * a shade that fades with distance has of it: ⅓(1 + 2/(1 + (5z/a)^1.5)), which is within 10 % of the integral for opacities of 0.3
 * to 0.85 and z/a from 0.1 to 3.
 * Source: own; Campbell's theorem as above.
 */
export function meanFieldVariance(receiverM: number, crowns: EvenCrowns): number {
  const {stemsPerM2, heightM, crownRadiusM, opacity} = crowns;
  const length = CROWN_LENGTH_RATIO * heightM;
  const highest = heightM - DISC_DEPTH * length;
  const above = Math.min(highest, Math.max(heightM - length, receiverM + crownRadiusM)) - receiverM;
  if (above <= LEAST_ABOVE_M) return 0;
  const steep = above / crownRadiusM;
  const centre = 1 / (1 + steep * steep);
  const logarithm = Math.log(1 - centre * opacity);
  const fading = (1 + 2 / (1 + 5 * steep * Math.sqrt(5 * steep))) / 3;
  const area = (Math.PI * crownRadiusM * crownRadiusM) / centre;
  return stemsPerM2 * area * logarithm * logarithm * fading;
}

/**
 * Standard scores of the lucky, the middle and the unlucky third of stems: the mean of a normal distribution's thirds (φ(0.4307)/⅓).
 * The light on a stem is taken as log-normal about its mean.
 */
export const LIGHT_SCORES = [-1.0908, 0, 1.0908] as const;

/** How much deeper than the mean depth the middle third lies, so that the mean of the thirds' light is that of the mean depth. */
export function middleDepth(depth: number, sd: number): number {
  const spread = Math.exp(LIGHT_SCORES[2] * sd);
  return depth + Math.log((spread + 1 + 1 / spread) / 3);
}
