import {createHash} from 'node:crypto';
import {
  closeSync,
  existsSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readFileSync,
  readSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import {open} from 'node:fs/promises';
import {dirname, join} from 'node:path';
import {type Static, Type} from 'typebox';
import {cursorText, EXTRA_LINES, hashFile, joinParquet, resumePoint, syncPath} from '#ingest';
import {createValidator, EcoError} from '#schemas';
import {ExportQuery} from './export-query.ts';
import type {ExportSidecar, ExportSum} from './sidecar.ts';

/** Enough for two rows of the widest table. */
const TAIL_BYTES = 4 * 1024 * 1024;
/** Read at once when a file is summed up. */
const SUM_BYTES = 1 << 18;
/** A Parquet file is made of at most so many parts, each of a whole number of months. */
const MOST_PARTS = 240;

/** Where exports come from: a running server, or the data folder. */
export type ExportSource = {
  describe(query: ExportQuery): Promise<ExportSidecar>;
  open(query: ExportQuery, signal: AbortSignal): AsyncIterable<Uint8Array>;
};
export type WriteOptions = {signal: AbortSignal; onProgress: (bytes: number, note: string) => void};

/** What is kept beside a file in the making, so that another run goes on with it. */
const State = Type.Object(
  {
    schemaVersion: Type.Literal(1),
    kind: Type.Literal('eco-export-state'),
    query: ExportQuery,
    /** The same with everything said that was left open: moment, start and end. */
    asked: ExportQuery,
  },
  {additionalProperties: false},
);
type State = Static<typeof State>;
const isState = createValidator<State>(State);

const inOrder = (query: ExportQuery) =>
  JSON.stringify(Object.entries(query).sort(([a], [b]) => (a < b ? -1 : 1)));

/** Writes a file under its name, on disk when it returns. */
function writeWhole(file: string, text: string): void {
  const descriptor = openSync(`${file}.new`, 'w', 0o600);
  try {
    writeSync(descriptor, text);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
  renameSync(`${file}.new`, file);
  syncPath(dirname(file));
}

/**
 * The query with its moment and range: those of the run that began the file, or of now.
 * @throws {EcoError} `export_under_way` if another query was begun under this name.
 */
async function begin(file: string, query: ExportQuery, source: ExportSource): Promise<ExportQuery> {
  if (existsSync(file)) {
    let state: unknown;
    try {
      state = JSON.parse(readFileSync(file, 'utf8'));
    } catch {
      state = null;
    }
    if (isState(state) && inOrder(state.query) === inOrder(query)) return state.asked;
    throw new EcoError(
      'export_under_way',
      `${file} is of another export, which was not finished: ask for the same again, remove it, or choose another name`,
      409,
    );
  }
  const {asOf, range} = await source.describe(query);
  const asked = {...query, ...range, asOf};
  const state: State = {schemaVersion: 1, kind: 'eco-export-state', query, asked};
  writeWhole(file, `${JSON.stringify(state)}\n`);
  return asked;
}

/** Where a text that was cut off goes on; cuts what is not whole off the file. */
function goOn(descriptor: number, query: ExportQuery): string | undefined {
  const {size} = fstatSync(descriptor);
  const tail = Buffer.alloc(Math.min(size, TAIL_BYTES));
  readSync(descriptor, tail, 0, tail.length, size - tail.length);
  const format = query.format === 'geojson' ? 'geojson' : 'csv';
  const point = resumePoint({format, layout: query.layout ?? 'long'}, tail, size - tail.length);
  ftruncateSync(descriptor, point?.bytes ?? 0);
  return point ? cursorText(point.cursor) : undefined;
}

/** Size, checksum and rows of a finished text, read back from the disk. */
async function sumOf(file: string, format: 'csv' | 'geojson'): Promise<ExportSum> {
  const hash = createHash('sha256');
  let bytes = 0;
  let lines = 0;
  const handle = await open(file);
  try {
    // One buffer for all of it: a stream makes them faster than they are collected.
    const buffer = Buffer.alloc(SUM_BYTES);
    for (;;) {
      const {bytesRead} = await handle.read(buffer, 0, buffer.length, bytes);
      if (bytesRead === 0) break;
      const data = buffer.subarray(0, bytesRead);
      hash.update(data);
      bytes += bytesRead;
      for (let at = data.indexOf(10); at >= 0; at = data.indexOf(10, at + 1)) lines++;
    }
  } finally {
    await handle.close();
  }
  return {rows: lines - EXTRA_LINES[format], bytes, sha256: hash.digest('hex')};
}

async function writeText(file: string, query: ExportQuery, source: ExportSource, options: WriteOptions) {
  const descriptor = openSync(file, existsSync(file) ? 'r+' : 'wx+', 0o600);
  try {
    const after = goOn(descriptor, query);
    let at = fstatSync(descriptor).size;
    const asked = after === undefined ? query : {...query, after};
    for await (const data of source.open(asked, options.signal)) {
      for (let from = 0; from < data.length; ) {
        const n = writeSync(descriptor, data, from, data.length - from, at);
        from += n;
        at += n;
      }
      options.onProgress(at, `${Math.round(at / 1e6)} MB`);
    }
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
  return await sumOf(file, query.format === 'geojson' ? 'geojson' : 'csv');
}

/** [from, to) in pieces of whole months, UTC. */
function monthsOf(fromMs: number, toMs: number): {fromMs: number; toMs: number}[] {
  const first = new Date(fromMs);
  const last = new Date(toMs);
  const months =
    (last.getUTCFullYear() - first.getUTCFullYear()) * 12 + last.getUTCMonth() - first.getUTCMonth() + 1;
  const step = Math.ceil(months / MOST_PARTS);
  const parts: {fromMs: number; toMs: number}[] = [];
  for (let from = fromMs; from < toMs || parts.length === 0; ) {
    const of = new Date(from);
    const to = Math.min(toMs, Date.UTC(of.getUTCFullYear(), of.getUTCMonth() + step, 1));
    parts.push({fromMs: from, toMs: to});
    if (to <= from) break;
    from = to;
  }
  return parts;
}

/** A Parquet file cannot be taken up inside, so that it is made of parts by month, and those that are there stay. */
async function writeParquet(folder: string, query: ExportQuery, source: ExportSource, options: WriteOptions) {
  mkdirSync(folder, {recursive: true});
  const parts = monthsOf(Date.parse(query.from!), Date.parse(query.to!));
  const names: string[] = [];
  let bytes = 0;
  for (const [index, {fromMs, toMs}] of parts.entries()) {
    const name = `part-${String(index).padStart(4, '0')}.parquet`;
    names.push(name);
    if (existsSync(join(folder, name))) continue;
    const descriptor = openSync(join(folder, `${name}.new`), 'w', 0o600);
    try {
      const asked = {...query, from: new Date(fromMs).toISOString(), to: new Date(toMs).toISOString()};
      for await (const data of source.open(asked, options.signal)) {
        for (let from = 0; from < data.length; ) from += writeSync(descriptor, data, from);
        bytes += data.length;
        options.onProgress(bytes, `part ${index + 1} of ${parts.length}`);
      }
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
    renameSync(join(folder, `${name}.new`), join(folder, name));
    syncPath(folder);
  }
  const whole = join(folder, 'whole.parquet');
  rmSync(whole, {force: true});
  const rows = await joinParquet(folder, names, 'whole.parquet');
  syncPath(whole);
  return {file: whole, sum: {rows, ...hashFile(whole)}};
}

/**
 * Writes an export to a file and its sidecar to the same name with `.json` behind. Both appear when they are complete; a
 * run that was cut off leaves `….part`, and another one with the same query goes on there, as of the same moment.
 * @throws {EcoError} `file_exists`, `export_under_way`, and those of the source.
 */
export async function writeExport(
  out: string,
  query: ExportQuery,
  source: ExportSource,
  options: WriteOptions,
): Promise<ExportSidecar> {
  if (existsSync(out)) throw new EcoError('file_exists', `${out} is there already: choose another name`, 409);
  mkdirSync(dirname(out), {recursive: true});
  const stateFile = `${out}.part.json`;
  const part = `${out}.part`;
  const asked = await begin(stateFile, query, source);
  let made: {file: string; sum: ExportSum};
  if (query.format === 'parquet') made = await writeParquet(part, asked, source, options);
  else made = {file: part, sum: await writeText(part, asked, source, options)};
  const sidecar: ExportSidecar = {...(await source.describe(asked)), file: made.sum};
  writeWhole(`${out}.json`, `${JSON.stringify(sidecar, null, 1)}\n`);
  renameSync(made.file, out);
  syncPath(dirname(out));
  rmSync(part, {recursive: true, force: true});
  rmSync(stateFile);
  return sidecar;
}
