import {existsSync} from 'node:fs';
import {mkdir, writeFile} from 'node:fs/promises';
import {basename, dirname, isAbsolute, join, relative, resolve} from 'node:path';
import {EcoError} from '#schemas';
import {
  comparePlots,
  type PlotResult,
  type Proof,
  type ProofLine,
  plotLines,
  plotMisses,
  plotSection,
  processLines,
  prove,
  proveOrder,
  readCaseTables,
  readPlots,
  readReferenceFolders,
  reportOf,
  terminalLines,
} from '#simulation';
import {type Command, type Io, parse, textOption, typedPath, UsageError} from './command.ts';
import {createProgress, type Progress} from './progress.ts';

/** Rows that come with the source; the published package leaves them out. */
const OWN_REFERENCE = resolve(import.meta.dirname, '../../tests/fixtures');

type Proven = {proofs: Proof[]; orders: ProofLine[]};

async function proveAll(
  folder: string,
  progress: Progress,
  tell: (line: ProofLine) => void,
): Promise<Proven> {
  const folders = await readReferenceFolders(folder);
  const total = folders.reduce((sum, {manifest}) => sum + manifest.cases.length, 0);
  const all: Proven = {proofs: [], orders: []};
  for (const {path, manifest} of folders) {
    const own: Proof[] = [];
    for (const one of manifest.cases) {
      progress.update(all.proofs.length, total, one.id);
      const proof = prove(one, await readCaseTables(path, one));
      own.push(proof);
      all.proofs.push(proof);
      proof.lines.forEach(tell);
    }
    for (const order of manifest.orders ?? []) {
      const line = proveOrder(order, own);
      all.orders.push(line);
      tell(line);
    }
  }
  return all;
}

function referenceFolder(said: string | undefined, io: Io): string {
  if (said !== undefined) return typedPath(said, io.env);
  if (existsSync(OWN_REFERENCE)) return OWN_REFERENCE;
  throw new EcoError(
    'reference_missing',
    'the reference rows do not come with the published package (some are under other licences): run it from a copy of the source, or give --reference FOLDER',
  );
}

/** A path as others can use it: from the folder of the command, or the name alone of a file elsewhere. */
function shownPath(path: string, io: Io): string {
  const inside = relative(process.cwd(), typedPath(path, io.env));
  return inside.startsWith('..') || isAbsolute(inside) ? basename(path) : inside;
}

async function writeReport(
  path: string,
  proven: Proven,
  plots: PlotResult | null,
  command: string,
): Promise<void> {
  const folder = join('images', basename(path, '.md'));
  const section = plots && plotSection(plots, folder);
  const {markdown, images} = reportOf({
    ...proven,
    command,
    imagesFolder: folder,
    ...(section && {more: {sections: section.section, misses: plotMisses(plots)}}),
  });
  await mkdir(join(dirname(path), folder), {recursive: true});
  for (const [name, svg] of Object.entries({...images, ...section?.images})) {
    await writeFile(join(dirname(path), folder, name), svg);
  }
  await writeFile(path, markdown);
}

async function compare(file: string, map: string, io: Io): Promise<PlotResult> {
  const progress = createProgress(io, 'plots');
  try {
    const {map: plotMap, tables} = await readPlots(typedPath(file, io.env), typedPath(map, io.env));
    return comparePlots(plotMap, tables, (done, total) => progress.update(done, total, 'runs of the forest'));
  } finally {
    progress.stop();
  }
}

export const verify: Command = {
  help: `eco verify [--reference FOLDER] [--list] [--plots FILE --map MAP] [--report FILE.md] [--json]

Runs every process of the model on reference rows that other people made and prints a line for each comparison: source, number of
values, tolerance, worst error, pass or MISS. Exits with 1 when a line misses, and names the rows.

--reference FOLDER         rows of your own, with a reference.json beside them (as in tests/fixtures/reference/et0)
--list                     what each process reads and gives, for a reference.json of your own
--plots FILE --map MAP     your own remeasured forest plots instead (with --report: as well): stems of two or more censuses in a CSV
                           file, and a map that says what its columns mean and what is assumed of the place (as
                           tests/fixtures/real/forest-plot-scbi/plot.json); the model is held against persistence and against
                           rates by species and size
--report FILE.md           writes the page, with pictures in images/ beside it

examples:
  npm run eco -- verify
  npm run eco -- verify --plots tests/fixtures/real/forest-plot-scbi/stems.csv --map tests/fixtures/real/forest-plot-scbi/plot.json`,
  run: async (argv, io) => {
    const parsed = parse(argv, io, {
      options: {
        reference: {type: 'string'},
        report: {type: 'string'},
        plots: {type: 'string'},
        map: {type: 'string'},
        list: {type: 'boolean'},
      },
    });
    if (parsed.values['list'] === true) {
      for (const line of processLines()) io.out(line);
      return 0;
    }
    const [report, file, map] = ['report', 'plots', 'map'].map((name) => textOption(parsed, name));
    if (report !== undefined && !report.endsWith('.md'))
      throw new UsageError(`--report: expected a file .md, got ${report}`);
    if ((file === undefined) !== (map === undefined)) {
      throw new UsageError(
        `--plots and --map belong together, ${file === undefined ? '--plots' : '--map'} is missing`,
      );
    }
    const plots = file === undefined ? null : await compare(file, map!, io);
    let proven: Proven = {proofs: [], orders: []};
    const lines: ProofLine[] = [];
    if (plots === null || report !== undefined) {
      const progress = createProgress(io, 'verify');
      try {
        const folder = referenceFolder(textOption(parsed, 'reference'), io);
        proven = await proveAll(folder, progress, (line) => lines.push(line));
      } finally {
        progress.stop();
      }
    }
    const missed = lines.filter(({pass}) => !pass).length;
    if (parsed.json) io.out(JSON.stringify({pass: missed === 0, lines, ...(plots && {plots})}));
    else {
      for (const line of lines) for (const row of terminalLines(line)) io.out(row);
      if (lines.length > 0)
        io.out(missed === 0 ? `all ${lines.length} lines pass` : `${missed} of ${lines.length} lines miss`);
      if (plots) for (const row of plotLines(plots)) io.out(row);
    }
    if (report !== undefined) {
      const options = Object.entries({report, reference: textOption(parsed, 'reference'), plots: file, map})
        .filter((pair): pair is [string, string] => pair[1] !== undefined)
        .map(([name, path]) => `--${name} ${shownPath(path, io)}`);
      const command = ['npm run eco -- verify', ...options].join(' ');
      await writeReport(typedPath(report, io.env), proven, plots, command);
    }
    return missed === 0 ? 0 : 1;
  },
};
