import {describe, expect, it} from 'vitest';
import {gammaAt, gammaShare, normalProbability} from '#model';

const N = 20_000;

describe('gammaAt', () => {
  // Mean and variance of a gamma distribution of scale 1 are its shape; tolerance: four standard errors.
  it.each([0.3, 0.6, 1, 2.5, 9])('has mean and variance %d', (shape) => {
    const values = Array.from({length: N}, (_, n) => gammaAt(7, n, shape));
    const mean = values.reduce((sum, value) => sum + value, 0) / N;
    const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / N;
    expect(Math.abs(mean - shape)).toBeLessThan(4 * Math.sqrt(shape / N));
    // fourth central moment of the gamma: 3k² + 6k
    expect(Math.abs(variance - shape)).toBeLessThan(4 * Math.sqrt((2 * shape ** 2 + 6 * shape) / N));
  });

  it('follows the distribution at its tenths', () => {
    const values = Array.from({length: N}, (_, n) => gammaAt(3, n, 0.6)).sort((a, b) => a - b);
    for (let tenth = 1; tenth < 10; tenth += 1) {
      const share = gammaShare(values[(tenth * N) / 10]!, {shape: 0.6, scale: 1});
      expect(share).toBeCloseTo(tenth / 10, 1.7);
    }
  });

  it('is a function of key and counter alone, also below zero', () => {
    expect(gammaAt(1, -5, 0.6)).toBe(gammaAt(1, -5, 0.6));
    expect(gammaAt(1, -5, 0.6)).not.toBe(gammaAt(1, 5, 0.6));
    expect(gammaAt(2, -5, 0.6)).not.toBe(gammaAt(1, -5, 0.6));
  });
});

// Abramowitz & Stegun, table 26.1.
it.each([
  [0, 0.5],
  [1, 0.8413447461],
  [-1.96, 0.0249978951],
  [3, 0.998650102],
])('Φ(%d) is %d', (z, p) => {
  expect(normalProbability(z)).toBeCloseTo(p, 6);
});
