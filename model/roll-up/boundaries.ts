import {Temporal} from 'temporal-polyfill';

/** Bucket i holds startMs[i] ≤ time < startMs[i + 1]; one more boundary than buckets, ascending. */
export type Boundaries = Float64Array;

/** UTC buckets of a fixed length that cover [fromMs, toMs): boundaries are whole multiples of the length since 1970. */
export function fixedBoundaries(fromMs: number, toMs: number, bucketMs: number): Boundaries {
  if (!(bucketMs > 0)) throw new RangeError(`expected a bucket length above 0 ms, got ${bucketMs}`);
  const first = Math.floor(fromMs / bucketMs);
  const buckets = Math.max(0, Math.ceil(toMs / bucketMs) - first);
  return Float64Array.from({length: buckets + 1}, (_, i) => (first + i) * bucketMs);
}

/** Instant at which a local date's day begins: its first moment, or `startHour` o'clock (the next valid one in a DST gap). */
function dayStartMs(date: Temporal.PlainDate, timeZone: string, startHour: number): number {
  const start =
    startHour === 0
      ? date.toZonedDateTime(timeZone)
      : date.toZonedDateTime({timeZone, plainTime: new Temporal.PlainTime(startHour)});
  return start.epochMilliseconds;
}

/**
 * Local days (`P1D`), weeks from Monday (`P1W`, ISO 8601) or months (`P1M`) of an IANA zone that cover [fromMs, toMs), each beginning at `startHour` o'clock
 * local time (a rain day 08–08: 8). Where clocks change, a day has 23, 25 or other hours.
 * @throws {RangeError} for a zone that is not known, or a start hour that is not 0 to 23.
 */
export function zonedBoundaries(
  fromMs: number,
  toMs: number,
  timeZone: string,
  period: 'P1D' | 'P1W' | 'P1M',
  startHour = 0,
): Boundaries {
  if (!(Number.isInteger(startHour) && startHour >= 0 && startHour <= 23)) {
    throw new RangeError(`expected a start hour of 0 to 23, got ${startHour}`);
  }
  const step = period === 'P1D' ? {days: 1} : period === 'P1W' ? {weeks: 1} : {months: 1};
  let date = Temporal.Instant.fromEpochMilliseconds(fromMs).toZonedDateTimeISO(timeZone).toPlainDate();
  if (period === 'P1M') date = date.with({day: 1});
  if (period === 'P1W') date = date.subtract({days: date.dayOfWeek - 1});
  let start = dayStartMs(date, timeZone, startHour);
  while (start > fromMs) {
    date = date.subtract(step);
    start = dayStartMs(date, timeZone, startHour);
  }
  const boundaries = [start];
  while (start < toMs) {
    date = date.add(step);
    start = dayStartMs(date, timeZone, startHour);
    // a zone that skips a date (Samoa 2011) gives it no length
    if (start > boundaries[boundaries.length - 1]!) boundaries.push(start);
  }
  return Float64Array.from(boundaries);
}

/** Day and night stretches: `isDay[i]` tells what bucket i is. */
export type DayNight = {boundaries: Boundaries; isDay: boolean[]};

/**
 * Days and nights of an IANA zone that cover [fromMs, toMs), by the clock: day from `dayHour` to `nightHour`. The default,
 * 06–22 and 22–06, is that of noise. Source: GB 3096-2008, 3.3.
 */
export function dayNightBoundaries(
  fromMs: number,
  toMs: number,
  timeZone: string,
  dayHour = 6,
  nightHour = 22,
): DayNight {
  const days = zonedBoundaries(fromMs, toMs, timeZone, 'P1D', dayHour);
  const nights = new Set(zonedBoundaries(fromMs, toMs, timeZone, 'P1D', nightHour));
  const all = [...new Set([...days, ...nights])].sort((a, b) => a - b);
  let first = 0;
  while (first + 1 < all.length && all[first + 1]! <= fromMs) first += 1;
  let last = all.length - 1;
  while (last > first && all[last - 1]! >= toMs) last -= 1;
  const kept = all.slice(first, last + 1);
  return {
    boundaries: Float64Array.from(kept),
    isDay: kept.slice(0, -1).map((start) => !nights.has(start)),
  };
}
