import {randomBytes} from 'node:crypto';
import {link, mkdir, open, readdir, readFile, rm, stat} from 'node:fs/promises';
import {join} from 'node:path';
import {createValidator, EcoError, type SiteData, TreeImport, type Validator} from '#schemas';
import {syncPath} from '../store/index.ts';
import {type Archive, readArchive} from './archive.ts';
import {foldImports} from './fold-imports.ts';

// Compiled when the first import is read: most instances have none.
let isImport: Validator<TreeImport> | undefined;
const MOST_IMPORTS = 10_000;

/** Archives of the sites served, with the inventories that were imported. */
export type ArchiveBook = {
  /** Read when first asked for, and again when a file of it changed. @throws {EcoError} `site_unknown`, `site_invalid`. */
  of(site: string): Promise<Archive>;
  sites(): readonly SiteData[];
  /** Keeps an import; on disk when it resolves. @throws {EcoError} `import_conflict` if another came in between. */
  keep(kept: TreeImport, after: number): Promise<void>;
};

/** Imports of a site in the order they came: `archive/{site}.0001.json`. */
async function importFiles(folder: string, site: string): Promise<string[]> {
  let names: string[];
  try {
    names = await readdir(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
  return names
    .filter(
      (name) =>
        name.startsWith(`${site}.`) && /\.\d{4}\.json$/.test(name) && name.length === site.length + 10,
    )
    .sort();
}

async function readImport(path: string): Promise<TreeImport> {
  let value: unknown;
  try {
    value = JSON.parse(await readFile(path, 'utf8'));
  } catch (cause) {
    throw new EcoError(
      'import_damaged',
      `${path}: an import of trees was expected (${(cause as Error).message})`,
      500,
    );
  }
  isImport ??= createValidator<TreeImport>(TreeImport);
  if (!isImport(value)) throw new EcoError('import_damaged', `${path}: ${isImport.problem()}`, 500);
  return value;
}

async function stampOf(paths: readonly string[]): Promise<string> {
  const stamps = paths.map(async (path) => {
    try {
      const {mtimeMs, size} = await stat(path);
      return `${path} ${mtimeMs} ${size}`;
    } catch {
      return `${path} -`;
    }
  });
  return (await Promise.all(stamps)).join('\n');
}

/** `folder`: where imports are kept, in the data folder. */
export function createArchiveBook(parts: {sites: readonly SiteData[]; folder: string}): ArchiveBook {
  const {sites, folder} = parts;
  const known = new Map<string, {stamp: string; archive: Promise<Archive>}>();

  const read = async (data: SiteData, files: readonly string[]): Promise<Archive> => {
    const base = await readArchive(data);
    const imports: TreeImport[] = [];
    for (const file of files) imports.push(await readImport(join(folder, file)));
    return {...foldImports(data.site, base, imports), imports: imports.length};
  };

  return {
    sites: () => sites,
    of: async (id) => {
      const data = sites.find(({site}) => site.id === id);
      if (!data) {
        throw new EcoError(
          'site_unknown',
          `no site ${id}; there are ${sites.map(({site}) => site.id).join(', ')}`,
          404,
        );
      }
      const {species, birds, trees, cohorts, soils, prices} = data.site;
      const own = [species, birds, trees, cohorts, soils, prices].filter((name) => name !== undefined);
      const files = await importFiles(folder, id);
      const stamp = await stampOf([
        ...own.map((name) => join(data.folder, name)),
        ...files.map((name) => join(folder, name)),
      ]);
      const found = known.get(id);
      if (found?.stamp === stamp) return await found.archive;
      const archive = read(data, files);
      known.set(id, {stamp, archive});
      archive.catch(() => {
        if (known.get(id)?.archive === archive) known.delete(id);
      });
      return await archive;
    },
    keep: async (kept, after) => {
      await mkdir(folder, {recursive: true});
      const number = after + 1;
      if (number > MOST_IMPORTS - 1)
        throw new EcoError('import_too_many', `at most ${MOST_IMPORTS - 1} imports of a site are kept`, 409);
      const name = `${kept.site}.${String(number).padStart(4, '0')}.json`;
      const part = join(folder, `${kept.site}.${randomBytes(6).toString('hex')}.new`);
      const file = await open(part, 'wx', 0o600);
      try {
        await file.writeFile(JSON.stringify(kept));
        await file.sync();
      } finally {
        await file.close();
      }
      try {
        // a link fails where the name is taken: of two imports at once the later one must look again
        await link(part, join(folder, name));
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
        throw new EcoError('import_conflict', 'another import was kept meanwhile: run this one again', 409);
      } finally {
        await rm(part, {force: true});
      }
      syncPath(folder);
    },
  };
}
