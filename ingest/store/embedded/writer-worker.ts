/** The store's one writer: a transaction comes in, is tried until it is durable, its result goes out. */
import {parentPort, workerData} from 'node:worker_threads';
import {openOutbox, readOutbox} from '../influxdb/outbox.ts';
import {DatabaseRefusal, openForWriting} from './database.ts';
import {readOpeningState} from './opening-state.ts';
import type {FromWriter, ToWriter, Transaction, TransactionResult} from './protocol.ts';
import {buffersOf} from './row-arrays.ts';
import {TransactionWriter} from './transaction-writer.ts';

/** Pages of the database that stay in memory: those that rows are put into. */
const CACHE_KB = 32_768;
const RETRY_MS = [20, 50, 100, 200, 500];

const port = parentPort!;
const say = (message: FromWriter, transfer: ArrayBuffer[] = []) => port.postMessage(message, transfer);
const {file, strayBit, forward} = workerData as {file: string; strayBit: number; forward?: boolean};

try {
  // At first little: to find the newest rows every hot one is looked at once.
  const db = openForWriting(file);
  const outbox = forward ? openOutbox(db) : null;
  const state = readOpeningState(db, strayBit);
  if (forward) state.outbox = readOutbox(db);
  db.exec(`PRAGMA cache_size=-${CACHE_KB}`);
  const writer = new TransactionWriter(db, strayBit, outbox);
  let retry: NodeJS.Timeout | undefined;

  const attempt = (id: number, transaction: Transaction, tries: number): void => {
    const began = performance.now();
    let result: TransactionResult;
    try {
      result = writer.run(transaction);
    } catch (error) {
      // SQLite has rolled back already when the disk is full; nothing was acknowledged, so hold and try again.
      if (db.isTransaction) db.exec('ROLLBACK');
      say({kind: 'stalled', id, message: (error as Error).message});
      const wait = RETRY_MS[Math.min(tries, RETRY_MS.length - 1)]!;
      retry = setTimeout(() => attempt(id, transaction, tries + 1), wait);
      return;
    }
    const transfer = result.kind === 'write' ? buffersOf(result.rows) : [];
    say({kind: 'done', id, result, ms: performance.now() - began}, transfer);
  };

  port.on('message', (message: ToWriter) => {
    if (message.kind === 'transaction') attempt(message.id, message.transaction, 0);
    else if (message.kind === 'record') writer.record(message.range);
    else {
      clearTimeout(retry);
      try {
        db.exec('PRAGMA wal_checkpoint(TRUNCATE)');
      } catch {
        // With a full disk the log stays and is read at the next start.
      }
      db.close();
      say({kind: 'closed'});
      port.close();
    }
  });
  say({kind: 'open', state});
} catch (error) {
  const code = error instanceof DatabaseRefusal ? error.code : 'store_unreadable';
  say({kind: 'failed', code, message: (error as Error).message});
  port.close();
}
