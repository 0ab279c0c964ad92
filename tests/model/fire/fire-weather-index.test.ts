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

// A dry heat wave of August at 29.6° N (38 °C, 35 %, 8 km/h), computed with the day lengths of 10–30° N by another program.
it.each([
  {day: 1, fwi: 9.9},
  {day: 5, fwi: 17},
  {day: 10, fwi: 22.9},
  {day: 20, fwi: 31.5},
  {day: 30, fwi: 36.6},
])('a subtropical heat wave reaches $fwi on day $day', ({day, fwi}) => {
  const hot = {airTemperatureC: 38, relativeHumidityPercent: 35, windKmPerH: 8, rainMm: 0};
  let codes = SPRING_CODES;
  for (let n = 0; n < day; n++) codes = nextMoistureCodes(codes, hot, {month: 7, latitudeDeg: 29.6});
  expect(fireBehaviour(codes, hot.windKmPerH).fwi).toBeCloseTo(fwi, 1);
});

// Lawson & Armitage (2008), tables of effective day length (DMC) and of day-length adjustment (DC).
it.each([
  {latitudeDeg: 31, month: 0, dmcLe: 6.5, dcLf: -1.6},
  {latitudeDeg: 31, month: 6, dmcLe: 12.4, dcLf: 6.4},
  {latitudeDeg: 29, month: 0, dmcLe: 7.9, dcLf: -1.6},
  {latitudeDeg: 21, month: 6, dmcLe: 10.1, dcLf: 6.4},
  {latitudeDeg: 15, month: 6, dmcLe: 10.1, dcLf: 1.4},
  {latitudeDeg: 0, month: 6, dmcLe: 9, dcLf: 1.4},
  {latitudeDeg: -15, month: 6, dmcLe: 7.9, dcLf: 1.4},
  {latitudeDeg: -25, month: 0, dmcLe: 10.1, dcLf: 6.4},
  {latitudeDeg: -25, month: 6, dmcLe: 7.9, dcLf: -1.6},
  {latitudeDeg: -35, month: 0, dmcLe: 11.5, dcLf: 6.4},
  {latitudeDeg: -35, month: 6, dmcLe: 6.5, dcLf: -1.6},
])('at $latitudeDeg° in month $month a dry day counts $dmcLe h and $dcLf', (of) => {
  const dry = {airTemperatureC: 20, relativeHumidityPercent: 40, windKmPerH: 0, rainMm: 0};
  const codes = nextMoistureCodes(SPRING_CODES, dry, of);
  // Eqs. 16 and 22–23.
  expect(codes.dmc - SPRING_CODES.dmc).toBeCloseTo(1.894 * 21.1 * 60 * of.dmcLe * 1e-4, 9);
  expect(codes.dc - SPRING_CODES.dc).toBeCloseTo((0.36 * 22.8 + of.dcLf) / 2, 9);
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

it.each([
  [{}, {month: 12}],
  [{}, {month: 0.5}],
  [{}, {latitudeDeg: Number.NaN}],
  [{}, {latitudeDeg: 91}],
  [{ffmc: Number.NaN}, {}],
  [{dmc: -1}, {}],
  [{dc: Number.POSITIVE_INFINITY}, {}],
])('refuses codes and places that cannot be: %o %o', (codes, place) => {
  const day = {airTemperatureC: 20, relativeHumidityPercent: 40, windKmPerH: 10, rainMm: 0};
  const at = {month: 0, latitudeDeg: 30, ...place};
  expect(() => nextMoistureCodes({...SPRING_CODES, ...codes}, day, at)).toThrow(RangeError);
});
