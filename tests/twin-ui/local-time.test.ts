import {describe, expect, it} from 'vitest';
import {instantOfLocal, localInput} from '../../twin-ui/text/local-time.ts';

const iso = (timeMs: number) => new Date(timeMs).toISOString();

// Offsets and clock changes: IANA time zone database (tzdata), files asia, australasia, europe.
describe('times on the clocks of a site', () => {
  it.each([
    {zone: 'Asia/Shanghai', text: '2026-11-29T08:05', utc: '2026-11-29T00:05:00.000Z'},
    {zone: 'Australia/Adelaide', text: '2026-01-01T00:00', utc: '2025-12-31T13:30:00.000Z'},
    {zone: 'Australia/Adelaide', text: '2026-07-01T00:00', utc: '2026-06-30T14:30:00.000Z'},
    // Clocks go back at 03:00 on 25 October: 02:30 comes twice, the first is summer time.
    {zone: 'Europe/Berlin', text: '2026-10-25T02:30', utc: '2026-10-25T00:30:00.000Z'},
    // The day after midnight of a change still has the old offset until the change.
    {zone: 'Europe/Berlin', text: '2026-03-29T01:00', utc: '2026-03-29T00:00:00.000Z'},
    {zone: 'Europe/Berlin', text: '2026-03-29T04:00', utc: '2026-03-29T02:00:00.000Z'},
  ])('$text in $zone is $utc', ({zone, text, utc}) => {
    expect(iso(instantOfLocal(text, zone))).toBe(utc);
    expect(localInput(Date.parse(utc), zone)).toBe(text);
  });

  it('takes a date as its midnight, and an hour that clocks skip as the one after it', () => {
    expect(iso(instantOfLocal('2026-11-29', 'Asia/Shanghai'))).toBe('2026-11-28T16:00:00.000Z');
    expect(localInput(instantOfLocal('2026-03-29T02:30', 'Europe/Berlin'), 'Europe/Berlin')).toBe(
      '2026-03-29T03:30',
    );
  });

  it('knows no instant of what is no date', () => {
    expect(instantOfLocal('soon', 'UTC')).toBeNaN();
    expect(instantOfLocal('', 'UTC')).toBeNaN();
  });
});
