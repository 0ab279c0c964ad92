import {describe, expect, it} from 'vitest';
import {daysUnderWater, levelBounds} from '../../../simulation/place/river-stage.ts';

const flat = (value: number) => new Array<number>(12).fill(value);
const MONTH_DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);

describe('days under water', () => {
  // The level is normal about its mean: half the days above the mean, 15.87 % one standard deviation above it.
  it.each([
    {heightM: 100, share: 0.5},
    {heightM: 102, share: 0.158655},
    {heightM: 98, share: 0.841345},
    {heightM: 90, share: 1},
    {heightM: 115, share: 0},
  ])('are $share of the year at $heightM m', ({heightM, share}) => {
    const days = daysUnderWater({meanM: flat(100), dayToDaySdM: flat(2)}, heightM);
    days.forEach((count, m) => {
      expect(count).toBeCloseTo(share * MONTH_DAYS[m]!, 3);
    });
  });

  it('follow the season', () => {
    const meanM = [172.5, 169, 165.5, 163.5, 162.5, 164.5, 169.5, 168.5, 169.5, 173.5, 175.2, 174.5];
    const days = daysUnderWater({meanM, dayToDaySdM: flat(0.5)}, 170);
    expect(days[10]).toBeCloseTo(30, 1);
    expect(days[4]).toBeLessThan(0.01);
    expect(sum(days)).toBeGreaterThan(100);
    expect(sum(days)).toBeLessThan(200);
  });

  it('do not become more with height, nor fewer with a flood', () => {
    const stage = {meanM: flat(100), dayToDaySdM: flat(1)};
    const flood = {perYear: 2, months: [7, 8], riseM: [4, 8], riseH: 36, eFoldFallD: 3};
    let before = 366;
    for (let heightM = 95; heightM < 112; heightM += 0.25) {
      const days = sum(daysUnderWater({...stage, floodPulse: flood}, heightM));
      expect(days).toBeLessThanOrEqual(before + 1e-9);
      expect(days).toBeGreaterThanOrEqual(sum(daysUnderWater(stage, heightM)));
      before = days;
    }
  });

  // A pulse of 6 m that falls with an e-folding of 3 days stands above 3 m for 3·ln 2 = 2.08 days, and half of its rise of 36 h.
  it('count the days of a flood', () => {
    const flood = {perYear: 1, months: [7], riseM: [6, 6], riseH: 36, eFoldFallD: 3};
    const days = daysUnderWater({meanM: flat(100), dayToDaySdM: flat(0), floodPulse: flood}, 103);
    expect(sum(days)).toBeCloseTo(3 * Math.log(2) + 0.75, 0.3);
    expect(days[6]).toBeGreaterThan(2);
  });

  it('are none above the highest level that the site names', () => {
    expect(sum(daysUnderWater({meanM: flat(100), dayToDaySdM: flat(5), highestM: 104}, 104))).toBe(0);
    expect(levelBounds({meanM: flat(100), dayToDaySdM: flat(5), highestM: 104, lowestM: 97})).toEqual({
      lowestM: 97,
      highestM: 104,
    });
  });
});
