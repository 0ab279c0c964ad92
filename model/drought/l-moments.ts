/** First two L-moments of a sample and its L-skewness. */
export type LMoments = {l1: number; l2: number; skewness: number};

/**
 * L-moments by unbiased probability-weighted moments; null for fewer than three values or values that are all the same, which
 * have no shape. `ascending` is sorted.
 * Source: Hosking (1990), doi:10.1111/j.2517-6161.1990.tb01775.x.
 */
export function lMoments(ascending: ArrayLike<number>): LMoments | null {
  const n = ascending.length;
  if (n < 3 || !(ascending[n - 1]! > ascending[0]!)) return null;
  let b0 = 0;
  let b1 = 0;
  let b2 = 0;
  for (let i = 0; i < n; i += 1) {
    const x = ascending[i]!;
    b0 += x;
    b1 += (i / (n - 1)) * x;
    b2 += ((i * (i - 1)) / ((n - 1) * (n - 2))) * x;
  }
  b0 /= n;
  b1 /= n;
  b2 /= n;
  const l2 = 2 * b1 - b0;
  // a smaller spread has lost digits, and quotients of it overflow: no measured one is near it
  if (!(l2 > 1e-300)) return null;
  return {l1: b0, l2, skewness: (6 * b2 - 6 * b1 + b0) / l2};
}
