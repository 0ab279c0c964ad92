import {
  chooseThinned,
  coppiced,
  type ForestTree,
  plantingPlaces,
  pruned,
  RECRUIT_DISTANCE_M,
  randomKey,
  TREE_STATUS,
  uniformAt,
} from '#model';
import type {PlanOperation, RunPlan} from '../plan.ts';
import type {CarbonBooks} from './carbon-books.ts';
import {CARBON} from './carbon-books.ts';
import {areaFraction, boundsOf, cohortsIn, insideOf, treesIn, unitAt} from './place.ts';
import type {RemovalLog} from './removal-log.ts';
import type {RunSink, SkipReason} from './sink.ts';
import type {Stands} from './stands.ts';
import type {UnitWater} from './unit-water.ts';

type Plant = Extract<PlanOperation, {kind: 'plant'}>;
type Thin = Extract<PlanOperation, {kind: 'thin'}>;
type Irrigate = Extract<PlanOperation, {kind: 'irrigate'}>;
type Fertilise = Extract<PlanOperation, {kind: 'fertilise'}>;
/** Trees planted together, by their numbers. */
type Batch = {firstId: number; lastId: number; survivalFraction: readonly [number, number, number]};

const TWO_32 = 4_294_967_296;
/** Squares by which stems near a planting place are looked up, m. */
const SQUARE_M = 2;

export type ManagementOf = {
  plan: RunPlan;
  member: number;
  stands: Stands;
  books: CarbonBooks;
  water: UnitWater;
  removals: RemovalLog;
  sink: RunSink;
};

/**
 * What people do. Watering and fertilising act from a year's start (`begin`), all else after its growth and deaths (`act`), in the
 * order of months and of the scenario. An operation that cannot be done as asked is told as skipped and changes nothing.
 */
export class Management {
  /** Fertility of each unit now, 0–1. */
  readonly fertility: Float64Array;
  /** Cost of the year by unit, CNY. */
  readonly costCny: Float64Array;
  /** Watered in the year by unit, m³, is of `UnitWater`. */
  readonly #of: ManagementOf;
  readonly #batches: Batch[] = [];
  #nextId: number;
  readonly #surviveKey: number;

  constructor(of: ManagementOf) {
    const {plan, member} = of;
    this.#of = of;
    this.#nextId = plan.nextId;
    this.#surviveKey = randomKey(plan.seed, member, 'planting');
    this.fertility = Float64Array.from(plan.units, ({soil}) => soil.fertility);
    this.costCny = new Float64Array(plan.units.length);
  }

  /** Number of the next tree that comes to the place. */
  takeId(): number {
    this.#nextId += 1;
    return this.#nextId - 1;
  }

  /** Whether a tree was planted in this run. */
  planted(id: number): boolean {
    return this.#batches.some(({firstId, lastId}) => id >= firstId && id <= lastId);
  }

  /** Fertility and watering of the year; events of those that begin. */
  begin(year: number): void {
    const {plan, water} = this.#of;
    this.costCny.fill(0);
    for (const [unit, {soil}] of plan.units.entries()) {
      this.fertility[unit] = soil.fertility;
      water.water(unit, null);
    }
    for (const operation of plan.operations) {
      if (operation.year > year) continue;
      if (operation.kind === 'fertilise' && year < operation.year + operation.lastsYears) {
        this.#fertilise(operation, year);
      } else if (operation.kind === 'irrigate' && year <= operation.untilYear) {
        this.#irrigate(operation, year);
      }
    }
  }

  #fertilise(operation: Fertilise, year: number): void {
    const {plan} = this.#of;
    const share = areaFraction(operation.place, plan.units);
    // spread in a month, it works for what is left of the year, and so much less at the end
    for (const unit of operation.place.units) {
      this.fertility[unit] = Math.min(1, this.fertility[unit]! + share * operation.fertilityGain);
    }
    if (year === operation.year) {
      const hectares = operation.place.areaM2 / 10_000;
      this.#done(operation, hectares, this.#charge(operation, hectares));
    }
  }

  #irrigate(operation: Irrigate, year: number): void {
    const {plan, water} = this.#of;
    const areaShare = areaFraction(operation.place, plan.units);
    for (const unit of operation.place.units) {
      water.water(unit, {
        depletionFraction: operation.depletionFraction,
        refillFraction: operation.refillFraction,
        mostMmPerDay: operation.mostMmPerDay,
        wettedFraction: operation.wettedFraction,
        areaFraction: areaShare,
        fromMonth: year === operation.year ? operation.month - 1 : 0,
      });
    }
  }

  /** Water that was given, once the year's days are known. */
  chargeWater(year: number): void {
    const {plan, water} = this.#of;
    for (const operation of plan.operations) {
      if (operation.kind !== 'irrigate' || year < operation.year || year > operation.untilYear) continue;
      let m3 = 0;
      let costCny = 0;
      for (const unit of operation.place.units) {
        let mm = 0;
        for (let m = 0; m < 12; m += 1) mm += water.months.irrigationMm[12 * unit + m]!;
        const ofUnit = (mm * plan.units[unit]!.areaM2) / 1000;
        m3 += ofUnit;
        costCny += ofUnit * operation.unitCostCny;
        this.costCny[unit] = this.costCny[unit]! + ofUnit * operation.unitCostCny;
      }
      this.#of.sink.event({
        kind: 'done',
        year,
        month: year === operation.year ? operation.month : 1,
        operation: operation.index,
        amount: m3,
        costCny,
      });
    }
  }

  /** Planted trees that do not take root in their first three years. Their number among all is counted by `died`. */
  establish(year: number, died: (row: number) => void): void {
    const {forest} = this.#of.stands;
    if (this.#batches.length === 0) return;
    for (let i = 0; i < forest.count; i += 1) {
      const nth = forest.plantedYear[i]!;
      if (nth === 0 || forest.alive[i] === 0) continue;
      const id = forest.id[i]!;
      const batch = this.#batches.find(({firstId, lastId}) => id >= firstId && id <= lastId)!;
      const survives = batch.survivalFraction[nth - 1]!;
      if (uniformAt(this.#surviveKey, year * TWO_32 + forest.draw[i]!) >= survives) died(i);
      else forest.plantedYear[i] = nth === 3 ? 0 : nth + 1;
    }
  }

  /** The year's work, after its growth and deaths. */
  act(year: number): void {
    for (const operation of this.#of.plan.operations) {
      if (operation.year !== year) continue;
      switch (operation.kind) {
        case 'plant':
          this.#plant(operation);
          break;
        case 'thin':
          this.#thin(operation);
          break;
        case 'prune':
          this.#prune(operation);
          break;
        case 'coppice':
          this.#coppice(operation);
          break;
        case 'remove-species':
          this.#remove(operation);
          break;
        case 'irrigate':
        case 'fertilise':
          break;
      }
    }
    this.#of.stands.cohorts.settle();
    this.#of.stands.forest.settle();
  }

  #plant(operation: Plant): void {
    const {plan, stands, books} = this.#of;
    const {forest} = stands;
    const {place} = operation;
    const bounds = boundsOf(place, plan.ground);
    if (!bounds) return this.#skip(operation, 'no-room', 'no ground of the place is land');
    const inside = insideOf(place);
    const units = new Set(place.units);
    const near = this.#stemsBySquare();
    const places = plantingPlaces(
      {
        ...bounds,
        areaM2: place.areaM2,
        free: (xM, yM) =>
          units.has(unitAt(plan.ground, xM, yM)) && inside(xM, yM) && !near(xM, yM, RECRUIT_DISTANCE_M),
      },
      {
        count: operation.count,
        spacingM: operation.spacingM,
        key: randomKey(plan.seed, this.#of.member, 'layout', operation.index, operation.year),
      },
    );
    // a spacing asks for as many as there is room for, a number for all of it
    const wanted = operation.spacingM === null ? operation.count : 1;
    if (places.length < wanted) {
      return this.#skip(operation, 'no-room', `room for ${places.length} of ${operation.count} trees`);
    }
    const {species, dbhCm, heightM, ageYr, survivalFraction} = operation;
    const firstId = this.#nextId;
    const drawKey = randomKey(operation.index, 'planted', operation.year);
    const trees: ForestTree[] = places.map(({xM, yM}, k) => ({
      id: this.takeId(),
      // a number of its own that does not depend on what else was planted
      draw: (drawKey + k) >>> 0,
      xM,
      yM,
      species,
      unit: unitAt(plan.ground, xM, yM),
      dbhCm,
      heightM,
      ageYr,
      planted: true,
    }));
    this.#batches.push({firstId, lastId: this.#nextId - 1, survivalFraction});
    forest.add(trees);
    const massKg = this.#massOf(firstId);
    let costCny = 0;
    for (const {unit} of trees) {
      books.brought(unit, massKg);
      this.costCny[unit] = this.costCny[unit]! + operation.unitCostCny;
      costCny += operation.unitCostCny;
    }
    this.#done(operation, trees.length, costCny);
  }

  /** Mass of the tree with a number. */
  #massOf(id: number): number {
    const {forest} = this.#of.stands;
    for (let i = forest.count - 1; i >= 0; i -= 1) if (forest.id[i] === id) return forest.massKg(i);
    return 0;
  }

  /** Whether a stem, alive or dead, stands within a distance of up to a square's side. */
  #stemsBySquare(): (xM: number, yM: number, withinM: number) => boolean {
    const {forest} = this.#of.stands;
    const squares = new Map<number, number[]>();
    const keyOf = (column: number, row: number) => column * 2 ** 24 + row;
    for (let i = 0; i < forest.count; i += 1) {
      if (forest.status[i] === TREE_STATUS.gone) continue;
      const key = keyOf(Math.floor(forest.xM[i]! / SQUARE_M), Math.floor(forest.yM[i]! / SQUARE_M));
      const list = squares.get(key);
      if (list) list.push(i);
      else squares.set(key, [i]);
    }
    return (xM, yM, withinM) => {
      const column = Math.floor(xM / SQUARE_M);
      const row = Math.floor(yM / SQUARE_M);
      for (let dc = -1; dc <= 1; dc += 1) {
        for (let dr = -1; dr <= 1; dr += 1) {
          for (const i of squares.get(keyOf(column + dc, row + dr)) ?? []) {
            if (Math.hypot(forest.xM[i]! - xM, forest.yM[i]! - yM) < withinM) return true;
          }
        }
      }
      return false;
    };
  }

  #thin(operation: Thin): void {
    const {plan, stands, member} = this.#of;
    const {forest, cohorts} = stands;
    const trees = treesIn(operation.place, stands, operation.species);
    const rows = cohortsIn(operation.place, stands, operation.species);
    const share = areaFraction(operation.place, plan.units);
    const stems = [
      ...trees.map((i) => ({
        id: forest.draw[i]!,
        count: 1,
        dbhCm: forest.dbhCm[i]!,
        vigour: 1 - forest.stress[i]!,
        divisible: false,
      })),
      ...rows.map((i) => ({
        id: TWO_32 + i,
        count: cohorts.stemsPerM2[i]! * plan.units[cohorts.unit[i]!]!.areaM2 * share,
        dbhCm: cohorts.dbhCm[i]!,
        vigour: 1 - cohorts.stress[i]!,
        divisible: true,
      })),
    ];
    if (stems.length === 0) return this.#skip(operation, 'nothing-there', 'no stem of the kind stands there');
    const choice = chooseThinned(stems, {
      rule: operation.rule,
      target: operation.target,
      areaM2: operation.place.areaM2,
      key: randomKey(plan.seed, member, 'thin', operation.index, operation.year),
    });
    if (choice.refused) {
      const {reason, standing, target} = choice.refused;
      return this.#skip(
        operation,
        'fewer-than-asked',
        `${reason}: ${target} per hectare, there are ${standing.toPrecision(4)}`,
      );
    }
    const {removed} = choice;
    let amount = 0;
    for (const [k, i] of trees.entries()) {
      if (removed[k] === 0) continue;
      this.#cutTree(i, operation);
      amount += 1;
    }
    for (const [k, i] of rows.entries()) {
      const taken = removed[trees.length + k]!;
      if (taken > 0) this.#cutCohort(i, taken, operation);
      amount += taken;
    }
    this.#done(operation, amount, amount * operation.unitCostCny);
  }

  #remove(operation: Extract<PlanOperation, {kind: 'remove-species'}>): void {
    const {plan, stands} = this.#of;
    const trees = treesIn(operation.place, stands, operation.species);
    const rows = cohortsIn(operation.place, stands, operation.species);
    if (trees.length + rows.length === 0) {
      return this.#skip(operation, 'nothing-there', 'no stem of the species stands there');
    }
    const share = areaFraction(operation.place, plan.units);
    let amount = trees.length;
    for (const i of trees) this.#cutTree(i, operation);
    for (const i of rows) {
      const stems = stands.cohorts.stemsPerM2[i]! * plan.units[stands.cohorts.unit[i]!]!.areaM2 * share;
      this.#cutCohort(i, stems, operation);
      amount += stems;
    }
    this.#done(operation, amount, amount * operation.unitCostCny);
  }

  #prune(operation: Extract<PlanOperation, {kind: 'prune'}>): void {
    const {stands, books} = this.#of;
    const {forest} = stands;
    const trees = treesIn(operation.place, stands, operation.species);
    if (trees.length === 0) return this.#skip(operation, 'nothing-there', 'no tree of the kind stands there');
    for (const i of trees) {
      const {pools, takenKg} = pruned(forest.pools(i), operation.crownFraction);
      forest.reshape(i, {dbhCm: forest.dbhCm[i]!, heightM: forest.heightM[i]!, pools});
      books.tended(forest.unit[i]!, {litterKg: takenKg, carriedKg: 0});
      this.costCny[forest.unit[i]!] = this.costCny[forest.unit[i]!]! + operation.unitCostCny;
    }
    this.#done(operation, trees.length, trees.length * operation.unitCostCny);
  }

  #coppice(operation: Extract<PlanOperation, {kind: 'coppice'}>): void {
    const {stands, books} = this.#of;
    const {forest, species} = stands;
    const trees = treesIn(operation.place, stands, operation.species);
    if (trees.length === 0) return this.#skip(operation, 'nothing-there', 'no tree of the kind stands there');
    for (const i of trees) {
      const before = forest.pools(i);
      const shoot = coppiced(before, species[forest.species[i]!]!);
      if (!shoot) {
        this.#cutTree(i, operation);
        continue;
      }
      const carriedKg = before.stemKg + before.branchKg;
      forest.reshape(i, shoot);
      forest.ageYr[i] = 1;
      books.tended(forest.unit[i]!, {litterKg: shoot.takenKg - carriedKg, carriedKg});
      this.costCny[forest.unit[i]!] = this.costCny[forest.unit[i]!]! + operation.unitCostCny;
    }
    this.#done(operation, trees.length, trees.length * operation.unitCostCny);
  }

  #cutTree(i: number, operation: PlanOperation): void {
    const {stands, books, removals} = this.#of;
    const {forest} = stands;
    const unit = forest.unit[i]!;
    const dbhCm = forest.dbhCm[i]!;
    const pools = forest.pools(i);
    books.cut(unit, dbhCm, pools, 1);
    removals.add(
      {id: forest.id[i]!, species: forest.species[i]!, unit, stems: 1, dbhCm, heightM: forest.heightM[i]!},
      CARBON * forest.massKg(i),
      'harvest',
      operation.index,
    );
    forest.end(i, TREE_STATUS.gone);
    this.costCny[unit] = this.costCny[unit]! + operation.unitCostCny;
  }

  #cutCohort(i: number, stems: number, operation: PlanOperation): void {
    const {plan, stands, books, removals} = this.#of;
    const {cohorts} = stands;
    const unit = cohorts.unit[i]!;
    const dbhCm = cohorts.dbhCm[i]!;
    books.cut(unit, dbhCm, cohorts.pools(i), stems);
    removals.add(
      {id: 0, species: cohorts.species[i]!, unit, stems, dbhCm, heightM: cohorts.heightM[i]!},
      CARBON * stems * cohorts.massKg(i),
      'harvest',
      operation.index,
    );
    cohorts.take(i, stems / plan.units[unit]!.areaM2);
    this.costCny[unit] = this.costCny[unit]! + stems * operation.unitCostCny;
  }

  /** Cost of an operation shared among its units by area. */
  #charge(operation: PlanOperation, amount: number): number {
    const {units} = this.#of.plan;
    const costCny = amount * operation.unitCostCny;
    const all = operation.place.units.reduce((sum, unit) => sum + units[unit]!.areaM2, 0);
    for (const unit of operation.place.units) {
      this.costCny[unit] = this.costCny[unit]! + (costCny * units[unit]!.areaM2) / all;
    }
    return costCny;
  }

  #done({year, month, index}: PlanOperation, amount: number, costCny: number): void {
    this.#of.sink.event({kind: 'done', year, month, operation: index, amount, costCny});
  }

  #skip({year, month, index}: PlanOperation, reason: SkipReason, message: string): void {
    this.#of.sink.event({kind: 'skipped', year, month, operation: index, reason, message});
  }
}
