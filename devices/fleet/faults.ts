import {type DeviceModel, ELEMENTS, type ElementType, type SensorSpec} from '#schemas';
import type {Cursor} from './cursor.ts';
import {Episodes} from './episodes.ts';
import {type FaultCondition, VALUE_FAULTS, type ValueFault} from './fault-rules.ts';
import {keyOf, uniform} from './hash.ts';
import type {Island} from './island.ts';
import type {Place, Sampler} from './process.ts';

/** Relative humidity above which optical particle counters read too much, and heat above which cameras see ghosts. */
const HUMID_PERCENT = 88;
const HOT_C = 35;
/** Dryness of the root zone (0–1) that opens gaps, and people an hour at one gate that hide each other. */
const DRY = 0.55;
const CROWD_PER_H = 3000;

/** A value as the device would send it, with its own mark. */
export type Told = {value: number | null; status: string | undefined};

type Bound = {
  fault: ValueFault;
  key: number;
  episodes: Episodes | null;
  when: ((cursor: Cursor, value: number) => boolean) | null;
};

/**
 * What a sensor's faults make of its true value. `truth(timeMs)` gives the true value at another instant, for values that
 * are repeated. Returned is one object, filled anew each time.
 */
export type FaultedSensor = (
  cursor: Cursor,
  dueMs: number,
  value: number,
  truth: (timeMs: number) => number,
) => Told;

/** The faults of one sensor; null if it has none. */
export function faultsOf(
  island: Island,
  place: Place,
  model: DeviceModel,
  sensor: SensorSpec,
  swapped: (depthM: number) => Sampler | undefined,
): FaultedSensor | null {
  const rules = (VALUE_FAULTS[model.id] ?? []).filter(
    (fault) => fault.elements === undefined || fault.elements.includes(sensor.element),
  );
  if (rules.length === 0 || sensor.element === 'visitors_on_island') return null;
  const bound = rules.map((fault): Bound => {
    // One key for all elements of a fault: a buried flow meter or a calibration concerns them together.
    const key = keyOf(place.key, fault.kind, String(rules.indexOf(fault)), fault.elements?.join() ?? '');
    const ownKey = fault.kind === 'spike' ? keyOf(key, sensor.element, String(sensor.depthM ?? 0)) : key;
    const episodes =
      fault.kind === 'spike'
        ? null
        : fault.kind === 'drift'
          ? new Episodes(key, {slotDays: fault.slotDays, chance: 1, hours: [0, 0]})
          : new Episodes(key, fault);
    return {fault, key: ownKey, episodes, when: fault.when ? condition(island, place, fault.when) : null};
  });
  const hardRange = (ELEMENTS as Record<string, ElementType>)[sensor.element]?.hardRange;
  const canBeNegative = hardRange === undefined || hardRange[0] < 0;
  const told: Told = {value: 0, status: undefined};
  return (cursor, dueMs, truth, truthAt) => {
    let value: number | null = truth;
    told.status = undefined;
    for (const {fault, key, episodes, when} of bound) {
      if (value === null) break;
      if (fault.kind === 'spike') {
        const u = uniform(key, dueMs);
        // Downwards too, where the sensor knows negative numbers.
        const sign = canBeNegative && u < fault.chance / 3 ? -1 : 1;
        if (u < fault.chance) value += sign * fault.size * (0.6 + 0.8 * uniform(key ^ 1, dueMs));
        continue;
      }
      if (fault.kind === 'drift') {
        const age = episodes!.age(dueMs) ** (fault.power ?? 1);
        value += (fault.size ?? 0) * age + (fault.share ?? 0) * age * value;
        continue;
      }
      const episode = episodes!.at(dueMs);
      if (!episode) continue;
      if (when && !when(cursor, value)) continue;
      if (fault.kind === 'stuck') value = fault.at ?? truthAt(episode.startMs);
      else if (fault.kind === 'offset') value += fault.size;
      else if (fault.kind === 'scale') value *= fault.factor;
      else if (fault.kind === 'missing') {
        if (fault.depthM === undefined || fault.depthM === sensor.depthM) value = null;
      } else if (fault.kind === 'mark') {
        told.status = fault.status;
        if (fault.at !== undefined) value = fault.at;
      } else if (fault.kind === 'swap') {
        const [a, b] = fault.depths;
        const other = sensor.depthM === a ? swapped(b) : sensor.depthM === b ? swapped(a) : undefined;
        if (other) value = other(cursor);
      }
    }
    told.value = value;
    return told;
  };
}

function condition(
  island: Island,
  place: Place,
  when: FaultCondition,
): (cursor: Cursor, value: number) => boolean {
  const {weather} = island;
  switch (when) {
    case 'fog':
      return (cursor) => cursor.value(weather.columns.fog) > 0.4;
    case 'humid': {
      const humidity = weather.humidityAt(place);
      return (cursor) => humidity(cursor) > HUMID_PERCENT;
    }
    case 'hot':
      return (cursor) => cursor.value(weather.columns.temperature) > HOT_C;
    case 'rain':
      return (cursor) => cursor.held(weather.columns.rain) > 0.2;
    case 'dry':
      return (cursor) => cursor.value(island.drynessColumn) > DRY;
    case 'crowd':
      return (_, value) => value > CROWD_PER_H;
  }
}
