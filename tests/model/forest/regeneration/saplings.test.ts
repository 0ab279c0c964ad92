import fc from 'fast-check';
import {expect, it} from 'vitest';
import {
  establishment,
  growSaplings,
  lightResponse,
  mastFactor,
  mostSaplings,
  recruitPlace,
  SaplingColumns,
  type SaplingSpecies,
  type Saplings,
  SEEDLING_HEIGHT_M,
  type SeedlingYear,
  saplingsWithGround,
} from '#model';

const AREA_M2 = 400;
const species: SaplingSpecies[] = [
  {maxHeightM: 30, rate: 0.09, heightOverDiameter: 90, lightClass: 1.5},
  {maxHeightM: 22, rate: 0.035, heightOverDiameter: 80, lightClass: 4},
];

const share = fc.double({min: 0, max: 1, noNaN: true});

it('a cell grows as the cohorts of its definition do, to the last digit but rounding', () => {
  fc.assert(
    fc.property(
      fc.array(fc.record({light: share, environment: share, survival: share, room: share}), {
        minLength: 1,
        maxLength: 40,
      }),
      (years) => {
        const columns = new SaplingColumns(new Uint16Array(1), species, AREA_M2);
        columns.establish(0, 0, 60);
        columns.establish(0, 1, 30);
        columns.settle(Float64Array.of(1));
        const most = species.map(({maxHeightM}) => mostSaplings(maxHeightM, AREA_M2));
        const came = saplingsWithGround(
          [60, 30].map((seedlings, s) => ({count: 0, seedlings, most: most[s]!})),
          1,
        );
        const cohorts: (Saplings | null)[] = came.map(({seedlings}) => ({
          count: seedlings,
          heightM: SEEDLING_HEIGHT_M,
          stressYears: 0,
        }));
        for (const {light, environment, survival, room} of years) {
          const trees = new Map<number, number>();
          columns.step(
            {
              environment: new Float64Array(2).fill(environment),
              survival: new Float64Array(2).fill(survival),
              groundLight: Float64Array.of(light),
              room: Float64Array.of(room),
            },
            (_cell, s, count) => trees.set(s, count),
          );
          const left = saplingsWithGround(
            cohorts.map((cohort, s) => ({count: cohort?.count ?? 0, seedlings: 0, most: most[s]!})),
            room,
          );
          for (const [s, {maxHeightM, rate, lightClass}] of species.entries()) {
            const before = cohorts[s];
            if (!before || left[s]!.count === 0) {
              cohorts[s] = null;
              continue;
            }
            const after = growSaplings(
              {...before, count: left[s]!.count},
              {
                maxHeightM,
                rate,
                survival,
                environment,
                light: lightResponse(light, lightClass),
                stressBelow: 0.1,
              },
            );
            const count = trees.get(s) ?? columns.count[s]!;
            expect(count).toBeCloseTo(after?.count ?? 0, 9);
            if (after && count > 0) expect(columns.heightM[s]).toBeCloseTo(after.heightM, 9);
            cohorts[s] = trees.has(s) ? null : after;
          }
        }
      },
    ),
  );
});

// 400 m² bear 100 saplings that may become trees of 4 m, one to 2 m × 2 m
it.each([
  {name: 'seedlings have what is free', cell: [{count: 60, seedlings: 80}], room: 1, left: [[60, 40]]},
  {name: 'none where saplings have it all', cell: [{count: 100, seedlings: 9}], room: 1, left: [[100, 0]]},
  {name: 'saplings lose what trees take', cell: [{count: 80, seedlings: 9}], room: 0.4, left: [[40, 0]]},
  {name: 'no ground, no saplings', cell: [{count: 5, seedlings: 9}], room: 0, left: [[0, 0]]},
  {
    name: 'all lose alike',
    cell: [
      {count: 60, seedlings: 10},
      {count: 0, seedlings: 30},
    ],
    room: 0.8,
    left: [
      [60, 5],
      [0, 15],
    ],
  },
])('$name', ({cell, room, left}) => {
  const most = mostSaplings(30, AREA_M2);
  expect(most).toBe(100);
  const of = saplingsWithGround(
    cell.map((cohort) => ({...cohort, most})),
    room,
  );
  for (const [k, {count, seedlings}] of of.entries()) {
    expect(count).toBeCloseTo(left[k]![0]!, 9);
    expect(seedlings).toBeCloseTo(left[k]![1]!, 9);
  }
});

it('a cell has no more saplings than can be trees, however many seeds fall', () => {
  const columns = new SaplingColumns(new Uint16Array(1), species, AREA_M2);
  const year = {
    environment: new Float64Array(2).fill(0.5),
    survival: new Float64Array(2).fill(0.97),
    groundLight: Float64Array.of(0.3),
    room: Float64Array.of(0.7),
  };
  let trees = 0;
  for (let n = 0; n < 60; n += 1) {
    columns.step(year, (_cell, _species, count) => {
      trees += count;
    });
    columns.establish(0, n % 2, 5000);
    columns.settle(year.room);
    expect(columns.count.reduce((sum, count) => sum + count, 0)).toBeLessThanOrEqual(70 + 1e-9);
  }
  expect(trees).toBeGreaterThan(0);
});

it('what a census counts is told: that came, died, stands', () => {
  const columns = new SaplingColumns(new Uint16Array(1), [species[0]!], AREA_M2);
  const year = (survival: number) => ({
    environment: Float64Array.of(0.6),
    survival: Float64Array.of(survival),
    groundLight: Float64Array.of(1),
    room: Float64Array.of(1),
  });
  columns.establish(0, 0, 50);
  columns.settle(Float64Array.of(1));
  let years = 0;
  const none = () => {};
  // 1 cm at a height of 90 cm
  while (columns.heightM[0]! < 0.9) {
    expect(columns.counted.stems[0]).toBe(0);
    columns.step(year(1), none);
    years += 1;
  }
  expect(years).toBeGreaterThan(2);
  expect(columns.counted.came[0]).toBeCloseTo(50, 9);
  expect(columns.counted.stems[0]).toBeCloseTo(50, 9);
  columns.step(year(0.9), none);
  expect(columns.counted.came[0]).toBe(0);
  expect(columns.counted.died[0]).toBeCloseTo(5, 9);
  expect(columns.counted.stems[0]).toBeCloseTo(45, 9);
});

it('seedlings join the low ones of their species; a cell full of cohorts has no place for more', () => {
  const columns = new SaplingColumns(new Uint16Array(2), species, AREA_M2);
  const room = Float64Array.of(1);
  columns.establish(0, 1, 10);
  columns.establish(0, 1, 30);
  columns.settle(room);
  expect([...columns.count.slice(0, 2)]).toEqual([40, 0]);
  columns.heightM.fill(2, 6, 12);
  columns.count.fill(5, 6, 12);
  columns.species.fill(0, 6, 12);
  columns.establish(1, 1, 1000);
  columns.settle(room);
  expect([...columns.count.slice(6)]).toEqual([5, 5, 5, 5, 5, 5]);
  columns.establish(0, 0, 0);
  columns.settle(room);
  expect(columns.count[1]).toBe(0);
});

it('of more species than a cell has places for, those with most seedlings stay', () => {
  const many = Array.from({length: 8}, () => species[0]!);
  const columns = new SaplingColumns(new Uint16Array(1), many, AREA_M2);
  for (let s = 0; s < 8; s += 1) columns.establish(0, s, s + 1);
  columns.settle(Float64Array.of(1));
  expect([...columns.species].sort()).toEqual([2, 3, 4, 5, 6, 7]);
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
