import type {SensorSpec} from '#schemas';
import {seasonal} from './curve.ts';
import {keyOf, noise, poisson, smoothNoise, uniform} from './hash.ts';
import type {Hour, Part, Place, Sampler, World} from './process.ts';

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
/** Levels of a day hold for this hour of standard time, as gauges are read. */
const READING_H = 8;

type Pulse = {startMs: number; riseM: number};

/**
 * Stage of the water body around or beside the site (a river, a large lake) at the site's middle: seasonal mean plus AR(1) departure day by day, joined by monotone cubic
 * pieces (Fritsch & Carlson 1980, doi:10.1137/0717021), plus flood pulses in some years.
 */
export class Stage implements Part {
  readonly stateSize = 0;
  readonly column: number;
  readonly exists: boolean;
  readonly #world: World;
  readonly #mean: Float64Array;
  readonly #sd: Float64Array;
  readonly #pulses = new Map<number, Pulse[]>();
  readonly #key: number;

  constructor(world: World) {
    this.#world = world;
    const stage = world.climate.riverStage;
    this.exists = stage !== undefined;
    this.column = world.columns.take();
    this.#mean = seasonal(stage?.meanM ?? new Array<number>(12).fill(0));
    this.#sd = seasonal(stage?.dayToDaySdM ?? new Array<number>(12).fill(0));
    this.#key = keyOf(world.seed, 'stage', 'pulse');
  }

  start(): void {}

  step(hour: Hour): void {
    hour.row[hour.at + this.column] = this.exists ? this.levelM(hour.timeMs) : Number.NEGATIVE_INFINITY;
  }

  #dayLevel(number: number): number {
    const {days} = this.#world;
    const {dayOfYear, riverZ} = days.day(Math.max(days.firstNumber, number));
    return this.#mean[dayOfYear]! + this.#sd[dayOfYear]! * riverZ;
  }

  levelM(timeMs: number): number {
    const {days, climate} = this.#world;
    const x = (timeMs - days.startMs(0)) / DAY_MS - READING_H / 24;
    const number = Math.floor(x);
    const f = x - number;
    const y0 = this.#dayLevel(number - 1);
    const y1 = this.#dayLevel(number);
    const y2 = this.#dayLevel(number + 1);
    const y3 = this.#dayLevel(number + 2);
    const m1 = monotoneSlope(y1 - y0, y2 - y1);
    const m2 = monotoneSlope(y2 - y1, y3 - y2);
    const f2 = f * f;
    const f3 = f2 * f;
    let level =
      (2 * f3 - 3 * f2 + 1) * y1 + (f3 - 2 * f2 + f) * m1 + (-2 * f3 + 3 * f2) * y2 + (f3 - f2) * m2;
    level += this.#pulseM(timeMs);
    const stage = climate.riverStage!;
    return Math.min(stage.highestM ?? Number.POSITIVE_INFINITY, Math.max(stage.lowestM ?? -1000, level));
  }

  /** What flood pulses add, m. */
  #pulseM(timeMs: number): number {
    const pulse = this.#world.climate.riverStage?.floodPulse;
    if (!pulse) return 0;
    const year = new Date(timeMs).getUTCFullYear();
    let sum = 0;
    for (const each of [year, year - 1]) {
      for (const {startMs, riseM} of this.#pulsesOf(each)) {
        const hours = (timeMs - startMs) / HOUR_MS;
        if (hours <= 0) continue;
        if (hours < pulse.riseH) sum += riseM * (1 - Math.cos((Math.PI * hours) / pulse.riseH)) * 0.5;
        else if (hours < pulse.riseH + pulse.eFoldFallD * 24 * 10) {
          sum += riseM * Math.exp(-(hours - pulse.riseH) / 24 / pulse.eFoldFallD);
        }
      }
    }
    return sum;
  }

  #pulsesOf(year: number): Pulse[] {
    let found = this.#pulses.get(year);
    if (!found) {
      const pulse = this.#world.climate.riverStage!.floodPulse!;
      const count = poisson(this.#key, year * 64, pulse.perYear);
      found = Array.from({length: count}, (_, k) => {
        const n = year * 64 + 4 + k * 4;
        const month = pulse.months[Math.floor(uniform(this.#key, n) * pulse.months.length)]!;
        const startMs = Date.UTC(year, month - 1, 1) + uniform(this.#key, n + 1) * 30 * DAY_MS;
        const [least, most] = [pulse.riseM[0]!, pulse.riseM[1]!];
        return {startMs, riseM: least + uniform(this.#key, n + 2) * (most - least)};
      });
      this.#pulses.set(year, found);
    }
    return found;
  }

  sampler(place: Place, sensor: SensorSpec): Sampler | undefined {
    if (sensor.element !== 'water_level' || !this.exists) return undefined;
    if (!this.#world.isWaterBody(place) && !isFloodable(place)) return undefined;
    const offset = this.#fallAt(place);
    const {key} = place;
    return (cursor) => {
      const level = cursor.value(this.column) + offset;
      const unrest = 0.002 * noise(key ^ 1, cursor.timeMs);
      // A radar over dry land sees the land.
      if (level < place.groundM) return place.groundM + unrest;
      return level + 0.012 * smoothNoise(key, cursor.timeMs / 600_000) + unrest;
    };
  }

  /** How far the surface at a place lies above that at the site's middle, m: it falls downstream. */
  #fallAt(place: Place): number {
    const stage = this.#world.climate.riverStage;
    const bearing = ((stage?.flowTowardsDeg ?? 0) * Math.PI) / 180;
    const downstreamKm = (place.eastM * Math.sin(bearing) + place.northM * Math.cos(bearing)) / 1000;
    return -downstreamKm * (stage?.fallMPerKm ?? 0);
  }

  /** Whether a gauge of the water body reports every minute in this hour: above a level, or rising fast. */
  isFlood(hourStartMs: number, warningLevelM: number | undefined): boolean {
    if (!this.exists) return false;
    const level = this.levelM(hourStartMs);
    if (warningLevelM !== undefined && level >= warningLevelM - 1) return true;
    return level - this.levelM(hourStartMs - 3 * HOUR_MS) >= 0.45;
  }
}

/** Land that the water body floods: gauges on masts there read the same level, or the ground. */
export function isFloodable(place: Place): boolean {
  return place.device.role === 'drawdown' || place.kind === 'drawdown';
}

/** Slope of a monotone cubic at a point between two secants; 0 at an extreme. */
function monotoneSlope(before: number, after: number): number {
  if (before * after <= 0) return 0;
  return (2 * before * after) / (before + after);
}
