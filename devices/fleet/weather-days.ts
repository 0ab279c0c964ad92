import {normalProbability} from '#model';
import type {Climate} from './climate.ts';
import {DAYS_OF_MONTH, seasonal, seasonalMean} from './curve.ts';
import {gamma, keyOf, normal, smoothNoise, uniform} from './hash.ts';
import {type Sun, saturationKPa} from './radiation.ts';

const DAY_MS = 86_400_000;
/** Standard time of the day's highest temperature. */
const WARMEST_H = 15;
/** Relative humidity and sunshine of a day of a dry-hot spell, used to keep the monthly means of the other days. */
const SPELL_HUMIDITY_PERCENT = 46;
/** By how much a foggy day is moister than the normals tell of a day without, %. */
const FOG_MOISTER_PERCENT = 16;
const SPELL_SUN_FRACTION = 0.85;
/** The minimum of a spell's day lies this far above the normal, °C. */
const SPELL_MIN_ABOVE_C = 2.5;

/** What one local day (by standard time) brings. */
export type WeatherDay = {
  /** Days since 1970-01-01 by local standard time. */
  number: number;
  /** 0 on 1 January. */
  dayOfYear: number;
  month: number;
  year: number;
  wet: boolean;
  rainMm: number;
  /** Rain of each of the day's 24 hours, mm. */
  rainByHour: Float64Array;
  maxC: number;
  minC: number;
  /** Departure of the maximum from normal, in standard deviations. */
  warmth: number;
  sunFraction: number;
  /** Share of the radiation outside the atmosphere that reaches the ground, by hour. */
  clearnessByHour: Float64Array;
  radiationMj: number;
  fog: boolean;
  spell: boolean;
  vapourKPa: number;
  pressureHPa: number;
  /** Logarithm of the day's factor on particles and gases. */
  haze: number;
  /** Departure of the river from its mean, in standard deviations. */
  riverZ: number;
};

type DayMonth = [month: number, day: number];
function dayMonth(text: string): DayMonth {
  return [Number(text.slice(0, 2)) - 1, Number(text.slice(3, 5))];
}
function dayNumberOf(year: number, [month, day]: DayMonth): number {
  return Math.round(Date.UTC(year, month, day) / DAY_MS);
}

/** A dry-hot spell: its days [from, to) as day numbers. */
type Spell = {from: number; to: number};

/**
 * The weather of a place, day after day from a first one, by the seed. Rain is a two-state Markov chain with gamma amounts
 * (Richardson 1981, doi:10.1029/WR017i001p00182); temperature, pressure, haze and river are AR(1) about the normals;
 * sunshine and humidity depend on rain and warmth so that their monthly means hold.
 */
export class WeatherDays {
  readonly firstNumber: number;
  readonly standardOffsetMs: number;
  readonly #climate: Climate;
  readonly #sun: Sun;
  readonly #days: WeatherDay[] = [];
  readonly #key: Record<
    'wet' | 'rain' | 'warmth' | 'sun' | 'cloud' | 'fog' | 'pressure' | 'haze' | 'river' | 'spell',
    number
  >;
  readonly #spells = new Map<number, Spell | null>();
  readonly #wetShare: Float64Array;
  readonly #rainPerDay: readonly number[];
  readonly #normal: {
    maxC: Float64Array;
    minC: Float64Array;
    maxSdC: Float64Array;
    humidity: Float64Array;
    sun: Float64Array;
    fog: Float64Array;
    /** Exponent of the day's course that gives the mean between minimum and maximum. */
    course: Float64Array;
  };
  readonly #riverPhi: readonly number[];

  constructor(of: {climate: Climate; sun: Sun; seed: number; firstNumber: number; standardOffsetMs: number}) {
    const {climate, sun, seed} = of;
    this.#climate = climate;
    this.#sun = sun;
    this.firstNumber = of.firstNumber;
    this.standardOffsetMs = of.standardOffsetMs;
    const names = [
      'wet',
      'rain',
      'warmth',
      'sun',
      'cloud',
      'fog',
      'pressure',
      'haze',
      'river',
      'spell',
    ] as const;
    this.#key = Object.fromEntries(names.map((name) => [name, keyOf(seed, 'weather', name)])) as Record<
      (typeof names)[number],
      number
    >;

    const {normals} = climate;
    const share = this.#spellShare();
    const others = (table: readonly number[], inSpell: (month: number) => number) =>
      table.map((value, m) => (value - share[m]! * inSpell(m)) / (1 - share[m]!));
    const spellMaxC = climate.dryHotSpell?.airTemperatureMaxC ?? 0;
    const maxC = others(normals.airTemperatureMaxC, () => spellMaxC);
    const minC = others(
      normals.airTemperatureMinC,
      (m) => normals.airTemperatureMinC[m]! + SPELL_MIN_ABOVE_C,
    );
    const daylight = DAYS_OF_MONTH.map((_, m) => sun.day(Math.round(m * 30.44 + 15)).daylightH);
    const sunFraction = normals.sunshineH.map((hours, m) => hours / (DAYS_OF_MONTH[m]! * daylight[m]!));
    this.#normal = {
      maxC: seasonalMean(maxC),
      minC: seasonalMean(minC),
      maxSdC: seasonal(climate.temperature.maxAnomalySdC),
      humidity: seasonalMean(others(normals.relativeHumidityPercent, () => SPELL_HUMIDITY_PERCENT)),
      sun: seasonalMean(others(sunFraction, () => SPELL_SUN_FRACTION)).map((value) => Math.max(0.02, value)),
      fog: seasonal(
        (normals.fogDays ?? new Array<number>(12).fill(0)).map(
          (days, m) => days / DAYS_OF_MONTH[m]! / (1 - share[m]!),
        ),
      ),
      course: seasonal(
        normals.airTemperatureMeanC.map((mean, m) => {
          const min = normals.airTemperatureMinC[m]!;
          const max = normals.airTemperatureMaxC[m]!;
          return courseExponent(
            max > min ? (mean - min) / (max - min) : 0.5,
            sun.sunriseH(Math.round(m * 30.44 + 15)),
          );
        }),
      ),
    };
    // Days of a spell bring no rain: the others bring so much more that the years' mean holds.
    this.#wetShare = Float64Array.from(normals.rainDays, (days, m) =>
      Math.min(0.95, days / DAYS_OF_MONTH[m]! / (1 - share[m]!)),
    );
    this.#rainPerDay = normals.rainMm.map((mm, m) =>
      normals.rainDays[m]! > 0 ? mm / normals.rainDays[m]! : 0,
    );
    this.#riverPhi = climate.riverStage?.phi ?? new Array<number>(12).fill(0.95);
  }

  /** The day of this number; earlier than the first is a RangeError. */
  day(number: number): WeatherDay {
    const index = number - this.firstNumber;
    if (index < 0)
      throw new RangeError(
        `the virtual weather starts on day ${this.firstNumber}, day ${number} was asked for`,
      );
    while (this.#days.length <= index) this.#days.push(this.#next());
    return this.#days[index]!;
  }

  numberAt(timeMs: number): number {
    return Math.floor((timeMs + this.standardOffsetMs) / DAY_MS);
  }

  startMs(number: number): number {
    return number * DAY_MS - this.standardOffsetMs;
  }

  /** Air temperature at the reference height. The course of a day joins its neighbours' extremes. */
  temperatureC(timeMs: number): number {
    const number = this.numberAt(timeMs);
    const day = this.day(number);
    const hour = (timeMs - this.startMs(number)) / 3_600_000;
    const sunrise = this.sunriseH(day.dayOfYear);
    const exponent = this.#normal.course[day.dayOfYear]!;
    if (hour < sunrise) {
      const before = this.day(Math.max(this.firstNumber, number - 1));
      return falling(before.maxC, day.minC, (hour + 24 - WARMEST_H) / (sunrise + 24 - WARMEST_H), exponent);
    }
    if (hour < WARMEST_H)
      return rising(day.minC, day.maxC, (hour - sunrise) / (WARMEST_H - sunrise), exponent);
    const after = this.day(number + 1);
    return falling(day.maxC, after.minC, (hour - WARMEST_H) / (sunrise + 24 - WARMEST_H), exponent);
  }

  /** Standard time of the sunrise, hours. */
  sunriseH(dayOfYear: number): number {
    return this.#sun.sunriseH(dayOfYear) - this.#sun.longitudeDeg / 15 + this.standardOffsetMs / 3_600_000;
  }

  /** A daily quantity drawn from noon to noon. */
  between(timeMs: number, of: 'vapourKPa' | 'pressureHPa' | 'haze' | 'radiationMj' | 'sunFraction'): number {
    const number = this.numberAt(timeMs);
    const x = (timeMs - this.startMs(number)) / DAY_MS - 0.5;
    const first = x < 0 ? Math.max(this.firstNumber, number - 1) : number;
    const f = x < 0 ? x + 1 : x;
    return this.day(first)[of] * (1 - f) + this.day(first + 1)[of] * f;
  }

  /** Share of a month's days that lie in a dry-hot spell, in the long run. */
  #spellShare(): number[] {
    const share = new Array<number>(12).fill(0);
    const spell = this.#climate.dryHotSpell;
    if (!spell) return share;
    const year = 2023;
    const from = dayNumberOf(year, dayMonth(spell.startFrom));
    let to = dayNumberOf(year, dayMonth(spell.startTo));
    if (to < from) to = dayNumberOf(year + 1, dayMonth(spell.startTo));
    const [shortest, longest] = [spell.days[0]!, spell.days[1]!];
    const weight = spell.shareOfYears / (to - from + 1) / (longest - shortest + 1);
    for (let start = from; start <= to; start++) {
      for (let length = shortest; length <= longest; length++) {
        for (let day = start; day < start + length; day++) {
          const month = new Date(day * DAY_MS).getUTCMonth();
          share[month] = share[month]! + weight / DAYS_OF_MONTH[month]!;
        }
      }
    }
    return share;
  }

  #spellOf(year: number): Spell | null {
    let found = this.#spells.get(year);
    if (found === undefined) {
      const spell = this.#climate.dryHotSpell;
      found = null;
      if (spell && uniform(this.#key.spell, year * 4) < spell.shareOfYears) {
        const first = dayNumberOf(year, dayMonth(spell.startFrom));
        let last = dayNumberOf(year, dayMonth(spell.startTo));
        if (last < first) last = dayNumberOf(year + 1, dayMonth(spell.startTo));
        const from = first + Math.floor(uniform(this.#key.spell, year * 4 + 1) * (last - first + 1));
        const [shortest, longest] = [spell.days[0]!, spell.days[1]!];
        const length =
          shortest + Math.floor(uniform(this.#key.spell, year * 4 + 2) * (longest - shortest + 1));
        found = {from, to: from + length};
      }
      this.#spells.set(year, found);
    }
    return found;
  }

  #inSpell(number: number, year: number): boolean {
    for (const each of [year, year - 1]) {
      const spell = this.#spellOf(each);
      if (spell && number >= spell.from && number < spell.to) return true;
    }
    return false;
  }

  #next(): WeatherDay {
    const climate = this.#climate;
    const key = this.#key;
    const number = this.firstNumber + this.#days.length;
    const before = this.#days.at(-1);
    const date = new Date(number * DAY_MS);
    const year = date.getUTCFullYear();
    const month = date.getUTCMonth();
    const dayOfYear = Math.round(number - Date.UTC(year, 0, 1) / DAY_MS);
    const spell = this.#inSpell(number, year);

    // Rain.
    const rain = climate.rain ?? {};
    const p = this.#wetShare[month]!;
    const gain = rain.wetAfterWetGain ?? 0.3;
    const factor = rain.wetAfterDryFactor ?? 1 - gain;
    const chance = before?.wet ? p + gain * (1 - p) : factor * p;
    const wet = !spell && uniform(key.wet, number) < chance;
    const smallest = rain.smallestMm ?? 0.1;
    const rainMm = wet
      ? smallest +
        gamma(key.rain, number, rain.gammaShape ?? 0.6, Math.max(0.01, this.#rainPerDay[month]! - smallest))
      : 0;
    const rainByHour = this.#spread(number, month, rainMm);
    // How far today's being wet or dry departs from the month's habit; its mean is zero.
    const wetness = spell ? 0 : (wet ? 1 : 0) - p;

    // Temperature.
    const phi = climate.temperature.phi ?? 0.7;
    const shock = normal(key.warmth, number);
    const warmth = before ? phi * before.warmth + Math.sqrt(1 - phi * phi) * shock : shock;
    const departureC = this.#normal.maxSdC[dayOfYear]! * warmth;
    let maxC: number;
    let minC: number;
    if (spell && climate.dryHotSpell) {
      maxC = climate.dryHotSpell.airTemperatureMaxC + climate.dryHotSpell.airTemperatureMaxSdC * warmth;
      minC = climate.normals.airTemperatureMinC[month]! + SPELL_MIN_ABOVE_C + 0.5 * warmth;
    } else {
      maxC = this.#normal.maxC[dayOfYear]! + departureC - 2 * wetness;
      minC =
        this.#normal.minC[dayOfYear]! +
        (climate.temperature.minShareOfMaxAnomaly ?? 0.55) * departureC +
        0.4 * wetness;
      if (maxC < minC + 1) maxC = minC + 1;
    }

    // Sunshine: rare on wet days, warm days are sunny ones; u^(1/m − 1) has the mean m.
    const meanSun = this.#normal.sun[dayOfYear]!;
    const drySun = Math.min(0.9, meanSun / (1 - 0.6 * p));
    const mean = wet ? 0.4 * drySun : drySun;
    const u = normalProbability(0.4 * warmth + 0.917 * normal(key.sun, number));
    const sunFraction = spell ? 0.75 + 0.2 * u : Math.min(0.98, u ** (1 / mean - 1));
    // Not in the rain, nor in a spell: the other days have more of it.
    const fogChance = this.#normal.fog[dayOfYear]! / (1 - 0.42 * p);
    const fogHours = climate.fog?.hours ?? [3, 10];
    let rainyMorning = false;
    for (let hour = Math.floor(fogHours[0]!); hour < fogHours[1]!; hour++)
      rainyMorning ||= rainByHour[hour]! > 0;
    const fog = !spell && !rainyMorning && uniform(key.fog, number) < fogChance;
    const clearness =
      (climate.reference?.angstromA ?? 0.25) + (climate.reference?.angstromB ?? 0.5) * sunFraction;
    const {byHour, mj} = this.#clouds(number, dayOfYear, {clearness, sunFraction, fog, rainByHour, fogHours});

    // Humidity.
    const vapourKPa = this.#vapour({dayOfYear, maxC, minC, warmth, wetness, spell, fog, number});

    const weatherPhi = climate.pressure.weatherPhi ?? 0.8;
    const pressureShock = normal(key.pressure, number) * (climate.pressure.weatherSdHPa ?? 4);
    const hazeShock = 0.37 * normal(key.haze, number);
    const riverPhi = this.#riverPhi[month]!;
    const riverShock = normal(key.river, number);
    return {
      number,
      dayOfYear,
      month,
      year,
      wet,
      rainMm,
      rainByHour,
      maxC,
      minC,
      warmth,
      sunFraction,
      clearnessByHour: byHour,
      radiationMj: mj,
      fog,
      spell,
      vapourKPa,
      pressureHPa: before
        ? weatherPhi * before.pressureHPa + Math.sqrt(1 - weatherPhi ** 2) * pressureShock
        : pressureShock,
      haze: before ? 0.75 * before.haze + Math.sqrt(1 - 0.75 ** 2) * hazeShock : hazeShock,
      riverZ: before
        ? riverPhi * before.riverZ + Math.sqrt(1 - riverPhi * riverPhi) * riverShock
        : riverShock,
    };
  }

  /** A day's rain as one to three events of some hours, more of them by night in the months of the night bias. */
  #spread(number: number, month: number, rainMm: number): Float64Array {
    const hours = new Float64Array(24);
    if (rainMm <= 0) return hours;
    const rain = this.#climate.rain ?? {};
    const [shortest, longest] = [rain.eventHours?.[0] ?? 1, rain.eventHours?.[1] ?? 8];
    const [nightFrom, nightTo] = [rain.nightHours?.[0] ?? 20, rain.nightHours?.[1] ?? 8];
    const nightLength = (((nightTo - nightFrom) % 24) + 24) % 24;
    const biased = rain.nightBiasMonths?.includes(month + 1) ?? false;
    const nightShare = biased ? (rain.nightShare ?? nightLength / 24) : nightLength / 24;
    const key = this.#key.rain;
    const events = rainMm > 30 ? 3 : rainMm > 8 ? 2 : 1;
    let sum = 0;
    for (let event = 0; event < events; event++) {
      const n = number * 64 + event * 8;
      const length = Math.round(shortest + uniform(key ^ 0x51ed, n) * (longest - shortest));
      const byNight = uniform(key ^ 0x51ed, n + 1) < nightShare;
      const where = uniform(key ^ 0x51ed, n + 2);
      const middle = byNight
        ? (nightFrom + where * nightLength) % 24
        : (nightTo + where * (24 - nightLength)) % 24;
      const from = Math.max(0, Math.min(24 - length, Math.round(middle - length / 2)));
      const size = 0.2 + uniform(key ^ 0x51ed, n + 3);
      for (let k = 0; k < length; k++) {
        const share =
          (-Math.log(uniform(key ^ 0x77aa, number * 128 + event * 32 + k)) + 0.15) *
          Math.sin((Math.PI * (k + 0.5)) / length) *
          size;
        hours[from + k] = hours[from + k]! + share;
        sum += share;
      }
    }
    for (let hour = 0; hour < 24; hour++) hours[hour] = (hours[hour]! / sum) * rainMm;
    return hours;
  }

  /** The day's clearness shared out over its hours: less in rain and morning fog, more in the others; the day's sum holds. */
  #clouds(
    number: number,
    dayOfYear: number,
    of: {
      clearness: number;
      sunFraction: number;
      fog: boolean;
      rainByHour: Float64Array;
      fogHours: readonly number[];
    },
  ): {byHour: Float64Array; mj: number} {
    const byHour = new Float64Array(24);
    let outside = 0;
    let through = 0;
    const spread = 0.3 * (1 - of.sunFraction) + 0.04;
    for (let hour = 0; hour < 24; hour++) {
      const sunW = this.#sun.outsideW(this.startMs(number) + (hour + 0.5) * 3_600_000, dayOfYear);
      let weight = Math.exp(spread * smoothNoise(this.#key.cloud, number * 12 + hour / 2));
      if (of.rainByHour[hour]! > 0) weight *= 0.5;
      if (of.fog && hour >= of.fogHours[0]! && hour < of.fogHours[1]!) weight *= 0.45;
      byHour[hour] = weight;
      outside += sunW;
      through += sunW * weight;
    }
    const scale = through > 0 ? (of.clearness * outside) / through : of.clearness;
    let mj = 0;
    for (let hour = 0; hour < 24; hour++) {
      byHour[hour] = Math.min(0.8, byHour[hour]! * scale);
      mj +=
        this.#sun.outsideW(this.startMs(number) + (hour + 0.5) * 3_600_000, dayOfYear) *
        byHour[hour]! *
        0.0036;
    }
    return {byHour, mj};
  }

  #vapour(of: {
    dayOfYear: number;
    maxC: number;
    minC: number;
    warmth: number;
    wetness: number;
    spell: boolean;
    fog: boolean;
    number: number;
  }): number {
    const {dayOfYear, maxC, minC} = of;
    if (of.spell && this.#climate.dryHotSpell) {
      const lowest = this.#climate.dryHotSpell.lowestRelativeHumidityPercent;
      return saturationKPa(maxC) * ((lowest + 24 * uniform(this.#key.fog ^ 0x1234, of.number)) / 100);
    }
    const target = Math.min(
      97,
      Math.max(
        12,
        this.#normal.humidity[dayOfYear]! +
          7 * of.wetness -
          2.5 * of.warmth +
          (of.fog ? 4 : 0) -
          FOG_MOISTER_PERCENT * this.#normal.fog[dayOfYear]!,
      ),
    );
    const sunrise = this.sunriseH(dayOfYear);
    const exponent = this.#normal.course[dayOfYear]!;
    const saturation: number[] = [];
    for (let hour = 1; hour < 24; hour += 2) {
      const temperature =
        hour < sunrise
          ? falling(maxC, minC, (hour + 24 - WARMEST_H) / (sunrise + 24 - WARMEST_H), exponent)
          : hour < WARMEST_H
            ? rising(minC, maxC, (hour - sunrise) / (WARMEST_H - sunrise), exponent)
            : falling(maxC, minC, (hour - WARMEST_H) / (sunrise + 24 - WARMEST_H), exponent);
      saturation.push(saturationKPa(temperature));
    }
    let vapour = (target / 100) * (saturation.length / saturation.reduce((sum, es) => sum + 1 / es, 0));
    for (let round = 0; round < 4; round++) {
      // The air holds no more than saturation: what the night cannot hold, the day must make up for.
      const mean = saturation.reduce((sum, es) => sum + Math.min(1, vapour / es), 0) / saturation.length;
      vapour *= target / 100 / mean;
    }
    vapour = Math.min(vapour, saturationKPa(0.6 * maxC + 0.4 * minC));
    return of.fog ? Math.max(vapour, saturationKPa(minC + 0.8)) : vapour;
  }
}

function rising(from: number, to: number, f: number, exponent: number): number {
  return from + (to - from) * ((1 - Math.cos(Math.PI * f)) / 2) ** exponent;
}
function falling(from: number, to: number, f: number, exponent: number): number {
  return to + (from - to) * ((1 + Math.cos(Math.PI * f)) / 2) ** exponent;
}

/** The exponent with which the mean of the day's course is this share of the way from minimum to maximum. */
function courseExponent(share: number, sunriseH: number): number {
  const mean = (exponent: number) => {
    let sum = 0;
    for (let k = 0; k < 96; k++) {
      const hour = (k + 0.5) / 4;
      sum +=
        hour < sunriseH
          ? falling(1, 0, (hour + 24 - WARMEST_H) / (sunriseH + 24 - WARMEST_H), exponent)
          : hour < WARMEST_H
            ? rising(0, 1, (hour - sunriseH) / (WARMEST_H - sunriseH), exponent)
            : falling(1, 0, (hour - WARMEST_H) / (sunriseH + 24 - WARMEST_H), exponent);
    }
    return sum / 96;
  };
  let low = 0.3;
  let high = 4;
  for (let round = 0; round < 40; round++) {
    const middle = (low + high) / 2;
    if (mean(middle) > share) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}
