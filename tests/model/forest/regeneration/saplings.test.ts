import fc from 'fast-check';
import {expect, it} from 'vitest';
import {
  establishment,
  growSaplings,
  lightResponse,
  mastFactor,
  maxSaplings,
  recruitPlace,
  SaplingColumns,
  type SaplingSpecies,
  type Saplings,
  SEEDLING_HEIGHT_M,
  type SeedlingYear,
} from '#model';

const AREA_M2 = 400;
const species: SaplingSpecies[] = [
  {maxHeightM: 30, rate: 0.09, heightOverDiameter: 90, lightClass: 1.5},
  {maxHeightM: 22, rate: 0.035, heightOverDiameter: 80, lightClass: 4},
];

it('a cell grows as the cohorts of its definition do, to the last digit but rounding', () => {
  fc.assert(
    fc.property(
      fc.array(
        fc.record({
          light: fc.double({min: 0, max: 1, noNaN: true}),
          environment: fc.double({min: 0, max: 1, noNaN: true}),
        }),
        {minLength: 1, maxLength: 40},
      ),
      fc.integer({min: 0, max: 1}),
      (years, s) => {
        const p = species[s]!;
        const columns = new SaplingColumns(new Uint16Array(1), species, AREA_M2);
        columns.establish(0, s, 500);
        let cohort: Saplings | null = {count: 500, heightM: SEEDLING_HEIGHT_M, stressYears: 0};
        for (const {light, environment} of years) {
          let trees: {count: number; heightM: number} | undefined;
          columns.step(
            {environment: new Float64Array(2).fill(environment), groundLight: Float64Array.of(light)},
            (_cell, _species, count, heightM) => {
              trees = {count, heightM};
            },
          );
          cohort = growSaplings(cohort, {
            maxHeightM: p.maxHeightM,
            rate: p.rate,
            environment,
            light: lightResponse(light, p.lightClass),
            stressBelow: 0.1,
            maxCount: (heightM) =>
              maxSaplings({
                heightM,
                areaM2: AREA_M2,
                density: 1200,
                heightOverDiameter: p.heightOverDiameter,
              }),
          });
          const now =
            trees ??
            (columns.count[0]! > 0 ? {count: columns.count[0]!, heightM: columns.heightM[0]!} : null);
          if (cohort === null) {
            expect(now).toBeNull();
            return;
          }
          expect(now!.heightM).toBeCloseTo(cohort.heightM, 9);
          expect(now!.count / cohort.count).toBeCloseTo(1, 9);
          if (trees) return;
        }
      },
    ),
  );
});

it('seedlings join the low ones of their species; a cell full of tall saplings has no room', () => {
  const columns = new SaplingColumns(new Uint16Array(2), species, AREA_M2);
  columns.establish(0, 1, 10);
  columns.establish(0, 1, 30);
  expect([...columns.count.slice(0, 2)]).toEqual([40, 0]);
  columns.heightM.fill(2, 6, 12);
  columns.count.fill(5, 6, 12);
  columns.species.fill(0, 6, 12);
  columns.establish(1, 1, 1000);
  expect([...columns.count.slice(6)]).toEqual([5, 5, 5, 5, 5, 5]);
  columns.establish(0, 0, 0);
  expect(columns.count[1]).toBe(0);
});

const good: SeedlingYear = {
  groundLight: 1,
  degreeDays: 3000,
  lateFrostDays: 0,
  relativeWater: [1, 1, 1],
  floodedDays: 0,
  groundLayerLai: 0,
  kept: false,
};
const response = {lightClass: 3, droughtLimit: 0.25, floodSensitivity: 0.8};

it.each([
  {groundLight: 0.1},
  {degreeDays: 300},
  {lateFrostDays: 4},
  {relativeWater: [0.05, 0.05, 1]},
  {floodedDays: 20},
  {groundLayerLai: 3},
])('a worse year, %o, lets fewer seedlings up', (worse) => {
  const best = establishment(good, response);
  const less = establishment({...good, ...worse}, response);
  expect(less).toBeLessThan(best);
  expect(less).toBeGreaterThanOrEqual(0);
  expect(best).toBeLessThanOrEqual(1);
});

it('nothing comes up where the ground is kept open', () => {
  expect(establishment({...good, kept: true}, response)).toBe(0);
});

it('years of many seeds and of few have a mean of one', () => {
  const mast = {everyYears: 4, factor: 3};
  const mean =
    Array.from({length: 4000}, (_, i) => mastFactor(i / 4000, mast)).reduce((a, b) => a + b) / 4000;
  expect(mean).toBeCloseTo(1, 6);
});

it('a recruit stands in its cell, away from stems where there is room', () => {
  const cell = {xM: 100, yM: -40, sizeM: 20};
  const stems = [{xM: 100, yM: -40}];
  for (let counter = 0; counter < 50; counter += 1) {
    const {xM, yM} = recruitPlace(cell, stems, 5, counter * 24);
    expect(Math.abs(xM - cell.xM)).toBeLessThanOrEqual(10);
    expect(Math.abs(yM - cell.yM)).toBeLessThanOrEqual(10);
    expect(Math.hypot(xM - 100, yM + 40)).toBeGreaterThanOrEqual(1);
  }
});
