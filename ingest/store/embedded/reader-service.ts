import type {MessagePort} from 'node:worker_threads';
import {EcoError} from '#schemas';
import {ChartReader} from './chart-reader.ts';
import type {ColdSource} from './cold-source.ts';
import {openForReading} from './database.ts';
import {InventoryReader} from './inventory.ts';
import {LetterReader} from './letters.ts';
import type {ReaderQuestion} from './reader-protocol.ts';
import {recheck} from './recheck.ts';
import {buffersIn} from './row-arrays.ts';
import {SeriesReader} from './series-reader.ts';
import {SnapshotReader} from './series-snapshot.ts';
import {VerdictReader} from './verdict-reader.ts';

export type ReaderNeeds = {
  port: MessagePort;
  database: string;
  cold: ColdSource;
  /** Files that count no more and that nobody reads. */
  retire(files: readonly string[]): void;
  /** All questions are answered and none will come. */
  close(): void;
};

/** Answers the main thread's questions: one snapshot of the database for each, then the cold rows that it names. */
export function serveReader({port, database, cold, retire, close}: ReaderNeeds): void {
  /** The database is opened with the first question: it may still be in the making when this worker starts. */
  const openDatabase = () => {
    const db = openForReading(database);
    const series = new SeriesReader(new SnapshotReader(db), cold);
    const verdicts = new VerdictReader(db, cold);
    return {
      db,
      verdicts,
      letters: new LetterReader(db),
      inventory: new InventoryReader(db),
      series,
      charts: new ChartReader(series),
    };
  };
  let readers: ReturnType<typeof openDatabase> | null = null;

  /** Files to be let go once the questions that came before are answered. */
  let retired: {files: string[]; before: Set<number>}[] = [];
  const open = new Set<number>();
  /** The question to close, answered when no other is open: a source must not be closed over a query. */
  let closing: number | null = null;

  async function answer(question: ReaderQuestion): Promise<unknown> {
    readers ??= openDatabase();
    const {letters, inventory, series, charts, verdicts} = readers;
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
        retireUnread();
        return null;
      case 'close':
        throw new Error('a close is not answered here');
      case 'series':
        return charts.series(question.query, question.info, question.nowMs);
      case 'rollUp':
        return charts.rollUp(question.query, question.info);
      case 'verdicts':
        return verdicts.count(question);
      case 'recheck':
        return recheck(series, question.interval, question.info);
      case 'inventory':
        return inventory.inventory();
      case 'held':
        return inventory.held(question);
      case 'strays':
        return inventory.strays(question);
      case 'hotBounds':
        return letters.hotBounds();
    }
  }

  function retireUnread(): void {
    retired = retired.filter(({files, before}) => {
      if (before.size > 0) return true;
      retire(files);
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
        port.postMessage({id, ...refusalOf(error)});
      }
      open.delete(id);
      for (const entry of retired) entry.before.delete(id);
      retireUnread();
    }
    if (closing !== null && open.size === 0) end(closing);
  });

  function end(id: number): void {
    cold.close();
    close();
    readers?.db.close();
    port.postMessage({id, value: null});
    port.close();
  }
}

/** An error as it crosses to the main thread: the product's own keep their code. */
function refusalOf(error: unknown): {
  error: string;
  refusal?: {code: string; status: number; details: unknown};
} {
  const {message} = error as Error;
  if (!(error instanceof EcoError)) return {error: message};
  return {error: message, refusal: {code: error.code, status: error.status, details: error.details}};
}
