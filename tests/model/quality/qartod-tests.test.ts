import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import {
  type FlatLineRows,
  FlatLineRun,
  flatLineFlags,
  smallestArcDeg,
} from '../../../model/quality/flat-line.ts';
import {grossRangeFlag} from '../../../model/quality/gross-range.ts';
import {rateOfChangeFlag} from '../../../model/quality/rate-of-change.ts';
import {spikeFlag} from '../../../model/quality/spike.ts';
import {suspectRangeFlag} from '../../../model/quality/suspect-range.ts';
import {EARLIEST_TIME_MS, timeFlag} from '../../../model/quality/time.ts';
import {columnOf, REFERENCE} from './reference.ts';

describe('gross and suspect range', () => {
  it.each(REFERENCE.gross_range)(
    'as ioos_qc, fail outside $fail_span, suspect outside $suspect_span',
    (row) => {
      const flags = [...columnOf(row.values)].map((value) =>
        Math.max(grossRangeFlag(value, row.fail_span), suspectRangeFlag(value, row.suspect_span)),
      );
      expect(flags).toEqual(row.expected);
    },
  );

  it('includes both limits and marks a missing value', () => {
    expect(grossRangeFlag(0, [0, 10])).toBe(1);
    expect(grossRangeFlag(10, [0, 10])).toBe(1);
    expect(grossRangeFlag(10.000001, [0, 10])).toBe(4);
    expect(grossRangeFlag(Number.NaN, [0, 10])).toBe(9);
    expect(suspectRangeFlag(-0.1, [0, 10])).toBe(3);
    expect(suspectRangeFlag(5, null)).toBe(2);
  });
});

describe('spike', () => {
  it.each(REFERENCE.spike)('as ioos_qc, suspect $suspect, fail $fail', (row) => {
    const values = columnOf(row.values);
    const flags = [...values].map((value, i) =>
      spikeFlag(values[i - 1] ?? Number.NaN, value, values[i + 1] ?? Number.NaN, row),
    );
    expect(flags).toEqual(row.expected);
  });

  it('lets the limits themselves pass', () => {
    expect(spikeFlag(0, 2, 0, {suspect: 2, fail: 4})).toBe(1);
    expect(spikeFlag(0, 4, 0, {suspect: 2, fail: 4})).toBe(3);
    expect(spikeFlag(0, 4.1, 0, {suspect: 2, fail: 4})).toBe(4);
    expect(spikeFlag(0, 4.1, 0, null)).toBe(2);
  });
});

describe('rate of change', () => {
  it.each(REFERENCE.rate_of_change)('as ioos_qc, $threshold_per_s per second', (row) => {
    const values = columnOf(row.values);
    const flags = [...values].map((value, i) =>
      rateOfChangeFlag(
        i === 0 ? null : {timeMs: row.time_s[i - 1]! * 1000, value: values[i - 1]!},
        row.time_s[i]! * 1000,
        value,
        row.threshold_per_s,
      ),
    );
    expect(flags).toEqual(row.expected);
  });

  it('divides by the true time step, to the millisecond', () => {
    expect(rateOfChangeFlag({timeMs: 0, value: 0}, 1500, 1.5, 1)).toBe(1);
    expect(rateOfChangeFlag({timeMs: 0, value: 0}, 1499, 1.5, 1)).toBe(3);
    expect(rateOfChangeFlag({timeMs: 0, value: 0}, 86_400_000, 100, 1)).toBe(1);
  });

  it('is not evaluated after a row without a value, and missing for one', () => {
    expect(rateOfChangeFlag({timeMs: 0, value: Number.NaN}, 1000, 5, 1)).toBe(2);
    expect(rateOfChangeFlag({timeMs: 0, value: 1}, 1000, Number.NaN, 1)).toBe(9);
  });
});

describe('flat line', () => {
  const runs = (values: Float64Array, exempt: Uint8Array, rows: FlatLineRows) => {
    const run = new FlatLineRun(rows);
    return [...values].map((value, i) => run.push(value, exempt[i] === 1));
  };

  it.each(REFERENCE.flat_line)('as ioos_qc, $suspect_s s and $fail_s s within $tolerance', (row) => {
    const values = columnOf(row.values);
    const intervalS = row.time_s[1]! - row.time_s[0]!;
    const rows = {
      tolerance: row.tolerance,
      suspectRows: Math.floor(row.suspect_s / intervalS),
      failRows: Math.floor(row.fail_s / intervalS),
      circular: false,
    };
    const none = new Uint8Array(values.length);
    expect([...flatLineFlags(values, none, rows)]).toEqual(row.expected);
    expect(runs(values, none, rows)).toEqual(row.expected);
  });

  const rows = {tolerance: 0.1, suspectRows: 3, failRows: 5, circular: false};
  const N = Number.NaN;
  it.each([
    {
      what: 'a range equal to the tolerance is not flat',
      values: [0, 0.1, 0, 0.1, 0],
      exempt: [],
      flags: [1, 1, 1, 1, 1],
    },
    // ioos_qc 3.0.0 gives the same: masked rows stand in the window and have no part in its extremes
    {what: 'a missing row stands in the window', values: [5, 5, N, 5, 5], exempt: [], flags: [1, 1, 9, 3, 3]},
    // ioos_qc 3.0.0 gives 4 for the value after it, from a window of which most is missing
    {
      what: 'a value after an outage is no flat line',
      values: [5, N, N, N, N, N, 5, 6],
      exempt: [],
      flags: [1, 9, 9, 9, 9, 9, 1, 1],
    },
    {
      what: 'an exempt row breaks the run',
      values: [5, 5, 5, 5, 5, 5, 5, 5],
      exempt: [0, 0, 0, 0, 1, 0, 0, 0],
      flags: [1, 1, 1, 3, 2, 1, 1, 1],
    },
  ])('$what', ({values, exempt, flags}) => {
    const column = columnOf(values);
    const exempted = Uint8Array.from(values, (_, i) => exempt[i] ?? 0);
    expect([...flatLineFlags(column, exempted, rows)]).toEqual(flags);
    expect(runs(column, exempted, rows)).toEqual(flags);
  });

  it('never flags with a tolerance of 0, and leaves out a level of less than two values', () => {
    const same = new Float64Array(6).fill(1);
    const none = new Uint8Array(6);
    expect([...flatLineFlags(same, none, {...rows, tolerance: 0, suspectRows: 1, failRows: 2})]).toEqual([
      1, 1, 1, 1, 1, 1,
    ]);
    expect([...flatLineFlags(same, none, {...rows, tolerance: 1, suspectRows: 0, failRows: 2})]).toEqual([
      1, 1, 4, 4, 4, 4,
    ]);
    expect(runs(same, none, {...rows, tolerance: 1, suspectRows: 0, failRows: 2})).toEqual([
      1, 1, 4, 4, 4, 4,
    ]);
    expect(runs(same, none, {...rows, tolerance: 0, suspectRows: 1, failRows: 2})).toEqual([
      1, 1, 1, 1, 1, 1,
    ]);
  });
});

describe('flat line of directions', () => {
  const rows = {tolerance: 3, suspectRows: 2, failRows: 4, circular: true};
  const N = Number.NaN;
  // By hand: the window is the judged row and the two (four) before it, its range the smallest arc in degrees.
  it.each([
    {what: 'across north, 2°', values: [359, 1, 359, 1, 359], flags: [1, 1, 3, 3, 4]},
    {what: 'a plain range of 2° at south', values: [179, 181, 179, 181, 179], flags: [1, 1, 3, 3, 4]},
    {what: 'an arc of the tolerance, 3°', values: [358.5, 1.5, 358.5, 1.5], flags: [1, 1, 1, 1]},
    {what: 'opposite directions', values: [0, 180, 0, 180], flags: [1, 1, 1, 1]},
    {what: 'a third of a circle each', values: [0, 120, 240, 0, 120], flags: [1, 1, 1, 1, 1]},
    {what: 'a full turn in steps of 1.4°', values: [358, 359.4, 0.8, 2.2, 3.6], flags: [1, 1, 3, 3, 3]},
    {what: '360 for 0', values: [360, 0, 360, 0, 360], flags: [1, 1, 3, 3, 4]},
    {what: 'no value across north', values: [359, N, 1, 359, 1], flags: [1, 9, 3, 3, 4]},
  ])('$what', ({values, flags}) => {
    const none = new Uint8Array(values.length);
    const column = Float64Array.from(values);
    expect([...flatLineFlags(column, none, rows)]).toEqual(flags);
    const run = new FlatLineRun(rows);
    expect(values.map((value) => run.push(value, false))).toEqual(flags);
  });

  it.each([
    {directions: [359, 1, 359], arcDeg: 2},
    {directions: [10, 350, 0], arcDeg: 20},
    {directions: [0, 120, 240], arcDeg: 240},
    {directions: [90, 270], arcDeg: 180},
    {directions: [45], arcDeg: 0},
    {directions: [], arcDeg: 0},
  ])('$directions lie within $arcDeg°', ({directions, arcDeg}) => {
    expect(smallestArcDeg(Float64Array.from(directions))).toBe(arcDeg);
  });

  it('equals the definition by the smallest arc, for any directions', () => {
    const directions = fc.array(fc.integer({min: 0, max: 360}), {minLength: 1, maxLength: 30});
    fc.assert(
      fc.property(directions, fc.integer({min: 1, max: 180}), (values, tolerance) => {
        const column = Float64Array.from(values);
        const wanted = values.map((_, row) => {
          const flat = (before: number) =>
            row >= before && smallestArcDeg(column.slice(row - before, row + 1)) < tolerance;
          return flat(4) ? 4 : flat(2) ? 3 : 1;
        });
        const found = flatLineFlags(column, new Uint8Array(values.length), {...rows, tolerance});
        expect([...found]).toEqual(wanted);
        const run = new FlatLineRun({...rows, tolerance});
        expect(values.map((value) => run.push(value, false))).toEqual(wanted);
      }),
      {numRuns: 2000},
    );
  });
});

describe('time', () => {
  const received = Date.UTC(2026, 10, 22, 8);
  it.each([
    {what: 'arrival', timeMs: received, flag: 1},
    {what: '10 min after arrival', timeMs: received + 600_000, flag: 1},
    {what: '10 min and 1 ms after arrival', timeMs: received + 600_001, flag: 4},
    {what: 'the start of 1971', timeMs: EARLIEST_TIME_MS, flag: 1},
    {what: 'the last millisecond of 1970', timeMs: EARLIEST_TIME_MS - 1, flag: 4},
    {what: 'a year late', timeMs: received - 31_536_000_000, flag: 1},
  ])('$what is $flag', ({timeMs, flag}) => {
    expect(timeFlag(timeMs, received)).toBe(flag);
    expect(EARLIEST_TIME_MS).toBe(Date.UTC(1971, 0, 1));
  });
});
