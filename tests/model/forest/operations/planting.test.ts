import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import {
  coppiced,
  plantingPlaces,
  plantingShock,
  poolsOf,
  pruned,
  speciesTable,
  treeMassKg,
  treeParametersOf,
} from '#model';
import {OVERRIDES, SPECIES} from '../species/species-list.ts';

const THICKENING = speciesTable(SPECIES, OVERRIDES).filter(({thickens}) => thickens);

const square = (sideM: number, free: (xM: number, yM: number) => boolean = () => true) => ({
  minXM: 0,
  maxXM: sideM,
  minYM: 0,
  maxYM: sideM,
  areaM2: sideM * sideM,
  free,
});

describe('places to plant', () => {
  it('a spacing of 3 m on a hectare has room for 10,000/(9·√3/2) trees, to its edges', () => {
    const places = plantingPlaces(square(100), {count: 5000, spacingM: 3, key: 4});
    expect(Math.abs(places.length / (10_000 / (9 * (Math.sqrt(3) / 2))) - 1)).toBeLessThan(0.06);
  });

  it('are as many as asked for, none nearer than the spacing, none where it is not free', () => {
    fc.assert(
      fc.property(
        fc.integer({min: 1, max: 150}),
        fc.option(fc.double({min: 1, max: 4, noNaN: true})),
        fc.integer(),
        (count, spacingM, key) => {
          const pond = (xM: number, yM: number) => Math.hypot(xM - 50, yM - 50) > 20;
          const places = plantingPlaces(square(100, pond), {count, spacingM, key});
          expect(places).toHaveLength(count);
          for (const [i, a] of places.entries()) {
            expect(pond(a.xM, a.yM)).toBe(true);
            for (const b of places.slice(i + 1)) {
              expect(Math.hypot(a.xM - b.xM, a.yM - b.yM)).toBeGreaterThan((spacingM ?? 1) - 1e-9);
            }
          }
        },
      ),
      {numRuns: 30},
    );
  });

  it('are fewer where there is no more room', () => {
    expect(plantingPlaces(square(10), {count: 1000, spacingM: 2, key: 1}).length).toBeLessThan(50);
    expect(
      plantingPlaces(
        square(10, () => false),
        {count: 3, spacingM: null, key: 1},
      ),
    ).toEqual([]);
  });
});

describe.each(THICKENING)('$scientificName', (species) => {
  const p = treeParametersOf(species);
  const pools = poolsOf({dbhCm: 20, heightM: 12}, p);
  it('pruning and coppicing take what they leave short of', () => {
    const cut = pruned(pools, 0.3);
    expect(treeMassKg(cut.pools) + cut.takenKg).toBeCloseTo(treeMassKg(pools), 9);
    expect(cut.pools.foliageKg).toBeCloseTo(0.7 * pools.foliageKg, 9);
    expect(cut.pools.stemKg).toBe(pools.stemKg);
    const stool = coppiced(pools, p)!;
    expect(treeMassKg(stool.pools) + stool.takenKg).toBeCloseTo(treeMassKg(pools), 9);
    for (const mass of Object.values(stool.pools)) expect(mass).toBeGreaterThan(0);
    expect(stool.takenKg).toBeGreaterThan(pools.stemKg);
  });
});

it('a stool whose roots hold nothing dies', () => {
  const p = treeParametersOf(THICKENING[0]!);
  expect(coppiced({...poolsOf({dbhCm: 20, heightM: 12}, p), coarseRootKg: 0.001}, p)).toBeNull();
});

it('planting holds growth back for two years', () => {
  expect([0, 1, 2, 3, 30].map(plantingShock)).toEqual([0.6, 0.8, 1, 1, 1]);
});
