import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import {
  deadWoodDecayPerYear,
  deadWoodYear,
  decaySpeed,
  SOIL_CARBON_PARAMETERS,
  soilCarbonYear,
  steadySoilCarbon,
} from '#model';

describe('soil carbon', () => {
  // ICBM (Andrén & Kätterer 1997), Ultuna treatments after 20 years
  it.each([
    {young: 0.3, old: 3.96, input: 0, humification: 0.13, speed: 1.32, youngAfter: 0, oldAfter: 3.408931},
    {
      young: 0.3,
      old: 4.11,
      input: 0.285,
      humification: 0.125,
      speed: 1,
      youngAfter: 0.35625,
      oldAfter: 4.306403,
    },
    {
      young: 0.3,
      old: 4.05,
      input: 0.248,
      humification: 0.125,
      speed: 1.22,
      youngAfter: 0.254098,
      oldAfter: 4.07557,
    },
    {
      young: 0.3,
      old: 3.99,
      input: 0.272,
      humification: 0.25,
      speed: 1.1,
      youngAfter: 0.309091,
      oldAfter: 4.764129,
    },
  ])(
    'from $young and $old with $input a year',
    ({young, old, input, humification, speed, youngAfter, oldAfter}) => {
      let soil = {youngKgPerM2: young, oldKgPerM2: old};
      const p = {...SOIL_CARBON_PARAMETERS, humification};
      for (let year = 0; year < 20; year += 1) soil = soilCarbonYear(soil, input, speed, p);
      expect(soil.youngKgPerM2).toBeCloseTo(youngAfter, 6);
      expect(soil.oldKgPerM2).toBeCloseTo(oldAfter, 6);
    },
  );

  it('rests at its steady state', () => {
    const steady = steadySoilCarbon(0.2, 1);
    expect(steady.youngKgPerM2).toBeCloseTo(0.25, 9);
    expect(steady.oldKgPerM2).toBeCloseTo(4.132, 3);
    const after = soilCarbonYear(steady, 0.2, 1);
    expect(after.youngKgPerM2).toBeCloseTo(steady.youngKgPerM2, 12);
    expect(after.oldKgPerM2).toBeCloseTo(steady.oldKgPerM2, 12);
    expect(after.respiredKgPerM2).toBeCloseTo(0.2, 12);
  });

  it('is exact: a year is the same as its differential equations in small steps', () => {
    let young = 0.6;
    let old = 3;
    const {youngRate, oldRate, humification} = SOIL_CARBON_PARAMETERS;
    const steps = 200_000;
    for (let i = 0; i < steps; i += 1) {
      const decay = youngRate * 2.4 * young;
      old += (humification * decay - oldRate * 2.4 * old) / steps;
      young += (0.4 - decay) / steps;
    }
    const year = soilCarbonYear({youngKgPerM2: 0.6, oldKgPerM2: 3}, 0.4, 2.4);
    expect(year.youngKgPerM2).toBeCloseTo(young, 5);
    expect(year.oldKgPerM2).toBeCloseTo(old, 5);
  });

  it('has an answer where both rates are equal, and in frozen ground', () => {
    const equal = {youngRate: 0.5, oldRate: 0.5, humification: 0.2};
    const nearly = {...equal, oldRate: 0.5 + 1e-6};
    const soil = {youngKgPerM2: 1, oldKgPerM2: 2};
    const a = soilCarbonYear(soil, 0.3, 1, equal);
    expect(a.oldKgPerM2).toBeCloseTo(soilCarbonYear(soil, 0.3, 1, nearly).oldKgPerM2, 5);
    const frozen = soilCarbonYear(soil, 0.3, 0);
    expect(frozen).toMatchObject({youngKgPerM2: 1.3, oldKgPerM2: 2});
    expect(frozen.respiredKgPerM2).toBeCloseTo(0, 12);
  });

  it('breathes out what it loses, never less than nothing', () => {
    const amount = fc.double({min: 0, max: 5, noNaN: true});
    fc.assert(
      fc.property(
        amount,
        amount,
        amount,
        fc.double({min: 0, max: 6, noNaN: true}),
        (young, old, input, speed) => {
          const after = soilCarbonYear({youngKgPerM2: young, oldKgPerM2: old}, input, speed);
          const change = after.youngKgPerM2 + after.oldKgPerM2 - young - old;
          expect(Math.abs(input - after.respiredKgPerM2 - change)).toBeLessThan(1e-9);
          expect(after.respiredKgPerM2).toBeGreaterThan(-1e-9);
          expect(after.youngKgPerM2).toBeGreaterThanOrEqual(0);
          expect(after.oldKgPerM2).toBeGreaterThanOrEqual(0);
        },
      ),
    );
  });

  it.each([
    {meanAnnualC: 5.4, speed: 1},
    {meanAnnualC: 15.4, speed: 2},
    {meanAnnualC: 25.4, speed: 4},
  ])('decays $speed times as fast at $meanAnnualC °C', ({meanAnnualC, speed}) => {
    expect(decaySpeed(meanAnnualC)).toBeCloseTo(speed, 12);
  });
});

describe('dead wood', () => {
  it.each([
    {diameterCm: 5, perYear: 0.15},
    {diameterCm: 10, perYear: 0.1},
    {diameterCm: 30, perYear: 0.05},
    {diameterCm: 200, perYear: 0.05},
  ])('of $diameterCm cm decays by $perYear a year', ({diameterCm, perYear}) => {
    expect(deadWoodDecayPerYear(diameterCm)).toBe(perYear);
  });

  it('halves in ln 2/k years, rests where input is decay, and closes', () => {
    let pool = {massKg: 100, decayedKg: 0};
    for (let year = 0; year < 7; year += 1) pool = deadWoodYear(pool.massKg, 0, Math.LN2 / 7);
    expect(pool.massKg).toBeCloseTo(50, 9);
    const steady = deadWoodYear(200, 20, 0.1);
    expect(steady.massKg).toBeCloseTo(200, 9);
    expect(steady.decayedKg).toBeCloseTo(20, 9);
  });
});
