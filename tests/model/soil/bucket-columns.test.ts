import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import {
  BucketColumns,
  type BucketDrivers,
  type BucketState,
  bucketFluxes,
  bucketStart,
  integrateBucket,
  rootZoneWater,
} from '#model';
import {anyDay, anySoil, anyVegetation, DRY_DAY, LOAM, WOOD} from './soils.ts';

const MOVED = [
  'interceptedMm',
  'runOffMm',
  'evaporationMm',
  'transpirationMm',
  'percolationMm',
  'capillaryMm',
  'stressCoefficient',
] as const;

function give(columns: BucketColumns, unit: number, day: BucketDrivers): void {
  for (const what of ['irrigationMm', 'irrigationWettedFraction', 'inflowMm', 'tableDepthM'] as const) {
    columns.give(unit, what, day[what]);
  }
}

describe('bucket columns', () => {
  it('are the pure bucket to the last bit, on any units and days, and as vegetation changes', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(anySoil, anyVegetation, anyVegetation), {minLength: 1, maxLength: 5}),
        fc.array(anyDay, {minLength: 1, maxLength: 40}),
        fc.double({min: 0, max: 1, noNaN: true}),
        (units, days, wetness) => {
          const soils = units.map(([soil]) => soil);
          const vegetation = units.map(([, first]) => first);
          const states: BucketState[] = soils.map((soil) => bucketStart(soil, wetness));
          const columns = new BucketColumns(soils, vegetation, states);
          for (const [d, day] of days.entries()) {
            if (d === 20) {
              for (const [unit, [, , later]] of units.entries()) {
                vegetation[unit] = later;
                columns.setVegetation(unit, later);
              }
            }
            for (const unit of units.keys()) give(columns, unit, day);
            columns.step(day);
            for (const [unit, soil] of soils.entries()) {
              const fluxes = bucketFluxes(states[unit]!, day, vegetation[unit]!, soil);
              const roots = rootZoneWater(states[unit]!, vegetation[unit]!, soil);
              states[unit] = integrateBucket(states[unit]!, fluxes);
              for (const what of MOVED) expect(columns.last(unit, what)).toBe(fluxes[what]);
              expect(columns.last(unit, 'presentMm')).toBe(roots.presentMm);
              expect(columns.totalAvailableMm(unit)).toBe(roots.totalMm);
              expect(columns.state(unit)).toEqual(states[unit]);
            }
          }
        },
      ),
      {numRuns: 200},
    );
  });

  it('do not depend on how units are split over steps', () => {
    const soils = Array(7).fill(LOAM);
    const vegetation = soils.map((_, unit) => ({...WOOD, lai: unit, rootDepthM: 0.2 + 0.2 * unit}));
    const states = soils.map((_, unit) => bucketStart(LOAM, unit / 7));
    const whole = new BucketColumns(soils, vegetation, states);
    const split = new BucketColumns(soils, vegetation, states);
    for (let d = 0; d < 400; d += 1) {
      const day = {...DRY_DAY, rainMm: d % 4 === 0 ? 14 : 0};
      whole.step(day);
      split.step(day, 4, 7);
      split.step(day, 0, 4);
    }
    expect(split.layerMm).toEqual(whole.layerMm);
    expect(split.moved).toEqual(whole.moved);
  });

  it('refuse soils of different layering and lists of different length', () => {
    const shallow = {...LOAM, layers: LOAM.layers.slice(0, 2)};
    const start = bucketStart(LOAM, 1);
    expect(() => new BucketColumns([LOAM, shallow], [WOOD, WOOD], [start, start])).toThrow(
      'expected 3 layers in the soil of unit 1, got 2',
    );
    expect(() => new BucketColumns([LOAM], [], [start])).toThrow(
      'expected 1 vegetations and states, got 0 and 1',
    );
    expect(() => new BucketColumns([{...LOAM, layers: []}], [WOOD], [start])).toThrow('expected 1 layers');
  });
});
