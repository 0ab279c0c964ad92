import {uniformsAt} from '../../random/counter.ts';
import {NET_OVER_GROSS} from '../modifiers/light-use.ts';
import {MAX_OVER_ALLOMETRY} from './allocation.ts';
import {CROWN_LENGTH_RATIO} from './crown.ts';
import {DIAMETER_TOLERANCE_M, MOST_DIAMETER_STEPS} from './diameter.ts';
import {findNeighbours, type Neighbours, SHARING_CELL_M, sharingCells, spatialOrder} from './forest-plan.ts';
import type {CrownParameters, HeightSlope, TreeParameters} from './parameters.ts';
import {poolsOf, type TreePools} from './pools.ts';
import {CROWN_EXTINCTION} from './view-factor.ts';

export type ForestSpecies = TreeParameters & CrownParameters;

export type ForestTree = {
  /** Whole number below 2³². */
  id: number;
  xM: number;
  yM: number;
  /** Index into the species. */
  species: number;
  /** Index of the response unit whose weather and soil it has. */
  unit: number;
  dbhCm: number;
  heightM: number;
  ageYr: number;
  /** What else a tree of an earlier year has; absent, it is as measured: its parts by allometry, in the open. */
  grown?: {pools: TreePools; lastGrowthCm: number; index: number};
};

/** What a year is like, for each unit u and species s at [u · species + s]. */
export type ForestYear = {
  potentialGPerM2: Float64Array;
  rootFraction: Float64Array;
  /** Probability of death by drought, flood and other causes that are the unit's. */
  siteDeath: Float64Array;
  /** Share of the year's production of an evergreen that falls in months when deciduous trees bear leaves, by species. */
  leafOnShare: Float64Array;
  /** Key of the random numbers of deaths: of seed and member. */
  key: number;
  year: number;
};

/**
 * Trees that one call works on. A loop over all trees in one call would never leave the compiler's provisional code; many
 * short calls are compiled once, for good.
 */
const BLOCK = 512;
const LN_0557 = Math.log(0.557);
/** Growth that a tree is taken to have had in the year before the first, cm: a first estimate, no more. */
const FIRST_GROWTH_CM = 0.1;
/** No tree is known to be as large as this. */
const MOST = {dbhCm: 2000, heightM: 150} as const;
const CELL_M2 = SHARING_CELL_M * SHARING_CELL_M;
/** Numbers per species in the parameter table. */
const STRIDE = 40;
const FOLIAGE_A = 0;
const FOLIAGE_B = 1;
const STEM_A = 2;
const STEM_B = 3;
const BRANCH_A = 4;
const BRANCH_B = 5;
const ROOT_A = 6;
const ROOT_B = 7;
const SLA = 8;
const LEAF_TURNOVER = 9;
const FINE_TURNOVER = 10;
const FINE_RATIO = 11;
const STEM_FORM = 12;
const OPEN_A = 13;
const OPEN_B = 14;
const SHADE_A = 15;
const SHADE_B = 16;
const SLOPE_POWER = 17;
const MAX_HEIGHT = 18;
const AGE_LIMIT = 19;
const AGE_HALF = 20;
const AGE_POWER = 21;
const INTRINSIC = 22;
const STRESS_RESPONSE = 23;
const LIGHT_SHARE = 24;
const CROWN_FORM = 25;
const CROWN_SHADE = 26;
const BARE = 27;
const MAX_GROWTH = 28;
const MAX_DBH = 29;
const FIXED_SIZE = 30;
const HEIGHT_RATE = 31;
const FIXED_RADIUS = 32;
const SLOPE_RATIO = 33;

/** A height slope as a·D^b (power) or a·e^(bD). */
function slopeNumbers(slope: HeightSlope, maxHeightM: number): [number, number] {
  if (slope.form === 'power') return [slope.a, slope.b];
  return [100 * slope.mPerCm, -slope.mPerCm / (maxHeightM - 1.3)];
}

function tableOf(species: readonly ForestSpecies[]): Float64Array {
  const table = new Float64Array(species.length * STRIDE);
  for (const [i, p] of species.entries()) {
    if (p.openSlope.form !== p.shadeSlope.form) {
      throw new RangeError('a species has one form of height slope, got two');
    }
    const [openA, openB] = slopeNumbers(p.openSlope, p.maxHeightM);
    const [shadeA, shadeB] = slopeNumbers(p.shadeSlope, p.maxHeightM);
    const row: Record<number, number> = {
      [FOLIAGE_A]: p.foliage.a,
      [FOLIAGE_B]: p.foliage.b,
      [STEM_A]: p.stem.a,
      [STEM_B]: p.stem.b,
      [BRANCH_A]: p.branch.a,
      [BRANCH_B]: p.branch.b,
      [ROOT_A]: p.root.a,
      [ROOT_B]: p.root.b,
      [SLA]: p.slaM2PerKg,
      [LEAF_TURNOVER]: p.leafTurnover,
      [FINE_TURNOVER]: p.fineRootTurnover,
      [FINE_RATIO]: p.fineRootOverFoliage,
      [STEM_FORM]: p.formFactor * p.woodDensityKgPerM3 * (Math.PI / 4),
      [OPEN_A]: openA,
      [OPEN_B]: openB,
      [SHADE_A]: shadeA,
      [SHADE_B]: shadeB,
      [SLOPE_POWER]: p.openSlope.form === 'power' ? 1 : 0,
      [MAX_HEIGHT]: p.maxHeightM,
      [AGE_LIMIT]: p.ageLimitYr,
      [AGE_HALF]: p.ageResponse.atHalf,
      [AGE_POWER]: p.ageResponse.power,
      [INTRINSIC]: 1 - p.reachesMaxAge ** (1 / p.maxAgeYr),
      [STRESS_RESPONSE]: p.stressMortality,
      [LIGHT_SHARE]: 0.25 * (p.lightClass - 1),
      [CROWN_FORM]: p.crownForm,
      [CROWN_SHADE]: p.crownShade,
      [BARE]: p.deciduous ? 0.25 : 1,
      [MAX_GROWTH]: p.maxGrowthCm,
      [MAX_DBH]: p.maxDbhCm,
      [FIXED_SIZE]: p.fixedSize ? 1 : 0,
      [HEIGHT_RATE]: p.heightRate,
      [FIXED_RADIUS]: p.fixedRadiusM,
      [SLOPE_RATIO]: (p.branch.a * p.branch.b) / (p.stem.a * p.stem.b),
    };
    for (const [column, value] of Object.entries(row)) table[i * STRIDE + Number(column)] = value;
  }
  return table;
}

/** @throws {RangeError} that names the tree and what was expected of it. */
function checkTrees(trees: readonly ForestTree[], speciesCount: number): void {
  const ids = new Set<number>();
  for (const tree of trees) {
    const {id, species} = tree;
    if (!Number.isInteger(id) || id < 0 || id > 0xffffffff || ids.has(id)) {
      throw new RangeError(`tree ${id}: expected a whole number of its own from 0 to 4294967295`);
    }
    ids.add(id);
    if (!Number.isInteger(species) || species < 0 || species >= speciesCount) {
      throw new RangeError(`tree ${id}: species is ${species}, expected 0 to ${speciesCount - 1}`);
    }
    for (const part of ['xM', 'yM', 'ageYr'] as const) {
      if (!Number.isFinite(tree[part])) throw new RangeError(`tree ${id}: ${part} is ${tree[part]}`);
    }
    for (const part of ['dbhCm', 'heightM'] as const) {
      if (!(tree[part] > 0 && tree[part] < MOST[part])) {
        throw new RangeError(
          `tree ${id}: ${part} is ${tree[part]}, expected above 0 and below ${MOST[part]}`,
        );
      }
    }
  }
}

/**
 * Many trees, year by year, in typed arrays that are written in place: light by view factors, shared in cells, then growth, then
 * deaths. Each number is what the functions of one tree (`lightIndex`, `shareCell`, `growTree`, …) say. A year allocates nothing.
 * Trees are kept by cell and id, so the order in which they are given changes nothing.
 * @throws {RangeError} for trees that cannot be.
 */
export class Forest {
  readonly count: number;
  readonly id: Uint32Array;
  readonly xM: Float64Array;
  readonly yM: Float64Array;
  readonly species: Int32Array;
  readonly unit: Int32Array;
  /** 1 alive, 0 dead. */
  readonly alive: Uint8Array;
  readonly dbhCm: Float64Array;
  readonly heightM: Float64Array;
  readonly ageYr: Float64Array;
  readonly foliageKg: Float64Array;
  readonly fineRootKg: Float64Array;
  readonly coarseRootKg: Float64Array;
  readonly stemKg: Float64Array;
  readonly branchKg: Float64Array;
  readonly reserveKg: Float64Array;
  readonly lastGrowthCm: Float64Array;
  readonly crownRadiusM: Float64Array;
  /** Light index that the neighbours left in the last year. */
  readonly index: Float64Array;
  readonly stress: Float64Array;
  readonly netProductionKg: Float64Array;
  /** All litter of the last year. */
  readonly litterKg: Float64Array;
  /** How often growth in diameter was cut in the last year. */
  cutGrowth = 0;

  readonly #speciesCount: number;
  readonly #table: Float64Array;
  readonly #near: Neighbours;
  readonly #cellOf: Int32Array;
  readonly #lnDbh: Float64Array;
  readonly #leafAreaM2: Float64Array;
  readonly #opacity: Float64Array;
  readonly #reach2: Float64Array;
  readonly #use: Float64Array;
  readonly #draw: Float64Array;
  readonly #cellLeaf: Float64Array;
  readonly #cellCrown: Float64Array;
  readonly #cellLit: Float64Array;
  readonly #cellUse: Float64Array;
  readonly #cellAbsorbed: Float64Array;

  constructor(
    trees: readonly ForestTree[],
    species: readonly ForestSpecies[],
    options: {torusM?: number; stem?: 'form' | 'allometry'} = {},
  ) {
    checkTrees(trees, species.length);
    const torus = options.torusM === undefined ? {} : {torusM: options.torusM};
    const given = {
      xM: Float64Array.from(trees, ({xM}) => xM),
      yM: Float64Array.from(trees, ({yM}) => yM),
      ...torus,
    };
    const order = spatialOrder(
      given,
      trees.map(({id}) => id),
    );
    const pick = (of: (tree: ForestTree) => number) => Float64Array.from(order, (i) => of(trees[i]!));
    const count = trees.length;
    this.count = count;
    this.id = Uint32Array.from(order, (i) => trees[i]!.id);
    this.xM = pick(({xM}) => xM);
    this.yM = pick(({yM}) => yM);
    this.species = Int32Array.from(order, (i) => trees[i]!.species);
    this.unit = Int32Array.from(order, (i) => trees[i]!.unit);
    this.alive = new Uint8Array(count).fill(1);
    this.dbhCm = pick(({dbhCm}) => dbhCm);
    this.heightM = pick(({heightM}) => heightM);
    this.ageYr = pick(({ageYr}) => ageYr);
    const pools = Array.from(
      order,
      (i) => trees[i]!.grown?.pools ?? poolsOf(trees[i]!, species[trees[i]!.species]!, options.stem),
    );
    this.foliageKg = Float64Array.from(pools, ({foliageKg}) => foliageKg);
    this.fineRootKg = Float64Array.from(pools, ({fineRootKg}) => fineRootKg);
    this.coarseRootKg = Float64Array.from(pools, ({coarseRootKg}) => coarseRootKg);
    this.stemKg = Float64Array.from(pools, ({stemKg}) => stemKg);
    this.branchKg = Float64Array.from(pools, ({branchKg}) => branchKg);
    this.reserveKg = Float64Array.from(pools, ({reserveKg}) => reserveKg);
    this.lastGrowthCm = pick(({grown}) => grown?.lastGrowthCm ?? FIRST_GROWTH_CM);
    this.crownRadiusM = new Float64Array(count);
    this.index = pick(({grown}) => grown?.index ?? 1);
    this.stress = new Float64Array(count);
    this.netProductionKg = new Float64Array(count);
    this.litterKg = new Float64Array(count);
    const positions = {xM: this.xM, yM: this.yM, ...torus};
    this.#near = findNeighbours(positions);
    const cells = sharingCells(positions);
    this.#cellOf = cells.cellOf;
    this.#speciesCount = species.length;
    this.#table = tableOf(species);
    this.#lnDbh = this.dbhCm.map(Math.log);
    this.#leafAreaM2 = new Float64Array(count);
    this.#opacity = new Float64Array(count);
    this.#reach2 = new Float64Array(count);
    this.#use = new Float64Array(count);
    this.#draw = new Float64Array(count);
    this.#cellLeaf = new Float64Array(cells.count);
    this.#cellCrown = new Float64Array(cells.count);
    this.#cellLit = new Float64Array(cells.count);
    this.#cellUse = new Float64Array(cells.count);
    this.#cellAbsorbed = new Float64Array(cells.count);
  }

  /** One year: crowns, light, growth, deaths. */
  step(year: ForestYear): void {
    const {count} = this;
    this.cutGrowth = 0;
    uniformsAt(year.key, year.year, this.id, this.#draw);
    for (let from = 0; from < count; from += BLOCK) this.#crowns(from, Math.min(count, from + BLOCK));
    for (let from = 0; from < count; from += BLOCK) {
      this.#light(year.leafOnShare, from, Math.min(count, from + BLOCK));
    }
    this.#clearCells();
    for (let from = 0; from < count; from += BLOCK) this.#fillCells(from, Math.min(count, from + BLOCK));
    this.#absorb();
    for (let from = 0; from < count; from += BLOCK) this.#share(from, Math.min(count, from + BLOCK));
    for (let from = 0; from < count; from += BLOCK) this.#grow(year, from, Math.min(count, from + BLOCK));
    for (let from = 0; from < count; from += BLOCK) this.#die(year, from, Math.min(count, from + BLOCK));
  }

  /** The living trees, to build the forest of the next year from, with others planted and some left out. */
  trees(): ForestTree[] {
    const living: ForestTree[] = [];
    for (let i = 0; i < this.count; i += 1) {
      if (this.alive[i] === 0) continue;
      living.push({
        id: this.id[i]!,
        xM: this.xM[i]!,
        yM: this.yM[i]!,
        species: this.species[i]!,
        unit: this.unit[i]!,
        dbhCm: this.dbhCm[i]!,
        heightM: this.heightM[i]!,
        ageYr: this.ageYr[i]!,
        grown: {
          pools: {
            foliageKg: this.foliageKg[i]!,
            fineRootKg: this.fineRootKg[i]!,
            coarseRootKg: this.coarseRootKg[i]!,
            stemKg: this.stemKg[i]!,
            branchKg: this.branchKg[i]!,
            reserveKg: this.reserveKg[i]!,
          },
          lastGrowthCm: this.lastGrowthCm[i]!,
          index: this.index[i]!,
        },
      });
    }
    return living;
  }

  #crowns(from: number, to: number): void {
    const {alive, species, heightM, foliageKg, crownRadiusM, index} = this;
    const table = this.#table;
    const lnDbh = this.#lnDbh;
    const leafAreaM2 = this.#leafAreaM2;
    const opacity = this.#opacity;
    const reach2 = this.#reach2;
    for (let i = from; i < to; i += 1) {
      if (alive[i] === 0) {
        opacity[i] = 0;
        continue;
      }
      const s = species[i]! * STRIDE;
      const leaf = foliageKg[i]! * table[s + SLA]!;
      leafAreaM2[i] = leaf;
      const height = heightM[i]!;
      let radius = table[s + FIXED_RADIUS]!;
      if (radius === 0) {
        // Jucker et al. (2017): see crownDiameterM
        const round = (0.5 * Math.exp((lnDbh[i]! - LN_0557) / 0.809)) / height;
        radius = round * table[s + CROWN_FORM]! * (1 - table[s + CROWN_SHADE]! * (1 - index[i]!));
      }
      crownRadiusM[i] = radius;
      opacity[i] = 1 - Math.exp((-CROWN_EXTINCTION * leaf) / (Math.PI * radius * radius));
      const reach = Math.min(20, Math.max(12, 0.7 * height));
      reach2[i] = reach * reach;
    }
  }

  #light(leafOnShare: Float64Array, from: number, to: number): void {
    const {start, neighbour, distance2M2} = this.#near;
    const {heightM, crownRadiusM, alive, species} = this;
    const opacity = this.#opacity;
    const reach2 = this.#reach2;
    const table = this.#table;
    for (let i = from; i < to; i += 1) {
      if (alive[i] === 0) continue;
      const height = heightM[i]!;
      const receiver = height - 0.45 * CROWN_LENGTH_RATIO * height;
      const onShare = leafOnShare[species[i]!]!;
      let on = 1;
      let off = 1;
      let tallest = height;
      for (let at = start[i]!; at < start[i + 1]!; at += 1) {
        const j = neighbour[at]!;
        const opaque = opacity[j]!;
        if (opaque === 0) continue;
        const d2 = distance2M2[at]!;
        const top = heightM[j]!;
        if (d2 <= 100 && top > tallest) tallest = top;
        if (d2 > reach2[j]!) continue;
        const radius = crownRadiusM[j]!;
        const highest = top - 0.25 * CROWN_LENGTH_RATIO * top;
        if (highest - receiver <= 0.2) continue;
        const lowest = top - CROWN_LENGTH_RATIO * top;
        const disc = Math.min(highest, Math.max(lowest, receiver + radius));
        const above = disc - receiver;
        if (above <= 0.2) continue;
        const z2 = above * above;
        const a2 = radius * radius;
        const sum = z2 + d2 + a2;
        const shade = 0.5 * (1 - (z2 + d2 - a2) / Math.sqrt(sum * sum - 4 * a2 * d2)) * opaque;
        on *= 1 - shade;
        if (onShare < 1) off *= 1 - shade * table[species[j]! * STRIDE + BARE]!;
      }
      let index = onShare < 1 ? onShare * on + (1 - onShare) * off : on;
      const relative = height / tallest;
      if (relative < 1 && index > 0) index = Math.exp((Math.log(index) / 0.5) * (1 - 0.5 * relative));
      this.index[i] = index;
    }
  }

  #clearCells(): void {
    this.#cellLeaf.fill(0);
    this.#cellCrown.fill(0);
    this.#cellLit.fill(0);
    this.#cellUse.fill(0);
  }

  #fillCells(from: number, to: number): void {
    const {alive, crownRadiusM, index} = this;
    const cellOf = this.#cellOf;
    const leafAreaM2 = this.#leafAreaM2;
    const cellLeaf = this.#cellLeaf;
    const cellCrown = this.#cellCrown;
    const cellLit = this.#cellLit;
    for (let i = from; i < to; i += 1) {
      if (alive[i] === 0) continue;
      const cell = cellOf[i]!;
      const leaf = leafAreaM2[i]!;
      const radius = crownRadiusM[i]!;
      cellLeaf[cell] = cellLeaf[cell]! + leaf;
      cellCrown[cell] = cellCrown[cell]! + Math.PI * radius * radius;
      cellLit[cell] = cellLit[cell]! + leaf * index[i]!;
    }
  }

  /** See absorbedAreaM2. */
  #absorb(): void {
    const cellLeaf = this.#cellLeaf;
    const cellCrown = this.#cellCrown;
    const cellAbsorbed = this.#cellAbsorbed;
    for (let cell = 0; cell < cellLeaf.length; cell += 1) {
      const leaf = cellLeaf[cell]!;
      const crowns = Math.min(cellCrown[cell]!, CELL_M2);
      const closed = Math.min(1, Math.max(0, (leaf / CELL_M2 - 1) / 2));
      const stocked = crowns + closed * (CELL_M2 - crowns);
      cellAbsorbed[cell] =
        leaf > 0 && stocked > 0 ? stocked * (1 - Math.exp((-CROWN_EXTINCTION * leaf) / stocked)) : 0;
    }
  }

  /** See cellIndex and lightResponse. */
  #share(from: number, to: number): void {
    const {alive, species, index} = this;
    const cellOf = this.#cellOf;
    const leafAreaM2 = this.#leafAreaM2;
    const cellCrown = this.#cellCrown;
    const cellLit = this.#cellLit;
    const cellUse = this.#cellUse;
    const cellAbsorbed = this.#cellAbsorbed;
    const uses = this.#use;
    const table = this.#table;
    for (let i = from; i < to; i += 1) {
      if (alive[i] === 0) continue;
      const cell = cellOf[i]!;
      const lit = cellLit[cell]!;
      let own = 0;
      if (lit > 0) {
        const cover = Math.min(1, cellCrown[cell]! / CELL_M2);
        const multiplier = cellAbsorbed[cell]! / lit;
        own = Math.max(0, Math.min(1, index[i]! * (1 - cover * (1 - multiplier))));
      }
      index[i] = own;
      const low = 1 - Math.exp(-5.5 * (own - 0.05));
      const high = Math.min(10 * own, Math.max(0.1613 * own + 0.7871, own));
      const share = table[species[i]! * STRIDE + LIGHT_SHARE]!;
      const use = leafAreaM2[i]! * Math.max(0, Math.min(1, low + share * (high - low)));
      uses[i] = use;
      cellUse[cell] = cellUse[cell]! + use;
    }
  }

  #grow(year: ForestYear, from: number, to: number): void {
    const {alive, species: speciesOf, unit, dbhCm, heightM, ageYr, index: indexOf} = this;
    const {foliageKg, fineRootKg, coarseRootKg, stemKg, branchKg, reserveKg} = this;
    const {lastGrowthCm, stress, netProductionKg, litterKg} = this;
    const {potentialGPerM2, rootFraction} = year;
    const table = this.#table;
    const lnDbhOf = this.#lnDbh;
    const cellOf = this.#cellOf;
    const cellUse = this.#cellUse;
    const cellAbsorbed = this.#cellAbsorbed;
    const uses = this.#use;
    const speciesCount = this.#speciesCount;
    let cuts = 0;
    for (let i = from; i < to; i += 1) {
      if (alive[i] === 0) continue;
      const species = speciesOf[i]!;
      const s = species * STRIDE;
      const at = unit[i]! * speciesCount + species;
      const dbh = dbhCm[i]!;
      const height = heightM[i]!;
      const lnDbh = lnDbhOf[i]!;
      const foliage = foliageKg[i]!;
      const stem = stemKg[i]!;
      const branch = branchKg[i]!;
      const fine = table[s + FINE_RATIO]!;
      const leafTurnover = table[s + LEAF_TURNOVER]!;
      const fineTurnover = table[s + FINE_TURNOVER]!;
      const maxHeight = table[s + MAX_HEIGHT]!;

      // production
      const cell = cellOf[i]!;
      const use = cellUse[cell]!;
      const absorbing = use > 0 ? (cellAbsorbed[cell]! * uses[i]!) / use : 0;
      const heightLeft = Math.max(0, 1 - height / maxHeight);
      const lifeLeft = Math.max(0, 1 - ageYr[i]! / table[s + AGE_LIMIT]!);
      const relativeAge = 1 - 2 / (1 / heightLeft + 1 / lifeLeft);
      const aged = relativeAge / table[s + AGE_HALF]!;
      const power = table[s + AGE_POWER]!;
      let old = 0;
      if (power === 4) old = aged * aged * aged * aged;
      else if (power === 0) old = 0;
      else if (aged > 0) old = Math.exp(power * Math.log(aged));
      const tooThick = dbh / (1.15 * table[s + MAX_DBH]!);
      const cubed = tooThick * tooThick * tooThick;
      const guard = Math.max(0, 1 - cubed * cubed);
      const net = (((NET_OVER_GROSS * potentialGPerM2[at]!) / 1000) * absorbing * guard) / (1 + old);
      netProductionKg[i] = net;
      ageYr[i] = ageYr[i]! + 1;
      if (table[s + FIXED_SIZE] === 1) {
        litterKg[i] = net;
        lastGrowthCm[i] = 0;
        const rate = table[s + HEIGHT_RATE]!;
        if (rate > 0 && height < maxHeight) {
          const left = 1 - (1 - Math.cbrt(height / maxHeight)) * Math.exp(-rate);
          heightM[i] = maxHeight * left * left * left;
        }
        continue;
      }
      const available = net + reserveKg[i]!;

      // shares
      const root = rootFraction[at]!;
      const target = table[s + FOLIAGE_A]! * Math.exp(table[s + FOLIAGE_B]! * lnDbh);
      let wood = 0;
      if (available > 0) {
        const live = (1 + fine) * Math.min(target, foliage);
        const woodTurnover = live / (stem + branch + live);
        const foliagePower = target * table[s + FOLIAGE_B]!;
        const woodPower = stem * table[s + STEM_B]! + branch * table[s + BRANCH_B]!;
        wood =
          (foliagePower * woodTurnover * (stem + branch) -
            woodPower * (target * leafTurnover - available * (1 - root))) /
          (available * (foliagePower + woodPower));
        wood = Math.max(0, Math.min(1 - root, wood));
      }
      const foliageLitter = leafTurnover * foliage;
      const foliageGain = (1 - root - wood) * available - foliageLitter;

      // roots
      const fineRoot = fineRootKg[i]!;
      const fineLitter = fineTurnover * fineRoot;
      const fineLeft = fineRoot - fineLitter;
      const rootKg = root * available;
      const refill = Math.min(rootKg, Math.max(0, Math.max(fine * foliage, foliageGain) - fineLeft));
      const coarse = coarseRootKg[i]!;
      const coarseNew = coarse + rootKg - refill;
      const coarseCap = MAX_OVER_ALLOMETRY * table[s + ROOT_A]! * Math.exp(table[s + ROOT_B]! * lnDbh);
      const coarseKept = Math.min(coarseNew, Math.max(coarse, coarseCap));

      // wood
      const woodKg = wood * available;
      const reserve = Math.min(target * (1 + fine), woodKg);
      const netWood = woodKg - reserve;
      const branchB = table[s + BRANCH_B]!;
      // slope of the branches' allometry over that of the stem's, at the tree's diameter
      const slopes = table[s + SLOPE_RATIO]! * Math.exp((branchB - table[s + STEM_B]!) * lnDbh);
      const stemGain = netWood / (1 + slopes);
      let slope = 0;
      if (height < maxHeight) {
        const index = indexOf[i]!;
        const of = table[s + SLOPE_POWER] === 1 ? lnDbh : dbh;
        slope =
          (1 - index) * table[s + SHADE_A]! * Math.exp(table[s + SHADE_B]! * of) +
          index * table[s + OPEN_A]! * Math.exp(table[s + OPEN_B]! * of);
      }
      let growth = 0;
      if (stemGain > 0) {
        const m = table[s + STEM_FORM]!;
        const d = dbh / 100;
        const aim = m * d * d * height + stemGain;
        const last = d + lastGrowthCm[i]! / 100;
        let x = stemGain / (m * last * last * ((2 * height) / d + slope));
        for (let step = 0; step < MOST_DIAMETER_STEPS; step += 1) {
          const width = d + x;
          const tall = height + slope * x;
          const change = (m * width * width * tall - aim) / (m * (2 * width * tall + slope * width * width));
          x -= change;
          if (Math.abs(change) <= DIAMETER_TOLERANCE_M) break;
        }
        growth = 100 * x;
        if (growth > table[s + MAX_GROWTH]!) {
          growth = table[s + MAX_GROWTH]!;
          cuts += 1;
        }
      }
      const lnGrown = growth > 0 ? Math.log(dbh + growth) : lnDbh;
      lnDbhOf[i] = lnGrown;
      const branchNew = branch + netWood - stemGain;
      const branchCap = MAX_OVER_ALLOMETRY * table[s + BRANCH_A]! * Math.exp(branchB * lnGrown);
      const branchKept = Math.min(branchNew, Math.max(branch, branchCap));

      // stress, of the diameter before growth
      const need = leafTurnover * target + fineTurnover * fine * target + target * (1 + fine);
      stress[i] = need > 0 ? Math.max(0, 1 - available / need) : 0;

      litterKg[i] = foliageLitter + fineLitter + coarseNew - coarseKept + branchNew - branchKept;
      foliageKg[i] = Math.max(0, foliage + foliageGain);
      fineRootKg[i] = fineLeft + refill;
      coarseRootKg[i] = coarseKept;
      stemKg[i] = stem + stemGain;
      branchKg[i] = branchKept;
      reserveKg[i] = reserve;
      dbhCm[i] = dbh + growth;
      heightM[i] = Math.min(Math.max(height, maxHeight), height + (slope * growth) / 100);
      lastGrowthCm[i] = growth;
    }
    this.cutGrowth += cuts;
  }

  #die(year: ForestYear, from: number, to: number): void {
    const {alive, species: speciesOf, unit, stress, foliageKg} = this;
    const {siteDeath} = year;
    const table = this.#table;
    const speciesCount = this.#speciesCount;
    const draw = this.#draw;
    for (let i = from; i < to; i += 1) {
      if (alive[i] === 0) continue;
      const species = speciesOf[i]!;
      const s = species * STRIDE;
      const stressed = stress[i]!;
      const lives =
        (1 - table[s + INTRINSIC]!) *
        (stressed > 0 ? Math.exp(-table[s + STRESS_RESPONSE]! * stressed) : 1) *
        (1 - siteDeath[unit[i]! * speciesCount + species]!);
      const starved = foliageKg[i]! <= 0;
      if (starved || draw[i]! >= lives) alive[i] = 0;
    }
  }
}
