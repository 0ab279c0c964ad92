import {normalProbability, normalQuantile} from '#model';
import {dailyCourse, monthsOfDays} from '../climate/calendar.ts';
import type {SiteClimate} from '../climate/normals.ts';

type Stage = NonNullable<SiteClimate['riverStage']>;

const YEAR_DAYS = 365;
/** Points of a flood pulse's size and course at which its days are counted. */
const SIZES = 8;
const STEPS_PER_DAY = 2;
/** E-foldings after which a pulse is over. */
const FOLDS = 6;

/** Mean level of each month, m. */
export function meanLevels(stage: Stage): readonly number[] {
  return stage.meanM;
}

/**
 * Days of each month (12 from January) on which the water stands above a height, in an ordinary year: the level of a day is normal
 * about its seasonal mean, and flood pulses come on top of it in some months, with their size even between its bounds.
 */
export function daysUnderWater(stage: Stage, heightM: number): number[] {
  const days = new Array<number>(12).fill(0);
  if (stage.highestM !== undefined && heightM >= stage.highestM) return days;
  const mean = dailyCourse(stage.meanM, YEAR_DAYS);
  const months = monthsOfDays(YEAR_DAYS);
  const above = (day: number, raisedM: number) => {
    const sd = stage.dayToDaySdM[months[day]!]!;
    const gap = heightM - raisedM - mean[day]!;
    if (sd <= 0) return gap < 0 ? 1 : 0;
    return normalProbability(-gap / sd);
  };
  const dry = new Float64Array(YEAR_DAYS);
  for (let day = 0; day < YEAR_DAYS; day += 1) {
    const share = above(day, 0);
    dry[day] = 1 - share;
    days[months[day]!] = days[months[day]!]! + share;
  }
  const pulse = stage.floodPulse;
  if (!pulse) return days;
  const riseDays = pulse.riseH / 24;
  const lengthDays = riseDays + FOLDS * pulse.eFoldFallD;
  for (const month of pulse.months) {
    // a pulse that starts in the middle of the month
    const startDay = Math.round(((month - 0.5) / 12) * YEAR_DAYS);
    for (let size = 0; size < SIZES; size += 1) {
      const riseM = pulse.riseM[0]! + ((size + 0.5) / SIZES) * (pulse.riseM[1]! - pulse.riseM[0]!);
      const weight = pulse.perYear / pulse.months.length / SIZES / STEPS_PER_DAY;
      for (let step = 0; step < lengthDays * STEPS_PER_DAY; step += 1) {
        const t = (step + 0.5) / STEPS_PER_DAY;
        const raisedM =
          t < riseDays
            ? (riseM * (1 - Math.cos((Math.PI * t) / riseDays))) / 2
            : riseM * Math.exp(-(t - riseDays) / pulse.eFoldFallD);
        const day = (startDay + Math.floor(t)) % YEAR_DAYS;
        const m = months[day]!;
        days[m] = days[m]! + weight * Math.max(0, above(day, raisedM) - (1 - dry[day]!));
      }
    }
  }
  return days;
}

/** The lowest and highest level that comes to pass at all, m. */
export function levelBounds(stage: Stage): {lowestM: number; highestM: number} {
  const reach = -normalQuantile(1 / (YEAR_DAYS * 50));
  const pulseM = stage.floodPulse?.riseM[1] ?? 0;
  const low = Math.min(...stage.meanM.map((mean, m) => mean - reach * stage.dayToDaySdM[m]!));
  const high = Math.max(...stage.meanM.map((mean, m) => mean + reach * stage.dayToDaySdM[m]!)) + pulseM;
  return {lowestM: Math.max(low, stage.lowestM ?? low), highestM: Math.min(high, stage.highestM ?? high)};
}
