import {zonedBoundaries} from '#model';

/** After a day's end, time for its last messages to arrive, ms. What comes later still makes a revision. */
const GRACE_MS = 10 * 60_000;
const DAY_MS = 86_400_000;

/** End of the newest local day that is closed: its last messages have had time to arrive. */
export function closedUntilMs(nowMs: number, timeZone: string): number {
  const settledMs = nowMs - GRACE_MS;
  // The boundaries cover the settled instant: the last but one is the start of the day that it lies in.
  return zonedBoundaries(settledMs, settledMs + 1, timeZone, 'P1D')[0]!;
}

/** Starts of the local days that meet [fromMs, untilMs), oldest first; none if the stretch is empty. */
export function dayStarts(fromMs: number, untilMs: number, timeZone: string): number[] {
  if (fromMs >= untilMs) return [];
  return [...zonedBoundaries(fromMs, untilMs, timeZone, 'P1D')].filter((startMs) => startMs < untilMs);
}

/** Start of the local day before the one that begins at `dayMs`. */
export function dayBefore(dayMs: number, timeZone: string): number {
  return zonedBoundaries(dayMs - DAY_MS / 2, dayMs, timeZone, 'P1D')[0]!;
}
