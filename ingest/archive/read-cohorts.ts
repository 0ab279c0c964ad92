import type {Cohort} from '#schemas';
import {TREE_LIMITS} from './read-trees.ts';
import {readTable, shown} from './table.ts';

const COLUMNS = [
  'zone',
  'species',
  'dbh_from_cm',
  'dbh_to_cm',
  'dbh_cm',
  'height_m',
  'age_yr',
  'stems_per_ha',
  'basis',
  'source',
] as const;

/** What stands in zones beside the single trees. @throws {EcoError} `site_invalid` with line and column. */
export async function readCohorts(
  text: string,
  where: string,
  {zones, speciesAt}: {zones: readonly string[]; speciesAt: ReadonlyMap<string, number>},
): Promise<Cohort[]> {
  const cohorts: Cohort[] = [];
  await readTable({text, where, columns: COLUMNS}, (row) => {
    const zone = row.text('zone');
    if (!zones.includes(zone)) throw row.fail('zone', `a zone of the site was expected, got ${shown(zone)}`);
    const speciesId = row.text('species');
    const species = speciesAt.get(speciesId);
    if (species === undefined)
      throw row.fail('species', `an id of the site's species table was expected, got ${shown(speciesId)}`);
    const dbhFromCm = row.needed('dbh_from_cm', 0, TREE_LIMITS.dbhCm[1]);
    const dbhToCm = row.needed('dbh_to_cm', dbhFromCm, TREE_LIMITS.dbhCm[1]);
    cohorts.push({
      zone,
      species,
      dbhFromCm,
      dbhToCm,
      dbhCm: row.needed('dbh_cm', dbhFromCm, dbhToCm),
      heightM: row.needed('height_m', ...TREE_LIMITS.heightM),
      ageYr: row.needed('age_yr', ...TREE_LIMITS.ageYr),
      stemsPerHa: row.needed('stems_per_ha', 0, 1_000_000),
      basis: row.word('basis', ['calibrated', 'literature', 'design', 'guess']),
      source: row.text('source'),
    });
  });
  return cohorts;
}
