import {normalAt, randomKey} from '#model';

/**
 * Randomness of the virtual fleet without any state: a number is a hash of what it belongs to (seed, what, which, when),
 * so that any instant has the same value however it is reached. Integer mixing after the finaliser of MurmurHash3
 * (Appleby, public domain); it is no cryptographic hash and need not be one. `model`'s counter-based
 * generator (Philox) is several times dearer, and a year of the fleet draws hundreds of millions of numbers: it serves the
 * days, this the minutes.
 */

/** One 32-bit hash of a key and a counter. Times in milliseconds fit: the upper bits of `n` take part. */
export function hash(key: number, n: number): number {
  const high = Math.floor(n / 4_294_967_296);
  let h = key ^ Math.imul(n | 0, 0x9e3779b1) ^ Math.imul(high | 0, 0x85ebca77);
  h ^= h >>> 16;
  h = Math.imul(h, 0x85ebca6b);
  h ^= h >>> 13;
  h = Math.imul(h, 0xc2b2ae35);
  h ^= h >>> 16;
  return h >>> 0;
}

/** The key of a named stream of numbers under a seed, e.g. `keyOf(seed, 'd06-01', 'soil_moisture')`. */
export function keyOf(seed: number, ...names: string[]): number {
  return randomKey(seed >>> 0, ...names);
}

/** Uniform in (0, 1). */
export function uniform(key: number, n: number): number {
  return (hash(key, n) + 0.5) / 4_294_967_296;
}

/**
 * Roughly normal, mean 0 and standard deviation 1, never beyond ±3.46: the sum of the hash's four bytes. For the noise of
 * sensors, where speed counts and a wild tail would be a fault of its own.
 */
export function noise(key: number, n: number): number {
  const h = hash(key, n);
  return ((h & 255) + ((h >>> 8) & 255) + ((h >>> 16) & 255) + (h >>> 24) - 510) / 147.801;
}

/** Standard normal, with its tails: for days, where a rare one matters. */
export function normal(key: number, n: number): number {
  return normalAt(key, n);
}

/** A smooth curve through standard normals at the whole numbers: unit variance everywhere, neighbours unrelated beyond 1. */
export function smoothNoise(key: number, x: number): number {
  const i = Math.floor(x);
  const f = x - i;
  const w1 = f * f * (3 - 2 * f);
  const w0 = 1 - w1;
  return (noise(key, i) * w0 + noise(key, i + 1) * w1) / Math.sqrt(w0 * w0 + w1 * w1);
}

/**
 * Gamma with this shape (< 1 too) and mean, from its own sequence of uniforms. Marsaglia & Tsang (2000),
 * doi:10.1145/358407.358414; shape below 1 by their boost.
 */
export function gamma(key: number, n: number, shape: number, mean: number): number {
  const scale = mean / shape;
  const d = (shape < 1 ? shape + 1 : shape) - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  const own = hash(key, n);
  let k = 0;
  for (;;) {
    const z = normal(own, k++);
    const v = (1 + c * z) ** 3;
    if (v <= 0) continue;
    const u = uniform(own, k++);
    if (Math.log(u) < 0.5 * z * z + d - d * v + d * Math.log(v)) {
      const boost = shape < 1 ? uniform(own, k++) ** (1 / shape) : 1;
      return d * v * boost * scale;
    }
  }
}

/** Poisson count with this mean (up to a few hundred), by inversion. */
export function poisson(key: number, n: number, mean: number): number {
  if (mean <= 0) return 0;
  if (mean > 40) return Math.max(0, Math.round(mean + Math.sqrt(mean) * normal(key, n)));
  let p = Math.exp(-mean);
  let sum = p;
  let k = 0;
  const u = uniform(key, n);
  while (u > sum && k < 400) {
    k++;
    p *= mean / k;
    sum += p;
  }
  return k;
}
