import {type RunTable, WHOLE_SITE} from '#schemas';
import type {RunPlan} from '../plan.ts';
import {CAUSES, type RunYear, TREE_STATUS} from '../run/sink.ts';
import {type Cells, type Names, namesOf, TABLE_COLUMNS, type TableBlock, type TableSource} from './table.ts';

const NOTHING: TableBlock = {rows: 0, cells: []};

const repeated = (value: number, rows: number) => new Float64Array(rows).fill(value);
const first = (column: ArrayLike<number>, rows: number): Cells =>
  Float64Array.from({length: rows}, (_, i) => column[i]!);
const named = (column: ArrayLike<number>, names: readonly string[], rows: number): Cells =>
  Array.from({length: rows}, (_, i) => names[column[i]!] ?? '');

/** A number where it is one of something, empty where it says that there is none. */
const known = (column: ArrayLike<number>, none: number, rows: number): Cells =>
  Float64Array.from({length: rows}, (_, i) => (column[i] === none ? Number.NaN : column[i]!));

function treeBlocks(plan: RunPlan, names: Names): TableSource['block'] {
  // Why a dead tree that still stands died is told in the year of its death alone.
  const causes = new Map<number, number>();
  return ({year, trees, removals}) => {
    for (let i = 0; i < removals.count; i += 1) {
      if (removals.id[i] !== 0) causes.set(removals.id[i]!, removals.cause[i]!);
    }
    const n = trees.count;
    const alive = (i: number) => trees.status[i] === TREE_STATUS.alive;
    return {
      rows: n,
      cells: [
        repeated(year, n),
        first(trees.id, n),
        named(trees.species, names.species, n),
        named(trees.unit, names.unitZones, n),
        named(trees.unit, names.units, n),
        Array.from({length: n}, (_, i) => (trees.id[i]! < plan.nextId ? 'archive' : 'new')),
        ...[first(trees.xM, n), first(trees.yM, n)],
        Array.from({length: n}, (_, i) => (alive(i) ? 'alive' : 'dead')),
        Array.from({length: n}, (_, i) => (alive(i) ? '' : (CAUSES[causes.get(trees.id[i]!) ?? -1] ?? ''))),
        ...[trees.dbhCm, trees.heightM, trees.ageYr, trees.crownRadiusM].map((column) => first(column, n)),
        ...[trees.lightIndex, trees.stress, trees.netProductionKg].map((column) => first(column, n)),
        ...[trees.litterKg, trees.foliageKg, trees.fineRootKg].map((column) => first(column, n)),
        ...[trees.coarseRootKg, trees.stemKg, trees.branchKg, trees.reserveKg].map((column) =>
          first(column, n),
        ),
      ],
    };
  };
}

function standBlock({year, stands}: RunYear, names: Names): TableBlock {
  const n = stands.count;
  return {
    rows: n,
    cells: [
      repeated(year, n),
      named(stands.zone, names.zones, n),
      named(stands.species, names.species, n),
      ...[stands.stems, stands.basalAreaM2, stands.volumeM3, stands.leafAreaM2].map((column) =>
        first(column, n),
      ),
      ...[stands.carbonT, stands.nppT, stands.dbhCm, stands.heightM, stands.deaths].map((column) =>
        first(column, n),
      ),
    ],
  };
}

function cohortBlock({year, cohorts}: RunYear, names: Names): TableBlock {
  const n = cohorts.count;
  return {
    rows: n,
    cells: [
      repeated(year, n),
      named(cohorts.unit, names.unitZones, n),
      named(cohorts.unit, names.units, n),
      named(cohorts.species, names.species, n),
      named(cohorts.origin, ['start', 'new'], n),
      ...[cohorts.stemsPerHa, cohorts.dbhCm, cohorts.heightM, cohorts.ageYr].map((column) =>
        first(column, n),
      ),
      ...[cohorts.lightIndex, cohorts.stress, cohorts.netProductionKg, cohorts.massKg].map((column) =>
        first(column, n),
      ),
    ],
  };
}

function removalBlock({year, removals}: RunYear, names: Names): TableBlock {
  const n = removals.count;
  return {
    rows: n,
    cells: [
      repeated(year, n),
      known(removals.id, 0, n),
      named(removals.species, names.species, n),
      named(removals.unit, names.unitZones, n),
      named(removals.unit, names.units, n),
      ...[removals.stems, removals.dbhCm, removals.heightM, removals.carbonKg].map((column) =>
        first(column, n),
      ),
      named(removals.cause, CAUSES, n),
      known(removals.operation, -1, n),
    ],
  };
}

function waterBlock({year, water}: RunYear, names: Names): TableBlock {
  const units = names.units.length;
  const n = 12 * units;
  const unit = Int32Array.from({length: n}, (_, i) => Math.floor(i / 12));
  return {
    rows: n,
    cells: [
      repeated(year, n),
      Float64Array.from({length: n}, (_, i) => (i % 12) + 1),
      named(unit, names.unitZones, n),
      named(unit, names.units, n),
      ...[water.rainMm, water.et0Mm, water.interceptionMm, water.evaporationMm].map((column) =>
        first(column, n),
      ),
      ...[water.transpirationMm, water.runOffMm, water.percolationMm, water.capillaryMm].map((column) =>
        first(column, n),
      ),
      ...[water.irrigationMm, water.storageMm, water.relativeWater, water.stressDays].map((column) =>
        first(column, n),
      ),
    ],
  };
}

function carbonBlock({year, carbon}: RunYear, names: Names): TableBlock {
  const n = names.zones.length;
  return {
    rows: n,
    cells: [
      repeated(year, n),
      names.zones,
      ...[carbon.nppT, carbon.litterT, carbon.mortalityT, carbon.harvestT].map((column) => first(column, n)),
      ...[carbon.plantedT, carbon.respiredDeadT, carbon.respiredSoilT].map((column) => first(column, n)),
      ...[carbon.treesT, carbon.groundT, carbon.deadT].map((column) => first(column, n)),
      ...[carbon.youngSoilT, carbon.oldSoilT].map((column) => first(column, n)),
    ],
  };
}

/**
 * A table of a member's run, year by year: rows of one year at a time lie in memory. The state before the first year is among
 * them where a table tells stocks, under the year before.
 */
export function tableSource(plan: RunPlan, table: RunTable): TableSource {
  const names = namesOf(plan, WHOLE_SITE);
  const isStart = ({year}: RunYear) => year < plan.firstYear;
  const blocks: Record<RunTable, () => TableSource['block']> = {
    tree: () => treeBlocks(plan, names),
    stand: () => (year) => standBlock(year, names),
    cohort: () => (year) => cohortBlock(year, names),
    removal: () => (year) => (isStart(year) ? NOTHING : removalBlock(year, names)),
    water: () => (year) => (isStart(year) ? NOTHING : waterBlock(year, names)),
    carbon: () => (year) => carbonBlock(year, names),
  };
  return {table, columns: TABLE_COLUMNS[table], block: blocks[table]()};
}
