import {INDICATORS, RUN_TABLES, type RunManifest} from '#schemas';
import {TABLE_COLUMNS} from '#simulation';
import {instantOrNull} from '../bodies/instant.ts';
import type {Finished} from './results.ts';

const NOTES = [
  'Text is UTF-8; CSV is RFC 4180 with a comma and CRLF. Numbers have a point and are written to the last bit, in tables of trees, cohorts and removals to 4 digits behind it (places to 2); an empty cell: no value.',
  'Units are UCUM codes. Masses are dry matter unless carbon is said.',
  'Tables are of one member; member 0 has the parameters as they stand here, the others draw those that have a spread (log-normal, the value is the median).',
  'Intervals are from the 5th to the 95th of 100 members. The share of spread that rests on guesses is of the last year, with its standard error; parameters without a known spread are not drawn and count for nothing in it.',
  'The model is a model: no tree of it was measured after the start.',
];

/** What a reader must know of a run who has nothing but its files. */
export function runManifest({record, folder}: Finished): RunManifest {
  const plan = folder.plan();
  const {scenario, climate, notes, sources} = folder.origin();
  return {
    schemaVersion: 1,
    kind: 'eco-run',
    program: record.program,
    run: record.id,
    site: record.site,
    scenario,
    fingerprint: record.fingerprint,
    seed: record.seed,
    members: record.members,
    years: [record.firstYear, record.firstYear + record.years - 1],
    started: instantOrNull(record.startedMs),
    ended: instantOrNull(record.endedMs),
    computedS: record.endedMs === null ? null : Math.round(record.computedMs / 10) / 100,
    climate,
    parameters: plan.species.flatMap((species, s) =>
      Object.entries(species.values).map(([parameter, value]) => ({
        species: plan.speciesIds[s]!,
        scientificName: species.scientificName,
        parameter,
        value,
        cv: plan.parameterCv[parameter] ?? null,
        ...species.basis[parameter as keyof typeof species.basis],
      })),
    ),
    tables: Object.fromEntries(
      RUN_TABLES.map((table) => [
        table,
        TABLE_COLUMNS[table].map(({name, unit, meaning}) => ({name, unit, meaning})),
      ]),
    ),
    indicators: INDICATORS.map(({id, unit, name}) => ({name: id, unit, meaning: name.en})),
    notes: [...NOTES, ...notes],
    sources,
  };
}
