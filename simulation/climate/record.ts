import {
  type Angstrom,
  daylightH,
  extraterrestrialRadiationMj,
  FAO56_SITE_DEFAULTS,
  meanSaturationVapourPressureKPa,
  radiationFromSunshineMj,
  radiationFromTemperatureRangeMj,
  saturationVapourPressureKPa,
  TEMPERATURE_RANGE_ADJUSTMENT,
  windSpeedAt2mMPerS,
} from '#model';
import type {WeatherQuantity} from '#schemas';
import {daysOfYear, monthStarts, monthsOfDays} from './calendar.ts';
import {type DayColumns, meanDays} from './days.ts';
import type {MonthNormals} from './normals.ts';

/** Weather as it was measured: by quantity a list of years in a row, each with a value a day (or month); NaN is no value. */
export type WeatherRecord = {
  step: 'day' | 'month';
  firstYear: number;
  years: number;
  columns: Partial<Record<WeatherQuantity, Float64Array[]>>;
  /** Of the anemometer, where the record itself knows it. */
  windHeightM?: number;
};

/** What a record is completed with, and where it lies. */
export type RecordSite = {
  latitudeDeg: number;
  angstrom: Angstrom;
  windHeightM: number;
  /** The site's mean year; null: none is known. */
  normals: MonthNormals | null;
};

/** A year with a smaller share of its days is no year of the record. */
const LEAST_SHARE = 0.8;
/** Gaps of up to so many days are bridged by a line. */
const LINE_DAYS = 3;
/** Notes on gaps of one quantity. */
const MOST_NOTES = 5;
/** Amount of a rain day where nothing tells how many there were, mm. */
const USUAL_RAIN_DAY_MM = 8;

/** Cells of a year: days or months. */
export function slotsOf(step: 'day' | 'month', year: number): number {
  return step === 'month' ? 12 : daysOfYear(year);
}

function slotName(record: WeatherRecord, year: number, slot: number): string {
  if (record.step === 'month') return `${year}-${String(slot + 1).padStart(2, '0')}`;
  return new Date(Date.UTC(year, 0, 1 + slot)).toISOString().slice(0, 10);
}

/** The site's mean year as a quantity of a record; null: it does not tell. */
function normalColumn(
  site: RecordSite,
  quantity: WeatherQuantity,
  step: 'day' | 'month',
  slots: number,
): ArrayLike<number> | null {
  const {normals} = site;
  if (!normals) return null;
  const from = step === 'month' ? normals : meanDays(normals, slots);
  switch (quantity) {
    case 'airTemperatureMaxC':
      return from.maxC;
    case 'airTemperatureMinC':
      return from.minC;
    case 'airTemperatureMeanC':
      return from.meanC;
    case 'rainMm':
      return from.rainMm;
    case 'radiationMjPerM2':
      return from.radiationMjPerM2;
    case 'relativeHumidityPercent':
      return Array.from(from.humidityFraction, (share) => 100 * share);
    case 'windSpeedMPerS':
      return from.windSpeedAt2mMPerS;
    default:
      return null;
  }
}

/**
 * A quantity with its gaps filled: short ones by a line between the neighbours (never rain), others from the same days of the other
 * years (their mean; of rain the nearest year's), the rest from the site's mean year. What cannot be filled stays NaN.
 */
function filledColumn(
  record: WeatherRecord,
  quantity: WeatherQuantity,
  site: RecordSite,
  notes: string[],
): Float64Array[] {
  const source = record.columns[quantity]!;
  const filled = source.map((values) => values.slice());
  const isRain = quantity === 'rainMm';
  const counts = new Map<string, number>();
  const examples: string[] = [];
  const tell = (how: string, y: number, from: number, to: number) => {
    counts.set(how, (counts.get(how) ?? 0) + to - from);
    if (examples.length >= MOST_NOTES) return;
    const year = record.firstYear + y;
    const first = slotName(record, year, from);
    examples.push(to - from === 1 ? first : `${first} to ${slotName(record, year, to - 1)}`);
  };
  source.forEach((values, y) => {
    for (let from = 0; from < values.length; from += 1) {
      if (!Number.isNaN(values[from]!)) continue;
      let to = from;
      while (to < values.length && Number.isNaN(values[to]!)) to += 1;
      if (!isRain && record.step === 'day' && to - from <= LINE_DAYS && from > 0 && to < values.length) {
        const [before, after] = [values[from - 1]!, values[to]!];
        for (let slot = from; slot < to; slot += 1) {
          filled[y]![slot] = before + ((after - before) * (slot - from + 1)) / (to - from + 1);
        }
        tell('by a line', y, from, to);
      } else {
        let others = 0;
        let normal = 0;
        const mean = normalColumn(site, quantity, record.step, values.length);
        for (let slot = from; slot < to; slot += 1) {
          let [sum, count, nearest, distance] = [0, 0, Number.NaN, Number.POSITIVE_INFINITY];
          source.forEach((other, k) => {
            const value = other[Math.min(slot, other.length - 1)]!;
            if (Number.isNaN(value)) return;
            sum += value;
            count += 1;
            if (Math.abs(k - y) < distance) [nearest, distance] = [value, Math.abs(k - y)];
          });
          if (count > 0) {
            filled[y]![slot] = isRain ? nearest : sum / count;
            others += 1;
          } else if (mean) {
            filled[y]![slot] = mean[slot]!;
            normal += 1;
          }
        }
        if (others > 0) tell('from the same time of other years', y, from, to);
        else if (normal > 0) tell("from the site's normals", y, from, to);
      }
      from = to;
    }
  });
  for (const [how, count] of counts) {
    notes.push(`${quantity}: ${count} missing ${record.step}s filled ${how}, such as ${examples.join(', ')}`);
  }
  return filled;
}

const has = (record: WeatherRecord, quantity: WeatherQuantity) =>
  record.columns[quantity]?.some((values) => values.some((value) => !Number.isNaN(value))) ?? false;

/** The years that have enough of a record; the others are told. */
function usableYears(record: WeatherRecord, notes: string[]): number[] {
  const needed: WeatherQuantity[] = ['rainMm'];
  if (has(record, 'airTemperatureMaxC')) needed.push('airTemperatureMaxC', 'airTemperatureMinC');
  else needed.push('airTemperatureMeanC');
  const kept: number[] = [];
  const left: number[] = [];
  for (let y = 0; y < record.years; y += 1) {
    const slots = slotsOf(record.step, record.firstYear + y);
    const enough = needed.every((quantity) => {
      const values = record.columns[quantity]?.[y];
      if (!values) return false;
      let count = 0;
      for (const value of values) if (!Number.isNaN(value)) count += 1;
      return count >= LEAST_SHARE * slots;
    });
    (enough ? kept : left).push(y);
  }
  if (left.length > 0) {
    const years = left.map((y) => record.firstYear + y);
    notes.push(
      `years with less than ${100 * LEAST_SHARE} % of their ${record.step}s are left out: ${years.join(', ')}`,
    );
  }
  return kept;
}

/** A record as years of the quantities that weather follows from, or what it lacks for that. */
export type CompletedRecord =
  | {kind: 'days'; years: number[]; days: DayColumns[]; notes: string[]}
  | {kind: 'months'; years: number[]; normals: MonthNormals[]; notes: string[]}
  | {kind: 'lacking'; lacking: string[]};

/** Completes a record: gaps are filled, quantities that were not measured follow from those that were; all of it is told in notes. */
export function completedRecord(record: WeatherRecord, site: RecordSite): CompletedRecord {
  const notes: string[] = [];
  const kept = usableYears(record, notes);
  if (kept.length === 0) {
    return {
      kind: 'lacking',
      lacking: [`a year with ${100 * LEAST_SHARE} % of its ${record.step}s of temperature and rain`],
    };
  }
  const part: WeatherRecord = {...record, columns: {}};
  for (const quantity of Object.keys(record.columns) as WeatherQuantity[]) {
    if (has(record, quantity)) part.columns[quantity] = record.columns[quantity]!;
  }
  const columns: Partial<Record<WeatherQuantity, Float64Array[]>> = {};
  for (const quantity of Object.keys(part.columns) as WeatherQuantity[]) {
    columns[quantity] = filledColumn(part, quantity, site, notes);
  }
  const range = has(part, 'airTemperatureMaxC') && has(part, 'airTemperatureMinC');
  if (!range && !site.normals) {
    return {
      kind: 'lacking',
      lacking: [
        'airTemperatureMaxC and airTemperatureMinC, since the site has no normals that tell the range',
      ],
    };
  }
  if (!range) notes.push("the day's range of temperature is that of the site's normals");
  const radiation = columns.radiationMjPerM2 ? 'measured' : columns.sunshineH ? 'sunshine' : 'range';
  if (radiation === 'sunshine')
    notes.push('radiation follows from hours of sunshine by Ångström, FAO-56 (35)');
  if (radiation === 'range') notes.push("radiation follows from the day's range of temperature, FAO-56 (50)");
  const humidity = columns.relativeHumidityPercent ? 'percent' : columns.vpdKPa ? 'vpd' : 'minimum';
  if (humidity === 'minimum')
    notes.push('air is taken to be saturated at the minimum temperature, FAO-56 (48)');
  if (!columns.windSpeedMPerS) {
    const instead = site.normals
      ? "the site's normals"
      : `${FAO56_SITE_DEFAULTS.defaultWindMPerS} m/s at 2 m, FAO-56's advice`;
    notes.push(`wind was not measured: ${instead}`);
  }

  const lacking = new Set<string>();
  const make = (y: number) => {
    const year = record.firstYear + y;
    const slots = slotsOf(record.step, year);
    const starts = monthStarts(daysOfYear(year));
    const usual = site.normals && (record.step === 'month' ? site.normals : meanDays(site.normals, slots));
    const out: DayColumns = {
      maxC: new Float64Array(slots),
      minC: new Float64Array(slots),
      meanC: new Float64Array(slots),
      rainMm: new Float64Array(slots),
      radiationMjPerM2: new Float64Array(slots),
      humidityFraction: new Float64Array(slots),
      windSpeedAt2mMPerS: new Float64Array(slots),
    };
    for (let slot = 0; slot < slots; slot += 1) {
      const value = (quantity: WeatherQuantity) => columns[quantity]?.[y]?.[slot] ?? Number.NaN;
      const stated = value('airTemperatureMeanC');
      let [minC, maxC] = [value('airTemperatureMinC'), value('airTemperatureMaxC')];
      if (!range) {
        minC = stated + usual!.minC[slot]! - usual!.meanC[slot]!;
        maxC = stated + usual!.maxC[slot]! - usual!.meanC[slot]!;
      }
      if (minC > maxC) [minC, maxC] = [maxC, minC];
      const rainMm = value('rainMm');
      if (Number.isNaN(minC) || Number.isNaN(maxC))
        lacking.add(`temperatures of ${slotName(record, year, slot)}`);
      if (Number.isNaN(rainMm)) lacking.add(`rain of ${slotName(record, year, slot)}`);
      out.minC[slot] = minC;
      out.maxC[slot] = maxC;
      out.meanC[slot] = Number.isNaN(stated) ? (minC + maxC) / 2 : Math.min(maxC, Math.max(minC, stated));
      out.rainMm[slot] = rainMm;

      const monthDays = record.step === 'month' ? starts[slot + 1]! - starts[slot]! : 1;
      const dayOfYear =
        record.step === 'month' ? Math.round((starts[slot]! + starts[slot + 1]!) / 2) : slot + 1;
      const outsideMj = extraterrestrialRadiationMj(site.latitudeDeg, dayOfYear);
      if (radiation === 'measured') out.radiationMjPerM2[slot] = value('radiationMjPerM2');
      else if (radiation === 'sunshine') {
        out.radiationMjPerM2[slot] = radiationFromSunshineMj({
          sunshineH: value('sunshineH') / monthDays,
          daylightH: daylightH(site.latitudeDeg, dayOfYear),
          extraterrestrialMj: outsideMj,
          angstrom: site.angstrom,
        });
      } else {
        out.radiationMjPerM2[slot] = radiationFromTemperatureRangeMj({
          maximumC: maxC,
          minimumC: minC,
          extraterrestrialMj: outsideMj,
          adjustment: TEMPERATURE_RANGE_ADJUSTMENT.interior,
        });
      }
      if (Number.isNaN(out.radiationMjPerM2[slot]!))
        lacking.add(`radiation of ${slotName(record, year, slot)}`);

      const saturationKPa = meanSaturationVapourPressureKPa(maxC, minC);
      let share: number;
      if (humidity === 'percent') share = value('relativeHumidityPercent') / 100;
      else if (humidity === 'vpd') share = 1 - value('vpdKPa') / saturationKPa;
      else share = saturationVapourPressureKPa(minC) / saturationKPa;
      if (Number.isNaN(share)) share = saturationVapourPressureKPa(minC) / saturationKPa;
      out.humidityFraction[slot] = Math.min(1, Math.max(0.02, share));
      const wind = value('windSpeedMPerS');
      out.windSpeedAt2mMPerS[slot] = Number.isNaN(wind)
        ? (usual?.windSpeedAt2mMPerS[slot] ?? FAO56_SITE_DEFAULTS.defaultWindMPerS)
        : windSpeedAt2mMPerS(wind, site.windHeightM);
    }
    return out;
  };
  const made = kept.map(make);
  if (lacking.size > 0) return {kind: 'lacking', lacking: [...lacking].slice(0, MOST_NOTES)};
  const years = kept.map((y) => record.firstYear + y);
  if (record.step === 'day') return {kind: 'days', years, days: made, notes};
  return {
    kind: 'months',
    years,
    notes,
    normals: made.map((columnsOfYear) => {
      const list = Object.fromEntries(
        Object.entries(columnsOfYear).map(([name, values]) => [name, [...values]]),
      ) as Record<keyof DayColumns, number[]>;
      const rainDays = list.rainMm.map((mm, m) => {
        const normalMm = site.normals?.rainMm[m] ?? 0;
        const amountMm =
          normalMm > 0 && site.normals!.rainDays[m]! > 0
            ? normalMm / site.normals!.rainDays[m]!
            : USUAL_RAIN_DAY_MM;
        return Math.min(28, mm / amountMm);
      });
      return {...list, rainDays};
    }),
  };
}

/** The mean year of a daily record. */
export function normalsOfRecord(days: readonly DayColumns[]): MonthNormals {
  const sums = new Map<string, number[]>();
  const counts = new Array<number>(12).fill(0);
  const add = (name: string, m: number, value: number) => {
    const list = sums.get(name) ?? new Array<number>(12).fill(0);
    list[m] = list[m]! + value;
    sums.set(name, list);
  };
  for (const year of days) {
    const months = monthsOfDays(year.maxC.length);
    for (let day = 0; day < year.maxC.length; day += 1) {
      const m = months[day]!;
      counts[m] = counts[m]! + 1;
      for (const [name, values] of Object.entries(year)) add(name, m, values[day]!);
      add('rainDays', m, year.rainMm[day]! >= WET_MM ? 1 : 0);
    }
  }
  const mean = (name: string) => sums.get(name)!.map((sum, m) => sum / counts[m]!);
  const perYear = (name: string) => sums.get(name)!.map((sum) => sum / days.length);
  return {
    maxC: mean('maxC'),
    minC: mean('minC'),
    meanC: mean('meanC'),
    rainMm: perYear('rainMm'),
    rainDays: perYear('rainDays'),
    radiationMjPerM2: mean('radiationMjPerM2'),
    humidityFraction: mean('humidityFraction'),
    windSpeedAt2mMPerS: mean('windSpeedAt2mMPerS'),
  };
}

/** A day with less is dry, mm. */
export const WET_MM = 0.1;
