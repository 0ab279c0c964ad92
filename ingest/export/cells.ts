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
} from '#schemas';

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

const isoOf = (ms: number): string => {
  const text = new Date(ms).toISOString();
  return text.endsWith('.000Z') ? text.slice(0, -5) : text.slice(0, -1);
};

/** ISO 8601 UTC with `Z`. */
export function utcText(timeMs: number): string {
  return `${isoOf(timeMs)}Z`;
}

/** ISO 8601 as the clocks of a zone showed it, with the offset then: `2026-10-25T02:30:00+02:00` and `…+01:00` differ. */
export function localTexts(timeZone: string): (timeMs: number) => string {
  let fromMs = Number.POSITIVE_INFINITY;
  let toMs = Number.NEGATIVE_INFINITY;
  let offsetMs = 0;
  let offset = '';
  return (timeMs) => {
    if (timeMs < fromMs || timeMs >= toMs) {
      const at = Temporal.Instant.fromEpochMilliseconds(timeMs).toZonedDateTimeISO(timeZone);
      offset = at.offset;
      offsetMs = at.offsetNanoseconds / 1e6;
      fromMs = timeMs;
      toMs = at.getTimeZoneTransition('next')?.epochMilliseconds ?? Number.POSITIVE_INFINITY;
    }
    return `${isoOf(timeMs + offsetMs)}${offset}`;
  };
}
