import {describe, expect, it} from 'vitest';
import {createZoneClock} from '../../../devices/fleet/zone-clock.ts';

const iso = (ms: number) => new Date(ms).toISOString();
const day = (text: string) => Date.parse(`${text}T00:00:00Z`) / 86_400_000;

// Offsets and changes after the IANA time zone database.
describe('civil time', () => {
  it.each([
    ['Asia/Shanghai', '2026-07-01T00:00:00Z', 8],
    ['Australia/Adelaide', '2026-01-01T00:00:00Z', 10.5],
    ['Australia/Adelaide', '2026-07-01T00:00:00Z', 9.5],
    ['Australia/Lord_Howe', '2026-01-01T00:00:00Z', 11],
    ['America/St_Johns', '2026-01-01T00:00:00Z', -3.5],
    // The last second before and the first after the change of 2026-03-29, 01:00 UTC.
    ['Europe/Berlin', '2026-03-29T00:59:59Z', 1],
    ['Europe/Berlin', '2026-03-29T01:00:00Z', 2],
    // Adelaide leaves summer time on 2026-04-05, 03:00 local (2026-04-04T16:30Z).
    ['Australia/Adelaide', '2026-04-04T16:29:59Z', 10.5],
    ['Australia/Adelaide', '2026-04-04T16:30:00Z', 9.5],
  ])('%s at %s is UTC %d h', (zone, time, hours) => {
    expect(createZoneClock(zone).offsetMs(Date.parse(time))).toBe(hours * 3_600_000);
  });

  it.each([
    ['Asia/Shanghai', '2026-11-22', 0, '2026-11-21T16:00:00.000Z'],
    ['Asia/Shanghai', '2026-11-22', 6, '2026-11-21T22:00:00.000Z'],
    ['Australia/Adelaide', '2026-04-05', 0, '2026-04-04T13:30:00.000Z'],
    ['Australia/Adelaide', '2026-04-06', 0, '2026-04-05T14:30:00.000Z'],
    // 02:30 does not exist on this day: the instant of the skip, an hour on.
    ['Europe/Berlin', '2026-03-29', 2.5, '2026-03-29T01:30:00.000Z'],
  ])('%s, %s at %d h is %s', (zone, date, hour, expected) => {
    const clock = createZoneClock(zone);
    const instant = clock.instantOf(day(date), hour);
    expect(iso(instant)).toBe(expected);
    expect(clock.dayNumber(instant)).toBe(day(date));
  });

  it('gives the local hour of day', () => {
    expect(createZoneClock('Australia/Adelaide').hourOfDay(Date.parse('2026-07-01T00:00:00Z'))).toBe(9.5);
  });

  it('refuses a zone that nobody knows', () => {
    expect(() => createZoneClock('Mars/Olympus')).toThrow(RangeError);
  });
});
