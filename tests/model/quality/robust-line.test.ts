import {describe, expect, it} from 'vitest';
import {medianOf, robustSd, theilSen} from '#model';

describe('theilSen', () => {
  // SciPy 1.11, scipy/stats/tests/test_mstats_basic.py, TestTheilslopes (BSD-3-Clause), `method='joint'`; the second row is the
  // example of Sen (1968).
  it.each([
    {x: [0, 1, 2], y: [0, 1, 1], slope: 0.5, intercept: 0},
    {x: [1, 2, 3, 4, 10, 12, 18], y: [9, 15, 19, 20, 45, 55, 78], slope: 4, intercept: 6},
  ])('is $slope x + $intercept, as SciPy', ({x, y, slope, intercept}) => {
    const line = theilSen(x, y)!;
    expect(line.slope).toBeCloseTo(slope, 7);
    expect(line.intercept).toBeCloseTo(intercept, 7);
  });

  it('keeps to the line of 71 of 100 points, whatever the other 29 are', () => {
    const x = Array.from({length: 100}, (_, i) => i);
    const y = x.map((value, i) => (i % 100 < 29 ? 1e6 - 7 * value : 3 + 2 * value));
    const line = theilSen(x, y)!;
    expect(line.slope).toBeCloseTo(2, 9);
  });

  it('takes many points as they lie, without the pairs of all of them', () => {
    const x = Array.from({length: 20_000}, (_, i) => Math.sin(i));
    const line = theilSen(
      x,
      x.map((value) => 1.5 - 0.25 * value),
    )!;
    expect(line.slope).toBeCloseTo(-0.25, 9);
    expect(line.intercept).toBeCloseTo(1.5, 9);
  });

  it('is none where x does not move', () => {
    expect(theilSen([3, 3, 3], [1, 2, 3])).toBeNull();
    expect(theilSen([], [])).toBeNull();
  });
});

describe('robustSd', () => {
  // By hand: the median of |x − median| is 2, times 1.4826; an outlier in place of 9 changes neither.
  it.each([
    {values: [1, 2, 3, 4, 5, 6, 7, 8, 9], sd: 2.9652},
    {values: [1, 2, 3, 4, 5, 6, 7, 8, 100], sd: 2.9652},
    {values: [1, 1, 2, 2, 4, 6, 9], sd: 1.4826},
  ])('of $values is $sd, as R', ({values, sd}) => {
    expect(robustSd(Float64Array.from(values))).toBeCloseTo(sd, 10);
  });

  it('medianOf takes the mean of the middle two', () => {
    expect(medianOf(Float64Array.from([4, 1, 3, 2]))).toBe(2.5);
    expect(medianOf(new Float64Array(0))).toBeNaN();
  });
});
