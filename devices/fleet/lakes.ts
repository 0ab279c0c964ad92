import type {SensorSpec} from '#schemas';
import {keyOf, noise, smoothNoise, uniform} from './hash.ts';
import {oxygenSaturationMgPerL} from './oxygen.ts';
import type {Hour, Part, Place, Sampler, World} from './process.ts';

const HOUR_MS = 3_600_000;

type Lake = {
  id: string;
  column: number;
  normalLevelM: number;
  areaHa: number;
  depthM: number;
  catchmentHa: number;
  /** Chlorophyll that its nutrients can carry, µg/L. */
  capacityUgPerL: number;
  chance: number;
  clayFactor: number;
};

/** State: level above normal (m), temperature, oxygen, chlorophyll, clay in the water (NTU), mean air of some days, ground water (mm) and quick run-off of its land. */
const STATE = {level: 0, temperature: 1, oxygen: 2, chlorophyll: 3, clay: 4, ground: 5, quick: 6, light: 7};
const SIZE = 8;
const STORE_MM = 120;

/**
 * Lakes and ponds: water balance with a weir at the normal level, heat by relaxation to the equilibrium with air and sun
 * (Edinger, Duttweiler & Geyer 1968, doi:10.1029/WR004i005p01137), oxygen with photosynthesis, respiration and exchange
 * with the air, algae that grow with light and warmth up to what nutrients carry, clay that comes with run-off.
 */
export class Lakes implements Part {
  readonly stateSize: number;
  readonly #lakes: Lake[];
  readonly #byId = new Map<string, Lake>();

  constructor(world: World) {
    const ids = new Set<string>();
    for (const zone of world.zones.values()) if (zone.kind === 'lake') ids.add(zone.id);
    for (const {device} of world.places) {
      if (device.role === 'lake' || device.role === 'lake_outlet') ids.add(device.feature ?? device.id);
    }
    if (world.waterBodyZone !== null) ids.delete(world.waterBodyZone);
    this.#lakes = [...ids].map((id) => {
      const zone = world.zones.get(id);
      const own = world.places.find(
        ({device}) => device.feature === id && device.levels?.normalLevelM !== undefined,
      );
      const areaHa = Math.max(0.1, zone?.areaHa ?? 1);
      const chance = keyOf(world.seed, 'lake', id);
      const normalLevelM = zone?.normalLevelM ?? own?.device.levels?.normalLevelM ?? own?.groundM ?? 0;
      const bedM = zone?.elevationBandM?.[0];
      const depthM =
        bedM !== undefined && bedM < normalLevelM
          ? Math.max(0.8, 0.6 * (normalLevelM - bedM))
          : 1 + 0.3 * Math.sqrt(areaHa);
      const outlet = world.streams.find((stream) => stream.from === id);
      const inflowHa = world.streams
        .filter((stream) => stream.outlet === id)
        .reduce((sum, stream) => sum + (stream.catchmentHa ?? 0), 0);
      const gauged = world.places.find(({device}) => device.role === 'lake_outlet' && device.feature === id);
      const catchmentHa = Math.max(
        areaHa * 3,
        inflowHa,
        gauged?.device.hydraulics?.catchmentHa ?? 0,
        outlet === undefined ? 0 : Math.max(0, (outlet.catchmentHa ?? 0) * 0.85),
      );
      const lake: Lake = {
        id,
        column: world.columns.take(7),
        normalLevelM,
        areaHa,
        depthM,
        catchmentHa,
        capacityUgPerL: 14 + 44 * uniform(chance, 1),
        chance,
        clayFactor: 0.7 + 0.8 * uniform(chance, 2),
      };
      this.#byId.set(id, lake);
      return lake;
    });
    this.stateSize = this.#lakes.length * SIZE;
  }

  /** Land above a lake's outlet, ha; 0 for no lake of the site. */
  catchmentHa(id: string): number {
    return this.#byId.get(id)?.catchmentHa ?? 0;
  }

  start(state: Float64Array, at: number): void {
    this.#lakes.forEach((lake, index) => {
      const s = at + index * SIZE;
      state[s + STATE.level] = 0.02;
      state[s + STATE.temperature] = Number.NaN;
      state[s + STATE.oxygen] = 9;
      state[s + STATE.chlorophyll] = 0.3 * lake.capacityUgPerL;
      state[s + STATE.clay] = 4;
      state[s + STATE.ground] = 0.5 * STORE_MM;
      state[s + STATE.light] = 120;
    });
  }

  step(hour: Hour, state: Float64Array, at: number): void {
    const {row, temperatureC, radiationW, rainMm, et0Mm, windMPerS} = hour;
    for (let index = 0; index < this.#lakes.length; index++) {
      const lake = this.#lakes[index]!;
      const s = at + index * SIZE;
      if (Number.isNaN(state[s + STATE.temperature]!))
        state[s + STATE.temperature] = Math.max(3, temperatureC);
      const level = state[s + STATE.level]!;
      const temperature = state[s + STATE.temperature]!;
      const oxygen = state[s + STATE.oxygen]!;
      const chlorophyll = state[s + STATE.chlorophyll]!;
      const clay = state[s + STATE.clay]!;
      const ground = state[s + STATE.ground]!;
      const quick = state[s + STATE.quick]!;
      const light = state[s + STATE.light]!;
      const saturation = oxygenSaturationMgPerL(temperature, hour.pressureHPa);
      // The weir: nothing below its crest, then with the 1.5th power of the head.
      const head = Math.max(0, level);
      const outM = Math.min(0.4 * head, 0.0035 * (head / 0.05) ** 1.5);
      const column = hour.at + lake.column;
      row[column] = lake.normalLevelM + level;
      row[column + 1] = (outM * lake.areaHa * 10_000) / 3600;
      row[column + 2] = temperature;
      row[column + 3] = oxygen;
      row[column + 4] = chlorophyll;
      row[column + 5] = clay;
      row[column + 6] = saturation;

      // Water.
      const wetness = Math.min(1, ground / STORE_MM);
      const runsOff = rainMm * Math.min(0.9, 0.02 + 0.7 * wetness ** 2.5 + 0.004 * Math.max(0, rainMm - 6));
      const seeps = Math.max(0, ground - 0.5 * STORE_MM) / 150;
      const evaporates = et0Mm * 0.85 * Math.min(1, wetness / 0.45);
      const over = Math.max(0, ground + rainMm - runsOff - evaporates - seeps - STORE_MM);
      state[s + STATE.ground] = Math.max(
        0,
        Math.min(STORE_MM, ground + rainMm - runsOff - evaporates - seeps),
      );
      const quickOut = quick / 4;
      state[s + STATE.quick] = quick - quickOut + runsOff + over;
      const landPerLake = Math.max(0, lake.catchmentHa / lake.areaHa - 1);
      const inM = ((quickOut + 0.35 * seeps) * landPerLake) / 1000;
      const pumpedM = level < -0.3 ? 0.0015 : 0;
      const next = level + inM + pumpedM + (rainMm - 1.1 * et0Mm) / 1000 - outM - 0.00004;
      state[s + STATE.level] = Math.max(-0.8, Math.min(2.5, next));

      // Heat: equilibrium temperature over the time constant of the depth.
      const equilibrium = temperatureC + 0.0102 * radiationW - 0.2 - 1.05 * hour.vpdKPa;
      state[s + STATE.temperature] = Math.max(
        0.5,
        temperature + (equilibrium - temperature) / (26 * lake.depthM + 14),
      );

      // Algae.
      const warm = 1.07 ** (Math.min(31, temperature) - 20);
      state[s + STATE.light] = light + (radiationW - light) / 72;
      const growth = (0.42 / 24) * warm * (light / (light + 90));
      const bloom = Math.exp(0.35 * smoothNoise(lake.chance, hour.timeMs / (11 * 24 * HOUR_MS)));
      const capacity = lake.capacityUgPerL * bloom * (0.35 + 0.65 * Math.min(1.2, warm));
      const flushed = Math.min(0.05, inM / lake.depthM);
      const loss = (0.05 / 24) * warm + flushed;
      const algae = chlorophyll * (1 + growth * (1 - chlorophyll / capacity) - loss);
      state[s + STATE.chlorophyll] = Math.min(180, Math.max(1.2, algae));

      // Oxygen, mg/L in an hour.
      const made = 0.0155 * chlorophyll * warm * (radiationW / (radiationW + 220));
      const used = (0.04 + 0.0042 * chlorophyll) * 1.065 ** (temperature - 20) + 1.2 * flushed;
      const exchange = (0.032 + 0.014 * windMPerS) / Math.max(0.6, lake.depthM / 1.5);
      state[s + STATE.oxygen] = Math.min(
        22,
        Math.max(1.2, oxygen + made - used + exchange * (saturation - oxygen)),
      );

      // Clay: comes with run-off, settles in a day or two, wind stirs it up.
      const base = 2.5 + 0.35 * windMPerS ** 2;
      const comes = lake.clayFactor * 9 * (quickOut + runsOff) * Math.min(1, landPerLake / 5);
      state[s + STATE.clay] = Math.min(900, clay + comes + (base - clay) / 34);
    }
  }

  /** Flow over a lake's weir, m³/s. */
  outflow(id: string): Sampler | undefined {
    const lake = this.#byId.get(id);
    return lake && ((cursor) => cursor.value(lake.column + 1));
  }

  sampler(place: Place, sensor: SensorSpec): Sampler | undefined {
    const {device, key} = place;
    const lake = this.#byId.get(device.feature ?? device.id);
    if (!lake) return undefined;
    const {column} = lake;
    switch (sensor.element) {
      case 'water_level':
        return (cursor) =>
          cursor.value(column) +
          0.003 * smoothNoise(key, cursor.timeMs / 900_000) +
          0.002 * noise(key ^ 1, cursor.timeMs);
      case 'water_temperature':
        return (cursor) =>
          cursor.value(column + 2) +
          0.05 * smoothNoise(key ^ 2, cursor.timeMs / HOUR_MS) +
          0.02 * noise(key ^ 3, cursor.timeMs);
      case 'dissolved_oxygen':
        return (cursor) =>
          Math.max(
            0.1,
            cursor.value(column + 3) +
              0.08 * smoothNoise(key ^ 4, cursor.timeMs / HOUR_MS) +
              0.03 * noise(key ^ 5, cursor.timeMs),
          );
      case 'chlorophyll_a':
        return (cursor) =>
          Math.max(
            0.2,
            cursor.value(column + 4) *
              (1 +
                0.05 * smoothNoise(key ^ 6, cursor.timeMs / HOUR_MS) +
                0.03 * noise(key ^ 7, cursor.timeMs)),
          );
      case 'turbidity':
        return (cursor) => {
          const turbidity = cursor.value(column + 5) + 0.22 * cursor.value(column + 4);
          return Math.max(
            0.4,
            turbidity *
              (1 +
                0.06 * smoothNoise(key ^ 8, cursor.timeMs / HOUR_MS) +
                0.03 * noise(key ^ 9, cursor.timeMs)) +
              0.1,
          );
        };
      case 'water_ph':
        return (cursor) => {
          // Algae that take up carbon dioxide raise pH with oxygen.
          const over = Math.log10(Math.max(0.2, cursor.value(column + 3) / cursor.value(column + 6)));
          return (
            7.65 +
            0.009 * cursor.value(column + 4) +
            1.7 * over +
            0.03 * smoothNoise(key ^ 10, cursor.timeMs / HOUR_MS) +
            0.012 * noise(key ^ 11, cursor.timeMs)
          );
        };
      default:
        return undefined;
    }
  }

  /** Columns of a lake from its first: level, outflow, temperature, oxygen, chlorophyll, clay, oxygen saturation. */
  columnOf(id: string): number | undefined {
    return this.#byId.get(id)?.column;
  }
}
