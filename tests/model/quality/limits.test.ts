import {describe, expect, it} from 'vitest';
import {limitsInForce} from '#model';
import {ELEMENTS} from '#schemas';
import {flatLineRows} from '../../../model/quality/flat-line.ts';

describe('limits in force', () => {
  it("are the catalogue's at the catalogue's interval", () => {
    expect(limitsInForce(ELEMENTS.air_temperature)).toEqual({
      hardRange: [-90, 60],
      suspectRange: [-5, 45],
      intervalS: 60,
      ratePerS: 2 / 60,
      spike: {suspect: 1.5, fail: 5},
      flatLine: {tolerance: 0.05, suspectH: 3, failH: 6, unless: null},
    });
  });

  it('grow by the square root of the interval for slower devices, not for faster ones', () => {
    const hourly = limitsInForce(ELEMENTS.air_temperature, null, null, 3600);
    expect(hourly.ratePerS! * 3600).toBeCloseTo(2 * Math.sqrt(60), 10);
    expect(hourly.spike!.suspect).toBeCloseTo(1.5 * Math.sqrt(60), 10);
    expect(hourly.suspectRange).toEqual([-5, 45]);
    const fast = limitsInForce(ELEMENTS.air_temperature, null, null, 10);
    expect(fast.ratePerS).toBeCloseTo(0.2, 12);
    expect(fast.spike).toEqual({suspect: 1.5, fail: 5});
  });

  // 10-min rain is suspect above 47 mm, hourly above 116 mm
  it.each([
    {intervalS: 60, suspectMm: 15, hardMm: 200},
    {intervalS: 600, suspectMm: 47.43, hardMm: 632.46},
    {intervalS: 3600, suspectMm: 116.19, hardMm: 1549.19},
  ])('scale both ranges of rain: above $suspectMm mm in $intervalS s', ({intervalS, suspectMm, hardMm}) => {
    const limits = limitsInForce(ELEMENTS.precipitation, {intervalS});
    expect(limits.suspectRange![1]).toBeCloseTo(suspectMm, 2);
    expect(limits.hardRange[1]).toBeCloseTo(hardMm, 2);
    expect(limits.intervalS).toBe(intervalS);
  });

  it('do not scale the ranges of other sums', () => {
    expect(limitsInForce(ELEMENTS.pest_trap_count, null, null, 864_000).suspectRange).toEqual([0, 5000]);
  });

  it('are looked up device, then model, then catalogue; what is given is not scaled; null switches a test off', () => {
    const model = {suspectRange: [0, 30] as [number, number], step: 6, intervalS: 600};
    const device = {suspectRange: [158, 192] as [number, number], spike: null};
    const limits = limitsInForce(ELEMENTS.water_level, model, device);
    expect(limits.suspectRange).toEqual([158, 192]);
    expect(limits.ratePerS).toBe(6 / 600);
    expect(limits.spike).toBeNull();
    expect(limits.hardRange).toEqual([-450, 9000]);
    expect(limitsInForce(ELEMENTS.water_level, {step: null}).ratePerS).toBeNull();
    expect(limitsInForce(ELEMENTS.water_level, {flatLine: null}).flatLine).toBeNull();
  });

  it("take the interval from the device's override, the datastream, the model's override, the catalogue", () => {
    const of = (...rest: [unknown?, unknown?, (number | null)?]) =>
      limitsInForce(ELEMENTS.pm2_5, rest[0] as never, rest[1] as never, rest[2]).intervalS;
    expect(of()).toBe(300);
    expect(of({intervalS: 900})).toBe(900);
    expect(of({intervalS: 900}, null, 3600)).toBe(3600);
    expect(of({intervalS: 900}, {intervalS: 60}, 3600)).toBe(60);
  });

  it("keep the element's exemption with a tolerance of one's own", () => {
    const limits = limitsInForce(ELEMENTS.relative_humidity, null, {
      flatLine: {tolerance: 0.5, suspectH: 2, failH: 4},
    });
    expect(limits.flatLine).toEqual({tolerance: 0.5, suspectH: 2, failH: 4, unless: {atLeast: 98}});
  });

  it('take directions for directions, whoever sets the tolerance', () => {
    expect(limitsInForce(ELEMENTS.wind_direction).flatLine).toMatchObject({tolerance: 0.1, circular: true});
    const own = {flatLine: {tolerance: 3, suspectH: 2, failH: 4}};
    expect(limitsInForce(ELEMENTS.wind_direction, null, own).flatLine).toMatchObject({
      tolerance: 3,
      circular: true,
    });
    expect(limitsInForce(ELEMENTS.wind_speed).flatLine).not.toHaveProperty('circular');
  });

  it('judge a campaign by its ranges alone, and a standard deviation by the width of the hard range', () => {
    const survey = limitsInForce(ELEMENTS.tree_height);
    expect([survey.intervalS, survey.ratePerS, survey.spike, survey.flatLine]).toEqual([
      null,
      null,
      null,
      null,
    ]);
    const sd = limitsInForce(ELEMENTS.air_pressure, null, null, null, 'sd');
    expect(sd.hardRange).toEqual([0, 800]);
    expect([sd.suspectRange, sd.ratePerS, sd.spike, sd.flatLine]).toEqual([null, null, null, null]);
  });

  it.each([
    {intervalS: 60, suspectRows: 180, failRows: 360},
    {intervalS: 3600, suspectRows: 3, failRows: 6},
    // 3 h hold no two of these values: that level is not made
    {intervalS: 14_400, suspectRows: 0, failRows: 1},
    {intervalS: 0.05, suspectRows: 0, failRows: 0},
  ])(
    'give the flat line windows of $suspectRows and $failRows rows at $intervalS s',
    ({intervalS, suspectRows, failRows}) => {
      const rows = flatLineRows(limitsInForce(ELEMENTS.air_temperature, null, null, intervalS));
      expect(rows ?? {suspectRows: 0, failRows: 0}).toMatchObject({suspectRows, failRows});
    },
  );
});
