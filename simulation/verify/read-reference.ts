import {readdir, readFile, stat} from 'node:fs/promises';
import {dirname, isAbsolute, join, relative, resolve, sep} from 'node:path';
import {EcoError} from '#schemas';
import {checkManifest, type Manifest, type ReferenceCase} from './manifest.ts';
import {parseTable, type Table, tableOfJson} from './table.ts';

export const MANIFEST = 'reference.json';
const LARGEST_FILE_BYTES = 64 * 1024 * 1024;
/** Folders below the given one that are looked into. */
const DEPTH = 4;

export type ReferenceFolder = {path: string; manifest: Manifest};

async function readBounded(path: string): Promise<string> {
  try {
    const {size} = await stat(path);
    if (size > LARGEST_FILE_BYTES) {
      throw new EcoError(
        'reference_invalid',
        `${path}: ${size} bytes, more than the ${LARGEST_FILE_BYTES} of a table`,
      );
    }
    return await readFile(path, 'utf8');
  } catch (error) {
    if (error instanceof EcoError) throw error;
    throw new EcoError('reference_missing', `${path} cannot be read: ${(error as Error).message}`);
  }
}

function parseJson(text: string, path: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new EcoError('reference_invalid', `${path}: is no JSON (${(error as Error).message})`);
  }
}

async function manifestsBelow(folder: string, depth: number): Promise<string[]> {
  const entries = await readdir(folder, {withFileTypes: true});
  const found = entries.some((entry) => entry.isFile() && entry.name === MANIFEST)
    ? [join(folder, MANIFEST)]
    : [];
  if (depth === 0) return found;
  const inner = entries
    .filter((entry) => entry.isDirectory() && entry.name !== 'node_modules' && !entry.name.startsWith('.'))
    .map(({name}) => name)
    .toSorted();
  for (const name of inner) found.push(...(await manifestsBelow(join(folder, name), depth - 1)));
  return found;
}

/**
 * Every `reference.json` in a folder and up to four folders below it, in the order of their paths.
 * @throws {EcoError} `reference_missing` when there is none, `reference_invalid` for a bad one.
 */
export async function readReferenceFolders(path: string): Promise<ReferenceFolder[]> {
  let manifests: string[];
  try {
    manifests = await manifestsBelow(path, DEPTH);
  } catch (error) {
    throw new EcoError(
      'reference_missing',
      `no folder of reference rows ${path}: ${(error as Error).message}`,
    );
  }
  if (manifests.length === 0)
    throw new EcoError('reference_missing', `no ${MANIFEST} in ${path} or below it`);
  const folders: ReferenceFolder[] = [];
  for (const file of manifests) {
    folders.push({
      path: dirname(file),
      manifest: checkManifest(parseJson(await readBounded(file), file), file),
    });
  }
  return folders;
}

/** A table from a CSV or JSON file. @throws {EcoError} when it cannot be read. */
export async function readTable(path: string, name: string): Promise<Table> {
  const text = await readBounded(path);
  return path.endsWith('.json') ? tableOfJson(parseJson(text, path), name) : parseTable(text, name);
}

function renamed(table: Table, columns: Readonly<Record<string, string>> | undefined): Table {
  if (!columns) return table;
  return {
    name: table.name,
    rows: table.rows.map((row, i) => {
      const more: Record<string, string> = {};
      for (const [ours, theirs] of Object.entries(columns)) {
        const cell = row[theirs];
        if (cell === undefined) {
          throw new EcoError(
            'table_invalid',
            `${table.name} line ${i + 2}: no column ${theirs} (for ${ours})`,
          );
        }
        more[ours] = cell;
      }
      return {...row, ...more};
    }),
  };
}

/**
 * The tables of a case by role, with our names for the columns that it maps.
 * @throws {EcoError} for a path that leaves the folder, a file that cannot be read, or a column that is not there.
 */
export async function readCaseTables(folder: string, one: ReferenceCase): Promise<Record<string, Table>> {
  const tables: Record<string, Table> = {};
  for (const [role, file] of Object.entries(one.files)) {
    const path = resolve(folder, file);
    const inside = relative(folder, path);
    if (isAbsolute(file) || inside === '..' || inside.startsWith(`..${sep}`)) {
      throw new EcoError(
        'reference_invalid',
        `${one.id}: files.${role} is ${file}, expected a file of the manifest's folder`,
      );
    }
    tables[role] = renamed(await readTable(path, file), one.columns?.[role]);
  }
  return tables;
}
