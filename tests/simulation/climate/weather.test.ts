import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import {weatherOf, type YearWeather} from '#simulation';
import {monthStarts, monthsOfDays} from '../../../simulation/climate/calendar.ts';
import {CLIMATES, climatePlan} from './site-climates.ts';

const [NORTH, SOUTH] = CLIMATES as [(typeof CLIMATES)[0], (typeof CLIMATES)[0]];
const COLUMNS = [
  'minC',
  'maxC',
  'meanC',
  'rainMm',
  'radiationMjPerM2',
  'vpdKPa',
  'windSpeedAt2mMPerS',
  'minimumHumidityPercent',
  'et0Mm',
] as const;

/** Means over many years by month: of a day's value, of a month's rain and of its rain days. */
function statistics(years: readonly YearWeather[]) {
  const zeros = () => new Array<number>(12).fill(0);
  const sums: Record<string, number[]> = {days: zeros(), rainDays: zeros()};
  for (const column of COLUMNS) sums[column] = zeros();
  for (const year of years) {
    const months = monthsOfDays(year.days);
    for (let day = 0; day < year.days; day += 1) {
      const m = months[day]!;
      sums['days']![m]! += 1;
      if (year.rainMm[day]! >= 0.1) sums['rainDays']![m]! += 1;
      for (const column of COLUMNS) sums[column]![m]! += year[column][day]!;
    }
  }
  const mean = (column: string) => sums[column]!.map((sum, m) => sum / sums['days']![m]!);
  const total = (column: string) => sums[column]!.map((sum) => sum / years.length);
  return {mean, total};
}

describe.each(CLIMATES)('drawn about normals: $name', (of) => {
  const plan = climatePlan(of);
  const years = Array.from({length: 1500}, (_, k) => weatherOf(plan, k % 5, 1600 + k));
  const {mean, total} = statistics(years);
  const {normals} = of.site;

  // Tolerance as the site's description asks: monthly totals within 6 %; of few rain days within four standard errors of a gamma sum.
  it('keeps the rain of each month', () => {
    total('rainMm').forEach((mm, m) => {
      const relativeError = Math.sqrt((1 + 1 / 0.5) / (normals.rainDays[m]! * years.length));
      expect(Math.abs(mm / normals.rainMm[m]! - 1)).toBeLessThan(Math.max(0.06, 4 * relativeError));
    });
  });

  it('keeps the rain days of each month', () => {
    total('rainDays').forEach((days, m) => {
      expect(Math.abs(days - normals.rainDays[m]!)).toBeLessThan(0.4);
    });
  });

  it('keeps the temperatures of each month', () => {
    const want = {
      maxC: 'airTemperatureMaxC',
      meanC: 'airTemperatureMeanC',
      minC: 'airTemperatureMinC',
    } as const;
    for (const [column, name] of Object.entries(want) as [keyof typeof want, (typeof want)['maxC']][]) {
      mean(column).forEach((value, m) => {
        expect(Math.abs(value - normals[name][m]!)).toBeLessThan(0.3);
      });
    }
  });

  it('scatters from day to day as it is told', () => {
    const temperature = of.site.temperature!;
    let [squares, lagged, count] = [0, 0, 0];
    // a month without spells at either site
    const may = (year: YearWeather) =>
      year.maxC.subarray(monthStarts(year.days)[4], monthStarts(year.days)[5]);
    const average = mean('maxC')[4]!;
    for (const year of years) {
      const values = may(year);
      for (let day = 1; day < values.length; day += 1) {
        squares += (values[day]! - average) ** 2;
        lagged += (values[day]! - average) * (values[day - 1]! - average);
        count += 1;
      }
    }
    const sd = Math.sqrt(squares / count);
    // wet and dry days differ by 2 °C more, and the normal moves within the month
    expect(sd).toBeGreaterThan(temperature.maxAnomalySdC![4]! * 0.95);
    expect(sd).toBeLessThan(temperature.maxAnomalySdC![4]! * 1.25);
    expect(Math.abs(lagged / squares - temperature.phi!)).toBeLessThan(0.08);
  });

  it('rains on after a wet day as often as it is told', () => {
    let [wet, both] = [0, 0];
    for (const {rainMm} of years) {
      for (let day = monthStarts(365)[5]! + 1; day < monthStarts(365)[6]!; day += 1) {
        if (rainMm[day - 1]! <= 0) continue;
        wet += 1;
        if (rainMm[day]! > 0) both += 1;
      }
    }
    const p = normals.rainDays[5]! / 30;
    const gain = of.site.rain!.wetAfterWetGain!;
    expect(both / wet).toBeCloseTo(p + gain * (1 - p), 1.5);
  });

  it('has no year without months, and no day out of bounds', () => {
    for (const year of years) {
      expect(year.days).toBe(monthsOfDays(year.days).length);
      for (let day = 0; day < year.days; day += 1) {
        const ok =
          year.minC[day]! <= year.meanC[day]! &&
          year.meanC[day]! <= year.maxC[day]! &&
          year.rainMm[day]! >= 0 &&
          year.radiationMjPerM2[day]! >= 0 &&
          year.radiationMjPerM2[day]! < 45 &&
          year.vpdKPa[day]! >= 0 &&
          year.minimumHumidityPercent[day]! >= 0 &&
          year.minimumHumidityPercent[day]! <= 100 &&
          year.et0Mm[day]! >= 0 &&
          year.et0Mm[day]! < 20;
        if (!ok) expect.fail(`day ${day} of ${year.year}`);
      }
    }
  });
});

// Published monthly ET0 by FAO-56 and radiation by Ångström of the same normals (the site's `reference` block; from another program),
// to one decimal.
it('has the reference evapotranspiration and radiation of the normals', () => {
  const plan = climatePlan(NORTH);
  const {mean} = statistics(Array.from({length: 400}, (_, k) => weatherOf(plan, 0, 2000 + k)));
  const reference = NORTH.site.reference as unknown as Record<string, number[]>;
  mean('et0Mm').forEach((mm, m) => {
    expect(Math.abs(mm - reference['et0MmPerDay']![m]!)).toBeLessThan(0.2);
  });
  mean('radiationMjPerM2').forEach((mj, m) => {
    expect(Math.abs(mj / reference['globalRadiationMjPerM2Day']![m]! - 1)).toBeLessThan(0.05);
  });
});

// "50 mm a day twice a year" is the published frequency that the site's rain parameters were chosen for.
it('has heavy rain as often as the site', () => {
  const plan = climatePlan(NORTH);
  let days = 0;
  for (let year = 2000; year < 2300; year += 1)
    days += weatherOf(plan, 0, year).rainMm.filter((mm) => mm >= 50).length;
  expect(days / 300).toBeGreaterThan(1.4);
  expect(days / 300).toBeLessThan(2.6);
});

// Published of the region: dry-hot spells of 10 to 40 days from mid-July to late August, in about four of five years.
it('has dry and hot spells in the summers of a site that tells of them', () => {
  const plan = climatePlan(NORTH);
  let [years, longest] = [0, 0];
  for (let year = 2000; year < 2300; year += 1) {
    const {maxC, rainMm} = weatherOf(plan, 0, year);
    let run = 0;
    let best = 0;
    for (let day = 185; day < 265; day += 1) {
      run = rainMm[day]! === 0 && maxC[day]! > 34 ? run + 1 : 0;
      best = Math.max(best, run);
    }
    if (best >= 10) years += 1;
    longest = Math.max(longest, best);
  }
  expect(years / 300).toBeGreaterThan(0.7);
  expect(years / 300).toBeLessThan(0.9);
  expect(longest).toBeGreaterThan(30);
  expect(longest).toBeLessThan(60);
});

describe('a member and a year', () => {
  const plan = climatePlan(NORTH);

  it('have the same weather in whatever order they are asked for', () => {
    const ask = fc.record({member: fc.integer({min: 0, max: 255}), year: fc.integer({min: 1500, max: 2600})});
    fc.assert(
      fc.property(fc.array(ask, {minLength: 2, maxLength: 6}), (asks) => {
        const once = asks.map(({member, year}) => weatherOf(plan, member, year));
        const again = [...asks]
          .reverse()
          .map(({member, year}) => weatherOf(structuredClone(plan), member, year));
        expect(again.reverse()).toEqual(once);
      }),
      {numRuns: 20},
    );
  });

  it('are unlike those of another member, year or seed', () => {
    const year = weatherOf(plan, 0, 2030).rainMm;
    expect(weatherOf(plan, 1, 2030).rainMm).not.toEqual(year);
    expect(weatherOf(plan, 0, 2031).rainMm).not.toEqual(year);
    expect(weatherOf({...plan, seed: 2}, 0, 2030).rainMm).not.toEqual(year);
  });

  it('go on over the turn of the year as over any other', () => {
    // the state of 1 January follows from days that the year before draws alike: the correlation holds across
    let [across, within] = [0, 0];
    for (let year = 2000; year < 2400; year += 1) {
      const [one, next] = [weatherOf(plan, 0, year), weatherOf(plan, 0, year + 1)];
      const mean = 11;
      across += (one.maxC[one.days - 1]! - mean) * (next.maxC[0]! - mean);
      within += (one.maxC[one.days - 2]! - mean) * (one.maxC[one.days - 1]! - mean);
    }
    expect(across / within).toBeGreaterThan(0.7);
    expect(across / within).toBeLessThan(1.3);
  });

  it.each([
    [2024, 366],
    [2026, 365],
    [1900, 365],
    [2000, 366],
    [2100, 365],
  ])('%d has %d days', (year, days) => {
    const weather = weatherOf(plan, 0, year);
    expect(weather.days).toBe(days);
    for (const column of COLUMNS) expect(weather[column]).toHaveLength(days);
  });
});

it('is warmest in January south of the equator, and brightest', () => {
  const weather = weatherOf(climatePlan(SOUTH), 0, 2026);
  const mean = (values: Float64Array) => values.reduce((sum, value) => sum + value, 0) / values.length;
  expect(mean(weather.maxC.subarray(0, 31))).toBeGreaterThan(mean(weather.maxC.subarray(181, 212)) + 10);
  expect(mean(weather.radiationMjPerM2.subarray(0, 31))).toBeGreaterThan(
    1.6 * mean(weather.radiationMjPerM2.subarray(181, 212)),
  );
});

describe('a mean year without chance', () => {
  it.each(CLIMATES)('has the normals: $name', (of) => {
    const weather = weatherOf(climatePlan(of, {climate: {from: 'normals', generator: false}}), 3, 2026);
    const {mean, total} = statistics([weather]);
    const {normals} = of.site;
    total('rainMm').forEach((mm, m) => {
      expect(mm).toBeCloseTo(normals.rainMm[m]!, 9);
    });
    total('rainDays').forEach((days, m) => {
      expect(Math.abs(days - normals.rainDays[m]!)).toBeLessThanOrEqual(0.5);
    });
    mean('maxC').forEach((value, m) => {
      expect(value).toBeCloseTo(normals.airTemperatureMaxC[m]!, 6);
    });
    mean('minC').forEach((value, m) => {
      expect(value).toBeCloseTo(normals.airTemperatureMinC[m]!, 6);
    });
    expect(weatherOf(climatePlan(of, {climate: {from: 'normals', generator: false}}), 0, 2027).maxC).toEqual(
      weather.maxC,
    );
  });
});

describe('a change of climate', () => {
  const base = weatherOf(climatePlan(NORTH), 2, 2040);

  it('shifts temperatures and multiplies rain, on the same days', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({min: -5, max: 8, noNaN: true}), {minLength: 12, maxLength: 12}),
        fc.array(fc.double({min: 0, max: 3, noNaN: true}), {minLength: 12, maxLength: 12}),
        (temperatureC, rainFactor) => {
          const plan = climatePlan(NORTH, {climate: {from: 'normals', delta: {temperatureC, rainFactor}}});
          const weather = weatherOf(plan, 2, 2040);
          const months = monthsOfDays(weather.days);
          for (let day = 0; day < weather.days; day += 1) {
            const m = months[day]!;
            expect(weather.maxC[day]! - base.maxC[day]!).toBeCloseTo(temperatureC[m]!, 9);
            expect(weather.minC[day]! - base.minC[day]!).toBeCloseTo(temperatureC[m]!, 9);
            expect(weather.rainMm[day]!).toBeCloseTo(base.rainMm[day]! * rainFactor[m]!, 9);
          }
        },
      ),
      {numRuns: 15},
    );
  });

  it('of nothing changes no bit', () => {
    const plan = climatePlan(NORTH, {
      climate: {from: 'normals', delta: {temperatureC: 0, rainFactor: 1}},
      events: [],
    });
    expect(weatherOf(plan, 2, 2040)).toEqual(base);
  });

  it('that warms the air dries it and draws more water', () => {
    const warm = weatherOf(
      climatePlan(NORTH, {climate: {from: 'normals', delta: {temperatureC: 2}}}),
      2,
      2040,
    );
    for (let day = 0; day < base.days; day += 1) {
      expect(warm.vpdKPa[day]!).toBeGreaterThan(base.vpdKPa[day]!);
    }
    const sum = (values: Float64Array) => values.reduce((total, value) => total + value, 0);
    expect(sum(warm.et0Mm)).toBeGreaterThan(sum(base.et0Mm));
  });

  it('comes with an event in its years and months alone', () => {
    const plan = climatePlan(NORTH, {
      events: [
        {years: [2040], months: [7, 8], temperatureC: 4, rainFactor: 0.3, relativeHumidityPercent: -15},
      ],
    });
    expect(weatherOf(plan, 2, 2041)).toEqual(weatherOf(climatePlan(NORTH), 2, 2041));
    const weather = weatherOf(plan, 2, 2040);
    const months = monthsOfDays(weather.days);
    for (let day = 0; day < weather.days; day += 1) {
      const hot = months[day] === 6 || months[day] === 7;
      expect(weather.maxC[day]! - base.maxC[day]!).toBeCloseTo(hot ? 4 : 0, 9);
      expect(weather.rainMm[day]!).toBeCloseTo(base.rainMm[day]! * (hot ? 0.3 : 1), 9);
      if (hot) expect(weather.vpdKPa[day]!).toBeGreaterThan(base.vpdKPa[day]!);
    }
  });
});

describe('CO₂', () => {
  // Meinshausen et al. (2017, 2020), rounded.
  it.each([
    [{path: 'history'} as const, 1400, 282],
    [{path: 'history'} as const, 1850, 284.7],
    [{path: 'ssp126'} as const, 2100, 446],
    [{path: 'ssp245'} as const, 2050, 507],
    [{path: 'ssp370'} as const, 2100, 867],
    [{path: 'ssp585'} as const, 2075, (563 + 1135) / 2],
    [{path: 'ssp585'} as const, 2300, 1135],
    [{ppm: 280}, 2050, 280],
    [
      {
        years: [
          {year: 2050, ppm: 500},
          {year: 2030, ppm: 400},
        ],
      },
      2040,
      450,
    ],
  ])('%j in %d is %d ppm', (co2, year, ppm) => {
    const plan = climatePlan(NORTH, {climate: {from: 'normals', co2}});
    expect(weatherOf(plan, 0, year).co2Ppm).toBeCloseTo(ppm, 9);
  });
});
