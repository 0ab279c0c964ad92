import type {HeightSlope, TreeParameters} from './parameters.ts';

/**
 * Halley's method stops at this change c, m: what is left then is about c³/d², 1e-10 m in a stem of 10 cm. One step does, but for a
 * small tree that grows fast.
 */
export const DIAMETER_TOLERANCE_M = 1e-4;
export const MOST_DIAMETER_STEPS = 12;

/** Stem mass, kg, of a diameter and height. */
export function stemMassOfKg(
  tree: {dbhCm: number; heightM: number},
  p: Pick<TreeParameters, 'formFactor' | 'woodDensityKgPerM3'>,
): number {
  const d = tree.dbhCm / 100;
  return p.formFactor * p.woodDensityKgPerM3 * (Math.PI / 4) * d * d * tree.heightM;
}

/**
 * Growth in diameter, cm, of a stem that gains `gainKg`, its height growing `slope` metres per metre of diameter:
 * m(d + x)²(H + slope·x) = m·d²H + gain, solved for x by Halley's method. `lastCm`: growth of the year before, for the first estimate:
 * in gain = m·x(2dH + xH + slope(d + x)²), which is the same equation, it stands for the x on the right.
 * Source: Seidl et al. (2012), doi:10.1016/j.ecolmodel.2012.02.015.
 */
export function diameterGrowthCm(
  gainKg: number,
  tree: {dbhCm: number; heightM: number; lastCm: number},
  slope: number,
  p: Pick<TreeParameters, 'formFactor' | 'woodDensityKgPerM3'>,
): number {
  if (gainKg <= 0) return 0;
  const gain = gainKg / (p.formFactor * p.woodDensityKgPerM3 * (Math.PI / 4));
  const d = tree.dbhCm / 100;
  const target = d * d * tree.heightM + gain;
  const last = tree.lastCm / 100;
  let x = gain / ((2 * d + last) * tree.heightM + slope * (d + last) * (d + last));
  for (let step = 0; step < MOST_DIAMETER_STEPS; step += 1) {
    const width = d + x;
    const height = tree.heightM + slope * x;
    const excess = width * width * height - target;
    const first = width * (2 * height + slope * width);
    const second = 2 * height + 4 * slope * width;
    const change = (2 * excess * first) / (2 * first * first - excess * second);
    x -= change;
    if (Math.abs(change) <= DIAMETER_TOLERANCE_M) break;
  }
  return 100 * x;
}

/** Metres of height per metre of diameter by one of the forms, 0 where the greatest height is reached. */
export function heightSlopeAt(slope: HeightSlope, dbhCm: number, maxHeightM: number): number {
  if (slope.form === 'power') return slope.a * dbhCm ** slope.b;
  return 100 * slope.mPerCm * Math.exp((-slope.mPerCm * dbhCm) / (maxHeightM - 1.3));
}

/** The slope of a tree under a light index 0–1: the shade's at 0, the open's at 1. */
export function treeHeightSlope(
  tree: {dbhCm: number; heightM: number},
  index: number,
  p: Pick<TreeParameters, 'openSlope' | 'shadeSlope' | 'maxHeightM'>,
): number {
  if (tree.heightM >= p.maxHeightM) return 0;
  return (
    (1 - index) * heightSlopeAt(p.shadeSlope, tree.dbhCm, p.maxHeightM) +
    index * heightSlopeAt(p.openSlope, tree.dbhCm, p.maxHeightM)
  );
}
