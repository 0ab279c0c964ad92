import {
  type Angstrom,
  extraterrestrialRadiationMj,
  gammaAt,
  normalAt,
  normalProbability,
  randomKey,
  uniformAt,
} from '#model';
import {daysOfYear, firstDayNumber, monthsOfDays} from './calendar.ts';
import {type Courses, coursesOf, type DayColumns} from './days.ts';
import {type DryHotSpell, spellDay, spellOf, spellShares} from './dry-hot-spell.ts';
import type {MonthNormals} from './normals.ts';

/** How days scatter about the normals. Lists run from January to December. */
export type GeneratorParameters = {
  /** P(wet | wet) = p + this · (1 − p); P(wet | dry) follows, so that the rain days hold. */
  wetAfterWetGain: number;
  /** The least that a rain day brings. */
  smallestMm: number;
  /** Of a rain day's amount beyond it. */
  gammaShape: number;
  /** Standard deviation of the day's maximum about its normal. */
  maxSdC: readonly number[];
  /** Correlation of a day's departure with the next one's. */
  phi: number;
  /** The minimum's departure as a share of the maximum's. */
  minShare: number;
  /** Spells of summer drought, with the normals of the days beside them; null: none but by chance. */
  spells: {spell: DryHotSpell; beside: MonthNormals} | null;
};

/** Used where a site says nothing: a guess within what Richardson (1981) and Wilks & Wilby (1999) list for mid-latitudes. */
export const GENERATOR_DEFAULTS: GeneratorParameters = {
  wetAfterWetGain: 0.3,
  smallestMm: 0.1,
  gammaShape: 0.7,
  maxSdC: new Array<number>(12).fill(3.5),
  phi: 0.65,
  minShare: 0.6,
  spells: null,
};

/** Days before a year from which its first day's state follows: a year is the same whatever was asked for before it. */
const LEAD_DAYS = 40;
/** A month is never wetter than this share of its days. */
const MOST_WET = 0.95;
/** Maximum and minimum of a wet day against those of a dry one, °C. Guess. */
const WET_MAX_C = -2;
const WET_MIN_C = 0.4;
/** Sunshine of a wet day over that of a dry one, and how it goes with warmth. Guess. */
const WET_SUN = 0.4;
const SUN_WITH_WARMTH = 0.4;
/** Humidity of wet and of warm days against the normal, as a share. Guess. */
const WET_HUMIDITY = 0.07;
const WARM_HUMIDITY = -0.025;
const LEAST_RANGE_C = 1;
/** Bounds of the mean share of sunshine within which it is drawn; without any, as in the polar night, days are as the normal. */
const LEAST_SUN = 0.01;
const MOST_SUN = 0.97;

/** Share of wet days in a month, and the mean amount of one, so that both the month's rain and, where it can be, its rain days hold. */
function wetness(normals: MonthNormals, m: number, spellShare: number): {share: number; meanMm: number} {
  const mm = normals.rainMm[m]!;
  if (mm <= 0) return {share: 0, meanMm: 0};
  const length = m === 1 ? 28.2425 : [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][m]!;
  const share = Math.min(MOST_WET, Math.max(0.2, normals.rainDays[m]!) / length);
  return {share, meanMm: mm / (share * length * (1 - spellShare))};
}

/** Where between its extremes the mean of a day lies, 0–1: as in the normals. */
function meanAt(courses: Courses, day: number): number {
  const range = courses.maxC[day]! - courses.minC[day]!;
  return range > 0 ? (courses.meanC[day]! - courses.minC[day]!) / range : 0.5;
}

/**
 * A year of days drawn about the normals: rain as a two-state Markov chain with gamma amounts, temperature as AR(1), both the same
 * for a (seed, member, year) whatever else was drawn; sunshine and humidity go with rain and warmth and keep their monthly means.
 * Source: Richardson (1981), doi:10.1029/WR017i001p00182.
 */
export function drawnDays(
  normals: MonthNormals,
  p: GeneratorParameters,
  of: {seed: number; member: number; year: number; latitudeDeg: number; angstrom: Angstrom},
): DayColumns {
  const {year} = of;
  const days = daysOfYear(year);
  const {spells} = p;
  const beside = spells?.beside ?? normals;
  const courses = coursesOf(beside, days);
  const whole = coursesOf(normals, days);
  const months = monthsOfDays(days);
  const key = (name: string) => randomKey(of.seed, 'weather', of.member, name);
  const [wetKey, rainKey, warmthKey, sunKey, spellKey] = [
    key('wet'),
    key('rain'),
    key('warmth'),
    key('sun'),
    key('spell'),
  ];
  const spellShare = spells ? spellShares(spells.spell) : [];
  const wet = Array.from({length: 12}, (_, m) => wetness(beside, m, spellShare[m] ?? 0));
  // one of the year before may reach into this one
  const spans = spells ? [year - 1, year].map((one) => spellOf(spells.spell, spellKey, one)) : [];
  const shock = Math.sqrt(1 - p.phi * p.phi);
  const sunShock = Math.sqrt(1 - SUN_WITH_WARMTH ** 2);
  const first = firstDayNumber(year);

  const columns: DayColumns = {
    maxC: new Float64Array(days),
    minC: new Float64Array(days),
    meanC: new Float64Array(days),
    rainMm: new Float64Array(days),
    radiationMjPerM2: new Float64Array(days),
    humidityFraction: new Float64Array(days),
    windSpeedAt2mMPerS: courses.windSpeedAt2mMPerS.slice(),
  };
  let isWet = false;
  let warmth = 0;
  for (let day = -LEAD_DAYS; day < days; day += 1) {
    const counter = first + day;
    const m = day < -31 ? 10 : day < 0 ? 11 : months[day]!;
    const {share, meanMm} = wet[m]!;
    let chance = share * (1 - p.wetAfterWetGain);
    if (day === -LEAD_DAYS) chance = share;
    else if (isWet) chance = share + p.wetAfterWetGain * (1 - share);
    const inSpell = spans.some((span) => span !== null && counter >= span.from && counter < span.to);
    isWet = !inSpell && uniformAt(wetKey, counter) < chance;
    warmth = p.phi * warmth + (day === -LEAD_DAYS ? 1 : shock) * normalAt(warmthKey, counter);
    if (day < 0) continue;

    if (inSpell) {
      const u = uniformAt(sunKey, counter);
      const hot = spellDay(spells!.spell, {normalMinC: whole.minC[day]!, warmth, u});
      const outsideMj = extraterrestrialRadiationMj(of.latitudeDeg, day + 1);
      columns.minC[day] = hot.minC;
      columns.maxC[day] = hot.maxC;
      columns.meanC[day] = hot.minC + meanAt(whole, day) * (hot.maxC - hot.minC);
      columns.humidityFraction[day] = hot.humidityFraction;
      columns.radiationMjPerM2[day] =
        outsideMj * (of.angstrom.overcastFraction + of.angstrom.sunshineFraction * hot.sunFraction);
      continue;
    }

    if (isWet) {
      const beyondMm = Math.max(0, meanMm - p.smallestMm);
      columns.rainMm[day] =
        Math.min(meanMm, p.smallestMm) + (beyondMm / p.gammaShape) * gammaAt(rainKey, counter, p.gammaShape);
    }
    const departure = (isWet ? 1 : 0) - share;
    const warmerC = p.maxSdC[m]! * warmth;
    const minC = courses.minC[day]! + p.minShare * warmerC + WET_MIN_C * departure;
    const maxC = Math.max(minC + LEAST_RANGE_C, courses.maxC[day]! + warmerC + WET_MAX_C * departure);
    columns.minC[day] = minC;
    columns.maxC[day] = maxC;
    columns.meanC[day] = minC + meanAt(whole, day) * (maxC - minC);

    // share of possible sunshine: its mean from the normal by Ångström, spread as u^(1/mean − 1), less of it on wet days
    const {overcastFraction, sunshineFraction} = of.angstrom;
    const outsideMj = extraterrestrialRadiationMj(of.latitudeDeg, day + 1);
    const normalMj = courses.radiationMjPerM2[day]!;
    const meanSun = outsideMj > 0 ? (normalMj / outsideMj - overcastFraction) / sunshineFraction : 0;
    if (meanSun > LEAST_SUN && meanSun < 1) {
      const u = normalProbability(SUN_WITH_WARMTH * warmth + sunShock * normalAt(sunKey, counter));
      const drySun = Math.min(MOST_SUN, meanSun / (1 - (1 - WET_SUN) * share));
      const sun = u ** (1 / (isWet ? WET_SUN * drySun : drySun) - 1);
      columns.radiationMjPerM2[day] = outsideMj * (overcastFraction + sunshineFraction * sun);
    } else columns.radiationMjPerM2[day] = normalMj;
    columns.humidityFraction[day] = Math.min(
      0.99,
      Math.max(0.05, courses.humidityFraction[day]! + WET_HUMIDITY * departure + WARM_HUMIDITY * warmth),
    );
  }
  return columns;
}
