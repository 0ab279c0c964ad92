import fc from 'fast-check';
import {expect, it} from 'vitest';
import {type SpeciesTraits, speciesTable} from '#model';
import {kept, madePlan, madeWeather, treesOn, unitOf} from './made-plan.ts';

const between = (min: number, max: number) => fc.double({min, max, noNaN: true});

/** Any species that a flora may have. */
const anyTraits: fc.Arbitrary<SpeciesTraits> = fc
  .record({
    evergreen: fc.boolean(),
    leafType: fc.constantFrom('broadleaf' as const, 'needle' as const),
    growthRate: fc.constantFrom('slow' as const, 'medium' as const, 'fast' as const),
    maxIncrementCmPerYr: between(0.3, 4),
    maxHeightM: between(5, 60),
    slenderness: between(0.25, 0.8),
    maxAgeYr: between(20, 3000),
    woodDensityGPerCm3: between(0.26, 0.81),
    slaM2PerKg: between(3, 30),
    shadeTolerance: between(1.3, 4.2),
    droughtTolerance: between(1.9, 4.3),
    waterloggingTolerance: between(1, 4.9),
    seedMassMg: between(0.1, 5000),
    minC: between(0, 13),
    optC: between(18, 28),
    maxC: between(36, 44),
    crownForm: fc.constantFrom(
      'round' as const,
      'spreading' as const,
      'conical' as const,
      'columnar' as const,
    ),
  })
  .map(({evergreen, slenderness, ...traits}) => ({
    ...traits,
    scientificName: 'Genus species',
    family: 'Family',
    leafHabit: evergreen ? 'evergreen' : 'deciduous',
    dispersal: 'wind',
    maxDbhCm: traits.maxHeightM / slenderness,
    ...(evergreen ? {} : {leafOutMonth: 3, leafFallMonth: 11}),
  }));

it('any species in any year and density: finite, 0–4 cm a year, no taller than it can be, neither stump nor whip, LAI up to 10', () => {
  fc.assert(
    fc.property(
      anyTraits,
      fc.integer({min: 1, max: 1500}),
      between(0, 1.5),
      between(-6, 6),
      (traits, count, rain, warmerC) => {
        const [species] = speciesTable([traits]);
        const weather = madeWeather((day, w) => {
          w.rainMm[day] = rain * w.rainMm[day]!;
          for (const column of [w.minC, w.maxC, w.meanC]) column[day] = column[day]! + warmerC;
        });
        const trees = treesOn(0, {count, species: [0], dbhCm: [2, 8]}).map((tree) => {
          const {maxHeightM, openMPerCm, shadeMPerCm} = species!.values;
          const room = maxHeightM - 1.3;
          const slope = (openMPerCm + shadeMPerCm) / 2;
          return {...tree, heightM: 1.3 + room * (1 - Math.exp((-slope * tree.dbhCm) / room))};
        });
        const plan = {
          ...madePlan({years: 15, units: [unitOf(0)], trees}),
          species: [species!],
          speciesIds: ['one'],
        };
        const {years} = kept(plan, {weather});
        for (const [k, {alive, values, checks}] of years.entries()) {
          expect(checks.carbonOfAllRelative).toBeLessThan(1e-9);
          expect(checks.waterMm).toBeLessThan(1e-9);
          // the ground layer has 0.5 of it
          expect(values.lai[0]!).toBeLessThanOrEqual(10.5);
          for (const [id, {dbhCm, heightM}] of alive) {
            const before = years[k - 1]?.alive.get(id)?.dbhCm ?? dbhCm;
            expect(dbhCm - before).toBeGreaterThanOrEqual(0);
            expect(dbhCm - before).toBeLessThanOrEqual(4 + 1e-9);
            expect(heightM).toBeLessThanOrEqual(1.02 * species!.values.maxHeightM);
            expect((100 * heightM) / dbhCm).toBeGreaterThan(20);
            expect((100 * heightM) / dbhCm).toBeLessThan(220);
          }
        }
      },
    ),
    {numRuns: 40},
  );
});
