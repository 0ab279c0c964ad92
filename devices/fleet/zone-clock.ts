const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** Civil time of one IANA zone, quick enough to be asked for every message: offsets are kept by quarter hour of change. */
export type ZoneClock = {
  /** Milliseconds to add to UTC at an instant. */
  offsetMs(timeMs: number): number;
  /** Number of the local day (days since 1970-01-01 by the local calendar) at an instant. */
  dayNumber(timeMs: number): number;
  /** Local hour of day with fraction, 0 ≤ h < 24. */
  hourOfDay(timeMs: number): number;
  /** The instant at which a local clock shows this hour on this day; where the clocks skip it, the instant of the skip. */
  instantOf(dayNumber: number, hour: number): number;
};

/** @throws {RangeError} for a zone that the runtime does not know. */
export function createZoneClock(timeZone: string): ZoneClock {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  });
  function offsetBy(timeMs: number): number {
    const whole = Math.floor(timeMs / 1000) * 1000;
    let [year, month, day, hour, minute, second] = [0, 0, 0, 0, 0, 0];
    for (const part of format.formatToParts(whole)) {
      const n = Number(part.value);
      if (part.type === 'year') year = n;
      else if (part.type === 'month') month = n;
      else if (part.type === 'day') day = n;
      else if (part.type === 'hour') hour = n;
      else if (part.type === 'minute') minute = n;
      else if (part.type === 'second') second = n;
    }
    return Date.UTC(year, month - 1, day, hour, minute, second) - whole;
  }
  /** By UTC day: one offset, or the instant of the change with the offsets before and after. */
  const days = new Map<number, {before: number; after: number; changeMs: number}>();
  let lastDay = Number.NaN;
  let last = {before: 0, after: 0, changeMs: 0};
  function offsetMs(timeMs: number): number {
    const day = Math.floor(timeMs / DAY_MS);
    if (day !== lastDay) {
      let found = days.get(day);
      if (!found) {
        const before = offsetBy(day * DAY_MS);
        const after = offsetBy((day + 1) * DAY_MS - 1000);
        let changeMs = Number.POSITIVE_INFINITY;
        if (before !== after) {
          let low = day * DAY_MS;
          let high = (day + 1) * DAY_MS - 1000;
          while (high - low > 1000) {
            const middle = Math.floor((low + high) / 2000) * 1000;
            if (offsetBy(middle) === before) low = middle;
            else high = middle;
          }
          changeMs = high;
        }
        found = {before, after, changeMs};
        days.set(day, found);
      }
      lastDay = day;
      last = found;
    }
    return timeMs < last.changeMs ? last.before : last.after;
  }
  return {
    offsetMs,
    dayNumber: (timeMs) => Math.floor((timeMs + offsetMs(timeMs)) / DAY_MS),
    hourOfDay: (timeMs) => {
      const local = timeMs + offsetMs(timeMs);
      return (local - Math.floor(local / DAY_MS) * DAY_MS) / HOUR_MS;
    },
    instantOf: (dayNumber, hour) => {
      const local = dayNumber * DAY_MS + hour * HOUR_MS;
      const first = local - offsetMs(local - offsetMs(local));
      // In the hour that is skipped the two guesses differ; the later one is past the change.
      const second = local - offsetMs(first);
      return second === first ? first : Math.max(first, second);
    },
  };
}
