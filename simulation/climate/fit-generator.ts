import {fitGamma, lMoments} from '#model';
import {monthsOfDays} from './calendar.ts';
import {coursesOf, type DayColumns} from './days.ts';
import {GENERATOR_DEFAULTS, type GeneratorParameters} from './generator.ts';
import type {MonthNormals} from './normals.ts';
import {WET_MM} from './record.ts';

/** Fewer rain days than this tell no shape. */
const LEAST_WET_DAYS = 30;

function bounded(value: number, low: number, high: number, otherwise: number): number {
  return Number.isFinite(value) ? Math.min(high, Math.max(low, value)) : otherwise;
}

/**
 * How the days of a record scatter about its mean year: persistence of rain by counts, amounts by L-moments, temperature by its
 * spread in each month and its correlation from day to day, all year alike. Source: Richardson (1981), doi:10.1029/WR017i001p00182.
 */
export function fitGenerator(days: readonly DayColumns[], normals: MonthNormals): GeneratorParameters {
  const zeros = () => new Array<number>(12).fill(0);
  const [wetWet, wet, dryWet, dry] = [zeros(), zeros(), zeros(), zeros()] as const;
  const amounts: number[] = [];
  const squares = zeros();
  const counts = zeros();
  const departures: Float64Array[] = [];
  let [maxMax, maxMin] = [0, 0];
  for (const year of days) {
    const length = year.maxC.length;
    const months = monthsOfDays(length);
    const courses = coursesOf(normals, length);
    const departure = new Float64Array(length);
    for (let day = 0; day < length; day += 1) {
      const m = months[day]!;
      const isWet = year.rainMm[day]! >= WET_MM;
      if (isWet) {
        // over the month's mean: months of much and of little rain share one shape
        const beyondMm = normals.rainMm[m]! / normals.rainDays[m]! - WET_MM;
        if (beyondMm > 0) amounts.push((year.rainMm[day]! - WET_MM) / beyondMm);
      }
      if (day > 0) {
        const [all, nowWet] = year.rainMm[day - 1]! >= WET_MM ? [wet, wetWet] : [dry, dryWet];
        all[m] = all[m]! + 1;
        if (isWet) nowWet[m] = nowWet[m]! + 1;
      }
      const warmer = year.maxC[day]! - courses.maxC[day]!;
      departure[day] = warmer;
      squares[m] = squares[m]! + warmer * warmer;
      counts[m] = counts[m]! + 1;
      maxMax += warmer * warmer;
      maxMin += warmer * (year.minC[day]! - courses.minC[day]!);
    }
    departures.push(departure);
  }
  // month by month: that wet months have wet days is no persistence
  let [gains, weights] = [0, 0];
  for (let m = 0; m < 12; m += 1) {
    if (wet[m] === 0 || dry[m] === 0) continue;
    const weight = Math.min(wet[m]!, dry[m]!);
    gains += weight * (wetWet[m]! / wet[m]! - dryWet[m]! / dry[m]!);
    weights += weight;
  }
  const maxSdC = squares.map((sum, m) =>
    bounded(Math.sqrt(sum / counts[m]!), 0, 20, GENERATOR_DEFAULTS.maxSdC[m]!),
  );
  let [lagged, all] = [0, 0];
  days.forEach((year, y) => {
    const months = monthsOfDays(year.maxC.length);
    const departure = departures[y]!;
    const at = (day: number) => {
      const sd = maxSdC[months[day]!]!;
      return sd > 0 ? departure[day]! / sd : 0;
    };
    for (let day = 1; day < departure.length; day += 1) {
      lagged += at(day) * at(day - 1);
      all += (at(day) ** 2 + at(day - 1) ** 2) / 2;
    }
  });
  const moments = amounts.length >= LEAST_WET_DAYS ? lMoments(Float64Array.from(amounts).sort()) : null;
  const gamma = moments ? fitGamma(moments) : null;
  return {
    wetAfterWetGain: bounded(gains / weights, 0, 0.95, GENERATOR_DEFAULTS.wetAfterWetGain),
    smallestMm: WET_MM,
    gammaShape: bounded(gamma?.shape ?? Number.NaN, 0.1, 10, GENERATOR_DEFAULTS.gammaShape),
    maxSdC,
    phi: bounded(lagged / all, 0, 0.95, GENERATOR_DEFAULTS.phi),
    minShare: bounded(maxMin / maxMax, 0, 2, GENERATOR_DEFAULTS.minShare),
    // a record's spells are in its days
    spells: null,
  };
}
