import type {DeviceRecord, DeviceState, ElementType, SensorSpec} from '#schemas';

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;

/** Interval of a device that has none and has not yet shown one. */
export const UNKNOWN_INTERVAL_S = 900;
/** Gaps between messages that a learned interval is the median of. */
export const GAPS_KEPT = 10;

/** How long after a message a device is late, and offline, at an interval in seconds (DOMAIN C's rule). */
export function silenceLimitsMs(intervalS: number): {lateMs: number; offlineMs: number} {
  const intervalMs = intervalS * 1000;
  return {
    lateMs: Math.min(Math.max(3 * intervalMs, 15 * MINUTE_MS), 26 * HOUR_MS),
    offlineMs: Math.min(Math.max(12 * intervalMs, 2 * HOUR_MS), 50 * HOUR_MS),
  };
}

/** State of a device by the arrival of any message; `null`: never heard. The limits themselves are still in time. */
export function stateAt(lastSeenMs: number | null, intervalS: number, nowMs: number): DeviceState {
  if (lastSeenMs === null) return 'offline';
  const silentMs = nowMs - lastSeenMs;
  const {lateMs, offlineMs} = silenceLimitsMs(intervalS);
  if (silentMs > offlineMs) return 'offline';
  return silentMs > lateMs ? 'late' : 'online';
}

/**
 * Nominal seconds between a device's messages: the shortest of its own, its model's and its sensors'. Null where nobody
 * says (models of unknown devices): then it is learned.
 */
export function nominalIntervalS(
  record: DeviceRecord,
  elements: ReadonlyMap<string, ElementType>,
): number | null {
  const {device, model} = record;
  if (device.intervalS !== undefined) return device.intervalS;
  const ofSensor = (sensor: SensorSpec): number | null =>
    sensor.intervalS ?? model.intervalS ?? elements.get(sensor.element)?.intervalS ?? null;
  let shortest: number | null = model.intervalS ?? null;
  for (const sensor of [...model.sensors, ...(device.sensors ?? [])]) {
    const intervalS = ofSensor(sensor);
    if (intervalS !== null && (shortest === null || intervalS < shortest)) shortest = intervalS;
  }
  return shortest;
}

/** Median, in seconds; the lower middle of an even number, so that it is a gap that was. Undefined for none. */
export function medianGapS(gapsS: readonly number[]): number | undefined {
  const sorted = gapsS.toSorted((a, b) => a - b);
  return sorted[(sorted.length - 1) >> 1];
}
