import type {RunTable, TableColumn} from '#schemas';
import type {RunPlan} from '../plan.ts';
import {CAUSES, type RunYear} from '../run/sink.ts';

/**
 * `integer` and `number` columns are empty where there is no value; `text` is an id or a word. `decimals`: rounded to so many
 * digits behind the point; absent: to the last bit.
 */
export type Column = TableColumn & {kind: 'integer' | 'number' | 'text'; decimals?: number};
/** Cells of a column in a block of rows: numbers (NaN: no value), or texts ('': none). */
export type Cells = ArrayLike<number> | readonly string[];
export type TableBlock = {rows: number; cells: readonly Cells[]};
/** A table of a member: what its columns mean, and the rows of each year as it comes. */
export type TableSource = {table: RunTable; columns: readonly Column[]; block(year: RunYear): TableBlock};

const integer = (name: string, unit: string | null, meaning: string): Column => ({
  ...{name, unit, meaning},
  kind: 'integer',
});
const number = (name: string, unit: string, meaning: string): Column => ({
  name,
  unit,
  meaning,
  kind: 'number',
});
/** Of one tree or stem: more digits than could ever be measured would make the longest table twice as long. */
const rounded = (name: string, unit: string, meaning: string, decimals = 4): Column => ({
  ...number(name, unit, meaning),
  decimals,
});
const text = (name: string, meaning: string): Column => ({name, unit: null, meaning, kind: 'text'});

const YEAR = integer('year', 'a', 'Calendar year; stocks are of its end, flows of the whole of it');
const MONTH = integer('month', 'mo', 'Month of the year, 1–12');
const ZONE = text('zone', 'Id of the zone; island: the whole site');
const UNIT = text('unit', 'Response unit: zone, soil, flood class');
const SPECIES = text('species', 'Id of the species');

export const TABLE_COLUMNS: Readonly<Record<RunTable, readonly Column[]>> = {
  tree: [
    YEAR,
    integer('id', null, 'Number of the tree; those of the archive keep theirs'),
    SPECIES,
    ZONE,
    UNIT,
    text('origin', 'archive: stood at the start; new: planted or came up since'),
    rounded('xM', 'm', 'East of the site’s origin', 2),
    rounded('yM', 'm', 'North of the site’s origin', 2),
    text('status', 'alive, or dead and standing'),
    text('cause', 'Why it died; empty: it lives'),
    rounded('dbhCm', 'cm', 'Diameter at 1.3 m'),
    rounded('heightM', 'm', 'Height'),
    rounded('ageYr', 'a', 'Age'),
    rounded('crownRadiusM', 'm', 'Radius of the crown'),
    rounded('lightIndex', '1', 'Light that reaches the crown, 0–1'),
    rounded('stress', '1', 'Lack of carbon in the year, 0–1'),
    rounded('nppKg', 'kg', 'Net production in the year, dry mass'),
    rounded('litterKg', 'kg', 'Leaves, roots and twigs shed in the year, dry mass'),
    rounded('foliageKg', 'kg', 'Dry mass of foliage'),
    rounded('fineRootKg', 'kg', 'Dry mass of fine roots'),
    rounded('coarseRootKg', 'kg', 'Dry mass of coarse roots'),
    rounded('stemKg', 'kg', 'Dry mass of the stem'),
    rounded('branchKg', 'kg', 'Dry mass of branches'),
    rounded('reserveKg', 'kg', 'Dry mass of the reserve'),
  ],
  stand: [
    YEAR,
    ZONE,
    SPECIES,
    number('stems', '1', 'Living stems'),
    number('basalAreaM2', 'm2', 'Basal area'),
    number('volumeM3', 'm3', 'Stem volume'),
    number('leafAreaM2', 'm2', 'Leaf area'),
    number('carbonT', 't', 'Carbon in living trees'),
    number('nppT', 't', 'Net production in the year, dry mass'),
    number('dbhCm', 'cm', 'Mean diameter'),
    number('heightM', 'm', 'Mean height'),
    number('deaths', '1', 'Stems that died in the year'),
  ],
  cohort: [
    YEAR,
    ZONE,
    UNIT,
    SPECIES,
    text('origin', 'start: stood at the start; new: came up since'),
    rounded('stemsPerHa', '/har', 'Stems on a hectare'),
    rounded('dbhCm', 'cm', 'Diameter at 1.3 m'),
    rounded('heightM', 'm', 'Height'),
    rounded('ageYr', 'a', 'Age'),
    rounded('lightIndex', '1', 'Light that reaches the crowns, 0–1'),
    rounded('stress', '1', 'Lack of carbon in the year, 0–1'),
    rounded('nppKg', 'kg', 'Net production of a stem in the year, dry mass'),
    rounded('massKg', 'kg', 'Dry mass of a stem, all parts'),
  ],
  removal: [
    YEAR,
    integer('id', null, 'Number of the tree; empty: stems of a cohort'),
    SPECIES,
    ZONE,
    UNIT,
    rounded('stems', '1', 'Stems'),
    rounded('dbhCm', 'cm', 'Diameter at 1.3 m'),
    rounded('heightM', 'm', 'Height'),
    rounded('carbonKg', 'kg', 'Carbon in all parts of all these stems'),
    text('cause', `Why: ${CAUSES.join(', ')}`),
    integer('operation', null, 'Place of the operation in the scenario, from 0; empty: none'),
  ],
  water: [
    YEAR,
    MONTH,
    ZONE,
    UNIT,
    number('rainMm', 'mm', 'Rain'),
    number('et0Mm', 'mm', 'Reference evapotranspiration (FAO-56)'),
    number('interceptionMm', 'mm', 'Rain that leaves held'),
    number('evaporationMm', 'mm', 'Evaporation of the soil'),
    number('transpirationMm', 'mm', 'Transpiration'),
    number('runOffMm', 'mm', 'Run-off'),
    number('percolationMm', 'mm', 'Deep percolation'),
    number('capillaryMm', 'mm', 'Capillary rise'),
    number('irrigationMm', 'mm', 'Irrigation'),
    number('storageMm', 'mm', 'Water in all layers at the month’s end'),
    number('relativeWater', '1', 'Mean share of the water that roots can take, 0–1'),
    number('stressDays', 'd', 'Days on which plants lacked water'),
  ],
  carbon: [
    YEAR,
    ZONE,
    number('nppT', 't', 'Net production, carbon'),
    number('litterT', 't', 'Litter, carbon'),
    number('mortalityT', 't', 'In trees that died of themselves'),
    number('harvestT', 't', 'Carried away'),
    number('plantedT', 't', 'Brought in with planted trees'),
    number('respiredDeadT', 't', 'Respired from dead wood'),
    number('respiredSoilT', 't', 'Respired from the soil'),
    number('treesT', 't', 'In living trees'),
    number('groundT', 't', 'In grass and herbs'),
    number('deadT', 't', 'In dead wood'),
    number('youngSoilT', 't', 'In the young pool of the soil'),
    number('oldSoilT', 't', 'In the old pool of the soil'),
  ],
};

/** What the tables look up: names in place of indices. */
export type Names = {
  species: readonly string[];
  units: readonly string[];
  unitZones: readonly string[];
  /** The whole site last. */
  zones: readonly string[];
};

export function namesOf(plan: RunPlan, wholeSite: string): Names {
  return {
    species: plan.speciesIds,
    units: plan.units.map(({id}) => id),
    unitZones: plan.units.map(({zone}) => zone),
    zones: [...plan.zones.map(({id}) => id), wholeSite],
  };
}
