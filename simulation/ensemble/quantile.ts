/**
 * The quantile of ascending values at 0 ≤ p ≤ 1, linear between order statistics; NaN of none.
 * Source: Hyndman & Fan (1996), definition 7, doi:10.2307/2684934.
 */
export function quantile(ascending: Float64Array, p: number): number {
  if (ascending.length === 0) return Number.NaN;
  const at = (ascending.length - 1) * p;
  const below = Math.floor(at);
  const low = ascending[below]!;
  const high = ascending[Math.min(below + 1, ascending.length - 1)]!;
  return low + (at - below) * (high - low);
}

export type Band = {median: number; p05: number; p95: number};

/** Median and 5–95 % of values; NaN among them are no values. */
export function band(values: Iterable<number>): Band {
  const ascending = Float64Array.from([...values].filter((value) => !Number.isNaN(value))).sort();
  return {median: quantile(ascending, 0.5), p05: quantile(ascending, 0.05), p95: quantile(ascending, 0.95)};
}
