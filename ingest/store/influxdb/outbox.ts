import {randomUUID} from 'node:crypto';
import type {DatabaseSync} from 'node:sqlite';
import type {OpeningState, WriteTransaction} from '../embedded/protocol.ts';
import type {RowArrays} from '../embedded/row-arrays.ts';
import {type Outbox, sameValue} from '../embedded/transaction-writer.ts';
import {packRows} from './outbox-rows.ts';

/** InfluxDB keeps times as ns in 64 bits: https://docs.influxdata.com/influxdb/v2/reference/syntax/line-protocol/#timestamp */
export const MOST_TIME_MS = 9_223_372_036_854;

/*
 * `outbox`: what InfluxDB does not have yet, in the order in which it came. kind: `rows`; `unsure` (rows whose key may
 * be there: it did not answer when they came, so it is asked first); `purge` (a JSON list of series to be deleted).
 * `refused`: rows that InfluxDB does not take; they stay in `hot` for ever. `instance`: one name for what this folder
 * holds, so that no two folders write into one bucket.
 */
const tables = (): string => `
CREATE TABLE IF NOT EXISTS outbox(
  seq INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, n INTEGER NOT NULL, data BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS instance(name TEXT NOT NULL);
INSERT INTO instance(name) SELECT '${randomUUID()}' WHERE NOT EXISTS (SELECT 1 FROM instance);
CREATE TABLE IF NOT EXISTS refused(
  ts INTEGER NOT NULL, series INTEGER NOT NULL, PRIMARY KEY(ts, series)) WITHOUT ROWID;
`;

/** Leaves refused rows out of a statement on `hot`. */
export const NOT_REFUSED =
  'AND NOT EXISTS (SELECT 1 FROM refused WHERE refused.ts = hot.ts AND refused.series = hot.series)';

/** The spool: a table beside the hot rows, written in the same transactions. */
export function openOutbox(db: DatabaseSync): Outbox {
  db.exec(tables());
  const insert = db.prepare('INSERT INTO outbox(kind, n, data) VALUES(?,?,?)');
  const remove = db.prepare('DELETE FROM outbox WHERE seq<=?');
  const refuse = db.prepare('INSERT OR IGNORE INTO refused(ts, series) VALUES(?,?)');
  const offered = db.prepare('SELECT value, received FROM hot WHERE ts=? AND series=?');
  const forget = db.prepare('DELETE FROM hot WHERE ts=? AND series=?');
  const conflict = db.prepare(
    'INSERT INTO conflict(series,ts,kept,offered,seen) VALUES(?,?,?,?,?) ON CONFLICT DO NOTHING',
  );

  function put(kind: 'rows' | 'unsure', rows: RowArrays, chosen: readonly number[]): void {
    if (chosen.length > 0) insert.run(kind, chosen.length, packRows(rows, chosen));
  }

  return {
    stay: NOT_REFUSED,
    put(rows, count, not, unsure) {
      const sure: number[] = [];
      const left = new Set(not);
      const asked = new Set(unsure);
      for (let row = 0; row < count; row++) {
        if (left.has(row) || asked.has(row)) continue;
        if (Math.abs(rows.timeMs[row]!) > MOST_TIME_MS) refuse.run(rows.timeMs[row]!, rows.series[row]!);
        else sure.push(row);
      }
      put('rows', rows, sure);
      put('unsure', rows, unsure);
      return sure.length + unsure.length;
    },
    purge(series) {
      insert.run('purge', 0, Buffer.from(JSON.stringify(series)));
    },
    report(reports: WriteTransaction['forwarded']) {
      const late = {duplicate: 0, conflict: 0};
      for (const {seq, known, refused} of reports) {
        for (let i = 0; known && i < known.there.length; i++) {
          const key = [known.rows.timeMs[i]!, known.rows.series[i]!] as const;
          const here = offered.get(...key) as {value: number | null; received: number} | undefined;
          // Purged meanwhile.
          if (!here) continue;
          forget.run(...key);
          const there = known.there[i]!;
          const same = sameValue(here.value ?? Number.NaN, there);
          const kept = same || conflict.run(key[1], key[0], there, here.value, here.received).changes === 0;
          late[kept ? 'duplicate' : 'conflict']++;
        }
        for (let i = 0; refused && i < refused.timeMs.length; i++) {
          refuse.run(refused.timeMs[i]!, refused.series[i]!);
        }
        remove.run(seq);
      }
      return late;
    },
  };
}

/** What waits, when the store is opened. */
export function readOutbox(db: DatabaseSync): NonNullable<OpeningState['outbox']> {
  const waiting = db.prepare('SELECT ifnull(sum(n), 0) n FROM outbox').get()!;
  const last = db.prepare("SELECT seq FROM sqlite_sequence WHERE name='outbox'").get();
  const {name} = db.prepare('SELECT name FROM instance').get() as {name: string};
  return {rows: Number(waiting['n']), seq: Number(last?.['seq'] ?? 0), instance: name};
}

/** An entry of the outbox. */
export type OutboxEntry = {seq: number; kind: 'rows' | 'unsure' | 'purge'; n: number; data: Uint8Array};
