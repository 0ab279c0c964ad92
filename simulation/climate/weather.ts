import {
  dailyEt0,
  FAO56_SITE_DEFAULTS,
  meanSaturationVapourPressureKPa,
  randomKey,
  saturationVapourPressureKPa,
  uniformAt,
} from '#model';
import type {YearWeather} from '../plan.ts';
import {daysOfYear, monthStarts, monthsOfDays} from './calendar.ts';
import {co2At} from './carbon-dioxide.ts';
import type {ClimatePlan, RecordOrder} from './climate-plan.ts';
import {DAY_QUANTITIES, type DayColumns, meanDays} from './days.ts';
import {drawnDays} from './generator.ts';
import type {MonthNormals} from './normals.ts';

/** Which year of a record a simulated one takes. */
function recordIndex(
  record: {years: readonly number[]; order: RecordOrder},
  of: {seed: number; member: number; year: number},
): number {
  const {years, order} = record;
  const count = years.length;
  if (order === 'draw') {
    return Math.floor(uniformAt(randomKey(of.seed, 'weather', of.member, 'year'), of.year) * count);
  }
  if (order === 'as-dated') {
    const index = years.indexOf(of.year);
    if (index >= 0) return index;
    throw new RangeError(`the climate record has no ${of.year}: it holds ${years[0]} to ${years.at(-1)}`);
  }
  return (((of.year - years[0]!) % count) + count) % count;
}

const FEBRUARY_29 = 59;

/** Days of a record's year laid on a year that may be a day longer or shorter: 29 February repeats the day before, or is left out. */
function onCalendar(from: DayColumns, days: number): DayColumns {
  const columns = {} as DayColumns;
  for (const quantity of DAY_QUANTITIES) {
    const source = from[quantity];
    const target = new Float64Array(days);
    for (let day = 0; day < days; day += 1) {
      const shift = day >= FEBRUARY_29 ? source.length - days : 0;
      target[day] = source[day + shift]!;
    }
    columns[quantity] = target;
  }
  return columns;
}

/** Moves drawn days so that each month has the mean temperatures, radiation and rain that a record gives it. */
function keepMonths(columns: DayColumns, normals: MonthNormals): void {
  const days = columns.maxC.length;
  const starts = monthStarts(days);
  for (let m = 0; m < 12; m += 1) {
    const [from, to] = [starts[m]!, starts[m + 1]!];
    const sum = (column: Float64Array) => {
      let total = 0;
      for (let day = from; day < to; day += 1) total += column[day]!;
      return total;
    };
    for (const quantity of ['maxC', 'minC', 'meanC'] as const) {
      const shift = normals[quantity][m]! - sum(columns[quantity]) / (to - from);
      for (let day = from; day < to; day += 1) columns[quantity][day] = columns[quantity][day]! + shift;
    }
    for (let day = from; day < to; day += 1) {
      const [low, high] = [columns.minC[day]!, columns.maxC[day]!];
      columns.minC[day] = Math.min(low, high);
      columns.maxC[day] = Math.max(low, high);
      columns.meanC[day] = Math.min(columns.maxC[day]!, Math.max(columns.minC[day]!, columns.meanC[day]!));
    }
    const drawnMm = sum(columns.rainMm);
    const wantedMm = normals.rainMm[m]!;
    if (drawnMm > 0) {
      for (let day = from; day < to; day += 1)
        columns.rainMm[day] = (columns.rainMm[day]! * wantedMm) / drawnMm;
    } else if (wantedMm > 0) columns.rainMm[(from + to) >> 1] = wantedMm;
    const drawnMj = sum(columns.radiationMjPerM2);
    const factor = drawnMj > 0 ? (normals.radiationMjPerM2[m]! * (to - from)) / drawnMj : 1;
    for (let day = from; day < to; day += 1) {
      columns.radiationMjPerM2[day] = columns.radiationMjPerM2[day]! * factor;
    }
  }
}

function sourceDays(climate: ClimatePlan, member: number, year: number): DayColumns {
  const {source, generator, seed, latitudeDeg, angstrom} = climate;
  const of = {seed, member, year, latitudeDeg, angstrom};
  const days = daysOfYear(year);
  if (source.kind === 'days') return onCalendar(source.days[recordIndex(source, of)]!, days);
  if (source.kind === 'normals') {
    return generator ? drawnDays(source.normals, generator, of) : meanDays(source.normals, days);
  }
  const normals = source.normals[recordIndex(source, of)]!;
  const columns = generator ? drawnDays(normals, generator, of) : meanDays(normals, days);
  keepMonths(columns, normals);
  return columns;
}

/**
 * The weather of a member's year: a pure function of the plan, the member and the year, whatever else was asked for before.
 * Changes of climate and events act on the source's days: temperatures are shifted, rain and radiation multiplied, relative
 * humidity kept unless it is changed too. The vapour pressure deficit is that of FAO-56 (12), es − ea, which is Landsberg & Waring's
 * (1997) where the air is saturated at the minimum; reference evapotranspiration is FAO-56 (6), never below zero.
 * @throws {RangeError} for a year that a record used by its own dates does not have.
 */
export function weatherOf(climate: ClimatePlan, member: number, year: number): YearWeather {
  const columns = sourceDays(climate, member, year);
  const days = columns.maxC.length;
  const months = monthsOfDays(days);
  const {delta, elevationM, latitudeDeg, angstrom} = climate;
  const events = climate.events.filter(({years}) => years.includes(year));
  const change = Array.from({length: 12}, (_, m) => {
    const sum = {
      temperatureC: delta?.temperatureC[m] ?? 0,
      rainFactor: delta?.rainFactor[m] ?? 1,
      humidityFraction: delta?.humidityFraction[m] ?? 0,
      radiationFactor: delta?.radiationFactor[m] ?? 1,
    };
    for (const event of events) {
      if (!event.months.includes(m)) continue;
      sum.temperatureC += event.temperatureC;
      sum.rainFactor *= event.rainFactor;
      sum.humidityFraction += event.humidityFraction;
      sum.radiationFactor *= event.radiationFactor;
    }
    return sum;
  });

  const site = {...FAO56_SITE_DEFAULTS, latitudeDeg, elevationM, angstrom};
  const vpdKPa = new Float64Array(days);
  const minimumHumidityPercent = new Float64Array(days);
  const et0Mm = new Float64Array(days);
  for (let day = 0; day < days; day += 1) {
    const {temperatureC, rainFactor, humidityFraction, radiationFactor} = change[months[day]!]!;
    const maximumC = columns.maxC[day]! + temperatureC;
    const minimumC = columns.minC[day]! + temperatureC;
    columns.maxC[day] = maximumC;
    columns.minC[day] = minimumC;
    columns.meanC[day] = columns.meanC[day]! + temperatureC;
    columns.rainMm[day] = columns.rainMm[day]! * rainFactor;
    const radiationMj = columns.radiationMjPerM2[day]! * radiationFactor;
    columns.radiationMjPerM2[day] = radiationMj;
    const humidity = Math.min(1, Math.max(0.02, columns.humidityFraction[day]! + humidityFraction));
    const saturationKPa = meanSaturationVapourPressureKPa(maximumC, minimumC);
    const vapourPressureKPa = humidity * saturationKPa;
    vpdKPa[day] = saturationKPa - vapourPressureKPa;
    minimumHumidityPercent[day] = Math.min(
      100,
      (100 * vapourPressureKPa) / saturationVapourPressureKPa(maximumC),
    );
    const et0 = dailyEt0(
      {
        dayOfYear: day + 1,
        maximumC,
        minimumC,
        vapourPressureKPa,
        dewPointC: null,
        maximumHumidityPercent: null,
        minimumHumidityPercent: null,
        meanHumidityPercent: null,
        radiationMj,
        sunshineH: null,
        windSpeedMPerS: columns.windSpeedAt2mMPerS[day]!,
        soilHeatFluxMj: null,
      },
      site,
    );
    et0Mm[day] = Math.max(0, et0.et0Mm ?? 0);
  }
  return {
    year,
    days,
    minC: columns.minC,
    maxC: columns.maxC,
    meanC: columns.meanC,
    rainMm: columns.rainMm,
    radiationMjPerM2: columns.radiationMjPerM2,
    vpdKPa,
    windSpeedAt2mMPerS: columns.windSpeedAt2mMPerS,
    minimumHumidityPercent,
    et0Mm,
    co2Ppm: co2At(climate.co2, year),
  };
}
