import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import {
  dailyEt0,
  extraterrestrialRadiationMj,
  FAO56_SITE_DEFAULTS,
  hargreavesEt0Mm,
  MONTH_DAYS,
  midMonthDay,
  SPEI_PACKAGE,
  soilHeatFluxOfMonthMj,
  thornthwaiteDaylightH,
  thornthwaiteHeat,
  thornthwaitePetMm,
} from '#model';
import {referenceNumbers} from '../reference-rows.ts';

const LATITUDE_DEG = 37.6475;
const ELEVATION_M = 402.6;
// Monthly record of Wichita and the evapotranspiration that the R package SPEI 1.8 gives for it; agreement 1e-6 mm
const rows = referenceNumbers('copyleft/drought/wichita_monthly.csv');

const meanOfExtremes = (index: number): number | null => {
  const row = rows[index];
  return row === undefined ? null : (row['TMAX']! + row['TMIN']!) / 2;
};

describe('monthly evapotranspiration of SPEI 1.8', () => {
  it('Thornthwaite', () => {
    const climate = Array.from({length: 12}, (_, month) => {
      const own = rows.filter((row) => row['MONTH'] === month + 1);
      return own.reduce((sum, row) => sum + row['TMED']!, 0) / own.length;
    });
    const heat = thornthwaiteHeat(climate);
    const known = rows.filter((row) => row['PET_thornthwaite'] !== null);
    expect(known).toHaveLength(252);
    for (const row of known) {
      const month = row['MONTH']! - 1;
      const petMm = thornthwaitePetMm({
        meanC: row['TMED']!,
        heat,
        daylightH: thornthwaiteDaylightH(LATITUDE_DEG, midMonthDay(month)),
        days: MONTH_DAYS[month]!,
      });
      expect(Math.abs(petMm - row['PET_thornthwaite']!)).toBeLessThan(1e-6);
    }
  });

  it('Hargreaves', () => {
    const known = rows.filter((row) => row['PET_hargreaves'] !== null);
    expect(known).toHaveLength(252);
    for (const row of known) {
      const month = row['MONTH']! - 1;
      const perDayMm = hargreavesEt0Mm({
        meanC: (row['TMAX']! + row['TMIN']!) / 2,
        maximumC: row['TMAX']!,
        minimumC: row['TMIN']!,
        extraterrestrialMj: extraterrestrialRadiationMj(LATITUDE_DEG, midMonthDay(month), SPEI_PACKAGE),
      });
      expect(Math.abs(perDayMm * MONTH_DAYS[month]! - row['PET_hargreaves']!)).toBeLessThan(1e-6);
    }
  });

  const penman = (index: number, constants?: typeof SPEI_PACKAGE) => {
    const row = rows[index]!;
    const month = row['MONTH']! - 1;
    const result = dailyEt0(
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
      constants,
    );
    return result.et0Mm! * MONTH_DAYS[month]!;
  };

  it('Penman–Monteith, with that package’s digits', () => {
    const known = [...rows.keys()].filter((index) => rows[index]!['PET_penman_fao'] !== null);
    expect(known.length).toBeGreaterThan(150);
    for (const index of known) {
      expect(Math.abs(penman(index, SPEI_PACKAGE) - rows[index]!['PET_penman_fao']!)).toBeLessThan(1e-6);
    }
  });

  it('Penman–Monteith with FAO-56’s own digits is within 10 mm a month', () => {
    const off = [...rows.keys()]
      .filter((index) => rows[index]!['PET_penman_fao'] !== null)
      .map((index) => Math.abs(penman(index) - rows[index]!['PET_penman_fao']!));
    expect(Math.max(...off)).toBeLessThan(10);
    expect(Math.max(...off)).toBeGreaterThan(0.01);
  });
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
