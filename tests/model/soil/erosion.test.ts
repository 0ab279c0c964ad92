import {describe, expect, it} from 'vitest';
import {coverFactor, rainfallErosivity, slopeFactor, soilErosionModulus} from '#model';

describe('rainfall erosivity', () => {
  // Monthly normals of Chongqing as the site uses them (mm); R by an independent calculation
  const CHONGQING = [20, 24, 57, 101, 149, 195, 176, 140, 122, 93, 47, 24];
  it('is 2,638 for the monthly normals of Chongqing', () => {
    expect(rainfallErosivity(CHONGQING)).toBeCloseTo(2638, 0);
  });

  it('adds nothing for a dry month and none for a dry year', () => {
    expect(rainfallErosivity(Array(12).fill(0))).toBe(0);
    const wet = rainfallErosivity([100, ...Array(11).fill(0)]);
    // one month: p²/P = p
    expect(wet).toBeCloseTo(17.02 * 1.735 * 10 ** (1.5 * 2 - 0.8188), 6);
  });

  it.each([[[1, 2]], [[...Array(11).fill(1), -1]], [[...Array(11).fill(1), Number.NaN]]])(
    'refuses %j',
    (rain) => {
      expect(() => rainfallErosivity(rain)).toThrow('twelve monthly sums');
    },
  );
});

describe('cover factor', () => {
  it.each([
    {coverPercent: 0, c: 1},
    {coverPercent: 0.05, c: 1},
    {coverPercent: 10, c: 0.3072},
    {coverPercent: 50, c: 0.067},
    {coverPercent: 78.3, c: 0.003},
    {coverPercent: 90, c: 0.003},
  ])('is $c under $coverPercent % of cover', ({coverPercent, c}) => {
    expect(coverFactor(coverPercent)).toBeCloseTo(c, 3);
  });
});

describe('slope factor', () => {
  // by hand, at the unit plot's length L = 1: 10.8 sin θ + 0.03, 16.8 sin θ − 0.5, 21.9 sin θ − 0.96
  it.each([
    {slopeDeg: 0, ls: 0.03},
    {slopeDeg: 3, ls: 0.5952},
    {slopeDeg: 5, ls: 0.9642},
    {slopeDeg: 10, ls: 2.8429},
    {slopeDeg: 25, ls: 8.2953},
  ])('is $ls on $slopeDeg° and 22.13 m', ({slopeDeg, ls}) => {
    expect(slopeFactor(slopeDeg, 22.13)).toBeCloseTo(ls, 4);
  });

  it.each([
    {slopeDeg: 0.5, exponent: 0.2},
    {slopeDeg: 1, exponent: 0.3},
    {slopeDeg: 3, exponent: 0.4},
    {slopeDeg: 5, exponent: 0.5},
  ])('grows with the length to the power $exponent on $slopeDeg°', ({slopeDeg, exponent}) => {
    expect(slopeFactor(slopeDeg, 88.52) / slopeFactor(slopeDeg, 22.13)).toBeCloseTo(4 ** exponent, 10);
  });
});

it('soil erosion modulus is 100·R·K·LS·C·P', () => {
  const modulus = soilErosionModulus({
    erosivity: 2638,
    erodibility: 0.04,
    slope: 2.84,
    cover: 0.067,
    practice: 0.35,
  });
  expect(modulus).toBeCloseTo(702.7, 1);
});
