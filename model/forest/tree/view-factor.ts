/** Light passes through a crown as through leaves that lie at random. */
export const CROWN_EXTINCTION = 0.6;
/** Where a tree takes up its light: this share of the crown's length below the top. */
const RECEIVER_DEPTH = 0.45;
/** Highest place of a shading disc below the top of its crown, as a share of the crown's length. */
const DISC_DEPTH = 0.25;
/** A disc that is not this much above, m, does not shade. */
const LEAST_ABOVE_M = 0.2;
/** Trees shade as far as this share of their height, within these bounds, m. */
const REACH_OVER_HEIGHT = 0.7;
const REACH_M = [12, 20] as const;

/** A crown as others see it. */
export type Crown = {heightM: number; crownLengthM: number; crownRadiusM: number; leafAreaM2: number};

/**
 * Share 0–1 of a horizontal element's uniform sky that a horizontal disc covers. `aboveM`: height of the disc above the element;
 * `distanceM`: horizontal distance of its centre.
 * Source: Hamilton & Morgan (1952), NACA TN-2836; Howell, catalogue of radiation configuration factors.
 */
export function discViewFactor(aboveM: number, distanceM: number, radiusM: number): number {
  const z2 = aboveM * aboveM;
  const d2 = distanceM * distanceM;
  const a2 = radiusM * radiusM;
  const s = z2 + d2 + a2;
  return 0.5 * (1 - (z2 + d2 - a2) / Math.sqrt(s * s - 4 * a2 * d2));
}

/** Share of light that a crown stops, 0–1: its leaves over its own disc. */
export function crownOpacity(crown: Pick<Crown, 'leafAreaM2' | 'crownRadiusM'>): number {
  const discM2 = Math.PI * crown.crownRadiusM * crown.crownRadiusM;
  return discM2 > 0 ? 1 - Math.exp((-CROWN_EXTINCTION * crown.leafAreaM2) / discM2) : 0;
}

/** Height at which a tree takes up its light, m. */
export function receiverHeightM(crown: Pick<Crown, 'heightM' | 'crownLengthM'>): number {
  return crown.heightM - RECEIVER_DEPTH * crown.crownLengthM;
}

/** How far a tree's shade is counted, m. */
export function shadeReachM(heightM: number): number {
  return Math.min(REACH_M[1], Math.max(REACH_M[0], REACH_OVER_HEIGHT * heightM));
}

/**
 * Share of light that one neighbour lets through to a receiver, 0–1. The neighbour's deep crown is a disc whose height moves with
 * the receiver: one radius above it, but within the crown. `opacity`: of its crown.
 */
export function neighbourTransmission(
  receiverM: number,
  neighbour: Crown,
  distanceM: number,
  opacity: number,
): number {
  if (distanceM > shadeReachM(neighbour.heightM)) return 1;
  const lowest = neighbour.heightM - neighbour.crownLengthM;
  const highest = neighbour.heightM - DISC_DEPTH * neighbour.crownLengthM;
  const disc = Math.min(highest, Math.max(lowest, receiverM + neighbour.crownRadiusM));
  const above = disc - receiverM;
  if (above <= LEAST_ABOVE_M) return 1;
  return 1 - discViewFactor(above, distanceM, neighbour.crownRadiusM) * opacity;
}

/**
 * Light index of a tree, 0–1: the share of a uniform sky that its neighbours leave to it, their crowns taken as independent.
 * Bare crowns shade by the opacity given in `opacityOf`.
 */
export function lightIndex(
  tree: Crown,
  neighbours: readonly {crown: Crown; distanceM: number}[],
  opacityOf: (crown: Crown) => number = crownOpacity,
): number {
  const receiver = receiverHeightM(tree);
  return neighbours.reduce(
    (index, {crown, distanceM}) =>
      index * neighbourTransmission(receiver, crown, distanceM, opacityOf(crown)),
    1,
  );
}

/** What a bare deciduous crown still stops of what it stops in leaf. Own choice. */
const BARE_OPACITY = 0.25;

/** Share of light that a crown stops while its leaves are off. */
export function bareCrownOpacity(crown: Crown): number {
  return BARE_OPACITY * crownOpacity(crown);
}

/**
 * The index of a tree that others overtop: lower than geometry says, the more the smaller it is. `relativeHeight`: its height over
 * that of the tallest tree within 10 m. Source: after Seidl et al. (2012), doi:10.1016/j.ecolmodel.2012.02.015.
 */
export function overtoppedIndex(index: number, relativeHeight: number): number {
  if (index <= 0) return 0;
  return relativeHeight < 1 ? Math.exp((Math.log(index) / 0.5) * (1 - 0.5 * relativeHeight)) : index;
}
