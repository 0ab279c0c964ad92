import {describe, expect, it} from 'vitest';
import {
  anyDeath,
  bareCrownOpacity,
  crownOpacity,
  crownRadiusM,
  Forest,
  type ForestSpecies,
  type ForestTree,
  type ForestYear,
  growTree,
  intrinsicDeath,
  lightIndex,
  overtoppedIndex,
  poolsOf,
  randomKey,
  shareCell,
  stressDeath,
  type TreeState,
  uniformAt,
} from '#model';

const SIDE = 60;
function species(over: Partial<ForestSpecies>): ForestSpecies {
  return {
    foliage: {a: 0.036, b: 1.75},
    stem: {a: 0.08, b: 2.4},
    branch: {a: 0.035, b: 2.2},
    root: {a: 0.02, b: 2.35},
    slaM2PerKg: 10,
    leafTurnover: 0.8,
    fineRootTurnover: 1,
    fineRootOverFoliage: 0.6,
    formFactor: 0.45,
    woodDensityKgPerM3: 500,
    openSlope: {form: 'saturating', mPerCm: 0.6},
    shadeSlope: {form: 'saturating', mPerCm: 1.1},
    maxHeightM: 25,
    ageLimitYr: 300,
    ageResponse: {atHalf: 0.95, power: 4},
    maxAgeYr: 300,
    reachesMaxAge: 0.01,
    stressMortality: 4,
    lightClass: 3,
    maxGrowthCm: 4,
    maxDbhCm: 100,
    fixedSize: false,
    heightRate: 0,
    fixedRadiusM: 0,
    crownForm: 1,
    crownShade: 0.25,
    deciduous: false,
    ...over,
  };
}
const SPECIES = [
  species({}),
  species({
    deciduous: true,
    leafTurnover: 1,
    slaM2PerKg: 14,
    lightClass: 1.4,
    crownForm: 1.15,
    openSlope: {form: 'power', a: 80, b: -0.2},
    shadeSlope: {form: 'power', a: 150, b: -0.3},
  }),
  species({lightClass: 4.5, maxHeightM: 12, maxGrowthCm: 0.4, crownForm: 0.8}),
  species({fixedSize: true, heightRate: 0.05, fixedRadiusM: 2}),
];

function plant(count: number, key: number): ForestTree[] {
  return Array.from({length: count}, (_, id) => {
    const u = (process: number) => uniformAt(key, process * 1000 + id);
    const dbhCm = 3 + 30 * u(3);
    return {
      id,
      xM: SIDE * u(1),
      yM: SIDE * u(2),
      species: id % 4,
      unit: id % 2,
      dbhCm,
      heightM: 1.3 + 0.7 * dbhCm ** 0.9,
      ageYr: 2 * dbhCm,
    };
  });
}

function yearOf(year: number): ForestYear {
  return {
    potentialGPerM2: Float64Array.of(4200, 5200, 3900, 4000, 3700, 4500, 3300, 3000),
    rootFraction: Float64Array.of(0.35, 0.3, 0.4, 0.4, 0.42, 0.36, 0.5, 0.4),
    siteDeath: Float64Array.of(0, 0.01, 0, 0, 0.002, 0, 0.02, 0),
    leafOnShare: Float64Array.of(0.8, 1, 0.75, 0.8),
    key: randomKey(11, 'death', 0),
    year,
  };
}

/** A year of the same trees by the functions of one tree: the definition that the typed arrays are held to. */
function definition(
  trees: (ForestTree & TreeState & {index: number; alive: boolean; stress: number})[],
  year: ForestYear,
) {
  const wrap = (d: number) => d - SIDE * Math.round(d / SIDE);
  const crowns = trees.map((tree) => ({
    heightM: tree.heightM,
    crownLengthM: 0.5 * tree.heightM,
    crownRadiusM: crownRadiusM(tree, SPECIES[tree.species]!),
    leafAreaM2: tree.pools.foliageKg * SPECIES[tree.species]!.slaM2PerKg,
    deciduous: SPECIES[tree.species]!.deciduous,
  }));
  const bare = (crown: (typeof crowns)[number]) =>
    crown.deciduous ? bareCrownOpacity(crown) : crownOpacity(crown);
  const indices = trees.map((tree, i) => {
    const near = trees
      .map((other, j) => ({
        crown: crowns[j]!,
        distanceM: Math.hypot(wrap(other.xM - tree.xM), wrap(other.yM - tree.yM)),
        alive: other.alive,
      }))
      .filter((other, j) => j !== i && other.alive);
    const on = year.leafOnShare[tree.species]!;
    const index =
      on * lightIndex(crowns[i]!, near) +
      (1 - on) * lightIndex(crowns[i]!, near, (crown) => bare(crown as (typeof crowns)[number]));
    const tallest = Math.max(
      tree.heightM,
      ...near.filter(({distanceM}) => distanceM <= 10).map(({crown}) => crown.heightM),
    );
    return overtoppedIndex(index, tree.heightM / tallest);
  });
  const cell = (tree: ForestTree) => Math.floor(tree.xM / 20) + 10 * Math.floor(tree.yM / 20);
  return trees.map((tree, i) => {
    if (!tree.alive) return tree;
    const mates = trees.map((_, j) => j).filter((j) => trees[j]!.alive && cell(trees[j]!) === cell(tree));
    const share = shareCell(
      mates.map((j) => ({
        leafAreaM2: crowns[j]!.leafAreaM2,
        crownRadiusM: crowns[j]!.crownRadiusM,
        index: indices[j]!,
        lightClass: SPECIES[trees[j]!.species]!.lightClass,
      })),
      400,
    )[mates.indexOf(i)]!;
    const at = tree.unit * SPECIES.length + tree.species;
    const p = SPECIES[tree.species]!;
    const grown = growTree(
      tree,
      {potentialGPerM2: year.potentialGPerM2[at]!, rootFraction: year.rootFraction[at]!, ...share},
      p,
    );
    const death = anyDeath(
      intrinsicDeath(p.maxAgeYr, p.reachesMaxAge),
      stressDeath(grown.stress, p.stressMortality),
      year.siteDeath[at]!,
    );
    const alive = grown.alive && uniformAt(year.key, year.year * 2 ** 32 + tree.id) < 1 - death;
    return {...tree, ...grown, index: share.index, alive};
  });
}

describe('a forest in typed arrays', () => {
  it('is what the functions of one tree say, year after year', () => {
    const planted = plant(240, randomKey(3, 'plant'));
    const forest = new Forest(planted, SPECIES, {torusM: SIDE});
    let trees = planted.map((tree) => ({
      ...tree,
      lastGrowthCm: 0.1,
      pools: poolsOf(tree, SPECIES[tree.species]!),
      index: 1,
      alive: true,
      stress: 0,
    }));
    for (let year = 1; year <= 6; year += 1) {
      trees = definition(trees, yearOf(year)) as typeof trees;
      forest.step(yearOf(year));
      for (let i = 0; i < forest.count; i += 1) {
        const tree = trees[forest.id[i]!]!;
        expect(forest.alive[i]).toBe(tree.alive ? 1 : 0);
        if (!tree.alive) continue;
        for (const [ours, theirs] of [
          [forest.index[i]!, tree.index],
          [forest.dbhCm[i]!, tree.dbhCm],
          [forest.heightM[i]!, tree.heightM],
          [forest.stress[i]!, tree.stress],
          [forest.foliageKg[i]!, tree.pools.foliageKg],
          [forest.fineRootKg[i]!, tree.pools.fineRootKg],
          [forest.coarseRootKg[i]!, tree.pools.coarseRootKg],
          [forest.stemKg[i]!, tree.pools.stemKg],
          [forest.branchKg[i]!, tree.pools.branchKg],
          [forest.reserveKg[i]!, tree.pools.reserveKg],
        ] as const) {
          expect(Math.abs(ours - theirs)).toBeLessThan(1e-9 * Math.max(1, Math.abs(theirs)));
        }
      }
    }
    const dead = trees.filter(({alive}) => !alive).length;
    expect(dead).toBeGreaterThan(3);
    expect(dead).toBeLessThan(trees.length);
  });

  it('is the same to the last bit for any order of the trees', () => {
    const planted = plant(200, randomKey(4, 'plant'));
    const shuffled = [...planted].sort((a, b) => uniformAt(9, a.id) - uniformAt(9, b.id));
    const [one, other] = [planted, shuffled].map((trees) => new Forest(trees, SPECIES));
    for (let year = 1; year <= 10; year += 1) for (const forest of [one!, other!]) forest.step(yearOf(year));
    expect(other!.id).toEqual(one!.id);
    expect(other!.dbhCm).toEqual(one!.dbhCm);
    expect(other!.alive).toEqual(one!.alive);
  });

  it('goes on after it was built anew from its living trees as if it had not been', () => {
    const planted = plant(200, randomKey(4, 'plant'));
    const whole = new Forest(planted, SPECIES, {torusM: SIDE});
    let parts = new Forest(planted, SPECIES, {torusM: SIDE});
    for (let year = 1; year <= 9; year += 1) {
      whole.step(yearOf(year));
      parts.step(yearOf(year));
      if (year % 3 === 0) parts = new Forest(parts.trees(), SPECIES, {torusM: SIDE});
    }
    const living = (forest: Forest) => forest.trees().sort((a, b) => a.id - b.id);
    expect(living(parts).length).toBeLessThan(200);
    for (const [i, tree] of living(whole).entries()) {
      const other = living(parts)[i]!;
      expect(other.id).toBe(tree.id);
      // neighbours may be met in another order: the product of their shades is the same but for rounding
      expect(Math.abs(other.dbhCm / tree.dbhCm - 1)).toBeLessThan(1e-12);
      expect(Math.abs(other.grown!.pools.stemKg / tree.grown!.pools.stemKg - 1)).toBeLessThan(1e-11);
    }
  });

  it('sees the same neighbours after rows were put in order as one built from what stands', () => {
    const forest = new Forest(plant(200, randomKey(4, 'plant')), SPECIES, {torusM: SIDE});
    const later = plant(200, randomKey(5, 'plant')).map((tree) => ({...tree, id: tree.id + 1000}));
    for (let year = 1; year <= 8; year += 1) {
      forest.step(yearOf(year));
      const before = forest.count;
      for (let i = year % 5; i < before; i += 5) forest.end(i, 0);
      forest.add(later.slice(20 * year, 20 * year + 20));
      if (year % 2 === 0) forest.renew();
      const anew = new Forest(forest.trees(), SPECIES, {torusM: SIDE});
      for (const one of [forest, anew]) {
        one.crownsAll();
        one.light(yearOf(year));
      }
      const indexOf = new Map(Array.from(anew.id, (id, i) => [id, anew.index[i]!]));
      for (let i = 0; i < forest.count; i += 1) {
        if (forest.alive[i] === 0) continue;
        expect(Math.abs(forest.index[i]! / indexOf.get(forest.id[i]!)! - 1)).toBeLessThan(1e-12);
      }
    }
    expect(forest.count).toBeGreaterThan(60);
  });

  it.each([
    {change: {id: -1}, says: 'tree -1: expected a whole number'},
    {change: {id: 1}, says: 'tree 1: expected a whole number of its own'},
    {change: {id: 2 ** 32}, says: 'expected a whole number'},
    {change: {species: 4}, says: 'tree 0: species is 4, expected 0 to 3'},
    {change: {dbhCm: Number.NaN}, says: 'tree 0: dbhCm is NaN, expected above 0'},
    {change: {heightM: 0}, says: 'tree 0: heightM is 0'},
    {change: {dbhCm: 5000}, says: 'below 2000'},
    {change: {xM: Number.POSITIVE_INFINITY}, says: 'tree 0: xM is Infinity'},
  ])('refuses a tree with $change', ({change, says}) => {
    const [first, ...others] = plant(5, randomKey(4, 'plant'));
    expect(() => new Forest([{...first!, ...change}, ...others], SPECIES)).toThrow(says);
  });

  it('may be empty', () => {
    const forest = new Forest([], SPECIES);
    forest.step(yearOf(1));
    expect(forest.trees()).toEqual([]);
  });

  it('counts planted trees exactly: those before, and the new, less the dead', () => {
    const before = new Forest(plant(120, randomKey(5, 'plant')), SPECIES, {torusM: SIDE});
    before.step(yearOf(1));
    const dead = 120 - before.trees().length;
    const added = plant(30, randomKey(6, 'plant')).map((tree) => ({...tree, id: tree.id + 1000}));
    const after = new Forest([...before.trees(), ...added], SPECIES, {torusM: SIDE});
    expect(after.count).toBe(120 - dead + 30);
    expect(new Set(after.id).size).toBe(after.count);
  });

  it('books every kilogram of carbon', () => {
    const forest = new Forest(plant(200, randomKey(5, 'plant')), SPECIES, {torusM: SIDE});
    const mass = (i: number) =>
      forest.foliageKg[i]! +
      forest.fineRootKg[i]! +
      forest.coarseRootKg[i]! +
      forest.stemKg[i]! +
      forest.branchKg[i]! +
      forest.reserveKg[i]!;
    for (let year = 1; year <= 20; year += 1) {
      const before = Float64Array.from({length: forest.count}, (_, i) => mass(i));
      const wasAlive = Uint8Array.from(forest.alive);
      forest.step(yearOf(year));
      for (let i = 0; i < forest.count; i += 1) {
        if (wasAlive[i] === 0) {
          expect(mass(i)).toBe(before[i]);
          continue;
        }
        const left = forest.netProductionKg[i]! - (mass(i) - before[i]!) - forest.litterKg[i]!;
        expect(Math.abs(left)).toBeLessThan(1e-9 * mass(i));
      }
    }
  });

  it('allocates nothing in a year, once it is compiled', () => {
    const immortal = SPECIES.map((one) => ({...one, reachesMaxAge: 1, stressMortality: 0}));
    const forest = new Forest(plant(4000, randomKey(8, 'plant')), immortal);
    const year = yearOf(1);
    // one number kept on the heap per tree would be 16 bytes: 640 kB in ten years
    let grown = Number.POSITIVE_INFINITY;
    for (let round = 0; round < 30 && grown > 100_000; round += 1) {
      const before = process.memoryUsage().heapUsed;
      for (let i = 0; i < 10; i += 1) forest.step(year);
      grown = Math.abs(process.memoryUsage().heapUsed - before);
    }
    expect(grown).toBeLessThan(100_000);
  });

  it('stands still in the dark, and dies out', () => {
    const forest = new Forest(plant(60, randomKey(6, 'plant')), SPECIES);
    const dark = {...yearOf(1), potentialGPerM2: new Float64Array(8)};
    for (let year = 1; year <= 12; year += 1) {
      forest.step({...dark, year});
      expect(forest.netProductionKg.every((kg) => kg === 0)).toBe(true);
    }
    // all but the palms, which need no growth to live
    for (let i = 0; i < forest.count; i += 1) if (forest.species[i] !== 3) expect(forest.alive[i]).toBe(0);
  });
});
