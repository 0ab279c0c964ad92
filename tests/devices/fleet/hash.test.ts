import {describe, expect, it} from 'vitest';
import {gamma, hash, keyOf, noise, poisson, smoothNoise, uniform} from '../../../devices/fleet/hash.ts';

const N = 40_000;
const draw = (f: (n: number) => number) => Array.from({length: N}, (_, n) => f(n));
const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
const variance = (values: number[]) => {
  const m = mean(values);
  return mean(values.map((value) => (value - m) ** 2));
};

describe('numbers without state', () => {
  it('tell streams, devices and times apart, beyond 32 bits too', () => {
    const key = keyOf(1, 'a', 'bc');
    expect(key).not.toBe(keyOf(1, 'ab', 'c'));
    expect(key).not.toBe(keyOf(2, 'a', 'bc'));
    const timeMs = Date.UTC(2026, 10, 22);
    const hashes = [0, 1, 1000, 60_000, 2 ** 32, -1].map((step) => hash(key, timeMs + step));
    expect(new Set(hashes).size).toBe(hashes.length);
  });

  // Moments of the uniform (1/2, 1/12), normal (0, 1), gamma (mean m, variance m²/shape) and Poisson (m, m) distributions.
  it.each([
    {name: 'uniform', f: (n: number) => uniform(7, n), m: 0.5, v: 1 / 12},
    {name: 'uniform over minutes', f: (n: number) => uniform(7, 1.7e12 + n * 60_000), m: 0.5, v: 1 / 12},
    {name: 'noise', f: (n: number) => noise(7, n), m: 0, v: 1},
    {name: 'smooth noise', f: (n: number) => smoothNoise(7, n * 0.37), m: 0, v: 1},
    {name: 'gamma of shape 0.6', f: (n: number) => gamma(7, n, 0.6, 12), m: 12, v: 240},
    {name: 'gamma of shape 3', f: (n: number) => gamma(7, n, 3, 6), m: 6, v: 12},
    {name: 'Poisson of mean 3', f: (n: number) => poisson(7, n, 3), m: 3, v: 3},
    {name: 'Poisson of mean 90', f: (n: number) => poisson(7, n, 90), m: 90, v: 90},
  ])('$name has the mean $m and the variance $v', ({f, m, v}) => {
    const values = draw(f);
    expect(Math.abs(mean(values) - m)).toBeLessThan(0.03 * Math.max(1, m));
    expect(Math.abs(variance(values) / v - 1)).toBeLessThan(0.08);
  });

  it('neighbouring values of a stream are unrelated', () => {
    const values = draw((n) => noise(11, 1.7e12 + n * 60_000));
    const products = values.slice(1).map((value, n) => value * values[n]!);
    expect(Math.abs(mean(products))).toBeLessThan(0.02);
  });

  it('smooth noise is continuous', () => {
    for (let x = -3; x < 3; x += 0.01) {
      expect(Math.abs(smoothNoise(3, x + 0.001) - smoothNoise(3, x))).toBeLessThan(0.02);
    }
  });
});
