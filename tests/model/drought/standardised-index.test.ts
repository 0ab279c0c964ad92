import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import {
  droughtClassByAvailableWater,
  droughtClassByIndex,
  droughtClassBySoilMoisture,
  fitGamma,
  fitLogLogistic,
  fitSpei,
  fitSpi,
  gammaShare,
  lMoments,
  logGamma,
  logLogisticShare,
  MONTH_DAYS,
  type MonthlyRecord,
  midMonthDay,
  normalQuantile,
  type RainFit,
  soilWaterPercentile,
  spei,
  spi,
  thornthwaiteDaylightH,
  thornthwaiteHeat,
  thornthwaitePetMm,
  trailingSums,
} from '#model';
import {referenceNumbers} from '../reference-rows.ts';

const rows = referenceNumbers('copyleft/drought/wichita_monthly.csv');
const rain: MonthlyRecord = {firstMonth: 0, values: rows.map((row) => row['PRCP']!)};
const climate = Array.from({length: 12}, (_, month) => {
  const own = rows.filter((row) => row['MONTH'] === month + 1);
  return own.reduce((sum, row) => sum + row['TMED']!, 0) / own.length;
});
const balance: MonthlyRecord = {
  firstMonth: 0,
  values: rows.map((row) => {
    const month = row['MONTH']! - 1;
    const petMm = thornthwaitePetMm({
      meanC: row['TMED']!,
      heat: thornthwaiteHeat(climate),
      daylightH: thornthwaiteDaylightH(37.6475, midMonthDay(month)),
      days: MONTH_DAYS[month]!,
    });
    return row['PRCP']! - petMm;
  }),
};

// The R package SPEI 1.8 on Wichita 1980–2011, fitted on all years; agreement 1e-4
describe('indices of SPEI 1.8', () => {
  it('SPEI over one month, log-logistic', () => {
    const ours = spei(balance, 1);
    expect(ours).toHaveLength(382);
    for (const [index, row] of rows.entries()) {
      expect(Math.abs(ours[index]! - row['SPEI1']!), `month ${index}`).toBeLessThan(1e-4);
    }
  });

  it('SPI over one month, gamma, without the share of dry months that we count', () => {
    const fits = fitSpi(rain, 1).map((fit): RainFit => ({...fit!, dryFraction: 0}));
    const ours = spi(rain, 1, fits);
    let compared = 0;
    for (const [index, row] of rows.entries()) {
      if (row['PRCP'] === 0) continue;
      expect(Math.abs(ours[index]! - row['SPI1']!), `month ${index}`).toBeLessThan(1e-4);
      compared += 1;
    }
    expect(compared).toBe(378);
  });

  it('SPI of a rainless month is the quantile of their share, not minus infinity', () => {
    const index = rows.findIndex((row) => row['PRCP'] === 0);
    const month = rows[index]!['MONTH']!;
    const own = rows.filter((row) => row['MONTH'] === month);
    const dry = own.filter((row) => row['PRCP'] === 0).length / own.length;
    expect(spi(rain, 1)[index]).toBeCloseTo(normalQuantile(dry), 9);
  });
});

describe('an index over many months', () => {
  it.each([3, 6, 12, 24])('has mean 0 and deviation 1 over %d months', (months) => {
    for (const list of [spei(balance, months), spi(rain, months)]) {
      expect(list.slice(0, months - 1).every((value) => value === null)).toBe(true);
      const known = list.filter((value) => value !== null);
      expect(known).toHaveLength(382 - months + 1);
      const mean = known.reduce((sum, value) => sum + value, 0) / known.length;
      const variance = known.reduce((sum, value) => sum + (value - mean) ** 2, 0) / known.length;
      expect(Math.abs(mean)).toBeLessThan(0.05);
      expect(Math.abs(Math.sqrt(variance) - 1)).toBeLessThan(0.06);
    }
  });

  it('does not depend on the month a record begins with', () => {
    const from = 7;
    const part = {firstMonth: from, values: balance.values.slice(from)};
    expect(spei(part, 1, fitSpei(balance, 1))).toEqual(spei(balance, 1).slice(from));
  });

  it('judges another climate by the fits of its baseline', () => {
    const drier = {...balance, values: balance.values.map((mm) => mm! - 30)};
    const ours = spei(drier, 3, fitSpei(balance, 3)).filter((value) => value !== null);
    expect(ours.reduce((sum, value) => sum + value, 0) / ours.length).toBeLessThan(-0.7);
    // fitted on itself the same record is no drier than ever
    const own = spei(drier, 3).filter((value) => value !== null);
    expect(Math.abs(own.reduce((sum, value) => sum + value, 0) / own.length)).toBeLessThan(0.05);
  });
});

describe('what is missing', () => {
  it('a gap takes the sums it is in, and nothing else', () => {
    expect(trailingSums([1, 2, null, 4, 5, Number.NaN, 7], 2)).toEqual([null, 3, null, null, 9, null, null]);
    expect(trailingSums([1, 2], 3)).toEqual([null, null]);
    const gap = {...rain, values: rain.values.map((mm, index) => (index === 100 ? null : mm))};
    const list = spi(gap, 3);
    expect([99, 100, 101, 102, 103].map((index) => list[index] === null)).toEqual([
      false,
      true,
      true,
      true,
      false,
    ]);
  });

  it.each([0, -1, 1.5, Number.NaN])('refuses a time scale of %d months', (months) => {
    expect(() => trailingSums([1, 2, 3], months)).toThrow('time scale');
  });

  it('a short or flat record has no index', () => {
    const nineYears = {firstMonth: 0, values: rain.values.slice(0, 108)};
    expect(spi(nineYears, 1).every((value) => value === null)).toBe(true);
    expect(spei({firstMonth: 0, values: Array(480).fill(5)}, 1).every((value) => value === null)).toBe(true);
    expect(spi({firstMonth: 0, values: Array(480).fill(0)}, 1).every((value) => value === null)).toBe(true);
    expect(spi({firstMonth: 0, values: []}, 1)).toEqual([]);
  });

  it('months that differ by less than a number can hold with all its digits have no index', () => {
    const values = Array.from({length: 480}, (_, i) => (i === 240 ? 2.5e-323 : 0));
    expect(spei({firstMonth: 0, values}, 1).every((value) => value === null)).toBe(true);
  });

  it('any record gives finite indices or none', () => {
    const value = fc.oneof(fc.constant(null), fc.constant(0), fc.double({min: 0, max: 500, noNaN: true}));
    fc.assert(
      fc.property(
        fc.array(value, {minLength: 120, maxLength: 240}),
        fc.integer({min: 0, max: 11}),
        fc.integer({min: 1, max: 4}),
        (values, firstMonth, months) => {
          const record = {firstMonth, values};
          for (const index of [...spi(record, months), ...spei(record, months)]) {
            expect(index === null || Number.isFinite(index)).toBe(true);
          }
        },
      ),
    );
  });

  it('more rain never gives a lower index', () => {
    const fits = fitSpi(rain, 1);
    fc.assert(
      fc.property(
        fc.integer({min: 0, max: 11}),
        fc.double({min: 0, max: 400, noNaN: true}),
        fc.double({min: 0, max: 50, noNaN: true}),
        (firstMonth, mm, more) => {
          const [less] = spi({firstMonth, values: [mm]}, 1, fits);
          const [higher] = spi({firstMonth, values: [mm + more]}, 1, fits);
          expect(higher!).toBeGreaterThanOrEqual(less! - 1e-12);
        },
      ),
    );
  });
});

describe('distributions', () => {
  // Γ(1) = Γ(2) = 1, Γ(0.5) = √π, Γ(10) = 9!
  it.each([
    {x: 1, log: 0},
    {x: 2, log: 0},
    {x: 0.5, log: 0.5 * Math.log(Math.PI)},
    {x: 10, log: Math.log(362_880)},
    {x: 0.1, log: 2.252712651734206},
  ])('ln Γ($x)', ({x, log}) => {
    expect(logGamma(x)).toBeCloseTo(log, 12);
  });

  // P(1, x) = 1 − e^-x; P(0.5, x) = erf √x, erf 1 = 0.8427007929; P(3, 2) = 1 − 5 e^-2
  it.each([
    {shape: 1, x: 0.3, share: 1 - Math.exp(-0.3)},
    {shape: 1, x: 7, share: 1 - Math.exp(-7)},
    {shape: 0.5, x: 1, share: 0.8427007929497149},
    {shape: 3, x: 2, share: 1 - 5 * Math.exp(-2)},
    {shape: 3, x: 0, share: 0},
    {shape: 3, x: Number.POSITIVE_INFINITY, share: 1},
  ])('gamma of shape $shape up to $x', ({shape, x, share}) => {
    expect(gammaShare(2 * x, {shape, scale: 2})).toBeCloseTo(share, 12);
  });

  // Hosking (1990): a uniform sample has L-skewness 0, l2 = (n + 1)/(6(n − 1))·range for equal steps: 1, 2, 3, 4, 5 has 1
  it('L-moments of five steps', () => {
    const moments = lMoments([1, 2, 3, 4, 5])!;
    expect(moments.l1).toBeCloseTo(3, 12);
    expect(moments.l2).toBeCloseTo(1, 12);
    expect(moments.skewness).toBeCloseTo(0, 12);
    expect(lMoments([1, 2])).toBeNull();
    expect(lMoments([2, 2, 2])).toBeNull();
  });

  it('a symmetrical sample is logistic, its middle half', () => {
    const fit = fitLogLogistic({l1: 3, l2: 1, skewness: 0});
    expect(logLogisticShare(3, fit)).toBe(0.5);
    // the limit of a small skewness
    const near = fitLogLogistic({l1: 3, l2: 1, skewness: 1e-7});
    expect(logLogisticShare(4, near)).toBeCloseTo(logLogisticShare(4, fit), 6);
  });

  it('values beyond the end of a skewed distribution have the share of its end', () => {
    const right = fitLogLogistic({l1: 0, l2: 1, skewness: 0.4});
    expect(logLogisticShare(-1e6, right)).toBe(0);
    expect(logLogisticShare(1e6, fitLogLogistic({l1: 0, l2: 1, skewness: -0.4}))).toBe(1);
  });

  it('an exponential sample has a gamma of shape 1', () => {
    const fit = fitGamma({l1: 10, l2: 5, skewness: 1 / 3})!;
    expect(fit.shape).toBeCloseTo(1, 2);
    expect(fit.shape * fit.scale).toBeCloseTo(10, 9);
    expect(fitGamma({l1: 10, l2: 10, skewness: 0})).toBeNull();
  });
});

describe('classes of drought', () => {
  // GB/T 20481-2017, tables of SPI and SPEI and of relative soil moisture
  it.each([
    {index: 0.3, name: 'none'},
    {index: -0.49, name: 'none'},
    {index: -0.5, name: 'light'},
    {index: -1, name: 'moderate'},
    {index: -1.5, name: 'severe'},
    {index: -2, name: 'extreme'},
    {index: null, name: null},
    {index: Number.NaN, name: null},
  ])('an index of $index is $name', ({index, name}) => {
    expect(droughtClassByIndex(index)).toBe(name);
  });

  it.each([
    {percent: 60.1, name: 'none'},
    {percent: 60, name: 'light'},
    {percent: 50, name: 'moderate'},
    {percent: 40, name: 'severe'},
    {percent: 30, name: 'extreme'},
    {percent: null, name: null},
  ])('relative soil moisture of $percent % is $name', ({percent, name}) => {
    expect(droughtClassBySoilMoisture(percent)).toBe(name);
  });

  it.each([
    {available: 0.4, name: 'none'},
    {available: 0.39, name: 'light'},
    {available: 0.24, name: 'moderate'},
    {available: 0.09, name: 'severe'},
    {available: 0.01, name: 'extreme'},
    {available: -0.2, name: 'extreme'},
    {available: null, name: null},
  ])('available water of $available is $name', ({available, name}) => {
    expect(droughtClassByAvailableWater(available)).toBe(name);
  });

  it('a soil’s water among other years', () => {
    expect(soilWaterPercentile(5, [1, 2, 5, 9])).toBe(62.5);
    expect(soilWaterPercentile(0, [1, 2])).toBe(0);
    expect(soilWaterPercentile(5, [])).toBeNull();
  });
});

it.each([-1, 1.5, 12, Number.NaN])('refuses a record that begins in month %d', (firstMonth) => {
  expect(() => fitSpi({firstMonth, values: [1, 2, 3]}, 1)).toThrow(RangeError);
});
