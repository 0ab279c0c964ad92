import {curveHeightM, randomKey, SOIL_WATER_RESPONSES, speciesTable, uniformAt} from '#model';
import {INDICATORS, type IndicatorId} from '#schemas';
import type {PlanOperation, PlanUnit, RunEvent, RunPlan, RunYear, YearWeather} from '#simulation';
import {runMember} from '../../../simulation/run/run-member.ts';
import {OVERRIDES, SPECIES} from '../../model/forest/species/species-list.ts';
import {LOAM} from '../../model/soil/soils.ts';

const TABLE = speciesTable(SPECIES, OVERRIDES);
const NAMES = [
  'Cinnamomum camphora',
  'Liquidambar formosana',
  'Populus adenopoda',
  'Machilus nanmu',
  'Taxodium distichum',
  'Ginkgo biloba',
] as const;
export const species = NAMES.map((name) => TABLE.find(({scientificName}) => scientificName === name)!);
export const speciesOf = (name: (typeof NAMES)[number]) => NAMES.indexOf(name);

const HECTARE_M = 100;

/** A unit of a hectare, the k-th to the east. */
export function unitOf(k: number, change: Partial<PlanUnit> = {}): PlanUnit {
  return {
    id: `zone-${k}/loam/dry`,
    zone: `zone-${k}`,
    areaM2: HECTARE_M * HECTARE_M,
    latitudeDeg: 29.6,
    groundM: 200,
    soil: {waterResponse: SOIL_WATER_RESPONSES.clayLoam, fertility: 0.6},
    bucket: LOAM,
    startWaterFraction: 0.8,
    soilCarbon: {youngKgPerM2: 0.25, oldKgPerM2: 4},
    regenerates: false,
    floodedDays: Array<number>(12).fill(0),
    groundLayer: {lai: 0.5, rootDepthM: 0.3, carbonKgPerM2: 0.1},
    ...change,
  };
}

/** Trees at random on the hectare of a unit. */
export function treesOn(
  unit: number,
  of: {count: number; species: readonly number[]; dbhCm: readonly [number, number]; seed?: number},
): {xM: number; yM: number; species: number; unit: number; dbhCm: number; heightM: number; ageYr: number}[] {
  const key = randomKey(of.seed ?? 5, 'trees', unit);
  return Array.from({length: of.count}, (_, i) => {
    const s = of.species[i % of.species.length]!;
    const [least, most] = of.dbhCm;
    const dbhCm = least + (most - least) * uniformAt(key, 4 * i);
    const {maxHeightM, openMPerCm, shadeMPerCm} = species[s]!.values;
    return {
      xM: HECTARE_M * (unit + uniformAt(key, 4 * i + 1)),
      yM: HECTARE_M * uniformAt(key, 4 * i + 2),
      species: s,
      unit,
      dbhCm,
      heightM: curveHeightM(dbhCm, maxHeightM, (openMPerCm + shadeMPerCm) / 2),
      ageYr: 1.5 * dbhCm,
    };
  });
}

type MadeTree = ReturnType<typeof treesOn>[number] & {id?: number};

export function treeColumns(trees: readonly MadeTree[]): RunPlan['trees'] {
  return {
    id: Uint32Array.from(trees, ({id}, i) => id ?? i + 1),
    xM: Float64Array.from(trees, ({xM}) => xM),
    yM: Float64Array.from(trees, ({yM}) => yM),
    species: Uint16Array.from(trees, (tree) => tree.species),
    unit: Uint16Array.from(trees, ({unit}) => unit),
    dbhCm: Float64Array.from(trees, ({dbhCm}) => dbhCm),
    heightM: Float64Array.from(trees, ({heightM}) => heightM),
    ageYr: Float64Array.from(trees, ({ageYr}) => ageYr),
  };
}

/** Hectares side by side, each a zone, under made weather. */
export function madePlan(
  change: {trees?: readonly MadeTree[]; units?: readonly PlanUnit[]} & Partial<
    Omit<RunPlan, 'trees' | 'units'>
  > = {},
): RunPlan {
  const units = change.units ?? [unitOf(0), unitOf(1)];
  const cells = units.flatMap(({regenerates}, unit) =>
    regenerates
      ? Array.from({length: 25}, (_, k) => ({unit, column: 5 * unit + (k % 5), row: Math.floor(k / 5)}))
      : [],
  );
  const columns = 20 * units.length;
  const trees =
    change.trees ??
    units.flatMap((_, unit) => treesOn(unit, {count: 200, species: [0, 1, 2, 3], dbhCm: [5, 25]}));
  return {
    site: 'a-site',
    scenario: 'made',
    firstYear: 2026,
    years: 5,
    seed: 3,
    members: 1,
    physiology: 'min',
    species,
    speciesIds: NAMES.map((name) => name.toLowerCase().replace(' ', '-')),
    zones: units.map(({zone, areaM2}, unit) => ({
      id: zone,
      name: {en: zone, zh: zone},
      areaM2,
      units: [unit],
    })),
    nextId: 100_000,
    cohorts: [],
    cells: {
      xM: Float64Array.from(cells, ({column}) => 20 * column + 10),
      yM: Float64Array.from(cells, ({row}) => 20 * row + 10),
      unit: Uint16Array.from(cells, ({unit}) => unit),
      columns: Int32Array.from(cells, ({column}) => column),
      rows: Int32Array.from(cells, ({row}) => row),
    },
    ground: {
      westM: 0,
      southM: 0,
      stepM: 5,
      columns,
      rows: 20,
      unit: Int16Array.from({length: columns * 20}, (_, at) => Math.floor((at % columns) / 20)),
    },
    operations: [],
    recruitDbhCm: 10,
    climate: {} as RunPlan['climate'],
    parameterCv: {},
    ...change,
    units,
    trees: treeColumns(trees),
  };
}

type Work<O> = O extends unknown ? Omit<O, 'index' | 'place'> : never;

/** An operation on the whole of some units. */
export function operation(
  work: Work<PlanOperation>,
  units: readonly number[] = [0],
  index = 0,
): PlanOperation {
  return {...work, index, place: {units, areaM2: units.length * HECTARE_M * HECTARE_M}} as PlanOperation;
}

/** Weather of a warm and wet year with a course of its own: day by day a sine of the seasons, rain every few days. */
export function madeWeather(change: (day: number, weather: YearWeather) => void = () => {}) {
  return (_climate: RunPlan['climate'], member: number, year: number): YearWeather => {
    const days = year % 4 === 0 ? 366 : 365;
    const key = randomKey(1, 'weather', member);
    const column = (of: (day: number, season: number) => number) =>
      Float64Array.from({length: days}, (_, day) => of(day, -Math.cos((2 * Math.PI * (day - 15)) / 365)));
    const weather: YearWeather = {
      year,
      days,
      minC: column((_d, season) => 15 + 10 * season),
      maxC: column((_d, season) => 22 + 11 * season),
      meanC: column((_d, season) => 18.3 + 10.5 * season),
      rainMm: column((day, season) =>
        uniformAt(key, 1000 * year + day) < 0.4
          ? (7 + 3 * season) * 2 * uniformAt(key, -1000 * year - day)
          : 0,
      ),
      radiationMjPerM2: column((_d, season) => 10 + 6 * season),
      vpdKPa: column((_d, season) => 0.7 + 0.5 * season),
      windSpeedAt2mMPerS: column(() => 1.2),
      minimumHumidityPercent: column(() => 60),
      et0Mm: column((_d, season) => 2.3 + 1.7 * season),
      co2Ppm: 413,
    };
    for (let day = 0; day < days; day += 1) change(day, weather);
    return weather;
  };
}

/** A year as a value: what of it a test looks at. */
export type KeptYear = {
  year: number;
  values: Record<IndicatorId, number[]>;
  indicators: Float64Array;
  parts: Float64Array;
  checks: RunYear['checks'];
  ids: number[];
  alive: Map<
    number,
    {dbhCm: number; heightM: number; index: number; netProductionKg: number; species: number; unit: number}
  >;
  removals: {id: number; stems: number; cause: number; operation: number; unit: number; species: number}[];
};

/** Runs a member and keeps its years; values are by zone, the island last. */
export function kept(
  plan: RunPlan,
  options: {member?: number; weather?: ReturnType<typeof madeWeather>; look?: (year: RunYear) => void} = {},
): {years: KeptYear[]; events: RunEvent[]} {
  const years: KeptYear[] = [];
  const events: RunEvent[] = [];
  const all = plan.zones.length + 1;
  const sink = {
    year: (year: RunYear) => {
      options.look?.(year);
      const {trees, removals} = year;
      const alive: KeptYear['alive'] = new Map();
      for (let i = 0; i < trees.count; i += 1) {
        if (trees.status[i] !== 1) continue;
        alive.set(trees.id[i]!, {
          dbhCm: trees.dbhCm[i]!,
          heightM: trees.heightM[i]!,
          index: trees.lightIndex[i]!,
          netProductionKg: trees.netProductionKg[i]!,
          species: trees.species[i]!,
          unit: trees.unit[i]!,
        });
      }
      years.push({
        year: year.year,
        values: Object.fromEntries(
          INDICATORS.map(({id}, i) => [id, [...year.indicators.subarray(i * all, (i + 1) * all)]]),
        ) as KeptYear['values'],
        indicators: year.indicators.slice(),
        parts: year.parts.slice(),
        checks: {...year.checks},
        ids: [...trees.id.subarray(0, trees.count)],
        alive,
        removals: Array.from({length: removals.count}, (_, row) => ({
          id: removals.id[row]!,
          stems: removals.stems[row]!,
          cause: removals.cause[row]!,
          operation: removals.operation[row]!,
          unit: removals.unit[row]!,
          species: removals.species[row]!,
        })),
      });
    },
    event: (event: RunEvent) => {
      events.push(event);
    },
  };
  runMember(plan, options.member ?? 0, sink, options.weather ?? madeWeather());
  return {years, events};
}
