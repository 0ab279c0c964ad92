import type {SensorSpec} from '#schemas';
import {noise, smoothNoise, uniform} from './hash.ts';
import type {Hour, Part, Place, Sampler, World} from './process.ts';
import type {Stage} from './stage.ts';

const HOUR_MS = 3_600_000;
/** Layers of a profile, mm, and the depth (m) that stands for each: sensors between are drawn straight. */
const LAYERS_MM = [200, 250, 350] as const;
const LAYER_DEPTHS_M = [0.1, 0.325, 0.625] as const;
/** Share of the roots in each layer. */
const ROOTS = [0.55, 0.3, 0.15] as const;
/** Time constants of the soil's temperature by layer, h (each follows the one above it; the first the air). */
const WARMTH_H = [5, 16, 60] as const;

type Profile = {
  place: Place;
  column: number;
  saturation: number;
  fieldCapacity: number;
  wiltingPoint: number;
  drainH: readonly number[];
  cropFactor: number;
  interceptedMm: number;
  infiltratesMmPerH: number;
  isPaddy: boolean;
  isIrrigated: boolean;
  isBank: boolean;
};

/** State: water content of the three layers, temperature of the three, water on leaves (mm), dressing left (0–1). */
const SIZE = 8;

/** Root-zone water by buckets that drain to field capacity, and soil temperature by relaxation, at every soil probe. */
export class Soil implements Part {
  readonly stateSize: number;
  readonly #profiles: Profile[];
  readonly #byDevice = new Map<string, Profile>();
  readonly #world: World;
  readonly #stage: Stage;

  constructor(world: World, stage: Stage) {
    this.#world = world;
    this.#stage = stage;
    const wanted = [
      'soil_moisture',
      'soil_temperature',
      'soil_conductivity',
      'soil_ph',
      'soil_available_nitrogen',
    ];
    this.#profiles = world.places
      .filter(({device}) => wanted.some((element) => world.measured.get(device.id)?.has(element)))
      .map((place) => {
        const {soil, key, kind, vegetation} = place;
        const vary = (n: number, spread: number) => 1 + spread * noise(key ^ 0x50f1, n);
        const isPaddy = isPaddyField(place);
        const profile: Profile = {
          place,
          column: world.columns.take(7),
          saturation: soil.saturation * vary(1, 0.02),
          fieldCapacity: soil.fieldCapacity * vary(2, 0.04),
          wiltingPoint: soil.wiltingPoint * vary(3, 0.05),
          drainH: [8, 26, 70].map((hours) => hours * (10 / soil.ksatMmPerH) ** 0.3),
          cropFactor: kind === 'forest' || kind === 'woodland' ? 0.95 : kind === 'shrubland' ? 0.7 : 0.88,
          interceptedMm: kind === 'forest' ? 1.2 : kind === 'woodland' ? 0.8 : 0.3,
          infiltratesMmPerH: soil.ksatMmPerH * 1.6,
          isPaddy,
          isIrrigated: !isPaddy && (kind === 'field' || vegetation.includes('orchard')),
          isBank: kind === 'wetland' || kind === 'drawdown',
        };
        this.#byDevice.set(place.device.id, profile);
        return profile;
      });
    this.stateSize = this.#profiles.length * SIZE;
  }

  start(state: Float64Array, at: number): void {
    this.#profiles.forEach((profile, index) => {
      const s = at + index * SIZE;
      for (let layer = 0; layer < 3; layer++) {
        state[s + layer] = profile.fieldCapacity * (0.9 + 0.05 * layer);
        state[s + 3 + layer] = Number.NaN;
      }
      state[s + 7] = 0.3;
    });
  }

  step(hour: Hour, state: Float64Array, at: number): void {
    const {row, rainMm, et0Mm, temperatureC, radiationW, localH, dayOfYear} = hour;
    const growing = this.#world.season[dayOfYear]!;
    for (let index = 0; index < this.#profiles.length; index++) {
      const profile = this.#profiles[index]!;
      const s = at + index * SIZE;
      const column = hour.at + profile.column;
      if (Number.isNaN(state[s + 3]!)) {
        for (let layer = 0; layer < 3; layer++)
          state[s + 3 + layer] = hour.day.maxC * 0.4 + hour.day.minC * 0.6 + layer;
      }
      for (let k = 0; k < 6; k++) row[column + k] = state[s + k]!;
      row[column + 6] = state[s + 7]!;

      const {saturation, fieldCapacity, wiltingPoint} = profile;
      // Leaves first, then the ground.
      const onLeaves = state[s + 6]!;
      const kept = Math.min(rainMm * profile.place.rainFactor, Math.max(0, profile.interceptedMm - onLeaves));
      state[s + 6] = Math.max(0, onLeaves + kept - et0Mm);
      let water = rainMm * profile.place.rainFactor - kept;
      const flooded = profile.isPaddy && paddySeason(growing) > 0;
      if (flooded) water += 1.2;
      const waterAbove =
        profile.isBank && this.#stage.exists
          ? row[hour.at + this.#stage.column]! - profile.place.groundM
          : -9;
      if (waterAbove > 0) water += 20;
      if (profile.isIrrigated && localH >= 20 && localH < 24 && growing > 0.3) {
        const depletion =
          (fieldCapacity - 0.6 * state[s]! - 0.4 * state[s + 1]!) / (fieldCapacity - wiltingPoint);
        if (depletion > 0.5) water += 4;
      }
      water = Math.min(water, profile.infiltratesMmPerH);

      // Rates from the old states.
      const theta = [state[s]!, state[s + 1]!, state[s + 2]!];
      const drains = [0, 0, 0];
      const draws = [0, 0, 0];
      const rises = [0, 0];
      const demand = et0Mm * profile.cropFactor * (0.45 + 0.55 * growing);
      for (let layer = 0; layer < 3; layer++) {
        const excess = theta[layer]! - fieldCapacity;
        const hours = flooded && layer > 0 ? 400 : profile.drainH[layer]!;
        if (excess > 0) drains[layer] = excess * LAYERS_MM[layer]! * (1 - Math.exp(-1 / hours));
        const wet = (theta[layer]! - wiltingPoint) / (0.55 * (fieldCapacity - wiltingPoint));
        draws[layer] = demand * ROOTS[layer]! * Math.min(1, Math.max(0, wet));
      }
      // Bare soil dries a little below the wilting point near the surface.
      draws[0] = draws[0]! + 0.08 * et0Mm * Math.min(1, Math.max(0, theta[0]! / wiltingPoint - 0.75) * 4);
      for (let layer = 0; layer < 2; layer++) {
        rises[layer] = 0.06 * ((theta[layer + 1]! - theta[layer]!) / fieldCapacity);
      }
      let over = 0;
      for (let layer = 2; layer >= 0; layer--) {
        const comes = (layer === 0 ? water : drains[layer - 1]!) + (layer < 2 ? rises[layer]! : 0) + over;
        const goes = drains[layer]! + draws[layer]! + (layer > 0 ? rises[layer - 1]! : 0);
        const next = theta[layer]! + (comes - goes) / LAYERS_MM[layer]!;
        over = Math.max(0, next - saturation) * LAYERS_MM[layer]!;
        state[s + layer] = Math.max(0.6 * wiltingPoint, Math.min(saturation, next));
      }

      // Temperature: shade damps the sun.
      const shade = profile.place.kind === 'forest' ? 0.2 : profile.place.kind === 'woodland' ? 0.4 : 1;
      let above = temperatureC + 0.0085 * radiationW * shade - 0.4;
      for (let layer = 0; layer < 3; layer++) {
        const now = state[s + 3 + layer]!;
        state[s + 3 + layer] = now + (above - now) / WARMTH_H[layer]!;
        above = now;
      }
      // Fertiliser on fields: spring and early summer dressings, used up and washed out.
      const dressing =
        profile.place.kind === 'field' || profile.place.kind === 'woodland'
          ? dressingOf(dayOfYear, this.#world)
          : 0;
      state[s + 7] = Math.min(1.2, state[s + 7]! + dressing) * (1 - 1 / 1500 - rainMm / 9000);
    }
  }

  sampler(place: Place, sensor: SensorSpec): Sampler | undefined {
    const profile = this.#byDevice.get(place.device.id);
    if (!profile) return undefined;
    const depth = sensor.depthM ?? 0.1;
    const {column} = profile;
    const {key} = place;
    const noiseKey = key ^ Math.round(depth * 1000);
    const [layer, share] = layerOf(depth);
    const draw = (cursor: Parameters<Sampler>[0], first: number) =>
      cursor.value(first + layer) * (1 - share) + (share > 0 ? cursor.value(first + layer + 1) * share : 0);
    switch (sensor.element) {
      case 'soil_moisture':
        return (cursor) => draw(cursor, column) + 0.0012 * noise(noiseKey, cursor.timeMs);
      case 'soil_temperature':
        return (cursor) => draw(cursor, column + 3) + 0.06 * noise(noiseKey ^ 0x71, cursor.timeMs);
      case 'soil_conductivity': {
        // Bulk conductivity grows with the water between the grains, its salts and its warmth (2 %/°C).
        const salt = (0.16 + 0.28 * place.soil.fieldCapacity) * (0.8 + 0.4 * uniform(key, 77));
        return (cursor) => {
          const wet = draw(cursor, column) / profile.fieldCapacity;
          const warm = 1 + 0.02 * (draw(cursor, column + 3) - 25);
          const value =
            salt * wet ** 1.4 * warm * (1 + 0.7 * cursor.value(column + 6) * Math.exp(-depth / 0.3));
          return Math.max(0.01, value + 0.004 * noise(noiseKey ^ 0x72, cursor.timeMs));
        };
      }
      case 'soil_ph': {
        const base = (place.soil.ph ?? 7) + 0.25 * noise(key, 5);
        return (cursor) =>
          base -
          0.18 * cursor.value(column + 6) +
          0.05 * smoothNoise(key ^ 0x73, cursor.timeMs / (20 * 24 * HOUR_MS)) +
          0.03 * noise(key ^ 0x74, cursor.timeMs);
      }
      case 'soil_available_nitrogen': {
        const base = (place.soil.availableNitrogenMgPerKg ?? 75) * (0.85 + 0.3 * uniform(key, 6));
        return (cursor) => {
          const value = base * (0.8 + 0.55 * cursor.value(column + 6));
          return Math.max(
            3,
            value * (1 + 0.03 * smoothNoise(key ^ 0x75, cursor.timeMs / (9 * 24 * HOUR_MS))) +
              1.6 * noise(key ^ 0x76, cursor.timeMs),
          );
        };
      }
      default:
        return undefined;
    }
  }

  /** First column of a device's profile: three water contents, three temperatures, dressing. */
  columnOf(device: string): number | undefined {
    return this.#byDevice.get(device)?.column;
  }
}

function layerOf(depthM: number): [layer: number, share: number] {
  if (depthM <= LAYER_DEPTHS_M[0]) return [0, 0];
  for (let layer = 0; layer < 2; layer++) {
    const from = LAYER_DEPTHS_M[layer]!;
    const to = LAYER_DEPTHS_M[layer + 1]!;
    if (depthM <= to) return [layer, (depthM - from) / (to - from)];
  }
  return [2, 0];
}

export function isPaddyField(place: Place): boolean {
  return place.device.role === 'paddy' || (place.kind === 'field' && place.vegetation.includes('rice'));
}

/** Share of the rice season that has passed (0–1) while fields stand under water; 0 outside it. */
export function paddySeason(growing: number): number {
  return growing > 0.84 ? growing : 0;
}

/** Fertiliser of an hour: two dressings at 18 % and 40 % of the way up the growing season. */
function dressingOf(dayOfYear: number, world: World): number {
  const now = world.season[dayOfYear]!;
  const before = world.season[(dayOfYear + 365) % 366]!;
  if (before < 0.2 && now >= 0.2) return 0.5 / 24;
  if (before < 0.7 && now >= 0.7) return 0.6 / 24;
  return 0;
}
