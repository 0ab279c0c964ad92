import {ageOfDiameter, curveHeightM, type SpeciesParameters} from '#model';
import type {PlanCohort, PlanUnit, TreeColumns} from '../plan.ts';
import {type Ground, SAMPLES_PER_CELL} from './ground.ts';
import type {PlaceArchive} from './place-input.ts';
import {sampleAt} from './raster.ts';

/** A tree on a path or a bank belongs to the nearest land within this many samples. */
const REACH_SAMPLES = 2 * SAMPLES_PER_CELL;

/** The unit at a point of the plane, or the nearest one within 40 m; -1: none. */
export function unitAt(ground: Ground, unitOf: Int16Array, eastM: number, northM: number): number {
  const {raster} = ground;
  const sample = sampleAt(raster, eastM, northM);
  if (sample < 0) return -1;
  if (unitOf[sample]! >= 0) return unitOf[sample]!;
  const column = sample % raster.columns;
  const row = Math.floor(sample / raster.columns);
  let [nearest, least] = [-1, Number.POSITIVE_INFINITY];
  for (let dy = -REACH_SAMPLES; dy <= REACH_SAMPLES; dy += 1) {
    for (let dx = -REACH_SAMPLES; dx <= REACH_SAMPLES; dx += 1) {
      const [c, r] = [column + dx, row + dy];
      if (c < 0 || r < 0 || c >= raster.columns || r >= raster.rows) continue;
      const unit = unitOf[r * raster.columns + c]!;
      const distance = dx * dx + dy * dy;
      if (unit >= 0 && distance < least) [nearest, least] = [unit, distance];
    }
  }
  return nearest;
}

/** Height of a stem of which the diameter alone is known, m: between the curves in the open and in shade. */
export function usualHeightM(species: SpeciesParameters, dbhCm: number): number {
  const {maxHeightM, openMPerCm, shadeMPerCm} = species.values;
  return curveHeightM(dbhCm, maxHeightM, (openMPerCm + shadeMPerCm) / 2);
}

/** Age of a stem of which the diameter alone is known, years. */
export function usualAgeYr(species: SpeciesParameters, dbhCm: number): number {
  return ageOfDiameter(dbhCm, 'medium', species.values.maxAgeYr);
}

/**
 * The archive's trees as a run takes them, each with its unit. `indexOf`: from the archive's species to the plan's. Trees on no land
 * of the site are left out and told.
 */
export function standingTrees(of: {
  archive: PlaceArchive;
  ground: Ground;
  unitOf: Int16Array;
  indexOf: Int32Array;
}): {trees: TreeColumns; leftOut: number[]} {
  const {archive, ground, unitOf, indexOf} = of;
  const {trees: from} = archive;
  const kept: number[] = [];
  const units: number[] = [];
  const leftOut: number[] = [];
  for (let i = 0; i < from.count; i += 1) {
    const unit = unitAt(ground, unitOf, from.eastM[i]!, from.northM[i]!);
    if (unit < 0) leftOut.push(from.id[i]!);
    else {
      kept.push(i);
      units.push(unit);
    }
  }
  const column = (values: Float64Array) => Float64Array.from(kept, (i) => values[i]!);
  return {
    trees: {
      id: Uint32Array.from(kept, (i) => from.id[i]!),
      xM: column(from.eastM),
      yM: column(from.northM),
      species: Uint16Array.from(kept, (i) => indexOf[from.species[i]!]!),
      unit: Uint16Array.from(units),
      dbhCm: column(from.dbhCm),
      heightM: column(from.heightM),
      ageYr: column(from.ageYr),
    },
    leftOut,
  };
}

/** The archive's cohorts, each in every unit of its zone at the density that it has in the zone. */
export function standingCohorts(
  archive: PlaceArchive,
  units: readonly PlanUnit[],
  indexOf: Int32Array,
): PlanCohort[] {
  return units.flatMap(({zone}, unit) =>
    archive.cohorts
      .filter((cohort) => cohort.zone === zone && cohort.stemsPerHa > 0)
      .map(({species, dbhCm, heightM, ageYr, stemsPerHa}) => ({
        unit,
        species: indexOf[species]!,
        dbhCm,
        heightM,
        ageYr,
        stemsPerHa,
      })),
  );
}
