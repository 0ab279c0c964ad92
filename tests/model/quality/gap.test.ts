import {describe, expect, it} from 'vitest';
import {expectedRows, findGaps} from '#model';

const MIN = 60_000;

describe('findGaps', () => {
  it.each([
    {what: 'none while values come', times: [0, 1, 2, 3, 4, 5], gaps: []},
    {what: 'none for three intervals', times: [0, 1, 2, 5], gaps: []},
    {
      what: 'one for more than three intervals',
      times: [0, 1, 5],
      gaps: [{fromMs: MIN, toMs: 5 * MIN, missing: 3}],
    },
    {
      what: 'several, with the edges of the range',
      times: [5, 6, 14],
      to: 20,
      gaps: [
        {fromMs: 0, toMs: 5 * MIN, missing: 5},
        {fromMs: 6 * MIN, toMs: 14 * MIN, missing: 7},
        {fromMs: 14 * MIN, toMs: 20 * MIN, missing: 5},
      ],
    },
    {
      what: 'the whole range without any value',
      times: [],
      to: 10,
      gaps: [{fromMs: 0, toMs: 10 * MIN, missing: 10}],
    },
    {
      what: 'values outside of the range do not count',
      times: [-1, 30],
      to: 10,
      gaps: [{fromMs: 0, toMs: 10 * MIN, missing: 10}],
    },
    {
      what: 'jitter does not change the number missing',
      times: [0, 4.9],
      to: 6,
      gaps: [{fromMs: 0, toMs: 4.9 * MIN, missing: 4}],
    },
  ])('finds $what', ({times, gaps, to}) => {
    expect(
      findGaps(
        times.map((minute) => minute * MIN),
        0,
        (to ?? 6) * MIN,
        60,
      ),
    ).toEqual(gaps);
  });

  it('a row without a value ends no gap', () => {
    const times = [0, 1, 3, 5, 6].map((minute) => minute * MIN);
    expect(findGaps(times, 0, 7 * MIN, 60, [1, 1, Number.NaN, 1, 1])).toEqual([
      {fromMs: MIN, toMs: 5 * MIN, missing: 3},
    ]);
  });

  it('knows no gaps where values come from campaigns', () => {
    expect(findGaps([0], 0, 1e12, null)).toEqual([]);
  });
});

// By the definition: one value an interval, what is begun of one owes nothing.
describe('expectedRows', () => {
  it.each([
    {fromMs: 0, toMs: 7 * 86_400_000, intervalS: 900, rows: 672},
    {fromMs: 0, toMs: 10 * MIN - 1, intervalS: 60, rows: 9},
    {fromMs: 10 * MIN, toMs: 0, intervalS: 60, rows: 0},
    {fromMs: 0, toMs: 1e12, intervalS: null, rows: null},
    {fromMs: 0, toMs: 1e12, intervalS: 0, rows: null},
  ])('is $rows for $intervalS s', ({rows, ...range}) => {
    expect(expectedRows(range)).toBe(rows);
  });
});
