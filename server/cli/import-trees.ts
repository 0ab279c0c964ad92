import {readFile, stat, writeFile} from 'node:fs/promises';
import {basename, join} from 'node:path';
import {
  createArchiveBook,
  type ImportReport,
  LARGEST_INVENTORY_BYTES,
  loadSites,
  planImport,
  readTreeMap,
  rejectedCsv,
  TREE_MAP_PRESETS,
} from '#ingest';
import {EcoError, REPLACES, type TreeMap} from '#schemas';
import {OWN_SITES} from '../core.ts';
import {type Command, type Io, type Parsed, parse, textOption, typedPath, UsageError} from './command.ts';

/** Bytes of a file that is small enough, looked at before it is read. */
async function bytesOf(path: string): Promise<Buffer> {
  let size: number;
  try {
    const found = await stat(path);
    if (!found.isFile()) throw new Error('it is no file');
    size = found.size;
  } catch (error) {
    throw new EcoError('file_unknown', `${path} cannot be read: ${(error as Error).message}`, 404);
  }
  if (size > LARGEST_INVENTORY_BYTES) {
    throw new EcoError(
      'inventory_too_large',
      `${path}: at most ${LARGEST_INVENTORY_BYTES / 2 ** 20} MiB were expected, got ${Math.ceil(size / 2 ** 20)}; split it into parts`,
      413,
    );
  }
  return await readFile(path);
}

async function writeRejected(path: string, text: string): Promise<void> {
  try {
    await writeFile(path, text);
  } catch (error) {
    throw new EcoError('file_unwritable', `${path} cannot be written: ${(error as Error).message}`);
  }
}

async function mapOf(parsed: Parsed, io: Io): Promise<TreeMap> {
  const named = textOption(parsed, 'map');
  const map: TreeMap =
    named === undefined
      ? {schemaVersion: 1}
      : (TREE_MAP_PRESETS[named] ?? readTreeMap(await bytesOf(typedPath(named, io.env)), named));
  const corner = textOption(parsed, 'corner');
  if (corner === undefined) return map;
  const cells = corner.split(',');
  const [longitudeDeg, latitudeDeg] = cells.map((cell) => (cell.trim() === '' ? Number.NaN : Number(cell)));
  if (cells.length !== 2 || !(Math.abs(longitudeDeg!) <= 180 && Math.abs(latitudeDeg!) <= 90)) {
    throw new UsageError(`--corner: LON,LAT in degrees was expected, got ${corner}`);
  }
  return {...map, corner: {longitudeDeg: longitudeDeg!, latitudeDeg: latitudeDeg!}};
}

function tell(report: ImportReport, kept: boolean, io: Io): void {
  const {added, updated, unchanged, rows, rejected, guesses, leftOut, newSpecies} = report;
  io.out(`${rows} rows in ${report.encoding}`);
  for (const {what, value, why} of guesses) io.out(`  guessed: ${what} ${JSON.stringify(value)}, ${why}`);
  if (leftOut.length > 0)
    io.out(`  left out: columns ${leftOut.map((name) => name || '(no name)').join(', ')}`);
  io.out(`${added} new trees, ${updated} new measurements of known trees, ${unchanged} known already`);
  if (report.heightsByRule + report.agesByRule > 0)
    io.out(`  by rule: ${report.heightsByRule} heights, ${report.agesByRule} ages`);
  for (const {scientificName, from, trees} of newSpecies)
    io.out(
      `  not in the site's table: ${scientificName}, ${trees} trees, parameters from its ${from} (guess)`,
    );
  const refused = Object.entries(rejected);
  const sum = refused.reduce((all, [, count]) => all + count, 0);
  if (sum > 0)
    io.out(`${sum} rows rejected: ${refused.map(([reason, count]) => `${reason} ${count}`).join(', ')}`);
  io.out(kept ? 'kept' : 'nothing was kept');
}

export const importTrees: Command = {
  help: `eco import trees FILE [--map MAP] [--site ID] [--dry-run] [--rejected FILE] [--replace nothing|zones|everything]
                 [--corner LON,LAT] [--json]

Takes in a tree inventory (CSV; UTF-8 or GBK; comma, semicolon or tab): species by Latin or Chinese names, diameter or girth,
places in degrees, UTM or CGCS2000. What MAP (a JSON file, or iland-trees) does not say is guessed from header and figures, and told.
A tree that is known by its tag gets a new measurement, with its day. Rows that cannot be taken go to --rejected with the reason.
--dry-run tells all of that and keeps nothing. --replace: made-up trees of the site give way to the import, in the zones it
reaches or everywhere. The server may run or not.

example:
  npm run eco -- import trees survey-2026.csv --dry-run --rejected rejected.csv`,
  run: async (argv, io) => {
    const renamed = argv.map((word) => word.replace(/^--site(?==|$)/, '--of-site'));
    const parsed = parse(renamed, io, {
      options: {
        map: {type: 'string'},
        'of-site': {type: 'string'},
        'dry-run': {type: 'boolean'},
        rejected: {type: 'string'},
        replace: {type: 'string'},
        corner: {type: 'string'},
      },
      positionals: ['FILE'],
    });
    const said = textOption(parsed, 'replace') ?? 'nothing';
    const replaces = REPLACES.find((one) => one === said);
    if (replaces === undefined)
      throw new UsageError(`--replace: ${REPLACES.join(', ')} was expected, got ${said}`);
    const {settings} = parsed;
    const sites = await loadSites(settings.sitesDir ?? OWN_SITES, settings.site.split(','));
    const ids = sites.map(({site}) => site.id);
    const wanted = textOption(parsed, 'of-site') ?? (ids.length === 1 ? ids[0] : undefined);
    const data = sites.find(({site}) => site.id === wanted);
    if (!data) throw new UsageError(`--site: one of ${ids.join(', ')} was expected, got ${wanted ?? 'none'}`);
    const book = createArchiveBook({sites, folder: join(settings.dataDir, 'archive')});
    const map = await mapOf(parsed, io);
    const file = typedPath(parsed.positionals[0]!, io.env);
    const archive = await book.of(data.site.id);
    const planned = await planImport(await bytesOf(file), {
      ...{file: basename(file), map, data, archive, replaces},
      nowMs: Date.now(),
    });
    const {report, kept} = planned;
    const rejectedFile = textOption(parsed, 'rejected');
    if (rejectedFile !== undefined)
      await writeRejected(typedPath(rejectedFile, io.env), rejectedCsv(planned));
    const isKept = parsed.values['dry-run'] !== true && kept.trees.length > 0;
    if (isKept) await book.keep(kept, archive.imports);
    if (parsed.json) io.out(JSON.stringify({...report, kept: isKept}));
    else tell(report, isKept, io);
    return 0;
  },
};
