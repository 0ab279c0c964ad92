import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import {PARTS, SHARED_INDICATORS} from '#schemas';
import {CARBON, CarbonBooks} from '../../../simulation/run/carbon-books.ts';
import {GroundLayer, groundGrowthShare, groundLaiShare} from '../../../simulation/run/ground-layer.ts';
import {type KeptYear, kept, madePlan, operation, treesOn, unitOf} from './made-plan.ts';

const between = (min: number, max: number) => fc.double({min, max, noNaN: true});
const treeLai = between(0, 12);
const openLai = fc.oneof(fc.constant(0), between(0.01, 10));

describe('under trees', () => {
  it('of no leaf it is as in the open, to the last bit', () => {
    fc.assert(
      fc.property(openLai, (open) => {
        expect(groundLaiShare(0)).toBe(1);
        expect(groundGrowthShare(open, 0)).toBe(1);
      }),
    );
  });

  it('the more leaf above, the less of it, and the less it grows for its leaf', () => {
    fc.assert(
      fc.property(openLai, treeLai, between(0.01, 3), (open, lai, more) => {
        expect(groundLaiShare(lai + more)).toBeLessThan(groundLaiShare(lai));
        expect(groundGrowthShare(open, lai + more)).toBeLessThan(groundGrowthShare(open, lai));
        expect(groundGrowthShare(open, lai + more)).toBeGreaterThan(0);
        expect(groundGrowthShare(open, lai)).toBeLessThanOrEqual(groundLaiShare(lai));
      }),
    );
  });

  // x[["herbLAI"]] of medfate 4 with herbLAImax 2 under woody plants of 3
  it('has the leaf area of the herb layer of medfate', () => {
    expect(2 * groundLaiShare(3)).toBeCloseTo(0.988_217, 6);
  });
});

describe('over the years', () => {
  it('keeps its carbon: what it grows is production, what it loses litter', () => {
    fc.assert(
      fc.property(
        fc.array(treeLai, {minLength: 2, maxLength: 20}),
        openLai,
        between(0, 2),
        (years, lai, carbonKgPerM2) => {
          const units = [unitOf(0, {groundLayer: {lai, rootDepthM: 0.4, carbonKgPerM2}})];
          const layer = new GroundLayer(units);
          const books = new CarbonBooks(units, layer.carbonKg);
          layer.start(Float64Array.of(years[0]!));
          for (const above of years.slice(1)) {
            const before = layer.carbonKg[0]!;
            books.begin();
            layer.grow(Float64Array.of(above), books);
            const gained = books.production[0]! - books.litter[0]!;
            expect(gained).toBeCloseTo(layer.carbonKg[0]! - before, 8);
            expect(books.litter[0]!).toBeCloseTo(before, 8);
            expect(layer.lai[0]!).toBeLessThanOrEqual(lai);
            expect(layer.carbonKg[0]!).toBeLessThanOrEqual(units[0]!.areaM2 * carbonKgPerM2);
          }
        },
      ),
    );
  });

  it('goes where the light allows, half the way in a year, and stays', () => {
    const units = [unitOf(0, {groundLayer: {lai: 2, rootDepthM: 0.4, carbonKgPerM2: 0.5}})];
    const layer = new GroundLayer(units);
    const books = new CarbonBooks(units, layer.carbonKg);
    layer.start(Float64Array.of(0));
    layer.grow(Float64Array.of(0), books);
    expect([layer.lai[0], layer.carbonKg[0]]).toEqual([2, 5000]);
    const shaded = 2 * groundLaiShare(4);
    layer.grow(Float64Array.of(4), books);
    expect(layer.lai[0]).toBeCloseTo((2 + shaded) / 2, 12);
    for (let year = 0; year < 60; year += 1) layer.grow(Float64Array.of(4), books);
    expect(layer.lai[0]).toBeCloseTo(shaded, 12);
    for (let year = 0; year < 5; year += 1) layer.grow(Float64Array.of(0), books);
    expect(layer.lai[0]).toBeGreaterThan(0.95 * 2);
  });
});

describe('in a run', () => {
  const felledIn = 2030;
  const plan = madePlan({
    years: 12,
    units: [unitOf(0), unitOf(1), unitOf(2)],
    operations: [
      operation(
        {
          kind: 'thin',
          year: felledIn,
          month: 11,
          unitCostCny: 0,
          rule: 'proportional',
          target: {removedFraction: 1},
          species: null,
        },
        [0],
      ),
    ],
    // none on the third
    trees: [0, 1].flatMap((unit) => treesOn(unit, {count: 200, species: [0, 1, 2, 3], dbhCm: [5, 25]})),
  });
  const {years} = kept(plan);
  const ground = (year: KeptYear, id: 'lai' | 'npp_t_per_ha', zone: number) =>
    year.parts[(SHARED_INDICATORS.indexOf(id) * PARTS.length + PARTS.indexOf('ground')) * 4 + zone]!;

  it('where no tree stands it is what the table says', () => {
    for (const [k, year] of years.entries()) {
      expect(ground(year, 'lai', 2)).toBe(0.5);
      if (k > 0) expect(ground(year, 'npp_t_per_ha', 2)).toBeCloseTo(1 / CARBON, 9);
    }
  });

  it('shrinks as trees close above it, and comes back when they are felled', () => {
    for (const [k, year] of years.entries()) {
      if (k < 2) continue;
      const more = ground(year, 'lai', 0) - ground(years[k - 1]!, 'lai', 0);
      if (year.year <= felledIn) expect(more).toBeLessThan(0);
      else expect(more).toBeGreaterThan(0);
      expect(ground(year, 'lai', 1)).toBeLessThan(ground(years[k - 1]!, 'lai', 1));
    }
    expect(ground(years.at(-1)!, 'lai', 0)).toBeGreaterThan(0.99 * 0.5);
    expect(ground(years.at(-1)!, 'npp_t_per_ha', 0)).toBeGreaterThan(0.98 / CARBON);
  });

  it('closes the books', () => {
    for (const {checks} of years) {
      expect(checks.carbonOfAllRelative).toBeLessThan(1e-9);
      expect(checks.waterMm).toBeLessThan(1e-9);
    }
  });
});
