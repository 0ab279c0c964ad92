import {groundLight} from '#model';
import type {PlanUnit} from '../plan.ts';
import {CARBON, type CarbonBooks} from './carbon-books.ts';

/**
 * What a unit of leaf area of trees takes from the leaf area of grass, herbs and shrubs below. Source: the herb layer and shrubs of
 * medfate (De Cáceres et al. 2023, doi:10.5194/gmd-16-3165-2023), of Mediterranean woods.
 */
const SHADING = 0.235;
/** Of the way to what the light allows it goes so much in a year: herbs at once, shrubs later. Guess. */
const APPROACH = 0.5;

/** Leaf area of the layer under trees of a leaf area, over that in the open, 0–1. */
export function groundLaiShare(treeLai: number): number {
  return Math.exp(-SHADING * treeLai);
}

/**
 * What the layer grows in a year under trees of a leaf area, over what it grows in the open, 0–1: as the light that it takes up
 * (Monteith 1977, doi:10.1098/rstb.1977.0140), of what the trees leave. Its leaf area falls less, as leaves in shade are thinner.
 */
export function groundGrowthShare(openLai: number, treeLai: number): number {
  const laiShare = groundLaiShare(treeLai);
  const inOpen = 1 - groundLight(openLai);
  const here = 1 - groundLight(openLai * laiShare);
  // of hardly any leaf each takes up as much
  return groundLight(treeLai) * (inOpen > 0 ? here / inOpen : laiShare);
}

/**
 * Grass, herbs and shrubs of each unit under the trees and cohorts that stand there. `PlanUnit.groundLayer` is what they are in the
 * open; they start as the first trees allow. What they grow in a year they shed in the next: guess.
 */
export class GroundLayer {
  /** Leaf area, m² m⁻². */
  readonly lai: Float64Array;
  /** Carbon of the unit's layer, kg. */
  readonly carbonKg: Float64Array;
  readonly #units: readonly PlanUnit[];

  constructor(units: readonly PlanUnit[]) {
    this.#units = units;
    this.lai = new Float64Array(units.length);
    this.carbonKg = new Float64Array(units.length);
  }

  /** As it has long been under trees of this leaf area by unit. */
  start(treeLai: Float64Array): void {
    this.#approach(treeLai, 1);
  }

  /** Grows and sheds a year under trees of this leaf area by unit. */
  grow(treeLai: Float64Array, books: CarbonBooks): void {
    const {carbonKg} = this;
    for (let unit = 0; unit < carbonKg.length; unit += 1) books.grew(unit, 0, carbonKg[unit]! / CARBON);
    this.#approach(treeLai, APPROACH);
    for (let unit = 0; unit < carbonKg.length; unit += 1) books.grew(unit, carbonKg[unit]! / CARBON, 0);
  }

  #approach(treeLai: Float64Array, share: number): void {
    const {lai, carbonKg} = this;
    for (let unit = 0; unit < lai.length; unit += 1) {
      const {areaM2, groundLayer: open} = this.#units[unit]!;
      const laiHere = open.lai * groundLaiShare(treeLai[unit]!);
      const carbonHereKg = areaM2 * (open.carbonKgPerM2 * groundGrowthShare(open.lai, treeLai[unit]!));
      lai[unit] = lai[unit]! + share * (laiHere - lai[unit]!);
      carbonKg[unit] = carbonKg[unit]! + share * (carbonHereKg - carbonKg[unit]!);
    }
  }
}
