import {periodSeconds} from '#model';
import {type DeviceModel, ELEMENTS, type ElementType, type SensorSpec} from '#schemas';
import type {Cursor} from './cursor.ts';
import {faultsOf, type Told} from './faults.ts';
import type {Island} from './island.ts';
import type {Place, Sampler} from './process.ts';
import {rounder, SENSOR_DECIMALS} from './resolution.ts';

const DAY_MS = 86_400_000;
/** Decimals of elements that have no sensor in the table. */
const USUAL_DECIMALS = 4;
/** Elements that are counted over their period: read at its start, not in its middle. */
const COUNTED: ReadonlySet<string> = new Set([
  'visitor_flow',
  'bird_detection_rate',
  'bird_species_richness',
  'soundscape_index',
  'wildlife_detection_rate',
  'pest_trap_count',
]);

const catalogue: ReadonlyMap<string, ElementType> = new Map(Object.entries(ELEMENTS));

/** Milliseconds of `PT1M`, `PT5M`, `PT1H`; a day's 24 hours for `P1D` (the schedule knows when it begins); null for no period. */
export function periodMs(period: string | null): number | null {
  if (period === null) return null;
  const seconds = periodSeconds(period);
  return seconds === null ? DAY_MS : seconds * 1000;
}

/** One sensor of a device, ready to be read. */
export type SensorReader = {
  sensor: SensorSpec;
  statistic: string;
  period: string | null;
  /** What stands around the value in the payload: `{"value":` … `,"depthM":0.1}`; empty for a bare number. */
  before: string;
  after: string;
  /** The value for a due instant whose period (if any) began at `startMs`. */
  read(cursor: Cursor, dueMs: number, startMs: number): Told;
  /** What the faults make of a true value that the caller knows. */
  tell(cursor: Cursor, dueMs: number, truth: number): Told;
};

/**
 * Binds a sensor to the island: true value at the right instant (a mean in the middle of its period, a count at its start,
 * a long mean from the short ones), faults, resolution, and the text around it. Undefined for what the island cannot know.
 */
export function bindSensor(of: {
  island: Island;
  place: Place;
  model: DeviceModel;
  sensor: SensorSpec;
  sensors: readonly SensorSpec[];
  faults: boolean;
  bare: boolean;
}): SensorReader | undefined {
  const {island, place, model, sensor, sensors} = of;
  const type = catalogue.get(sensor.element);
  const statistic = sensor.statistic ?? type?.statistic ?? 'point';
  const period =
    sensor.period !== undefined ? sensor.period : statistic === 'point' ? null : (type?.period ?? null);
  const own = place.device.id;
  const sampler = sensor.element === 'precipitation' ? rainOver(island, own) : island.sampler(own, sensor);
  if (!sampler) return undefined;

  const round = rounder((SENSOR_DECIMALS as Record<string, number>)[sensor.element] ?? USUAL_DECIMALS);
  const lengthMs = periodMs(period) ?? 0;
  const isCounted = COUNTED.has(sensor.element);
  const faulted = of.faults
    ? faultsOf(island, place, model, sensor, (depthM) => {
        const other = sensors.find((each) => each.element === sensor.element && each.depthM === depthM);
        return other && island.sampler(own, other);
      })
    : null;
  const told: Told = {value: 0, status: undefined};
  const truthAt = (cursor: Cursor) => (timeMs: number) => {
    const back = cursor.timeMs;
    const value = sampler(cursor.seek(Math.max(island.epochMs, timeMs)), timeMs, timeMs - lengthMs);
    cursor.seek(back);
    return value;
  };
  /** One value of the sensor, with its faults, before rounding. */
  const simple = (cursor: Cursor, dueMs: number, startMs: number): Told => {
    const at = period === null ? dueMs : isCounted ? startMs : (startMs + dueMs) / 2;
    const truth = sampler(cursor.seek(at), dueMs, startMs);
    if (faulted) return faulted(cursor, dueMs, truth, truthAt(cursor));
    told.value = truth;
    told.status = undefined;
    return told;
  };

  // A mean over a longer period than the same sensor's short one is made of those.
  const short = sensors
    .filter(
      (each) =>
        each !== sensor && each.element === sensor.element && (each.statistic ?? statistic) === statistic,
    )
    .map((each) => periodMs(each.period ?? null))
    .find((ms) => ms !== null && ms < lengthMs && lengthMs % ms === 0);
  const isEnergy = type?.rollUp === 'energyMean';
  const composed = (cursor: Cursor, dueMs: number, startMs: number): Told => {
    let sum = 0;
    let count = 0;
    let status: string | undefined;
    for (let at = startMs; at < dueMs; at += short!) {
      const each = simple(cursor, at + short!, at);
      if (each.status !== undefined) {
        status ??= each.status;
        continue;
      }
      if (each.value === null) continue;
      const value = round(each.value);
      sum += isEnergy ? 10 ** (value / 10) : value;
      count++;
    }
    const enough = count * short! >= 0.5 * lengthMs;
    told.value = enough ? (isEnergy ? 10 * Math.log10(sum / count) : sum / count) : null;
    told.status = enough ? undefined : status;
    return told;
  };
  const value = short !== undefined ? composed : simple;

  const parts: string[] = [];
  if (statistic !== (type?.statistic ?? 'point') || period !== (type?.period ?? null)) {
    parts.push(`"stat":"${statistic}"`);
    if (period !== null) parts.push(`"period":"${period}"`);
  }
  if (sensor.depthM !== undefined) parts.push(`"depthM":${sensor.depthM}`);
  if (sensor.heightM !== undefined) parts.push(`"heightM":${sensor.heightM}`);
  if (sensor.instance !== undefined) parts.push(`"instance":"${sensor.instance}"`);
  const isBare = of.bare && parts.length === 0;
  return {
    sensor,
    statistic,
    period,
    before: isBare ? '' : '{"value":',
    after: isBare ? '' : `${parts.map((part) => `,${part}`).join('')}}`,
    read: (cursor, dueMs, startMs) => {
      const result = value(cursor, dueMs, startMs);
      if (result.value !== null) result.value = round(result.value);
      return result;
    },
    tell: (cursor, dueMs, truth) => {
      told.value = truth;
      told.status = undefined;
      const result = faulted ? faulted(cursor.seek(dueMs), dueMs, truth, () => truth) : told;
      if (result.value !== null) result.value = round(result.value);
      return result;
    },
  };
}

type Over = (cursor: Cursor, dueMs: number, startMs: number) => number;

/** Rain between two instants as a bucket of 0.1 mm tells it: whole tips. */
function rainOver(island: Island, device: string): Over | undefined {
  const sum = island.gauges.sum(device);
  if (!sum) return undefined;
  return (cursor, dueMs, startMs) => (tips(sum, cursor, dueMs) - tips(sum, cursor, startMs)) / 10;
}

/** Tips of a bucket of 0.1 mm since the epoch. */
export function tips(sum: Sampler, cursor: Cursor, timeMs: number): number {
  return Math.floor(sum(cursor.seek(timeMs)) * 10 + 1e-6);
}
