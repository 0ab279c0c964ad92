import type {LMoments} from './l-moments.ts';

/** Gamma distribution: shape alpha, scale beta. */
export type Gamma = {shape: number; scale: number};

/**
 * Fit by L-moments (not by maximum likelihood, whose indices differ by up to 0.4).
 * Source: Hosking (1990), with the rational approximations of Hosking & Wallis (1997), appendix A.
 */
export function fitGamma({l1, l2}: LMoments): Gamma | null {
  const ratio = l2 / l1;
  if (!(l1 > 0 && ratio > 0 && ratio < 1)) return null;
  let shape: number;
  if (ratio < 0.5) {
    const z = Math.PI * ratio * ratio;
    shape = (1 - 0.308 * z) / (z - 0.05812 * z ** 2 + 0.01765 * z ** 3);
  } else {
    const z = 1 - ratio;
    shape = (0.7213 * z - 0.5947 * z ** 2) / (1 - 2.1817 * z + 1.2113 * z ** 2);
  }
  return {shape, scale: l1 / shape};
}

const LANCZOS_G = 7;
const LANCZOS = [
  0.99999999999980993, 676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059,
  12.507343278686905, -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7,
];

/** Natural logarithm of the gamma function of x > 0, to about 1e-14. Source: Lanczos (1964), doi:10.1137/0701008, g = 7. */
export function logGamma(x: number): number {
  if (x < 0.5) return Math.log(Math.PI / Math.sin(Math.PI * x)) - logGamma(1 - x);
  const shifted = x - 1;
  let sum = LANCZOS[0]!;
  for (let i = 1; i < LANCZOS.length; i += 1) sum += LANCZOS[i]! / (shifted + i);
  const t = shifted + LANCZOS_G + 0.5;
  return 0.5 * Math.log(2 * Math.PI) + (shifted + 0.5) * Math.log(t) - t + Math.log(sum);
}

const MOST_TERMS = 10_000;

/**
 * Share of a gamma distribution up to a value, 0 to 1: the regularised lower incomplete gamma function P(shape, x/scale), by its
 * series below the mode and by its continued fraction above.
 * Source: Abramowitz & Stegun (1964), 6.5.29 and 6.5.31, the fraction by Lentz (1976), doi:10.1364/AO.15.000668.
 */
export function gammaShare(value: number, {shape, scale}: Gamma): number {
  const x = value / scale;
  if (!(x > 0)) return 0;
  if (x === Number.POSITIVE_INFINITY) return 1;
  const factor = Math.exp(shape * Math.log(x) - x - logGamma(shape));
  if (x < shape + 1) {
    let term = 1 / shape;
    let sum = term;
    for (let n = 1; n < MOST_TERMS && term > sum * 1e-17; n += 1) {
      term *= x / (shape + n);
      sum += term;
    }
    return Math.min(1, factor * sum);
  }
  const tiny = 1e-300;
  let b = x + 1 - shape;
  let c = 1 / tiny;
  let d = 1 / b;
  let fraction = d;
  for (let n = 1; n < MOST_TERMS; n += 1) {
    const a = -n * (n - shape);
    b += 2;
    d = a * d + b;
    if (Math.abs(d) < tiny) d = tiny;
    c = b + a / c;
    if (Math.abs(c) < tiny) c = tiny;
    d = 1 / d;
    const step = d * c;
    fraction *= step;
    if (Math.abs(step - 1) < 1e-16) break;
  }
  return Math.max(0, 1 - factor * fraction);
}
