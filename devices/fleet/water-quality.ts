import type {SensorSpec} from '#schemas';
import {seasonalMean} from './curve.ts';
import {keyOf, noise, smoothNoise, uniform} from './hash.ts';
import type {Lakes} from './lakes.ts';
import {oxygenSaturationMgPerL} from './oxygen.ts';
import {type Hour, type Part, type Place, type Sampler, streamOf, type World} from './process.ts';
import type {Stage} from './stage.ts';
import type {Streams} from './streams.ts';
import type {Weather} from './weather.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** What a water carries in dry weather, and how far the first flush raises it, mg/L. */
type Chemistry = {codmn: number; ammonia: number; phosphorus: number; nitrogen: number; flush: number};
const STREAM: Chemistry = {codmn: 2.6, ammonia: 0.14, phosphorus: 0.055, nitrogen: 1.3, flush: 1};
const LAKE: Chemistry = {codmn: 3.6, ammonia: 0.12, phosphorus: 0.045, nitrogen: 0.95, flush: 0.25};
const RIVER: Chemistry = {codmn: 2.1, ammonia: 0.08, phosphorus: 0.07, nitrogen: 1.7, flush: 0.05};

/** Quality of rivers and streams (physics), and nutrients of every water that a station analyses. */
export class WaterQuality implements Part {
  readonly stateSize = 2;
  readonly #world: World;
  readonly #weather: Weather;
  readonly #stage: Stage;
  readonly #streams: Streams;
  readonly #lakes: Lakes;
  readonly #column: number;
  readonly #temperature: Float64Array | null;
  readonly #turbidity: Float64Array | null;
  readonly #key: number;

  constructor(world: World, of: {weather: Weather; stage: Stage; streams: Streams; lakes: Lakes}) {
    this.#world = world;
    this.#weather = of.weather;
    this.#stage = of.stage;
    this.#streams = of.streams;
    this.#lakes = of.lakes;
    this.#column = world.columns.take(2);
    const water = world.climate.riverWater;
    this.#temperature = water ? seasonalMean(water.temperatureC) : null;
    this.#turbidity = water ? seasonalMean(water.turbidityNtu).map((ntu) => Math.max(2, ntu)) : null;
    this.#key = keyOf(world.seed, 'water-quality');
  }

  start(state: Float64Array, at: number): void {
    // Departure of the river's temperature from normal, and clay that a rising river brings (share of the month's).
    state[at] = 0;
    state[at + 1] = 1;
  }

  step(hour: Hour, state: Float64Array, at: number): void {
    hour.row[hour.at + this.#column] = state[at]!;
    hour.row[hour.at + this.#column + 1] = state[at + 1]!;
    // A big river follows the air's departure with a lag of weeks and a third of its size.
    state[at] = state[at]! + (1.2 * hour.day.warmth - state[at]!) / (20 * 24);
    const departure = this.#stage.exists ? Math.max(-2, Math.min(2.5, hour.day.riverZ)) : 0;
    state[at + 1] = state[at + 1]! + (Math.exp(0.3 * departure - 0.05) - state[at + 1]!) / 30;
  }

  sampler(place: Place, sensor: SensorSpec): Sampler | undefined {
    const {device} = place;
    const isLake = this.#lakes.columnOf(device.feature ?? device.id) !== undefined;
    const isRiver = this.#world.isWaterBody(place);
    const basics = isRiver
      ? this.#riverBasics(place, sensor)
      : isLake
        ? undefined
        : this.#streamBasics(place, sensor);
    return basics ?? this.#nutrients(place, sensor, isRiver ? 'river' : isLake ? 'lake' : 'stream');
  }

  #riverBasics(place: Place, sensor: SensorSpec): Sampler | undefined {
    const {key} = place;
    const column = this.#column;
    const temperature: Sampler | null = this.#temperature
      ? (cursor) =>
          Math.max(1, this.#temperature![this.#weather.dayOfYear(cursor.timeMs)]! + cursor.value(column)) +
          0.15 * smoothNoise(key, cursor.timeMs / (6 * HOUR_MS))
      : null;
    if (!temperature) return undefined;
    return this.#physics(place, sensor, {
      temperature,
      turbidity: (cursor) =>
        this.#turbidity![this.#weather.dayOfYear(cursor.timeMs)]! * cursor.value(column + 1),
      oxygenShare: 0.94,
      ph: this.#world.climate.riverWater?.ph ?? 7.9,
    });
  }

  #streamBasics(place: Place, sensor: SensorSpec): Sampler | undefined {
    const column = this.#streams.columnOf(streamOf(place.device));
    if (column === undefined) return undefined;
    return this.#physics(place, sensor, {
      temperature: (cursor) => Math.max(1, cursor.value(column + 3)),
      turbidity: (cursor) => 4 + 70 * cursor.value(column + 2) + 22 * Math.min(6, cursor.value(column + 1)),
      oxygenShare: 0.9,
      ph: 7.5,
    });
  }

  /** The five basics but conductivity, of running water. */
  #physics(
    place: Place,
    sensor: SensorSpec,
    of: {temperature: Sampler; turbidity: Sampler; oxygenShare: number; ph: number},
  ): Sampler | undefined {
    const {key} = place;
    const pressure = this.#weather.pressureAt(place);
    switch (sensor.element) {
      case 'water_temperature':
        return (cursor) => of.temperature(cursor) + 0.02 * noise(key ^ 1, cursor.timeMs);
      case 'turbidity':
        return (cursor) =>
          Math.max(
            0.5,
            of.turbidity(cursor) *
              (1 +
                0.07 * smoothNoise(key ^ 2, cursor.timeMs / HOUR_MS) +
                0.03 * noise(key ^ 3, cursor.timeMs)),
          );
      case 'dissolved_oxygen':
        return (cursor) => {
          const saturation = oxygenSaturationMgPerL(of.temperature(cursor), pressure(cursor));
          // Weed and algae on stones: a little over by day, under by night.
          const light = this.#weather.radiationW(cursor) / 900;
          return (
            saturation * (of.oxygenShare + 0.06 * light) +
            0.1 * smoothNoise(key ^ 4, cursor.timeMs / (3 * HOUR_MS)) +
            0.03 * noise(key ^ 5, cursor.timeMs)
          );
        };
      case 'water_ph':
        return (cursor) =>
          of.ph +
          0.12 * (this.#weather.radiationW(cursor) / 900) +
          0.06 * smoothNoise(key ^ 6, cursor.timeMs / (2 * DAY_MS)) +
          0.012 * noise(key ^ 7, cursor.timeMs);
      default:
        return undefined;
    }
  }

  #nutrients(place: Place, sensor: SensorSpec, water: 'river' | 'lake' | 'stream'): Sampler | undefined {
    const {key, device} = place;
    const said = this.#world.climate.riverWater;
    const usual: Chemistry =
      water === 'river'
        ? {
            ...RIVER,
            codmn: said?.codmnMgPerL ?? RIVER.codmn,
            ammonia: said?.ammoniaNitrogenMgPerL ?? RIVER.ammonia,
            phosphorus: said?.totalPhosphorusMgPerL ?? RIVER.phosphorus,
            nitrogen: said?.totalNitrogenMgPerL ?? RIVER.nitrogen,
          }
        : water === 'lake'
          ? LAKE
          : STREAM;
    const flushFrom = this.#streams.columnOf(streamOf(device)) ?? this.#streams.anyColumn;
    const flush: Sampler =
      flushFrom === undefined ? () => 0 : (cursor) => cursor.value(flushFrom + 2) * usual.flush;
    const lake = this.#lakes.columnOf(device.feature ?? device.id);
    const algae: Sampler = lake === undefined ? () => 0 : (cursor) => cursor.value(lake + 4);
    const slow = (cursor: Parameters<Sampler>[0], n: number, days: number) =>
      smoothNoise(this.#key ^ key ^ n, cursor.timeMs / (days * DAY_MS));
    const scale = 0.9 + 0.2 * uniform(key, 41);
    switch (sensor.element) {
      case 'codmn':
        return (cursor) =>
          Math.max(
            0.5,
            usual.codmn * scale * Math.exp(0.12 * slow(cursor, 1, 5)) +
              2.8 * flush(cursor) +
              0.025 * algae(cursor) +
              0.04 * noise(key ^ 8, cursor.timeMs),
          );
      case 'ammonia_nitrogen':
        return (cursor) =>
          Math.max(
            0.02,
            usual.ammonia * scale * Math.exp(0.35 * slow(cursor, 2, 4)) +
              0.6 * flush(cursor) +
              0.006 * noise(key ^ 9, cursor.timeMs),
          );
      case 'total_phosphorus':
        return (cursor) =>
          Math.max(
            0.01,
            usual.phosphorus * scale * Math.exp(0.2 * slow(cursor, 3, 6)) +
              0.085 * flush(cursor) +
              0.0004 * algae(cursor) +
              0.0015 * noise(key ^ 10, cursor.timeMs),
          );
      case 'total_nitrogen':
        // Never below the ammonia that it holds: both share the flush, and this one's base is ten times larger.
        return (cursor) =>
          Math.max(
            0.35,
            usual.nitrogen * scale * Math.exp(0.14 * slow(cursor, 4, 7)) +
              1.4 * flush(cursor) +
              0.004 * algae(cursor) +
              0.015 * noise(key ^ 11, cursor.timeMs),
          );
      default:
        return undefined;
    }
  }
}
