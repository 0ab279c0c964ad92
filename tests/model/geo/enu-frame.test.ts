import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import {EnuFrame} from '#model';

describe('EnuFrame', () => {
  // EPSG guidance note 7-2, method 9837 (geographic/topocentric conversions), worked example
  it('gives the published topocentric coordinates', () => {
    const frame = new EnuFrame({latitudeDeg: 55, longitudeDeg: 5, heightM: 200});
    const point = {
      latitudeDeg: 53 + 48 / 60 + 33.82 / 3600,
      longitudeDeg: 2 + 7 / 60 + 46.38 / 3600,
      heightM: 73,
    };
    const {eastM, northM, upM} = frame.toEnu(point);
    expect(eastM).toBeCloseTo(-189_013.869, 3);
    expect(northM).toBeCloseTo(-128_642.04, 3);
    expect(upM).toBeCloseTo(-4_220.171, 3);
  });

  it('is zero at its origin', () => {
    const origin = {longitudeDeg: 106.71, latitudeDeg: 29.58, heightM: 190};
    const {eastM, northM, upM} = new EnuFrame(origin).toEnu(origin);
    expect(Math.hypot(eastM, northM, upM)).toBe(0);
  });

  it('comes back within a hundredth of a millimetre, to 100 km and from any place', () => {
    const metres = fc.double({min: -100_000, max: 100_000, noNaN: true});
    fc.assert(
      fc.property(
        fc.double({min: -180, max: 180, noNaN: true}),
        fc.double({min: -89.9, max: 89.9, noNaN: true}),
        metres,
        metres,
        fc.double({min: -500, max: 10_000, noNaN: true}),
        (longitudeDeg, latitudeDeg, eastM, northM, upM) => {
          const frame = new EnuFrame({longitudeDeg, latitudeDeg, heightM: 100});
          const back = frame.toEnu(frame.toGeodetic({eastM, northM, upM}));
          expect(Math.hypot(back.eastM - eastM, back.northM - northM, back.upM - upM)).toBeLessThan(1e-5);
        },
      ),
    );
  });
});
