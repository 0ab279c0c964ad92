import {
  type Cohort,
  establishment,
  type ForestTree,
  groundLight,
  intolerantResponse,
  intrinsicDeath,
  lightResponse,
  mastFactor,
  poolsOf,
  RECRUIT_DISTANCE_M,
  REINEKE,
  randomKey,
  recruitPlace,
  responseBetween,
  SaplingColumns,
  type SaplingYear,
  SeedGrid,
  type SeedKernel,
  seedKernelOf,
  TREE_STATUS,
  tolerantResponse,
  treeMassKg,
  treeParametersOf,
  uniformAt,
  uniformPairsAt,
} from '#model';
import type {RunPlan} from '../plan.ts';
import type {CarbonBooks} from './carbon-books.ts';
import type {GroundLayer} from './ground-layer.ts';
import type {Management} from './management.ts';
import type {SaplingUnits} from './sink.ts';
import type {SpeciesYears} from './species-years.ts';
import type {Stands} from './stands.ts';
import type {UnitWater} from './unit-water.ts';
import type {YearMonths} from './year-months.ts';

const TWO_32 = 4_294_967_296;
/** Side of the cells in which trees come up, m. */
const CELL_M = 20;
/** Cells of that side along one of seed rain: seeds are spread on a coarser grid, as most travel farther than a cell. */
const COARSE = 2;
const SEED_CELL_M = COARSE * CELL_M;
/** Beyond the cells that regenerate, sources this far away still count, m. */
const MARGIN_M = 240;
/** A species bears seed in one year of four, as much as in four ordinary ones. Guess: mast years of broadleaves come every 2–7 years. */
const MAST = {everyYears: 4, factor: 4} as const;
/** Fewer seedlings than this are to be expected in a cell: none is looked for. */
const LEAST_EXPECTED = 0.01;
/** Stems of 25 cm that a hectare bears, and by `REINEKE` how many more of thinner ones. Guess, of temperate and subtropical broadleaves. */
const MOST_OF_25_CM_PER_HA = 1200;
/** Trees that came up and stand as trees of their own, on a hectare of a unit: what is beyond stays in cohorts, which grow alike. */
const OWN_TREES_PER_HA = 100;
/** Mean of a month from which on seedlings grow, °C. */
const GROWING_C = 5;

/** What a year of seeds and saplings is about. */
type Around = {
  stands: Stands;
  ground: GroundLayer;
  years: SpeciesYears;
  months: YearMonths;
  water: UnitWater;
  management: Management;
};

/**
 * Trees that come up by themselves in the cells of units that regenerate: seeds of mature trees and cohorts, seedlings where light,
 * water and warmth allow, saplings, and from 4 m on cohorts of their unit, which stand as trees once they are thick enough.
 */
export class Regeneration {
  readonly #plan: RunPlan;
  readonly #saplings: SaplingColumns;
  readonly #grid: SeedGrid;
  readonly #kernels: readonly SeedKernel[];
  readonly #westM: number;
  readonly #southM: number;
  readonly #seedWestM: number;
  readonly #seedSouthM: number;
  /** Seed cell of each cell; shares of each unit's area by seed cell, from `#first[u]` on. */
  readonly #coarseOf: Int32Array;
  readonly #first: Int32Array;
  readonly #unitCell: Int32Array;
  readonly #unitShare: Float64Array;
  /** Cell of a raster column and row, −1 for none; its first column and row. */
  readonly #cellAt: Int32Array;
  readonly #firstStem: Int32Array;
  #nextStem = new Int32Array(0);
  readonly #columns: number;
  readonly #rows: number;
  readonly #units: readonly number[];
  /** 1 for the units of `#units`. */
  readonly #regenerates: Uint8Array;
  readonly #cellsOfUnit: readonly (readonly number[])[];
  readonly #light: Float64Array;
  /** Cells in the order of their seed cells, and those of them that still take seedlings in. */
  readonly #bySeedCell: Int32Array;
  readonly #open: {
    cell: Int32Array;
    unit: Int32Array;
    /** As `#drawOf`. */
    draw: Int32Array;
    /** Use of the light at their ground by species that bear no shade, and much. */
    intolerant: Float64Array;
    tolerant: Float64Array;
    /** Seed cells that have any of them, and where the last of each ends. */
    seedCell: Int32Array;
    endOfSeedCell: Int32Array;
  };
  /** Cells where seedlings of a species are to be expected, how many, and their random numbers. */
  readonly #sown: {
    cell: Int32Array;
    expected: Float64Array;
    /** Place of its random number in `draw`, which has two for each counter. */
    drawn: Int32Array;
    counter: Uint32Array;
    draw: Float64Array;
  };
  /** Number of the pair of cells beside each other in a seed cell that share a draw, and which of the two: 2 · pair + 0 or 1. */
  readonly #drawOf: Int32Array;
  readonly #leaf: Float64Array;
  /** Seeds of the year by species and seed cell; how much a species bears, and whether any of it does. */
  readonly #sourceOf: (Float64Array | undefined)[] = [];
  readonly #mast: Float64Array;
  readonly #maturityYr: Float64Array;
  readonly #seedsPerCrownM2: Float64Array;
  readonly #bears: Uint8Array;
  readonly #rain: Float64Array;
  /** By unit: ground that is not taken, 0–1; trees that came up and stand. */
  readonly #room: Float64Array;
  readonly #survival: Float64Array;
  /** Share of each species that does not die of its age in a year. */
  readonly #outlivesYear: Float64Array;
  readonly #ownTrees: Int32Array;
  readonly #mastKey: number;
  readonly #seedKey: number;
  readonly #placeKey: number;

  constructor(plan: RunPlan, member: number) {
    const {cells, ground, species} = plan;
    this.#plan = plan;
    const count = cells.unit.length;
    this.#saplings = new SaplingColumns(
      cells.unit,
      species.map(({values}) => ({
        maxHeightM: values.maxHeightM,
        rate: values.saplingRate,
        heightOverDiameter: 50 * (values.openMPerCm + values.shadeMPerCm),
        lightClass: values.lightClass,
      })),
      CELL_M * CELL_M,
    );
    let [west, east, south, north] = [Infinity, -Infinity, Infinity, -Infinity];
    for (let cell = 0; cell < count; cell += 1) {
      west = Math.min(west, cells.xM[cell]! - CELL_M / 2);
      east = Math.max(east, cells.xM[cell]! + CELL_M / 2);
      south = Math.min(south, cells.yM[cell]! - CELL_M / 2);
      north = Math.max(north, cells.yM[cell]! + CELL_M / 2);
    }
    if (count === 0) [west, east, south, north] = [0, 0, 0, 0];
    this.#columns = Math.round((east - west) / CELL_M);
    this.#rows = Math.round((north - south) / CELL_M);
    this.#cellAt = new Int32Array(this.#columns * this.#rows).fill(-1);
    this.#firstStem = new Int32Array(this.#columns * this.#rows);
    this.#westM = west;
    this.#southM = south;
    // seeds come from as far as there is ground: a margin of water costs as much as one of woods
    const source = edgesOf(ground);
    const cellsWest = seedCellsBeside(west - source.west);
    const cellsSouth = seedCellsBeside(south - source.south);
    this.#seedWestM = west - cellsWest * SEED_CELL_M;
    this.#seedSouthM = south - cellsSouth * SEED_CELL_M;
    const wide = cellsWest + Math.ceil(this.#columns / COARSE) + seedCellsBeside(source.east - east);
    const high = cellsSouth + Math.ceil(this.#rows / COARSE) + seedCellsBeside(source.north - north);
    this.#grid = new SeedGrid(wide, high);
    this.#coarseOf = new Int32Array(count);
    this.#drawOf = new Int32Array(count);
    const cellsOfUnit: number[][] = plan.units.map(() => []);
    for (let cell = 0; cell < count; cell += 1) {
      const column = Math.floor((cells.xM[cell]! - west) / CELL_M);
      const row = Math.floor((cells.yM[cell]! - south) / CELL_M);
      this.#cellAt[row * this.#columns + column] = cell;
      const coarse = this.#coarseAt(cells.xM[cell]!, cells.yM[cell]!);
      this.#coarseOf[cell] = coarse;
      this.#drawOf[cell] = 2 * (COARSE * coarse + (row % COARSE)) + (column % COARSE);
      cellsOfUnit[cells.unit[cell]!]!.push(cell);
    }
    this.#cellsOfUnit = cellsOfUnit;
    this.#units = cellsOfUnit.flatMap((list, unit) => (list.length > 0 ? [unit] : []));
    this.#regenerates = Uint8Array.from(cellsOfUnit, (list) => (list.length > 0 ? 1 : 0));
    this.#maturityYr = Float64Array.from(species, ({values}) => values.maturityYr);
    this.#seedsPerCrownM2 = Float64Array.from(species, ({values}) => values.seedsPerCrownM2);
    this.#kernels = species.map((one) => seedKernelOf(one, SEED_CELL_M));

    // where the units lie on the seed grid, for cohorts that stand evenly over them
    const seedCells = wide * high;
    const squaresAt = new Int32Array(count > 0 ? plan.units.length * seedCells : 0);
    const squares = new Float64Array(plan.units.length);
    for (let at = 0; at < ground.unit.length && count > 0; at += 1) {
      const unit = ground.unit[at]!;
      if (unit < 0) continue;
      squares[unit] = squares[unit]! + 1;
      const xM = ground.westM + ((at % ground.columns) + 0.5) * ground.stepM;
      const yM = ground.southM + (Math.floor(at / ground.columns) + 0.5) * ground.stepM;
      const coarse = this.#coarseAt(xM, yM);
      if (coarse < 0) continue;
      squaresAt[unit * seedCells + coarse] = squaresAt[unit * seedCells + coarse]! + 1;
    }
    this.#first = new Int32Array(plan.units.length + 1);
    const unitCell: number[] = [];
    const unitShare: number[] = [];
    for (let at = 0; at < squaresAt.length; at += 1) {
      const unit = Math.floor(at / seedCells);
      if (squaresAt[at]! > 0) {
        unitCell.push(at % seedCells);
        unitShare.push(squaresAt[at]! / squares[unit]!);
      }
      this.#first[unit + 1] = unitCell.length;
    }
    this.#unitCell = Int32Array.from(unitCell);
    this.#unitShare = Float64Array.from(unitShare);

    this.#light = new Float64Array(count);
    this.#bySeedCell = Int32Array.from({length: count}, (_, cell) => cell).sort(
      (a, b) => this.#coarseOf[a]! - this.#coarseOf[b]! || a - b,
    );
    this.#open = {
      cell: new Int32Array(count),
      unit: new Int32Array(count),
      draw: new Int32Array(count),
      intolerant: new Float64Array(count),
      tolerant: new Float64Array(count),
      seedCell: new Int32Array(count),
      endOfSeedCell: new Int32Array(count),
    };
    this.#sown = {
      cell: new Int32Array(count),
      expected: new Float64Array(count),
      drawn: new Int32Array(count),
      counter: new Uint32Array(count),
      draw: new Float64Array(2 * count),
    };
    this.#leaf = new Float64Array(count);
    this.#room = new Float64Array(plan.units.length);
    this.#survival = new Float64Array(plan.units.length * species.length);
    this.#outlivesYear = Float64Array.from(
      species.map(treeParametersOf),
      ({maxAgeYr, reachesMaxAge}) => 1 - intrinsicDeath(maxAgeYr, reachesMaxAge),
    );
    this.#ownTrees = new Int32Array(plan.units.length);
    this.#mast = new Float64Array(species.length);
    this.#bears = new Uint8Array(species.length);
    this.#rain = new Float64Array(wide * high);
    this.#mastKey = randomKey(plan.seed, member, 'mast');
    this.#seedKey = randomKey(plan.seed, member, 'seedlings');
    this.#placeKey = randomKey(plan.seed, member, 'recruit');
  }

  /** Seed cell of a point, −1 outside the grid. */
  #coarseAt(xM: number, yM: number): number {
    const column = Math.floor((xM - this.#seedWestM) / SEED_CELL_M);
    const row = Math.floor((yM - this.#seedSouthM) / SEED_CELL_M);
    const {columns, rows} = this.#grid;
    return column < 0 || column >= columns || row < 0 || row >= rows ? -1 : row * columns + column;
  }

  /** Saplings of each unit that a census would count. */
  get saplings(): SaplingUnits {
    const {counted} = this.#saplings;
    return {...counted, rows: () => this.#saplings.rows()};
  }

  /** Saplings that stand at the start (`PlanUnit.saplings`), of years like that which `of` is about. */
  before(of: Around): void {
    const {units, firstYear} = this.#plan;
    const most = units.reduce((years, {saplings}) => Math.max(years, saplings?.years ?? 0), 0);
    if (this.#saplings.cells === 0 || most === 0) return;
    this.#prepare(of);
    for (let back = most; back > 0; back -= 1) {
      this.#saplings.step(this.#saplingYear(of.years), () => {});
      this.#seed(firstYear - back, of, (unit) => (units[unit]!.saplings?.years ?? 0) >= back);
      this.#saplings.leave((unit) => units[unit]!.saplings?.belowCm ?? Number.POSITIVE_INFINITY);
    }
  }

  /** A year's seeds, seedlings and saplings. `recruits`: adds the stems that came up, by unit. */
  year(year: number, of: Around & {books: CarbonBooks; recruits: Float64Array}): void {
    if (this.#saplings.cells === 0) return;
    this.#prepare(of);
    this.#grow(of);
    this.#seed(year, of);
    this.#stand(year, of);
  }

  /** What saplings find. */
  #prepare(of: Around): void {
    this.#lightOnGround(of.stands);
    this.#allow(of);
    this.#findRoom(of.stands, of.management);
    this.#survive(of.years);
  }

  #saplingYear({environment}: SpeciesYears): SaplingYear {
    return {
      environment,
      survival: this.#survival,
      groundLight: this.#light,
      room: this.#room,
    };
  }

  /** Light at the ground of each cell, by the leaf area of its trees and of its unit's cohorts. See groundLight. */
  #lightOnGround({forest, cohorts}: Stands): void {
    const leaf = this.#leaf;
    leaf.fill(0);
    for (let i = 0; i < forest.count; i += 1) {
      if (forest.alive[i] === 0) continue;
      const column = Math.floor((forest.xM[i]! - this.#westM) / CELL_M);
      const row = Math.floor((forest.yM[i]! - this.#southM) / CELL_M);
      if (column < 0 || column >= this.#columns || row < 0 || row >= this.#rows) continue;
      const cell = this.#cellAt[row * this.#columns + column]!;
      if (cell >= 0) leaf[cell] = leaf[cell]! + forest.leafAreaM2[i]!;
    }
    const {unit} = this.#plan.cells;
    for (let cell = 0; cell < leaf.length; cell += 1) {
      const lai = leaf[cell]! / (CELL_M * CELL_M) + cohorts.understorey.leaf[unit[cell]!]!;
      this.#light[cell] = groundLight(lai);
    }
  }

  /** What the year allows to each species on the units that regenerate, also where it does not stand yet. */
  #allow({stands, years, months, water, management}: Around): void {
    const {species} = this.#plan;
    for (const unit of this.#units) {
      for (let s = 0; s < species.length; s += 1) {
        if (stands.stems[unit * species.length + s]! > 0) continue;
        years.pair(unit, s, water.months.relativeWater, management.fertility[unit]!, months.meanC);
      }
    }
  }

  #grow(of: Parameters<Regeneration['year']>[1]): void {
    const {units, species, cells} = this.#plan;
    const {stands, years, books, recruits} = of;
    const came = new Map<number, {stems: number; heightM: number; dbhCm: number}>();
    this.#saplings.step(this.#saplingYear(years), (cell, s, count, heightM, dbhCm) => {
      const unit = cells.unit[cell]!;
      const key = unit * species.length + s;
      const sum = came.get(key) ?? {stems: 0, heightM: 0, dbhCm: 0};
      sum.stems += count;
      sum.heightM += count * heightM;
      sum.dbhCm += count * dbhCm;
      came.set(key, sum);
    });
    const added: Cohort[] = [];
    for (const [key, sum] of [...came].sort(([a], [b]) => a - b)) {
      const unit = Math.floor(key / species.length);
      const s = key % species.length;
      const size = {dbhCm: sum.dbhCm / sum.stems, heightM: sum.heightM / sum.stems};
      const {stems} = sum;
      if (stems < 0.5) continue;
      const pools = poolsOf(size, stands.species[s]!);
      // its age by the height curve of saplings is not kept: that of a tree grown in the open
      added.push({
        unit,
        species: s,
        ...size,
        ageYr: Math.min(10, species[s]!.values.maxAgeYr / 4),
        origin: 1,
        stemsPerM2: stems / units[unit]!.areaM2,
        grown: {pools, lastGrowthCm: 0.1, index: 1},
      });
      books.cameUp(unit, stems * treeMassKg(pools));
      recruits[unit] = recruits[unit]! + stems;
    }
    stands.cohorts.add(added);
  }

  /** What age, drought and flood leave of saplings: the same as of trees of their species. */
  #survive({year}: SpeciesYears): void {
    const {species} = this.#plan;
    for (const unit of this.#units) {
      for (let s = 0; s < species.length; s += 1) {
        const at = unit * species.length + s;
        this.#survival[at] = this.#outlivesYear[s]! * (1 - year.siteDeath[at]!);
      }
    }
  }

  /** Share of the ground of each unit that regenerates which no stem has taken yet, by Reineke's density: what comes up finds no more. */
  #findRoom({forest, cohorts}: Stands, management: Management): void {
    const {units} = this.#plan;
    const room = this.#room.fill(0);
    this.#ownTrees.fill(0);
    const newFrom = this.#plan.nextId;
    const {alive, unit: unitOf, dbhCm} = forest;
    for (let i = 0; i < forest.count; i += 1) {
      const unit = unitOf[i]!;
      if (alive[i] === 0 || this.#regenerates[unit] === 0) continue;
      room[unit] = room[unit]! + Math.exp(REINEKE * Math.log(dbhCm[i]! / 25));
      const id = forest.id[i]!;
      if (id >= newFrom && !management.planted(id)) this.#ownTrees[unit] = this.#ownTrees[unit]! + 1;
    }
    for (let i = 0; i < cohorts.count; i += 1) {
      const unit = cohorts.unit[i]!;
      if (this.#regenerates[unit] === 0) continue;
      const stems = cohorts.stemsPerM2[i]! * units[unit]!.areaM2;
      room[unit] = room[unit]! + stems * Math.exp(REINEKE * Math.log(cohorts.dbhCm[i]! / 25));
    }
    for (const [unit, {areaM2}] of units.entries()) {
      room[unit] = Math.max(0, 1 - room[unit]! / (MOST_OF_25_CM_PER_HA * (areaM2 / 10_000)));
    }
  }

  /** Seeds of the species that bear them this year, and what comes up of them on the units that are `sown`. */
  #seed(year: number, of: Around, sown: (unit: number) => boolean = () => true): void {
    const {species} = this.#plan;
    const {cell, expected, drawn, counter, draw} = this.#sown;
    const seedCells = this.#openCells();
    for (let s = 0; s < species.length; s += 1) {
      this.#mast[s] = mastFactor(uniformAt(this.#mastKey, year * TWO_32 + s), MAST);
    }
    this.#sources(of.stands);
    for (let s = 0; s < species.length; s += 1) {
      if (this.#bears[s] === 0) continue;
      const share = this.#establishment(s, of);
      let largestShare = 0;
      for (const unit of this.#units) {
        if (!sown(unit)) share[unit] = 0;
        largestShare = Math.max(largestShare, share[unit]!);
      }
      if (largestShare === 0) continue;
      this.#rain.fill(0);
      this.#grid.spread(this.#sourceOf[s]!, this.#kernels[s]!, this.#rain);
      const {cells, pairs} = this.#expect(s, seedCells, share, largestShare);
      // a whole number whose mean is what is to be expected
      uniformPairsAt(this.#seedKey + Math.floor(s / 256), year % 1024, counter, draw, pairs);
      for (let k = 0; k < cells; k += 1) {
        this.#saplings.establish(cell[k]!, s, Math.floor(expected[k]! + draw[drawn[k]!]!));
      }
    }
    this.#saplings.settle(this.#room);
  }

  /** Where seedlings of a species are to be expected of the seeds that fell, into `#sown`; `share` of them by unit in full light. */
  #expect(
    s: number,
    seedCells: number,
    share: Float64Array,
    largestShare: number,
  ): {cells: number; pairs: number} {
    const rain = this.#rain;
    const {cell: cellOf, expected, drawn, counter} = this.#sown;
    const {cell: openCell, unit, draw: drawOf, intolerant, tolerant, seedCell, endOfSeedCell} = this.#open;
    const tolerance = 0.25 * (this.#plan.species[s]!.values.lightClass - 1);
    const seedsPerCell = this.#mast[s]! / (COARSE * COARSE);
    let cells = 0;
    let pairs = 0;
    let lastPair = -1;
    for (let at = 0, k = 0; at < seedCells; at += 1) {
      const fell = seedsPerCell * rain[seedCell[at]!]!;
      const end = endOfSeedCell[at]!;
      if (fell * largestShare < LEAST_EXPECTED) k = end;
      for (; k < end; k += 1) {
        const mostly = fell * share[unit[k]!]!;
        if (mostly < LEAST_EXPECTED) continue;
        const most = mostly * responseBetween(intolerant[k]!, tolerant[k]!, tolerance);
        if (most < LEAST_EXPECTED) continue;
        cellOf[cells] = openCell[k]!;
        expected[cells] = most;
        const pair = drawOf[k]! >> 1;
        if (pair !== lastPair) {
          counter[pairs] = pair * 256 + (s % 256);
          pairs += 1;
          lastPair = pair;
        }
        drawn[cells] = 2 * (pairs - 1) + (drawOf[k]! & 1);
        cells += 1;
      }
    }
    return {cells, pairs};
  }

  /** Cells that still take seedlings in, and the use of the light at their ground; gives how many seed cells they lie in. */
  #openCells(): number {
    const {unit: unitOf} = this.#plan.cells;
    const {cell, unit, draw, intolerant, tolerant, seedCell, endOfSeedCell} = this.#open;
    let seedCells = 0;
    let opened = 0;
    for (const one of this.#bySeedCell) {
      if (this.#saplings.isFull(one)) continue;
      const coarse = this.#coarseOf[one]!;
      if (seedCells === 0 || seedCell[seedCells - 1] !== coarse) {
        seedCell[seedCells] = coarse;
        seedCells += 1;
      }
      cell[opened] = one;
      unit[opened] = unitOf[one]!;
      draw[opened] = this.#drawOf[one]!;
      intolerant[opened] = intolerantResponse(this.#light[one]!);
      tolerant[opened] = tolerantResponse(this.#light[one]!);
      opened += 1;
      endOfSeedCell[seedCells - 1] = opened;
    }
    return seedCells;
  }

  /** Seeds by seed cell of the species that `#mast` names, into their fields. */
  #sources({forest, cohorts}: Stands): void {
    const {units} = this.#plan;
    const mast = this.#mast;
    const maturityYr = this.#maturityYr;
    const seedsPerCrownM2 = this.#seedsPerCrownM2;
    this.#bears.fill(0);
    const {alive, species, ageYr, xM, yM, crownRadiusM} = forest;
    for (let i = 0; i < forest.count; i += 1) {
      const s = species[i]!;
      if (mast[s] === 0 || alive[i] === 0 || ageYr[i]! < maturityYr[s]!) continue;
      const coarse = this.#coarseAt(xM[i]!, yM[i]!);
      if (coarse < 0) continue;
      const radius = crownRadiusM[i]!;
      const source = this.#field(s);
      source[coarse] = source[coarse]! + seedsPerCrownM2[s]! * Math.PI * radius * radius;
    }
    for (let i = 0; i < cohorts.count; i += 1) {
      const s = cohorts.species[i]!;
      const unit = cohorts.unit[i]!;
      if (mast[s] === 0 || cohorts.ageYr[i]! < maturityYr[s]!) continue;
      if (this.#first[unit] === this.#first[unit + 1]) continue;
      const radius = cohorts.crownRadiusM[i]!;
      const stems = cohorts.stemsPerM2[i]! * units[unit]!.areaM2;
      const seeds = stems * seedsPerCrownM2[s]! * Math.PI * radius * radius;
      const source = this.#field(s);
      for (let at = this.#first[unit]!; at < this.#first[unit + 1]!; at += 1) {
        const coarse = this.#unitCell[at]!;
        source[coarse] = source[coarse]! + seeds * this.#unitShare[at]!;
      }
    }
  }

  #field(s: number): Float64Array {
    let field = this.#sourceOf[s];
    if (!field) {
      field = new Float64Array(this.#rain.length);
      this.#sourceOf[s] = field;
    } else if (this.#bears[s] === 0) field.fill(0);
    this.#bears[s] = 1;
    return field;
  }

  /** Share of seeds that come up in full light, by unit; 0 where nothing regenerates. */
  #establishment(s: number, {ground, months, water, years}: Around): Float64Array {
    const {units, species} = this.#plan;
    const {values, leafMonths} = species[s]!;
    const shares = new Float64Array(units.length);
    let degreeDays = 0;
    let lateFrostDays = 0;
    const growing: number[] = [];
    for (let m = 0; m < 12; m += 1) {
      degreeDays += months.days[m]! * Math.max(0, months.meanC[m]! - values.minC);
      if (years.inLeaf(s, m) > 0 && months.meanC[m]! >= GROWING_C) {
        growing.push(m);
        if (leafMonths && m + 1 > leafMonths.leafOut && m < 6) lateFrostDays += months.frostDays[m]!;
      }
    }
    const full = lightResponse(1, values.lightClass);
    for (const unit of this.#units) {
      const {floodedDays} = units[unit]!;
      shares[unit] =
        establishment(
          {
            groundLight: 1,
            degreeDays,
            lateFrostDays,
            relativeWater: growing.map((m) => water.months.relativeWater[12 * unit + m]!),
            floodedDays: growing.reduce((sum, m) => sum + floodedDays[m]!, 0),
            groundLayerLai: ground.lai[unit]!,
            kept: false,
          },
          values,
        ) / full;
    }
    return shares;
  }

  /** Cohorts that came up and are thick enough become trees, each at a place of its own in a cell of its unit. */
  #stand(year: number, {stands, management}: Around): void {
    const {cohorts, forest} = stands;
    const {units, cells, recruitDbhCm} = this.#plan;
    const trees: ForestTree[] = [];
    for (let i = 0; i < cohorts.count; i += 1) {
      if (cohorts.origin[i] !== 1 || cohorts.dbhCm[i]! < recruitDbhCm) continue;
      const unit = cohorts.unit[i]!;
      const areaM2 = units[unit]!.areaM2;
      const left = Math.floor(OWN_TREES_PER_HA * (areaM2 / 10_000)) - this.#ownTrees[unit]!;
      const whole = Math.min(left, Math.floor(cohorts.stemsPerM2[i]! * areaM2 + 1e-9));
      if (whole <= 0) continue;
      this.#ownTrees[unit] = this.#ownTrees[unit]! + whole;
      if (trees.length === 0) this.#findStems(stands);
      const own = this.#cellsOfUnit[unit]!;
      const first = randomKey(unit, 'recruit', cohorts.species[i]!, year);
      for (let k = 0; k < whole; k += 1) {
        const draw = (first + k) >>> 0;
        const cell = own[Math.floor(uniformAt(this.#placeKey, draw * 64) * own.length)]!;
        const [xM, yM] = [cells.xM[cell]!, cells.yM[cell]!];
        const near = this.#around(xM, yM, stands, trees);
        const place = recruitPlace({xM, yM, sizeM: CELL_M}, near, this.#placeKey, draw * 64 + 1);
        trees.push({...cohorts.stem(i), id: management.takeId(), draw, ...place});
        this.#chain(forest.count + trees.length - 1, place.xM, place.yM);
      }
      cohorts.take(i, whole / areaM2);
    }
    forest.add(trees);
    cohorts.settle();
  }

  /** Stems that stand in each square of the cells, as chains; numbers from the forest's count on are new trees. */
  #findStems({forest}: Stands): void {
    this.#firstStem.fill(-1);
    for (let i = 0; i < forest.count; i += 1) {
      if (forest.status[i] !== TREE_STATUS.gone) this.#chain(i, forest.xM[i]!, forest.yM[i]!);
    }
  }

  #squareAt(xM: number, yM: number): number {
    const column = Math.floor((xM - this.#westM) / CELL_M);
    const row = Math.floor((yM - this.#southM) / CELL_M);
    return column < 0 || column >= this.#columns || row < 0 || row >= this.#rows
      ? -1
      : row * this.#columns + column;
  }

  #chain(stem: number, xM: number, yM: number): void {
    const square = this.#squareAt(xM, yM);
    if (square < 0) return;
    if (stem >= this.#nextStem.length) {
      const wider = new Int32Array(2 * stem + 1024);
      wider.set(this.#nextStem);
      this.#nextStem = wider;
    }
    this.#nextStem[stem] = this.#firstStem[square]!;
    this.#firstStem[square] = stem;
  }

  /** Stems of a cell and as far around it as matters. */
  #around(xM: number, yM: number, {forest}: Stands, trees: readonly ForestTree[]) {
    const near: {xM: number; yM: number}[] = [];
    const reachM = CELL_M / 2 + RECRUIT_DISTANCE_M;
    for (let dx = -CELL_M; dx <= CELL_M; dx += CELL_M) {
      for (let dy = -CELL_M; dy <= CELL_M; dy += CELL_M) {
        const square = this.#squareAt(xM + dx, yM + dy);
        if (square < 0) continue;
        for (let stem = this.#firstStem[square]!; stem >= 0; stem = this.#nextStem[stem]!) {
          const own = stem < forest.count;
          const atX = own ? forest.xM[stem]! : trees[stem - forest.count]!.xM;
          const atY = own ? forest.yM[stem]! : trees[stem - forest.count]!.yM;
          if (Math.abs(atX - xM) < reachM && Math.abs(atY - yM) < reachM) near.push({xM: atX, yM: atY});
        }
      }
    }
    return near;
  }
}

/** The rectangle around all ground that is of a unit. */
function edgesOf({unit, columns, westM, southM, stepM}: RunPlan['ground']) {
  let [west, east, south, north] = [Infinity, -Infinity, Infinity, -Infinity];
  for (let at = 0; at < unit.length; at += 1) {
    if (unit[at]! < 0) continue;
    const xM = westM + (at % columns) * stepM;
    const yM = southM + Math.floor(at / columns) * stepM;
    west = Math.min(west, xM);
    east = Math.max(east, xM + stepM);
    south = Math.min(south, yM);
    north = Math.max(north, yM + stepM);
  }
  return {west, east, south, north};
}

/** Seed cells over a strip beside the cells that regenerate, as far as sources count. */
function seedCellsBeside(stripM: number): number {
  return Math.ceil(Math.min(MARGIN_M, Math.max(0, stripM)) / SEED_CELL_M);
}
