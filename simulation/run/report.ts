import {CARBON_FRACTION, CO2_PER_CARBON, rootOverShoot, TREE_STATUS} from '#model';
import {INDICATORS, type IndicatorId, PARTS, SHARED_INDICATORS} from '#schemas';
import type {RunPlan} from '../plan.ts';
import {CARBON, type CarbonBooks} from './carbon-books.ts';
import type {GroundLayer} from './ground-layer.ts';
import type {RemovalLog} from './removal-log.ts';
import {
  CAUSES,
  type CarbonZones,
  type CohortRows,
  type RunChecks,
  type RunYear,
  type SaplingUnits,
  type StandRows,
} from './sink.ts';
import type {Stands} from './stands.ts';
import type {UnitWater} from './unit-water.ts';

/** Rows that one call works on: short calls are compiled once, for good. */
const BLOCK = 512;
/** Diameters are counted by centimetre for the height of the thickest; thicker ones are in the last class. */
const CLASSES = 400;
/** The thickest of a hectare whose mean height is the dominant height. */
const DOMINANT_PER_HA = 100;
const [ARCHIVE, NEW, COHORTS, GROUND] = [0, 1, 2, 3] as const;
/** The first parts, which are made of stems. */
const STEM_PARTS = 3;
const rowOf = (id: IndicatorId) => INDICATORS.findIndex((indicator) => indicator.id === id);
const sharedRowOf = (id: (typeof SHARED_INDICATORS)[number]) => SHARED_INDICATORS.indexOf(id);
const HARVEST = CAUSES.indexOf('harvest');

/** Sums over the stems of a zone and species, or of a zone and part. */
const SUMS = [
  'stems',
  'basalAreaM2',
  'volumeM3',
  'leafAreaM2',
  'carbonKg',
  'nppKg',
  'dbhCm',
  'heightM',
] as const;
const [STEMS, BASAL, VOLUME, LEAF, MASS, NPP, DBH, HEIGHT] = [0, 1, 2, 3, 4, 5, 6, 7] as const;
const WIDTH = SUMS.length;

/**
 * What a year comes to, by zone: the columns of `RunYear`, worked out from stands, water and carbon at the year's end into arrays that
 * are used again.
 */
export class Report {
  readonly year: RunYear;
  readonly #plan: RunPlan;
  readonly #zoneOf: Int32Array;
  readonly #groundLai: Float64Array;
  readonly #areaM2: Float64Array;
  /** Sums at [((zone · species + s) · STEM_PARTS + part) · WIDTH + k]; of them those by species and those by part. */
  readonly #sums: Float64Array;
  /** Sums at [(zone · species + s) · WIDTH + k]. */
  readonly #bySpecies: Float64Array;
  /** Sums at [(zone · PARTS + part) · WIDTH + k]. */
  readonly #byPart: Float64Array;
  readonly #deaths: Float64Array;
  readonly #equationKg: Float64Array;
  readonly #classStems: Float64Array;
  readonly #classHeight: Float64Array;
  readonly #stemsBefore: Float64Array;
  readonly #carbonBefore: Float64Array;
  readonly #density: Float64Array;
  /** Of the stems of a block on their way into the sums: how often each counts, and its part. */
  readonly #times = new Float64Array(BLOCK);
  readonly #part = new Uint8Array(BLOCK);

  constructor(
    plan: RunPlan,
    of: {stands: Stands; ground: GroundLayer; water: UnitWater; removals: RemovalLog; saplings: SaplingUnits},
  ) {
    const {stands, ground, water, removals, saplings} = of;
    const zones = plan.zones.length;
    const all = zones + 1;
    const species = plan.species.length;
    this.#plan = plan;
    this.#groundLai = ground.lai;
    this.#zoneOf = new Int32Array(plan.units.length).fill(-1);
    for (const [z, {units}] of plan.zones.entries()) for (const unit of units) this.#zoneOf[unit] = z;
    const lost = this.#zoneOf.indexOf(-1);
    if (lost >= 0) throw new RangeError(`unit ${plan.units[lost]!.id} is in no zone`);
    this.#areaM2 = new Float64Array(all);
    for (const [unit, {areaM2}] of plan.units.entries()) {
      this.#areaM2[this.#zoneOf[unit]!] = this.#areaM2[this.#zoneOf[unit]!]! + areaM2;
      this.#areaM2[zones] = this.#areaM2[zones]! + areaM2;
    }
    this.#sums = new Float64Array(zones * species * STEM_PARTS * WIDTH);
    this.#bySpecies = new Float64Array(all * species * WIDTH);
    this.#byPart = new Float64Array(all * PARTS.length * WIDTH);
    this.#deaths = new Float64Array(all * species);
    this.#equationKg = new Float64Array(all);
    this.#classStems = new Float64Array(all * CLASSES);
    this.#classHeight = new Float64Array(all * CLASSES);
    this.#stemsBefore = new Float64Array(all);
    this.#carbonBefore = new Float64Array(all).fill(Number.NaN);
    this.#density = Float64Array.from(plan.species, ({values}) => values.woodDensityGPerCm3);
    const column = () => new Float64Array(all);
    const carbon: CarbonZones = {
      nppT: column(),
      litterT: column(),
      mortalityT: column(),
      harvestT: column(),
      plantedT: column(),
      respiredDeadT: column(),
      respiredSoilT: column(),
      treesT: column(),
      groundT: column(),
      deadT: column(),
      youngSoilT: column(),
      oldSoilT: column(),
    };
    const checks: RunChecks = {
      carbonOfOneRelative: 0,
      carbonOfAllRelative: 0,
      waterMm: 0,
      absorbedFraction: 0,
    };
    this.year = {
      year: plan.firstYear - 1,
      indicators: new Float64Array(INDICATORS.length * all),
      parts: new Float64Array(SHARED_INDICATORS.length * PARTS.length * all),
      trees: treeRows(stands),
      cohorts: cohortRows(0),
      saplings,
      removals: removals.rows,
      stands: standRows(all * species),
      water: water.months,
      carbon,
      checks,
    };
  }

  /** The year's end into the columns. `recruits`: stems that came up, by unit. */
  write(
    year: number,
    of: {stands: Stands; books: CarbonBooks; costCny: Float64Array; recruits: Float64Array},
  ): RunYear {
    const {stands, books} = of;
    this.year.year = year;
    this.#sumStems(stands, books);
    this.#sumDeaths();
    this.#writeStands();
    this.#writeCarbon(books);
    this.#writeZones(of.costCny, of.recruits);
    this.year.trees = treeRows(stands, this.year.trees);
    this.#writeCohorts(stands);
    return this.year;
  }

  #sumStems(stands: Stands, books: CarbonBooks): void {
    const {forest, cohorts} = stands;
    const zones = this.#plan.zones.length;
    const speciesCount = this.#plan.species.length;
    this.#sums.fill(0);
    this.#equationKg.fill(0);
    this.#classStems.fill(0);
    this.#classHeight.fill(0);
    books.living.fill(0);
    books.standing.fill(0);
    for (let from = 0; from < forest.count; from += BLOCK) {
      const to = Math.min(forest.count, from + BLOCK);
      this.#countTrees(stands, books, from, to);
      this.#addStems(forest, books, from, to);
    }
    for (let from = 0; from < cohorts.count; from += BLOCK) {
      const to = Math.min(cohorts.count, from + BLOCK);
      for (let i = from; i < to; i += 1) {
        this.#times[i - from] = cohorts.stemsPerM2[i]! * this.#plan.units[cohorts.unit[i]!]!.areaM2;
        this.#part[i - from] = COHORTS;
      }
      this.#addStems(cohorts, books, from, to);
    }
    this.#bySpecies.fill(0);
    this.#byPart.fill(0);
    for (let at = 0; at < zones * speciesCount; at += 1) {
      for (let part = 0; part < STEM_PARTS; part += 1) {
        const from = (at * STEM_PARTS + part) * WIDTH;
        if (this.#sums[from] === 0) continue;
        addRow(this.#sums, from, this.#bySpecies, at * WIDTH);
        addRow(this.#sums, from, this.#byPart, (Math.floor(at / speciesCount) * PARTS.length + part) * WIDTH);
      }
    }
    // the island is the sum of its zones
    addRows(this.#bySpecies, zones, speciesCount * WIDTH);
    addRows(this.#byPart, zones, PARTS.length * WIDTH);
    addRows(this.#equationKg, zones, 1);
    addRows(this.#classStems, zones, CLASSES);
    addRows(this.#classHeight, zones, CLASSES);
  }

  /** How often each tree of the rows [from, to) counts, and in which part; wood of those that are dead and stand. */
  #countTrees({forest}: Stands, books: CarbonBooks, from: number, to: number): void {
    const {alive, status, unit, id, stemKg, branchKg} = forest;
    const newFrom = this.#plan.nextId;
    const times = this.#times;
    const part = this.#part;
    for (let i = from; i < to; i += 1) {
      times[i - from] = alive[i]!;
      part[i - from] = id[i]! < newFrom ? ARCHIVE : NEW;
      if (status[i] !== TREE_STATUS.standingDead) continue;
      const u = unit[i]!;
      books.standing[u] = books.standing[u]! + CARBON * (stemKg[i]! + branchKg[i]!);
    }
  }

  /** Stems of the rows [from, to) into the sums, as often and in the parts that `#times` and `#part` say. */
  #addStems(of: Stands['forest'] | Stands['cohorts'], books: CarbonBooks, from: number, to: number): void {
    const {unit: unitOf, species: speciesOf, dbhCm, heightM, leafAreaM2, netProductionKg} = of;
    const {living} = books;
    const times = this.#times;
    const part = this.#part;
    const zoneOf = this.#zoneOf;
    const sums = this.#sums;
    const classStems = this.#classStems;
    const classHeight = this.#classHeight;
    const equationKg = this.#equationKg;
    const density = this.#density;
    const speciesCount = density.length;
    for (let i = from; i < to; i += 1) {
      const n = times[i - from]!;
      if (n === 0) continue;
      const unit = unitOf[i]!;
      const species = speciesOf[i]!;
      const zone = zoneOf[unit]!;
      const dbh = dbhCm[i]!;
      const height = heightM[i]!;
      const massKg = of.massKg(i);
      living[unit] = living[unit]! + CARBON * n * massKg;
      const row = ((zone * speciesCount + species) * STEM_PARTS + part[i - from]!) * WIDTH;
      sums[row + STEMS] = sums[row + STEMS]! + n;
      sums[row + BASAL] = sums[row + BASAL]! + n * (Math.PI / 40_000) * dbh * dbh;
      sums[row + VOLUME] = sums[row + VOLUME]! + n * of.volumeM3(i);
      sums[row + LEAF] = sums[row + LEAF]! + n * leafAreaM2[i]!;
      sums[row + MASS] = sums[row + MASS]! + n * massKg;
      sums[row + NPP] = sums[row + NPP]! + n * netProductionKg[i]!;
      sums[row + DBH] = sums[row + DBH]! + n * dbh;
      sums[row + HEIGHT] = sums[row + HEIGHT]! + n * height;
      const at = zone * CLASSES + Math.min(CLASSES - 1, Math.floor(dbh));
      classStems[at] = classStems[at]! + n;
      classHeight[at] = classHeight[at]! + n * height;
      // aboveGroundKg
      const d2h = density[species]! * dbh * dbh * height;
      equationKg[zone] = equationKg[zone]! + n * 0.0673 * Math.exp(0.976 * Math.log(d2h));
    }
  }

  #sumDeaths(): void {
    const {removals} = this.year;
    const speciesCount = this.#plan.species.length;
    this.#deaths.fill(0);
    for (let row = 0; row < removals.count; row += 1) {
      if (removals.cause[row] === HARVEST) continue;
      const at = this.#zoneOf[removals.unit[row]!]! * speciesCount + removals.species[row]!;
      this.#deaths[at] = this.#deaths[at]! + removals.stems[row]!;
    }
    addRows(this.#deaths, this.#plan.zones.length, speciesCount);
  }

  #writeStands(): void {
    const {stands} = this.year;
    const speciesCount = this.#plan.species.length;
    let row = 0;
    for (let zone = 0; zone <= this.#plan.zones.length; zone += 1) {
      for (let s = 0; s < speciesCount; s += 1) {
        const at = (zone * speciesCount + s) * WIDTH;
        const stems = this.#bySpecies[at + STEMS]!;
        const deaths = this.#deaths[zone * speciesCount + s]!;
        if (stems === 0 && deaths === 0) continue;
        stands.zone[row] = zone;
        stands.species[row] = s;
        stands.stems[row] = stems;
        stands.basalAreaM2[row] = this.#bySpecies[at + BASAL]!;
        stands.volumeM3[row] = this.#bySpecies[at + VOLUME]!;
        stands.leafAreaM2[row] = this.#bySpecies[at + LEAF]!;
        stands.carbonT[row] = (CARBON * this.#bySpecies[at + MASS]!) / 1000;
        stands.nppT[row] = this.#bySpecies[at + NPP]! / 1000;
        stands.dbhCm[row] = this.#bySpecies[at + DBH]! / stems;
        stands.heightM[row] = this.#bySpecies[at + HEIGHT]! / stems;
        stands.deaths[row] = deaths;
        row += 1;
      }
    }
    stands.count = row;
  }

  #writeCarbon(books: CarbonBooks): void {
    const {carbon} = this.year;
    const zones = this.#plan.zones.length;
    for (const column of Object.values(carbon)) column.fill(0);
    for (let unit = 0; unit < this.#zoneOf.length; unit += 1) {
      for (const zone of [this.#zoneOf[unit]!, zones]) {
        carbon.nppT[zone] = carbon.nppT[zone]! + books.production[unit]! / 1000;
        carbon.litterT[zone] = carbon.litterT[zone]! + books.litter[unit]! / 1000;
        carbon.mortalityT[zone] = carbon.mortalityT[zone]! + books.mortality[unit]! / 1000;
        carbon.harvestT[zone] = carbon.harvestT[zone]! + books.harvest[unit]! / 1000;
        carbon.plantedT[zone] = carbon.plantedT[zone]! + books.planted[unit]! / 1000;
        carbon.respiredDeadT[zone] = carbon.respiredDeadT[zone]! + books.respiredDead[unit]! / 1000;
        carbon.respiredSoilT[zone] = carbon.respiredSoilT[zone]! + books.respiredSoil[unit]! / 1000;
        carbon.treesT[zone] = carbon.treesT[zone]! + books.living[unit]! / 1000;
        carbon.groundT[zone] = carbon.groundT[zone]! + books.ground[unit]! / 1000;
        carbon.deadT[zone] = carbon.deadT[zone]! + books.dead(unit) / 1000;
        carbon.youngSoilT[zone] = carbon.youngSoilT[zone]! + books.young[unit]! / 1000;
        carbon.oldSoilT[zone] = carbon.oldSoilT[zone]! + books.old[unit]! / 1000;
      }
    }
  }

  #writeZones(costCny: Float64Array, recruits: Float64Array): void {
    const {indicators, parts, carbon, water} = this.year;
    const {units, species} = this.#plan;
    const zones = this.#plan.zones.length;
    const all = zones + 1;
    const set = (id: IndicatorId, zone: number, value: number) => {
      indicators[rowOf(id) * all + zone] = value;
    };
    const share = (id: (typeof SHARED_INDICATORS)[number], part: number, zone: number, value: number) => {
      parts[(sharedRowOf(id) * PARTS.length + part) * all + zone] = value;
    };
    for (let zone = 0; zone < all; zone += 1) {
      const area = this.#areaM2[zone]!;
      const hectares = area / 10_000;
      const total = new Float64Array(WIDTH);
      for (let part = 0; part < STEM_PARTS; part += 1) {
        const at = (zone * PARTS.length + part) * WIDTH;
        for (let k = 0; k < WIDTH; k += 1) total[k] = total[k]! + this.#byPart[at + k]!;
        share('stems_per_ha', part, zone, this.#byPart[at + STEMS]! / hectares);
        share('basal_area_m2_per_ha', part, zone, this.#byPart[at + BASAL]! / hectares);
        share('volume_m3_per_ha', part, zone, this.#byPart[at + VOLUME]! / hectares);
        share('lai', part, zone, this.#byPart[at + LEAF]! / area);
        share('carbon_trees_t', part, zone, (CARBON * this.#byPart[at + MASS]!) / 1000);
        share('npp_t_per_ha', part, zone, this.#byPart[at + NPP]! / 1000 / hectares);
      }
      let groundLeafM2 = 0;
      let [transpired, ranOff, percolated, irrigatedM3, stressed] = [0, 0, 0, 0, 0];
      let [cost, came] = [0, 0];
      for (let unit = 0; unit < units.length; unit += 1) {
        if (zone < zones && this.#zoneOf[unit] !== zone) continue;
        const {areaM2} = units[unit]!;
        groundLeafM2 += areaM2 * this.#groundLai[unit]!;
        cost += costCny[unit]!;
        came += recruits[unit]!;
        for (let at = 12 * unit; at < 12 * unit + 12; at += 1) {
          transpired += areaM2 * water.transpirationMm[at]!;
          ranOff += areaM2 * water.runOffMm[at]!;
          percolated += areaM2 * water.percolationMm[at]!;
          irrigatedM3 += (areaM2 * water.irrigationMm[at]!) / 1000;
          stressed += areaM2 * water.stressDays[at]!;
        }
      }
      const stems = total[STEMS]!;
      share('stems_per_ha', GROUND, zone, 0);
      share('lai', GROUND, zone, groundLeafM2 / area);
      share('carbon_trees_t', GROUND, zone, carbon.groundT[zone]!);
      // what of production is no tree's and no cohort's: grass, and seedlings that came up
      const nppT = carbon.nppT[zone]! / CARBON;
      share('npp_t_per_ha', GROUND, zone, (nppT - total[NPP]! / 1000) / hectares);
      set('stems_per_ha', zone, stems / hectares);
      set('basal_area_m2_per_ha', zone, total[BASAL]! / hectares);
      set('volume_m3_per_ha', zone, total[VOLUME]! / hectares);
      set('lai', zone, (total[LEAF]! + groundLeafM2) / area);
      set('mean_dbh_cm', zone, total[DBH]! / stems);
      set('dominant_height_m', zone, this.#dominantHeightM(zone, DOMINANT_PER_HA * hectares));
      set('carbon_trees_t', zone, carbon.treesT[zone]! + carbon.groundT[zone]!);
      const shootT = this.#equationKg[zone]! / 1000;
      const withRoots = shootT * (1 + rootOverShoot(shootT / hectares));
      set('carbon_trees_equation_t', zone, CARBON_FRACTION.all * withRoots);
      set('carbon_dead_t', zone, carbon.deadT[zone]!);
      set('carbon_soil_t', zone, carbon.youngSoilT[zone]! + carbon.oldSoilT[zone]!);
      const carbonT =
        carbon.treesT[zone]! +
        carbon.groundT[zone]! +
        carbon.deadT[zone]! +
        carbon.youngSoilT[zone]! +
        carbon.oldSoilT[zone]!;
      set('carbon_total_t', zone, carbonT);
      const before = this.#carbonBefore[zone]!;
      set('net_uptake_tco2_per_year', zone, Number.isNaN(before) ? 0 : CO2_PER_CARBON * (carbonT - before));
      this.#carbonBefore[zone] = carbonT;
      set('npp_t_per_ha', zone, nppT / hectares);
      let died = 0;
      let richness = 0;
      let shannon = 0;
      for (let s = 0; s < species.length; s += 1) {
        died += this.#deaths[zone * species.length + s]!;
        const n = this.#bySpecies[(zone * species.length + s) * WIDTH + STEMS]!;
        if (n <= 0) continue;
        richness += 1;
        shannon -= (n / stems) * Math.log(n / stems);
      }
      set('mortality_percent', zone, (100 * died) / this.#stemsBefore[zone]!);
      this.#stemsBefore[zone] = stems;
      set('recruits_per_ha', zone, came / hectares);
      set('species_richness', zone, richness);
      set('shannon', zone, shannon);
      set('transpiration_mm', zone, transpired / area);
      set('run_off_mm', zone, ranOff / area);
      set('percolation_mm', zone, percolated / area);
      set('irrigation_m3', zone, irrigatedM3);
      set('drought_days', zone, stressed / area);
      set('cost_cny', zone, cost);
    }
  }

  /** Mean height of so many of the thickest stems, m; of all where there are fewer; NaN of none. */
  #dominantHeightM(zone: number, wanted: number): number {
    let left = wanted;
    let sum = 0;
    for (let k = CLASSES - 1; k >= 0 && left > 0; k -= 1) {
      const stems = this.#classStems[zone * CLASSES + k]!;
      if (stems <= 0) continue;
      const taken = Math.min(left, stems);
      sum += (taken * this.#classHeight[zone * CLASSES + k]!) / stems;
      left -= taken;
    }
    return sum / (wanted - left);
  }

  #writeCohorts(stands: Stands): void {
    const {cohorts} = stands;
    if (this.year.cohorts.unit.length < cohorts.count) this.year.cohorts = cohortRows(2 * cohorts.count);
    const rows = this.year.cohorts;
    rows.count = cohorts.count;
    for (let i = 0; i < cohorts.count; i += 1) {
      rows.unit[i] = cohorts.unit[i]!;
      rows.species[i] = cohorts.species[i]!;
      rows.origin[i] = cohorts.origin[i]!;
      rows.stemsPerHa[i] = 10_000 * cohorts.stemsPerM2[i]!;
      rows.dbhCm[i] = cohorts.dbhCm[i]!;
      rows.heightM[i] = cohorts.heightM[i]!;
      rows.ageYr[i] = cohorts.ageYr[i]!;
      rows.lightIndex[i] = cohorts.index[i]!;
      rows.stress[i] = cohorts.stress[i]!;
      rows.netProductionKg[i] = cohorts.netProductionKg[i]!;
      rows.massKg[i] = cohorts.massKg(i);
    }
  }
}

/** Adds one row of sums to another. */
function addRow(from: Float64Array, row: number, to: Float64Array, into: number): void {
  for (let k = 0; k < WIDTH; k += 1) to[into + k] = to[into + k]! + from[row + k]!;
}

/** Adds rows of so many numbers, one after another, into the row behind them. */
function addRows(table: Float64Array, rows: number, width: number): void {
  const last = rows * width;
  table.fill(0, last, last + width);
  for (let row = 0; row < rows; row += 1) {
    for (let k = 0; k < width; k += 1) table[last + k] = table[last + k]! + table[row * width + k]!;
  }
}

/** The forest's own columns. */
function treeRows({forest}: Stands, rows?: RunYear['trees']): RunYear['trees'] {
  const to = rows ?? ({} as RunYear['trees']);
  to.count = forest.count;
  to.id = forest.id;
  to.xM = forest.xM;
  to.yM = forest.yM;
  to.species = forest.species;
  to.unit = forest.unit;
  to.status = forest.status;
  to.dbhCm = forest.dbhCm;
  to.heightM = forest.heightM;
  to.ageYr = forest.ageYr;
  to.crownRadiusM = forest.crownRadiusM;
  to.lightIndex = forest.index;
  to.stress = forest.stress;
  to.netProductionKg = forest.netProductionKg;
  to.litterKg = forest.litterKg;
  to.foliageKg = forest.foliageKg;
  to.fineRootKg = forest.fineRootKg;
  to.coarseRootKg = forest.coarseRootKg;
  to.stemKg = forest.stemKg;
  to.branchKg = forest.branchKg;
  to.reserveKg = forest.reserveKg;
  return to;
}

function cohortRows(room: number): CohortRows {
  const column = () => new Float64Array(room);
  return {
    count: 0,
    unit: new Int32Array(room),
    species: new Int32Array(room),
    origin: new Uint8Array(room),
    stemsPerHa: column(),
    dbhCm: column(),
    heightM: column(),
    ageYr: column(),
    lightIndex: column(),
    stress: column(),
    netProductionKg: column(),
    massKg: column(),
  };
}

function standRows(room: number): StandRows {
  const column = () => new Float64Array(room);
  return {
    count: 0,
    zone: new Int32Array(room),
    species: new Int32Array(room),
    stems: column(),
    basalAreaM2: column(),
    volumeM3: column(),
    leafAreaM2: column(),
    carbonT: column(),
    nppT: column(),
    dbhCm: column(),
    heightM: column(),
    deaths: column(),
  };
}
