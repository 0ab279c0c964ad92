import {readFileSync} from 'node:fs';
import {resolve} from 'node:path';
import {
  daytimeVpdKPa,
  type ReferenceSite,
  SOIL_WATER_RESPONSES,
  type SpeciesOverride,
  type SpeciesTraits,
  traitsFromRow,
  type UnitMonth,
} from '#model';

const ROOT = resolve(import.meta.dirname, '../../../..');
const [header, ...lines] = readFileSync(
  resolve(ROOT, 'tests/fixtures/reference/species/tree-species.csv'),
  'utf8',
)
  .trimEnd()
  .split('\n');
const columns = header!.split(',');

/** Rows of the species table; a cell may be quoted. */
export const SPECIES_ROWS: Record<string, string>[] = lines.map((line) => {
  const cells = [...line.matchAll(/(?:"([^"]*)"|([^,]*))(?:,|$)/g)].map((match) => match[1] ?? match[2]!);
  return Object.fromEntries(columns.map((column, i) => [column, cells[i]!]));
});
export const SPECIES: SpeciesTraits[] = SPECIES_ROWS.map(traitsFromRow);

/** A fig grown for its fruit, taller on paper than in a garden. */
export const OVERRIDES: Record<string, SpeciesOverride> = {
  'Ficus carica': {type: 'ORN', label: 'guess', source: 'grown as a small fruit tree'},
};

const {normals, reference} = JSON.parse(
  readFileSync(resolve(ROOT, 'sites/guangyang/climate.json'), 'utf8'),
) as {normals: Record<string, number[]>; reference: Record<string, number[]>};

/** Twelve months of the site's normals, on soil that is moist and fairly rich. */
export const MONTHS: UnitMonth[] = normals['airTemperatureMeanC']!.map((meanC, m) => ({
  meanC,
  frostDays: 0,
  radiationMjPerM2Day: reference['globalRadiationMjPerM2Day']![m]!,
  vpdKPa: daytimeVpdKPa(normals['airTemperatureMinC']![m]!, normals['airTemperatureMaxC']![m]!),
  co2Ppm: 412,
  relativeWater: 0.8,
  floodedDays: 0,
}));
export const SITE: ReferenceSite = {
  months: MONTHS,
  soil: {waterResponse: SOIL_WATER_RESPONSES.clayLoam, fertility: 0.6},
  mode: 'min',
};
