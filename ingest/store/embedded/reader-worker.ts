/** The store's reader: one snapshot of the database for each question, then the column files that it names. */
import {rmSync} from 'node:fs';
import path from 'node:path';
import {parentPort, workerData} from 'node:worker_threads';
import {ChartReader} from './chart-reader.ts';
import {ColdFiles} from './cold-files.ts';
import {openForReading} from './database.ts';
import {openDuck} from './duck.ts';
import {LetterReader} from './letters.ts';
import type {ReaderQuestion} from './reader-protocol.ts';
import {recheck} from './recheck.ts';
import {buffersIn} from './row-arrays.ts';
import {SeriesReader} from './series-reader.ts';
import {SnapshotReader} from './series-snapshot.ts';

const QUERIES_AT_ONCE = 3;

const port = parentPort!;
const data = workerData as {database: string; cold: string; threads: number; memoryMb: number};
const duck = await openDuck({folder: data.cold, threads: data.threads, memoryMb: data.memoryMb});
const cold = await ColdFiles.open(data.cold, duck, QUERIES_AT_ONCE);

/** The database is opened with the first question: it may still be in the making when this worker starts. */
function openDatabase() {
  const db = openForReading(data.database);
  const series = new SeriesReader(new SnapshotReader(db), cold);
  return {db, letters: new LetterReader(db), series, charts: new ChartReader(series)};
}
let readers: ReturnType<typeof openDatabase> | null = null;

/** Files to be deleted once the questions that came before are answered. */
let retired: {files: string[]; before: Set<number>}[] = [];
const open = new Set<number>();
/** The question to close, answered when no other is open: DuckDB must not be closed over a query. */
let closing: number | null = null;

async function answer(question: ReaderQuestion): Promise<unknown> {
  readers ??= openDatabase();
  const {letters, series, charts} = readers;
  switch (question.kind) {
    case 'rows':
      return series.rows(question.query, question.limit);
    case 'lookUp':
      return Promise.all(question.files.map(({file, keys}) => cold.lookUp(file, keys)));
    case 'deadLetters':
      return letters.deadLetters(question);
    case 'conflicts':
      return letters.conflicts(question);
    case 'revisions':
      return letters.revisions(question);
    case 'retire':
      retired.push({files: question.files, before: new Set(open)});
      deleteRetired();
      return null;
    case 'close':
      throw new Error('a close is not answered here');
    case 'series':
      return charts.series(question.query, question.info, question.nowMs);
    case 'rollUp':
      return charts.rollUp(question.query, question.info);
    case 'recheck':
      return recheck(series, question.interval, question.info);
    case 'hotBounds':
      return letters.hotBounds();
  }
}

function deleteRetired(): void {
  retired = retired.filter(({files, before}) => {
    if (before.size > 0) return true;
    for (const file of files) rmSync(path.join(data.cold, file), {force: true});
    return false;
  });
}

port.on('message', async ({id, question}: {id: number; question: ReaderQuestion}) => {
  if (question.kind === 'close') {
    cold.interrupt();
    closing = id;
  } else {
    if (question.kind !== 'retire') open.add(id);
    try {
      const value = await answer(question);
      port.postMessage({id, value}, buffersIn(value));
    } catch (error) {
      port.postMessage({id, error: (error as Error).message});
    }
    open.delete(id);
    for (const entry of retired) entry.before.delete(id);
    deleteRetired();
  }
  if (closing !== null && open.size === 0) close(closing);
});

function close(id: number): void {
  cold.close();
  duck.closeSync();
  readers?.db.close();
  port.postMessage({id, value: null});
  port.close();
}
