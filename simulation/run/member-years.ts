import {DEATHS, deadTreeFalls, randomKey, TREE_STATUS, uniformsAt} from '#model';
import type {RunPlan, YearWeather} from '../plan.ts';
import {CARBON, CarbonBooks} from './carbon-books.ts';
import {GroundLayer} from './ground-layer.ts';
import {Management} from './management.ts';
import {Regeneration} from './regeneration.ts';
import {RemovalLog} from './removal-log.ts';
import {Report} from './report.ts';
import type {Cause, RunSink} from './sink.ts';
import {SpeciesYears} from './species-years.ts';
import {Stands} from './stands.ts';
import {UnitWater} from './unit-water.ts';
import {YearMonths} from './year-months.ts';

/** Rows whose random numbers are drawn at once. */
const BLOCK = 512;

/** The state of a member's run and the steps of its year; `runMember` has their order. */
export class MemberYears {
  readonly #plan: RunPlan;
  readonly #sink: RunSink;
  readonly #stands: Stands;
  readonly #ground: GroundLayer;
  readonly #water: UnitWater;
  readonly #species: SpeciesYears;
  readonly #books: CarbonBooks;
  readonly #management: Management;
  readonly #removals = new RemovalLog();
  readonly #months = new YearMonths();
  readonly #regeneration: Regeneration;
  readonly #report: Report;
  readonly #recruits: Float64Array;
  readonly #fallKey: number;
  /** Dead trees of a block, and their random numbers. */
  readonly #standing = {
    row: new Int32Array(BLOCK),
    counter: new Uint32Array(BLOCK),
    draw: new Float64Array(BLOCK),
  };

  constructor(plan: RunPlan, member: number, sink: RunSink) {
    this.#plan = plan;
    this.#sink = sink;
    this.#stands = new Stands(plan);
    this.#ground = new GroundLayer(plan.units);
    this.#water = new UnitWater(plan.units);
    this.#species = new SpeciesYears(plan, randomKey(plan.seed, member, 'death'));
    this.#books = new CarbonBooks(plan.units, this.#ground.carbonKg);
    this.#management = new Management({
      plan,
      member,
      stands: this.#stands,
      books: this.#books,
      water: this.#water,
      removals: this.#removals,
      sink,
    });
    this.#regeneration = new Regeneration(plan, member);
    this.#report = new Report(plan, {
      stands: this.#stands,
      ground: this.#ground,
      water: this.#water,
      removals: this.#removals,
      saplings: this.#regeneration.saplings,
    });
    this.#recruits = new Float64Array(plan.units.length);
    this.#fallKey = randomKey(plan.seed, member, 'fall');
  }

  /**
   * What a stand has from the years before the first, by that one's weather: crowns as narrow as their shade makes them, a ground
   * layer as their shade leaves it, and saplings where units say so, their soils as wet as at the start.
   */
  before(days: YearWeather): void {
    this.#months.read(days);
    const {relativeWater} = this.#water.months;
    for (const [unit, {startWaterFraction}] of this.#plan.units.entries()) {
      relativeWater.fill(startWaterFraction, 12 * unit, 12 * unit + 12);
    }
    this.#stands.look(this.#species);
    this.#ground.start(this.#stands.lai);
    this.speciesYears(days.year);
    this.light();
    this.#stands.crowns();
    this.#regeneration.before(this.#around());
    relativeWater.fill(0);
  }

  /** The year's weather by month; what is watered and fertilised. */
  begin(year: number, days: YearWeather): void {
    this.#months.read(days);
    this.#books.begin();
    this.#removals.clear();
    this.#recruits.fill(0);
    this.#management.begin(year);
  }

  /** Soil water, day by day, under the leaves that stand there. */
  water(days: YearWeather): void {
    this.#stands.look(this.#species);
    this.#water.year(days, this.#stands.cover, this.#ground.lai);
    this.#management.chargeWater(days.year);
  }

  /** What the year gives to each species where it stands. */
  speciesYears(year: number): void {
    const {units, species} = this.#plan;
    this.#species.begin(this.#months, year);
    for (let unit = 0; unit < units.length; unit += 1) {
      const fertility = this.#management.fertility[unit]!;
      for (let s = 0; s < species.length; s += 1) {
        if (this.#stands.stems[unit * species.length + s] === 0) continue;
        this.#species.pair(unit, s, this.#water.months.relativeWater, fertility, this.#months.meanC);
      }
    }
  }

  /** What trees and cohorts get of the light. */
  light(): void {
    this.#stands.light(this.#species);
  }

  /** Production, its use, new sizes; what each gained and shed is booked. */
  grow(): void {
    const {forest, cohorts} = this.#stands;
    forest.growAll(this.#species.year);
    cohorts.growAll(this.#species.year);
    const {alive, unit: unitOf, netProductionKg, litterKg} = forest;
    for (let i = 0; i < forest.count; i += 1) {
      if (alive[i] === 1) this.#books.grew(unitOf[i]!, netProductionKg[i]!, litterKg[i]!);
    }
    for (let i = 0; i < cohorts.count; i += 1) {
      const unit = cohorts.unit[i]!;
      const stems = cohorts.stemsPerM2[i]! * this.#plan.units[unit]!.areaM2;
      this.#books.grew(unit, stems * cohorts.netProductionKg[i]!, stems * cohorts.litterKg[i]!);
    }
    this.#ground.grow(this.#stands.lai, this.#books);
  }

  /** Deaths by age, lack of carbon, drought and flood, and of planted trees; dead trees that stood fall. */
  die(year: number): void {
    const {forest, cohorts} = this.#stands;
    const {units} = this.#plan;
    for (let from = 0; from < forest.count; from += BLOCK) {
      this.#fall(year, from, Math.min(forest.count, from + BLOCK));
    }
    forest.die(this.#species.year);
    for (let k = 0; k < forest.diedCount; k += 1) {
      const i = forest.died[k]!;
      this.#died(i, DEATHS[forest.cause[i]! - 1]!);
    }
    this.#management.establish(year, (i) => {
      forest.end(i, TREE_STATUS.standingDead);
      this.#died(i, 'planting');
    });
    cohorts.die(this.#species.year);
    for (let i = 0; i < cohorts.count; i += 1) {
      const unit = cohorts.unit[i]!;
      const stems = cohorts.diedPerM2[i]! * units[unit]!.areaM2;
      if (stems === 0) continue;
      const dbhCm = cohorts.dbhCm[i]!;
      this.#books.died(unit, dbhCm, cohorts.pools(i), stems, false);
      this.#removals.add(
        {id: 0, species: cohorts.species[i]!, unit, stems, dbhCm, heightM: cohorts.heightM[i]!},
        CARBON * stems * cohorts.massKg(i),
        DEATHS[cohorts.cause[i]! - 1]!,
      );
    }
    cohorts.settle();
  }

  /** Dead trees of the rows [from, to) that stood and fall. */
  #fall(year: number, from: number, to: number): void {
    const {forest} = this.#stands;
    const {row, counter, draw} = this.#standing;
    let standing = 0;
    for (let i = from; i < to; i += 1) {
      if (forest.status[i] !== TREE_STATUS.standingDead) continue;
      row[standing] = i;
      counter[standing] = forest.draw[i]!;
      standing += 1;
    }
    uniformsAt(this.#fallKey, year, counter, draw, standing);
    for (let k = 0; k < standing; k += 1) {
      if (!deadTreeFalls(draw[k]!)) continue;
      const i = row[k]!;
      this.#books.fell(forest.unit[i]!, forest.dbhCm[i]!, forest.stemKg[i]! + forest.branchKg[i]!);
      forest.end(i, TREE_STATUS.gone);
    }
  }

  /** A tree that died and stands on. */
  #died(i: number, cause: Cause): void {
    const {forest} = this.#stands;
    const unit = forest.unit[i]!;
    const dbhCm = forest.dbhCm[i]!;
    this.#books.died(unit, dbhCm, forest.pools(i), 1, true);
    this.#removals.add(
      {id: forest.id[i]!, species: forest.species[i]!, unit, stems: 1, dbhCm, heightM: forest.heightM[i]!},
      CARBON * forest.massKg(i),
      cause,
    );
  }

  /** What people plant, cut and tend. */
  manage(year: number): void {
    this.#management.act(year);
  }

  /** Seeds, seedlings, saplings, and those of them that become cohorts and trees. */
  regenerate(year: number): void {
    this.#stands.crowns();
    this.#regeneration.year(year, {...this.#around(), books: this.#books, recruits: this.#recruits});
  }

  #around() {
    return {
      stands: this.#stands,
      ground: this.#ground,
      years: this.#species,
      months: this.#months,
      water: this.#water,
      management: this.#management,
    };
  }

  /** Dead wood and soil. */
  decay(): void {
    this.#books.decay(this.#months.meanAnnualC);
  }

  /** The year's end, with what the books leave unexplained. */
  report(year: number): void {
    const row = this.#report.write(year, {
      stands: this.#stands,
      books: this.#books,
      costCny: this.#management.costCny,
      recruits: this.#recruits,
    });
    row.checks.carbonOfOneRelative = Math.max(this.#stands.forest.carbonGap, this.#stands.cohorts.carbonGap);
    row.checks.carbonOfAllRelative = this.#books.close();
    row.checks.waterMm = this.#water.gapMm;
    row.checks.absorbedFraction = this.#stands.forest.absorbedFraction();
    this.#sink.year(row);
  }
}
