import {InputError} from '#schemas';

const ZERO = 48;
const PLUS = 43;
const COMMA = 44;
const MINUS = 45;
const DOT = 46;
const COLON = 58;
const LETTER_T = 84;
const LETTER_Z = 90;
const DAYS_IN_MONTH = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
const MS_PER_DAY = 86_400_000;
/** No zone on Earth is further from UTC. */
const LARGEST_OFFSET_H = 14;

function refuse(text: string, why: string): never {
  const shown = text.length > 60 ? `${text.slice(0, 60)}…` : text;
  throw new InputError(
    'time_invalid',
    `expected an ISO 8601 time with a zone such as 2026-11-22T08:00:00Z, got ${JSON.stringify(shown)}: ${why}`,
  );
}

/** Two digits at `at`; -1 if they are none. */
function twoDigits(text: string, at: number): number {
  const tens = text.charCodeAt(at) - ZERO;
  const ones = text.charCodeAt(at + 1) - ZERO;
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : -1;
}

/** Days from 1970-01-01 to a date of the proleptic Gregorian calendar. Source: Hinnant, chrono-compatible date algorithms. */
function daysFromCivil(year: number, month: number, day: number): number {
  const shifted = month <= 2 ? year - 1 : year;
  const era = Math.floor(shifted / 400);
  const yearOfEra = shifted - era * 400;
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * 146_097 + dayOfEra - 719_468;
}

/**
 * Milliseconds since 1970 of an ISO 8601 instant: `YYYY-MM-DDThh:mm[:ss[.fraction]]` and `Z`, `±hh`, `±hhmm` or `±hh:mm`.
 * Digits beyond the millisecond are cut off, so that the same text is always the same instant and never a later one.
 * Leap seconds and 24:00 are refused, as is a time without a zone.
 * @throws {InputError} `time_invalid`.
 */
export function parseInstantMs(text: string): number {
  const yearHigh = twoDigits(text, 0);
  const yearLow = twoDigits(text, 2);
  const month = twoDigits(text, 5);
  const day = twoDigits(text, 8);
  if (yearHigh < 0 || yearLow < 0 || month < 0 || day < 0) refuse(text, 'no date');
  if (text.charCodeAt(4) !== MINUS || text.charCodeAt(7) !== MINUS) refuse(text, 'no date');
  const year = yearHigh * 100 + yearLow;
  if (month < 1 || month > 12) refuse(text, `month ${month}`);
  const leap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  const lastDay = month === 2 && leap ? 29 : DAYS_IN_MONTH[month - 1]!;
  if (day < 1 || day > lastDay) refuse(text, `day ${day} of a month with ${lastDay}`);

  if (text.charCodeAt(10) !== LETTER_T) refuse(text, 'no T between date and time');
  const hour = twoDigits(text, 11);
  const minute = twoDigits(text, 14);
  if (hour < 0 || minute < 0 || text.charCodeAt(13) !== COLON) refuse(text, 'no time of day');
  if (hour > 23 || minute > 59) refuse(text, 'no such time of day');
  let at = 16;
  let second = 0;
  let ms = 0;
  if (text.charCodeAt(at) === COLON) {
    second = twoDigits(text, at + 1);
    if (second < 0) refuse(text, 'no seconds after the colon');
    if (second > 59) refuse(text, `second ${second}`);
    at += 3;
    const mark = text.charCodeAt(at);
    if (mark === DOT || mark === COMMA) {
      at += 1;
      const start = at;
      for (let scale = 100; ; at += 1) {
        const digit = text.charCodeAt(at) - ZERO;
        if (!(digit >= 0 && digit <= 9)) break;
        ms += digit * scale;
        scale = scale === 100 ? 10 : scale === 10 ? 1 : 0;
      }
      if (at === start) refuse(text, 'no digits after the decimal sign');
    }
  }

  const zone = text.charCodeAt(at);
  let offsetMinutes = 0;
  if (zone === LETTER_Z) {
    at += 1;
  } else if (zone === PLUS || zone === MINUS) {
    const offsetHour = twoDigits(text, at + 1);
    if (offsetHour < 0) refuse(text, 'no zone');
    at += 3;
    let offsetMinute = 0;
    if (at < text.length) {
      if (text.charCodeAt(at) === COLON) at += 1;
      offsetMinute = twoDigits(text, at);
      at += 2;
    }
    if (offsetHour > LARGEST_OFFSET_H || offsetMinute < 0 || offsetMinute > 59) refuse(text, 'no such zone');
    offsetMinutes = (offsetHour * 60 + offsetMinute) * (zone === MINUS ? -1 : 1);
  } else {
    refuse(text, 'no zone');
  }
  if (at !== text.length) refuse(text, 'more text after the zone');
  return (
    daysFromCivil(year, month, day) * MS_PER_DAY +
    hour * 3_600_000 +
    (minute - offsetMinutes) * 60_000 +
    second * 1000 +
    ms
  );
}
