import {exponential} from '../../numeric/exponential.ts';
import {NET_OVER_GROSS} from '../modifiers/light-use.ts';
import {MAX_OVER_ALLOMETRY} from './allocation.ts';
import {DIAMETER_TOLERANCE_M, MOST_DIAMETER_STEPS} from './diameter.ts';
import {poolsOf, type TreePools} from './pools.ts';
import * as T from './species-table.ts';
import {type ForestSpecies, STRIDE, tableOf} from './species-table.ts';
import {CROWN_EXTINCTION} from './view-factor.ts';

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

/** A stem as it is at a year's start. */
export type Stem = {
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

/** How a stem ended; `DEATHS[cause − 1]`, cause 0 being alive. */
export const DEATHS = ['age', 'stress', 'site', 'starved'] as const;

/**
 * Stems that one call works on. A loop over all of them in one call would never leave the compiler's provisional code; many short
 * calls are compiled once, for good.
 */
export const BLOCK = 512;
const LN_0557 = Math.log(0.557);
/** Growth that a tree is taken to have had in the year before the first, cm: a first estimate, no more. */
const FIRST_GROWTH_CM = 0.1;
/** A gap in the carbon of a stem is weighed against no less than this. */
const LEAST_MASS_KG = 1e-3;

export type Column = Float64Array | Int32Array | Uint32Array | Uint8Array;

/** An array of the same kind with room for more. */
export function widened<A extends Column>(column: A, capacity: number): A {
  const wider = new (column.constructor as new (length: number) => A)(capacity);
  wider.set(column);
  return wider;
}

function gatherReals(column: Float64Array, order: Int32Array, into: Float64Array): void {
  for (let i = 0; i < order.length; i += 1) into[i] = column[order[i]!]!;
}

function gatherWhole(
  column: Int32Array | Uint32Array | Uint8Array,
  order: Int32Array,
  into: Float64Array,
): void {
  for (let i = 0; i < order.length; i += 1) into[i] = column[order[i]!]!;
}

/**
 * Stems as typed columns that are written in place, one row each, rows 0 to `count`: their parts, crowns and growth. Whether a row is
 * one tree that stands somewhere (`Forest`) or the mean stem of a cohort (`Cohorts`), the equations are those of `growTree`.
 */
export class Stems {
  count = 0;
  species = new Int32Array(0);
  unit = new Int32Array(0);
  /** 1 alive, 0 dead. */
  alive = new Uint8Array(0);
  dbhCm = new Float64Array(0);
  heightM = new Float64Array(0);
  ageYr = new Float64Array(0);
  foliageKg = new Float64Array(0);
  fineRootKg = new Float64Array(0);
  coarseRootKg = new Float64Array(0);
  stemKg = new Float64Array(0);
  branchKg = new Float64Array(0);
  reserveKg = new Float64Array(0);
  lastGrowthCm = new Float64Array(0);
  crownRadiusM = new Float64Array(0);
  /** Light index that the neighbours left in the last year. */
  index = new Float64Array(0);
  stress = new Float64Array(0);
  netProductionKg = new Float64Array(0);
  /** All litter of the last year. */
  litterKg = new Float64Array(0);
  leafAreaM2 = new Float64Array(0);
  opacity = new Float64Array(0);
  /** How often growth in diameter was cut in the last year. */
  cutGrowth = 0;
  /** Of what a stem weighs, the largest share that its production and litter of the last year leave unexplained. */
  carbonGap = 0;

  protected readonly parameters: readonly ForestSpecies[];
  protected readonly table: Float64Array;
  protected lnDbh = new Float64Array(0);
  protected absorbingM2 = new Float64Array(0);
  /** Rows of a block that thicken, and of each of them what a loop of `grow` leaves to the next. */
  readonly #growing = new Int32Array(BLOCK);
  readonly #thickness = new Float64Array(BLOCK);
  readonly #targetKg = new Float64Array(BLOCK);
  readonly #rootCapKg = new Float64Array(BLOCK);
  readonly #branchOverStem = new Float64Array(BLOCK);
  readonly #heightSlope = new Float64Array(BLOCK);
  readonly #massBeforeKg = new Float64Array(BLOCK);
  readonly #branchNewKg = new Float64Array(BLOCK);
  /** A column on its way into another order. */
  #arranged = new Float64Array(0);
  readonly #stem: 'form' | 'allometry';

  constructor(species: readonly ForestSpecies[], stem: 'form' | 'allometry' = 'form') {
    this.parameters = species;
    this.table = tableOf(species);
    this.#stem = stem;
  }

  /** Room for so many rows. */
  protected reserve(rows: number): void {
    const had = this.species.length;
    if (rows <= had) return;
    const room = Math.max(rows, Math.ceil(1.25 * had));
    this.remake((column) => widened(column, room));
  }

  /** The rows that `order` names, in that order, and no others; the columns keep their room. */
  protected arrange(order: Int32Array): void {
    if (this.#arranged.length < order.length) this.#arranged = new Float64Array(this.species.length);
    const arranged = this.#arranged.subarray(0, order.length);
    this.remake((column) => {
      // reals and whole numbers apart, so that the loop over most columns is compiled for one kind
      if (column instanceof Float64Array) gatherReals(column, order, arranged);
      else gatherWhole(column, order, arranged);
      column.set(arranged);
      return column;
    });
    this.count = order.length;
  }

  /** Every column made anew from itself; who has more columns adds them. */
  protected remake(of: <A extends Column>(column: A) => A): void {
    this.species = of(this.species);
    this.unit = of(this.unit);
    this.alive = of(this.alive);
    this.dbhCm = of(this.dbhCm);
    this.heightM = of(this.heightM);
    this.ageYr = of(this.ageYr);
    this.foliageKg = of(this.foliageKg);
    this.fineRootKg = of(this.fineRootKg);
    this.coarseRootKg = of(this.coarseRootKg);
    this.stemKg = of(this.stemKg);
    this.branchKg = of(this.branchKg);
    this.reserveKg = of(this.reserveKg);
    this.lastGrowthCm = of(this.lastGrowthCm);
    this.crownRadiusM = of(this.crownRadiusM);
    this.index = of(this.index);
    this.stress = of(this.stress);
    this.netProductionKg = of(this.netProductionKg);
    this.litterKg = of(this.litterKg);
    this.leafAreaM2 = of(this.leafAreaM2);
    this.opacity = of(this.opacity);
    this.lnDbh = of(this.lnDbh);
    this.absorbingM2 = of(this.absorbingM2);
  }

  /** A new row at the end, its parts by allometry where it does not bring them. */
  protected push(stem: Stem): number {
    const i = this.count;
    this.reserve(i + 1);
    const p = this.parameters[stem.species]!;
    const pools = stem.grown?.pools ?? poolsOf(stem, p, this.#stem);
    this.species[i] = stem.species;
    this.unit[i] = stem.unit;
    this.alive[i] = 1;
    this.dbhCm[i] = stem.dbhCm;
    this.heightM[i] = stem.heightM;
    this.ageYr[i] = stem.ageYr;
    this.foliageKg[i] = pools.foliageKg;
    this.fineRootKg[i] = pools.fineRootKg;
    this.coarseRootKg[i] = pools.coarseRootKg;
    this.stemKg[i] = pools.stemKg;
    this.branchKg[i] = pools.branchKg;
    this.reserveKg[i] = pools.reserveKg;
    this.lastGrowthCm[i] = stem.grown?.lastGrowthCm ?? FIRST_GROWTH_CM;
    this.crownRadiusM[i] = 0;
    this.index[i] = stem.grown?.index ?? 1;
    this.stress[i] = 0;
    this.netProductionKg[i] = 0;
    this.litterKg[i] = 0;
    this.lnDbh[i] = Math.log(stem.dbhCm);
    this.count = i + 1;
    this.crowns(i, i + 1);
    return i;
  }

  /** A row as a value, to take it elsewhere. */
  stem(i: number): Stem {
    return {
      species: this.species[i]!,
      unit: this.unit[i]!,
      dbhCm: this.dbhCm[i]!,
      heightM: this.heightM[i]!,
      ageYr: this.ageYr[i]!,
      grown: {
        pools: this.pools(i),
        lastGrowthCm: this.lastGrowthCm[i]!,
        index: this.index[i]!,
      },
    };
  }

  /** A stem cut back: its new size and parts. */
  reshape(i: number, to: {dbhCm: number; heightM: number; pools: TreePools}): void {
    this.dbhCm[i] = to.dbhCm;
    this.lnDbh[i] = Math.log(to.dbhCm);
    this.heightM[i] = to.heightM;
    this.foliageKg[i] = to.pools.foliageKg;
    this.fineRootKg[i] = to.pools.fineRootKg;
    this.coarseRootKg[i] = to.pools.coarseRootKg;
    this.stemKg[i] = to.pools.stemKg;
    this.branchKg[i] = to.pools.branchKg;
    this.reserveKg[i] = to.pools.reserveKg;
    this.crowns(i, i + 1);
  }

  /** The parts of a row's stem. */
  pools(i: number): TreePools {
    return {
      foliageKg: this.foliageKg[i]!,
      fineRootKg: this.fineRootKg[i]!,
      coarseRootKg: this.coarseRootKg[i]!,
      stemKg: this.stemKg[i]!,
      branchKg: this.branchKg[i]!,
      reserveKg: this.reserveKg[i]!,
    };
  }

  /** Everything in a row's stem, kg. */
  massKg(i: number): number {
    return (
      this.foliageKg[i]! +
      this.fineRootKg[i]! +
      this.coarseRootKg[i]! +
      this.stemKg[i]! +
      this.branchKg[i]! +
      this.reserveKg[i]!
    );
  }

  /** Wood of the stem, m³. */
  volumeM3(i: number): number {
    const d = this.dbhCm[i]! / 100;
    return this.table[this.species[i]! * STRIDE + T.VOLUME_FORM]! * d * d * this.heightM[i]!;
  }

  /** Leaf area, crown radius and opacity of rows. See `crownRadiusM`, `crownOpacity`. */
  crowns(from = 0, to = this.count): void {
    const {alive, species, heightM, foliageKg, crownRadiusM, index, table, lnDbh, leafAreaM2, opacity} = this;
    for (let i = from; i < to; i += 1) {
      if (alive[i] === 0) {
        opacity[i] = 0;
        leafAreaM2[i] = 0;
        continue;
      }
      const s = species[i]! * STRIDE;
      const leaf = foliageKg[i]! * table[s + T.SLA]!;
      leafAreaM2[i] = leaf;
      const height = heightM[i]!;
      let radius = table[s + T.FIXED_RADIUS]!;
      if (radius === 0) {
        // Jucker et al. (2017): see crownDiameterM
        const round = (0.5 * exponential((lnDbh[i]! - LN_0557) / 0.809)) / height;
        radius = round * table[s + T.CROWN_FORM]! * (1 - table[s + T.CROWN_SHADE]! * (1 - index[i]!));
      }
      crownRadiusM[i] = radius;
      opacity[i] = 1 - exponential((-CROWN_EXTINCTION * leaf) / (Math.PI * radius * radius));
    }
  }

  /**
   * A year's growth of rows whose absorbing area and light index are known. Each number is what `growTree` says. In four loops, each
   * short enough for the processor to work on several stems at once: what calls exp is apart from what divides.
   */
  protected grow(year: ForestYear, from: number, to: number): void {
    for (let first = from; first < to; first += BLOCK) {
      const growing = this.#produce(year, first, Math.min(to, first + BLOCK));
      this.#allometries(growing);
      this.#allocate(year, growing);
      this.#shedBranches(growing);
    }
  }

  /** Production of the rows [from, to); gives how many of them thicken, `#growing` which. See growTree, keptSize. */
  #produce(year: ForestYear, from: number, to: number): number {
    const {alive, species: speciesOf, unit, dbhCm, heightM, ageYr} = this;
    const {netProductionKg, litterKg, lastGrowthCm, absorbingM2, table} = this;
    const {potentialGPerM2} = year;
    const rows = this.#growing;
    const thickness = this.#thickness;
    const speciesCount = this.parameters.length;
    let growing = 0;
    for (let i = from; i < to; i += 1) {
      if (alive[i] === 0) continue;
      const species = speciesOf[i]!;
      const s = species * STRIDE;
      const height = heightM[i]!;
      const maxHeight = table[s + T.MAX_HEIGHT]!;
      const heightLeft = Math.max(0, 1 - height / maxHeight);
      const lifeLeft = Math.max(0, 1 - ageYr[i]! / table[s + T.AGE_LIMIT]!);
      const relativeAge = 1 - 2 / (1 / heightLeft + 1 / lifeLeft);
      const aged = relativeAge / table[s + T.AGE_HALF]!;
      const power = table[s + T.AGE_POWER]!;
      let old = 0;
      if (power === 4) old = aged * aged * aged * aged;
      else if (power === 0) old = 0;
      else if (aged > 0) old = exponential(power * Math.log(aged));
      const tooThick = dbhCm[i]! / (1.15 * table[s + T.MAX_DBH]!);
      const cubed = tooThick * tooThick * tooThick;
      const guard = Math.max(0, 1 - cubed * cubed);
      const potential = potentialGPerM2[unit[i]! * speciesCount + species]!;
      const unbound = (((NET_OVER_GROSS * potential) / 1000) * absorbingM2[i]!) / (1 + old);
      ageYr[i] = ageYr[i]! + 1;
      if (table[s + T.FIXED_SIZE] === 0) {
        netProductionKg[i] = unbound;
        thickness[growing] = guard;
        rows[growing] = i;
        growing += 1;
        continue;
      }
      // all that it produces renews what it sheds
      netProductionKg[i] = guard * unbound;
      litterKg[i] = guard * unbound;
      lastGrowthCm[i] = 0;
      const rate = table[s + T.HEIGHT_RATE]!;
      if (rate > 0 && height < maxHeight) {
        const left = 1 - (1 - Math.cbrt(height / maxHeight)) * exponential(-rate);
        heightM[i] = maxHeight * left * left * left;
      }
    }
    return growing;
  }

  /** What follows from the diameter and light of growing rows: see massKg, stemShareOfWood, treeHeightSlope. */
  #allometries(growing: number): void {
    const {species, dbhCm, heightM, index: indexOf, lnDbh: lnDbhOf, table} = this;
    const rows = this.#growing;
    const targetKg = this.#targetKg;
    const rootCapKg = this.#rootCapKg;
    const branchOverStem = this.#branchOverStem;
    const heightSlope = this.#heightSlope;
    for (let k = 0; k < growing; k += 1) {
      const i = rows[k]!;
      const s = species[i]! * STRIDE;
      const lnDbh = lnDbhOf[i]!;
      targetKg[k] = table[s + T.FOLIAGE_A]! * exponential(table[s + T.FOLIAGE_B]! * lnDbh);
      rootCapKg[k] = MAX_OVER_ALLOMETRY * table[s + T.ROOT_A]! * exponential(table[s + T.ROOT_B]! * lnDbh);
      // slope of the branches' allometry over that of the stem's
      branchOverStem[k] =
        table[s + T.SLOPE_RATIO]! * exponential((table[s + T.BRANCH_B]! - table[s + T.STEM_B]!) * lnDbh);
      let slope = 0;
      if (heightM[i]! < table[s + T.MAX_HEIGHT]!) {
        const index = indexOf[i]!;
        const of = table[s + T.SLOPE_POWER] === 1 ? lnDbh : dbhCm[i]!;
        slope =
          (1 - index) * table[s + T.SHADE_A]! * exponential(table[s + T.SHADE_B]! * of) +
          index * table[s + T.OPEN_A]! * exponential(table[s + T.OPEN_B]! * of);
      }
      heightSlope[k] = slope;
    }
  }

  /** The year's carbon into leaves, roots, reserve and wood, and wood into diameter and height. See allocationShares, diameterGrowthCm. */
  #allocate(year: ForestYear, growing: number): void {
    const {species: speciesOf, unit, dbhCm, heightM, lastGrowthCm, stress, netProductionKg, litterKg} = this;
    const {foliageKg, fineRootKg, coarseRootKg, stemKg, branchKg, reserveKg, table} = this;
    const {rootFraction} = year;
    const rows = this.#growing;
    const thickness = this.#thickness;
    const targetKg = this.#targetKg;
    const rootCapKg = this.#rootCapKg;
    const branchOverStem = this.#branchOverStem;
    const heightSlope = this.#heightSlope;
    const massBeforeKg = this.#massBeforeKg;
    const branchNewKg = this.#branchNewKg;
    const speciesCount = this.parameters.length;
    let cuts = 0;
    for (let k = 0; k < growing; k += 1) {
      const i = rows[k]!;
      const species = speciesOf[i]!;
      const s = species * STRIDE;
      const foliage = foliageKg[i]!;
      const fineRoot = fineRootKg[i]!;
      const coarse = coarseRootKg[i]!;
      const stem = stemKg[i]!;
      const branch = branchKg[i]!;
      const hadReserve = reserveKg[i]!;
      const fine = table[s + T.FINE_RATIO]!;
      const leafTurnover = table[s + T.LEAF_TURNOVER]!;
      const fineTurnover = table[s + T.FINE_TURNOVER]!;
      const target = targetKg[k]!;
      // to keep leaves, fine roots and reserve: see keptByKg; thickness takes of what is beyond it
      const need = leafTurnover * target + fineTurnover * fine * target + target * (1 + fine);
      const unbound = netProductionKg[i]!;
      const net = unbound - (1 - thickness[k]!) * Math.min(unbound, Math.max(0, unbound + hadReserve - need));
      netProductionKg[i] = net;
      const available = net + hadReserve;
      massBeforeKg[k] = foliage + fineRoot + coarse + stem + branch + hadReserve;

      // shares
      const root = rootFraction[unit[i]! * speciesCount + species]!;
      let wood = 0;
      if (available > 0) {
        const live = (1 + fine) * Math.min(target, foliage);
        const woodTurnover = live / (stem + branch + live);
        const foliagePower = target * table[s + T.FOLIAGE_B]!;
        const woodPower = stem * table[s + T.STEM_B]! + branch * table[s + T.BRANCH_B]!;
        wood =
          (foliagePower * woodTurnover * (stem + branch) -
            woodPower * (target * leafTurnover - available * (1 - root))) /
          (available * (foliagePower + woodPower));
        wood = Math.max(0, Math.min(1 - root, wood));
      }
      const foliageLitter = leafTurnover * foliage;
      const foliageGain = (1 - root - wood) * available - foliageLitter;
      foliageKg[i] = Math.max(0, foliage + foliageGain);

      // roots
      const fineLitter = fineTurnover * fineRoot;
      const fineLeft = fineRoot - fineLitter;
      const rootKg = root * available;
      const refill = Math.min(rootKg, Math.max(0, Math.max(fine * foliage, foliageGain) - fineLeft));
      const coarseNew = coarse + rootKg - refill;
      const coarseKept = Math.min(coarseNew, Math.max(coarse, rootCapKg[k]!));
      fineRootKg[i] = fineLeft + refill;
      coarseRootKg[i] = coarseKept;
      litterKg[i] = foliageLitter + fineLitter + coarseNew - coarseKept;

      // wood
      const woodKg = wood * available;
      const reserve = Math.min(target * (1 + fine), woodKg);
      const netWood = woodKg - reserve;
      const stemGain = netWood / (1 + branchOverStem[k]!);
      reserveKg[i] = reserve;
      stemKg[i] = stem + stemGain;
      branchNewKg[k] = branch + netWood - stemGain;

      // stress, of the diameter before growth
      stress[i] = need > 0 ? Math.max(0, 1 - available / need) : 0;

      // diameter and height
      const dbh = dbhCm[i]!;
      const height = heightM[i]!;
      const slope = heightSlope[k]!;
      let growth = 0;
      if (stemGain > 0) {
        const d = dbh / 100;
        const gain = stemGain / table[s + T.STEM_FORM]!;
        const aim = d * d * height + gain;
        const last = lastGrowthCm[i]! / 100;
        let x = gain / ((2 * d + last) * height + slope * (d + last) * (d + last));
        for (let step = 0; step < MOST_DIAMETER_STEPS; step += 1) {
          const width = d + x;
          const tall = height + slope * x;
          const excess = width * width * tall - aim;
          const first = width * (2 * tall + slope * width);
          const change = (2 * excess * first) / (2 * first * first - excess * (2 * tall + 4 * slope * width));
          x -= change;
          if (Math.abs(change) <= DIAMETER_TOLERANCE_M) break;
        }
        growth = 100 * x;
        if (growth > table[s + T.MAX_GROWTH]!) {
          growth = table[s + T.MAX_GROWTH]!;
          cuts += 1;
        }
      }
      dbhCm[i] = dbh + growth;
      heightM[i] = Math.min(Math.max(height, table[s + T.MAX_HEIGHT]!), height + (slope * growth) / 100);
      lastGrowthCm[i] = growth;
    }
    this.cutGrowth += cuts;
  }

  /** Branches beyond the allometry of the new diameter are shed; then the carbon of the year is added up. See growTree. */
  #shedBranches(growing: number): void {
    const {species, dbhCm, lnDbh, lastGrowthCm, branchKg, netProductionKg, litterKg, table} = this;
    const rows = this.#growing;
    const massBeforeKg = this.#massBeforeKg;
    const branchNewKg = this.#branchNewKg;
    let most = this.carbonGap;
    for (let k = 0; k < growing; k += 1) {
      const i = rows[k]!;
      const s = species[i]! * STRIDE;
      if (lastGrowthCm[i]! > 0) lnDbh[i] = Math.log(dbhCm[i]!);
      const cap =
        MAX_OVER_ALLOMETRY * table[s + T.BRANCH_A]! * exponential(table[s + T.BRANCH_B]! * lnDbh[i]!);
      const branchNew = branchNewKg[k]!;
      const branchKept = Math.min(branchNew, Math.max(branchKg[i]!, cap));
      const litter = litterKg[i]! + branchNew - branchKept;
      branchKg[i] = branchKept;
      litterKg[i] = litter;
      const before = massBeforeKg[k]!;
      const after = this.massKg(i);
      const gap =
        Math.abs(netProductionKg[i]! - litter - (after - before)) / Math.max(after, before, LEAST_MASS_KG);
      if (gap > most) most = gap;
    }
    this.carbonGap = most;
  }
}
