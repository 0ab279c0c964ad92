import {Temporal} from 'temporal-polyfill';
import {
  deviceStatusOf,
  failedTests,
  flagOf,
  QC_CENSORED_ABOVE,
  QC_CENSORED_BELOW,
  QC_LATE,
  QC_TIME_SOURCE_SHIFT,
  TIME_SOURCE,
} from '#schemas/quality';

/** What a spreadsheet takes for the beginning of a formula: https://owasp.org/www-community/attacks/CSV_Injection */
const FORMULA = /^[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]/;

/** A text as a field of RFC 4180 that no spreadsheet reads as a formula: such a text gets an apostrophe in front. */
export function textCell(text: string | null): string {
  if (text === null) return '';
  const safe = FORMULA.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** A number to its last digit; empty for none. */
export function numberCell(value: number | null): string {
  return value === null || Number.isNaN(value) ? '' : String(value);
}

const TIME_SOURCES = Object.keys(TIME_SOURCE);

/** What a quality bit field says, in words. */
export type Verdict = {
  flag: number;
  /** Tests that did not pass. */
  failed: string[];
  censored: '<' | '>' | null;
  late: boolean;
  timeSource: string;
  deviceStatus: string | null;
};

function verdictOf(qc: number): Verdict {
  return {
    flag: flagOf(qc),
    failed: failedTests(qc),
    censored: (qc & QC_CENSORED_BELOW) !== 0 ? '<' : (qc & QC_CENSORED_ABOVE) !== 0 ? '>' : null,
    late: (qc & QC_LATE) !== 0,
    timeSource: TIME_SOURCES[(qc >> QC_TIME_SOURCE_SHIFT) & 3] ?? 'device',
    deviceStatus: deviceStatusOf(qc),
  };
}

const MOST_KNOWN = 10_000;

/** Verdicts by bit field, each made once: few differ among millions of rows. */
export function verdictBook<T>(make: (verdict: Verdict) => T): (qc: number) => T {
  const known = new Map<number, T>();
  return (qc) => {
    let made = known.get(qc);
    if (made === undefined) {
      if (known.size >= MOST_KNOWN) known.clear();
      made = make(verdictOf(qc));
      known.set(qc, made);
    }
    return made;
  };
}

const DAY_MS = 86_400_000;
const padded = (count: number, width: number) =>
  Array.from({length: count}, (_, number) => String(number).padStart(width, '0'));
const TWO = padded(60, 2);
const THREE = padded(1000, 3);

/** ISO 8601 without a zone, to the second or, where there are any, the millisecond. The day is made anew when it changes. */
function isoTexts(): (ms: number) => string {
  let fromMs = Number.NaN;
  let day = '';
  return (ms) => {
    if (!(ms >= fromMs && ms < fromMs + DAY_MS)) {
      fromMs = Math.floor(ms / DAY_MS) * DAY_MS;
      day = new Date(fromMs).toISOString().slice(0, -13);
    }
    const inDayMs = ms - fromMs;
    const seconds = Math.floor(inDayMs / 1000);
    const minutes = Math.floor(seconds / 60);
    const text = `${day}${TWO[Math.floor(minutes / 60)]}:${TWO[minutes % 60]}:${TWO[seconds % 60]}`;
    return inDayMs % 1000 === 0 ? text : `${text}.${THREE[inDayMs % 1000]}`;
  };
}

/** ISO 8601 UTC with `Z`. */
export function utcTexts(): (timeMs: number) => string {
  const iso = isoTexts();
  return (timeMs) => `${iso(timeMs)}Z`;
}

/** ISO 8601 as the clocks of a zone showed it, with the offset then: `2026-10-25T02:30:00+02:00` and `…+01:00` differ. */
export function localTexts(timeZone: string): (timeMs: number) => string {
  let fromMs = Number.POSITIVE_INFINITY;
  let toMs = Number.NEGATIVE_INFINITY;
  let offsetMs = 0;
  let offset = '';
  const iso = isoTexts();
  return (timeMs) => {
    if (timeMs < fromMs || timeMs >= toMs) {
      const at = Temporal.Instant.fromEpochMilliseconds(timeMs).toZonedDateTimeISO(timeZone);
      offset = at.offset;
      offsetMs = at.offsetNanoseconds / 1e6;
      fromMs = timeMs;
      toMs = at.getTimeZoneTransition('next')?.epochMilliseconds ?? Number.POSITIVE_INFINITY;
    }
    return `${iso(timeMs + offsetMs)}${offset}`;
  };
}
