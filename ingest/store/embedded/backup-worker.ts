/** Copies the store as of one moment; ends when the backup ends. */
import path from 'node:path';
import {backup, DatabaseSync} from 'node:sqlite';
import {parentPort, workerData} from 'node:worker_threads';
import type {BackupQuestion, CopiedFile, DatabaseAnswer} from './backup-protocol.ts';
import {openForReading} from './database.ts';
import {copyDurably, hashFile, linkOrCopy, syncPath} from './durable-file.ts';

const PAGES_A_STEP = 1024;

const port = parentPort!;
const {database, cold} = workerData as {database: string; cold: string};
const db = openForReading(database);

/**
 * The copy is made on the connection that holds the snapshot: SQLite starts a copy again when another connection writes,
 * but a connection with an open read transaction does not see that anybody did.
 */
async function copyDatabase(to: string): Promise<DatabaseAnswer> {
  const one = (sql: string) => Number(Object.values(db.prepare(sql).get()!)[0]);
  const rows = one('SELECT (SELECT count(*) FROM hot) + (SELECT ifnull(sum(n), 0) FROM segment_series)');
  const schemaVersion = one('PRAGMA user_version');
  const files = db
    .prepare('SELECT raw, tier FROM segment ORDER BY t0, id')
    .all()
    .flatMap((row) =>
      row['tier'] === null ? [String(row['raw'])] : [String(row['raw']), String(row['tier'])],
    );
  await backup(db, to, {rate: PAGES_A_STEP});
  db.exec('ROLLBACK');
  const copy = new DatabaseSync(to);
  try {
    // A file by itself, without a write-ahead log beside it; the store sets its own mode when it opens it.
    copy.exec('PRAGMA journal_mode=DELETE');
    const found = copy.prepare('PRAGMA quick_check(1)').get()!['quick_check'];
    if (found !== 'ok') throw new Error(`the copy of the database is damaged: ${String(found)}`);
  } finally {
    copy.close();
  }
  syncPath(to);
  return {...hashFile(to), rows, schemaVersion, files};
}

async function answer(question: BackupQuestion): Promise<DatabaseAnswer | CopiedFile | null> {
  if (question.kind === 'snapshot') {
    // The first read, not BEGIN, fixes the moment.
    db.exec('BEGIN');
    db.prepare('SELECT 1 FROM segment LIMIT 1').get();
  }
  if (question.kind === 'database') return copyDatabase(question.to);
  if (question.kind === 'file') {
    const from = path.join(cold, question.name);
    return question.link ? linkOrCopy(from, question.to) : copyDurably(from, question.to);
  }
  return null;
}

port.on('message', async ({id, question}: {id: number; question: BackupQuestion}) => {
  try {
    port.postMessage({id, value: await answer(question)});
  } catch (error) {
    port.postMessage({id, error: (error as Error).message});
  }
  if (question.kind === 'close') {
    db.close();
    port.close();
  }
});
