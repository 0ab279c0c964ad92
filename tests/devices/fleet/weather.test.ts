import {beforeAll, describe, expect, it} from 'vitest';
import {createIsland, type Island} from '#devices';
import type {WeatherDay} from '../../../devices/fleet/weather-days.ts';
import {fleetSite, ISLAND_FOLDER} from '../fleet-site.ts';

/** Years of days, and of hours, over which the generator is compared with the site's own tables. */
const YEARS = 200;
const HOURLY_YEARS = 12;
const HOUR_MS = 3_600_000;
const DAYS_OF_MONTH = [31, 28.25, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
const MONTHS = Array.from({length: 12}, (_, month) => month);

const site = await fleetSite(ISLAND_FOLDER);
const {normals, riverStage, airQuality} = site.climate;

const monthly = () => MONTHS.map(() => ({sum: 0, count: 0}));
const add = (table: ReturnType<typeof monthly>, month: number, value: number) => {
  table[month]!.sum += value;
  table[month]!.count++;
};
const means = (table: ReturnType<typeof monthly>) => table.map(({sum, count}) => sum / count);
const yearOf = (table: number[]) =>
  table.reduce((sum, value, month) => sum + value * DAYS_OF_MONTH[month]!, 0);

describe(`days of ${YEARS} years against the site's tables`, () => {
  const of = {
    max: monthly(),
    min: monthly(),
    rain: monthly(),
    wet: monthly(),
    sun: monthly(),
    fog: monthly(),
    radiation: monthly(),
  };
  let heavy = 0;
  let spellYears = new Set<number>();
  let spellDays: WeatherDay[] = [];

  beforeAll(() => {
    const {days, sun} = createIsland({site, seed: 3}).world;
    spellYears = new Set();
    spellDays = [];
    for (let number = days.firstNumber + 5; number < days.firstNumber + YEARS * 365.25; number++) {
      const day = days.day(number);
      const {month} = day;
      add(of.max, month, day.maxC);
      add(of.min, month, day.minC);
      add(of.rain, month, day.rainMm);
      add(of.wet, month, day.rainMm >= 0.1 ? 1 : 0);
      add(of.sun, month, day.sunFraction * sun.day(day.dayOfYear).daylightH);
      add(of.fog, month, day.fog ? 1 : 0);
      add(of.radiation, month, day.radiationMj);
      if (day.rainMm >= 50) heavy++;
      if (day.spell) {
        spellYears.add(day.year);
        spellDays.push(day);
      }
    }
  });

  it.each(MONTHS)('month %i: temperatures within 0.6 °C', (month) => {
    expect(Math.abs(means(of.max)[month]! - normals.airTemperatureMaxC[month]!)).toBeLessThan(0.6);
    expect(Math.abs(means(of.min)[month]! - normals.airTemperatureMinC[month]!)).toBeLessThan(0.6);
  });
  it.each(MONTHS)('month %i: rain within 12 %, rain days within 0.7, sunshine within 8 %', (month) => {
    const days = DAYS_OF_MONTH[month]!;
    expect(Math.abs((means(of.rain)[month]! * days) / normals.rainMm[month]! - 1)).toBeLessThan(0.12);
    expect(Math.abs(means(of.wet)[month]! * days - normals.rainDays[month]!)).toBeLessThan(0.7);
    const sunshineH = means(of.sun)[month]! * days;
    expect(Math.abs(sunshineH - normals.sunshineH[month]!)).toBeLessThan(
      0.08 * normals.sunshineH[month]! + 1.5,
    );
  });
  it('a year has its rain within 3 %, its rain days within 3 and its fog days within 5', () => {
    const sum = (table: readonly number[]) => table.reduce((all, value) => all + value, 0);
    expect(Math.abs(yearOf(means(of.rain)) / sum(normals.rainMm) - 1)).toBeLessThan(0.03);
    expect(Math.abs(yearOf(means(of.wet)) - sum(normals.rainDays))).toBeLessThan(3);
    expect(Math.abs(yearOf(means(of.fog)) - sum(normals.fogDays!))).toBeLessThan(5);
  });
  // The chain and the gamma amounts of the reference design bring 50 mm or more about twice a year.
  it('50 mm a day come about twice a year', () => {
    expect(heavy / YEARS).toBeGreaterThan(1.5);
    expect(heavy / YEARS).toBeLessThan(2.7);
  });
  // Ångström with the site's coefficients over the normal sunshine; stands in the site's own reference block.
  it.each(MONTHS)('month %i: global radiation within 6 %', (month) => {
    const reference = (site.climate.reference as unknown as {globalRadiationMjPerM2Day: number[]})
      .globalRadiationMjPerM2Day[month]!;
    expect(Math.abs(means(of.radiation)[month]! / reference - 1)).toBeLessThan(0.06);
  });
  it('dry-hot spells come in the stated share of years, without rain, as hot as stated', () => {
    const said = site.climate.dryHotSpell!;
    expect(Math.abs(spellYears.size / YEARS - said.shareOfYears)).toBeLessThan(0.08);
    expect(spellDays.every((day) => day.rainMm === 0)).toBe(true);
    const mean = spellDays.reduce((sum, day) => sum + day.maxC, 0) / spellDays.length;
    expect(Math.abs(mean - said.airTemperatureMaxC)).toBeLessThan(0.4);
  });
});

describe(`hours of ${HOURLY_YEARS} years against the site's tables`, () => {
  const of = {
    temperature: monthly(),
    humidity: monthly(),
    wind: monthly(),
    calm: monthly(),
    level: monthly(),
    pm2_5: monthly(),
    nitrogenDioxide: monthly(),
    nightRain: {sum: 0, count: 0},
  };
  const falls = [0, 0, 0];
  let highest = Number.NEGATIVE_INFINITY;
  let lowest = Number.POSITIVE_INFINITY;

  beforeAll(() => {
    const island: Island = createIsland({site, seed: 2});
    const cursor = island.cursor();
    const {columns} = island.weather;
    const place = site.devices.find((device) => device.model === 'D10')!.id;
    const humidity = island.weather.humidityAt(island.place(place)!);
    const pm = island.sampler(place, {element: 'pm2_5'})!;
    const no2 = island.sampler(place, {element: 'nitrogen_dioxide'})!;
    const {days} = island.world;
    let before = Number.NaN;
    for (let hour = 48; hour < HOURLY_YEARS * 8766; hour++) {
      cursor.seek(island.epochMs + hour * HOUR_MS);
      const {month} = days.day(days.numberAt(cursor.timeMs));
      add(of.temperature, month, cursor.value(columns.temperature));
      add(of.humidity, month, humidity(cursor));
      const wind = cursor.value(columns.wind);
      add(of.wind, month, wind);
      add(of.calm, month, wind < 0.5 ? 1 : 0);
      const level = cursor.value(island.stage.column);
      add(of.level, month, level);
      highest = Math.max(highest, level);
      lowest = Math.min(lowest, level);
      if (hour % 24 === 0) {
        for (const [k, fall] of [1, 1.5, 2].entries()) if (before - level >= fall) falls[k]!++;
        before = level;
      }
      add(of.pm2_5, month, pm(cursor));
      add(of.nitrogenDioxide, month, no2(cursor));
      if (month >= 3 && month <= 5) {
        const rain = cursor.held(columns.rain);
        const local = (cursor.timeMs - days.startMs(days.numberAt(cursor.timeMs))) / HOUR_MS;
        of.nightRain.count += rain;
        if (local >= 20 || local < 8) of.nightRain.sum += rain;
      }
    }
  });

  it.each(MONTHS)(
    'month %i: mean temperature within 0.9 °C, humidity within 5 %, wind within 12 %',
    (month) => {
      expect(Math.abs(means(of.temperature)[month]! - normals.airTemperatureMeanC[month]!)).toBeLessThan(0.9);
      expect(Math.abs(means(of.humidity)[month]! - normals.relativeHumidityPercent[month]!)).toBeLessThan(5);
      expect(Math.abs(means(of.wind)[month]! / normals.windSpeedMPerS[month]! - 1)).toBeLessThan(0.12);
    },
  );
  it('calm hours have their share', () => {
    const share = yearOf(means(of.calm)) / 365.25;
    expect(Math.abs(share - site.climate.wind!.calmShareOfHours!)).toBeLessThan(0.04);
  });
  it('spring rain falls mostly by night', () => {
    const share = of.nightRain.sum / of.nightRain.count;
    expect(share).toBeGreaterThan(0.52);
    expect(share).toBeLessThan(0.68);
  });
  // A mean of 12 years of a process that remembers for weeks: a third of its day-to-day deviation and the straight lines.
  it.each(MONTHS)('month %i: the river stands at its mean', (month) => {
    const {meanM, dayToDaySdM} = riverStage!;
    const drawn = (meanM[(month + 11) % 12]! + 6 * meanM[month]! + meanM[(month + 1) % 12]!) / 8;
    expect(Math.abs(means(of.level)[month]! - drawn)).toBeLessThan(0.6 * dayToDaySdM[month]! + 0.5);
  });
  it('the river keeps within its bounds and falls as often as the design says', () => {
    expect(lowest).toBeGreaterThanOrEqual(riverStage!.lowestM!);
    expect(highest).toBeLessThanOrEqual(riverStage!.highestM!);
    // 17, 7 and 3 days a year without the flood pulses, which add some.
    expect(falls[0]! / HOURLY_YEARS).toBeGreaterThan(12);
    expect(falls[0]! / HOURLY_YEARS).toBeLessThan(25);
    expect(falls[1]! / HOURLY_YEARS).toBeGreaterThan(4);
    expect(falls[1]! / HOURLY_YEARS).toBeLessThan(13);
    expect(falls[2]! / HOURLY_YEARS).toBeLessThan(7);
  });
  it.each(MONTHS)('month %i: particles and nitrogen dioxide within a quarter of the table', (month) => {
    expect(Math.abs(means(of.pm2_5)[month]! / airQuality!.pm25UgPerM3[month]! - 1)).toBeLessThan(0.25);
    expect(
      Math.abs(means(of.nitrogenDioxide)[month]! / airQuality!.nitrogenDioxideUgPerM3[month]! - 1),
    ).toBeLessThan(0.25);
  });
});
