/** A straight line y = intercept + slope · x. */
export type Line = {slope: number; intercept: number};

/** Points that a slope is found from at most: 4,950 pairs. More are thinned evenly in their order. */
const MOST_POINTS = 100;
/** Makes the median absolute deviation of a normal distribution its standard deviation: 1 / Φ⁻¹(3/4). */
const NORMAL_FACTOR = 1.4826;

/** Median of numbers, in their unit; NaN of none. Puts them in order. */
export function medianOf(values: Float64Array): number {
  const n = values.length;
  values.sort();
  return n % 2 === 1 ? values[(n - 1) / 2]! : (values[n / 2 - 1]! + values[n / 2]!) / 2;
}

/**
 * Standard deviation by the median absolute deviation from the median, 1.4826 · MAD, in the unit of the values; NaN of none.
 * Up to half of the values may be anything. Source: Hampel (1974), doi:10.1080/01621459.1974.10482962; as `mad` of R.
 */
export function robustSd(values: Float64Array): number {
  const median = medianOf(values.slice());
  return NORMAL_FACTOR * medianOf(values.map((value) => Math.abs(value - median)));
}

/**
 * The line through points by Theil and Sen: the median of the slopes of all pairs with different x, and the median of what
 * it leaves. Up to 29 % of the points may be anything. Null where no two points differ in x.
 * Source: Sen (1968), doi:10.1080/01621459.1968.10480934, section 4; the intercept as `method='joint'` of SciPy's `theilslopes`.
 */
export function theilSen(x: ArrayLike<number>, y: ArrayLike<number>): Line | null {
  const n = x.length;
  const step = Math.max(1, n / MOST_POINTS);
  const chosen: number[] = [];
  for (let at = 0; at < n; at += step) chosen.push(Math.floor(at));
  const slopes: number[] = [];
  for (let a = 0; a < chosen.length; a += 1) {
    const i = chosen[a]!;
    for (let b = a + 1; b < chosen.length; b += 1) {
      const j = chosen[b]!;
      if (x[i] !== x[j]) slopes.push((y[j]! - y[i]!) / (x[j]! - x[i]!));
    }
  }
  if (slopes.length === 0) return null;
  const slope = medianOf(Float64Array.from(slopes));
  const rest = new Float64Array(n);
  for (let i = 0; i < n; i += 1) rest[i] = y[i]! - slope * x[i]!;
  return {slope, intercept: medianOf(rest)};
}
