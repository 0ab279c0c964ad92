import {describe, expect, it} from 'vitest';
import {clockMs, clockText} from '../../../twin-ui/text/local-time.ts';

describe('the clock of a zone', () => {
  // Offsets of the IANA time zone database: Chongqing +8; Adelaide +9:30, +10:30 in summer, from 2026-10-04T02:00 (16:30 UTC
  // the day before) to 2027-04-04T03:00; New York −4 until 2026-11-01T02:00 (06:00 UTC), then −5.
  it.each([
    {zone: 'Asia/Shanghai', clock: '2026-11-29T16:00:00', utc: '2026-11-29T08:00:00Z'},
    {zone: 'Asia/Shanghai', clock: '2026-01-01T00:00:01', utc: '2025-12-31T16:00:01Z'},
    {zone: 'Australia/Adelaide', clock: '2026-10-04T01:59:59', utc: '2026-10-03T16:29:59Z'},
    {zone: 'Australia/Adelaide', clock: '2026-10-04T03:00:00', utc: '2026-10-03T16:30:00Z'},
    {zone: 'America/New_York', clock: '2026-11-01T00:30:00', utc: '2026-11-01T04:30:00Z'},
    {zone: 'America/New_York', clock: '2026-11-01T02:30:00', utc: '2026-11-01T07:30:00Z'},
    {zone: 'UTC', clock: '2028-02-29T23:59:59', utc: '2028-02-29T23:59:59Z'},
  ])('shows $clock in $zone at $utc', ({zone, clock, utc}) => {
    expect(clockText(Date.parse(utc), zone)).toBe(clock);
    expect(clockMs(clock, zone)).toBe(Date.parse(utc));
  });

  it('takes the first of an hour that comes twice, and moves one that never comes', () => {
    expect(clockMs('2026-11-01T01:30:00', 'America/New_York')).toBe(Date.parse('2026-11-01T05:30:00Z'));
    // 02:30 is skipped in Adelaide: an hour later by the clock.
    const moved = clockMs('2026-10-04T02:30:00', 'Australia/Adelaide')!;
    expect(clockText(moved, 'Australia/Adelaide')).toBe('2026-10-04T03:30:00');
  });

  it('reads minutes alone, as a field without seconds gives them, and nothing else', () => {
    expect(clockMs('2026-11-29T16:00', 'Asia/Shanghai')).toBe(Date.parse('2026-11-29T08:00:00Z'));
    for (const text of ['', '2026-11-29', '16:00', '2026-13-01T00:00', '2026-11-29T16:00Z', 'now']) {
      expect(clockMs(text, 'Asia/Shanghai'), text).toBeNull();
    }
  });
});
