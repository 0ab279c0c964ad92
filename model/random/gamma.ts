import {normalAt, uniformAt} from './counter.ts';

/** Counters that one number may use. */
const COUNTERS = 64;
/** Pairs tried: that all of them fail is less likely than 1e-30. */
const TRIES = 31;

/**
 * A gamma number with this shape (> 0) and scale 1; its mean is the shape. It uses counters of its own: 64 from 64 · `counter`.
 * Source: Marsaglia & Tsang (2000), doi:10.1145/358407.358414; a shape below 1 by their section 6.
 */
export function gammaAt(key: number, counter: number, shape: number): number {
  const first = counter * COUNTERS;
  const d = (shape < 1 ? shape + 1 : shape) - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  const boost = shape < 1 ? (1 - uniformAt(key, first)) ** (1 / shape) : 1;
  for (let k = 0; k < TRIES; k += 1) {
    const z = normalAt(key, first + 1 + 2 * k);
    const v = (1 + c * z) ** 3;
    if (v <= 0) continue;
    const u = 1 - uniformAt(key, first + 2 + 2 * k);
    if (Math.log(u) < 0.5 * z * z + d - d * v + d * Math.log(v)) return d * v * boost;
  }
  return d * boost;
}
