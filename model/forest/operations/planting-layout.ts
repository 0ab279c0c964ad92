import {uniformAt} from '../../random/counter.ts';

export type PlantingArea = {
  /** Bounds that hold all of it, m. */
  minXM: number;
  maxXM: number;
  minYM: number;
  maxYM: number;
  areaM2: number;
  /** Inside, with no stem, water or path too near. */
  free(xM: number, yM: number): boolean;
};

/** Rows of a triangular lattice lie this share of the spacing apart. */
const ROW = Math.sqrt(3) / 2;
/** Least spacing, m: below it nobody plants trees, and lattices grow without end. */
export const LEAST_SPACING_M = 0.5;
/** How often a spacing that is not given is drawn tighter until all plants have room. */
const TIGHTER = 0.97;

/** Free points of a triangular lattice whose origin is drawn at random, row by row from the south-west. */
function lattice(
  area: PlantingArea,
  spacingM: number,
  key: number,
  most: number,
): {xM: number; yM: number}[] {
  const places: {xM: number; yM: number}[] = [];
  const rowM = spacingM * ROW;
  const startX = area.minXM - spacingM * uniformAt(key, 0);
  const startY = area.minYM - rowM * uniformAt(key, 1);
  for (let row = 0; startY + row * rowM <= area.maxYM; row += 1) {
    const yM = startY + row * rowM;
    const shiftM = row % 2 === 1 ? spacingM / 2 : 0;
    for (let column = 0; startX + shiftM + column * spacingM <= area.maxXM; column += 1) {
      const xM = startX + shiftM + column * spacingM;
      if (yM < area.minYM || xM < area.minXM || !area.free(xM, yM)) continue;
      places.push({xM, yM});
      if (places.length >= most) return places;
    }
  }
  return places;
}

/**
 * Where to plant: a triangular lattice. With a spacing, the first `count` places of it, block-wise from the south-west; without one,
 * the widest spacing that has room for all, and plants over the whole area alike. Fewer places than `count`: there is no more room.
 */
export function plantingPlaces(
  area: PlantingArea,
  {count, spacingM, key}: {count: number; spacingM: number | null; key: number},
): {xM: number; yM: number}[] {
  if (count <= 0) return [];
  if (spacingM !== null) return lattice(area, Math.max(LEAST_SPACING_M, spacingM), key, count);
  let spacing = Math.sqrt(area.areaM2 / (count * ROW));
  while (spacing >= LEAST_SPACING_M) {
    const places = lattice(area, spacing, key, Number.POSITIVE_INFINITY);
    if (places.length >= count) {
      return Array.from({length: count}, (_, i) => places[Math.floor((i * places.length) / count)]!);
    }
    spacing *= TIGHTER;
  }
  return lattice(area, LEAST_SPACING_M, key, count);
}
