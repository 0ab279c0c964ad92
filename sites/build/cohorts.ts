import {ageOfDiameter, curveHeightM, normalQuantile} from '#model';
import type {StandSeed} from './seed.ts';
import type {Kind} from './tree-kinds.ts';

/** Width of a diameter class, cm. */
const CLASS_CM = 5;
/** Diameters at this many equal shares of a distribution tell how many stems fall into a class. */
const QUANTILES = 400;
/** Classes with fewer stems join their neighbour. */
const FEWEST_PER_HA = 2;

type DbhClass = {fromCm: number; toCm: number; stemsPerHa: number; dbhCm: number};

/** Classes of a log-normal distribution of diameters, each with its quadratic mean. */
export function dbhClasses({
  stemsPerHa,
  dbhCm,
  spread,
}: {
  stemsPerHa: number;
  dbhCm: number;
  spread: number;
}): DbhClass[] {
  const classes = new Map<number, {count: number; square: number}>();
  for (let i = 0; i < QUANTILES; i++) {
    const diameter = dbhCm * Math.exp(spread * normalQuantile((i + 0.5) / QUANTILES));
    const at = Math.floor(diameter / CLASS_CM);
    const found = classes.get(at) ?? {count: 0, square: 0};
    classes.set(at, {count: found.count + 1, square: found.square + diameter ** 2});
  }
  return [...classes]
    .sort(([a], [b]) => a - b)
    .map(([at, {count, square}]) => ({
      fromCm: at * CLASS_CM,
      toCm: (at + 1) * CLASS_CM,
      stemsPerHa: (count / QUANTILES) * stemsPerHa,
      dbhCm: Math.sqrt(square / count),
    }))
    .filter((one) => one.stemsPerHa >= FEWEST_PER_HA);
}

/** `cohorts.csv`: what stands in wooded zones beside the listed trees, by species and diameter class. Nobody counted it. */
export function cohortRows(stands: Readonly<Record<string, StandSeed>>, kinds: readonly Kind[]): string {
  const lines = Object.entries(stands).flatMap(([zone, {crowding, source, species}]) =>
    Object.entries(species).flatMap(([id, [stemsPerHa, medianCm, spread]]) => {
      const kind = kinds.find((one) => one.id === id);
      if (!kind) throw new Error(`stands.${zone}: ${id} is not in the species table`);
      const {traits, parameters} = kind;
      const {maxHeightM, openMPerCm, shadeMPerCm} = parameters.values;
      const mPerCm = openMPerCm + (shadeMPerCm - openMPerCm) * crowding;
      return dbhClasses({stemsPerHa, dbhCm: medianCm, spread}).map(
        ({fromCm, toCm, dbhCm, stemsPerHa: stems}) => {
          const heightM = parameters.thickens ? curveHeightM(dbhCm, maxHeightM, mPerCm) : 0.7 * maxHeightM;
          const ageYr = parameters.thickens ? ageOfDiameter(dbhCm, traits.growthRate, traits.maxAgeYr) : 3;
          return [
            ...[zone, id, fromCm, toCm, dbhCm.toFixed(1), heightM.toFixed(1), Math.max(2, Math.round(ageYr))],
            ...[Math.round(stems), 'guess', `"${source}"`],
          ].join(',');
        },
      );
    }),
  );
  const columns = 'zone,species,dbh_from_cm,dbh_to_cm,dbh_cm,height_m,age_yr,stems_per_ha,basis,source';
  return `${columns}\n${lines.join('\n')}\n`;
}
