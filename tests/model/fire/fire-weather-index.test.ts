import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import {fireBehaviour, type MoistureCodes, nextMoistureCodes, SPRING_CODES} from '#model';
import {referenceNumbers} from '../reference-rows.ts';

const rows = referenceNumbers('copyleft/fire/fwi_vanwagner_pickett_1985.csv');

// Van Wagner & Pickett (1985), 48 days, as cffdrs 1.10 gives them: four significant digits.
describe('the test series of 1985', () => {
  let codes: MoistureCodes = SPRING_CODES;
  const days = rows.map((row) => {
    const windKmPerH = row['WS']!;
    const day = {
      airTemperatureC: row['TEMP']!,
      relativeHumidityPercent: row['RH']!,
      windKmPerH,
      rainMm: row['PREC']!,
    };
    codes = nextMoistureCodes(codes, day, {month: row['MON']! - 1, latitudeDeg: row['LAT']!});
    return {...codes, ...fireBehaviour(codes, windKmPerH)};
  });

  it('has 48 days', () => expect(days).toHaveLength(48));

  it.each([
    ['FFMC', 'ffmc'],
    ['DMC', 'dmc'],
    ['DC', 'dc'],
    ['ISI', 'isi'],
    ['BUI', 'bui'],
    ['FWI', 'fwi'],
    ['DSR', 'dsr'],
  ] as const)('%s to four digits on every day', (column, name) => {
    for (const [index, row] of rows.entries()) {
      const printed = row[column]!;
      const place = 10 ** (Math.floor(Math.log10(Math.max(printed, 1e-12))) - 3);
      expect(Math.abs(days[index]![name] - printed), `day ${index + 1}`).toBeLessThanOrEqual(0.51 * place);
    }
  });
});

const weather = fc.record({
  airTemperatureC: fc.double({min: -40, max: 50, noNaN: true}),
  relativeHumidityPercent: fc.double({min: 0, max: 100, noNaN: true}),
  windKmPerH: fc.double({min: 0, max: 150, noNaN: true}),
  rainMm: fc.double({min: 0, max: 400, noNaN: true}),
});

it('keeps codes in their scales, whatever the weather and the place', () => {
  fc.assert(
    fc.property(
      fc.array(weather, {minLength: 1, maxLength: 60}),
      fc.integer({min: 0, max: 11}),
      fc.double({min: -90, max: 90, noNaN: true}),
      (season, month, latitudeDeg) => {
        let codes = SPRING_CODES;
        for (const day of season) {
          codes = nextMoistureCodes(codes, day, {month, latitudeDeg});
          expect(codes.ffmc).toBeGreaterThanOrEqual(0);
          expect(codes.ffmc).toBeLessThanOrEqual(101);
          expect(codes.dmc).toBeGreaterThanOrEqual(0);
          expect(codes.dc).toBeGreaterThanOrEqual(0);
          for (const value of Object.values(fireBehaviour(codes, day.windKmPerH))) {
            expect(value).toBeGreaterThanOrEqual(0);
            expect(Number.isFinite(value)).toBe(true);
          }
        }
      },
    ),
  );
});

it('a season of the south is that of the north half a year later for the drought code', () => {
  const day = {airTemperatureC: 20, relativeHumidityPercent: 40, windKmPerH: 10, rainMm: 0};
  for (let month = 0; month < 12; month++) {
    const north = nextMoistureCodes(SPRING_CODES, day, {month, latitudeDeg: 45});
    const south = nextMoistureCodes(SPRING_CODES, day, {month: (month + 6) % 12, latitudeDeg: -45});
    expect(south.dc).toBe(north.dc);
  }
});

it.each([
  {airTemperatureC: Number.NaN, relativeHumidityPercent: 40, windKmPerH: 10, rainMm: 0},
  {airTemperatureC: 20, relativeHumidityPercent: 101, windKmPerH: 10, rainMm: 0},
  {airTemperatureC: 20, relativeHumidityPercent: 40, windKmPerH: -1, rainMm: 0},
  {airTemperatureC: 20, relativeHumidityPercent: 40, windKmPerH: 10, rainMm: Number.POSITIVE_INFINITY},
])('refuses weather that cannot be: %o', (day) => {
  expect(() => nextMoistureCodes(SPRING_CODES, day, {month: 0, latitudeDeg: 30})).toThrow(RangeError);
});
