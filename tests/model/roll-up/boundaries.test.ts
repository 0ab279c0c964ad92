import {describe, expect, it} from 'vitest';
import {dayNightBoundaries, fixedBoundaries, zonedBoundaries} from '#model';

const at = (text: string) => Date.parse(text);
const texts = (boundaries: Float64Array) =>
  [...boundaries].map((ms) => new Date(ms).toISOString().replace(':00.000Z', 'Z'));
const hours = (boundaries: Float64Array) =>
  [...boundaries.slice(1)].map((end, i) => (end - boundaries[i]!) / 3_600_000);

// Clock changes: IANA time zone database (tzdata), files australasia, europe, southamerica, asia
describe('zonedBoundaries', () => {
  it('gives rain days from 08 to 08 in UTC+8', () => {
    const days = zonedBoundaries(
      at('2026-07-01T00:00:00Z'),
      at('2026-07-03T00:00:00Z'),
      'Asia/Shanghai',
      'P1D',
      8,
    );
    expect(texts(days)).toEqual(['2026-07-01T00:00Z', '2026-07-02T00:00Z', '2026-07-03T00:00Z']);
    const early = zonedBoundaries(
      at('2026-06-30T23:59:59Z'),
      at('2026-07-01T00:00:00Z'),
      'Asia/Shanghai',
      'P1D',
      8,
    );
    expect(texts(early)).toEqual(['2026-06-30T00:00Z', '2026-07-01T00:00Z']);
  });

  it.each([
    {
      zone: 'Australia/Lord_Howe',
      from: '2026-04-04T13:00:00Z',
      to: '2026-04-06T13:30:00Z',
      lengths: [24.5, 24],
    },
    {
      zone: 'Australia/Lord_Howe',
      from: '2026-10-03T13:30:00Z',
      to: '2026-10-05T13:00:00Z',
      lengths: [23.5, 24],
    },
    {zone: 'Europe/Berlin', from: '2026-03-28T23:00:00Z', to: '2026-03-30T22:00:00Z', lengths: [23, 24]},
    {zone: 'Europe/Berlin', from: '2026-10-24T22:00:00Z', to: '2026-10-26T23:00:00Z', lengths: [25, 24]},
    {zone: 'Asia/Kathmandu', from: '2026-01-01T18:15:00Z', to: '2026-01-02T18:15:00Z', lengths: [24]},
    // clocks went from 00:00 to 01:00: the day began at 01:00
    {zone: 'America/Sao_Paulo', from: '2018-11-04T03:00:00Z', to: '2018-11-06T02:00:00Z', lengths: [23, 24]},
    // 2011-12-30 was left out
    {zone: 'Pacific/Apia', from: '2011-12-29T10:00:00Z', to: '2011-12-31T10:00:00Z', lengths: [24, 24]},
  ])('gives days of $lengths h in $zone from $from', ({zone, from, to, lengths}) => {
    const days = zonedBoundaries(at(from), at(to), zone, 'P1D');
    expect(days[0]).toBe(at(from));
    expect(hours(days)).toEqual(lengths);
  });

  // ISO 8601: weeks begin on Monday; Adelaide's clocks went forward on Sunday 4 October 2026.
  it.each([
    {zone: 'Asia/Shanghai', from: '2026-10-01T00:00:00Z', first: '2026-09-27T16:00Z', lengths: [168]},
    {zone: 'Australia/Adelaide', from: '2026-09-30T00:00:00Z', first: '2026-09-27T14:30Z', lengths: [167]},
    {zone: 'UTC', from: '2027-01-01T00:00:00Z', first: '2026-12-28T00:00Z', lengths: [168]},
  ])('gives local weeks from Monday in $zone', ({zone, from, first, lengths}) => {
    const weeks = zonedBoundaries(at(from), at(from) + 3_600_000, zone, 'P1W');
    expect(texts(weeks)[0]).toBe(first);
    expect(hours(weeks)).toEqual(lengths);
  });

  it('gives local months', () => {
    const months = zonedBoundaries(
      at('2026-01-15T00:00:00Z'),
      at('2026-03-01T00:00:00Z'),
      'Asia/Shanghai',
      'P1M',
    );
    expect(texts(months)).toEqual([
      '2025-12-31T16:00Z',
      '2026-01-31T16:00Z',
      '2026-02-28T16:00Z',
      '2026-03-31T16:00Z',
    ]);
    const rain = zonedBoundaries(
      at('2026-02-01T00:00:00Z'),
      at('2026-02-02T00:00:00Z'),
      'Asia/Shanghai',
      'P1M',
      8,
    );
    expect(texts(rain)).toEqual(['2026-02-01T00:00Z', '2026-03-01T00:00Z']);
  });

  it('covers the range with nothing to spare, and an empty range with its own day', () => {
    const one = zonedBoundaries(at('2026-07-01T00:00:00Z'), at('2026-07-02T00:00:00Z'), 'UTC', 'P1D');
    expect(texts(one)).toEqual(['2026-07-01T00:00Z', '2026-07-02T00:00Z']);
    expect(zonedBoundaries(0, 0, 'UTC', 'P1D')).toHaveLength(1);
  });

  it('refuses a zone or start hour that does not exist', () => {
    expect(() => zonedBoundaries(0, 1, 'Mars/Olympus', 'P1D')).toThrow(RangeError);
    expect(() => zonedBoundaries(0, 1, 'UTC', 'P1D', 24)).toThrow('start hour of 0 to 23, got 24');
  });
});

it('fixedBoundaries gives whole multiples since 1970, before it too', () => {
  expect([...fixedBoundaries(61_000, 180_000, 60_000)]).toEqual([60_000, 120_000, 180_000]);
  expect([...fixedBoundaries(-1, 1, 60_000)]).toEqual([-60_000, 0, 60_000]);
  expect(() => fixedBoundaries(0, 1, 0)).toThrow(RangeError);
});

it('dayNightBoundaries parts days at 06 and 22 local time', () => {
  const {boundaries, isDay} = dayNightBoundaries(
    at('2026-07-01T00:00:00Z'),
    at('2026-07-02T00:00:00Z'),
    'Asia/Shanghai',
  );
  expect(texts(boundaries)).toEqual([
    '2026-06-30T22:00Z',
    '2026-07-01T14:00Z',
    '2026-07-01T22:00Z',
    '2026-07-02T14:00Z',
  ]);
  expect(isDay).toEqual([true, false, true]);
  // the night of a clock change is an hour shorter
  const spring = dayNightBoundaries(at('2026-03-28T22:00:00Z'), at('2026-03-29T05:00:00Z'), 'Europe/Berlin');
  expect(spring.isDay).toEqual([false, true]);
  expect(hours(spring.boundaries)).toEqual([7, 16]);
});
