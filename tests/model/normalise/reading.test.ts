import {describe, expect, it} from 'vitest';
import {canonicalPeriod, normaliseReading, periodEndMs, periodSeconds} from '#model';
import {
  type CoreElementId,
  deviceStatusOf,
  ELEMENTS,
  failedTests,
  flagOf,
  InputError,
  QC_CENSORED_ABOVE,
  QC_CENSORED_BELOW,
  type Reading,
} from '#schemas';

function normalise(
  id: CoreElementId,
  reading: Omit<Reading, 'element'>,
  defaults?: Parameters<typeof normaliseReading>[1]['defaults'],
) {
  return normaliseReading(
    {element: id, ...reading},
    {id, type: ELEMENTS[id], ...(defaults ? {defaults} : {})},
  );
}
const key = ({depthM, heightM, instance, statistic, period}: ReturnType<typeof normalise>) => ({
  depthM,
  heightM,
  instance,
  statistic,
  period,
});
const PLAIN = {depthM: null, heightM: null, instance: null};

describe('normaliseReading', () => {
  it("takes a bare number in the catalogue's unit, statistic and period", () => {
    expect(normalise('soil_moisture', {value: 0.31})).toEqual({
      ...PLAIN,
      statistic: 'point',
      period: null,
      value: 0.31,
      qc: 2,
      notes: [],
    });
    expect(key(normalise('wind_speed', {value: 2}))).toEqual({...PLAIN, statistic: 'mean', period: 'PT1M'});
    expect(key(normalise('precipitation', {value: 0.2}))).toEqual({...PLAIN, statistic: 'sum', period: null});
  });

  it.each([
    ['wind_speed', {stat: 'max'}, undefined, 'max', 'PT1M'],
    ['wind_speed', {period: 'PT10M'}, undefined, 'mean', 'PT10M'],
    ['wind_speed', {stat: 'point'}, undefined, 'point', null],
    ['pm2_5', {stat: 'mean', period: 'PT60M'}, undefined, 'mean', 'PT1H'],
    ['air_temperature', {stat: 'min', period: 'P1D'}, undefined, 'min', 'P1D'],
    ['precipitation', {}, {statistic: 'sum', period: 'PT1M'}, 'sum', 'PT1M'],
    ['sound_level', {stat: 'p90', period: 'PT1H'}, undefined, 'p90', 'PT1H'],
  ] as const)('%s %j of %j is %s over %s', (id, more, defaults, statistic, period) => {
    expect(key(normalise(id, {value: 1, ...more}, defaults))).toEqual({...PLAIN, statistic, period});
  });

  it('takes depth, height and instance from the reading, then from the defaults', () => {
    expect(key(normalise('soil_moisture', {value: 1, depthM: 0.3, instance: 'b'}))).toMatchObject({
      depthM: 0.3,
      instance: 'b',
    });
    const defaults = {statistic: 'point', period: null, depthM: 0.5, instance: 'a'} as const;
    expect(key(normalise('water_ph', {value: 7}, defaults))).toMatchObject({depthM: 0.5, instance: 'a'});
    expect(key(normalise('water_ph', {value: 7, heightM: -1}, defaults))).toMatchObject({
      depthM: null,
      heightM: -1,
    });
    expect(Object.is(normalise('water_ph', {value: 7, depthM: -0}).depthM, 0)).toBe(true);
  });

  it('converts the unit and notes it', () => {
    expect(normalise('soil_moisture', {value: 31, unit: '%'})).toMatchObject({
      value: 0.31,
      notes: ['from %'],
    });
    expect(normalise('turbidity', {value: 8, unit: 'FNU'})).toMatchObject({
      value: 8,
      notes: ['{FNU} counted as {NTU} 1:1'],
    });
    expect(normalise('air_temperature', {value: 0.9, unit: '[degF]', stat: 'sd', period: 'PT1H'}).value).toBe(
      0.5,
    );
  });

  it('stores a wind from 360° as one from 0°, and changes no other value', () => {
    expect(normalise('wind_direction', {value: 360}).value).toBe(0);
    expect(normalise('wind_direction', {value: 360.5}).value).toBe(360.5);
    expect(normalise('wind_direction', {value: 360, stat: 'sd'}).value).toBe(360);
    expect(normalise('air_temperature', {value: -9999}).value).toBe(-9999);
    expect(Object.is(normalise('air_temperature', {value: -0}).value, 0)).toBe(true);
  });

  it('keeps censoring and the device’s mark as quality bits', () => {
    expect(normalise('total_phosphorus', {value: 0.01, qualifier: '<'}).qc).toBe(QC_CENSORED_BELOW | 2);
    expect(normalise('turbidity', {value: 4000, qualifier: '>'}).qc).toBe(QC_CENSORED_ABOVE | 2);
    const faulty = normalise('codmn', {value: 3, status: 'D'}).qc;
    expect([flagOf(faulty), failedTests(faulty), deviceStatusOf(faulty)]).toEqual([4, ['deviceStatus'], 'D']);
    const normal = normalise('codmn', {value: 3, status: 'N'}).qc;
    expect([flagOf(normal), failedTests(normal), deviceStatusOf(normal)]).toEqual([1, [], 'N']);
  });

  it('is missing for null', () => {
    expect(normalise('codmn', {value: null})).toMatchObject({value: null, qc: 9});
    const marked = normalise('codmn', {value: null, status: 'F'}).qc;
    expect([flagOf(marked), deviceStatusOf(marked)]).toEqual([9, 'F']);
  });

  it.each([
    [{value: Number.NaN}, 'value_invalid'],
    [{value: Number.POSITIVE_INFINITY}, 'value_invalid'],
    [{value: 2e15}, 'value_invalid'],
    [{value: 1, unit: 'parsec'}, 'unit_unknown'],
    [{value: 1, unit: 'mg/L'}, 'unit_unconvertible'],
    [{value: 1, depthM: -0.1}, 'depth_invalid'],
    [{value: 1, depthM: Number.NaN}, 'depth_invalid'],
    [{value: 1, depthM: 20_000}, 'depth_invalid'],
    [{value: 1, heightM: -501}, 'depth_invalid'],
    [{value: 1, depthM: 1, heightM: 1}, 'depth_invalid'],
    [{value: 1, stat: 'average'}, 'statistic_invalid'],
    [{value: 1, stat: 'p101'}, 'statistic_invalid'],
    [{value: 1, stat: 'mean', period: '1h'}, 'period_invalid'],
    [{value: 1, stat: 'mean', period: 'PT1.5H'}, 'period_invalid'],
    [{value: 1, period: 'PT1H'}, 'period_invalid'],
    [{value: 1, status: 'X'}, 'value_invalid'],
  ])('refuses %j with %s', (reading, code) => {
    let caught: unknown;
    try {
      normalise('air_temperature', reading);
    } catch (error) {
      caught = error;
    }
    expect(caught).toBeInstanceOf(InputError);
    expect((caught as InputError).code).toBe(code);
  });
});

describe('periods', () => {
  it.each([
    ['PT60M', 'PT1H'],
    ['PT3600S', 'PT1H'],
    ['PT60S', 'PT1M'],
    ['PT90S', 'PT90S'],
    ['PT90M', 'PT90M'],
    ['PT24H', 'PT24H'],
    ['P1D', 'P1D'],
    ['P12M', 'P1Y'],
    ['P3M', 'P3M'],
  ])('%s is %s', (period, expected) => {
    expect(canonicalPeriod(period)).toBe(expected);
  });

  it('end after their length, days and months by the zone', () => {
    expect(periodSeconds('PT5M')).toBe(300);
    expect(periodSeconds('P1D')).toBeNull();
    expect(periodEndMs(1000, null)).toBe(1000);
    expect(periodEndMs(0, 'PT1H')).toBe(3_600_000);
    // IANA: Europe/Berlin has 23 h on 2026-03-29
    const start = Date.UTC(2026, 2, 28, 23);
    expect(periodEndMs(start, 'P1D', 'Europe/Berlin') - start).toBe(23 * 3_600_000);
    expect(periodEndMs(Date.UTC(2026, 0, 31, 16), 'P1M', 'Asia/Shanghai')).toBe(Date.UTC(2026, 1, 28, 16));
    expect(periodEndMs(Date.UTC(2024, 1, 29), 'P1Y')).toBe(Date.UTC(2025, 1, 28));
  });
});
