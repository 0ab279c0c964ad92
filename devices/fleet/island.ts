import type {Device, DeviceModel, SensorSpec, ZoneProperties} from '#schemas';
import {DEVICE_MODELS} from '../models/device-models.ts';
import {Air} from './air.ts';
import type {Climate, SoilKind} from './climate.ts';
import {Cursor} from './cursor.ts';
import {seasonalMean} from './curve.ts';
import {Facilities} from './facilities.ts';
import {keyOf, noise} from './hash.ts';
import {HourTable} from './hour-table.ts';
import {Lakes} from './lakes.ts';
import {Life} from './life.ts';
import {Paddies} from './paddies.ts';
import {People} from './people.ts';
import {Columns, type Part, type Place, type Sampler, type World} from './process.ts';
import {Sun} from './radiation.ts';
import type {FleetSite} from './site.ts';
import {Slopes} from './slopes.ts';
import {Soil} from './soil.ts';
import {Stage} from './stage.ts';
import {Streams} from './streams.ts';
import {Vegetation} from './vegetation.ts';
import {WaterQuality} from './water-quality.ts';
import {RainGauges, Weather} from './weather.ts';
import {WeatherDays} from './weather-days.ts';
import {createZoneClock} from './zone-clock.ts';

const DAY_MS = 86_400_000;
const EARTH_RADIUS_M = 6_371_000;
/** Days of weather before the epoch, so that its first hours have a yesterday. */
const DAYS_BEFORE = 5;
/** Where a site names no epoch. */
const USUAL_EPOCH = '2024-01-01T00:00:00Z';
/** Where a zone names no soil, or one that the site does not describe: a loam (Rawls, Brakensiek & Saxton 1982). */
const LOAM: SoilKind = {saturation: 0.463, fieldCapacity: 0.27, wiltingPoint: 0.117, ksatMmPerH: 13, ph: 7};

export type IslandOptions = {
  site: FleetSite;
  seed: number;
  models?: ReadonlyMap<string, DeviceModel>;
};

/** Sensors of a device: its own where it lists any for an element, else its model's; the gate controller's balance beside them. */
export function sensorsOf(device: Device, model: DeviceModel | undefined): SensorSpec[] {
  const own = device.sensors ?? [];
  const ownElements = new Set(own.map((sensor) => sensor.element));
  return [...own, ...(model?.sensors ?? []).filter((sensor) => !ownElements.has(sensor.element))];
}

/**
 * The virtual island of a site: one weather and the waters, soils, plants, animals and people that follow from it. Any
 * instant since the epoch has one value for every sensor, by site and seed alone, however it is reached.
 */
export class Island {
  readonly epochMs: number;
  readonly world: World;
  readonly weather: Weather;
  readonly stage: Stage;
  readonly people: People;
  readonly gauges: RainGauges;
  /** Column of the root zone's dryness over the site, 0–1. */
  readonly drynessColumn: number;
  readonly #table: HourTable;
  readonly #parts: Part[];
  readonly #placeOf = new Map<string, Place>();
  readonly #others: {sampler(place: Place, sensor: SensorSpec): Sampler | undefined}[];

  constructor({site, seed, models = DEVICE_MODELS}: IslandOptions) {
    const {latitudeDeg, longitudeDeg} = site.site.origin;
    const clock = createZoneClock(site.site.timeZone);
    this.epochMs = Date.parse(site.site.fleetEpoch ?? USUAL_EPOCH);
    const year = new Date(this.epochMs).getUTCFullYear();
    const standardOffsetMs = Math.min(
      clock.offsetMs(Date.UTC(year, 0, 15)),
      clock.offsetMs(Date.UTC(year, 6, 15)),
    );
    const sun = new Sun(latitudeDeg, longitudeDeg);
    const climate = site.climate;
    const days = new WeatherDays({
      climate,
      sun,
      seed,
      standardOffsetMs,
      firstNumber: Math.floor((this.epochMs + standardOffsetMs) / DAY_MS) - DAYS_BEFORE,
    });
    const zones = new Map<string, ZoneProperties>(
      site.zones.map(({properties}) => [properties.id, properties]),
    );
    const virtual = site.devices.filter((device) => device.origin === 'virtual');
    const measured = new Map(
      virtual.map((device) => [
        device.id,
        new Set(sensorsOf(device, models.get(device.model)).map((sensor) => sensor.element)),
      ]),
    );
    const places = virtual.map((device): Place => {
      const zone = device.zone ? zones.get(device.zone) : undefined;
      const soil = zone?.soil === undefined ? undefined : soilKind(climate, zone.soil);
      const key = keyOf(seed, 'device', device.id);
      const radians = Math.PI / 180;
      const eastM =
        (device.longitudeDeg - longitudeDeg) * radians * EARTH_RADIUS_M * Math.cos(latitudeDeg * radians);
      return {
        device,
        key,
        eastM,
        northM: (device.latitudeDeg - latitudeDeg) * radians * EARTH_RADIUS_M,
        groundM: device.groundM ?? site.site.origin.heightM,
        zone,
        kind: zone?.kind ?? '',
        soil: soil ?? LOAM,
        vegetation: zone?.vegetation ?? '',
        rainFactor: 1 + 0.03 * noise(key, 0),
      };
    });
    for (const place of places) this.#placeOf.set(place.device.id, place);
    const temperature = seasonalMean(climate.normals.airTemperatureMeanC);
    const waterBodyZone = climate.riverStage === undefined ? null : (site.site.waterBody?.zone ?? null);
    const world: World = {
      seed,
      epochMs: this.epochMs,
      climate,
      sun,
      clock,
      days,
      places,
      zones,
      streams: site.streams,
      measured,
      columns: new Columns(),
      isWaterBody: ({device}) =>
        waterBodyZone !== null && (device.zone === waterBodyZone || device.feature === waterBodyZone),
      waterBodyZone,
      season: temperature.map((mean) => Math.max(0, Math.min(1, (mean - 8) / 17))),
    };
    this.world = world;

    this.weather = new Weather(world);
    this.stage = new Stage(world);
    this.gauges = new RainGauges(world, this.weather);
    const lakes = new Lakes(world);
    const streams = new Streams(world, lakes);
    const vegetation = new Vegetation(world, this.weather, streams);
    this.drynessColumn = vegetation.drynessColumn;
    this.#parts = [
      this.stage,
      this.gauges,
      lakes,
      streams,
      new WaterQuality(world, {weather: this.weather, stage: this.stage, streams, lakes}),
      new Soil(world, this.stage),
      new Paddies(world),
      new Air(world, this.weather),
      vegetation,
      new Slopes(world, this.weather),
    ];
    this.people = new People(world, this.weather);
    this.#others = [
      this.weather,
      new Life(world, this.weather),
      this.people,
      new Facilities(world, {weather: this.weather, people: this.people, vegetation}),
    ];

    const start = new Float64Array(this.#parts.reduce((sum, part) => sum + part.stateSize, 0));
    const offsets: number[] = [];
    let size = 0;
    for (const part of this.#parts) {
      offsets.push(size);
      part.start(start, size);
      size += part.stateSize;
    }
    this.#table = new HourTable({
      width: world.columns.count,
      start,
      step: (index, state, rows, at) => {
        const hour = this.weather.step(index, rows, at);
        for (let k = 0; k < this.#parts.length; k++) this.#parts[k]!.step(hour, state, offsets[k]!);
      },
    });
  }

  /** A reading position; one for each reader. */
  cursor(): Cursor {
    return new Cursor(this.#table, this.epochMs);
  }

  place(device: string): Place | undefined {
    return this.#placeOf.get(device);
  }

  /** What a sensor of a device reads at a cursor; undefined for an element that the island does not know. */
  sampler(device: string, sensor: SensorSpec): Sampler | undefined {
    const place = this.#placeOf.get(device);
    if (!place) return undefined;
    for (const part of this.#parts) {
      const sampler = part.sampler(place, sensor);
      if (sampler) return sampler;
    }
    for (const part of this.#others) {
      const sampler = part.sampler(place, sensor);
      if (sampler) return sampler;
    }
    return undefined;
  }
}

function soilKind(climate: Climate, id: string): SoilKind | undefined {
  const found = (climate.soilWater as Record<string, unknown> | undefined)?.[id];
  return typeof found === 'object' && found !== null ? (found as SoilKind) : undefined;
}

export function createIsland(options: IslandOptions): Island {
  return new Island(options);
}
