import {describe, expect, it} from 'vitest';
import {weatherOf} from '#simulation';
import {firstDayNumber, monthStarts} from '../../../simulation/climate/calendar.ts';
import {type DryHotSpell, spellOf, spellShares} from '../../../simulation/climate/dry-hot-spell.ts';
import {CLIMATES, climatePlan} from './site-climates.ts';

const spell: DryHotSpell = {
  ...{shareOfYears: 0.6, firstStart: 353, lastStart: 374, leastDays: 10, mostDays: 20},
  ...{maxC: 44, maxSdC: 1, lowestHumidityPercent: 8},
};
const MONTH_DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

it('shares of months add up to the days of a mean year', () => {
  const days = spellShares(spell).reduce((sum, share, m) => sum + share * MONTH_DAYS[m]!, 0);
  expect(days).toBeCloseTo(0.6 * 15, 9);
});

it('starts and lasts within its bounds, in its share of years', () => {
  let years = 0;
  for (let year = 1000; year < 3000; year += 1) {
    const found = spellOf(spell, 5, year);
    if (!found) continue;
    years += 1;
    const start = found.from - firstDayNumber(year);
    expect(start).toBeGreaterThanOrEqual(353);
    expect(start).toBeLessThanOrEqual(374);
    expect(found.to - found.from).toBeGreaterThanOrEqual(10);
    expect(found.to - found.from).toBeLessThanOrEqual(20);
  }
  expect(Math.abs(years / 2000 - 0.6)).toBeLessThan(0.05);
});

describe('a summer across the turn of the year', () => {
  const south = CLIMATES[1]!;
  const site = {
    ...south.site,
    dryHotSpell: {
      ...{shareOfYears: 0.6, startFrom: '12-20', startTo: '01-10', days: [10, 20]},
      ...{airTemperatureMaxC: 44, airTemperatureMaxSdC: 1, lowestRelativeHumidityPercent: 8},
    },
  };
  const plan = climatePlan({...south, site});
  const years = Array.from({length: 800}, (_, k) => weatherOf(plan, 0, 2000 + k));

  it('keeps the months of the normals', () => {
    for (const m of [0, 11]) {
      let [sum, rain, days] = [0, 0, 0];
      for (const year of years) {
        for (let day = monthStarts(year.days)[m]!; day < monthStarts(year.days)[m + 1]!; day += 1) {
          sum += year.maxC[day]!;
          rain += year.rainMm[day]!;
          days += 1;
        }
      }
      expect(Math.abs(sum / days - site.normals.airTemperatureMaxC[m]!)).toBeLessThan(0.4);
      // few rain days: four standard errors are 14 %
      expect(Math.abs(rain / years.length / site.normals.rainMm[m]! - 1)).toBeLessThan(0.14);
    }
  });

  it('goes on from December into January', () => {
    let both = 0;
    years.slice(1).forEach((year, k) => {
      const december = years[k]!;
      const hot = (values: Float64Array, day: number) => values[day]! > 41;
      if (
        hot(december.maxC, december.days - 1) &&
        hot(year.maxC, 0) &&
        december.rainMm[december.days - 1] === 0
      )
        both += 1;
    });
    expect(both / years.length).toBeGreaterThan(0.2);
  });
});
