import {uniformAt} from '../../random/counter.ts';

/** Stems that are alike: one tree, or the stems of a cohort. */
export type Stems = {
  /** Orders those that are equal; a whole number of its own. */
  id: number;
  /** 1 for a tree. */
  count: number;
  dbhCm: number;
  /** 0 dying to 1 thriving. */
  vigour: number;
  /** A part of it may be taken. */
  divisible: boolean;
};

export type ThinningRule = 'from-below' | 'from-above' | 'proportional' | 'by-vigour';

export type ThinningTarget = {stemsPerHa: number} | {basalAreaM2PerHa: number} | {removedFraction: number};

export type ThinningChoice =
  /** Stems to take of each, in the order given. */
  | {removed: Float64Array; refused?: undefined}
  | {removed?: undefined; refused: {reason: string; standing: number; target: number}};

/** Cross-section at breast height, m². */
export function basalAreaM2(dbhCm: number): number {
  return (Math.PI / 40_000) * dbhCm * dbhCm;
}

/**
 * Which stems a thinning takes. Stems go in the order of the rule until the target is reached: the thinnest first (from below), the
 * thickest (from above), the least vigorous, or in an order drawn at random (proportional, where divisible stems give the same share
 * each). Trees are taken whole: where the target is a basal area, the last one is left when that comes nearer to it.
 * A target that more than stands would need is refused, and nothing is taken.
 */
export function chooseThinned(
  stems: readonly Stems[],
  {rule, target, areaM2, key}: {rule: ThinningRule; target: ThinningTarget; areaM2: number; key: number},
): ThinningChoice {
  const byArea = 'basalAreaM2PerHa' in target;
  const weightOf = ({dbhCm}: Stems) => (byArea ? basalAreaM2(dbhCm) : 1);
  const standing = stems.reduce((sum, stem) => sum + stem.count * weightOf(stem), 0);
  const hectares = areaM2 / 10_000;
  let toTake: number;
  if ('removedFraction' in target) toTake = standing * target.removedFraction;
  else {
    const asked = byArea ? target.basalAreaM2PerHa : target.stemsPerHa;
    if (asked * hectares > standing * (1 + 1e-9)) {
      return {
        refused: {
          reason: byArea ? 'basal area asked for is more than stands' : 'stems asked for are more than stand',
          standing: standing / hectares,
          target: asked,
        },
      };
    }
    toTake = standing - asked * hectares;
  }
  const removed = new Float64Array(stems.length);
  if (standing <= 0 || toTake <= 0) return {removed};

  const order = stems.map((_, i) => i);
  if (rule === 'proportional') {
    const share = toTake / standing;
    let wholeStanding = 0;
    for (const [i, stem] of stems.entries()) {
      if (stem.divisible) removed[i] = stem.count * share;
      else wholeStanding += stem.count * weightOf(stem);
    }
    takeInOrder(
      order.filter((i) => !stems[i]!.divisible),
      stems,
      wholeStanding * share,
      weightOf,
      (stem) => uniformAt(key, stem.id),
      removed,
    );
    return {removed};
  }
  const rank: Record<Exclude<ThinningRule, 'proportional'>, (stem: Stems) => number> = {
    'from-below': ({dbhCm}) => dbhCm,
    'from-above': ({dbhCm}) => -dbhCm,
    'by-vigour': ({vigour}) => vigour,
  };
  takeInOrder(order, stems, toTake, weightOf, rank[rule], removed);
  return {removed};
}

function takeInOrder(
  order: number[],
  stems: readonly Stems[],
  toTake: number,
  weightOf: (stem: Stems) => number,
  rankOf: (stem: Stems) => number,
  removed: Float64Array,
): void {
  const rank = stems.map(rankOf);
  order.sort((a, b) => rank[a]! - rank[b]! || stems[a]!.id - stems[b]!.id);
  let left = toTake;
  for (const i of order) {
    const stem = stems[i]!;
    const weight = weightOf(stem);
    const all = stem.count * weight;
    if (stem.divisible) {
      const part = Math.min(1, left / all);
      removed[i] = stem.count * part;
      left -= all * part;
    } else {
      // half a tree is not taken
      if (left < all / 2) break;
      removed[i] = stem.count;
      left -= all;
    }
    if (left <= 1e-12 * toTake) break;
  }
}
