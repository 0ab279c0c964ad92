import {floodModifier} from '../modifiers/flooding.ts';
import {lightResponse} from '../tree/light-response.ts';
import {droughtMonths} from '../tree/mortality.ts';
import {CROWN_EXTINCTION} from '../tree/view-factor.ts';

/** What a year is like for seedlings of a species at a place. */
export type SeedlingYear = {
  /** Light at the ground over that above the trees, 0–1. */
  groundLight: number;
  /** Degree days above the species' least temperature, °C d. */
  degreeDays: number;
  /** Days of frost after its leaves came out. */
  lateFrostDays: number;
  /** Relative water 0–1 of each month of growth. */
  relativeWater: readonly number[];
  /** Days of the season of growth with the ground under water. */
  floodedDays: number;
  /** Leaf area of grass and herbs, m² m⁻². */
  groundLayerLai: number;
  /** Mown, grazed or ploughed: nothing comes up. */
  kept: boolean;
};

export type SeedlingResponse = {lightClass: number; droughtLimit: number; floodSensitivity: number};

/** Degree days that a seedling needs to ripen its wood. Guess. */
const NEEDED_DEGREE_DAYS = 600;
/** Days of late frost that kill every seedling. Guess. */
const KILLING_FROST_DAYS = 10;
/** Months of drought that kill every seedling: their roots are shallow. Guess. */
const KILLING_DROUGHT_MONTHS = 3;
/** What a unit of leaf area of grass takes from seedlings. Guess. */
const GRASS_COMPETITION = 0.5;

/** Light at the ground under trees of a leaf area, 0–1. Source: Monsi & Saeki (1953). */
export function groundLight(treeLai: number): number {
  return Math.exp(-CROWN_EXTINCTION * treeLai);
}

/**
 * Share of seeds that could grow which become seedlings, 0–1: a product of light, warmth, late frost, drought, flood and the
 * ground. The factors' forms are guesses; that of light is Seidl et al. (2012), that of flood as of growth.
 */
export function establishment(year: SeedlingYear, p: SeedlingResponse): number {
  if (year.kept) return 0;
  const warmth = Math.min(1, Math.max(0, year.degreeDays / NEEDED_DEGREE_DAYS));
  const frost = Math.max(0, 1 - year.lateFrostDays / KILLING_FROST_DAYS);
  const dry = Math.max(0, 1 - droughtMonths(year.relativeWater, p.droughtLimit) / KILLING_DROUGHT_MONTHS);
  return (
    lightResponse(year.groundLight, p.lightClass) *
    warmth *
    frost *
    dry *
    floodModifier(year.floodedDays, p.floodSensitivity) *
    Math.exp(-GRASS_COMPETITION * year.groundLayerLai)
  );
}
