import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import {parseInstantMs} from '#model';
import {InputError} from '#schemas';

describe('parseInstantMs', () => {
  it.each([
    ['1970-01-01T00:00:00Z', 0],
    ['2026-11-22T08:00:00Z', Date.UTC(2026, 10, 22, 8)],
    ['2026-11-22T08:00Z', Date.UTC(2026, 10, 22, 8)],
    ['2026-11-22T16:00:00+08:00', Date.UTC(2026, 10, 22, 8)],
    ['2026-11-22T16:00:00+0800', Date.UTC(2026, 10, 22, 8)],
    ['2026-11-22T16:00:00+08', Date.UTC(2026, 10, 22, 8)],
    ['2026-11-22T04:30:00.250-03:30', Date.UTC(2026, 10, 22, 8, 0, 0, 250)],
    ['2026-11-22T08:00:00.5Z', Date.UTC(2026, 10, 22, 8, 0, 0, 500)],
    ['2026-11-22T08:00:00,05Z', Date.UTC(2026, 10, 22, 8, 0, 0, 50)],
    ['2026-11-22T08:00:00.1239999Z', Date.UTC(2026, 10, 22, 8, 0, 0, 123)],
    ['2024-02-29T23:59:59.999Z', Date.UTC(2024, 1, 29, 23, 59, 59, 999)],
    ['2000-02-29T00:00:00Z', Date.UTC(2000, 1, 29)],
    ['1969-12-31T23:59:59Z', -1000],
    ['0000-01-01T00:00:00Z', -62_167_219_200_000],
    ['9999-12-31T23:59:59.999Z', 253_402_300_799_999],
  ])('%s', (text, expected) => {
    expect(parseInstantMs(text)).toBe(expected);
  });

  it.each([
    ['2026-11-22T08:00:00', 'no zone'],
    ['2026-11-22', 'no T'],
    ['2026-11-22 08:00:00Z', 'no T'],
    ['2026-11-22t08:00:00Z', 'no T'],
    ['2026-11-22T08:00:00z', 'no zone'],
    ['2026-02-29T00:00:00Z', 'day 29'],
    ['2100-02-29T00:00:00Z', 'day 29'],
    ['2026-13-01T00:00:00Z', 'month 13'],
    ['2026-00-01T00:00:00Z', 'month 0'],
    ['2026-01-00T00:00:00Z', 'day 0'],
    ['2026-01-01T24:00:00Z', 'time of day'],
    ['2026-01-01T00:60:00Z', 'time of day'],
    ['2016-12-31T23:59:60Z', 'second 60'],
    ['2026-01-01T00:00:00.Z', 'decimal sign'],
    ['2026-01-01T00:00:00+15:00', 'no such zone'],
    ['2026-01-01T00:00:00+08:0', 'no such zone'],
    ['2026-01-01T00:00:00+08:60', 'no such zone'],
    ['2026-01-01T00:00:00+0', 'no zone'],
    ['2026-01-01T00:00:00Z ', 'more text'],
    [' 2026-01-01T00:00:00Z', 'no date'],
    ['2026-01-01T00:00:00Z[Asia/Shanghai]', 'more text'],
    ['26-01-01T00:00:00Z', 'no date'],
    ['20260101T000000Z', 'no date'],
    ['1700000000', 'no date'],
    ['', 'no date'],
    ['２０２６-01-01T00:00:00Z', 'no date'],
    ['2026-1-1T00:00:00Z', 'no date'],
  ])('refuses %s: %s', (text, why) => {
    expect(() => parseInstantMs(text)).toThrow(InputError);
    expect(() => parseInstantMs(text)).toThrow(why);
    try {
      parseInstantMs(text);
    } catch (error) {
      expect((error as InputError).code).toBe('time_invalid');
    }
  });

  it('reads back what the platform writes', () => {
    fc.assert(
      fc.property(fc.integer({min: -62_167_219_200_000, max: 253_402_300_799_999}), (ms) => {
        expect(parseInstantMs(new Date(ms).toISOString())).toBe(ms);
      }),
    );
  });

  it('never does anything but answer or refuse', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.stringMatching(/^2026-1[0-9T:.,+Z-]{5,20}$/)), (text) => {
        try {
          expect(Number.isSafeInteger(parseInstantMs(text))).toBe(true);
        } catch (error) {
          expect(error).toBeInstanceOf(InputError);
        }
      }),
    );
  });
});
