import {Temporal} from 'temporal-polyfill';

/** How a local time was understood: there is one, there are two (clocks go back), or none (clocks go forward). */
export type LocalTimeNote = 'ambiguous' | 'skipped';
export type Resolved = {
  timeMs: number;
  note?: LocalTimeNote;
  /** The later of two instants that an ambiguous local time may mean. */
  laterMs?: number;
};

const FIXED = /^([+-])(\d\d):?(\d\d)$/;
const HOUR_MS = 3_600_000;
const MOST_CACHED_HOURS = 20_000;

/** Turns wall-clock times of a zone into instants. `wallMs` is what `Date.UTC` gives for the wall clock's figures. */
export type LocalClock = (wallMs: number) => Resolved;

function wallDateTime(wallMs: number): Temporal.PlainDateTime {
  const date = new Date(wallMs);
  return new Temporal.PlainDateTime(
    date.getUTCFullYear(),
    date.getUTCMonth() + 1,
    date.getUTCDate(),
    date.getUTCHours(),
    date.getUTCMinutes(),
    date.getUTCSeconds(),
    date.getUTCMilliseconds(),
  );
}

function resolve(wallMs: number, zone: string): Resolved {
  const wall = wallDateTime(wallMs);
  const earlier = wall.toZonedDateTime(zone, {disambiguation: 'earlier'});
  const later = wall.toZonedDateTime(zone, {disambiguation: 'later'});
  if (earlier.epochMilliseconds === later.epochMilliseconds) return {timeMs: earlier.epochMilliseconds};
  // Clocks go back: both show the wall time asked for; the first pass is taken unless a caller knows better.
  if (earlier.toPlainDateTime().equals(wall)) {
    return {timeMs: earlier.epochMilliseconds, note: 'ambiguous', laterMs: later.epochMilliseconds};
  }
  // Clocks go forward: a clock that was not set shows this time; it stands as far after the jump as it says.
  return {timeMs: later.epochMilliseconds, note: 'skipped'};
}

/**
 * A clock of a fixed offset (`+08:00`), of `UTC`, or of an IANA zone.
 * @throws {RangeError} if the zone is not known.
 */
export function localClock(zone: string): LocalClock {
  const fixed = FIXED.exec(zone);
  if (fixed) {
    const hours = Number(fixed[2]);
    const minutes = Number(fixed[3]);
    if (hours > 18 || minutes > 59) throw new RangeError(`an offset up to 18:00 was expected, got ${zone}`);
    const offsetMs = (fixed[1] === '-' ? -1 : 1) * (hours * 60 + minutes) * 60_000;
    return (wallMs) => ({timeMs: wallMs - offsetMs});
  }
  if (zone === 'UTC' || zone === 'Z') return (wallMs) => ({timeMs: wallMs});
  try {
    resolve(0, zone);
  } catch {
    throw new RangeError(`zone: an IANA zone or an offset such as +08:00 was expected, got ${zone}`);
  }

  // Offset of each wall-clock hour that has but one; null for an hour in which clocks change.
  const offsets = new Map<number, number | null>();
  return (wallMs) => {
    const hour = Math.floor(wallMs / HOUR_MS);
    let offsetMs = offsets.get(hour);
    if (offsetMs === undefined) {
      const first = resolve(hour * HOUR_MS, zone);
      const last = resolve(hour * HOUR_MS + HOUR_MS - 1, zone);
      const plain = !first.note && !last.note && last.timeMs - first.timeMs === HOUR_MS - 1;
      offsetMs = plain ? hour * HOUR_MS - first.timeMs : null;
      if (offsets.size >= MOST_CACHED_HOURS) offsets.clear();
      offsets.set(hour, offsetMs);
    }
    return offsetMs === null ? resolve(wallMs, zone) : {timeMs: wallMs - offsetMs};
  };
}
