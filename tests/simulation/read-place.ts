import {existsSync, readFileSync} from 'node:fs';
import {resolve} from 'node:path';
import {traitsFromRow} from '#model';
import type {PriceFile, ResponseUnitFile, Site, SoilFile, TerrainHeader, ZoneCollection} from '#schemas';
import {type PlaceArchive, type PlaceInput, readSiteClimate} from '#simulation';

const ROOT = resolve(import.meta.dirname, '../..');

function rowsOf(text: string): Record<string, string>[] {
  const [head, ...lines] = text.trim().split('\n');
  const columns = head!.split(',');
  return lines.map((line) => {
    const cells = [...line.matchAll(/(?:"([^"]*)"|([^,]*))(?:,|$)/g)].map((match) => match[1] ?? match[2]!);
    return Object.fromEntries(columns.map((column, k) => [column, cells[k]!]));
  });
}

/** A site of the repository as a run takes it, read by the shortest way; files that it does not name are absent. */
export function readPlace(folder: string): PlaceInput {
  const path = (name: string) => resolve(ROOT, folder, name);
  const json = <T>(name: string) => JSON.parse(readFileSync(path(name), 'utf8')) as T;
  const site = json<Site>('site.json');
  const header = json<TerrainHeader>(site.terrain);
  const bytes = readFileSync(path(header.file));
  return {
    site,
    zones: json<ZoneCollection>(site.zones).features,
    terrain: {
      header,
      heights: new Uint16Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length)),
    },
    climate: site.climate ? readSiteClimate(json(site.climate), site.climate) : null,
    responseUnits: existsSync(path('response-units.json'))
      ? json<ResponseUnitFile>('response-units.json').rows
      : [],
    archive: site.trees ? readArchive(site, path, json) : null,
  };
}

function readArchive(site: Site, path: (name: string) => string, json: <T>(name: string) => T): PlaceArchive {
  const table = (name: string | undefined) => (name ? rowsOf(readFileSync(path(name), 'utf8')) : []);
  const species = table(site.species).map((row) => ({id: row['species_id']!, traits: traitsFromRow(row)}));
  const indexOf = new Map(species.map(({id}, index) => [id, index]));
  const trees = table(site.trees);
  const column = (name: string) =>
    Float64Array.from(trees, (row) => (row[name] ? Number(row[name]) : Number.NaN));
  const prices = site.prices ? json<PriceFile>(site.prices) : null;
  return {
    date: '2026-01-01',
    species,
    trees: {
      id: Uint32Array.from(trees, (row) => Number(row['id'])),
      species: Uint16Array.from(trees, (row) => indexOf.get(row['species']!)!),
      longitudeDeg: column('longitude_deg'),
      latitudeDeg: column('latitude_deg'),
      dbhCm: column('dbh_cm'),
      heightM: column('height_m'),
      ageYr: column('age_yr'),
    },
    cohorts: table(site.cohorts).map((row) => ({
      zone: row['zone']!,
      species: indexOf.get(row['species']!)!,
      dbhFromCm: Number(row['dbh_from_cm']),
      dbhToCm: Number(row['dbh_to_cm']),
      dbhCm: Number(row['dbh_cm']),
      heightM: Number(row['height_m']),
      ageYr: Number(row['age_yr']),
      stemsPerHa: Number(row['stems_per_ha']),
      basis: 'guess',
      source: row['source']!,
    })),
    soils: site.soils ? json<SoilFile>(site.soils).soils : [],
    prices: prices?.prices ?? [],
  };
}
