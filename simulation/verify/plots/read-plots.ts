import {readFile, stat} from 'node:fs/promises';
import {basename, dirname, resolve} from 'node:path';
import {EcoError} from '#schemas';
import {readTable} from '../read-reference.ts';
import type {PlotTables} from './compare-plots.ts';
import {checkPlotMap, type PlotMap} from './plot-map.ts';

const LARGEST_MAP_BYTES = 1024 * 1024;

/**
 * A plot's map and the tables that it names, and the stems.
 * @throws {EcoError} `map_unknown`, `map_invalid`, `reference_missing` or `table_invalid` with the file and what was expected.
 */
export async function readPlots(stems: string, mapPath: string): Promise<{map: PlotMap; tables: PlotTables}> {
  let value: unknown;
  try {
    const {size} = await stat(mapPath);
    if (size > LARGEST_MAP_BYTES)
      throw new EcoError('map_invalid', `${mapPath}: ${size} bytes, more than a map has`);
    value = JSON.parse(await readFile(mapPath, 'utf8'));
  } catch (error) {
    if (error instanceof EcoError) throw error;
    if (error instanceof SyntaxError)
      throw new EcoError('map_invalid', `${mapPath}: is no JSON (${error.message})`);
    throw new EcoError('map_unknown', `no map ${mapPath}: ${(error as Error).message}`);
  }
  const map = checkPlotMap(value, mapPath);
  const folder = dirname(mapPath);
  const table = (path: string) => readTable(resolve(folder, path), basename(path));
  return {
    map,
    tables: {
      stems: await readTable(stems, basename(stems)),
      species: await table(map.species.file),
      own: map.traits.own === undefined ? null : await table(map.traits.own),
      relatives: await Promise.all(map.traits.relatives.map(table)),
      climate: await table(map.climate),
    },
  };
}
