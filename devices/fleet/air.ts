import type {SensorSpec} from '#schemas';
import type {Climate} from './climate.ts';
import {DAYS_OF_MONTH, seasonal, seasonalMean} from './curve.ts';
import {keyOf, noise, smoothNoise, uniform} from './hash.ts';
import type {Hour, Part, Place, Sampler, World} from './process.ts';
import type {Weather} from './weather.ts';

const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;
/** Background of carbon dioxide at the start of 2024 and its yearly rise, µmol/mol (NOAA, global marine surface). */
const CO2_2024 = 422;
const CO2_PER_YEAR = 2.6;
const YEAR_2024_MS = Date.UTC(2024, 0, 1);

const USUAL = {
  pm25: [40, 38, 34, 30, 28, 24, 22, 22, 25, 30, 36, 40],
  ozone: [60, 70, 85, 100, 110, 115, 115, 110, 95, 80, 65, 55],
  nitrogenDioxide: [24, 22, 20, 18, 16, 15, 14, 15, 17, 20, 22, 24],
  carbonMonoxide: [0.7, 0.7, 0.6, 0.5, 0.5, 0.4, 0.4, 0.4, 0.5, 0.6, 0.6, 0.7],
} as const;

/** Rain takes particles out: the share left after each mm, and the hours in which they come back. */
const WASHED_PER_MM = 0.11;
const RETURN_H = 30;
/** Highest 8-h mean of a day's ozone course as a share of its peak. */
const MAX_8H_OF_PEAK = 0.81;
/**
 * Air quality over the site: monthly means times the day's haze, the hour's habit (traffic, mixing), calm and rain that
 * washes out; ozone follows the sun and is eaten by nitrogen oxide at night.
 */
export class Air implements Part {
  readonly stateSize = 2;
  readonly #world: World;
  readonly #weather: Weather;
  readonly #column: number;
  readonly #pm25: Float64Array;
  readonly #ozone: Float64Array;
  readonly #nitrogen: Float64Array;
  readonly #carbonMonoxide: Float64Array;
  readonly #sunNormal: Float64Array;
  readonly #usualClean: Float64Array;
  readonly #key: number;

  constructor(world: World, weather: Weather) {
    this.#world = world;
    this.#weather = weather;
    this.#column = world.columns.take(6);
    const air = world.climate.airQuality;
    this.#pm25 = seasonalMean(air?.pm25UgPerM3 ?? USUAL.pm25).map((value) => Math.max(2, value));
    this.#ozone = seasonalMean(air?.ozoneMax8hUgPerM3 ?? USUAL.ozone).map((value) => Math.max(5, value));
    this.#nitrogen = seasonalMean(air?.nitrogenDioxideUgPerM3 ?? USUAL.nitrogenDioxide).map((value) =>
      Math.max(2, value),
    );
    this.#carbonMonoxide = seasonalMean(air?.carbonMonoxideMgPerM3 ?? USUAL.carbonMonoxide).map((value) =>
      Math.max(0.1, value),
    );
    this.#sunNormal = seasonalMean(
      world.climate.normals.sunshineH.map(
        (hours, m) => hours / (30.4 * world.sun.day(Math.round(m * 30.44 + 15)).daylightH),
      ),
    ).map((value) => Math.min(0.9, Math.max(0.05, value)));
    this.#usualClean = seasonal(usualClean(world.climate));
    this.#key = keyOf(world.seed, 'air');
  }

  start(state: Float64Array, at: number): void {
    state[at] = 0.8;
    state[at + 1] = 15;
  }

  step(hour: Hour, state: Float64Array, at: number): void {
    const {day, localH, windMPerS} = hour;
    const clean = state[at]!;
    const night = state[at + 1]!;
    const haze = this.#world.days.between(hour.timeMs, 'haze');
    const factor = Math.exp(haze - 0.07);
    const mixing = 1 + 0.2 / (0.45 + windMPerS) - 0.11;
    // Highest in the rush hours and at night under a low lid, lowest in the mixed afternoon.
    const daily =
      1 +
      0.14 * Math.cos((2 * Math.PI * (localH - 8)) / 12) +
      0.12 * Math.cos((2 * Math.PI * (localH - 2)) / 24);
    const column = hour.at + this.#column;
    const {row} = hour;
    const usualClean = this.#usualClean[day.dayOfYear]!;
    row[column] = this.#pm25[day.dayOfYear]! * factor * mixing * daily * (clean / usualClean);

    // Where the day's sunshine stands among such days, 0–1: its own distribution is u^(1/m − 1) about the mean m.
    const sunny = this.#sunNormal[day.dayOfYear]!;
    const bright = 0.72 + 0.58 * day.sunFraction ** (sunny / (1 - sunny));
    const peak = (this.#ozone[day.dayOfYear]! / MAX_8H_OF_PEAK) * bright * Math.exp(0.55 * haze - 0.03);
    const afternoon = Math.max(0, Math.cos((Math.PI * (localH - 15)) / 13));
    const nights = 0.24 + 0.1 * Math.min(1, windMPerS / 2);
    row[column + 1] = peak * (nights + (1 - nights) * afternoon ** 1.4);

    const traffic =
      1 + 0.3 * (bell(localH, 8.3, 1.9) + bell(localH, 19, 2.6)) - 0.32 * bell(localH, 14, 3) - 0.05;
    row[column + 2] =
      this.#nitrogen[day.dayOfYear]! *
      Math.exp(0.6 * haze - 0.04) *
      traffic *
      (0.4 + 0.6 * mixing) *
      (0.75 + 0.25 * (clean / usualClean));
    const sulfur = this.#world.climate.airQuality?.sulfurDioxideUgPerM3 ?? 8;
    row[column + 3] =
      sulfur *
      Math.exp(0.5 * haze - 0.03) *
      (0.7 + 0.3 * (clean / usualClean)) *
      (1 + 0.15 * bell(localH, 11, 3));
    row[column + 4] =
      this.#carbonMonoxide[day.dayOfYear]! *
      Math.exp(0.4 * haze - 0.02) *
      (0.75 + 0.25 * mixing) *
      (0.93 + 0.1 * (bell(localH, 8.5, 2) + bell(localH, 19.5, 3)));
    row[column + 5] = night;

    state[at] = clean * Math.exp(-WASHED_PER_MM * Math.min(12, hour.rainMm)) + (1 - clean) / RETURN_H;
    // Carbon dioxide that plants and soil breathe out gathers under the night's lid; sun and wind take it away.
    const warm = 1.07 ** (hour.temperatureC - 20);
    const gathers =
      hour.radiationW > 5 ? -0.028 * hour.radiationW * this.#world.season[day.dayOfYear]! : 5.2 * warm;
    state[at + 1] = Math.max(-14, Math.min(90, (night + gathers) * Math.exp(-(0.05 + 0.16 * windMPerS))));
  }

  sampler(place: Place, sensor: SensorSpec): Sampler | undefined {
    const {key, kind} = place;
    const near =
      kind === 'road'
        ? 1.14
        : kind === 'built'
          ? 1.05
          : kind === 'forest' || kind === 'woodland'
            ? 0.86
            : 0.96;
    const column = this.#column;
    const wobble = (n: number, size: number): Sampler => {
      const own = key ^ keyOf(n, sensor.element);
      return (cursor) =>
        1 +
        size * smoothNoise(own, cursor.timeMs / (40 * MINUTE_MS)) +
        0.5 * size * noise(own ^ 1, Math.floor(cursor.timeMs / MINUTE_MS));
    };
    switch (sensor.element) {
      case 'pm2_5': {
        const unrest = wobble(1, 0.05);
        return (cursor) => Math.max(1, cursor.value(column) * near * unrest(cursor));
      }
      case 'pm10': {
        const unrest = wobble(2, 0.06);
        const ratio = this.#world.climate.airQuality?.pm10OfPm25 ?? 1.6;
        return (cursor) =>
          Math.max(
            2,
            cursor.value(column) *
              near *
              ratio *
              (1 + 0.1 * smoothNoise(this.#key, cursor.timeMs / (20 * HOUR_MS))) *
              unrest(cursor),
          );
      }
      case 'ozone': {
        const unrest = wobble(3, 0.04);
        return (cursor) => Math.max(1, cursor.value(column + 1) * (2 - near) * unrest(cursor));
      }
      case 'nitrogen_dioxide': {
        const unrest = wobble(4, 0.06);
        return (cursor) => Math.max(1, cursor.value(column + 2) * near * unrest(cursor));
      }
      case 'sulfur_dioxide': {
        const unrest = wobble(5, 0.06);
        return (cursor) => Math.max(0.5, cursor.value(column + 3) * unrest(cursor));
      }
      case 'carbon_monoxide': {
        const unrest = wobble(6, 0.05);
        return (cursor) => Math.max(0.05, cursor.value(column + 4) * near * unrest(cursor));
      }
      case 'carbon_dioxide': {
        const canopy = kind === 'forest' || kind === 'woodland' ? 1.15 : 0.9;
        return (cursor) => {
          const background =
            CO2_2024 + CO2_PER_YEAR * ((cursor.timeMs - YEAR_2024_MS) / (365.25 * 24 * HOUR_MS));
          return (
            background +
            canopy * cursor.value(column + 5) +
            2.2 * smoothNoise(key ^ 0x61, cursor.timeMs / (50 * MINUTE_MS)) +
            1.2 * noise(key ^ 0x62, cursor.timeMs)
          );
        };
      }
      case 'negative_oxygen_ion': {
        // Leaves, spray and clean wet air make them, particles take them; most in the early morning.
        const base =
          (kind === 'forest' ? 2100 : kind === 'woodland' ? 1500 : 900) * (0.85 + 0.3 * uniform(key, 51));
        const {columns} = this.#weather;
        return (cursor) => {
          const green = 0.55 + 0.45 * this.#world.season[this.#weather.dayOfYear(cursor.timeMs)]!;
          const hour = ((((cursor.timeMs + this.#world.days.standardOffsetMs) / HOUR_MS) % 24) + 24) % 24;
          const morning = 1 + 0.35 * Math.cos((2 * Math.PI * (hour - 6)) / 24);
          const rain = 1 + 0.5 * Math.min(1, cursor.value(columns.rain) / 3);
          const dirty = 1 / (0.7 + cursor.value(column) / 90);
          const value = base * green * morning * rain * dirty * (1 - 0.45 * cursor.value(columns.fog));
          return Math.max(
            80,
            value *
              (1 +
                0.12 * smoothNoise(key ^ 0x63, cursor.timeMs / (30 * MINUTE_MS)) +
                0.06 * noise(key ^ 0x64, cursor.timeMs)),
          );
        };
      }
      default:
        return undefined;
    }
  }
}

/**
 * Share of dry weather's particles that rain leaves in the long run, by month: the tables are means of all weather. A wet
 * day with gamma rain (shape k, mean m) takes 1 − (1 + w·m/k)^−k of them, and they come back within hours.
 */
function usualClean({normals, rain}: Climate): number[] {
  const shape = rain?.gammaShape ?? 0.6;
  const returns = 24 / RETURN_H;
  return normals.rainDays.map((rainDays, m) => {
    if (rainDays <= 0) return 1;
    const meanMm = normals.rainMm[m]! / rainDays;
    const washed = 1 - (1 + (WASHED_PER_MM * meanMm) / shape) ** -shape;
    return returns / (returns + (rainDays / DAYS_OF_MONTH[m]!) * washed);
  });
}

function bell(hour: number, middle: number, width: number): number {
  const away = (((hour - middle + 36) % 24) - 12) / width;
  return Math.exp(-0.5 * away * away);
}
