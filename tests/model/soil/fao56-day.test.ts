import {describe, expect, it} from 'vitest';
import {
  basalCropCoefficientByLeafArea,
  curveNumberByDepletion,
  curveNumberRunOffMm,
  depletionFraction,
  dryCurveNumber,
  evaporationReduction,
  maximumCropCoefficient,
  maximumCropCoefficientOverAlfalfa,
  waterStressCoefficient,
  wetCurveNumber,
} from '#model';
import {mcleanEt0Mm, season} from './fao56-season.ts';

// pyfao56 1.4; its seasons by fao56Day are compared in tests/simulation/verify
it('ET0 of a season’s weather is the reference’s within 0.002 mm', () => {
  const {rows} = season('corn-rainfed-2015', 'mclean-2015-weather', 10, 'used');
  const off = mcleanEt0Mm().map((mm, index) => Math.abs(mm - rows[index]!['ETref']!));
  expect(Math.max(...off)).toBeLessThan(0.002);
});

describe('crop coefficients', () => {
  // by hand from (72): at 2 m/s and 45 % the climate's term is nought
  it.each([
    {what: 'the standard climate', wind: 2, humidity: 45, heightM: 2, basal: 0.3, maximum: 1.2},
    // by hand: 1.2 + (0.04·2 + 0.004·20)·(1)^0.3
    {what: 'wind and dry air', wind: 4, humidity: 25, heightM: 3, basal: 0.3, maximum: 1.36},
    {what: 'a crop that uses all', wind: 2, humidity: 45, heightM: 2, basal: 1.3, maximum: 1.35},
    {what: 'a storm counts as 6 m/s', wind: 30, humidity: 45, heightM: 3, basal: 0.3, maximum: 1.36},
    {what: 'fog counts as 80 %', wind: 2, humidity: 100, heightM: 3, basal: 0.3, maximum: 1.06},
  ])('Kcmax in $what is $maximum', ({wind, humidity, heightM, basal, maximum}) => {
    const of = {basal, windSpeedAt2mMPerS: wind, minimumHumidityPercent: humidity, heightM};
    expect(maximumCropCoefficient(of)).toBeCloseTo(maximum, 9);
  });

  it('over alfalfa it is 1 or a little more than the crop’s', () => {
    expect(maximumCropCoefficientOverAlfalfa(0.4)).toBe(1);
    expect(maximumCropCoefficientOverAlfalfa(1.1)).toBeCloseTo(1.15, 12);
  });

  // by hand: 1 − e^-0.7 = 0.5034
  it('by leaf area lies between bare and full', () => {
    expect(basalCropCoefficientByLeafArea({lai: 0, bare: 0.15, full: 0.95})).toBe(0.15);
    expect(basalCropCoefficientByLeafArea({lai: 1, bare: 0.15, full: 0.95})).toBeCloseTo(0.5527, 4);
    expect(basalCropCoefficientByLeafArea({lai: 20, bare: 0.15, full: 0.95})).toBeCloseTo(0.95, 5);
  });

  // by hand from (84): TAW 112 mm, p 0.4, so that RAW is 44.8 and the denominator 67.2 mm
  it.each([
    {depletionMm: 44.8, stress: 1},
    {depletionMm: 55, stress: 0.848},
    {depletionMm: 92.8, stress: 0.286},
    {depletionMm: 112, stress: 0},
    {depletionMm: 130, stress: 0},
  ])('Ks is $stress at a depletion of $depletionMm of 112 mm', ({depletionMm, stress}) => {
    expect(waterStressCoefficient(depletionMm, 112, 0.4)).toBeCloseTo(stress, 3);
  });

  it('p falls with thirst, within bounds', () => {
    expect(depletionFraction(0.5, 5)).toBe(0.5);
    expect(depletionFraction(0.5, 10)).toBeCloseTo(0.3, 12);
    expect(depletionFraction(0.5, 25)).toBe(0.1);
    expect(depletionFraction(0.7, 0)).toBe(0.8);
  });

  it('Kr is 1 while the readily evaporable water lasts, 0 when all is gone', () => {
    expect(evaporationReduction(8, 20, 8)).toBe(1);
    expect(evaporationReduction(14, 20, 8)).toBe(0.5);
    expect(evaporationReduction(20, 20, 8)).toBe(0);
    expect(evaporationReduction(3, 5, 5)).toBe(1);
    expect(evaporationReduction(5, 5, 5)).toBe(0);
  });
});

describe('curve number', () => {
  // USDA NRCS National Engineering Handbook, part 630, table 10-1: CN II 70 is I 51, III 85; Hawkins’ formulas follow the table within 2
  it.each([
    {mean: 70, dry: 51, wet: 85},
    {mean: 80, dry: 63, wet: 91},
    {mean: 90, dry: 78, wet: 96},
    {mean: 100, dry: 100, wet: 100},
  ])('$mean is about $dry dry and $wet wet', ({mean, dry, wet}) => {
    expect(Math.abs(dryCurveNumber(mean) - dry)).toBeLessThan(2);
    expect(Math.abs(wetCurveNumber(mean) - wet)).toBeLessThan(2);
  });

  it('goes from wet to dry with the surface', () => {
    const of = {dry: 50, wet: 85, readilyMm: 10, totalMm: 30};
    expect(curveNumberByDepletion({...of, depletionMm: 5})).toBe(85);
    expect(curveNumberByDepletion({...of, depletionMm: 16})).toBe(50);
    expect(curveNumberByDepletion({...of, depletionMm: 10.5})).toBeCloseTo(67.5, 9);
  });

  // by hand: CN 80 has S = 62.5 mm, Ia = 12.5 mm; 50 mm gives 37.5²/100 = 14.06 mm
  it.each([
    {rainMm: 0, mm: 0},
    {rainMm: 12.5, mm: 0},
    {rainMm: 50, mm: 14.0625},
  ])('sheds $mm mm of $rainMm mm at CN 80', ({rainMm, mm}) => {
    expect(curveNumberRunOffMm(rainMm, 80)).toBeCloseTo(mm, 9);
  });

  it('sheds everything on sealed ground', () => {
    expect(curveNumberRunOffMm(20, 100)).toBe(20);
  });
});
