import {normalProbability} from '#model';
import type {SensorSpec} from '#schemas';
import type {Cursor} from './cursor.ts';
import {seasonalMean} from './curve.ts';
import {keyOf, noise, smoothNoise, uniform} from './hash.ts';
import type {Hour, Part, Place, Sampler, World} from './process.ts';
import {et0Hour, saturationKPa} from './radiation.ts';

const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;
/** Mean of the wind of a calm hour, m/s. */
const CALM_MEAN = 0.27;
/** Γ(1 + 1/k) of the Weibull distribution by Lanczos' approximation. */
function gammaFunction(x: number): number {
  const g = [
    676.5203681218851, -1259.1392167224028, 771.3234287776531, -176.6150291621406, 12.507343278686905,
    -0.13857109526572012, 9.984369578019572e-6, 1.5056327351493116e-7,
  ];
  let sum = 0.9999999999998099;
  g.forEach((value, i) => {
    sum += value / (x + i);
  });
  const t = x + g.length - 1.5;
  return Math.sqrt(2 * Math.PI) * t ** (x - 0.5) * Math.exp(-t) * sum;
}

/** Columns of the weather, the same over the whole island at its reference height. */
export type WeatherColumns = {
  temperature: number;
  vapour: number;
  clearness: number;
  wind: number;
  pressure: number;
  fog: number;
  rain: number;
  et0: number;
};

/** The hourly weather of the island: what every other part is driven by. */
export class Weather {
  readonly columns: WeatherColumns;
  readonly referenceHeightM: number;
  readonly #world: World;
  readonly #windKey: number;
  readonly #directionKey: number;
  readonly #rainKey: number;
  readonly #windFactor: Float64Array;
  readonly #meanWind: Float64Array;
  readonly #hour: Partial<Hour> = {};

  constructor(world: World) {
    this.#world = world;
    const {columns, seed, climate} = world;
    const first = columns.take(8);
    this.columns = {
      temperature: first,
      vapour: first + 1,
      clearness: first + 2,
      wind: first + 3,
      pressure: first + 4,
      fog: first + 5,
      rain: first + 6,
      et0: first + 7,
    };
    this.#windKey = keyOf(seed, 'weather', 'wind');
    this.#directionKey = keyOf(seed, 'weather', 'direction');
    this.#rainKey = keyOf(seed, 'weather', 'rain-minutes');
    this.referenceHeightM = climate.temperature.referenceHeightM ?? climate.pressure.referenceHeightM;
    this.#meanWind = seasonalMean(climate.normals.windSpeedMPerS);
    const wind = climate.wind ?? {};
    const least = wind.dailyFactorLeast ?? 0.6;
    const most = wind.dailyFactorMost ?? 1.5;
    this.#windFactor = dailyCourse(
      wind.dailyFactorLeastHour ?? 4,
      wind.dailyFactorMostHour ?? 15,
      least,
      most,
    );
  }

  /** Rain of the hour that starts `hour` hours after the epoch; 0 before the first day known. */
  rainMm(hour: number): number {
    const {days, epochMs} = this.#world;
    const timeMs = epochMs + hour * HOUR_MS;
    const number = days.numberAt(timeMs);
    if (number < days.firstNumber) return 0;
    return days.day(number).rainByHour[Math.floor((timeMs - days.startMs(number)) / HOUR_MS)]!;
  }

  /** Wind at 10 m, m/s, at a whole hour. */
  #windMPerS(hour: number, dayOfYear: number, localH: number): number {
    const wind = this.#world.climate.wind ?? {};
    const mean =
      this.#meanWind[dayOfYear]! *
      this.#windFactor[Math.floor(localH) % 24]! *
      (this.rainMm(hour) > 8 ? 1.6 : 1);
    const calm = wind.calmShareOfHours ?? 0.1;
    const u = normalProbability(smoothNoise(this.#windKey, hour / 3));
    if (u < calm) return 0.05 + (u / calm) * 0.44;
    const k = wind.weibullK ?? 2;
    const scale = Math.max(0.2, (mean - calm * CALM_MEAN) / (1 - calm)) / gammaFunction(1 + 1 / k);
    return Math.max(0.5, scale * (-Math.log(1 - Math.min(0.9995, (u - calm) / (1 - calm)))) ** (1 / k));
  }

  /** Fills in the weather of an hour and writes its columns. */
  step(index: number, row: Float64Array, at: number): Hour {
    const {days, sun, epochMs, climate} = this.#world;
    const timeMs = epochMs + index * HOUR_MS;
    const number = days.numberAt(timeMs);
    const day = days.day(number);
    const localH = (timeMs - days.startMs(number)) / HOUR_MS;
    const slot = Math.floor(localH);
    const before = slot > 0 ? day.clearnessByHour[slot - 1]! : days.day(number - 1).clearnessByHour[23]!;
    const temperatureC = days.temperatureC(timeMs);
    const fog = this.#fogAt(day.fog, localH);
    const saturation = saturationKPa(temperatureC);
    let vapourKPa = Math.min(saturation * 0.995, days.between(timeMs, 'vapourKPa'));
    if (fog > 0) vapourKPa = Math.max(vapourKPa, saturation * (0.95 + 0.045 * fog));
    let windMPerS = this.#windMPerS(index, day.dayOfYear, localH);
    const foggyWind = climate.fog?.windBelowMPerS ?? 1;
    if (fog > 0 && windMPerS > foggyWind * 0.9)
      windMPerS = foggyWind * (0.4 + 0.5 * uniform(this.#windKey, index));
    const pressure = climate.pressure;
    const tide = pressure.semidiurnalAmplitudeHPa ?? 1.2;
    const pressureHPa =
      pressure.meanHPa +
      (pressure.yearlyAmplitudeHPa ?? 0) *
        Math.cos((2 * Math.PI * (day.dayOfYear + localH / 24 - (pressure.yearlyPeakDay ?? 10))) / 365) +
      days.between(timeMs, 'pressureHPa') +
      tide * Math.cos((4 * Math.PI * (localH - 10)) / 24);
    const rainMm = day.rainByHour[slot]!;
    const clearness = day.clearnessByHour[slot]!;
    const radiationW = sun.outsideW(timeMs + HOUR_MS / 2, day.dayOfYear) * clearness;
    const et0Mm = et0Hour({
      temperatureC,
      vapourKPa,
      windMPerS,
      radiationW,
      clearness: radiationW > 0 ? clearness : day.sunFraction * 0.5 + 0.25,
      pressureHPa,
    });
    const {columns} = this;
    row[at + columns.temperature] = temperatureC;
    row[at + columns.vapour] = vapourKPa;
    row[at + columns.clearness] = (before + clearness) / 2;
    row[at + columns.wind] = windMPerS;
    row[at + columns.pressure] = pressureHPa;
    row[at + columns.fog] = fog;
    row[at + columns.rain] = rainMm;
    row[at + columns.et0] = et0Mm;
    return Object.assign(this.#hour, {
      index,
      timeMs,
      day,
      dayOfYear: day.dayOfYear,
      localH,
      temperatureC,
      vapourKPa,
      vpdKPa: Math.max(0, saturation - vapourKPa),
      radiationW,
      windMPerS,
      pressureHPa,
      rainMm,
      et0Mm,
      fog,
      rain72Mm: this.#rain72(number, slot),
      row,
      at,
    }) as Hour;
  }

  /** Rain of the 72 hours before an hour of a day, mm. */
  #rain72(number: number, slot: number): number {
    const {days} = this.#world;
    let sum = 0;
    for (let back = 0; back <= 3; back++) {
      if (number - back < days.firstNumber) break;
      const {rainByHour, wet} = days.day(number - back);
      if (!wet) continue;
      const from = back === 3 ? slot : 0;
      const to = back === 0 ? slot : 24;
      for (let hour = from; hour < to; hour++) sum += rainByHour[hour]!;
    }
    return sum;
  }

  #fogAt(foggy: boolean, localH: number): number {
    if (!foggy) return 0;
    const hours = this.#world.climate.fog?.hours ?? [3, 10];
    const from = hours[0]!;
    const to = hours[1]!;
    if (localH < from || localH >= to) return 0;
    return Math.min(1, (localH - from + 1) / 2, (to - localH) / 2);
  }

  /** Share of an hour's rain that has fallen by a share of the hour: bursts of five minutes. */
  rainShare(hour: number, fraction: number): number {
    if (hour !== this.#burstHour) {
      let sum = 0;
      for (let k = 0; k < 12; k++) {
        sum += -Math.log(uniform(this.#rainKey, hour * 12 + k)) + 0.05;
        this.#bursts[k + 1] = sum;
      }
      for (let k = 1; k <= 12; k++) this.#bursts[k] = this.#bursts[k]! / sum;
      this.#burstHour = hour;
    }
    const x = Math.min(12, Math.max(0, fraction * 12));
    const k = Math.min(11, Math.floor(x));
    return this.#bursts[k]! + (this.#bursts[k + 1]! - this.#bursts[k]!) * (x - k);
  }
  #burstHour = Number.NaN;
  readonly #bursts = new Float64Array(13);

  /** Air temperature at a place: height, canopy, and the small unrest of minutes. */
  temperatureAt(place: Place): Sampler {
    const lapse = this.#world.climate.temperature.lapseCPerM ?? -0.0065;
    const offset = (place.groundM - this.referenceHeightM) * lapse;
    const canopy = place.kind === 'forest' || place.kind === 'woodland' ? 1 : 0;
    const built = place.kind === 'built' || place.kind === 'road' ? 0.4 : 0;
    const key = place.key ^ 0x7e3a;
    return (cursor) => {
      const byDay = this.radiationW(cursor) / 800;
      return (
        cursor.value(this.columns.temperature) +
        offset +
        built +
        canopy * (0.25 - 1.1 * byDay) +
        (0.12 + 0.25 * byDay) * smoothNoise(key, cursor.timeMs / 1_200_000)
      );
    };
  }

  /** Global radiation at an instant, W/m². */
  radiationW(cursor: Cursor): number {
    const dayOfYear = this.dayOfYear(cursor.timeMs);
    return this.#world.sun.outsideW(cursor.timeMs, dayOfYear) * cursor.value(this.columns.clearness);
  }

  #dayNumber = Number.NaN;
  #dayOfYear = 0;
  /** 0 on 1 January, by standard time. */
  dayOfYear(timeMs: number): number {
    const number = this.#world.days.numberAt(timeMs);
    if (number !== this.#dayNumber) {
      this.#dayNumber = number;
      this.#dayOfYear = this.#world.days.day(number).dayOfYear;
    }
    return this.#dayOfYear;
  }

  pressureAt(place: Place): Sampler {
    const {pressure} = this.#world.climate;
    const perM = pressure.hPaPerM ?? -0.115;
    const offset = (place.groundM + (place.device.heightM ?? 0) - pressure.referenceHeightM) * perM;
    return (cursor) => cursor.value(this.columns.pressure) + offset;
  }

  /** Relative humidity at a place, %. The island's vapour, the place's temperature. */
  humidityAt(place: Place): Sampler {
    const temperature = this.temperatureAt(place);
    const moister = place.kind === 'forest' || place.kind === 'wetland' || place.kind === 'lake' ? 1.03 : 1;
    return (cursor) => {
      const vapour = cursor.value(this.columns.vapour) * moister;
      return Math.min(100, (100 * vapour) / saturationKPa(temperature(cursor)));
    };
  }

  #exposure(place: Place): number {
    if (place.device.role === 'summit') return 1.35;
    if (place.kind === 'forest' || place.kind === 'woodland') return 0.8;
    return 1;
  }

  sampler(place: Place, sensor: SensorSpec): Sampler | undefined {
    const {key} = place;
    switch (sensor.element) {
      case 'air_temperature': {
        const temperature = this.temperatureAt(place);
        return (cursor) => temperature(cursor) + 0.04 * noise(key, cursor.timeMs);
      }
      case 'relative_humidity': {
        const humidity = this.humidityAt(place);
        return (cursor) =>
          Math.min(100, Math.max(1, humidity(cursor) + 0.35 * noise(key ^ 1, cursor.timeMs)));
      }
      case 'air_pressure': {
        const pressure = this.pressureAt(place);
        return (cursor) => pressure(cursor) + 0.04 * noise(key ^ 2, cursor.timeMs);
      }
      case 'wind_speed': {
        const exposure = this.#exposure(place);
        const isMaximum = sensor.statistic === 'max';
        return (cursor) => {
          const hourly = cursor.value(this.columns.wind) * exposure;
          const minute = Math.floor(cursor.timeMs / MINUTE_MS);
          const speed =
            hourly * Math.max(0, 1 + 0.22 * noise(key ^ 3, minute) + 0.15 * smoothNoise(key ^ 4, minute / 8));
          const mean = speed < 0.12 ? 0 : speed;
          if (!isMaximum) return mean;
          return mean === 0
            ? 0
            : mean * (1.3 + 0.3 * uniform(key ^ 5, minute)) + 0.15 * uniform(key ^ 6, minute);
        };
      }
      case 'wind_direction': {
        const wind = this.#world.climate.wind ?? {};
        const prevailing = wind.prevailingFromDeg ?? 0;
        const spread = wind.prevailingSpreadDeg ?? 60;
        return (cursor) => {
          const hours = cursor.timeMs / HOUR_MS;
          // A valley wind turns round for some hours; in between it wanders about its axis.
          const turned = 1 / (1 + Math.exp(-9 * (smoothNoise(this.#directionKey, hours / 7) - 0.75)));
          const unrest = 10 / (0.4 + cursor.value(this.columns.wind));
          const direction =
            prevailing +
            180 * turned +
            spread * 0.6 * smoothNoise(this.#directionKey ^ 1, hours / 4) +
            unrest * noise(key ^ 7, Math.floor(cursor.timeMs / MINUTE_MS));
          // Whole degrees below 360.
          return Math.floor(((direction % 360) + 360) % 360);
        };
      }
      case 'solar_radiation':
        return (cursor) => {
          const level = this.radiationW(cursor);
          if (level <= 0) return 0.4 * noise(key ^ 8, cursor.timeMs) - 0.6;
          const minute = Math.floor(cursor.timeMs / MINUTE_MS);
          const broken = Math.min(
            0.2,
            0.08 + 0.3 * cursor.value(this.columns.clearness) * (0.8 - cursor.value(this.columns.clearness)),
          );
          const flicker = 1 + broken * smoothNoise(key ^ 9, minute / 6) + 0.01 * noise(key ^ 10, minute);
          return Math.max(0, level * flicker);
        };
      default:
        return undefined;
    }
  }
}

/** Factor of each hour of a day between a lowest and a highest one, with the mean 1 over the day. */
function dailyCourse(leastH: number, mostH: number, least: number, most: number): Float64Array {
  const rise = (mostH - leastH + 24) % 24;
  const course = (hour: number) => {
    const since = (hour - leastH + 24) % 24;
    return since < rise
      ? (1 - Math.cos((Math.PI * since) / rise)) / 2
      : (1 + Math.cos((Math.PI * (since - rise)) / (24 - rise))) / 2;
  };
  const hours = Array.from({length: 24}, (_, hour) => course(hour));
  const wanted = (1 - least) / (most - least);
  let low = 0.2;
  let high = 6;
  for (let round = 0; round < 40; round++) {
    const middle = (low + high) / 2;
    const mean = hours.reduce((sum, value) => sum + value ** middle, 0) / 24;
    if (mean > wanted) low = middle;
    else high = middle;
  }
  return Float64Array.from(hours, (value) => least + (most - least) * value ** low);
}

/** Rain gauges: each has its own sum since the epoch, so that what it tips follows from the hour alone. */
export class RainGauges implements Part {
  readonly stateSize: number;
  readonly #gauges: {place: Place; column: number; key: number}[];
  readonly #weather: Weather;
  readonly #byDevice = new Map<string, number>();

  constructor(world: World, weather: Weather) {
    this.#weather = weather;
    this.#gauges = world.places
      .filter(({device}) => measures(device.id, world, 'precipitation'))
      .map((place) => ({
        place,
        column: world.columns.take(),
        key: keyOf(world.seed, 'rain-here', place.device.id),
      }));
    for (const gauge of this.#gauges) this.#byDevice.set(gauge.place.device.id, gauge.column);
    this.stateSize = this.#gauges.length;
  }

  start(): void {}

  step(hour: Hour, state: Float64Array, at: number): void {
    this.#gauges.forEach(({place, column, key}, index) => {
      hour.row[hour.at + column] = state[at + index]!;
      if (hour.rainMm > 0) {
        const here = place.rainFactor * (1 + 0.06 * noise(key, hour.day.number));
        state[at + index] = state[at + index]! + hour.rainMm * here;
      }
    });
  }

  sampler(): undefined {
    return undefined;
  }

  /** Rain since the epoch at an instant, mm; undefined where a device is no gauge. */
  sum(device: string): Sampler | undefined {
    const column = this.#byDevice.get(device);
    if (column === undefined) return undefined;
    return (cursor) => {
      const before = cursor.held(column);
      const during = cursor.value(column) - before;
      if (during === 0) return before;
      const whole = during / cursor.fraction;
      return before + whole * this.#weather.rainShare(cursor.hour, cursor.fraction);
    };
  }
}

/** Whether a device measures an element, by its own sensors or its model's. */
function measures(device: string, world: World, element: string): boolean {
  return world.measured.get(device)?.has(element) ?? false;
}
