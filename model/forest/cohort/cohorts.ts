import {exponential} from '../../numeric/exponential.ts';
import {CROWN_LENGTH_RATIO} from '../tree/crown.ts';
import type {Forest, Understorey, UnitSums} from '../tree/forest.ts';
import {lightResponse} from '../tree/light-response.ts';
import {intrinsicDeath, stressDeath} from '../tree/mortality.ts';
import {BARE, type ForestSpecies, STRIDE} from '../tree/species-table.ts';
import {type Column, type ForestYear, type Stem, Stems} from '../tree/stems.ts';
import {CROWN_EXTINCTION, overtoppedIndex, shadeReachM} from '../tree/view-factor.ts';
import {LIGHT_SCORES, middleDepth} from './mean-field.ts';

/** Stems of one size that stand evenly over a unit. */
export type Cohort = Stem & {
  stemsPerM2: number;
  /** 0 there from the start, 1 come up since. */
  origin: number;
};

/** Tables over height: a row to each metre up to a height that no tree has. */
const STEP_M = 1;
const BINS = 152;
/** The tallest tree within this is what a smaller one is compared with, m. */
const AROUND_M2 = Math.PI * 10 * 10;
/** Fewer stems than this on a unit are none. */
const LEAST_STEMS = 0.5;
/** Cohorts whose diameters differ by less than this share are one. */
const ALIKE = 0.15;

// Numbers of an even layer of crowns: heights of its disc, its radius, reach² over radius², crown area on a m² (of it what is opaque,
// times 2·ratio²), opacity, and what of it is left without leaves
const HIGHEST = 0;
const LOWEST = 1;
const RADIUS = 2;
const RATIO2 = 3;
const OPAQUE = 4;
const OPACITY = 5;
const AREA = 6;
const BARE_SHARE = 7;
const CROWN_STRIDE = 8;

/**
 * Cohorts of all units as columns: each row is the mean stem of a species and size, and how many of it stand on a m². A cohort has
 * three rows, a third of its stems each, in more, middling and less light: among trees that stand at random some always have close
 * neighbours, and it is those that die. They grow by the equations of trees; neighbours are a mean field (`meanFieldDepth`); the light of a unit is shared as in a cell, over the unit's
 * mean cell. Deaths thin a cohort by their probability. Written in place, without allocation but where cohorts are added.
 *
 * With trees among them: the cohorts see the trees of their unit as even crowns by classes of height; trees see the cohorts through
 * `understorey`, and a tree's cell holds the leaf and crown area that the unit's cohorts have on its 400 m².
 */
export class Cohorts extends Stems {
  origin = new Uint8Array(0);
  stemsPerM2 = new Float64Array(0);
  /** Standard score of the shade on the row's stems among those of its cohort: one of `LIGHT_SCORES`. */
  shadeScore = new Float64Array(0);
  /** Stems per m² that died in the last step. */
  diedPerM2 = new Float64Array(0);
  /** Cause of most of these: place in `DEATHS` + 1. */
  cause = new Uint8Array(0);
  readonly understorey: Understorey;
  readonly #unitCount: number;
  readonly #areaM2: Float64Array;
  /** Trees of each unit by height, at [unit · BINS + b]: stems, crown area, and it times height, opacity in leaf and bare. */
  readonly #treeStems: Float64Array;
  readonly #treeCrown: Float64Array;
  readonly #treeHeight: Float64Array;
  readonly #treeOn: Float64Array;
  readonly #treeOff: Float64Array;
  /** Stems per m² of cohorts by height. */
  readonly #stems: Float64Array;
  /** Rows of unit u: `first[u]` to `first[u + 1]`. */
  readonly #first: Int32Array;
  #use = new Float64Array(0);
  /** Rows of one unit as those below see them, `CROWN_STRIDE` numbers each. */
  #crowns = new Float64Array(0);

  constructor(
    cohorts: readonly Cohort[],
    species: readonly ForestSpecies[],
    unitAreasM2: ArrayLike<number>,
    stem: 'form' | 'allometry' = 'form',
  ) {
    super(species, stem);
    const units = unitAreasM2.length;
    this.#unitCount = units;
    this.#areaM2 = Float64Array.from(unitAreasM2);
    this.#treeStems = new Float64Array(units * BINS);
    this.#treeCrown = new Float64Array(units * BINS);
    this.#treeHeight = new Float64Array(units * BINS);
    this.#treeOn = new Float64Array(units * BINS);
    this.#treeOff = new Float64Array(units * BINS);
    this.#stems = new Float64Array(units * BINS);
    this.#first = new Int32Array(units + 1);
    this.understorey = {
      bins: BINS,
      stepM: STEP_M,
      leafOn: new Float64Array(units * BINS).fill(1),
      leafOff: new Float64Array(units * BINS).fill(1),
      tallestM: new Float64Array(units * BINS),
      noneAboveM: new Float64Array(units),
      leaf: new Float64Array(units),
      crown: new Float64Array(units),
      lit: new Float64Array(units),
      use: new Float64Array(units),
    };
    this.reserve(cohorts.length);
    for (const cohort of cohorts) for (const score of LIGHT_SCORES) this.#pushThird(cohort, score);
    this.#order();
  }

  protected override remake(of: <A extends Column>(column: A) => A): void {
    super.remake(of);
    this.origin = of(this.origin);
    this.stemsPerM2 = of(this.stemsPerM2);
    this.shadeScore = of(this.shadeScore);
    this.diedPerM2 = of(this.diedPerM2);
    this.cause = of(this.cause);
    this.#use = of(this.#use);
  }

  #pushThird(cohort: Cohort, score: number): void {
    const i = this.push(cohort);
    this.origin[i] = cohort.origin;
    this.stemsPerM2[i] = cohort.stemsPerM2 / LIGHT_SCORES.length;
    this.shadeScore[i] = score;
    this.diedPerM2[i] = 0;
  }

  /** Rows in the order of their units, those without stems left out. */
  #order(): void {
    const kept: number[] = [];
    for (let i = 0; i < this.count; i += 1) if (this.stemsPerM2[i]! > 0) kept.push(i);
    kept.sort((a, b) => this.unit[a]! - this.unit[b]! || a - b);
    this.arrange(Int32Array.from(kept));
    this.#first.fill(0);
    for (let i = 0; i < this.count; i += 1)
      this.#first[this.unit[i]! + 1] = this.#first[this.unit[i]! + 1]! + 1;
    for (let unit = 0; unit < this.#unitCount; unit += 1) {
      if (this.#first[unit + 1] === 0) {
        // no cohorts (any more): nothing above the trees
        this.understorey.leafOn.fill(1, unit * BINS, (unit + 1) * BINS);
        this.understorey.leafOff.fill(1, unit * BINS, (unit + 1) * BINS);
        this.understorey.tallestM.fill(0, unit * BINS, (unit + 1) * BINS);
        this.understorey.noneAboveM[unit] = 0;
      }
      this.#first[unit + 1] = this.#first[unit + 1]! + this.#first[unit]!;
    }
  }

  /** More cohorts; one of the same unit, species and origin and nearly the same diameter takes them in. */
  add(cohorts: readonly Cohort[]): void {
    if (cohorts.length === 0) return;
    for (const cohort of cohorts) {
      for (const score of LIGHT_SCORES) {
        const like = this.#like(cohort, score);
        const at = this.count;
        this.#pushThird(cohort, score);
        if (like < 0) continue;
        this.#merge(at, like);
        this.count = at;
      }
    }
    this.#order();
  }

  #like({unit, species, origin, dbhCm}: Cohort, score: number): number {
    for (let i = 0; i < this.count; i += 1) {
      if (this.unit[i] !== unit || this.species[i] !== species || this.origin[i] !== origin) continue;
      if (this.shadeScore[i] !== score) continue;
      if (this.stemsPerM2[i]! > 0 && Math.abs(this.dbhCm[i]! / dbhCm - 1) < ALIKE) return i;
    }
    return -1;
  }

  /** Row `from` into row `into`: masses add up, the mean stem has the mean of their basal areas, heights and ages. */
  #merge(from: number, into: number): void {
    const n = this.stemsPerM2[into]!;
    const m = this.stemsPerM2[from]!;
    const share = m / (n + m);
    const mean = (column: Float64Array) => {
      column[into] = (1 - share) * column[into]! + share * column[from]!;
    };
    const square = (1 - share) * this.dbhCm[into]! ** 2 + share * this.dbhCm[from]! ** 2;
    for (const column of [
      this.heightM,
      this.ageYr,
      this.foliageKg,
      this.fineRootKg,
      this.coarseRootKg,
      this.stemKg,
      this.branchKg,
      this.reserveKg,
      this.lastGrowthCm,
      this.index,
    ]) {
      mean(column);
    }
    this.dbhCm[into] = Math.sqrt(square);
    this.lnDbh[into] = Math.log(this.dbhCm[into]!);
    this.stemsPerM2[into] = n + m;
  }

  /** Stems taken away: all of what a row has, or as many to a m². */
  take(i: number, stemsPerM2: number): void {
    this.stemsPerM2[i] = Math.max(0, this.stemsPerM2[i]! - stemsPerM2);
  }

  /** Rows without stems left out. */
  settle(): void {
    for (let i = 0; i < this.count; i += 1) {
      if (this.stemsPerM2[i]! <= 0) {
        this.#order();
        return;
      }
    }
  }

  /** The light that trees and other cohorts of the unit leave, once their crowns are known; `understorey` for the trees' light. */
  light(year: ForestYear, forest?: Forest): void {
    if (this.count === 0) return;
    if (forest) this.#meetTrees(forest);
    const {understorey} = this;
    understorey.leaf.fill(0);
    understorey.crown.fill(0);
    understorey.lit.fill(0);
    for (let unit = 0; unit < this.#unitCount; unit += 1) {
      if (this.#first[unit] === this.#first[unit + 1]) continue;
      this.#lightOf(unit, year.leafOnShare, forest !== undefined);
      this.#sumUnit(unit);
    }
  }

  #meetTrees(forest: Forest): void {
    const {alive, unit, species, heightM, crownRadiusM, opacity} = forest;
    this.#treeStems.fill(0);
    this.#treeCrown.fill(0);
    this.#treeHeight.fill(0);
    this.#treeOn.fill(0);
    this.#treeOff.fill(0);
    for (let i = 0; i < forest.count; i += 1) {
      const u = unit[i]!;
      if (alive[i] === 0 || this.#first[u] === this.#first[u + 1]) continue;
      const at = u * BINS + Math.min(BINS - 1, Math.floor(heightM[i]! / STEP_M));
      const crown = Math.PI * crownRadiusM[i]! * crownRadiusM[i]!;
      this.#treeStems[at] = this.#treeStems[at]! + 1;
      this.#treeCrown[at] = this.#treeCrown[at]! + crown;
      this.#treeHeight[at] = this.#treeHeight[at]! + crown * heightM[i]!;
      this.#treeOn[at] = this.#treeOn[at]! + crown * opacity[i]!;
      this.#treeOff[at] = this.#treeOff[at]! + crown * opacity[i]! * this.table[species[i]! * STRIDE + BARE]!;
    }
  }

  /** Light indices of a unit's rows, and the tables for its trees. */
  #lightOf(unit: number, leafOnShare: Float64Array, withTrees: boolean): void {
    const {understorey, heightM, stemsPerM2, species, index} = this;
    const first = this.#first[unit]!;
    const last = this.#first[unit + 1]!;
    const area = this.#areaM2[unit]!;
    const row = unit * BINS;
    let top = 0;
    this.#stems.fill(0, row, row + BINS);
    for (let c = first; c < last; c += 1) {
      const bin = Math.min(BINS - 1, Math.floor(heightM[c]! / STEP_M));
      top = Math.max(top, bin);
      this.#stems[row + bin] = this.#stems[row + bin]! + stemsPerM2[c]!;
    }
    let topTree = -1;
    if (withTrees) {
      for (let b = BINS - 1; b >= 0 && topTree < 0; b -= 1) if (this.#treeStems[row + b]! > 0) topTree = b;
    }
    const end = this.#crownsOf(unit, topTree);
    const crowns = this.#crowns;
    for (let i = first; i < last; i += 1) {
      const height = heightM[i]!;
      const receiver = height - 0.45 * CROWN_LENGTH_RATIO * height;
      let on = 0;
      let off = 0;
      let variance = 0;
      // meanFieldDepth and meanFieldVariance of all rows, and of the trees
      for (let at = 0; at < end; at += CROWN_STRIDE) {
        const radius = crowns[at + RADIUS]!;
        const disc = Math.min(crowns[at + HIGHEST]!, Math.max(crowns[at + LOWEST]!, receiver + radius));
        const above = disc - receiver;
        if (above <= 0.2) continue;
        const steep = above / radius;
        const steep2 = steep * steep;
        const ratio2 = crowns[at + RATIO2]!;
        const x = 1 + steep2 + ratio2;
        const depth = crowns[at + OPAQUE]! / (x + Math.sqrt(x * x - 4 * ratio2));
        on += depth;
        off += depth * crowns[at + BARE_SHARE]!;
        const overCentre = 1 + steep2;
        const logarithm = Math.log(1 - crowns[at + OPACITY]! / overCentre);
        const fading = (1 + 2 / (1 + 5 * steep * Math.sqrt(5 * steep))) / 3;
        variance += crowns[at + AREA]! * overCentre * logarithm * logarithm * fading;
      }
      const onShare = leafOnShare[species[i]!]!;
      // lucky or not, as much in winter as in summer
      const sd = Math.sqrt(variance);
      const luck = on > 0 ? Math.max(0, middleDepth(on, sd) + this.shadeScore[i]! * sd) / on : 1;
      const own = onShare * exponential(-luck * on) + (1 - onShare) * exponential(-luck * off);
      // the tallest within 10 m, as it is to be expected
      let none = 1;
      let tallest = 0;
      for (let b = Math.max(top, topTree); b > height / STEP_M; b -= 1) {
        const stems = this.#stems[row + b]! + (withTrees ? this.#treeStems[row + b]! / area : 0);
        if (stems === 0) continue;
        const there = 1 - exponential(-AROUND_M2 * stems);
        tallest += none * there * (b + 0.5) * STEP_M;
        none *= 1 - there;
      }
      tallest += none * height;
      index[i] = overtoppedIndex(own, height / tallest);
    }
    if (topTree < 0) return;
    // for the trees: a table over height, 1 above the tallest cohort
    understorey.noneAboveM[unit] = (top + 2) * STEP_M;
    for (let b = 0; b < BINS; b += 1) {
      const at = row + b;
      if (b > top + 1) {
        understorey.leafOn[at] = 1;
        understorey.leafOff[at] = 1;
        continue;
      }
      let on = 0;
      let off = 0;
      const receiver = b * STEP_M;
      for (let c = 0; c < (last - first) * CROWN_STRIDE; c += CROWN_STRIDE) {
        const radius = crowns[c + RADIUS]!;
        const disc = Math.min(crowns[c + HIGHEST]!, Math.max(crowns[c + LOWEST]!, receiver + radius));
        const above = disc - receiver;
        if (above <= 0.2) continue;
        const steep = above / radius;
        const ratio2 = crowns[c + RATIO2]!;
        const x = 1 + steep * steep + ratio2;
        const depth = crowns[c + OPAQUE]! / (x + Math.sqrt(x * x - 4 * ratio2));
        on += depth;
        off += depth * crowns[c + BARE_SHARE]!;
      }
      understorey.leafOn[at] = exponential(-on);
      understorey.leafOff[at] = exponential(-off);
    }
    let none = 1;
    let tallest = 0;
    for (let b = BINS - 1; b >= 0; b -= 1) {
      const stems = this.#stems[row + b]!;
      if (stems > 0) {
        const there = 1 - exponential(-AROUND_M2 * stems);
        tallest += none * there * (b + 0.5) * STEP_M;
        none *= 1 - there;
      }
      understorey.tallestM[row + b] = tallest + none * b * STEP_M;
    }
  }

  /**
   * What those below see of the crowns of a unit's rows, side by side in memory, and after them of its trees up to class `topTree` of
   * height: each class as stems of its mean crown and height. Gives the end of what is written.
   */
  #crownsOf(unit: number, topTree: number): number {
    const {heightM, crownRadiusM, opacity, stemsPerM2, species} = this;
    const first = this.#first[unit]!;
    const last = this.#first[unit + 1]!;
    const room = (last - first + BINS) * CROWN_STRIDE;
    if (this.#crowns.length < room) this.#crowns = new Float64Array(2 * room);
    let at = 0;
    for (let c = first; c < last; c += 1) {
      const radius = crownRadiusM[c]!;
      const areaM2 = stemsPerM2[c]! * Math.PI * radius * radius;
      this.#writeCrown(at, heightM[c]!, radius, areaM2, opacity[c]!);
      this.#crowns[at + BARE_SHARE] = this.table[species[c]! * STRIDE + BARE]!;
      at += CROWN_STRIDE;
    }
    for (let b = topTree; b >= 0; b -= 1) {
      const of = unit * BINS + b;
      const stems = this.#treeStems[of]!;
      if (stems === 0) continue;
      const crown = this.#treeCrown[of]!;
      const on = this.#treeOn[of]!;
      const radius = Math.sqrt(crown / (stems * Math.PI));
      this.#writeCrown(at, this.#treeHeight[of]! / crown, radius, crown / this.#areaM2[unit]!, on / crown);
      this.#crowns[at + BARE_SHARE] = on > 0 ? this.#treeOff[of]! / on : 0;
      at += CROWN_STRIDE;
    }
    return at;
  }

  #writeCrown(at: number, heightM: number, radiusM: number, areaM2: number, opacity: number): void {
    const crowns = this.#crowns;
    const length = CROWN_LENGTH_RATIO * heightM;
    const reach = shadeReachM(heightM);
    const ratio2 = (reach * reach) / (radiusM * radiusM);
    crowns[at + HIGHEST] = heightM - 0.25 * length;
    crowns[at + LOWEST] = heightM - length;
    crowns[at + RADIUS] = radiusM;
    crowns[at + RATIO2] = ratio2;
    crowns[at + OPAQUE] = areaM2 * opacity * 2 * ratio2;
    crowns[at + OPACITY] = opacity;
    crowns[at + AREA] = areaM2;
  }

  #sumUnit(unit: number): void {
    const {understorey} = this;
    let leaf = 0;
    let crown = 0;
    let lit = 0;
    for (let i = this.#first[unit]!; i < this.#first[unit + 1]!; i += 1) {
      const n = this.stemsPerM2[i]!;
      const radius = this.crownRadiusM[i]!;
      leaf += n * this.leafAreaM2[i]!;
      crown += n * Math.PI * radius * radius;
      lit += n * this.leafAreaM2[i]! * this.index[i]!;
    }
    understorey.leaf[unit] = leaf;
    understorey.crown[unit] = crown;
    understorey.lit[unit] = lit;
  }

  /** Indices in the unit's mean cell, and how much its cohorts make of the light; `trees`: sums over the units' trees. */
  share(trees: UnitSums): void {
    const {understorey} = this;
    understorey.use.fill(0);
    for (let unit = 0; unit < this.#unitCount; unit += 1) {
      const area = this.#areaM2[unit]!;
      const first = this.#first[unit]!;
      const last = this.#first[unit + 1]!;
      if (first === last) continue;
      const crown = understorey.crown[unit]! + trees.crown[unit]! / area;
      const lit = understorey.lit[unit]! + trees.lit[unit]! / area;
      const cover = Math.min(1, crown);
      const multiplier = lit > 0 ? this.#absorbed(unit, trees) / lit : 0;
      let use = 0;
      for (let i = first; i < last; i += 1) {
        const own = lit > 0 ? Math.max(0, Math.min(1, this.index[i]! * (1 - cover * (1 - multiplier)))) : 0;
        this.index[i] = own;
        const lightClass = this.parameters[this.species[i]!]!.lightClass;
        this.#use[i] = this.leafAreaM2[i]! * lightResponse(own, lightClass);
        use += this.stemsPerM2[i]! * this.#use[i]!;
      }
      understorey.use[unit] = use;
    }
  }

  /** Light that the unit's mean cell absorbs, per m². */
  #absorbed(unit: number, trees: UnitSums): number {
    const area = this.#areaM2[unit]!;
    const leaf = this.understorey.leaf[unit]! + trees.leaf[unit]! / area;
    const crowns = Math.min(1, this.understorey.crown[unit]! + trees.crown[unit]! / area);
    return absorbedOf(leaf, crowns);
  }

  /** What each row's stem gets of it, once the trees' use of light is known. */
  absorb(trees: UnitSums): void {
    for (let unit = 0; unit < this.#unitCount; unit += 1) {
      const first = this.#first[unit]!;
      const last = this.#first[unit + 1]!;
      if (first === last) continue;
      const use = this.understorey.use[unit]! + trees.use[unit]! / this.#areaM2[unit]!;
      const perUse = use > 0 ? this.#absorbed(unit, trees) / use : 0;
      for (let i = first; i < last; i += 1) this.absorbingM2[i] = perUse * this.#use[i]!;
    }
  }

  growAll(year: ForestYear): void {
    this.cutGrowth = 0;
    this.carbonGap = 0;
    this.grow(year, 0, this.count);
  }

  /** Each row loses stems by the probability of their death; the last half stem of a unit is none. */
  die(year: ForestYear): void {
    for (let i = 0; i < this.count; i += 1) {
      const p = this.parameters[this.species[i]!]!;
      const site = year.siteDeath[this.unit[i]! * this.parameters.length + this.species[i]!]!;
      const age = intrinsicDeath(p.maxAgeYr, p.reachesMaxAge);
      const stress = stressDeath(this.stress[i]!, p.stressMortality);
      const before = this.stemsPerM2[i]!;
      const starved = this.foliageKg[i]! <= 0;
      const left = starved ? 0 : before * (1 - age) * (1 - stress) * (1 - site);
      const after = left * this.#areaM2[this.unit[i]!]! < LEAST_STEMS ? 0 : left;
      this.stemsPerM2[i] = after;
      this.diedPerM2[i] = before - after;
      this.cause[i] = starved ? 4 : site > age && site > stress ? 3 : stress > age ? 2 : 1;
    }
  }
}

/** `absorbedAreaM2` of a m². */
function absorbedOf(leaf: number, crowns: number): number {
  const closed = Math.min(1, Math.max(0, (leaf - 1) / 2));
  const stocked = crowns + closed * (1 - crowns);
  return leaf > 0 && stocked > 0 ? stocked * (1 - exponential((-CROWN_EXTINCTION * leaf) / stocked)) : 0;
}
