import type {SensorSpec} from '#schemas';
import {noise, smoothNoise, uniform} from './hash.ts';
import type {Hour, Part, Place, Sampler, World} from './process.ts';
import type {Streams} from './streams.ts';
import type {Weather} from './weather.ts';

const HOUR_MS = 3_600_000;

type Litter = {place: Place; column: number};
type Stem = {place: Place; column: number; startCm: number; cmPerYear: number};

/**
 * Plants: litter that dries towards the equilibrium with the air (Simard 1968) and soaks in rain, stems that grow with
 * warmth and water and shrink by day, leaves that come and go with the season, canopies that the sun warms.
 */
export class Vegetation implements Part {
  readonly stateSize: number;
  readonly #world: World;
  readonly #weather: Weather;
  readonly #streams: Streams;
  readonly #litter: Litter[];
  readonly #stems: Stem[];
  readonly #byDevice = new Map<string, {column: number}>();
  readonly #columnDry: number;

  constructor(world: World, weather: Weather, streams: Streams) {
    this.#world = world;
    this.#weather = weather;
    this.#streams = streams;
    const of = (element: string) =>
      world.places.filter(({device}) => world.measured.get(device.id)?.has(element));
    this.#litter = of('litter_moisture').map((place) => ({place, column: world.columns.take()}));
    this.#stems = of('stem_diameter').map((place) => ({
      place,
      column: world.columns.take(),
      startCm: 9 + 30 * uniform(place.key, 61),
      cmPerYear: 0.35 + 0.7 * uniform(place.key, 62),
    }));
    for (const each of [...this.#litter, ...this.#stems]) this.#byDevice.set(each.place.device.id, each);
    this.#columnDry = world.columns.take(2);
    this.stateSize = this.#litter.length + this.#stems.length + 2;
  }

  start(state: Float64Array, at: number): void {
    let s = at;
    for (const _ of this.#litter) state[s++] = 25;
    for (const stem of this.#stems) state[s++] = stem.startCm;
    // Green leaf area (0–1) and dryness of the root zone (0–1), both slow.
    state[s] = this.#world.season[0]!;
    state[s + 1] = 0.2;
  }

  step(hour: Hour, state: Float64Array, at: number): void {
    const {row, temperatureC, rainMm} = hour;
    const humidity = Math.min(100, (100 * hour.vapourKPa) / (hour.vapourKPa + hour.vpdKPa));
    const equilibrium = equilibriumMoisture(humidity, temperatureC);
    let s = at;
    for (const {place, column} of this.#litter) {
      const moisture = state[s]!;
      row[hour.at + column] = moisture;
      const soaked =
        rainMm > 0 ? (150 - moisture) * (1 - Math.exp(-(rainMm * 0.8 * place.rainFactor) / 7)) : 0;
      // Under trees the air is moister than above them.
      const aim = Math.min(32, equilibrium * 1.25 + (humidity > 96 ? 6 : 0));
      const hours = moisture > aim ? 16 : 9;
      state[s++] = Math.max(
        4,
        Math.min(150, moisture + soaked + (rainMm > 0.3 ? 0 : (aim - moisture) / hours)),
      );
    }
    const dryness = state[at + this.#litter.length + this.#stems.length + 1]!;
    for (const {column, cmPerYear} of this.#stems) {
      const diameter = state[s]!;
      row[hour.at + column] = diameter;
      const warm = Math.max(0, Math.min(1, (temperatureC - 9) / 14)) * (temperatureC > 34 ? 0.4 : 1);
      const growing = this.#world.season[hour.dayOfYear]!;
      // Hours that count: about 4,300 a year in this measure.
      state[s++] = diameter + (cmPerYear / 4300) * warm * growing * (1 - 0.85 * dryness);
    }
    const green = state[s]!;
    row[hour.at + this.#columnDry] = green;
    row[hour.at + this.#columnDry + 1] = dryness;
    const wetnessColumn = this.#streams.anyColumn;
    const wetness = wetnessColumn === undefined ? 0.5 : row[hour.at + wetnessColumn + 4]!;
    state[s] = green + (this.#world.season[hour.dayOfYear]! - green) / (18 * 24);
    const dryAim = Math.max(0, Math.min(1, 1 - wetness / 0.4));
    state[s + 1] = dryness + (dryAim - dryness) / (6 * 24);
  }

  sampler(place: Place, sensor: SensorSpec): Sampler | undefined {
    const {key, kind, vegetation} = place;
    const own = this.#byDevice.get(place.device.id);
    switch (sensor.element) {
      case 'litter_moisture':
        return (
          own &&
          ((cursor) =>
            Math.max(
              3.5,
              cursor.value(own.column) * (1 + 0.015 * noise(key ^ 0x41, cursor.timeMs)) +
                0.12 * noise(key ^ 0x42, cursor.timeMs),
            ))
        );
      case 'stem_diameter':
        return (
          own &&
          ((cursor) => {
            // Bark and wood shrink as the tree draws on its stored water, and swell again at night and after rain.
            const temperature = cursor.value(this.#weather.columns.temperature);
            const vapour = cursor.value(this.#weather.columns.vapour);
            const deficit = Math.max(
              0,
              0.6108 * Math.exp((17.27 * temperature) / (temperature + 237.3)) - vapour,
            );
            return (
              cursor.value(own.column) -
              0.0035 * deficit * (0.6 + 0.8 * uniform(key, 63)) -
              0.01 * cursor.value(this.#columnDry + 1) +
              0.0002 * noise(key ^ 0x43, cursor.timeMs)
            );
          })
        );
      case 'ndvi': {
        const [bare, full] =
          vegetation.includes('evergreen') || (kind === 'forest' && vegetation === '')
            ? [0.66, 0.86]
            : kind === 'forest' || kind === 'woodland'
              ? [0.42, 0.84]
              : [0.34, 0.74];
        const shift = 0.025 * noise(key, 64);
        return (cursor) => {
          const green = cursor.value(this.#columnDry);
          const dry = cursor.value(this.#columnDry + 1);
          // By night there is nothing to measure: the sensor repeats the last value of the day.
          const dayOfYear = this.#weather.dayOfYear(cursor.timeMs);
          const isLight = this.#world.sun.sinElevation(cursor.timeMs, dayOfYear) > 0.05;
          const unrest = isLight
            ? 0.006 * smoothNoise(key ^ 0x44, cursor.timeMs / (2 * HOUR_MS)) +
              0.004 * noise(key ^ 0x45, cursor.timeMs)
            : 0;
          return Math.min(
            0.95,
            Math.max(
              -0.1,
              bare + (full - bare) * green - 0.12 * dry * (1 - 0.5 * (bare > 0.6 ? 1 : 0)) + shift + unrest,
            ),
          );
        };
      }
      case 'canopy_temperature': {
        const air = this.#weather.temperatureAt(place);
        return (cursor) => {
          const radiation = this.#weather.radiationW(cursor);
          const dry = cursor.value(this.#columnDry + 1);
          const night = radiation <= 0 ? -1.1 * cursor.value(this.#weather.columns.clearness) * 1.6 : 0;
          return (
            air(cursor) +
            (radiation / 800) * (2.4 + 4 * dry) +
            night +
            0.25 * smoothNoise(key ^ 0x46, cursor.timeMs / (30 * 60_000)) +
            0.06 * noise(key ^ 0x47, cursor.timeMs)
          );
        };
      }
      default:
        return undefined;
    }
  }

  /** Column of the green leaf area, 0–1. */
  get greenColumn(): number {
    return this.#columnDry;
  }
  /** Column of the root zone's dryness, 0–1. */
  get drynessColumn(): number {
    return this.#columnDry + 1;
  }
}

/** Equilibrium moisture of dead fuel, % dry basis. Simard (1968), in °F and %. */
function equilibriumMoisture(humidity: number, temperatureC: number): number {
  const f = temperatureC * 1.8 + 32;
  if (humidity < 10) return 0.03229 + 0.281073 * humidity - 0.000578 * humidity * f;
  if (humidity < 50) return 2.22749 + 0.160107 * humidity - 0.014784 * f;
  return 21.0606 + 0.005565 * humidity ** 2 - 0.00035 * humidity * f - 0.483199 * humidity;
}
