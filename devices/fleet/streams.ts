import type {SensorSpec} from '#schemas';
import {keyOf, noise, smoothNoise, uniform} from './hash.ts';
import type {Lakes} from './lakes.ts';
import {type Hour, type Part, type Place, type Sampler, streamOf, type World} from './process.ts';

/** Water that a catchment holds before it sheds most of its rain, mm. */
const STORE_MM = 120;
/** Depth of the water where the gauge's normal level was set, m. */
const NORMAL_DEPTH_M = 0.25;
/** Specific flow (mm/h) that goes with the normal level. */
const NORMAL_FLOW_MM = 0.045;

type Catchment = {
  id: string;
  column: number;
  /** Hours of the quick and the slow outflow. */
  quickH: number;
  slowH: number;
  rainFactor: number;
  /** Lake that the stream leaves, and the land above that lake. */
  fromLake: string | null;
  lakeCatchmentHa: number;
};

/** State of a catchment: water in the ground, quick and slow store (mm), dirt that waits for rain, what rain washes out. */
const STATE = {ground: 0, quick: 1, slow: 2, dirt: 3, flush: 4, temperature: 5};
const SIZE = 6;

/**
 * The land that drains into streams: rain fills the ground, the wetter it is the more runs off at once (a power law as in
 * the HBV model, Bergström 1976), the rest seeps out slowly. Flow anywhere on a stream is the specific flow times the land
 * above it, plus what its lake lets out. What has settled in dry days comes with the first flush.
 */
export class Streams implements Part {
  readonly stateSize: number;
  readonly #catchments: Catchment[];
  readonly #byId = new Map<string, Catchment>();
  readonly #world: World;
  readonly #lakes: Lakes;

  constructor(world: World, lakes: Lakes) {
    this.#world = world;
    this.#lakes = lakes;
    const ids = new Set(world.streams.map((stream) => stream.id));
    for (const {device} of world.places) {
      if (device.role === 'stream') ids.add(streamOf(device));
    }
    this.#catchments = [...ids].map((id) => {
      const chance = keyOf(world.seed, 'stream', id);
      const fromLake = world.streams.find((stream) => stream.id === id)?.from ?? null;
      const catchment: Catchment = {
        id,
        column: world.columns.take(5),
        quickH: 2.5 + 4 * uniform(chance, 1),
        slowH: 90 + 120 * uniform(chance, 2),
        rainFactor: 0.95 + 0.1 * uniform(chance, 3),
        fromLake,
        lakeCatchmentHa: fromLake === null ? 0 : lakes.catchmentHa(fromLake),
      };
      this.#byId.set(id, catchment);
      return catchment;
    });
    this.stateSize = this.#catchments.length * SIZE;
  }

  start(state: Float64Array, at: number): void {
    this.#catchments.forEach((_, index) => {
      const s = at + index * SIZE;
      state[s + STATE.ground] = 0.5 * STORE_MM;
      state[s + STATE.slow] = 4;
      state[s + STATE.dirt] = 0.5;
      state[s + STATE.temperature] = Number.NaN;
    });
  }

  step(hour: Hour, state: Float64Array, at: number): void {
    const {row} = hour;
    for (let index = 0; index < this.#catchments.length; index++) {
      const catchment = this.#catchments[index]!;
      const s = at + index * SIZE;
      const ground = state[s + STATE.ground]!;
      const quick = state[s + STATE.quick]!;
      const slow = state[s + STATE.slow]!;
      const quickOut = quick / catchment.quickH;
      const slowOut = slow / catchment.slowH;
      if (Number.isNaN(state[s + STATE.temperature]!)) state[s + STATE.temperature] = hour.temperatureC;
      const column = hour.at + catchment.column;
      row[column] = quickOut + slowOut;
      row[column + 1] = quickOut;
      row[column + 2] = state[s + STATE.flush]!;
      row[column + 3] = state[s + STATE.temperature]!;
      row[column + 4] = ground / STORE_MM;

      const rain = hour.rainMm * catchment.rainFactor;
      const wetness = Math.min(1, ground / STORE_MM);
      const runsOff = rain * Math.min(0.9, 0.02 + 0.7 * wetness ** 2.5 + 0.004 * Math.max(0, rain - 6));
      const evaporates = hour.et0Mm * 0.85 * Math.min(1, wetness / 0.45);
      const seeps = Math.max(0, ground - 0.5 * STORE_MM) / 150;
      const wets = rain - runsOff;
      const over = Math.max(0, ground + wets - evaporates - seeps - STORE_MM);
      state[s + STATE.ground] = Math.max(0, Math.min(STORE_MM, ground + wets - evaporates - seeps));
      state[s + STATE.quick] = quick - quickOut + runsOff + over;
      state[s + STATE.slow] = Math.max(0.6, slow - slowOut + seeps);
      const dirt = state[s + STATE.dirt]!;
      const washed = dirt * (1 - Math.exp(-(runsOff + over) / 1.5));
      state[s + STATE.dirt] = dirt - washed + (1 - dirt) / 240;
      state[s + STATE.flush] = state[s + STATE.flush]! * Math.exp(-1 / 9) + washed;
      const aim =
        0.75 * hour.temperatureC + 0.25 * (hour.day.maxC + hour.day.minC) * 0.5 + 0.002 * hour.radiationW;
      state[s + STATE.temperature] =
        state[s + STATE.temperature]! + (aim - state[s + STATE.temperature]!) / 20;
    }
  }

  /** First of the five columns of a stream: specific flow and its quick part (mm/h), flush, temperature, wetness (0–1). */
  columnOf(stream: string): number | undefined {
    return this.#byId.get(stream)?.column;
  }

  /** A column of any catchment: what the land of the site as a whole does. */
  get anyColumn(): number | undefined {
    return this.#catchments[0]?.column;
  }

  /** Discharge at a place, m³/s, without the sensor's noise. */
  discharge(place: Place): Sampler | undefined {
    const {device} = place;
    if (device.role === 'lake_outlet' && device.feature !== undefined)
      return this.#lakes.outflow(device.feature);
    const id = streamOf(device);
    const catchment = this.#byId.get(id);
    if (!catchment) return undefined;
    const areaHa =
      device.hydraulics?.catchmentHa ?? this.#world.streams.find((s) => s.id === id)?.catchmentHa ?? 10;
    const ownHa = Math.max(0.5, areaHa - catchment.lakeCatchmentHa);
    const fromLake = catchment.fromLake === null ? undefined : this.#lakes.outflow(catchment.fromLake);
    // 1 mm/h over 1 ha is 10 m³/h.
    const perMm = (ownHa * 10) / 3600;
    return (cursor) => cursor.value(catchment.column) * perMm + (fromLake ? fromLake(cursor) : 0);
  }

  sampler(place: Place, sensor: SensorSpec): Sampler | undefined {
    const {device, key} = place;
    if (sensor.element === 'discharge') {
      const discharge = this.discharge(place);
      if (!discharge) return undefined;
      return (cursor) => {
        const flow = discharge(cursor);
        const unrest =
          1 + 0.02 * smoothNoise(key, cursor.timeMs / 900_000) + 0.012 * noise(key ^ 1, cursor.timeMs);
        return Math.max(0.0001, flow * unrest + 0.0004 * noise(key ^ 2, cursor.timeMs));
      };
    }
    if (sensor.element !== 'water_level' || device.role !== 'stream') return undefined;
    const discharge = this.discharge(place);
    const normal = device.levels?.normalLevelM ?? place.groundM + NORMAL_DEPTH_M;
    if (!discharge) return undefined;
    const areaHa = device.hydraulics?.catchmentHa ?? 10;
    const usual = Math.max(0.0005, (areaHa * 10 * NORMAL_FLOW_MM) / 3600);
    return (cursor) => {
      // Depth grows with about the 0.4th power of the flow (wide channels after Manning: 0.6 of the velocity-free form).
      const depth = NORMAL_DEPTH_M * Math.min(6, (discharge(cursor) / usual) ** 0.4);
      return (
        normal -
        NORMAL_DEPTH_M +
        depth +
        0.003 * smoothNoise(key ^ 3, cursor.timeMs / 600_000) +
        0.002 * noise(key ^ 4, cursor.timeMs)
      );
    };
  }
}
