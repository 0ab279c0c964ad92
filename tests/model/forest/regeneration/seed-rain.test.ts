import {describe, expect, it} from 'vitest';
import {exponentialKernel, SeedGrid, type SeedKernel, windKernel} from '#model';

const CELL_M = 20;
const SIDE = 201;
const MIDDLE = (SIDE * SIDE - 1) / 2;
const still = {share: 0, radiusCells: 0};

/** Rain of one seed from the middle of the grid. */
function fromMiddle(kernel: SeedKernel): Float64Array {
  const source = new Float64Array(SIDE * SIDE);
  source[MIDDLE] = 1;
  const rain = new Float64Array(SIDE * SIDE);
  new SeedGrid(SIDE, SIDE).spread(source, kernel, rain);
  return rain;
}

const distanceM = (at: number) =>
  CELL_M * Math.hypot((at % SIDE) - (SIDE - 1) / 2, Math.floor(at / SIDE) - (SIDE - 1) / 2);
const total = (rain: Float64Array) => rain.reduce((sum, seeds) => sum + seeds, 0);
const meanDistance = (rain: Float64Array) => rain.reduce((sum, seeds, at) => sum + seeds * distanceM(at), 0);
const within = (rain: Float64Array, radiusM: number) =>
  rain.reduce((sum, seeds, at) => sum + (distanceM(at) <= radiusM ? seeds : 0), 0);

it.each([60, 100, 200])('an exponential of mean %d m travels that far', (mean) => {
  const rain = fromMiddle({parts: exponentialKernel(mean, CELL_M), carried: still});
  expect(total(rain)).toBeCloseTo(1, 4);
  // cells of 20 m: the discrete kernel's mean is that of the continuous one to a few per cent
  expect(Math.abs(meanDistance(rain) / mean - 1)).toBeLessThan(0.05);
});

it('is the convolution with the two-sided exponential of its definition', () => {
  const decay = 0.6;
  const rain = fromMiddle({parts: [{share: 1, passes: 1, decay}], carried: still});
  const along = (k: number) => ((1 - decay) / (1 + decay)) * decay ** Math.abs(k);
  for (const [dx, dy] of [
    [0, 0],
    [1, 0],
    [-3, 2],
    [7, -11],
  ] as const) {
    expect(rain[MIDDLE + dx + dy * SIDE]!).toBeCloseTo(along(dx) * along(dy), 12);
  }
});

// Clark et al. (1999), 2Dt with p = 1: F(r) = 1 − 1/(1 + r²/u), mean π√u/2
describe.each([60, 100, 150])('wind, mean %d m', (mean) => {
  const rain = fromMiddle({parts: windKernel(mean, CELL_M), carried: still});
  const u = ((2 * mean) / Math.PI) ** 2;
  it.each([1, 2, 4, 8])('falls within %d scales as the 2Dt kernel says', (scales) => {
    const radiusM = scales * Math.sqrt(u);
    // the grid sees a circle in steps of a cell: compared at the radius of the same area
    const cells = rain.reduce((n, _, at) => n + (distanceM(at) <= radiusM ? 1 : 0), 0);
    const equal = CELL_M * Math.sqrt(cells / Math.PI);
    const expected = 1 - 1 / (1 + equal ** 2 / u);
    // four normal distributions leave out a part of the far tail: 1/8 of the mass lies in each end piece
    expect(Math.abs(within(rain, radiusM) - expected)).toBeLessThan(0.06);
  });
});

it('what animals carry lies evenly on the area of a circle', () => {
  const rain = fromMiddle({parts: [], carried: {share: 1, radiusCells: 25}});
  expect(total(rain)).toBeCloseTo(1, 9);
  const wet = rain.filter((seeds) => seeds > 1e-12);
  expect(Math.max(...wet) / Math.min(...wet)).toBeCloseTo(1, 6);
  expect(wet.length * CELL_M ** 2).toBeGreaterThan(0.9 * Math.PI * 500 ** 2);
  expect(wet.length * CELL_M ** 2).toBeLessThan(1.1 * Math.PI * 500 ** 2);
});

it('loses over the border what leaves the grid, and makes none', () => {
  const grid = new SeedGrid(7, 3);
  const source = new Float64Array(21).fill(1);
  const rain = new Float64Array(21);
  grid.spread(source, {parts: exponentialKernel(100, CELL_M), carried: {share: 0, radiusCells: 3}}, rain);
  expect(Math.min(...rain)).toBeGreaterThan(0);
  expect(total(rain)).toBeLessThan(21);
});
