import {describe, expect, it} from 'vitest';
import {exponential} from '../../../model/numeric/exponential.ts';

/** e^x of these doubles to 50 digits by the `decimal` module of Python 3, rounded to the nearest double. */
const KNOWN: readonly (readonly [number, number])[] = [
  [-700, 9.85967654375977e-305],
  [-30.25, 7.287724095819692e-14],
  [-5.5, 0.004086771438464067],
  [-1, 0.36787944117144233],
  [-0.69, 0.5015760690660556],
  [-0.05, 0.951229424500714],
  [-1e-9, 0.999999999],
  [0, 1.0],
  [1e-9, 1.000000001],
  [0.0054, 1.0054146062794678],
  [0.5, 1.6487212707001282],
  [1.1, 3.0041660239464334],
  [2.4, 11.023176380641601],
  [17.3, 32605775.72099587],
  [300.125, 2.201057464963801e130],
  [708.9, 7.436322587880697e307],
];
const ULP = 2 ** -52;

describe('the exponential function in line', () => {
  it.each(KNOWN)('of %f is as known, to one unit in the last place', (x, known) => {
    expect(Math.abs(exponential(x) / known - 1)).toBeLessThanOrEqual(ULP);
  });

  it('is that of the language all the way between the smallest and the largest numbers', () => {
    for (let x = -707.9; x < 708.9; x += 0.0371) {
      expect(Math.abs(exponential(x) / Math.exp(x) - 1)).toBeLessThanOrEqual(2 * ULP);
    }
  });

  it('never falls as x grows, across the steps of its table', () => {
    for (let step = -640; step < 640; step += 1) {
      const at = (step + 0.5) * (Math.LN2 / 64);
      for (const x of [at, -at]) {
        const near = Math.max(Math.abs(x) * ULP, ULP);
        expect(exponential(x + 4 * near)).toBeGreaterThanOrEqual(exponential(x - 4 * near));
      }
    }
  });

  it.each([
    [Number.NEGATIVE_INFINITY, 0],
    [-800, 0],
    [710, Number.POSITIVE_INFINITY],
    [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY],
    [Number.NaN, Number.NaN],
  ])('of %f is %f', (x, known) => {
    expect(exponential(x)).toBe(known);
  });

  it('of a number so small that the result is not normal is as exact as that of the language', () => {
    expect(exponential(-720)).toBe(Math.exp(-720));
  });
});
