import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import {
  campbellExponent,
  campbellSoil,
  matricSuctionKPa,
  relativeConductivity,
  waterFractionAtSuction,
} from '#model';

// field capacity is read at 33 kPa, the wilting point at 1,500 kPa
const LOAM = campbellSoil({
  saturationFraction: 0.46,
  fieldCapacityFraction: 0.29,
  wiltingPointFraction: 0.13,
});

describe('Campbell’s curve', () => {
  it('goes through field capacity and wilting point', () => {
    expect(matricSuctionKPa(0.29, LOAM)).toBeCloseTo(33, 9);
    expect(matricSuctionKPa(0.13, LOAM)).toBeCloseTo(1500, 6);
  });

  // by hand: ln(1500/33)/ln(0.29/0.13) = 3.8167/0.8023
  it('has the exponent of its two points', () => {
    expect(campbellExponent(0.29, 0.13)).toBeCloseTo(4.757, 3);
  });

  it('ends at air entry, and has no answer without water', () => {
    expect(matricSuctionKPa(0.46, LOAM)).toBe(LOAM.airEntryKPa);
    expect(matricSuctionKPa(0.6, LOAM)).toBe(LOAM.airEntryKPa);
    expect(matricSuctionKPa(0, LOAM)).toBeNull();
    expect(matricSuctionKPa(Number.NaN, LOAM)).toBeNull();
    expect(waterFractionAtSuction(0, LOAM)).toBe(0.46);
  });

  it('is its own inverse', () => {
    fc.assert(
      fc.property(fc.double({min: 0.02, max: 0.459, noNaN: true}), (water) => {
        expect(waterFractionAtSuction(matricSuctionKPa(water, LOAM)!, LOAM)).toBeCloseTo(water, 9);
      }),
    );
  });

  // by hand: 0.5^(2·4 + 3) = 1/2048
  it('lets water go by the power 2b + 3', () => {
    expect(relativeConductivity(0.5, 4)).toBeCloseTo(1 / 2048, 12);
    expect(relativeConductivity(1.2, 4)).toBe(1);
    expect(relativeConductivity(-0.1, 4)).toBe(0);
  });
});
