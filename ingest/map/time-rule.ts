import {InputError, type TimeRule} from '#schemas';
import {type LocalClock, localClock, type Resolved} from './zone-time.ts';

/** Reads the time of a payload by one rule. Null: the payload has none (time of arrival counts). */
export type TimeReader = (value: unknown) => Resolved | null;

const ISO =
  /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?)?\s?(Z|z|[+-]\d\d(?::?\d\d)?)?$/;
/** Patterns' tokens, longest first, with the digits that they take. */
const TOKENS: readonly (readonly [token: string, digits: string])[] = [
  ['yyyy', '\\d{4}'],
  ['SSS', '\\d{3}'],
  ['MM', '\\d{2}'],
  ['dd', '\\d{2}'],
  ['HH', '\\d{2}'],
  ['mm', '\\d{2}'],
  ['ss', '\\d{2}'],
  ['M', '\\d{1,2}'],
  ['d', '\\d{1,2}'],
  ['H', '\\d{1,2}'],
];
const LARGEST_UNIX_MS = 8.64e15;

type Figures = {
  year: number;
  month: number;
  day: number;
  hour: number;
  minute: number;
  second: number;
  ms: number;
};

/** Wall-clock figures as `Date.UTC` counts them. Hour 24 is the end of the day. @throws {InputError} `time_invalid`. */
function wallMsOf(figures: Figures, text: string): number {
  const {year, month, day, hour, minute, second, ms} = figures;
  const endOfDay = hour === 24 && minute === 0 && second === 0 && ms === 0;
  const wallMs = Date.UTC(year, month - 1, day, hour, minute, second, ms);
  const date = new Date(wallMs - (endOfDay ? 86_400_000 : 0));
  const real =
    year >= 1 &&
    date.getUTCFullYear() === year &&
    date.getUTCMonth() === month - 1 &&
    date.getUTCDate() === day &&
    (hour < 24 || endOfDay) &&
    minute < 60 &&
    second < 60;
  if (!real)
    throw new InputError('time_invalid', `a real date and time of day was expected, got ${quote(text)}`);
  return wallMs;
}

function quote(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}

function offsetMsOf(text: string): number {
  if (text === 'Z' || text === 'z') return 0;
  const minutes = Number(text.slice(1, 3)) * 60 + Number(text.slice(3).replace(':', '') || 0);
  return (text.startsWith('-') ? -1 : 1) * minutes * 60_000;
}

function isoReader(clock: LocalClock | null): TimeReader {
  return (value) => {
    const match = typeof value === 'string' ? ISO.exec(value.trim()) : null;
    if (!match) {
      throw new InputError('time_invalid', `an ISO 8601 time was expected, got ${quote(value)}`);
    }
    const wallMs = wallMsOf(
      {
        year: Number(match[1]),
        month: Number(match[2]),
        day: Number(match[3]),
        hour: Number(match[4] ?? 0),
        minute: Number(match[5] ?? 0),
        second: Number(match[6] ?? 0),
        ms: Number((match[7] ?? '').padEnd(3, '0').slice(0, 3)),
      },
      value as string,
    );
    const zone = match[8];
    if (zone !== undefined) return {timeMs: wallMs - offsetMsOf(zone)};
    if (clock) return clock(wallMs);
    throw new InputError(
      'time_invalid',
      `a time with Z or an offset was expected (the map names no zone), got ${quote(value)}`,
    );
  };
}

function unixReader(msPerUnit: number): TimeReader {
  return (value) => {
    const number = typeof value === 'string' && /^-?\d+(\.\d+)?$/.test(value.trim()) ? Number(value) : value;
    if (
      typeof number !== 'number' ||
      !Number.isFinite(number) ||
      Math.abs(number * msPerUnit) > LARGEST_UNIX_MS
    ) {
      throw new InputError(
        'time_invalid',
        `a number of ${msPerUnit === 1 ? 'milli' : ''}seconds since 1970 was expected, got ${quote(value)}`,
      );
    }
    return {timeMs: Math.round(number * msPerUnit)};
  };
}

function patternReader(pattern: string, clock: LocalClock): TimeReader {
  const tokens: string[] = [];
  let source = '';
  for (let at = 0; at < pattern.length; ) {
    const found = TOKENS.find(([token]) => pattern.startsWith(token, at));
    if (found) {
      tokens.push(found[0]);
      source += `(${found[1]})`;
      at += found[0].length;
    } else {
      source += pattern[at]!.replace(/[\\^$.*+?()[\]{}|/-]/, '\\$&');
      at++;
    }
  }
  const expression = new RegExp(`^${source}$`);
  return (value) => {
    const match =
      typeof value === 'string' || typeof value === 'number' ? expression.exec(String(value).trim()) : null;
    if (!match)
      throw new InputError('time_invalid', `a time as ${pattern} was expected, got ${quote(value)}`);
    const figures: Figures = {year: 0, month: 1, day: 1, hour: 0, minute: 0, second: 0, ms: 0};
    tokens.forEach((token, index) => {
      const number = Number(match[index + 1]);
      if (token === 'yyyy') figures.year = number;
      else if (token === 'SSS') figures.ms = number;
      else if (token === 'MM' || token === 'M') figures.month = number;
      else if (token === 'dd' || token === 'd') figures.day = number;
      else if (token === 'HH' || token === 'H') figures.hour = number;
      else if (token === 'mm') figures.minute = number;
      else figures.second = number;
    });
    return clock(wallMsOf(figures, String(value)));
  };
}

function readerOf(rule: TimeRule): TimeReader {
  const {format = 'iso', zone} = rule;
  const clock = zone === undefined ? null : localClock(zone);
  if (format === 'iso') return isoReader(clock);
  if (format === 'unix') return unixReader(1000);
  if (format === 'unixMs') return unixReader(1);
  if (!format.includes('yyyy')) {
    throw new RangeError(
      `format: iso, unix, unixMs or a pattern with yyyy MM dd HH mm ss was expected, got ${format}`,
    );
  }
  if (!clock) throw new RangeError(`format ${format} has no zone: a zone was expected`);
  return patternReader(format, clock);
}

/**
 * The reader of a map's time rule. A period's end becomes its start (`stampsEndOfS`).
 * @throws {RangeError} if the rule names a zone or format that is none.
 */
export function timeReader(rule: TimeRule): TimeReader {
  const read = readerOf(rule);
  const shiftMs = (rule.stampsEndOfS ?? 0) * 1000;
  return (value) => {
    if (value === undefined || value === null || (typeof value === 'string' && value.trim() === ''))
      return null;
    const resolved = read(value)!;
    if (shiftMs === 0) return resolved;
    return {
      ...resolved,
      timeMs: resolved.timeMs - shiftMs,
      ...(resolved.laterMs === undefined ? {} : {laterMs: resolved.laterMs - shiftMs}),
    };
  };
}
