import type {SensorSpec} from '#schemas';
import type {Cursor} from './cursor.ts';
import {keyOf, noise, poisson, smoothNoise, uniform} from './hash.ts';
import type {Place, Sampler, World} from './process.ts';
import type {Weather} from './weather.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** Animals: what recorders hear, cameras see and traps catch. Counts of a period that starts at the cursor's instant. */
export class Life {
  readonly #world: World;
  readonly #weather: Weather;

  constructor(world: World, weather: Weather) {
    this.#world = world;
    this.#weather = weather;
  }

  /** Song through the year: most in spring and early summer, some all year. `season` rises then. */
  #song(dayOfYear: number): number {
    const {season} = this.#world;
    const rising = season[dayOfYear]! - season[(dayOfYear + 366 - 30) % 366]!;
    return 0.4 + 0.5 * season[dayOfYear]! + 1.1 * Math.max(0, rising);
  }

  /** Activity of birds in the hour after an instant, as a share of a spring dawn's. */
  #activity(cursor: Cursor): number {
    const dayOfYear = this.#weather.dayOfYear(cursor.timeMs);
    const {days} = this.#world;
    const middle = cursor.timeMs + HOUR_MS / 2;
    const hour = (middle - days.startMs(days.numberAt(middle))) / HOUR_MS;
    const sunrise = days.sunriseH(dayOfYear);
    const sunset = sunrise + this.#world.sun.day(dayOfYear).daylightH;
    const dawn = Math.exp(-0.5 * ((hour - sunrise - 0.4) / 1.1) ** 2);
    const dusk = 0.45 * Math.exp(-0.5 * ((hour - sunset + 0.6) / 1) ** 2);
    const byDay = hour > sunrise && hour < sunset ? 0.22 : 0.012;
    const {columns} = this.#weather;
    const rain = Math.exp(-0.45 * cursor.value(columns.rain));
    const wind = Math.exp(-0.06 * cursor.value(columns.wind) ** 2);
    return (dawn + dusk + byDay) * this.#song(dayOfYear) * rain * wind;
  }

  #richness(kind: string): number {
    return kind === 'forest' ? 1 : kind === 'wetland' || kind === 'lake' ? 1.05 : 0.7;
  }

  sampler(place: Place, sensor: SensorSpec): Sampler | undefined {
    const {kind} = place;
    const key = keyOf(place.key, sensor.element);
    const rich = this.#richness(kind) * (0.85 + 0.3 * uniform(place.key, 81));
    switch (sensor.element) {
      case 'bird_detection_rate':
        return (cursor) =>
          poisson(
            key,
            cursor.timeMs,
            98 *
              rich *
              this.#activity(cursor) *
              Math.exp(0.25 * smoothNoise(key ^ 1, cursor.timeMs / (3 * DAY_MS))),
          );
      case 'soundscape_index':
        return (cursor) => {
          const birds = this.#activity(cursor) * rich;
          const {days, season} = this.#world;
          const hour = (cursor.timeMs - days.startMs(days.numberAt(cursor.timeMs))) / HOUR_MS;
          const insects = season[this.#weather.dayOfYear(cursor.timeMs)]! > 0.9 ? 0.35 : 0.1;
          const people =
            hour > 8 && hour < 19 ? (kind === 'grassland' || kind === 'lake' ? 0.42 : 0.22) : 0.06;
          const {columns} = this.#weather;
          const noisy =
            people + 0.12 * cursor.value(columns.wind) + 0.25 * Math.min(2, cursor.value(columns.rain));
          const lively = birds + insects + 0.06;
          return Math.max(
            -0.98,
            Math.min(0.98, (lively - noisy) / (lively + noisy) + 0.05 * noise(key, cursor.timeMs)),
          );
        };
      case 'bird_species_richness':
        return (cursor) => {
          const dayOfYear = this.#weather.dayOfYear(cursor.timeMs + DAY_MS / 2);
          const wet =
            this.#world.days.day(this.#world.days.numberAt(cursor.timeMs + DAY_MS / 2)).rainMm > 10
              ? 0.75
              : 1;
          const mean = 17 * rich * wet * (0.55 + 0.5 * this.#song(dayOfYear));
          return Math.max(1, Math.min(45, Math.round(mean + 2.6 * noise(key, cursor.timeMs))));
        };
      case 'wildlife_detection_rate':
        return (cursor) => {
          const dayOfYear = this.#weather.dayOfYear(cursor.timeMs + DAY_MS / 2);
          const mean =
            (kind === 'forest' ? 7 : 10) *
            (0.6 + 0.5 * this.#world.season[dayOfYear]!) *
            (0.7 + 0.6 * uniform(place.key, 82));
          return poisson(key, cursor.timeMs, mean * Math.exp(0.3 * noise(key ^ 1, cursor.timeMs)));
        };
      case 'pest_trap_count':
        return (cursor) => {
          // Of the night within the day that starts here.
          const night = cursor.timeMs + 16 * HOUR_MS;
          const day = this.#world.days.day(this.#world.days.numberAt(night));
          const warm = Math.max(0, Math.min(1.3, (day.minC - 11) / 11));
          const moon = 1 - 0.35 * (0.5 + 0.5 * Math.cos((2 * Math.PI * (night / DAY_MS - 5.3)) / 29.530589));
          const mean = (kind === 'field' ? 300 : 170) * warm ** 2 * moon * (day.rainMm > 5 ? 0.45 : 1);
          return poisson(key, cursor.timeMs, mean * Math.exp(0.35 * noise(key ^ 1, cursor.timeMs) - 0.06));
        };
      default:
        return undefined;
    }
  }
}
