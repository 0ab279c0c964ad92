import {basename, dirname, resolve} from 'node:path';
import {loadSites, readArchive} from '#ingest';
import type {Scenario} from '#schemas';
import type {PlaceInput} from '#simulation';
import {readPlace} from '../../server/simulate/read-place.ts';

const ROOT = resolve(import.meta.dirname, '../..');

/** A site of the repository as simulations take it. */
export async function placeIn(
  folder: string,
  tables: Pick<Scenario, 'soils' | 'responseUnits'> = {},
): Promise<PlaceInput> {
  const path = resolve(ROOT, folder);
  const [site] = await loadSites(dirname(path), [basename(path)]);
  return await readPlace(site!, await readArchive(site!), tables);
}

export const ISLAND = 'sites/guangyang';
/** In the southern hemisphere, below sea level, in a zone of half an hour, without an archive. */
export const SALTMARSH = 'tests/fixtures/sites/lake-saltmarsh';
