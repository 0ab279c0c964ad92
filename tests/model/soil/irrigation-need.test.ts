import {describe, expect, it} from 'vitest';
import {
  type BucketDrivers,
  bucketStart,
  forecastIrrigationNeed,
  irrigationNeedMm,
  irrigationVolumeM3,
} from '#model';
import {DRY_DAY, LOAM, WOOD} from './soils.ts';

const RULE = {targetDepletionFraction: 0.1, efficiencyFraction: 0.8, mostMm: 50};

describe('irrigation need', () => {
  // by hand: (60 − 0.1·100)/0.8 = 62.5 mm
  it.each([
    {what: 'within the readily available water', depletionMm: 40, rule: RULE, mm: 0},
    {what: 'at its end', depletionMm: 50, rule: RULE, mm: 0},
    {what: 'beyond it', depletionMm: 60, rule: {...RULE, mostMm: 100}, mm: 62.5},
    {what: 'beyond it, with a small pump', depletionMm: 60, rule: RULE, mm: 50},
    {
      what: 'with a target already met',
      depletionMm: 60,
      rule: {...RULE, targetDepletionFraction: 0.7},
      mm: 0,
    },
    {what: 'where nothing arrives', depletionMm: 60, rule: {...RULE, efficiencyFraction: 0}, mm: 0},
    {what: 'of an unknown depletion', depletionMm: Number.NaN, rule: RULE, mm: 0},
  ])('$what is $mm mm', ({depletionMm, rule, mm}) => {
    expect(irrigationNeedMm({depletionMm, readilyMm: 50, totalMm: 100}, rule)).toBeCloseTo(mm, 9);
  });

  it('of 12 mm over 3 ha is 360 m³', () => {
    expect(irrigationVolumeM3(12, 30_000)).toBe(360);
  });
});

describe('by a forecast', () => {
  const week = (rainMm: number): BucketDrivers[] => Array(7).fill({...DRY_DAY, et0Mm: 6, rainMm});
  // 1.2 m of roots hold 192 mm, of which about 0.6 are readily available; seven dry days take some 40 mm
  const nearlyShort = bucketStart(LOAM, 0.5);

  it('waters only where most members run short', () => {
    const dry = forecastIrrigationNeed(nearlyShort, [week(0), week(0), week(12)], WOOD, LOAM, RULE);
    expect(dry?.stressProbability).toBeCloseTo(2 / 3, 9);
    expect(dry?.needMm).toBe(50);
    const wet = forecastIrrigationNeed(nearlyShort, [week(0), week(12), week(12)], WOOD, LOAM, RULE);
    expect(wet).toEqual({needMm: 0, stressProbability: 1 / 3});
    // exactly half is not more than half
    expect(forecastIrrigationNeed(nearlyShort, [week(0), week(12)], WOOD, LOAM, RULE)?.needMm).toBe(0);
  });

  it('says when there is none', () => {
    expect(forecastIrrigationNeed(nearlyShort, [], WOOD, LOAM, RULE)).toBeNull();
  });
});
