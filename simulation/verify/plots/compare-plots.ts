import {EcoError} from '#schemas';
import type {Table} from '../table.ts';
import {type Stem, stemsOf} from './census.ts';
import type {PlotMap} from './plot-map.ts';
import {
  type Followed,
  MOST_YEARS,
  modelPredictions,
  type Prediction,
  persistence,
  ratesOf,
  SEEDS,
  SIZE_CLASSES_CM,
  sizeClassOf,
} from './predict.ts';
import {modelRecruits, RECRUIT_RUNS, type Recruits} from './recruits.ts';
import {meanYears, observed, type Score, scoreOf, yearlyPercent} from './scores.ts';
import {siteYear} from './site-year.ts';
import {type PlotSpecies, speciesOfPlot} from './species-of-plot.ts';

export type PlotTables = {
  stems: Table;
  species: Table;
  own: Table | null;
  relatives: readonly Table[];
  climate: Table;
};

/** Stems thicker than this are what foresters call trees: they are reported apart, cm. */
export const TREE_CM = 10;

/** Growth, mm a⁻¹, of stems that lived: a tenth lies below the first, half below the second, nine tenths below the third. */
export type GrowthSpread = [number, number, number];

export type ClassRow = {
  fromCm: number;
  stems: number;
  survivors: number;
  observedGrowthMm: GrowthSpread | null;
  modelGrowthMm: GrowthSpread | null;
  observedDeathsPercentPerYr: number;
  modelDeathsPercentPerYr: number;
};

export type SpeciesRow = {
  name: string;
  stems: number;
  observedGrowthMm: number | null;
  modelGrowthMm: number | null;
  observedDeathsPercentPerYr: number;
  modelDeathsPercentPerYr: number;
};

/** How the methods did on one group of stems over one period. */
export type GroupResult = {
  group: string;
  stems: number;
  deaths: number;
  /** Stems whose diameters are compared. */
  compared: number;
  observed: ReturnType<typeof observed>;
  scores: {method: 'model' | 'persistence' | 'rates'; score: Score}[];
};

export type PeriodResult = {
  from: string;
  to: string;
  years: number;
  /** What the rates were fitted on, or why there are none. */
  ratesFrom: string;
  groups: GroupResult[];
  classes: ClassRow[];
  species: SpeciesRow[];
  /** Stems that came up in the period and live at its end: as measured, and by the simulation with all its processes. */
  recruits: {measured: Recruits; model: Recruits};
  growthPairs: {observedMm: number[]; modelMm: number[]};
};

export type PlotResult = {
  id: string;
  source: string;
  licence: string;
  file: string;
  stems: number;
  areaHa: number;
  edgeM: number;
  /** The thinnest stem that the censuses have, cm. */
  countedFromCm: number;
  seeds: number;
  assumptions: readonly string[];
  /** Traits that were filled from relatives, as a share of all. */
  filledTraitsPercent: number;
  periods: PeriodResult[];
};

const YEAR_MS = 365.25 * 86_400_000;
/** Fewer stems of a species are not told apart. */
const FEWEST_OF_SPECIES = 30;

/** Stems alive at one census whose end at the other is known. @throws {EcoError} `table_invalid` for censuses out of order. */
function follow(
  stems: readonly Stem[],
  from: number,
  to: number,
  speciesOf: (code: string) => number,
): Followed[] {
  const intervals = stems
    .map(({censuses}) => [censuses[from]!.timeMs, censuses[to]!.timeMs] as const)
    .filter((pair): pair is readonly [number, number] => pair[0] !== null && pair[1] !== null)
    .map(([start, end]) => (end - start) / YEAR_MS);
  const mean = intervals.reduce((sum, years) => sum + years, 0) / intervals.length;
  if (!(mean > 0 && mean <= MOST_YEARS)) {
    throw new EcoError(
      'table_invalid',
      `the censuses lie ${mean.toFixed(2)} years apart, above 0 and at most ${MOST_YEARS} was expected`,
    );
  }
  const followed: Followed[] = [];
  for (const stem of stems) {
    const start = stem.censuses[from]!;
    const end = stem.censuses[to]!;
    if (start.state !== 'alive' || start.dbhCm === null) continue;
    if (end.state !== 'alive' && end.state !== 'dead') continue;
    const own = start.timeMs !== null && end.timeMs !== null ? (end.timeMs - start.timeMs) / YEAR_MS : mean;
    followed.push({
      stem,
      species: speciesOf(stem.species),
      startCm: start.dbhCm,
      years: own > 0 && own <= MOST_YEARS ? own : mean,
      end: end.state,
      endCm: end.state === 'alive' ? end.dbhCm : null,
    });
  }
  return followed;
}

function quantile(sorted: readonly number[], share: number): number {
  const at = share * (sorted.length - 1);
  const below = Math.floor(at);
  return sorted[below]! + (at - below) * ((sorted[below + 1] ?? sorted[below]!) - sorted[below]!);
}

function spreadOf(values: readonly number[]): GrowthSpread | null {
  if (values.length === 0) return null;
  const sorted = [...values].sort((a, b) => a - b);
  return [quantile(sorted, 0.1), quantile(sorted, 0.5), quantile(sorted, 0.9)];
}

const growthMm = (startCm: number, endCm: number, years: number) => (10 * (endCm - startCm)) / years;

function deathsOf(indices: readonly number[], followed: readonly Followed[], model: readonly Prediction[]) {
  const own = indices.map((i) => followed[i]!);
  const dead = own.filter(({end}) => end === 'dead').length / own.length;
  const thought = indices.reduce((sum, i) => sum + model[i]!.deathProbability, 0) / own.length;
  return {
    observedDeathsPercentPerYr: yearlyPercent(dead, meanYears(own)),
    modelDeathsPercentPerYr: yearlyPercent(Math.min(thought, 1 - 1e-9), meanYears(own)),
  };
}

function periodOf(
  context: {
    map: PlotMap;
    stems: readonly Stem[];
    species: readonly PlotSpecies[];
    site: ReturnType<typeof siteYear>;
    climate: Table;
    countedFromCm: number;
    areaHa: number;
    onRun: () => void;
  },
  from: number,
  to: number,
): PeriodResult {
  const {map, stems, species, site, areaHa} = context;
  const indexOf = new Map(species.map(({code}, i) => [code, i]));
  const at = (code: string) => indexOf.get(code)!;
  const all = follow(stems, from, to, at);
  const model = modelPredictions(all, species, site, context.onRun);
  const inside = [...all.keys()].filter((i) => all[i]!.stem.inside);
  const followed = inside.map((i) => all[i]!);
  if (followed.length === 0) {
    throw new EcoError(
      'table_invalid',
      `no stem of census ${map.censuses[from]!.name} lives inside the edge: nothing to compare`,
    );
  }
  const methods: {method: 'model' | 'persistence' | 'rates'; predictions: Prediction[]}[] = [
    {method: 'model', predictions: inside.map((i) => model[i]!)},
    {method: 'persistence', predictions: persistence(followed)},
  ];
  const fits = map.censuses.length > 2;
  if (fits) methods.push({method: 'rates', predictions: ratesOf(follow(stems, 0, 1, at))(followed)});
  const compared = followed.map(
    ({endCm}, i) => endCm !== null && methods.every(({predictions}) => predictions[i]!.dbhCm !== null),
  );
  const group = (name: string, holds: (one: Followed) => boolean): GroupResult[] => {
    const rows = [...followed.keys()].filter((i) => holds(followed[i]!));
    if (rows.length === 0) return [];
    const own = rows.map((i) => followed[i]!);
    const flags = rows.map((i) => compared[i]!);
    return [
      {
        group: name,
        stems: own.length,
        deaths: own.filter(({end}) => end === 'dead').length,
        compared: flags.filter(Boolean).length,
        observed: observed(own, areaHa),
        scores: methods.map(({method, predictions}) => ({
          method,
          score: scoreOf(
            own,
            rows.map((i) => predictions[i]!),
            flags,
            areaHa,
          ),
        })),
      },
    ];
  };
  const ours = methods[0]!.predictions;
  const growths = (rows: readonly number[]) => {
    const lived = rows.filter((i) => compared[i]);
    return {
      observedMm: lived.map((i) => growthMm(followed[i]!.startCm, followed[i]!.endCm!, followed[i]!.years)),
      modelMm: lived.map((i) => growthMm(followed[i]!.startCm, ours[i]!.dbhCm!, followed[i]!.years)),
    };
  };
  const classes = SIZE_CLASSES_CM.map((fromCm, size) => {
    const rows = [...followed.keys()].filter((i) => sizeClassOf(followed[i]!.startCm) === size);
    return {fromCm, rows};
  })
    .filter(({rows}) => rows.length > 0)
    .map(({fromCm, rows}): ClassRow => {
      const {observedMm, modelMm} = growths(rows);
      return {
        fromCm,
        stems: rows.length,
        survivors: rows.filter((i) => followed[i]!.end === 'alive').length,
        observedGrowthMm: spreadOf(observedMm),
        modelGrowthMm: spreadOf(modelMm),
        ...deathsOf(rows, followed, ours),
      };
    });
  const ofSpecies = species
    .map(({name}, s) => ({name, rows: [...followed.keys()].filter((i) => followed[i]!.species === s)}))
    .filter(({rows}) => rows.length >= FEWEST_OF_SPECIES)
    .map(({name, rows}): SpeciesRow => {
      const {observedMm, modelMm} = growths(rows);
      return {
        name,
        stems: rows.length,
        observedGrowthMm: spreadOf(observedMm)?.[1] ?? null,
        modelGrowthMm: spreadOf(modelMm)?.[1] ?? null,
        ...deathsOf(rows, followed, ours),
      };
    })
    .toSorted((a, b) => b.stems - a.stems);
  const recruits = stems.filter(
    ({inside: isInside, censuses}) =>
      isInside && censuses[from]!.state === 'absent' && censuses[to]!.state === 'alive',
  );
  const first = map.censuses[0]!.name;
  const second = map.censuses[1]!.name;
  return {
    from: map.censuses[from]!.name,
    to: map.censuses[to]!.name,
    years: meanYears(followed),
    ratesFrom: fits
      ? `fitted on ${first} to ${second}${from === 0 ? ', which is part of this period' : ', before this period'}`
      : 'none: two censuses leave nothing to fit rates on',
    groups: [
      ...group('all stems', () => true),
      ...group(`at least ${TREE_CM} cm`, ({startCm}) => startCm >= TREE_CM),
    ],
    classes,
    species: ofSpecies,
    recruits: {
      measured: {
        stemsPerHa: recruits.length / areaHa,
        basalAreaM2PerHa:
          recruits.reduce(
            (sum, {censuses}) => sum + (Math.PI / 40_000) * (censuses[to]!.dbhCm ?? 0) ** 2,
            0,
          ) / areaHa,
        species: new Set(recruits.map((stem) => stem.species)).size,
      },
      model: modelRecruits(
        all,
        species,
        {map, climate: context.climate, years: meanYears(followed), countedFromCm: context.countedFromCm},
        context.onRun,
      ),
    },
    growthPairs: growths([...followed.keys()]),
  };
}

/**
 * A remeasured plot against the individual-tree model, against persistence and against simple rates by species and size: from the
 * first census to the last, and from each later census but the last to the last. Nothing is fitted to the plot but those rates.
 * @throws {EcoError} `table_invalid` for tables that cannot be read.
 */
export function comparePlots(
  map: PlotMap,
  tables: PlotTables,
  onProgress: (done: number, total: number) => void = () => {},
): PlotResult {
  const stems = stemsOf(tables.stems, map);
  const codes = [...new Set(stems.map(({species}) => species))].toSorted();
  const site = siteYear(tables.climate, map.place);
  const species = speciesOfPlot(codes, tables, map, site);
  const {xM, yM, edgeM} = map.plot;
  const areaHa = ((xM[1] - xM[0] - 2 * edgeM) * (yM[1] - yM[0] - 2 * edgeM)) / 10_000;
  const last = map.censuses.length - 1;
  const starts = Array.from({length: last}, (_, i) => i);
  // the thinnest stem of all is what the censuses count from, to the millimetre
  const countedFromCm = stems
    .flatMap(({censuses}) => censuses.flatMap(({dbhCm}) => dbhCm ?? []))
    .reduce((least, dbhCm) => Math.min(least, dbhCm), Number.POSITIVE_INFINITY);
  let done = 0;
  const onRun = () => {
    onProgress(done, starts.length * (SEEDS + RECRUIT_RUNS));
    done += 1;
  };
  const filled = species.reduce((sum, {traits}) => sum + Object.keys(traits.filled).length, 0);
  const known = species.reduce((sum, {traits}) => sum + Object.keys(traits).length - 4, 0);
  const shared = {climate: tables.climate, countedFromCm, areaHa};
  return {
    id: map.id,
    source: map.source,
    licence: map.licence,
    file: tables.stems.name,
    stems: stems.length,
    areaHa,
    edgeM,
    countedFromCm,
    seeds: SEEDS,
    assumptions: map.assumptions ?? [],
    filledTraitsPercent: (100 * filled) / known,
    periods: starts.map((from) => periodOf({...shared, map, stems, species, site, onRun}, from, last)),
  };
}
