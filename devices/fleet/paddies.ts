import type {SensorSpec} from '#schemas';
import {noise, smoothNoise, uniform} from './hash.ts';
import type {Hour, Part, Place, Sampler, World} from './process.ts';
import {paddySeason} from './soil.ts';

const HOUR_MS = 3_600_000;
/** Water that rice fields lose downwards, mm/h, and the bund's height above the design depth, cm. */
const PERCOLATION_MM_PER_H = 0.14;
const BUND_ABOVE_CM = 7;
const USUAL_DESIGN_CM = 6;

type Paddy = {place: Place; column: number; designCm: number; drainedCm: number; startsLater: number};

/** Ponded water on rice fields: rain, evaporation, percolation, irrigation in the season, overflow at the bund. */
export class Paddies implements Part {
  readonly stateSize: number;
  readonly #paddies: Paddy[];
  readonly #byDevice = new Map<string, Paddy>();
  readonly #world: World;

  constructor(world: World) {
    this.#world = world;
    this.#paddies = world.places
      .filter(({device}) => world.measured.get(device.id)?.has('paddy_water_depth'))
      .map((place) => {
        const paddy: Paddy = {
          place,
          column: world.columns.take(),
          designCm: place.device.designDepthCm ?? USUAL_DESIGN_CM,
          drainedCm: -0.8 - 2.4 * uniform(place.key, 31),
          startsLater: Math.round(7 * uniform(place.key, 32)),
        };
        this.#byDevice.set(place.device.id, paddy);
        return paddy;
      });
    this.stateSize = this.#paddies.length * 2;
  }

  start(state: Float64Array, at: number): void {
    this.#paddies.forEach((paddy, index) => {
      state[at + index * 2] = paddy.drainedCm;
    });
  }

  step(hour: Hour, state: Float64Array, at: number): void {
    for (let index = 0; index < this.#paddies.length; index++) {
      const paddy = this.#paddies[index]!;
      const s = at + index * 2;
      const depthCm = state[s]!;
      hour.row[hour.at + paddy.column] = depthCm;
      const day = (hour.dayOfYear - paddy.startsLater + 366) % 366;
      const season = this.#world.season;
      const inSeason = paddySeason(season[day]!) > 0;
      // Mid-season drying: ten days in the second third, when the season's curve is at its top.
      const aeration = inSeason && season[day]! > 0.97 && season[(day + 356) % 366]! <= 0.97;
      const rainCm = (hour.rainMm * paddy.place.rainFactor) / 10;
      let next = depthCm + rainCm;
      if (inSeason && !aeration) {
        let filling = state[s + 1]!;
        if (depthCm < 0.35 * paddy.designCm && hour.localH >= 5 && hour.localH < 20) filling = 1;
        if (depthCm >= paddy.designCm) filling = 0;
        state[s + 1] = filling;
        next += filling * 0.7;
        next -= (hour.et0Mm * 1.1 + PERCOLATION_MM_PER_H) / 10;
        next = Math.min(next, paddy.designCm + BUND_ABOVE_CM);
      } else {
        state[s + 1] = 0;
        // The outlet is open: what stands runs off in hours, the ground then dries a little below its mark.
        if (next > 0) next -= Math.min(next, 0.6 + 0.25 * next);
        next += (paddy.drainedCm - next) * (next > paddy.drainedCm ? hour.et0Mm / 25 : 0);
      }
      state[s] = Math.max(paddy.drainedCm, next);
    }
  }

  sampler(place: Place, sensor: SensorSpec): Sampler | undefined {
    const paddy = sensor.element === 'paddy_water_depth' ? this.#byDevice.get(place.device.id) : undefined;
    if (!paddy) return undefined;
    const {key} = place;
    return (cursor) =>
      cursor.value(paddy.column) +
      0.12 * smoothNoise(key ^ 0x33, cursor.timeMs / HOUR_MS) +
      0.13 * noise(key ^ 0x34, cursor.timeMs);
  }
}
