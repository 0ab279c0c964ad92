import fc from 'fast-check';
import {expect, it} from 'vitest';
import {type FireGradeDay, fireWeatherGrade} from '#model';

const DAY: FireGradeDay = {
  maximumTemperatureC: 38,
  relativeHumidityPercent: 35,
  dryDays: 12,
  beaufort: 3,
  greenness: 'full',
};

// Worked by hand from the tables (no published example was at hand; the points of greenness are a guess): 20 + 12 + 50 + 15 − 20 = 77.
it('is 77 and grade 4 on a hot dry day in full leaf', () => {
  expect(fireWeatherGrade(DAY)).toEqual({index: 77, grade: 4});
});

// Band edges: A ≤ 5, 10, 15, 20, 25; B ≥ 65, 55, 45, 35, 25; grades from 26, 51, 73, 91.
it.each([
  [{maximumTemperatureC: 25}, 73, 4],
  [{maximumTemperatureC: 25.1}, 77, 4],
  [{maximumTemperatureC: 20}, 69, 3],
  [{maximumTemperatureC: 5}, 57, 3],
  [{relativeHumidityPercent: 34.9}, 81, 4],
  [{relativeHumidityPercent: 24.9}, 85, 4],
  [{relativeHumidityPercent: 65}, 65, 3],
  [{dryDays: 0}, 27, 2],
  [{dryDays: 100}, 77, 4],
  [{beaufort: 8}, 102, 5],
  [{beaufort: 12}, 102, 5],
  [{greenness: 'dead'}, 97, 5],
  [{dryDays: 0, beaufort: 0, maximumTemperatureC: 0}, -8, 1],
] as const)('with %o: %d, grade %d', (change, index, grade) => {
  expect(fireWeatherGrade({...DAY, ...change})).toEqual({index, grade});
});

it('is not given without a measurement', () => {
  expect(fireWeatherGrade({...DAY, relativeHumidityPercent: Number.NaN})).toBeNull();
});

it.each([
  {relativeHumidityPercent: 140},
  {relativeHumidityPercent: -5},
  {dryDays: 2.5},
  {dryDays: -1},
  {beaufort: 0.5},
])('refuses %o', (change) => {
  expect(() => fireWeatherGrade({...DAY, ...change})).toThrow(RangeError);
});

it('never falls as it gets hotter, drier, windier, or the rain lies longer back', () => {
  const day = fc.record({
    maximumTemperatureC: fc.double({min: -40, max: 55, noNaN: true}),
    relativeHumidityPercent: fc.double({min: 0, max: 100, noNaN: true}),
    dryDays: fc.integer({min: 0, max: 400}),
    beaufort: fc.integer({min: 0, max: 17}),
    greenness: fc.constantFrom('full', 'green', 'turning', 'dormant', 'dead'),
  });
  fc.assert(
    fc.property(day, (one) => {
      const {index, grade} = fireWeatherGrade(one)!;
      expect(index).toBeGreaterThanOrEqual(-20);
      expect(index).toBeLessThanOrEqual(130);
      for (const worse of [
        {maximumTemperatureC: one.maximumTemperatureC + 5},
        {relativeHumidityPercent: one.relativeHumidityPercent / 2},
        {dryDays: one.dryDays + 1},
        {beaufort: one.beaufort + 1},
        {greenness: 'dead' as const},
      ]) {
        const then = fireWeatherGrade({...one, ...worse})!;
        expect(then.index).toBeGreaterThanOrEqual(index);
        expect(then.grade).toBeGreaterThanOrEqual(grade);
      }
    }),
  );
});
