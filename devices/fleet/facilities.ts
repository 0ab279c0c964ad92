import type {SensorSpec} from '#schemas';
import {noise, smoothNoise, uniform} from './hash.ts';
import type {People} from './people.ts';
import type {Place, Sampler, World} from './process.ts';
import type {Vegetation} from './vegetation.ts';
import type {Weather} from './weather.ts';

const MINUTE_MS = 60_000;
/** A feeder's demand on a mild working day and a plant's capacity where the site says nothing, kW. */
const USUAL_FEEDER_KW = 520;
const USUAL_PV_KW = 900;

/** Buildings, photovoltaics and fire watch: what follows from weather and people without a state of its own. */
export class Facilities {
  readonly #world: World;
  readonly #weather: Weather;
  readonly #people: People;
  readonly #vegetation: Vegetation;

  constructor(world: World, of: {weather: Weather; people: People; vegetation: Vegetation}) {
    this.#world = world;
    this.#weather = of.weather;
    this.#people = of.people;
    this.#vegetation = of.vegetation;
  }

  sampler(place: Place, sensor: SensorSpec): Sampler | undefined {
    const {key} = place;
    const {columns} = this.#weather;
    switch (sensor.element) {
      case 'building_power': {
        const size =
          (this.#world.climate.energy?.feederKw ?? USUAL_FEEDER_KW) * (0.8 + 0.6 * uniform(key, 91));
        return (cursor) => {
          const hour = this.#world.clock.hourOfDay(cursor.timeMs);
          const weekday = (this.#world.clock.dayNumber(cursor.timeMs) + 4) % 7;
          const working = weekday === 0 || weekday === 6 ? 0.7 : 1;
          const open = 1 / (1 + Math.exp(-(hour - 7.6) * 2.2)) - 1 / (1 + Math.exp(-(hour - 20.5) * 1.4));
          const temperature = cursor.value(columns.temperature);
          const cooling = Math.max(0, temperature - 24) * 0.085;
          const heating = Math.max(0, 14 - temperature) * 0.05;
          const people = this.#people.present(cursor.timeMs) / 9000;
          const load =
            0.2 + (0.5 * working + 0.25 * people) * open + (cooling + heating) * (0.3 + 0.7 * open);
          const minute = Math.floor(cursor.timeMs / MINUTE_MS);
          return size * load * (1 + 0.04 * smoothNoise(key, minute / 15) + 0.012 * noise(key ^ 1, minute));
        };
      }
      case 'pv_power': {
        const capacity = this.#world.climate.energy?.pvCapacityKw ?? USUAL_PV_KW;
        return (cursor) => {
          const radiation = this.#weather.radiationW(cursor);
          if (radiation < 8) return 0;
          const minute = Math.floor(cursor.timeMs / MINUTE_MS);
          const level =
            radiation * (1 + 0.05 * smoothNoise(key, minute / 6) + 0.006 * noise(key ^ 2, minute));
          // Cells warm by 25 °C in full sun and lose 0.4 % a degree; inverter 97 %, soiling and wiring 8 %.
          const cell = cursor.value(columns.temperature) + 0.03 * level;
          return Math.max(
            0,
            Math.min(capacity, capacity * (level / 1000) * (1 - 0.004 * (cell - 25)) * 0.97 * 0.92),
          );
        };
      }
      case 'fire_smoke_confidence':
        return (cursor) => {
          const minute = Math.floor(cursor.timeMs / MINUTE_MS);
          const haze = 0.16 * cursor.value(columns.fog);
          const dry = 0.05 * cursor.value(this.#vegetation.drynessColumn);
          const glare = this.#weather.radiationW(cursor) > 500 ? 0.03 : 0;
          const base = 0.035 + haze + dry + glare;
          return Math.min(
            0.62,
            Math.max(0, base * (1 + 0.5 * smoothNoise(key, minute / 20) + 0.25 * noise(key ^ 3, minute))),
          );
        };
      default:
        return undefined;
    }
  }
}
