import {existsSync} from 'node:fs';
import {mkdir, writeFile} from 'node:fs/promises';
import {basename, dirname, join, resolve} from 'node:path';
import {EcoError} from '#schemas';
import {
  type Proof,
  type ProofLine,
  prove,
  proveOrder,
  readCaseTables,
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

async function writeReport(path: string, proven: Proven, command: string): Promise<void> {
  const folder = join('images', basename(path).replace(/\.[^.]*$/, ''));
  const {markdown, images} = reportOf({...proven, command, imagesFolder: folder});
  await mkdir(join(dirname(path), folder), {recursive: true});
  for (const [name, svg] of Object.entries(images)) await writeFile(join(dirname(path), folder, name), svg);
  await writeFile(path, markdown);
}

export const verify: Command = {
  help: `eco verify [--reference FOLDER] [--report FILE.md] [--json]

Runs every process of the model on reference rows that other people made and prints a line for each comparison: source, number of
values, tolerance, worst error, pass or MISS. Exits with 1 when a line misses, and names the rows.

--reference FOLDER   rows of your own, with a reference.json beside them (as in tests/fixtures/reference/et0)
--report FILE.md     writes the page, with pictures in images/ beside it

example:
  npm run eco -- verify --report docs/verification.md`,
  run: async (argv, io) => {
    const parsed = parse(argv, io, {options: {reference: {type: 'string'}, report: {type: 'string'}}});
    const report = textOption(parsed, 'report');
    if (report !== undefined && !report.endsWith('.md'))
      throw new UsageError(`--report: expected a file .md, got ${report}`);
    const folder = referenceFolder(textOption(parsed, 'reference'), io);
    const progress = createProgress(io, 'verify');
    const lines: ProofLine[] = [];
    let proven: Proven;
    try {
      proven = await proveAll(folder, progress, (line) => lines.push(line));
    } finally {
      progress.stop();
    }
    const missed = lines.filter(({pass}) => !pass).length;
    if (parsed.json) io.out(JSON.stringify({pass: missed === 0, lines}));
    else {
      for (const line of lines) for (const row of terminalLines(line)) io.out(row);
      io.out(missed === 0 ? `all ${lines.length} lines pass` : `${missed} of ${lines.length} lines miss`);
    }
    if (report !== undefined) {
      await writeReport(
        typedPath(report, io.env),
        proven,
        `npm run eco -- verify --report docs/verification.md`,
      );
    }
    return missed === 0 ? 0 : 1;
  },
};
