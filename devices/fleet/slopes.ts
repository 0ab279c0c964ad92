import type {SensorSpec} from '#schemas';
import {noise, smoothNoise, uniform} from './hash.ts';
import type {Hour, Part, Place, Sampler, World} from './process.ts';
import type {Weather} from './weather.ts';

const HOUR_MS = 3_600_000;
/** Rain of 72 h that a slope bears without creeping faster, mm. */
const BEARS_MM = 60;

type Slope = {place: Place; column: number; weakness: number};

/** Slopes that creep a little all the time and more after three days of heavy rain; tilt follows. */
export class Slopes implements Part {
  readonly stateSize: number;
  readonly #weather: Weather;
  readonly #slopes: Slope[];
  readonly #byDevice = new Map<string, Slope>();

  constructor(world: World, weather: Weather) {
    this.#weather = weather;
    this.#slopes = world.places
      .filter(({device}) => {
        const measured = world.measured.get(device.id);
        return measured?.has('slope_displacement') || measured?.has('slope_tilt');
      })
      .map((place) => {
        const slope = {
          place,
          column: world.columns.take(),
          weakness: (place.kind === 'shrubland' ? 0.6 : 0.25) * (0.5 + uniform(place.key, 71)),
        };
        this.#byDevice.set(place.device.id, slope);
        return slope;
      });
    this.stateSize = this.#slopes.length;
  }

  start(): void {}

  step(hour: Hour, state: Float64Array, at: number): void {
    for (let index = 0; index < this.#slopes.length; index++) {
      const {column, weakness} = this.#slopes[index]!;
      hour.row[hour.at + column] = state[at + index]!;
      const excess = Math.max(0, hour.rain72Mm - BEARS_MM);
      state[at + index] = state[at + index]! + weakness * (0.00012 + 0.00022 * excess);
    }
  }

  sampler(place: Place, sensor: SensorSpec): Sampler | undefined {
    const slope = this.#byDevice.get(place.device.id);
    if (!slope) return undefined;
    const {key} = place;
    if (sensor.element === 'slope_displacement') {
      return (cursor) =>
        cursor.value(slope.column) +
        0.7 * smoothNoise(key, cursor.timeMs / (5 * HOUR_MS)) +
        0.35 * noise(key ^ 1, cursor.timeMs);
    }
    if (sensor.element === 'slope_tilt') {
      const direction = uniform(key, 72) < 0.5 ? -1 : 1;
      return (cursor) =>
        direction * 0.012 * cursor.value(slope.column) +
        0.0009 * (cursor.value(this.#weather.columns.temperature) - 18) +
        0.0025 * noise(key ^ 2, cursor.timeMs);
    }
    return undefined;
  }
}
