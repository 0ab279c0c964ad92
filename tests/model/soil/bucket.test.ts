import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import {
  type BucketDrivers,
  type BucketParameters,
  type BucketState,
  type BucketVegetation,
  bucketBalanceMm,
  bucketFluxes,
  bucketStart,
  capillaryRiseMm,
  fao56Day,
  fao56Start,
  integrateBucket,
  interceptedFraction3Pg,
  interceptionMm,
  maximumCropCoefficient,
  relativeExtractableWater,
  rootZoneWater,
  totalEvaporableWaterMm,
} from '#model';
import {season} from './fao56-season.ts';
import {anyDay, anySoil, anyVegetation, DRY_DAY, LOAM, WOOD} from './soils.ts';

function run(
  start: BucketState,
  days: readonly BucketDrivers[],
  vegetation: BucketVegetation,
  p: BucketParameters,
) {
  let state = start;
  const sums = {evapotranspirationMm: 0, percolationMm: 0, runOffMm: 0, transpirationMm: 0, capillaryMm: 0};
  for (const day of days) {
    const fluxes = bucketFluxes(state, day, vegetation, p);
    state = integrateBucket(state, fluxes);
    sums.evapotranspirationMm += fluxes.interceptedMm + fluxes.evaporationMm + fluxes.transpirationMm;
    sums.transpirationMm += fluxes.transpirationMm;
    sums.percolationMm += fluxes.percolationMm;
    sums.runOffMm += fluxes.runOffMm;
    sums.capillaryMm += fluxes.capillaryMm;
  }
  return {state, ...sums};
}

/** Highest and lowest water a layer may hold, mm: saturation, and the wilting point (the surface of the first layer half of it). */
function bounds(p: BucketParameters) {
  return p.layers.map((layer, k) => ({
    most: 1000 * layer.saturationFraction * layer.thicknessM,
    least:
      1000 * layer.wiltingPointFraction * layer.thicknessM -
      (k === 0 ? 500 * layer.wiltingPointFraction * p.evaporableDepthM : 0),
  }));
}

describe('the bucket is FAO-56 where FAO-56 keeps its balance', () => {
  // the first stage of a season, before roots grow and leaves cover: one layer as deep as the roots, no leaves, rain that the root
  // zone can hold. A third of the ET0, as at the full one FAO-56 evaporates more on the day before a watering than its surface holds and
  // clips the rest away. The verification mode is itself equal to the published rows.
  it('on the first month of cotton, with its irrigation', () => {
    const {parameters, drivers} = season('cotton-wet-2013', 'maricopa-2013-weather', 3, 'none');
    const p: BucketParameters = {
      layers: [
        {
          thicknessM: parameters.initialRootDepthM,
          saturationFraction: 0.4,
          fieldCapacityFraction: parameters.fieldCapacityFraction,
          wiltingPointFraction: parameters.wiltingPointFraction,
          saturatedConductivityMmPerDay: 1e6,
          campbellExponent: 0,
        },
      ],
      evaporableDepthM: parameters.evaporableDepthM,
      readilyEvaporableMm: parameters.readilyEvaporableMm,
      curveNumber: 30,
      bottomConductivityMmPerDay: Number.POSITIVE_INFINITY,
      capillary: {maximumMm: 0, atTableMm: 0, lengthM: 1},
    };
    const bare = {
      lai: 0,
      heightM: parameters.initialHeightM,
      rootDepthM: parameters.initialRootDepthM,
      basalCoefficient: parameters.curve.initial,
      tabulatedDepletionFraction: parameters.tabulatedDepletionFraction,
    };
    let field = fao56Start(parameters);
    let unit: BucketState = {
      layerMm: [1000 * parameters.initialWaterFraction * parameters.initialRootDepthM],
      surfaceDepletionMm: field.surfaceDepletionMm,
      wettedFraction: 1,
    };
    let waterings = 0;
    for (const full of drivers.slice(0, parameters.curve.initialDays)) {
      const day = {...full, et0Mm: full.et0Mm / 3};
      const {state, fluxes} = fao56Day(field, day, parameters);
      const moved = bucketFluxes(
        unit,
        {
          ...DRY_DAY,
          ...day,
          irrigationMm: day.irrigation?.depthMm ?? 0,
          irrigationWettedFraction: day.irrigation?.wettedFraction ?? 1,
        },
        bare,
        p,
      );
      field = state;
      unit = integrateBucket(unit, moved);
      if (day.irrigation !== null) waterings += 1;
      expect(moved.evaporationMm).toBeCloseTo(fluxes.evaporationMm, 9);
      expect(moved.stressCoefficient).toBeCloseTo(fluxes.stressCoefficient, 9);
      expect(moved.percolationMm).toBeCloseTo(fluxes.percolationMm, 9);
      expect(unit.surfaceDepletionMm).toBeCloseTo(field.surfaceDepletionMm, 9);
      expect(rootZoneWater(unit, bare, p).depletionMm).toBeCloseTo(field.depletionMm, 9);
    }
    expect(waterings).toBeGreaterThan(0);
  });
});

describe('water balance', () => {
  it('closes to 1e-9 mm a day for any soil, vegetation and weather, within all bounds', () => {
    fc.assert(
      fc.property(
        anySoil,
        anyVegetation,
        fc.array(anyDay, {minLength: 1, maxLength: 60}),
        fc.double({min: 0, max: 1, noNaN: true}),
        (p, vegetation, days, wetness) => {
          let state = bucketStart(p, wetness);
          const limits = bounds(p);
          const totalEvaporableMm = totalEvaporableWaterMm({...p.layers[0]!, depthM: p.evaporableDepthM});
          for (const day of days) {
            const fluxes = bucketFluxes(state, day, vegetation, p);
            const next = integrateBucket(state, fluxes);
            expect(Math.abs(bucketBalanceMm(state, day, fluxes, next))).toBeLessThan(1e-9);
            for (const [k, mm] of next.layerMm.entries()) {
              expect(mm).toBeGreaterThanOrEqual(limits[k]!.least - 1e-9);
              expect(mm).toBeLessThanOrEqual(limits[k]!.most + 1e-9);
            }
            expect(next.surfaceDepletionMm).toBeGreaterThanOrEqual(0);
            expect(next.surfaceDepletionMm).toBeLessThanOrEqual(totalEvaporableMm + 1e-9);
            for (const mm of [
              fluxes.interceptedMm,
              fluxes.runOffMm,
              fluxes.evaporationMm,
              fluxes.transpirationMm,
              fluxes.percolationMm,
              fluxes.capillaryMm,
            ]) {
              expect(mm).toBeGreaterThanOrEqual(0);
            }
            expect(fluxes.stressCoefficient).toBeGreaterThanOrEqual(0);
            expect(fluxes.stressCoefficient).toBeLessThanOrEqual(1);
            // trap 9: interception and evapotranspiration together stay within the day's energy
            const maximum = maximumCropCoefficient({
              ...day,
              basal: vegetation.basalCoefficient,
              heightM: Math.min(10, vegetation.heightM),
            });
            const usedMm = fluxes.interceptedMm + fluxes.evaporationMm + fluxes.transpirationMm;
            expect(usedMm).toBeLessThanOrEqual(maximum * Math.max(0, day.et0Mm) + 1e-9);
            state = next;
          }
        },
      ),
      {numRuns: 300},
    );
  });

  it('shows what assimilation adds as a term of its own', () => {
    const state = bucketStart(LOAM, 0.5);
    const fluxes = bucketFluxes(state, DRY_DAY, WOOD, LOAM);
    const next = integrateBucket(state, fluxes);
    const corrected = {...next, layerMm: next.layerMm.map((mm) => mm + 2)};
    expect(bucketBalanceMm(state, DRY_DAY, fluxes, corrected)).toBeCloseTo(-6, 9);
    expect(bucketBalanceMm(state, DRY_DAY, fluxes, corrected, 6)).toBeCloseTo(0, 9);
  });

  it('does not change the state it reads', () => {
    const state = Object.freeze({...bucketStart(LOAM, 0.5), layerMm: Object.freeze([20, 60, 150])});
    integrateBucket(state, bucketFluxes(state, {...DRY_DAY, rainMm: 30}, WOOD, LOAM));
    expect(state.layerMm).toEqual([20, 60, 150]);
  });
});

describe('without rain and irrigation', () => {
  it('the root zone dries to the wilting point and the surface to half of it, never below', () => {
    const {state} = run(bucketStart(LOAM, 1), Array(3000).fill({...DRY_DAY, et0Mm: 6}), WOOD, LOAM);
    const roots = rootZoneWater(state, WOOD, LOAM);
    expect(roots.presentMm).toBeLessThan(0.002 * roots.totalMm);
    expect(state.layerMm[1]).toBeGreaterThanOrEqual(52 - 1e-9);
    // half of the wilting point over the evaporable tenth of a metre: De = TEW
    expect(state.surfaceDepletionMm).toBeCloseTo(22.5, 1);
    expect(state.layerMm[0]).toBeGreaterThanOrEqual(26 - 6.5 - 1e-9);
    expect(state.layerMm[0]).toBeLessThan(26 + 1e-9);
    expect(state.layerMm[2]).toBeGreaterThanOrEqual(117 - 1e-9);
  });

  it('bare ground dries below the wilting point, by half of its surface layer at most', () => {
    const bare = {...WOOD, lai: 0, basalCoefficient: 0.15, rootDepthM: 0.2};
    const wetSurface = {...bucketStart(LOAM, 0), surfaceDepletionMm: 0};
    const {state} = run(wetSurface, Array(1000).fill({...DRY_DAY, et0Mm: 6}), bare, LOAM);
    expect(state.layerMm[0]).toBeCloseTo(26 - 6.5, 6);
    expect(state.layerMm.slice(1)).toEqual(bucketStart(LOAM, 0).layerMm.slice(1));
  });
});

describe('more of one, not less of the other', () => {
  const fairWeather = fc.array(
    fc.record({
      et0Mm: fc.double({min: 0.5, max: 7, noNaN: true}),
      rainMm: fc.oneof(fc.constant(0), fc.double({min: 0, max: 25, noNaN: true})),
    }),
    {minLength: 5, maxLength: 60},
  );

  it('a wetter start never transpires less on the first day', () => {
    fc.assert(
      fc.property(
        anySoil,
        anyVegetation,
        anyDay,
        fc.double({min: 0, max: 0.9, noNaN: true}),
        (p, vegetation, day, wetness) => {
          // the same surface: only the roots' water differs
          const dry = bucketStart(p, wetness);
          const wet = {...bucketStart(p, wetness + 0.1), surfaceDepletionMm: dry.surfaceDepletionMm};
          expect(bucketFluxes(wet, day, vegetation, p).transpirationMm).toBeGreaterThanOrEqual(
            bucketFluxes(dry, day, vegetation, p).transpirationMm - 1e-9,
          );
        },
      ),
    );
  });

  it('irrigation of a dry wood never lowers what it transpires', () => {
    fc.assert(
      fc.property(fairWeather, (weather) => {
        const days = weather.map((day) => ({...DRY_DAY, ...day}));
        const watered = days.map((day, index) => ({...day, irrigationMm: index % 5 === 0 ? 15 : 0}));
        const start = bucketStart(LOAM, 0.2);
        const without = run(start, days, WOOD, LOAM).transpirationMm;
        expect(run(start, watered, WOOD, LOAM).transpirationMm).toBeGreaterThanOrEqual(without * 0.98);
      }),
    );
  });

  it('a nearer water table never lifts less, a table in the profile holds the water', () => {
    const p = {maximumMm: 3, atTableMm: 5, lengthM: 0.5};
    // by hand: 5·e^-1 = 1.839
    expect(capillaryRiseMm(1, 1.5, p)).toBeCloseTo(1.839, 3);
    expect(capillaryRiseMm(1, 1, p)).toBe(3);
    expect(capillaryRiseMm(1, 0.2, p)).toBe(3);
    expect(capillaryRiseMm(1, Number.POSITIVE_INFINITY, p)).toBe(0);
    const days = Array(120).fill(DRY_DAY) as BucketDrivers[];
    const near = run(
      bucketStart(LOAM, 0.5),
      days.map((day) => ({...day, tableDepthM: 1.6})),
      WOOD,
      LOAM,
    );
    const far = run(bucketStart(LOAM, 0.5), days, WOOD, LOAM);
    expect(near.capillaryMm).toBeGreaterThan(50);
    expect(near.transpirationMm).toBeGreaterThan(far.transpirationMm + 50);
    const rain = {...DRY_DAY, et0Mm: 0, rainMm: 80};
    const flooded = run(bucketStart(LOAM, 1), Array(10).fill({...rain, tableDepthM: 0.5}), WOOD, LOAM);
    expect(flooded.percolationMm).toBe(0);
    // 1.5 m of drainable pores are full, all else has run off
    expect(flooded.state.layerMm.reduce((sum, mm) => sum + mm, 0)).toBeCloseTo(690, 6);
    expect(flooded.runOffMm).toBeCloseTo(800 - (690 - 435), 6);
  });

  it('in a year of 1,100 mm a wood evaporates most of it, and more than bare ground', () => {
    // rain every third day, warm summers: a humid subtropical place
    const days = Array.from(
      {length: 3 * 365},
      (_, d): BucketDrivers => ({
        ...DRY_DAY,
        et0Mm: 2.6 - 1.8 * Math.cos((2 * Math.PI * d) / 365),
        rainMm: d % 3 === 0 ? 9 : 0,
      }),
    );
    const bare = {...WOOD, lai: 0, basalCoefficient: 0.15, rootDepthM: 0.2};
    const wood = run(bucketStart(LOAM, 1), days, WOOD, LOAM);
    const ground = run(bucketStart(LOAM, 1), days, bare, LOAM);
    expect(wood.evapotranspirationMm / 3).toBeGreaterThan(700);
    expect(wood.evapotranspirationMm / 3).toBeLessThan(1000);
    expect(ground.evapotranspirationMm).toBeLessThan(wood.evapotranspirationMm);
    expect(ground.percolationMm).toBeGreaterThan(wood.percolationMm);
  });
});

describe('leaves', () => {
  it('hold a fifth of a millimetre per unit of leaf area, what rains and what the day can evaporate', () => {
    expect(interceptionMm({rainMm: 20, lai: 5, energyMm: 4})).toBe(1);
    expect(interceptionMm({rainMm: 0.4, lai: 5, energyMm: 4})).toBe(0.4);
    expect(interceptionMm({rainMm: 20, lai: 5, energyMm: 0.3})).toBe(0.3);
    expect(interceptionMm({rainMm: 20, lai: 5, energyMm: 0})).toBe(0);
  });

  // 3-PG's default parameters: at most 15 % from LAI 3 on
  it('keep 3-PG’s share', () => {
    expect(interceptedFraction3Pg({lai: 1.5, fullLai: 3, maximumFraction: 0.15})).toBe(0.075);
    expect(interceptedFraction3Pg({lai: 6, fullLai: 3, maximumFraction: 0.15})).toBe(0.15);
    expect(interceptedFraction3Pg({lai: 0, fullLai: 0, maximumFraction: 0.15})).toBe(0.15);
  });
});

describe('roots', () => {
  it('reach the water of the layers they are in', () => {
    const roots = rootZoneWater(bucketStart(LOAM, 0.5), {...WOOD, rootDepthM: 0.4}, LOAM);
    // by hand: 0.16 of 200 mm and of half of 400 mm
    expect(roots.totalMm).toBeCloseTo(64, 9);
    expect(relativeExtractableWater(roots)).toBeCloseTo(0.5, 9);
  });

  it('that grow find water and make none', () => {
    const state = bucketStart(LOAM, 0.5);
    const shallow = bucketFluxes(state, DRY_DAY, {...WOOD, rootDepthM: 0.3}, LOAM);
    const deep = bucketFluxes(state, DRY_DAY, {...WOOD, rootDepthM: 1.5}, LOAM);
    expect(deep.transpirationMm).toBeGreaterThanOrEqual(shallow.transpirationMm);
    for (const fluxes of [shallow, deep]) {
      expect(bucketBalanceMm(state, DRY_DAY, fluxes, integrateBucket(state, fluxes))).toBeCloseTo(0, 10);
    }
  });

  it('without any nothing transpires', () => {
    const fluxes = bucketFluxes(bucketStart(LOAM, 1), DRY_DAY, {...WOOD, rootDepthM: 0}, LOAM);
    expect(fluxes).toMatchObject({transpirationMm: 0, stressCoefficient: 0});
  });
});
