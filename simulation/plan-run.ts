import {PARAMETER_CV} from '#model';
import {EcoError, type FieldProblem, type Scenario} from '#schemas';
import {readClimateFile} from './climate/climate-file.ts';
import {GENERATOR_DEFAULTS} from './climate/generator.ts';
import {generatorOf, meanYearOf, normalsOf, planClimate} from './climate/plan-climate.ts';
import type {WeatherRecord} from './climate/record.ts';
import {regenerationCells} from './place/cells.ts';
import {type Ground, groundOf} from './place/ground.ts';
import {archiveDate, type PlaceInput} from './place/place-input.ts';
import {standingCohorts, standingTrees} from './place/standing.ts';
import {type MoistureReading, startWaterFraction} from './place/start-water.ts';
import {unitsOf} from './place/units.ts';
import type {PlanUnit, RunPlan} from './plan.ts';
import {checkScenario} from './scenario/check-scenario.ts';
import {plannedOperations} from './scenario/operations.ts';
import type {ImpossibleOperation} from './scenario/problem.ts';
import {plannedSpecies, referenceSite} from './scenario/species.ts';

/** What a run is made from. */
export type RunInput = {
  scenario: Scenario;
  place: PlaceInput;
  /** Text of the file that a climate from a file names. */
  climateFile?: string;
  /** Record of the station that a climate from a station names. */
  stationRecord?: WeatherRecord;
  /** Soil moisture of the store, for a start from it. */
  moisture?: readonly MoistureReading[];
  /** The day of a start from the store that names none, `2026-11-29`. */
  today?: string;
  /** Instead of the scenario's. */
  years?: number;
  members?: number;
  seed?: number;
};

/** A plan, what of the scenario cannot be carried out, and what was filled, estimated or left out on the way. */
export type PlannedRun = {plan: RunPlan; impossible: ImpossibleOperation[]; notes: string[]};

const START_WATER_FRACTION = 0.8;
const RECRUIT_DBH_CM = 10;

/** Grounds already worked out: a site's stays as long as its data do. */
const grounds = new WeakMap<PlaceInput, Ground>();
function groundOfPlace(place: PlaceInput): Ground {
  let ground = grounds.get(place);
  if (!ground) {
    ground = groundOf(place);
    grounds.set(place, ground);
  }
  return ground;
}

/** The first year that begins on or after a day. */
function firstYearFrom(date: string): number {
  const year = Number(date.slice(0, 4));
  return date.endsWith('-01-01') ? year : year + 1;
}

/** Ground height for air pressure: the mean of the land, else 0. */
function elevationOf(units: readonly PlanUnit[]): number {
  let [sum, area] = [0, 0];
  for (const {groundM, areaM2} of units) {
    if (groundM === null) continue;
    sum += groundM * areaM2;
    area += areaM2;
  }
  return area > 0 ? sum / area : 0;
}

function refuse(problems: FieldProblem[]): EcoError {
  return new EcoError('scenario_invalid', problems.map(({message}) => message).join('; '), 400, problems);
}

/** The record that a scenario's climate names. */
function recordOf({climate}: Scenario, input: RunInput): WeatherRecord | null {
  if (climate.from === 'station') return input.stationRecord ?? null;
  if (climate.from !== 'file' || input.climateFile === undefined) return null;
  const {record, problems} = readClimateFile(input.climateFile, climate);
  if (!record) throw refuse(problems);
  return record;
}

/**
 * The plan of a run: a pure function of its input, so that the same scenario, site and seed give the same plan to the last bit.
 * Operations that cannot be carried out are left out whole and told.
 * @throws {EcoError} `scenario_invalid` with everything that is wrong; `site_invalid`, `site_too_large`.
 */
export function planRun(input: RunInput): PlannedRun {
  const {place} = input;
  const {archive} = place;
  const speciesIds = new Set(archive.species.map(({id}) => id));
  const problems = checkScenario(input.scenario, {site: place.site.id, species: speciesIds});
  if (problems.length > 0) throw refuse(problems);
  const scenario: Scenario = {
    ...input.scenario,
    years: input.years ?? input.scenario.years,
    members: input.members ?? input.scenario.members ?? 1,
    seed: input.seed ?? input.scenario.seed,
  };
  const {start} = scenario;
  const date = start.date ?? (start.from === 'store' ? input.today : archiveDate(archive));
  if (!date) {
    throw refuse([
      {
        path: '/start/date',
        value: null,
        allowed: 'a day such as 2026-01-01',
        message: `/start/date is nothing, and no tree of the site's archive has the day of its measurement: expected a day such as 2026-01-01`,
      },
    ]);
  }
  const firstYear = firstYearFrom(date);
  const notes: string[] = [];

  const ground = groundOfPlace(place);
  const moisture = start.from === 'store' ? (input.moisture ?? []) : [];
  const usualWater = (start.from === 'archive' ? start.soilWaterFraction : undefined) ?? START_WATER_FRACTION;
  const {
    units,
    unitOf,
    notes: unitNotes,
  } = unitsOf(place, ground, (zone, bucket) => startWaterFraction(moisture, zone, bucket) ?? usualWater);
  notes.push(...unitNotes);
  const regenerate = scenario.regenerate ?? true;
  const planUnits = regenerate ? units : units.map((unit) => ({...unit, regenerates: false}));

  const physiology = scenario.physiology ?? 'min';
  const {latitudeDeg} = place.site.origin;
  const {climate, problems: climateProblems} = planClimate({
    scenario,
    firstYear,
    site: place.climate,
    latitudeDeg,
    elevationM: elevationOf(units),
    record: recordOf(scenario, input),
  });
  if (!climate) throw refuse(climateProblems);
  notes.push(...climate.notes);

  const present = new Set<number>();
  for (const index of archive.trees.species) present.add(index);
  for (const {species} of archive.cohorts) present.add(species);
  for (const operation of scenario.operations ?? []) {
    if (operation.kind !== 'plant') continue;
    const index = archive.species.findIndex(({id}) => id === operation.species);
    if (index >= 0) present.add(index);
  }
  const normals = place.climate ? normalsOf(place.climate, latitudeDeg) : meanYearOf(climate);
  const {species, ids, indexOf} = plannedSpecies({
    archive,
    present,
    parameters: scenario.parameters ?? [],
    reference: referenceSite(
      normals,
      place.climate
        ? generatorOf(place.climate, normals, latitudeDeg)
        : (climate.generator ?? GENERATOR_DEFAULTS),
      physiology,
    ),
  });

  const {trees, leftOut} = standingTrees({archive, ground, unitOf, indexOf});
  if (leftOut.length > 0) {
    notes.push(
      `${leftOut.length} trees of the archive stand on no land of the site and are left out, the first is ${leftOut[0]}`,
    );
  }
  const unitOfTree = new Map<number, number>();
  trees.id.forEach((id, k) => {
    unitOfTree.set(id, trees.unit[k]!);
  });
  const planned = plannedOperations({
    operations: scenario.operations ?? [],
    firstYear,
    years: scenario.years,
    speciesOf: (id) => {
      const index = archive.species.findIndex((one) => one.id === id);
      const found = index < 0 ? -1 : indexOf[index]!;
      return found < 0 ? undefined : found;
    },
    species,
    speciesIds: ids,
    prices: archive.prices?.prices ?? [],
    ground,
    units: planUnits,
    unitOf,
    unitOfTree,
  });
  notes.push(...planned.notes);

  const members = scenario.members!;
  const spread = members > 1 && (scenario.parameterSpread ?? true);
  const land = new Set(units.map(({zone}) => zone));
  const plan: RunPlan = {
    site: place.site.id,
    scenario: scenario.id,
    firstYear,
    years: scenario.years,
    seed: scenario.seed,
    members,
    physiology,
    species,
    speciesIds: ids,
    units: planUnits,
    zones: ground.zones
      .filter(({id}) => land.has(id))
      .map(({id, name}) => {
        const within = units.flatMap((unit, index) => (unit.zone === id ? [index] : []));
        return {
          id,
          name,
          areaM2: within.reduce((sum, index) => sum + units[index]!.areaM2, 0),
          units: within,
        };
      }),
    trees,
    nextId: archive.trees.id.reduce((most, id) => Math.max(most, id), 0) + 1,
    cohorts: standingCohorts(archive, planUnits, indexOf),
    cells: regenerationCells(ground, planUnits, unitOf),
    ground: {...ground.raster, unit: unitOf},
    operations: planned.operations,
    recruitDbhCm: scenario.recruitDbhCm ?? RECRUIT_DBH_CM,
    climate,
    parameterCv: spread ? (PARAMETER_CV as Record<string, number>) : {},
  };
  return {plan, impossible: planned.impossible, notes};
}
