import {normalProbability, saturationVapourPressureKPa, uniformAt} from '#model';
import {firstDayNumber, monthsOfDays} from './calendar.ts';
import type {MonthNormals} from './normals.ts';

/** A spell of hot days without rain that comes in most summers. */
export type DryHotSpell = {
  shareOfYears: number;
  /** First and last day of a year (0 is 1 January) on which it may begin; the last is beyond 365 where that is in the next year. */
  firstStart: number;
  lastStart: number;
  leastDays: number;
  mostDays: number;
  maxC: number;
  maxSdC: number;
  lowestHumidityPercent: number;
};

/** Bounds of the daily share of sunshine, the minimum against the normal, the scatter of the lowest humidity. Guess. */
const SUN: readonly [number, number] = [0.75, 0.95];
const MIN_ABOVE_C = 2.5;
const MIN_WITH_WARMTH_C = 0.5;
const HUMIDITY_SPREAD_PERCENT = 24;

/** Days of a spell as day numbers [from, to); null: the year has none. */
export function spellOf(spell: DryHotSpell, key: number, year: number): {from: number; to: number} | null {
  if (uniformAt(key, year * 4) >= spell.shareOfYears) return null;
  const {firstStart, lastStart, leastDays, mostDays} = spell;
  const start = firstStart + Math.floor(uniformAt(key, year * 4 + 1) * (lastStart - firstStart + 1));
  const days = leastDays + Math.floor(uniformAt(key, year * 4 + 2) * (mostDays - leastDays + 1));
  const from = firstDayNumber(year) + start;
  return {from, to: from + days};
}

/** A day of a spell. `warmth`: its departure in standard deviations; `u`: 0–1. Humidity as a share of the extremes' saturation. */
export function spellDay(
  spell: DryHotSpell,
  of: {normalMinC: number; warmth: number; u: number},
): {maxC: number; minC: number; sunFraction: number; humidityFraction: number} {
  const maxC = spell.maxC + spell.maxSdC * of.warmth;
  const minC = Math.min(maxC - 1, of.normalMinC + MIN_ABOVE_C + MIN_WITH_WARMTH_C * of.warmth);
  const high = saturationVapourPressureKPa(maxC);
  const mean = (high + saturationVapourPressureKPa(minC)) / 2;
  const lowestShare = (spell.lowestHumidityPercent + HUMIDITY_SPREAD_PERCENT * of.u) / 100;
  return {
    maxC,
    minC,
    sunFraction: SUN[0] + (SUN[1] - SUN[0]) * normalProbability(of.warmth),
    humidityFraction: Math.min(1, (high * lowestShare) / mean),
  };
}

/** Share of each month's days that lie in a spell, in the long run. */
export function spellShares(spell: DryHotSpell): number[] {
  const days = new Float64Array(12);
  const months = monthsOfDays(365);
  const starts = spell.lastStart - spell.firstStart + 1;
  const lengths = spell.mostDays - spell.leastDays + 1;
  for (let start = spell.firstStart; start <= spell.lastStart; start += 1) {
    for (let day = 0; day < spell.mostDays; day += 1) {
      // how many of the lengths reach so far
      const reach = Math.min(lengths, spell.mostDays - day);
      const m = months[(start + day) % 365]!;
      days[m] = days[m]! + (spell.shareOfYears / starts) * (reach / lengths);
    }
  }
  const lengthsOfMonths = new Float64Array(12);
  for (const m of months) lengthsOfMonths[m] = lengthsOfMonths[m]! + 1;
  return Array.from(days, (of, m) => of / lengthsOfMonths[m]!);
}

/** Spells are no more than this of a month: else its other days could not make up for them. */
const MOST_SHARE = 0.8;

/**
 * The normals of the days outside the spells, so that with them each month has its own: cooler, moister, duller, with all the rain.
 * `mjOf`: radiation of a day of a month by its share of sunshine, MJ m⁻².
 */
export function normalsBeside(
  spell: DryHotSpell,
  normals: MonthNormals,
  mjOf: (month: number, sunFraction: number) => number,
): MonthNormals {
  const shares = spellShares(spell).map((share) => Math.min(MOST_SHARE, share));
  const usual = normals.minC.map((normalMinC) => spellDay(spell, {normalMinC, warmth: 0, u: 0.5}));
  const beside = (values: readonly number[], inSpell: (m: number) => number) =>
    values.map((value, m) => (value - shares[m]! * inSpell(m)) / (1 - shares[m]!));
  const {maxC, minC} = {
    maxC: beside(normals.maxC, (m) => usual[m]!.maxC),
    minC: beside(normals.minC, (m) => usual[m]!.minC),
  };
  // the mean of a day lies between its extremes as in the normals
  const at = (m: number) =>
    (normals.meanC[m]! - normals.minC[m]!) / Math.max(0.1, normals.maxC[m]! - normals.minC[m]!);
  return {
    maxC,
    minC,
    meanC: maxC.map((high, m) => minC[m]! + at(m) * (high - minC[m]!)),
    rainMm: normals.rainMm,
    // of a month as long as its days beside the spells
    rainDays: normals.rainDays.map((days, m) => days / (1 - shares[m]!)),
    radiationMjPerM2: beside(normals.radiationMjPerM2, (m) => mjOf(m, usual[m]!.sunFraction)).map((mj) =>
      Math.max(0.5, mj),
    ),
    humidityFraction: beside(normals.humidityFraction, (m) => usual[m]!.humidityFraction).map((share) =>
      Math.min(0.97, share),
    ),
    windSpeedAt2mMPerS: normals.windSpeedAt2mMPerS,
  };
}
