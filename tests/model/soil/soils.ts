import fc from 'fast-check';
import type {BucketDrivers, BucketParameters, BucketVegetation, SoilLayer} from '#model';

/** A loam over 1.5 m in the layers of the model's design: 0–20, 20–60, 60–150 cm. */
export const LOAM: BucketParameters = {
  layers: [0.2, 0.4, 0.9].map((thicknessM) => ({
    thicknessM,
    saturationFraction: 0.46,
    fieldCapacityFraction: 0.29,
    wiltingPointFraction: 0.13,
    saturatedConductivityMmPerDay: 240,
    campbellExponent: 4.76,
  })),
  evaporableDepthM: 0.1,
  readilyEvaporableMm: 8,
  curveNumber: 70,
  bottomConductivityMmPerDay: Number.POSITIVE_INFINITY,
  capillary: {maximumMm: 3, atTableMm: 5, lengthM: 0.5},
};

export const WOOD: BucketVegetation = {
  lai: 4,
  heightM: 15,
  rootDepthM: 1.2,
  basalCoefficient: 0.95,
  tabulatedDepletionFraction: 0.6,
};

export const DRY_DAY: BucketDrivers = {
  et0Mm: 4,
  rainMm: 0,
  windSpeedAt2mMPerS: 1.5,
  minimumHumidityPercent: 50,
  irrigationMm: 0,
  irrigationWettedFraction: 1,
  inflowMm: 0,
  tableDepthM: Number.POSITIVE_INFINITY,
};

const between = (min: number, max: number) => fc.double({min, max, noNaN: true});

/** Any soil that holds more at field capacity than at its wilting point, three layers of which some may have no thickness. */
export const anySoil: fc.Arbitrary<BucketParameters> = fc
  .record({
    layers: fc.tuple(
      ...([0.2, 0.4, 0.9] as const).map((most, index) =>
        fc.record({
          thicknessM: index === 0 ? fc.constant(most) : fc.constantFrom(0, most / 3, most),
          wiltingPointFraction: between(0.03, 0.25),
          available: between(0.04, 0.25),
          drainable: between(0.02, 0.25),
          saturatedConductivityMmPerDay: between(0.5, 3000),
          campbellExponent: between(2, 14),
        }),
      ),
    ),
    evaporableDepthM: between(0.05, 0.15),
    readilyShare: between(0.1, 1.1),
    curveNumber: between(25, 100),
    bottomConductivityMmPerDay: fc.constantFrom(0, 0.5, 20, Number.POSITIVE_INFINITY),
    capillary: fc.record({maximumMm: between(0, 6), atTableMm: between(0, 10), lengthM: between(0.05, 2)}),
  })
  .map(({layers, readilyShare, ...rest}) => {
    const soil = layers.map(({available, drainable, ...layer}): SoilLayer => {
      const fieldCapacityFraction = layer.wiltingPointFraction + available;
      return {...layer, fieldCapacityFraction, saturationFraction: fieldCapacityFraction + drainable};
    });
    const first = soil[0]!;
    const totalMm =
      1000 * (first.fieldCapacityFraction - 0.5 * first.wiltingPointFraction) * rest.evaporableDepthM;
    return {...rest, layers: soil, readilyEvaporableMm: readilyShare * totalMm};
  });

export const anyVegetation: fc.Arbitrary<BucketVegetation> = fc.record({
  lai: between(0, 9),
  heightM: between(0, 60),
  rootDepthM: between(0, 2),
  basalCoefficient: between(0, 1.25),
  tabulatedDepletionFraction: between(0.2, 0.8),
});

export const anyDay: fc.Arbitrary<BucketDrivers> = fc.record({
  et0Mm: between(-0.5, 12),
  rainMm: fc.oneof({weight: 2, arbitrary: fc.constant(0)}, between(0, 20), between(0, 400)),
  windSpeedAt2mMPerS: between(0, 15),
  minimumHumidityPercent: between(0, 100),
  irrigationMm: fc.oneof({weight: 4, arbitrary: fc.constant(0)}, between(0, 60)),
  irrigationWettedFraction: between(0, 1),
  inflowMm: fc.oneof({weight: 6, arbitrary: fc.constant(0)}, between(0, 3000)),
  tableDepthM: fc.oneof(fc.constant(Number.POSITIVE_INFINITY), between(-1, 4)),
});
