import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import {
  HOURLY_SURFACES,
  type HourlyEt0Site,
  type HourlyWeather,
  hourlyEt0,
  NIGHT_CLOUD_RATIO,
  REF_ET,
} from '#model';

// FAO-56, example 19: N'Diaye, Senegal, 16°13' N 16°15' W, 8 m, 1 October; its clock is an hour behind UTC
const NDIAYE: HourlyEt0Site = {
  latitudeDeg: 16 + 13 / 60,
  longitudeDeg: -16.25,
  elevationM: 8,
  windHeightM: 2,
  defaultWindMPerS: 2,
  clearSky: 'elevation',
  surface: HOURLY_SURFACES.fao56,
};
const AFTERNOON: HourlyWeather = {
  dayOfYear: 274,
  midUtcHour: 15.5,
  airTemperatureC: 38,
  vapourPressureKPa: null,
  dewPointC: null,
  humidityPercent: 52,
  radiationMj: 2.45,
  windSpeedMPerS: 3.3,
};
const NIGHT: HourlyWeather = {
  ...AFTERNOON,
  midUtcHour: 3.5,
  airTemperatureC: 28,
  humidityPercent: 90,
  radiationMj: null,
  windSpeedMPerS: 1.9,
};

describe('an hour', () => {
  it.each([
    {what: '14–15 h', hour: AFTERNOON, mm: 0.63, netMj: 1.749},
    {what: '2–3 h', hour: NIGHT, mm: 0, netMj: -0.1},
  ])('of FAO-56 example 19, $what: $mm mm', ({hour, mm, netMj}) => {
    const result = hourlyEt0(hour, NDIAYE, NIGHT_CLOUD_RATIO.humid);
    expect(Math.abs(result.et0Mm! - mm)).toBeLessThanOrEqual(0.0051);
    expect(result).toHaveProperty('netRadiationMj');
    if ('netRadiationMj' in result) expect(result.netRadiationMj).toBeCloseTo(netMj, 2);
  });

  // RefET (Apache-2.0), tests/test_hourly.py: Fallon NV, 1 July 2015, 18–19 h UTC, with REF-ET's constants; the vapour pressure
  // of the test, its wind at 3 m in mph, its radiation in Langleys
  it.each([
    {surface: 'asceShort', mm: 0.6068613650177561},
    {surface: 'asceTall', mm: 0.7201865213918281},
  ] as const)('of REF-ET over $surface: $mm mm', ({surface, mm}) => {
    const hour: HourlyWeather = {
      dayOfYear: 182,
      midUtcHour: 18.5,
      airTemperatureC: (91.8 - 32) / 1.8,
      vapourPressureKPa: 1.1990099614301906,
      dewPointC: null,
      humidityPercent: null,
      radiationMj: 61.16 * 0.041868,
      windSpeedMPerS: 3.33 * 0.44704,
    };
    const site: HourlyEt0Site = {
      latitudeDeg: 39.4575,
      longitudeDeg: -118.77388,
      elevationM: 1208.5,
      windHeightM: 3,
      defaultWindMPerS: 2,
      clearSky: 'asce',
      surface: HOURLY_SURFACES[surface],
    };
    expect(hourlyEt0(hour, site, 0.8, REF_ET).et0Mm).toBeCloseTo(mm, 5);
    // the same by its dew point of 49.36 °F
    const byDewPoint = hourlyEt0(
      {...hour, vapourPressureKPa: null, dewPointC: 17.36 / 1.8},
      site,
      0.8,
      REF_ET,
    );
    expect(byDewPoint.et0Mm).toBeCloseTo(mm, 5);
    expect(byDewPoint).toMatchObject({humidity: 'dewPoint'});
  });
});

describe('the sky of the afternoon', () => {
  const ratioAfter = (midUtcHour: number, radiationMj: number, before: number) =>
    hourlyEt0({...AFTERNOON, midUtcHour, radiationMj}, NDIAYE, before).cloudRatio;

  it('is what two hours before the sunset showed, until the sun is up again', () => {
    expect(ratioAfter(15.5, 2.45, 0.5)).toBeCloseTo(0.92, 2);
    // the sun sets at 18:58 by UTC: the last two hours and the night keep what was
    expect(ratioAfter(17.5, 0.9, 0.92)).toBe(0.92);
    expect(ratioAfter(18.5, 0.2, 0.92)).toBe(0.92);
    expect(ratioAfter(3.5, 0, 0.92)).toBe(0.92);
    expect(ratioAfter(9.5, 0.3, 0.92)).not.toBe(0.92);
  });

  it('a night under a clear sky loses more than one under cloud', () => {
    const clear = hourlyEt0(NIGHT, NDIAYE, 1).et0Mm!;
    const dull = hourlyEt0(NIGHT, NDIAYE, 0.3).et0Mm!;
    expect(clear).toBeLessThan(dull);
  });
});

describe('what is missing in an hour', () => {
  it.each([
    {hour: {...AFTERNOON, airTemperatureC: null}, missing: ['airTemperatureC']},
    {hour: {...AFTERNOON, humidityPercent: -4}, missing: ['humidity']},
    {hour: {...AFTERNOON, radiationMj: null}, missing: ['radiationMj']},
    {hour: {...AFTERNOON, airTemperatureC: 99, radiationMj: 99}, missing: ['airTemperatureC', 'radiationMj']},
  ])('is said: $missing', ({hour, missing}) => {
    expect(hourlyEt0(hour, NDIAYE, 0.7)).toEqual({et0Mm: null, cloudRatio: 0.7, missing});
  });

  it('wind may be', () => {
    expect(hourlyEt0({...AFTERNOON, windSpeedMPerS: null}, NDIAYE, 0.7)).toMatchObject({wind: 'default'});
  });
});

it('any hour anywhere gives a finite number or says what is missing', () => {
  const anything = fc.oneof(fc.constant(null), fc.double(), fc.double({min: -30, max: 110}));
  fc.assert(
    fc.property(
      fc.record({
        dayOfYear: fc.integer({min: 1, max: 366}),
        midUtcHour: fc.double({min: 0, max: 24, noNaN: true}),
        airTemperatureC: anything,
        vapourPressureKPa: anything,
        dewPointC: anything,
        humidityPercent: anything,
        radiationMj: anything,
        windSpeedMPerS: anything,
      }),
      fc.double({min: -90, max: 90, noNaN: true}),
      fc.double({min: -180, max: 180, noNaN: true}),
      (hour, latitudeDeg, longitudeDeg) => {
        const result = hourlyEt0(hour, {...NDIAYE, latitudeDeg, longitudeDeg, clearSky: 'asce'}, 0.8);
        expect(result.et0Mm === null || Number.isFinite(result.et0Mm)).toBe(true);
        expect(result.cloudRatio >= 0.3 && result.cloudRatio <= 1).toBe(true);
      },
    ),
    {numRuns: 2000},
  );
});
