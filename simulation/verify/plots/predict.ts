import {
  Forest,
  type ForestTree,
  leafFractionsByCalendar,
  leafOnShare,
  type ReferenceSite,
  randomKey,
  speciesYear,
  treeParametersOf,
} from '#model';
import type {Stem} from './census.ts';
import {type PlotSpecies, treeOf} from './species-of-plot.ts';

/** What a method says of a stem at the end of a period. */
export type Prediction = {
  /** If it lives; null where the method lets it live in no run. */
  dbhCm: number | null;
  /** 0–1. */
  deathProbability: number;
};

/** A stem that lived at the start of a period, and what became of it. */
export type Followed = {
  stem: Stem;
  species: number;
  startCm: number;
  years: number;
  end: 'alive' | 'dead';
  /** Null for the dead, and where it was not measured. */
  endCm: number | null;
};

/** Independent runs whose deaths are counted. */
export const SEEDS = 20;
/** No period between censuses is believed to be longer. */
export const MOST_YEARS = 60;

/** Share of a tree's years that lies before a time of `years`: value between those of two whole years. */
function between(before: number, after: number, part: number): number {
  return before + part * (after - before);
}

/**
 * The individual-tree model on all stems that live at the start, those of the edge among them, year after year in the place's mean
 * climate. Deaths are drawn in independent runs: a stem's probability is the share of runs in which it dies within its own interval.
 */
export function modelPredictions(
  followed: readonly Followed[],
  species: readonly PlotSpecies[],
  site: ReferenceSite,
  onRun: (run: number) => void = () => {},
): Prediction[] {
  const trees: ForestTree[] = followed.map(({stem, species: s, startCm}, id) => ({
    id,
    xM: stem.xM,
    yM: stem.yM,
    species: s,
    unit: 0,
    ...treeOf(species[s]!, startCm),
  }));
  const years = species.map(({parameters}) => speciesYear(parameters, site.months, site.soil, site.mode));
  const deciduous = species.filter(({parameters}) => !parameters.evergreen);
  const calendars = deciduous.map(({parameters}) => leafFractionsByCalendar(parameters.leafMonths));
  const inLeaf = site.months.map((_, m) =>
    calendars.length === 0
      ? 1
      : calendars.reduce((sum, calendar) => sum + calendar[m]!, 0) / calendars.length,
  );
  const weather = {
    potentialGPerM2: Float64Array.from(years, ({potentialGPerM2}) => potentialGPerM2),
    rootFraction: Float64Array.from(years, ({rootFraction}) => rootFraction),
    siteDeath: new Float64Array(species.length),
    leafOnShare: Float64Array.from(species, ({parameters}, s) =>
      parameters.evergreen ? leafOnShare(years[s]!.monthlyG, inLeaf) : 1,
    ),
  };
  const parameters = species.map((one) => treeParametersOf(one.parameters));
  const last = Math.ceil(Math.max(0, ...followed.map((one) => one.years)));
  const sumCm = new Float64Array(trees.length);
  const lives = new Float64Array(trees.length);
  const deaths = new Float64Array(trees.length);
  for (let run = 0; run < SEEDS; run += 1) {
    onRun(run);
    const forest = new Forest(trees, parameters);
    const key = randomKey(run + 1, 'death');
    // crowns as narrow as the shade that the stems have stood in makes them
    forest.crownsAll();
    forest.light({...weather, key, year: 0});
    forest.share();
    const beforeCm = Float64Array.from(forest.dbhCm);
    const wasAlive = Uint8Array.from(forest.alive);
    for (let year = 1; year <= last; year += 1) {
      beforeCm.set(forest.dbhCm);
      wasAlive.set(forest.alive);
      forest.step({...weather, key, year});
      for (let i = 0; i < forest.count; i += 1) {
        const k = forest.id[i]!;
        const part = followed[k]!.years - (year - 1);
        if (part <= 0 || wasAlive[i] === 0) continue;
        const dies = forest.alive[i] === 0;
        if (dies) deaths[k]! += Math.min(1, part);
        else if (part <= 1) {
          sumCm[k]! += between(beforeCm[i]!, forest.dbhCm[i]!, part);
          lives[k]! += 1;
        }
      }
    }
  }
  return trees.map((_, k) => ({
    dbhCm: lives[k]! > 0 ? sumCm[k]! / lives[k]! : null,
    deathProbability: deaths[k]! / SEEDS,
  }));
}

/** Nothing changes: every stem lives and is as thick as before. */
export function persistence(followed: readonly Followed[]): Prediction[] {
  return followed.map(({startCm}) => ({dbhCm: startCm, deathProbability: 0}));
}

/** Lower bounds of the diameter classes, cm. */
export const SIZE_CLASSES_CM = [0, 5, 10, 20, 40, 60] as const;

export function sizeClassOf(dbhCm: number): number {
  return SIZE_CLASSES_CM.findLastIndex((low) => dbhCm >= low);
}

/** Fewer stems of a species and class than this take the rates of the whole class. */
const FEWEST_STEMS = 20;

type Rate = {n: number; growing: number; growthCmPerYr: number; deaths: number; years: number};

/** Mean growth and death of each species and size class in one period: a simple table of rates, applied to another period. */
export function ratesOf(fitted: readonly Followed[]): (followed: readonly Followed[]) => Prediction[] {
  const cells = new Map<string, Rate>();
  const add = (key: string, one: Followed): void => {
    const rate = cells.get(key) ?? {n: 0, growing: 0, growthCmPerYr: 0, deaths: 0, years: 0};
    rate.n += 1;
    rate.years += one.years;
    if (one.end === 'dead') rate.deaths += 1;
    else if (one.endCm !== null) {
      rate.growing += 1;
      rate.growthCmPerYr += (one.endCm - one.startCm) / one.years;
    }
    cells.set(key, rate);
  };
  for (const one of fitted) {
    const size = sizeClassOf(one.startCm);
    for (const key of [`${one.species}/${size}`, `/${size}`, '/']) add(key, one);
  }
  return (followed) =>
    followed.map((one) => {
      const size = sizeClassOf(one.startCm);
      const keys = [`${one.species}/${size}`, `/${size}`, '/'];
      const rate = keys
        .map((key) => cells.get(key))
        .find((cell) => cell !== undefined && cell.n >= FEWEST_STEMS);
      if (!rate) return {dbhCm: one.startCm, deathProbability: 0};
      const yearly = 1 - (1 - rate.deaths / rate.n) ** (rate.n / rate.years);
      return {
        dbhCm: one.startCm + (rate.growing > 0 ? (rate.growthCmPerYr / rate.growing) * one.years : 0),
        deathProbability: 1 - (1 - yearly) ** one.years,
      };
    });
}
