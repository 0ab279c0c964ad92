import type {SpeciesParameters} from '#model';
import {fieldProblem, type Price, type ScenarioOperation} from '#schemas';
import {usualAgeYr, usualHeightM} from '../place/standing.ts';
import type {PlanOperation} from '../plan.ts';
import {listed, placeOf, type Whereabouts} from './place-of.ts';
import type {ImpossibleCode, ImpossibleOperation} from './problem.ts';

/** A young tree from the nursery, where a scenario does not say. Guess. */
const NURSERY_DBH_CM = 3;
/** Share that lives through each of the first three years: the usual guarantee of planting work. Guess. */
const SURVIVAL = [0.92, 0.97, 0.99] as const;
const WETTED_FRACTION = 0.6;

/** Price list entries of each kind of work; planting has one for each size. */
const PRICE_OF = {
  plant: /^plant/,
  thin: /^thin$/,
  prune: /^prune$/,
  coppice: /^coppice$/,
  'remove-species': /^remove_species$/,
  irrigate: /^irrigate$/,
  fertilise: /^fertilise$/,
} as const satisfies Record<ScenarioOperation['kind'], RegExp>;

/** The first entry that holds a tree of this size; the entries run from small to large. */
export function unitPriceCny(
  prices: readonly Price[],
  kind: ScenarioOperation['kind'],
  size?: {dbhCm: number; heightM: number},
): number | undefined {
  return prices.find(
    ({id, upTo}) =>
      PRICE_OF[kind].test(id) &&
      (size === undefined ||
        ((upTo?.maxHeightM === undefined || size.heightM <= upTo.maxHeightM) &&
          (upTo?.maxDbhCm === undefined || size.dbhCm <= upTo.maxDbhCm))),
  )?.priceCny;
}

type Of = Whereabouts & {
  operations: readonly ScenarioOperation[];
  firstYear: number;
  years: number;
  /** Index into the plan's species by id; undefined: no species of the archive. */
  speciesOf: (id: string) => number | undefined;
  species: readonly SpeciesParameters[];
  speciesIds: readonly string[];
  prices: readonly Price[];
};

/** Years in which an operation takes place within the run. */
function yearsOf(operation: ScenarioOperation, firstYear: number, lastYear: number): number[] {
  const start = Number(operation.date.slice(0, 4));
  const {repeat} = operation;
  if (!repeat) return [start];
  const until = Math.min(lastYear, repeat.untilYear ?? lastYear);
  const years: number[] = [];
  for (let year = start; year <= until; year += repeat.everyYears) if (year >= firstYear) years.push(year);
  return years;
}

/**
 * Operations of a scenario as a run takes them, in the order of their dates and, on one day, of the list. What cannot be carried out
 * is left out whole and told, each with its field, value and what is allowed.
 */
export function plannedOperations(of: Of): {
  operations: PlanOperation[];
  impossible: ImpossibleOperation[];
  notes: string[];
} {
  const {firstYear, species} = of;
  const lastYear = firstYear + of.years - 1;
  const planned: {operation: PlanOperation; date: string}[] = [];
  const impossible: ImpossibleOperation[] = [];
  const notes: string[] = [];

  of.operations.forEach((operation, index) => {
    const path = `/operations/${index}`;
    const before = impossible.length;
    const cannot = (code: ImpossibleCode, problem: ReturnType<typeof fieldProblem>) => {
      impossible.push({operation: index, code, date: operation.date, ...problem});
    };
    const speciesIndex = (field: string, id: string): number => {
      const found = of.speciesOf(id);
      if (found === undefined) {
        cannot(
          'species_unknown',
          fieldProblem(`${path}/${field}`, id, `a species of the site's archive: ${listed(of.speciesIds)}`),
        );
      }
      return found ?? -1;
    };

    const start = Number(operation.date.slice(0, 4));
    const years = yearsOf(operation, firstYear, lastYear);
    if (start < firstYear || start > lastYear || years.length === 0) {
      const allowed = `a day within the run, ${firstYear}-01-01 to ${lastYear}-12-31`;
      cannot('outside_years', fieldProblem(`${path}/date`, operation.date, allowed));
    }
    const found = placeOf(`${path}/place`, operation.place, of, operation.kind === 'plant');
    if ('impossible' in found) {
      const {code, ...problem} = found.impossible;
      cannot(code, problem);
    }
    const chosen =
      'species' in operation && operation.kind !== 'plant' && operation.species
        ? operation.species.map((id, k) => speciesIndex(`species/${k}`, id))
        : null;
    const plantedIndex = operation.kind === 'plant' ? speciesIndex('species', operation.species) : -1;
    if (impossible.length > before || 'impossible' in found) return;
    const {place} = found;

    let work: PlanWork;
    let size: {dbhCm: number; heightM: number} | undefined;
    switch (operation.kind) {
      case 'plant': {
        const one = species[plantedIndex]!;
        const dbhCm = operation.dbhCm ?? NURSERY_DBH_CM;
        const heightM = operation.heightM ?? usualHeightM(one, dbhCm);
        const spacingM = operation.spacingM ?? null;
        size = {dbhCm, heightM};
        work = {
          kind: 'plant',
          species: plantedIndex,
          count: operation.count ?? Math.floor(place.areaM2 / (spacingM! * spacingM!)),
          spacingM,
          dbhCm,
          heightM,
          ageYr: operation.ageYr ?? Math.max(1, usualAgeYr(one, dbhCm)),
          survivalFraction: (operation.survivalFraction ?? SURVIVAL) as readonly [number, number, number],
        };
        break;
      }
      case 'thin':
        work = {kind: 'thin', rule: operation.rule, target: operation.target as ThinTarget, species: chosen};
        break;
      case 'prune':
        work = {kind: 'prune', crownFraction: operation.crownFraction, species: chosen};
        break;
      case 'coppice':
        work = {kind: 'coppice', species: chosen};
        break;
      case 'remove-species':
        work = {kind: 'remove-species', species: chosen!};
        break;
      case 'irrigate':
        work = {
          kind: 'irrigate',
          untilYear: Math.min(lastYear, operation.untilYear ?? lastYear),
          depletionFraction: operation.depletionFraction,
          refillFraction: operation.refillFraction,
          mostMmPerDay: operation.mostMmPerDay,
          wettedFraction: operation.wettedFraction ?? WETTED_FRACTION,
        };
        break;
      case 'fertilise':
        work = {kind: 'fertilise', fertilityGain: operation.fertilityGain, lastsYears: operation.lastsYears};
        break;
    }
    if (work.kind === 'plant' && work.count === 0) {
      const allowed = `a place that holds a tree at a spacing of ${work.spacingM} m`;
      cannot('no_room', fieldProblem(`${path}/place`, operation.place, allowed));
      return;
    }
    const priceCny = operation.unitCostCny ?? unitPriceCny(of.prices, operation.kind, size);
    if (priceCny === undefined) {
      notes.push(`${path}: the site's price list has no price for ${operation.kind}; its cost counts as 0`);
    }
    const unitCostCny = priceCny ?? 0;
    const month = Number(operation.date.slice(5, 7));
    for (const year of years) {
      planned.push({
        date: `${year}${operation.date.slice(4)}`,
        operation: {index, year, month, place, unitCostCny, ...work} as PlanOperation,
      });
    }
  });
  planned.sort((a, b) =>
    a.date < b.date ? -1 : a.date > b.date ? 1 : a.operation.index - b.operation.index,
  );
  return {operations: planned.map(({operation}) => operation), impossible, notes};
}

type Work<Operation> = Operation extends unknown
  ? Omit<Operation, 'index' | 'year' | 'month' | 'place' | 'unitCostCny'>
  : never;
type PlanWork = Work<PlanOperation>;
type ThinTarget = Extract<PlanOperation, {kind: 'thin'}>['target'];
