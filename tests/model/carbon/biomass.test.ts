import {describe, expect, it} from 'vitest';
import {
  aboveGroundChinaKg,
  aboveGroundKg,
  aboveGroundWithoutHeightKg,
  biomassDraws,
  CARBON_FRACTION,
  CO2_PER_CARBON,
  carbonDraws,
  changeDraws,
  EQUATION_7_REFITTED,
  findWoodDensity,
  heightFromDiameterM,
  interval,
  rootOverShoot,
  type StockTree,
} from '#model';
import {referenceText} from '../reference-rows.ts';

const HARVESTED = referenceText('copyleft/biomass/harvested-trees.csv').map((row) => ({
  dbhCm: Number(row['dbh_cm']),
  heightM: Number(row['height_m']),
  woodDensityGPerCm3: Number(row['density_g_cm3']),
  measuredKg: Number(row['measured_kg']),
  equation4Kg: Number(row['equation4_kg']),
}));
const POSTERIOR = referenceText('copyleft/biomass/equation4-posterior.csv').map((row) => ({
  intercept: Number(row['intercept']),
  slope: Number(row['slope']),
  residualSd: Number(row['sd']),
}));

describe('above-ground mass by Chave et al. (2014)', () => {
  it('equation 4 gives the printed mass of every harvested tree', () => {
    expect(HARVESTED.length).toBeGreaterThan(200);
    for (const tree of HARVESTED) {
      expect(Math.abs(aboveGroundKg(tree) / tree.equation4Kg - 1)).toBeLessThan(1e-5);
    }
  });

  it('equation 7 is equation 4 with equation 6a’s height, as the authors say, within 6 %', () => {
    for (const dbhCm of [5, 10, 20, 40, 80, 150]) {
      for (const environmentalStress of [-0.1, 0, 0.3]) {
        const tree = {dbhCm, woodDensityGPerCm3: 0.6};
        const heightM = heightFromDiameterM(dbhCm, environmentalStress);
        const byHeight = aboveGroundKg({...tree, heightM});
        const without = aboveGroundWithoutHeightKg({...tree, environmentalStress});
        expect(Math.abs(without / byHeight - 1)).toBeLessThan(0.06);
        const refitted = aboveGroundWithoutHeightKg({...tree, environmentalStress}, EQUATION_7_REFITTED);
        expect(Math.abs(refitted / without - 1)).toBeLessThan(0.25);
      }
    }
  });

  // National standards of China, LY/T 2263-2014 and LY/T 2264-2014, at D 20 cm, H 15 m: 135 and 105 kg
  it.each([
    {species: 'Pinus massoniana', woodDensityGPerCm3: 0.45, nationalKg: 135},
    {species: 'Cunninghamia', woodDensityGPerCm3: 0.31, nationalKg: 105},
  ])('agrees with the national table of $species within 20 %', ({woodDensityGPerCm3, nationalKg}) => {
    const tree = {dbhCm: 20, heightM: 15, woodDensityGPerCm3};
    expect(Math.abs(aboveGroundKg(tree) / nationalKg - 1)).toBeLessThan(0.2);
    expect(Math.abs(aboveGroundChinaKg(tree) / nationalKg - 1)).toBeLessThan(0.2);
  });
});

const DRAWS = 2000;
const exact = {dbhCv: 0, heightCv: 0};

function tree(id: number, over: Partial<StockTree> = {}): StockTree {
  return {
    id,
    dbhCm: 25,
    heightM: 16,
    woodDensityGPerCm3: 0.5,
    woodDensitySd: 0.08,
    woodDensitySource: 'a genus',
    ...over,
  };
}
const forest = Array.from({length: 400}, (_, id) =>
  tree(id, {dbhCm: 6 + (id % 37), heightM: 5 + (id % 20), woodDensitySource: `genus ${id % 5}`}),
);
const relativeWidth = (draws: Float64Array) => {
  const {lower, upper, mean} = interval(draws)!;
  return (upper - lower) / mean;
};

describe('intervals of a stock', () => {
  it('95 % intervals of single trees hold 95 % of the weighed trees', () => {
    let inside = 0;
    for (const [id, weighed] of HARVESTED.entries()) {
      const one = tree(id, {...weighed, woodDensitySd: 0});
      const {lower, upper} = interval(
        biomassDraws([one], {seed: 5, draws: 400, survey: 'a', errors: exact, equation: POSTERIOR}),
      )!;
      if (weighed.measuredKg >= lower && weighed.measuredKg <= upper) inside += 1;
    }
    const share = inside / HARVESTED.length;
    // two binomial standard errors at n = 249
    expect(Math.abs(share - 0.95)).toBeLessThan(2 * Math.sqrt((0.95 * 0.05) / HARVESTED.length) + 0.01);
  });

  it('a tree’s spread is what the parts add up to', () => {
    const one = tree(1, {woodDensitySd: 0});
    const logs = biomassDraws([one], {seed: 3, draws: 20_000, survey: 'a'}).map(Math.log);
    const mean = logs.reduce((sum, x) => sum + x, 0) / logs.length;
    const variance = logs.reduce((sum, x) => sum + (x - mean) ** 2, 0) / logs.length;
    // residual² + slope²·((2·2 %)² + (8 %)²); the posterior adds little at the middle of its data
    const expected = 0.3573 ** 2 + 0.9759 ** 2 * (0.04 ** 2 + 0.08 ** 2);
    expect(Math.abs(variance / expected - 1)).toBeLessThan(0.03);
    // unbiased: the mean over the draws is equation 4's, without a second correction of the log
    const {mean: kg} = interval(biomassDraws([one], {seed: 3, draws: 20_000, survey: 'a', errors: exact}))!;
    expect(Math.abs(kg / aboveGroundKg(one) - 1)).toBeLessThan(0.01);
  });

  it('the posterior’s mean and covariance stand in for its draws', () => {
    const options = {seed: 7, draws: DRAWS, survey: 'a', errors: exact};
    const bare = forest.map((one) => ({...one, woodDensitySd: 0}));
    const ours = interval(biomassDraws(bare, options))!;
    const theirs = interval(biomassDraws(bare, {...options, equation: POSTERIOR}))!;
    expect(Math.abs(ours.mean / theirs.mean - 1)).toBeLessThan(0.005);
    expect(Math.abs(ours.lower / theirs.lower - 1)).toBeLessThan(0.01);
    expect(Math.abs(ours.upper / theirs.upper - 1)).toBeLessThan(0.01);
  });

  it('own errors cancel in a total, shared ones do not', () => {
    const options = {seed: 1, draws: DRAWS, survey: 'a'};
    const together = forest.map((one) => ({...one, woodDensitySource: 'one'}));
    const apart = forest.map((one) => ({...one, woodDensitySource: `${one.id}`}));
    const single = relativeWidth(biomassDraws([forest[0]!], options));
    expect(relativeWidth(biomassDraws(apart, options))).toBeLessThan(0.2 * single);
    // 16 % of density error for all at once: ±1.96·0.16
    expect(relativeWidth(biomassDraws(together, options))).toBeGreaterThan(0.5);
    expect(relativeWidth(biomassDraws(apart, options))).toBeLessThan(0.2);
  });

  it('is the same whatever the order of the trees', () => {
    const options = {seed: 1, draws: 50, survey: 'a'};
    expect(biomassDraws([...forest].reverse(), options)).toEqual(biomassDraws(forest, options));
    expect(biomassDraws(forest, {...options, seed: 2})).not.toEqual(biomassDraws(forest, options));
  });

  it('a forest that did not change has changed by nothing, if it was measured without error', () => {
    const options = {seed: 1, draws: 200, errors: exact};
    const first = biomassDraws(forest, {...options, survey: 'first'});
    const change = changeDraws(first, biomassDraws(forest, {...options, survey: 'second'}));
    expect([...change].every((kg) => kg === 0)).toBe(true);
  });

  it('measured twice, its change is around nothing, and far narrower than the stock', () => {
    const options = {seed: 1, draws: DRAWS};
    const first = biomassDraws(forest, {...options, survey: 'first'});
    const change = interval(changeDraws(first, biomassDraws(forest, {...options, survey: 'second'})))!;
    const stock = interval(first)!;
    expect(change.lower).toBeLessThan(0);
    expect(change.upper).toBeGreaterThan(0);
    expect(change.upper - change.lower).toBeLessThan(0.3 * (stock.upper - stock.lower));
    expect(() => changeDraws(first, first.slice(1))).toThrow('equal draws');
  });

  it('no trees weigh nothing; no draws have no interval', () => {
    expect(interval(biomassDraws([], {seed: 1, draws: 3, survey: 'a'}))).toEqual({
      mean: 0,
      median: 0,
      lower: 0,
      upper: 0,
    });
    expect(interval(new Float64Array(0))).toBeNull();
  });
});

describe('carbon with roots', () => {
  // IPCC (2006), vol. 4, table 4.4: subtropical humid forest
  it.each([
    {tPerHa: 60, ratio: 0.2},
    {tPerHa: 124.9, ratio: 0.2},
    {tPerHa: 125, ratio: 0.24},
  ])('root over shoot is $ratio at $tPerHa t/ha', ({tPerHa, ratio}) => {
    expect(rootOverShoot(tPerHa)).toBe(ratio);
  });

  it('is shoot and root times the carbon fraction', () => {
    const kg = new Float64Array(DRAWS).fill(60_000);
    const {median, lower, upper} = interval(carbonDraws(kg, {areaHa: 1, seed: 4}))!;
    expect(Math.abs(median / (60 * 1.2 * 0.47) - 1)).toBeLessThan(0.005);
    // its 95 % interval is the published range 0.09–0.25
    expect(Math.abs(lower / (60 * 1.09 * 0.47) - 1)).toBeLessThan(0.01);
    expect(Math.abs(upper / (60 * 1.25 * 0.47) - 1)).toBeLessThan(0.01);
    const broadleaf = carbonDraws(kg, {areaHa: 1, seed: 4, carbonFraction: CARBON_FRACTION.broadleaf});
    expect(interval(broadleaf)!.median / median).toBeCloseTo(0.48 / 0.47, 9);
    expect(CO2_PER_CARBON).toBeCloseTo(3.667, 3);
  });
});

describe('wood density', () => {
  const rows = referenceText('copyleft/biomass/wood-density.csv');
  const level = (name: string) =>
    new Map(
      rows
        .filter((row) => row['level'] === name)
        .map((row) => [row['name']!, {mean: Number(row['density_g_cm3']), sd: Number(row['sd'])}]),
    );
  const densities = {species: level('species'), genera: level('genus'), families: level('family')};

  it.each([
    {scientificName: 'Cinnamomum camphora', family: 'Lauraceae', found: 'species', mean: 0.4725},
    {scientificName: 'Cinnamomum nowhere', family: 'Lauraceae', found: 'genus', mean: 0.4727},
    {scientificName: 'Sassafras tzumu', family: 'Lauraceae', found: 'family', mean: null},
  ])('of $scientificName is that of the $found', ({scientificName, family, found, mean}) => {
    const density = findWoodDensity({scientificName, family}, densities)!;
    expect(density.level).toBe(found);
    if (mean !== null) expect(density.mean).toBe(mean);
    else expect(density.mean).toBe(densities.families.get(family)!.mean);
    expect(density.sd).toBeGreaterThan(0);
  });

  it('is unknown for a family that nobody weighed', () => {
    expect(findWoodDensity({scientificName: 'Nomen nudum', family: 'Nullaceae'}, densities)).toBeNull();
  });
});
