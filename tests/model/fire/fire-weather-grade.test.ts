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
