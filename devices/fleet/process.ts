import type {Device, SensorSpec, ZoneProperties} from '#schemas';
import type {Climate, SoilKind} from './climate.ts';
import type {Cursor} from './cursor.ts';
import type {Sun} from './radiation.ts';
import type {Stream} from './site.ts';
import type {WeatherDay, WeatherDays} from './weather-days.ts';
import type {ZoneClock} from './zone-clock.ts';

/** Where a device stands and what that means for what it measures. */
export type Place = {
  device: Device;
  /** Key of the device's own chance. */
  key: number;
  eastM: number;
  northM: number;
  groundM: number;
  zone: ZoneProperties | undefined;
  /** The zone's kind: `forest`, `lake`, `field`, `built` …; empty where the device stands in none. */
  kind: string;
  soil: SoilKind;
  vegetation: string;
  /** Rain here as a share of the island's. */
  rainFactor: number;
};

/** What the processes of the island are built from. */
export type World = {
  seed: number;
  epochMs: number;
  climate: Climate;
  sun: Sun;
  clock: ZoneClock;
  days: WeatherDays;
  places: readonly Place[];
  zones: ReadonlyMap<string, ZoneProperties>;
  streams: readonly Stream[];
  /** Elements that each device measures, by its model and its own sensors. */
  measured: ReadonlyMap<string, ReadonlySet<string>>;
  columns: Columns;
  /** Whether a place lies in the water body around or beside the site, whose level is the climate's stage. */
  isWaterBody: (place: Place) => boolean;
  /** The zone of that water body. */
  waterBodyZone: string | null;
  /** Degree of the growing season, 0–1, by day of the year: from the normals of temperature. */
  season: Float64Array;
};

/** Hands out the columns of the hourly table. */
export class Columns {
  count = 0;
  take(number = 1): number {
    const first = this.count;
    this.count += number;
    return first;
  }
}

/** The hour that is being stepped: its start, and the weather over it. */
export type Hour = {
  index: number;
  timeMs: number;
  day: WeatherDay;
  dayOfYear: number;
  /** Standard local time at the start, hours. */
  localH: number;
  temperatureC: number;
  vapourKPa: number;
  vpdKPa: number;
  /** Mean over the hour. */
  radiationW: number;
  windMPerS: number;
  pressureHPa: number;
  rainMm: number;
  et0Mm: number;
  fog: number;
  /** Rain of the 72 hours before, mm. */
  rain72Mm: number;
  /** The table row of this hour: a process writes its columns at `at + column`. */
  row: Float64Array;
  at: number;
};

/**
 * One part of the island. `step` first writes what holds at the start of the hour into the row, then moves its state to
 * the start of the next. It may read columns of processes that come before it.
 */
export type Process = {
  readonly stateSize: number;
  start(state: Float64Array, at: number): void;
  step(hour: Hour, state: Float64Array, at: number): void;
};

/** The true value plus the sensor's own noise, in the catalogue's unit, at the cursor's instant. */
export type Sampler = (cursor: Cursor) => number;

/** A process and what sensors read from it. */
export type Part = Process & {
  /** How a sensor at a place reads an element that this part knows; undefined for all others. */
  sampler(place: Place, sensor: SensorSpec): Sampler | undefined;
};

/** The stream that a device stands in: as its hydraulics say, else its feature. */
export function streamOf(device: Device): string {
  const said = (device.hydraulics as {stream?: unknown} | undefined)?.stream;
  return typeof said === 'string' ? said : (device.feature ?? device.id);
}
