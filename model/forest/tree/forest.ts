import {exponential} from '../../numeric/exponential.ts';
import {uniformsAt} from '../../random/counter.ts';
import {plantingShock} from '../operations/tending.ts';
import {CROWN_LENGTH_RATIO} from './crown.ts';
import {type Positions, SHARING_CELL_M, spatialOrder} from './forest-plan.ts';
import {NeighbourLists} from './neighbour-lists.ts';
import * as T from './species-table.ts';
import {type ForestSpecies, STRIDE} from './species-table.ts';
import {BLOCK, type Column, type ForestYear, type Stem, Stems, widened} from './stems.ts';
import {CROWN_EXTINCTION} from './view-factor.ts';

export type ForestTree = Stem & {
  /** Whole number below 2³². */
  id: number;
  xM: number;
  yM: number;
  /** Counter of the tree's random numbers below 2³²; by default its id. */
  draw?: number;
  /** Planted: it grows less in its first years (`plantingShock`). */
  planted?: boolean;
};

/** What evenly spread cohorts of each unit do to the trees that stand among them. See `Cohorts`. */
export type Understorey = {
  /** Rows of a table over height, by unit; row b is for the height `b · stepM`. */
  bins: number;
  stepM: number;
  /** Light that the cohorts leave to a receiver, in leaf and bare, at [unit · bins + b]. */
  leafOn: Float64Array;
  leafOff: Float64Array;
  /** Tallest stem within 10 m of a tree of the height, itself included, m, at [unit · bins + b]. */
  tallestM: Float64Array;
  /** By unit, the height from which on the table leaves all light and no cohort is taller, m; 0 without cohorts. */
  noneAboveM: Float64Array;
  /** Per m² of the unit: leaf area, crown area, leaf area by the light on it, and by its use of light, m². */
  leaf: Float64Array;
  crown: Float64Array;
  lit: Float64Array;
  use: Float64Array;
};

/** What the trees of each unit hold together, m²: what cohorts among them meet. */
export type UnitSums = {leaf: Float64Array; crown: Float64Array; lit: Float64Array; use: Float64Array};

/** No tree is known to be as large as this. */
const MOST = {dbhCm: 2000, heightM: 150} as const;
const CELL_M2 = SHARING_CELL_M * SHARING_CELL_M;
/** Rows are put in order again when this share of them has come or gone. */
const RENEW_FRACTION = 0.25;
/** Neighbours are listed for this much growth in height, m, and for so many years of growth in diameter (cm) at a metre to each. */
const LISTED_M = 1.5;
const LISTED_YEARS = 5;
const CELL_ROWS = 2 ** 22;

/** Numbers of a crown as others see it: half a line of the processor's cache. */
const DISC_STRIDE = 4;

/** Status of a row: no longer there, alive, dead and standing. */
export const TREE_STATUS = {gone: 0, alive: 1, standingDead: 2} as const;

/** @throws {RangeError} that names the tree and what was expected of it. */
function checkTree(tree: ForestTree, ids: Set<number>, speciesCount: number): void {
  const {id, species} = tree;
  if (!Number.isInteger(id) || id < 0 || id > 0xffffffff || ids.has(id)) {
    throw new RangeError(`tree ${id}: expected a whole number of its own from 0 to 4294967295`);
  }
  if (!Number.isInteger(species) || species < 0 || species >= speciesCount) {
    throw new RangeError(`tree ${id}: species is ${species}, expected 0 to ${speciesCount - 1}`);
  }
  for (const part of ['xM', 'yM', 'ageYr'] as const) {
    if (!Number.isFinite(tree[part])) throw new RangeError(`tree ${id}: ${part} is ${tree[part]}`);
  }
  for (const part of ['dbhCm', 'heightM'] as const) {
    if (!(tree[part] > 0 && tree[part] < MOST[part])) {
      throw new RangeError(`tree ${id}: ${part} is ${tree[part]}, expected above 0 and below ${MOST[part]}`);
    }
  }
}

/**
 * Many trees, year by year, in typed arrays that are written in place: light by view factors, shared in cells, then growth, then
 * deaths. Each number is what the functions of one tree (`lightIndex`, `shareCell`, `growTree`, …) say. A year allocates nothing.
 * Trees are kept by cell and id, so the order in which they are given changes nothing; those that come later stand at the end until
 * enough have come or gone to put all in order again.
 * @throws {RangeError} for trees that cannot be.
 */
export class Forest extends Stems {
  id = new Uint32Array(0);
  /** Counters of the trees' random numbers. */
  draw = new Uint32Array(0);
  xM = new Float64Array(0);
  yM = new Float64Array(0);
  /** `TREE_STATUS`. */
  status = new Uint8Array(0);
  /** Of a planted tree, which of its first years comes next: 1, 2, 3; 0: settled. */
  plantedYear = new Uint8Array(0);
  /** Cause of death: place in `DEATHS` + 1; 0 while alive. */
  cause = new Uint8Array(0);
  /** Rows of the trees that died in the last step, in order; `diedCount` of them. */
  died = new Int32Array(0);
  diedCount = 0;

  readonly #torusM: number | undefined;
  readonly #ids = new Set<number>();
  readonly #near = new NeighbourLists();
  /** Height up to which a tree's shade is in the lists, m; made anew when one outgrows it. */
  #listedM = new Float64Array(0);
  #listsHold = false;
  #cells = new Map<number, number>();
  #cellCount = 0;
  /** Rows that have come or gone since all were put in order. */
  #changed = 0;
  #cellOf = new Int32Array(0);
  #discs = new Float64Array(0);
  #leafOn = new Float64Array(0);
  #leafOff = new Float64Array(0);
  #tallestM = new Float64Array(0);
  #use = new Float64Array(0);
  /** Random numbers of the living trees of a block, and their counters. */
  readonly #livingDraw = new Uint32Array(BLOCK);
  readonly #uniform = new Float64Array(BLOCK);
  #cellUnit = new Int32Array(0);
  #cellLeaf = new Float64Array(0);
  #cellCrown = new Float64Array(0);
  #cellLit = new Float64Array(0);
  #cellUse = new Float64Array(0);
  #cellAbsorbed = new Float64Array(0);

  constructor(
    trees: readonly ForestTree[],
    species: readonly ForestSpecies[],
    options: {torusM?: number; stem?: 'form' | 'allometry'} = {},
  ) {
    super(species, options.stem);
    this.#torusM = options.torusM;
    this.reserve(trees.length);
    for (const tree of trees) this.#pushTree(tree);
    this.renew();
  }

  #positions(): Positions {
    const positions = {xM: this.xM.subarray(0, this.count), yM: this.yM.subarray(0, this.count)};
    return this.#torusM === undefined ? positions : {...positions, torusM: this.#torusM};
  }

  protected override remake(of: <A extends Column>(column: A) => A): void {
    super.remake(of);
    this.id = of(this.id);
    this.draw = of(this.draw);
    this.xM = of(this.xM);
    this.yM = of(this.yM);
    this.status = of(this.status);
    this.plantedYear = of(this.plantedYear);
    this.cause = of(this.cause);
    this.died = of(this.died);
    this.#cellOf = of(this.#cellOf);
    this.#listedM = of(this.#listedM);
    this.#leafOn = of(this.#leafOn);
    this.#leafOff = of(this.#leafOff);
    this.#tallestM = of(this.#tallestM);
    this.#use = of(this.#use);
  }

  #pushTree(tree: ForestTree): number {
    checkTree(tree, this.#ids, this.parameters.length);
    this.#ids.add(tree.id);
    const i = this.push(tree);
    this.id[i] = tree.id;
    this.draw[i] = tree.draw ?? tree.id;
    this.xM[i] = tree.xM;
    this.yM[i] = tree.yM;
    this.status[i] = TREE_STATUS.alive;
    this.cause[i] = 0;
    this.plantedYear[i] = tree.planted ? 1 : 0;
    return i;
  }

  /** More trees, planted or come up. */
  add(trees: readonly ForestTree[]): void {
    if (trees.length === 0) return;
    for (const tree of trees) {
      const i = this.#pushTree(tree);
      this.#placeInCell(i);
      if (!this.#listsHold) continue;
      this.#listedM[i] = this.#thoughtOfM(i);
      this.#listsHold = this.#near.add(this.#positions(), this.#listed());
    }
    this.#changed += trees.length;
    this.settle();
  }

  /** A tree that is no longer alive; it stands on as dead wood, or it is gone. */
  end(i: number, status: 0 | 2): void {
    this.alive[i] = 0;
    this.opacity[i] = 0;
    this.leafAreaM2[i] = 0;
    this.status[i] = status;
    if (status === TREE_STATUS.gone) {
      this.#changed += 1;
      this.#ids.delete(this.id[i]!);
    }
  }

  /** Puts all rows in order by cell and id, and drops those that are gone, when enough have come or gone. */
  settle(): void {
    if (this.#changed > RENEW_FRACTION * this.count) this.renew();
  }

  /** All rows in order by cell and id, without those that are gone; neighbours and cells looked up anew. */
  renew(): void {
    let kept = 0;
    for (let i = 0; i < this.count; i += 1) if (this.status[i] !== TREE_STATUS.gone) kept += 1;
    const rows = new Int32Array(kept);
    kept = 0;
    for (let i = 0; i < this.count; i += 1) {
      if (this.status[i] === TREE_STATUS.gone) continue;
      rows[kept] = i;
      kept += 1;
    }
    const order = spatialOrder(this.#positions(), this.id, rows);
    this.arrange(order);
    if (this.#listsHold) this.#near.renumber(order, this.#positions(), this.#listed());
    this.#cells.clear();
    this.#cellCount = 0;
    for (let i = 0; i < this.count; i += 1) this.#placeInCell(i);
    this.#changed = 0;
    this.diedCount = 0;
  }

  #placeInCell(i: number): void {
    const column = Math.floor(this.xM[i]! / SHARING_CELL_M);
    const row = Math.floor(this.yM[i]! / SHARING_CELL_M);
    const key = column * CELL_ROWS + row;
    let cell = this.#cells.get(key);
    if (cell === undefined) {
      cell = this.#cellCount;
      this.#cellCount += 1;
      this.#cells.set(key, cell);
      if (cell >= this.#cellUnit.length) {
        const room = Math.max(64, 2 * cell);
        this.#cellUnit = widened(this.#cellUnit, room);
        this.#cellLeaf = widened(this.#cellLeaf, room);
        this.#cellCrown = widened(this.#cellCrown, room);
        this.#cellLit = widened(this.#cellLit, room);
        this.#cellUse = widened(this.#cellUse, room);
        this.#cellAbsorbed = widened(this.#cellAbsorbed, room);
      }
      // a cell on a border counts as of the unit of its first tree
      this.#cellUnit[cell] = this.unit[i]!;
    }
    this.#cellOf[i] = cell;
  }

  /** One year of trees alone: crowns, light, growth, deaths. */
  step(year: ForestYear): void {
    this.crownsAll();
    this.light(year);
    this.share();
    this.growAll(year);
    this.die(year);
  }

  crownsAll(): void {
    const {count} = this;
    for (let from = 0; from < count; from += BLOCK) this.crowns(from, Math.min(count, from + BLOCK));
  }

  /** The light that neighbours and cohorts leave, once the crowns are known. */
  light(year: ForestYear, understorey?: Understorey): void {
    const {count} = this;
    if (!this.#listsHold) this.#list();
    if (this.#discs.length < DISC_STRIDE * count)
      this.#discs = new Float64Array(DISC_STRIDE * this.id.length);
    for (let from = 0; from < count; from += BLOCK) this.#discsOf(from, Math.min(count, from + BLOCK));
    for (let from = 0; from < count; from += BLOCK) this.#shade(from, Math.min(count, from + BLOCK));
    if (understorey) {
      for (let from = 0; from < count; from += BLOCK) {
        this.#underCohorts(understorey, from, Math.min(count, from + BLOCK));
      }
    }
    for (let from = 0; from < count; from += BLOCK) {
      this.#indices(year.leafOnShare, from, Math.min(count, from + BLOCK));
    }
  }

  /** Leaf, crown and lit leaf area of the trees of each unit. */
  sumUnits(sums: UnitSums): void {
    sums.leaf.fill(0);
    sums.crown.fill(0);
    sums.lit.fill(0);
    for (let i = 0; i < this.count; i += 1) {
      if (this.alive[i] === 0) continue;
      const unit = this.unit[i]!;
      const leaf = this.leafAreaM2[i]!;
      const radius = this.crownRadiusM[i]!;
      sums.leaf[unit] = sums.leaf[unit]! + leaf;
      sums.crown[unit] = sums.crown[unit]! + Math.PI * radius * radius;
      sums.lit[unit] = sums.lit[unit]! + leaf * this.index[i]!;
    }
  }

  /** The light of each cell shared among its trees and the cohorts that stand in it. */
  share(understorey?: Understorey, sums?: UnitSums): void {
    const {count} = this;
    const cells = this.#cellCount;
    this.#cellLeaf.fill(0, 0, cells);
    this.#cellCrown.fill(0, 0, cells);
    this.#cellLit.fill(0, 0, cells);
    this.#cellUse.fill(0, 0, cells);
    if (understorey) {
      for (let from = 0; from < cells; from += BLOCK) {
        this.#cohortsInCells(understorey, from, Math.min(cells, from + BLOCK));
      }
    }
    for (let from = 0; from < count; from += BLOCK) this.#fillCells(from, Math.min(count, from + BLOCK));
    for (let from = 0; from < cells; from += BLOCK) this.#absorb(from, Math.min(cells, from + BLOCK));
    for (let from = 0; from < count; from += BLOCK) this.#share(from, Math.min(count, from + BLOCK));
    for (let from = 0; from < count; from += BLOCK) this.#take(from, Math.min(count, from + BLOCK));
    if (sums) {
      sums.use.fill(0);
      for (let i = 0; i < count; i += 1) {
        if (this.alive[i] === 1) sums.use[this.unit[i]!] = sums.use[this.unit[i]!]! + this.#use[i]!;
      }
    }
  }

  /** Largest share of the light on a cell that its plants took. */
  absorbedFraction(): number {
    let most = 0;
    for (let cell = 0; cell < this.#cellCount; cell += 1) most = Math.max(most, this.#cellAbsorbed[cell]!);
    return most / CELL_M2;
  }

  growAll(year: ForestYear): void {
    const {count, heightM} = this;
    this.cutGrowth = 0;
    this.carbonGap = 0;
    this.grow(year, 0, count);
    if (!this.#listsHold) return;
    const positions = this.#positions();
    const listed = this.#listed();
    for (let i = 0; i < count; i += 1) {
      const before = this.#listedM[i]!;
      if (heightM[i]! <= before || this.alive[i] === 0) continue;
      this.#listedM[i] = this.#thoughtOfM(i);
      this.#near.raise(i, before, positions, listed);
    }
  }

  /** A stem cut back no longer stands above those it was thought not to see. */
  override reshape(i: number, to: Parameters<Stems['reshape']>[1]): void {
    super.reshape(i, to);
    this.#listsHold = false;
  }

  #list(): void {
    for (let i = 0; i < this.count; i += 1) this.#listedM[i] = this.#thoughtOfM(i);
    this.#near.build(this.#positions(), this.#listed());
    this.#listsHold = true;
  }

  #listed() {
    return {alive: this.alive, heightM: this.heightM, mostHeightM: this.#listedM};
  }

  /** Height up to which a tree's neighbours are looked up: after some years of growth like the last. */
  #thoughtOfM(i: number): number {
    return this.heightM[i]! + LISTED_M + LISTED_YEARS * this.lastGrowthCm[i]!;
  }

  die(year: ForestYear): void {
    const {count} = this;
    this.diedCount = 0;
    for (let from = 0; from < count; from += BLOCK) this.#die(year, from, Math.min(count, from + BLOCK));
  }

  /** The living trees, to build another forest from. */
  trees(): ForestTree[] {
    const living: ForestTree[] = [];
    for (let i = 0; i < this.count; i += 1) {
      if (this.alive[i] === 0) continue;
      living.push({
        ...this.stem(i),
        id: this.id[i]!,
        draw: this.draw[i]!,
        xM: this.xM[i]!,
        yM: this.yM[i]!,
      });
    }
    return living;
  }

  /** What others see of each crown, side by side in memory. See neighbourTransmission, shadeReachM. */
  #discsOf(from: number, to: number): void {
    const {heightM, crownRadiusM, opacity, species, table} = this;
    const discs = this.#discs;
    for (let i = from; i < to; i += 1) {
      const at = i * DISC_STRIDE;
      discs[at] = opacity[i]!;
      discs[at + 1] = heightM[i]!;
      discs[at + 2] = crownRadiusM[i]!;
      discs[at + 3] = table[species[i]! * STRIDE + T.BARE]!;
    }
  }

  /** What the neighbours of each tree leave of its light, in leaf and bare, and the tallest within 10 m. See neighbourTransmission. */
  #shade(from: number, to: number): void {
    const {start, end, neighbour, distance2M2} = this.#near;
    const {heightM, alive} = this;
    const discs = this.#discs;
    const leafOn = this.#leafOn;
    const leafOff = this.#leafOff;
    const tallestM = this.#tallestM;
    for (let i = from; i < to; i += 1) {
      if (alive[i] === 0) continue;
      const height = heightM[i]!;
      const receiver = height - 0.45 * CROWN_LENGTH_RATIO * height;
      let on = 1;
      let off = 1;
      let tallest = height;
      let last = end[i]!;
      for (let at = start[i]!; at < last; at += 1) {
        const j = neighbour[at]! * DISC_STRIDE;
        const opaque = discs[j]!;
        if (opaque === 0) {
          // the dead shade no more: the last of the list takes the place
          if (alive[neighbour[at]!] === 0) {
            last -= 1;
            neighbour[at] = neighbour[last]!;
            distance2M2[at] = distance2M2[last]!;
            end[i] = last;
            at -= 1;
          }
          continue;
        }
        const d2 = distance2M2[at]!;
        const tall = discs[j + 1]!;
        if (d2 <= 100) tallest = Math.max(tallest, tall);
        const highest = tall - 0.25 * CROWN_LENGTH_RATIO * tall;
        if (highest - receiver <= 0.2) continue;
        const reach = Math.min(20, Math.max(12, 0.7 * tall));
        if (d2 > reach * reach) continue;
        const radius = discs[j + 2]!;
        const disc = Math.min(highest, Math.max(tall - CROWN_LENGTH_RATIO * tall, receiver + radius));
        const above = disc - receiver;
        if (above <= 0.2) continue;
        const z2 = above * above;
        const a2 = radius * radius;
        const sum = z2 + d2 + a2;
        const shade = 0.5 * (1 - (z2 + d2 - a2) / Math.sqrt(sum * sum - 4 * a2 * d2)) * opaque;
        on *= 1 - shade;
        off *= 1 - shade * discs[j + 3]!;
      }
      leafOn[i] = on;
      leafOff[i] = off;
      tallestM[i] = tallest;
    }
  }

  /** What the cohorts of the unit leave of it. See meanFieldTransmission. */
  #underCohorts(understorey: Understorey, from: number, to: number): void {
    const {alive, unit, heightM} = this;
    const {bins, stepM, leafOn, leafOff, tallestM, noneAboveM} = understorey;
    for (let i = from; i < to; i += 1) {
      if (alive[i] === 0) continue;
      const height = heightM[i]!;
      const receiver = height - 0.45 * CROWN_LENGTH_RATIO * height;
      if (receiver >= noneAboveM[unit[i]!]!) continue;
      const row = unit[i]! * bins;
      const place = Math.min(bins - 1.001, receiver / stepM);
      const bin = Math.floor(place);
      const part = place - bin;
      this.#leafOn[i] = this.#leafOn[i]! * ((1 - part) * leafOn[row + bin]! + part * leafOn[row + bin + 1]!);
      this.#leafOff[i] =
        this.#leafOff[i]! * ((1 - part) * leafOff[row + bin]! + part * leafOff[row + bin + 1]!);
      const tallest = this.#tallestM[i]!;
      const high = Math.min(bins - 1.001, tallest / stepM);
      const below = Math.floor(high);
      const share = high - below;
      const cohorts = (1 - share) * tallestM[row + below]! + share * tallestM[row + below + 1]!;
      this.#tallestM[i] = Math.max(tallest, cohorts);
    }
  }

  /** See overtoppedIndex. */
  #indices(leafOnShare: Float64Array, from: number, to: number): void {
    const {alive, species, heightM, index} = this;
    const leafOn = this.#leafOn;
    const leafOff = this.#leafOff;
    const tallestM = this.#tallestM;
    for (let i = from; i < to; i += 1) {
      if (alive[i] === 0) continue;
      const onShare = leafOnShare[species[i]!]!;
      let own = onShare * leafOn[i]! + (1 - onShare) * leafOff[i]!;
      const relative = heightM[i]! / tallestM[i]!;
      if (relative < 1 && own > 0) own = exponential((Math.log(own) / 0.5) * (1 - 0.5 * relative));
      index[i] = own;
    }
  }

  #cohortsInCells({leaf, crown, lit, use}: Understorey, from: number, to: number): void {
    const cellUnit = this.#cellUnit;
    for (let cell = from; cell < to; cell += 1) {
      const unit = cellUnit[cell]!;
      if (leaf[unit] === 0 && crown[unit] === 0) continue;
      this.#cellLeaf[cell] = CELL_M2 * leaf[unit]!;
      this.#cellCrown[cell] = CELL_M2 * crown[unit]!;
      this.#cellLit[cell] = CELL_M2 * lit[unit]!;
      this.#cellUse[cell] = CELL_M2 * use[unit]!;
    }
  }

  #fillCells(from: number, to: number): void {
    const {alive, crownRadiusM, index, leafAreaM2} = this;
    const cellOf = this.#cellOf;
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
  #absorb(from: number, to: number): void {
    const cellLeaf = this.#cellLeaf;
    const cellCrown = this.#cellCrown;
    const cellAbsorbed = this.#cellAbsorbed;
    for (let cell = from; cell < to; cell += 1) {
      const leaf = cellLeaf[cell]!;
      const crowns = Math.min(cellCrown[cell]!, CELL_M2);
      const closed = Math.min(1, Math.max(0, (leaf / CELL_M2 - 1) / 2));
      const stocked = crowns + closed * (CELL_M2 - crowns);
      cellAbsorbed[cell] =
        leaf > 0 && stocked > 0 ? stocked * (1 - exponential((-CROWN_EXTINCTION * leaf) / stocked)) : 0;
    }
  }

  /** See cellIndex and lightResponse. */
  #share(from: number, to: number): void {
    const {alive, species, index, leafAreaM2, table} = this;
    const cellOf = this.#cellOf;
    const cellCrown = this.#cellCrown;
    const cellLit = this.#cellLit;
    const cellUse = this.#cellUse;
    const cellAbsorbed = this.#cellAbsorbed;
    const uses = this.#use;
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
      const low = 1 - exponential(-5.5 * (own - 0.05));
      const high = Math.min(10 * own, Math.max(0.1613 * own + 0.7871, own));
      const share = table[species[i]! * STRIDE + T.LIGHT_SHARE]!;
      const use = leafAreaM2[i]! * Math.max(0, Math.min(1, low + share * (high - low)));
      uses[i] = use;
      cellUse[cell] = cellUse[cell]! + use;
    }
  }

  /** See shareCell. */
  #take(from: number, to: number): void {
    const {alive, absorbingM2, plantedYear} = this;
    const cellOf = this.#cellOf;
    const cellUse = this.#cellUse;
    const cellAbsorbed = this.#cellAbsorbed;
    const uses = this.#use;
    for (let i = from; i < to; i += 1) {
      if (alive[i] === 0) continue;
      const cell = cellOf[i]!;
      const use = cellUse[cell]!;
      absorbingM2[i] = use > 0 ? (cellAbsorbed[cell]! * uses[i]!) / use : 0;
      if (plantedYear[i]! > 0) absorbingM2[i] = absorbingM2[i]! * plantingShock(plantedYear[i]! - 1);
    }
  }

  /** See intrinsicDeath, stressDeath, anyDeath. */
  #die(year: ForestYear, from: number, to: number): void {
    const {alive, species, unit, stress, foliageKg, cause, table} = this;
    const {siteDeath} = year;
    const speciesCount = this.parameters.length;
    const uniform = this.#uniform;
    let living = 0;
    for (let i = from; i < to; i += 1) {
      if (alive[i] === 0) continue;
      this.#livingDraw[living] = this.draw[i]!;
      living += 1;
    }
    uniformsAt(year.key, year.year, this.#livingDraw, uniform, living);
    living = 0;
    for (let i = from; i < to; i += 1) {
      if (alive[i] === 0) continue;
      const s = species[i]! * STRIDE;
      const stressed = stress[i]!;
      const draw = uniform[living]!;
      living += 1;
      const young = 1 - table[s + T.INTRINSIC]!;
      const fed = young * (stressed > 0 ? exponential(-table[s + T.STRESS_RESPONSE]! * stressed) : 1);
      const lives = fed * (1 - siteDeath[unit[i]! * speciesCount + species[i]!]!);
      const starved = foliageKg[i]! <= 0;
      if (!starved && draw < lives) continue;
      // one draw tells the cause too: each cause has its part of what is above
      cause[i] = starved ? 4 : draw >= young ? 1 : draw >= fed ? 2 : 3;
      this.end(i, TREE_STATUS.standingDead);
      this.died[this.diedCount] = i;
      this.diedCount += 1;
    }
  }
}
