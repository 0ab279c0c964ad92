import {EcoError, type RunIndicators} from '#schemas';
import {indicatorsOf} from '#simulation';
import type {RunFolder, RunRecord} from './run-folder.ts';

/** What a result is of: a run's record and its folder. */
export type Finished = {record: RunRecord; folder: RunFolder};

/**
 * Yearly indicators of the members that are done; with `against`, less the other run's.
 * @throws {EcoError} `run_not_begun` (409) while no member is done, `zone_unknown` (404), `runs_not_paired` (409).
 */
export function runIndicators(
  {record, folder}: Finished,
  options: {zones?: readonly string[]; against?: Finished} = {},
): RunIndicators {
  const plan = folder.plan();
  const members = folder.members(plan);
  if (members.length === 0) {
    throw new EcoError('run_not_begun', `no member of run ${record.id} is done yet`, 409);
  }
  const {against} = options;
  if (against) requirePaired(record, against.record);
  const others = against?.folder.members(against.folder.plan());
  if (others?.length === 0) {
    throw new EcoError('run_not_begun', `no member of run ${against!.record.id} is done yet`, 409);
  }
  const told = indicatorsOf(plan, members, {
    ...(options.zones ? {zones: options.zones} : {}),
    ...(others ? {against: others} : {}),
  });
  const known = told.zones.map(({id}) => id);
  const unknown = options.zones?.find((id) => !known.includes(id));
  if (unknown !== undefined) {
    const all = [...plan.zones.map(({id}) => id), 'island'];
    throw new EcoError(
      'zone_unknown',
      `no zone ${unknown} in run ${record.id}; it has ${all.join(', ')}`,
      404,
    );
  }
  return {run: record.id, ...(against ? {against: against.record.id} : {}), ...told};
}

/** Two runs can be compared member by member if both have the same luck and the same years on the same site. */
function requirePaired(one: RunRecord, other: RunRecord): void {
  for (const [what, a, b] of [
    ['site', one.site, other.site],
    ['seed', one.seed, other.seed],
    ['first year', one.firstYear, other.firstYear],
    ['number of years', one.years, other.years],
    ['program', one.program, other.program],
  ]) {
    if (a === b) continue;
    throw new EcoError(
      'runs_not_paired',
      `runs are compared member by member: expected the same ${what}, got ${a} and ${b}`,
      409,
    );
  }
}
