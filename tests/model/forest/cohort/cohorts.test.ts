import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import {
  Cohorts,
  calibrateEfficiency,
  coaxialDiscFactor,
  curveHeightM,
  discViewFactor,
  Forest,
  type ForestYear,
  LIGHT_SCORES,
  lightOfStands,
  meanFieldDepth,
  meanFieldVariance,
  middleDepth,
  shadeReachM,
  speciesTable,
  speciesYear,
  treeParametersOf,
  uniformAt,
  unitSums,
} from '#model';
import {OVERRIDES, SITE, SPECIES} from '../species/species-list.ts';

const SIDE_M = 100;
const HECTARE_M2 = SIDE_M * SIDE_M;

/** ∫ f(distance) dA over a disc, by rings. */
function overDisc(radiusM: number, f: (distanceM: number) => number): number {
  const rings = 20_000;
  let sum = 0;
  for (let k = 0; k < rings; k += 1) {
    const d = (radiusM * (k + 0.5)) / rings;
    sum += f(d) * 2 * Math.PI * d * (radiusM / rings);
  }
  return sum;
}

describe('the mean field of even crowns', () => {
  // Howell's catalogue, C-41; two equal discs a radius apart, as in textbooks of radiation: 0.382
  it('between coaxial discs is what the catalogue says', () => {
    expect(coaxialDiscFactor(1, 1, 1)).toBeCloseTo((3 - Math.sqrt(5)) / 2, 12);
    expect(coaxialDiscFactor(1, 1e6, 1)).toBeCloseTo(1, 9);
  });

  it.each([
    {crownRadiusM: 2, heightM: 12, receiverM: 6, opacity: 0.6},
    {crownRadiusM: 1.2, heightM: 25, receiverM: 2, opacity: 0.8},
    {crownRadiusM: 4, heightM: 18, receiverM: 14, opacity: 0.5},
  ])('is the integral of the view factor over all places in reach: $heightM m above $receiverM m', (of) => {
    const {crownRadiusM, heightM, receiverM, opacity} = of;
    const disc = Math.min(0.875 * heightM, Math.max(0.5 * heightM, receiverM + crownRadiusM));
    const factor = (d: number) => discViewFactor(disc - receiverM, d, crownRadiusM);
    const depth = meanFieldDepth(receiverM, {stemsPerM2: 0.08, ...of});
    const exact = 0.08 * overDisc(shadeReachM(heightM), (d) => opacity * factor(d));
    expect(depth / exact).toBeCloseTo(1, 5);
    const variance = meanFieldVariance(receiverM, {stemsPerM2: 0.08, ...of});
    const square = 0.08 * overDisc(shadeReachM(heightM), (d) => Math.log(1 - opacity * factor(d)) ** 2);
    expect(Math.abs(variance / square - 1)).toBeLessThan(0.12);
  });

  it('does not shade what stands as high', () => {
    expect(meanFieldDepth(9, {stemsPerM2: 0.1, heightM: 10, crownRadiusM: 2, opacity: 0.6})).toBe(0);
  });

  it('keeps the mean light of its thirds', () => {
    for (const sd of [0, 0.4, 1.1]) {
      const middle = middleDepth(0.9, sd);
      const mean = LIGHT_SCORES.reduce((sum: number, score) => sum + Math.exp(-(middle + score * sd)) / 3, 0);
      expect(mean).toBeCloseTo(Math.exp(-0.9), 12);
    }
  });
});

const TABLE = speciesTable(SPECIES, OVERRIDES);
const calibrated = (name: string) => {
  const i = TABLE.findIndex(({scientificName}) => scientificName === name);
  return calibrateEfficiency(TABLE[i]!, SPECIES[i]!.maxIncrementCmPerYr!, SITE);
};

describe('a cohort grows as its stems would at places of their own', () => {
  const SEEDS = [1, 11, 21, 31, 41, 51];

  it.each([
    {name: 'Pinus massoniana', perHa: 1500, dbhCm: 6},
    {name: 'Cinnamomum camphora', perHa: 800, dbhCm: 12},
    {name: 'Castanopsis fargesii', perHa: 2500, dbhCm: 4},
    {name: 'Liquidambar formosana', perHa: 400, dbhCm: 20},
    {name: 'Populus adenopoda', perHa: 600, dbhCm: 10},
  ])(
    '$name, $perHa per hectare: mean light within 3 %, after 30 years basal area and stems’ mass within 7 %',
    ({name, perHa, dbhCm}) => {
      const one = calibrated(name);
      const p = treeParametersOf(one);
      const {maxHeightM, openMPerCm, shadeMPerCm} = one.values;
      const stem = {
        species: 0,
        unit: 0,
        dbhCm,
        heightM: curveHeightM(dbhCm, maxHeightM, (openMPerCm + shadeMPerCm) / 2),
        ageYr: 5,
      };
      const site = speciesYear(one, SITE.months, SITE.soil, SITE.mode);
      const yearOf = (year: number, key: number): ForestYear => ({
        potentialGPerM2: Float64Array.of(site.potentialGPerM2),
        rootFraction: Float64Array.of(site.rootFraction),
        siteDeath: Float64Array.of(0),
        leafOnShare: Float64Array.of(0.8),
        key,
        year,
      });
      const forests = SEEDS.map(
        (seed) =>
          new Forest(
            Array.from({length: perHa}, (_, id) => ({
              ...stem,
              id,
              xM: SIDE_M * uniformAt(seed, id),
              yM: SIDE_M * uniformAt(seed + 1, id),
            })),
            [p],
            {torusM: SIDE_M},
          ),
      );
      const none = new Forest([], [p]);
      const cohorts = new Cohorts([{...stem, stemsPerM2: perHa / HECTARE_M2, origin: 0}], [p], [HECTARE_M2]);
      const sums = unitSums(1);
      for (let year = 1; year <= 30; year += 1) {
        forests.forEach((forest, k) => {
          forest.step(yearOf(year, 100 + k));
        });
        cohorts.crowns();
        lightOfStands(none, cohorts, yearOf(year, 0), sums);
        if (year === 1) {
          const light = forests.reduce(
            (sum, {index}) => sum + index.reduce((a, b) => a + b, 0) / index.length,
            0,
          );
          const mean = cohorts.index.subarray(0, 3).reduce((a, b) => a + b, 0) / 3;
          expect(Math.abs(mean / (light / SEEDS.length) - 1)).toBeLessThan(0.03);
        }
        cohorts.growAll(yearOf(year, 0));
        cohorts.die(yearOf(year, 0));
        cohorts.settle();
      }
      const [trees, even] = [
        {basal: 0, stemKg: 0},
        {basal: 0, stemKg: 0},
      ];
      for (const forest of forests) {
        for (let i = 0; i < forest.count; i += 1) {
          if (forest.alive[i] === 0) continue;
          trees.basal += forest.dbhCm[i]! ** 2 / SEEDS.length;
          trees.stemKg += forest.stemKg[i]! / SEEDS.length;
        }
      }
      for (let i = 0; i < cohorts.count; i += 1) {
        even.basal += cohorts.stemsPerM2[i]! * HECTARE_M2 * cohorts.dbhCm[i]! ** 2;
        even.stemKg += cohorts.stemsPerM2[i]! * HECTARE_M2 * cohorts.stemKg[i]!;
      }
      expect(Math.abs(even.basal / trees.basal - 1)).toBeLessThan(0.07);
      expect(Math.abs(even.stemKg / trees.stemKg - 1)).toBeLessThan(0.07);
    },
  );
});

describe('trees and cohorts together', () => {
  const p = treeParametersOf(TABLE.find(({scientificName}) => scientificName === 'Cinnamomum camphora')!);
  const year: ForestYear = {
    potentialGPerM2: Float64Array.of(4000),
    rootFraction: Float64Array.of(0.35),
    siteDeath: Float64Array.of(0),
    leafOnShare: Float64Array.of(1),
    key: 1,
    year: 1,
  };
  const stand = (trees: number, perHa: number, dbhCm: number) => {
    const size = (dbh: number) => ({
      dbhCm: dbh,
      heightM: 1.3 + 0.7 * dbh ** 0.9,
      ageYr: 10,
      species: 0,
      unit: 0,
    });
    const forest = new Forest(
      Array.from({length: trees}, (_, id) => ({
        ...size(8 + 10 * uniformAt(3, id)),
        id,
        xM: SIDE_M * uniformAt(1, id),
        yM: SIDE_M * uniformAt(2, id),
      })),
      [p],
      {torusM: SIDE_M},
    );
    const cohorts = new Cohorts(
      perHa > 0 ? [{...size(dbhCm), stemsPerM2: perHa / HECTARE_M2, origin: 0}] : [],
      [p],
      [HECTARE_M2],
    );
    cohorts.crowns();
    forest.crownsAll();
    return {forest, cohorts};
  };
  const light = (trees: number, perHa: number, dbhCm: number) => {
    const both = stand(trees, perHa, dbhCm);
    lightOfStands(both.forest, both.cohorts, year, unitSums(1));
    return both;
  };
  /** What geometry alone leaves, before a cell shares it. */
  const geometric = (trees: number, perHa: number, dbhCm: number) => {
    const {forest, cohorts} = stand(trees, perHa, dbhCm);
    cohorts.light(year, forest);
    forest.light(year, cohorts.understorey);
    return forest.index;
  };

  it('cohorts never give trees more light, and take none but what falls on a cell', () => {
    fc.assert(
      fc.property(
        fc.integer({min: 1, max: 3000}),
        fc.double({min: 2, max: 30, noNaN: true}),
        (perHa, dbhCm) => {
          const alone = geometric(60, 0, dbhCm);
          for (const [i, index] of geometric(60, perHa, dbhCm).entries()) {
            expect(index).toBeLessThanOrEqual(alone[i]! + 1e-12);
          }
          const {forest, cohorts} = light(60, perHa, dbhCm);
          expect(forest.absorbedFraction()).toBeLessThanOrEqual(1);
          for (let i = 0; i < cohorts.count; i += 1) expect(cohorts.index[i]!).toBeLessThanOrEqual(1);
        },
      ),
      {numRuns: 25},
    );
  });

  it('tall cohorts darken low trees, low ones hardly touch them', () => {
    const mean = (forest: Forest) => forest.index.reduce((a, b) => a + b, 0) / forest.index.length;
    const alone = mean(light(60, 0, 1).forest);
    expect(mean(light(60, 500, 30).forest)).toBeLessThan(0.5 * alone);
    expect(mean(light(60, 500, 2).forest)).toBeGreaterThan(0.9 * alone);
  });

  it('cohorts of a kind become one, and no kilogram is lost', () => {
    const {cohorts} = light(0, 300, 6);
    const mass = () => {
      let sum = 0;
      for (let i = 0; i < cohorts.count; i += 1) sum += cohorts.stemsPerM2[i]! * cohorts.massKg(i);
      return sum;
    };
    const before = mass();
    const stem = {species: 0, unit: 0, dbhCm: 6.3, heightM: 5, ageYr: 9, stemsPerM2: 0.02, origin: 0};
    const alone = new Cohorts([stem], [p], [HECTARE_M2]);
    cohorts.add([stem]);
    expect(cohorts.count).toBe(3);
    expect(mass()).toBeCloseTo(before + 0.02 * alone.massKg(0), 9);
    cohorts.add([{...stem, dbhCm: 20, heightM: 12}]);
    expect(cohorts.count).toBe(6);
  });
});
