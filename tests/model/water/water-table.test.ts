import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import {bankResponse, waterTableLevelM} from '#model';

const GRAVEL = {storageFraction: 0.1, transmissivityM2PerDay: 1000};

describe('water table beside a river', () => {
  // by hand for a yearly wave, 100 m from the bank: √(π·0.1/(1000·365)) = 9.277e-4 per m, e^-0.09277 = 0.9114;
  // 100·√(365·0.1/(4π·1000)) = 5.389 days
  it('follows a year’s wave 100 m inland', () => {
    const {amplitudeFraction, lagDays} = bankResponse(100, 365, GRAVEL);
    expect(amplitudeFraction).toBeCloseTo(0.9114, 4);
    expect(lagDays).toBeCloseTo(5.389, 3);
  });

  it('is the river at the bank', () => {
    expect(bankResponse(0, 10, GRAVEL)).toEqual({amplitudeFraction: 1, lagDays: 0});
  });

  it('takes less and later further away, and less of a short wave', () => {
    fc.assert(
      fc.property(
        fc.double({min: 0, max: 2000, noNaN: true}),
        fc.double({min: 1, max: 400, noNaN: true}),
        (distanceM, periodDays) => {
          const here = bankResponse(distanceM, periodDays, GRAVEL);
          const further = bankResponse(distanceM + 10, periodDays, GRAVEL);
          const longer = bankResponse(distanceM, 2 * periodDays, GRAVEL);
          expect(further.amplitudeFraction).toBeLessThan(here.amplitudeFraction);
          expect(further.lagDays).toBeGreaterThan(here.lagDays);
          expect(longer.amplitudeFraction).toBeGreaterThanOrEqual(here.amplitudeFraction);
        },
      ),
    );
  });

  it('stands by its share of the river’s departure from the mean', () => {
    const of = {meanRiverLevelM: 160, earlierRiverLevelM: 175, amplitudeFraction: 0.4};
    expect(waterTableLevelM(of)).toBe(166);
  });
});
