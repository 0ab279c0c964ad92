import {Temporal} from 'temporal-polyfill';
import {InputError} from '#schemas';

const PERIOD = /^P(?:([1-9][0-9]{0,3})([DMY])|T([1-9][0-9]{0,4})([HMS]))$/;
const SECONDS = {H: 3600, M: 60, S: 1} as const;
/** Periods met so far → canonical text. Small: a period has few texts, and bad ones throw before. */
const canonical = new Map<string, string>();

function parts(period: string): RegExpExecArray {
  const match = PERIOD.exec(period);
  if (!match) {
    throw new InputError(
      'period_invalid',
      `expected a duration such as PT1M, PT1H, P1D or P1M, got ${JSON.stringify(period.slice(0, 32))}`,
    );
  }
  return match;
}

/**
 * One text for one period, so that `PT60M`, `PT3600S` and `PT1H` are one series: hours, else minutes, else seconds, and
 * whole years instead of months. `P1D` is a local day, `PT24H` 24 hours: they stay two.
 * @throws {InputError} `period_invalid`.
 */
export function canonicalPeriod(period: string): string {
  const known = canonical.get(period);
  if (known !== undefined) return known;
  const match = parts(period);
  let text = period;
  if (match[3] !== undefined) {
    const seconds = Number(match[3]) * SECONDS[match[4] as keyof typeof SECONDS];
    if (seconds % 3600 === 0) text = `PT${seconds / 3600}H`;
    else if (seconds % 60 === 0) text = `PT${seconds / 60}M`;
    else text = `PT${seconds}S`;
  } else if (match[2] === 'M' && Number(match[1]) % 12 === 0) {
    text = `P${Number(match[1]) / 12}Y`;
  }
  if (canonical.size < 10_000) canonical.set(period, text);
  return text;
}

/** Seconds of a period of hours, minutes or seconds; null for days, months and years, whose length a calendar tells. */
export function periodSeconds(period: string): number | null {
  const match = parts(period);
  return match[3] === undefined ? null : Number(match[3]) * SECONDS[match[4] as keyof typeof SECONDS];
}

/**
 * End (exclusive) of the period that starts at `startMs`; the start itself where there is no period. An observation is
 * stamped with the start of its period and its age counts from the end. Days, months and years are local to `timeZone`.
 */
export function periodEndMs(startMs: number, period: string | null, timeZone = 'UTC'): number {
  if (period === null) return startMs;
  const seconds = periodSeconds(period);
  if (seconds !== null) return startMs + seconds * 1000;
  return Temporal.Instant.fromEpochMilliseconds(startMs)
    .toZonedDateTimeISO(timeZone)
    .add(Temporal.Duration.from(period)).epochMilliseconds;
}
