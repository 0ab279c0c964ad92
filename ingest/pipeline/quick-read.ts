import {parseInstantMs} from '#model';
import {InputError} from '#schemas';

/** Digits that a double holds exactly, and the powers of ten that it does: within them one division rounds correctly. */
const MOST_DIGITS = 15;
const POWERS = Array.from({length: MOST_DIGITS + 1}, (_, power) => 10 ** power);
const HEAD = Buffer.from('{"time":"');
const SEQ = Buffer.from(',"seq":');
const READINGS = Buffer.from(',"readings":{');
const ZERO = 48;
const NINE = 57;
const COMMA = 44;
const MINUS = 45;
const DOT = 46;
const COLON = 58;
const CLOSE = 125;
const LETTER_T = 84;
const LETTER_Z = 90;
const QUOTE = 34;
/** `2026-11-22T08:00:00` */
const DATE_LENGTH = 10;
const SECONDS_LENGTH = 19;

/**
 * The plain form of an uplink, read straight from its bytes without making text or objects of it:
 *
 *     {"time":"2026-11-22T08:00:00Z","seq":17,"readings":{"soil_moisture":0.31,"soil_temperature":20.1}}
 *
 * with a time in UTC and bare numbers under names that are known beforehand, in their order, and nothing else, not even a
 * space. That is what devices send most of the time. Whatever differs, however little, is left to the general reader,
 * which alone decides what is wrong; so what is read here is what that one would have read.
 */
export class QuickReader {
  timeMs = 0;
  /** How many of the names were there, and their values at the same places. */
  count = 0;
  readonly values: number[] = [];

  private at = 0;
  private value = 0;
  private readonly date = Buffer.alloc(DATE_LENGTH);
  private dateMs = 0;

  /** Whether `bytes[from, to)` is of the plain form, with these names (as `nameBytes` gives them) or the first of them. */
  read(bytes: Uint8Array, from: number, to: number, names: readonly Uint8Array[]): boolean {
    this.count = 0;
    if (!startsWith(bytes, from, to, HEAD)) return false;
    this.at = from + HEAD.length;
    if (!this.readTime(bytes, to)) return false;
    if (startsWith(bytes, this.at, to, SEQ)) {
      this.at += SEQ.length;
      if (!this.readNumber(bytes, to) || !Number.isInteger(this.value) || this.value < 0) return false;
    }
    if (!startsWith(bytes, this.at, to, READINGS)) return false;
    this.at += READINGS.length;
    for (let i = 0; i < names.length; i++) {
      const name = names[i]!;
      if (!startsWith(bytes, this.at, to, name)) return false;
      this.at += name.length;
      if (!this.readNumber(bytes, to)) return false;
      this.values[i] = this.value;
      this.count = i + 1;
      const after = bytes[this.at++];
      if (after === CLOSE) return bytes[this.at] === CLOSE && this.at + 1 === to;
      if (after !== COMMA) return false;
    }
    return false;
  }

  private readTime(bytes: Uint8Array, to: number): boolean {
    const {at, date} = this;
    // The shortest that may follow the seconds: `Z"`.
    if (at + SECONDS_LENGTH + 2 > to) return false;
    for (let i = 0; i < DATE_LENGTH; i++) {
      if (bytes[at + i] !== date[i]) {
        if (!this.readDate(bytes)) return false;
        break;
      }
    }
    if (bytes[at + 10] !== LETTER_T || bytes[at + 13] !== COLON || bytes[at + 16] !== COLON) return false;
    const hour = twoDigits(bytes, at + 11);
    const minute = twoDigits(bytes, at + 14);
    const second = twoDigits(bytes, at + 17);
    if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 59) return false;
    let end = at + SECONDS_LENGTH;
    let ms = 0;
    if (bytes[end] === DOT) {
      const tens = twoDigits(bytes, end + 1);
      const ones = bytes[end + 3]! - ZERO;
      if (tens < 0 || !(ones >= 0 && ones <= 9)) return false;
      ms = tens * 10 + ones;
      end += 4;
    }
    if (bytes[end] !== LETTER_Z || bytes[end + 1] !== QUOTE || end + 2 > to) return false;
    this.timeMs = this.dateMs + hour * 3_600_000 + minute * 60_000 + second * 1000 + ms;
    this.at = end + 2;
    return true;
  }

  /** Midnight of a date, by the general reader; the last one is remembered. */
  private readDate(bytes: Uint8Array): boolean {
    let text = '';
    for (let i = 0; i < DATE_LENGTH; i++) text += String.fromCharCode(bytes[this.at + i]!);
    try {
      this.dateMs = parseInstantMs(`${text}T00:00:00Z`);
    } catch (error) {
      if (error instanceof InputError) return false;
      throw error;
    }
    this.date.write(text, 'latin1');
    return true;
  }

  /** A number as JSON writes it, without an exponent and with at most 15 digits. */
  private readNumber(bytes: Uint8Array, to: number): boolean {
    let at = this.at;
    const negative = bytes[at] === MINUS;
    if (negative) at++;
    const first = at;
    let digits = 0;
    while (at < to) {
      const byte = bytes[at]!;
      if (byte < ZERO || byte > NINE) break;
      digits = digits * 10 + (byte - ZERO);
      at++;
    }
    const whole = at - first;
    if (whole === 0 || (whole > 1 && bytes[first] === ZERO)) return false;
    let decimals = 0;
    if (bytes[at] === DOT && at < to) {
      at++;
      const point = at;
      while (at < to) {
        const byte = bytes[at]!;
        if (byte < ZERO || byte > NINE) break;
        digits = digits * 10 + (byte - ZERO);
        at++;
      }
      decimals = at - point;
      if (decimals === 0) return false;
    }
    if (whole + decimals > MOST_DIGITS || at >= to) return false;
    const size = decimals === 0 ? digits : digits / POWERS[decimals]!;
    this.value = negative ? -size : size;
    this.at = at;
    return true;
  }
}

/** A name as it stands before its number: `"soil_moisture":`. */
export function nameBytes(name: string): Uint8Array {
  return Buffer.from(`${JSON.stringify(name)}:`);
}

function startsWith(bytes: Uint8Array, at: number, to: number, expected: Uint8Array): boolean {
  const {length} = expected;
  if (at + length > to) return false;
  for (let i = 0; i < length; i++) if (bytes[at + i] !== expected[i]) return false;
  return true;
}

function twoDigits(bytes: Uint8Array, at: number): number {
  const tens = bytes[at]! - ZERO;
  const ones = bytes[at + 1]! - ZERO;
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : -1;
}
