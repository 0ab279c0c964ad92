import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import {
  dailyEt0,
  FAO56_SITE_DEFAULTS,
  MONTH_DAYS,
  midMonthDay,
  soilHeatFluxOfMonthMj,
  thornthwaiteDaylightH,
  thornthwaiteHeat,
  thornthwaitePetMm,
} from '#model';
import {referenceNumbers} from '../reference-rows.ts';

const LATITUDE_DEG = 37.6475;
const ELEVATION_M = 402.6;
// Monthly record of Wichita and the evapotranspiration that the R package SPEI 1.8 gives for it, which is compared value by value in
// tests/simulation/verify.
const rows = referenceNumbers('copyleft/drought/wichita_monthly.csv');

const meanOfExtremes = (index: number): number | null => {
  const row = rows[index];
  return row === undefined ? null : (row['TMAX']! + row['TMIN']!) / 2;
};

it('FAO-56’s own digits for Penman–Monteith are within 10 mm a month of that package’s', () => {
  const known = [...rows.keys()].filter((index) => rows[index]!['PET_penman_fao'] !== null);
  const off = known.map((index) => {
    const row = rows[index]!;
    const month = row['MONTH']! - 1;
    const {et0Mm} = dailyEt0(
      {
        dayOfYear: midMonthDay(month),
        maximumC: row['TMAX']!,
        minimumC: row['TMIN']!,
        vapourPressureKPa: null,
        dewPointC: null,
        maximumHumidityPercent: null,
        minimumHumidityPercent: null,
        meanHumidityPercent: null,
        radiationMj: null,
        sunshineH: row['TSUN']!,
        windSpeedMPerS: row['AWND']!,
        soilHeatFluxMj: soilHeatFluxOfMonthMj(
          meanOfExtremes(index - 1),
          meanOfExtremes(index)!,
          meanOfExtremes(index + 1),
        ),
      },
      {...FAO56_SITE_DEFAULTS, latitudeDeg: LATITUDE_DEG, elevationM: ELEVATION_M},
    );
    return Math.abs(et0Mm! * MONTH_DAYS[month]! - row['PET_penman_fao']!);
  });
  expect(known.length).toBeGreaterThan(150);
  expect(Math.max(...off)).toBeLessThan(10);
  expect(Math.max(...off)).toBeGreaterThan(0.01);
});

describe('Thornthwaite', () => {
  const heat = thornthwaiteHeat([8, 10, 15, 19, 23, 26, 29, 29, 25, 19, 14, 9]);

  it('evaporates nothing in frost, nor where it is always frost', () => {
    expect(thornthwaitePetMm({meanC: -3, heat, daylightH: 10, days: 31})).toBe(0);
    const polar = thornthwaiteHeat(Array(12).fill(-10));
    expect(thornthwaitePetMm({meanC: 4, heat: polar, daylightH: 20, days: 30})).toBe(0);
    expect(thornthwaitePetMm({meanC: Number.NaN, heat, daylightH: 10, days: 31})).toBe(0);
  });

  it('never less in a warmer month', () => {
    fc.assert(
      fc.property(
        fc.double({min: -10, max: 34, noNaN: true}),
        fc.double({min: 0, max: 5, noNaN: true}),
        (meanC, more) => {
          const month = {heat, daylightH: 12, days: 30};
          expect(thornthwaitePetMm({...month, meanC: meanC + more})).toBeGreaterThanOrEqual(
            thornthwaitePetMm({...month, meanC}),
          );
        },
      ),
    );
  });

  it('has the days of the other hemisphere half a year later', () => {
    expect(thornthwaiteDaylightH(-30, 172)).toBeCloseTo(24 - thornthwaiteDaylightH(30, 172), 9);
    expect(thornthwaiteDaylightH(-30, 355)).toBeGreaterThan(13.5);
    expect(thornthwaiteDaylightH(75, 172)).toBe(24);
  });

  it.each([[[1, 2]], [[...Array(11).fill(1), Number.NaN]]])('refuses %j', (means) => {
    expect(() => thornthwaiteHeat(means)).toThrow('twelve monthly means');
  });
});
