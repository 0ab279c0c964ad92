import {DatabaseSync} from 'node:sqlite';

/** Version of the tables below, kept in `PRAGMA user_version`. */
export const SCHEMA_VERSION = 2;

/** Why a database is not opened; the main thread makes the product's error of it. */
export class DatabaseRefusal extends Error {
  readonly code: string;
  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

/** From here on a race on resetting the write-ahead log is repaired: https://sqlite.org/wal.html#walresetbug */
const LEAST_SQLITE = [3, 51, 3] as const;

/*
 * Times are ms since 1970. `hot` is keyed in the order of arrival (time first): a commit touches one leaf, where
 * (series, ts) would touch one for each series and cost sixteen times as much.
 */
const TABLES = `
CREATE TABLE hot(
  ts INTEGER NOT NULL, series INTEGER NOT NULL, value REAL, qc INTEGER NOT NULL, received INTEGER NOT NULL,
  PRIMARY KEY(ts, series)) WITHOUT ROWID;
CREATE TABLE revision(
  id INTEGER PRIMARY KEY AUTOINCREMENT, series INTEGER NOT NULL, t0 INTEGER NOT NULL, t1 INTEGER NOT NULL,
  version INTEGER NOT NULL, value REAL, qc INTEGER NOT NULL, reason TEXT NOT NULL, who TEXT NOT NULL, at INTEGER NOT NULL,
  correction TEXT, revokes INTEGER);
CREATE INDEX revision_series ON revision(series, t1);
CREATE TABLE conflict(
  id INTEGER PRIMARY KEY AUTOINCREMENT, series INTEGER NOT NULL, ts INTEGER NOT NULL, kept REAL, offered REAL,
  seen INTEGER NOT NULL);
CREATE UNIQUE INDEX conflict_key ON conflict(series, ts, ifnull(offered, 'missing'));
CREATE TABLE dead_letter(
  id INTEGER PRIMARY KEY AUTOINCREMENT, received INTEGER NOT NULL, source TEXT NOT NULL, topic TEXT NOT NULL,
  principal TEXT, device TEXT, code TEXT NOT NULL, message TEXT NOT NULL, payload BLOB NOT NULL, replayed INTEGER);
CREATE INDEX dead_letter_code ON dead_letter(code, id);
CREATE TABLE document(
  collection TEXT NOT NULL, id TEXT NOT NULL, schema_version INTEGER NOT NULL, value TEXT NOT NULL,
  PRIMARY KEY(collection, id)) WITHOUT ROWID;
CREATE TABLE counter(name TEXT PRIMARY KEY, n INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE recheck(
  series INTEGER NOT NULL, t0 INTEGER NOT NULL, t1 INTEGER NOT NULL, PRIMARY KEY(series, t0)) WITHOUT ROWID;
-- newest row of each series among those that were moved to column files
CREATE TABLE latest(
  series INTEGER PRIMARY KEY, ts INTEGER NOT NULL, value REAL, qc INTEGER NOT NULL, received INTEGER NOT NULL);
-- the column files that count; every other file in the folder is left over from a stop in the middle
CREATE TABLE segment(
  id INTEGER PRIMARY KEY AUTOINCREMENT, month TEXT NOT NULL, raw TEXT NOT NULL UNIQUE, tier TEXT UNIQUE,
  t0 INTEGER NOT NULL, t1 INTEGER NOT NULL, n INTEGER NOT NULL, bytes INTEGER NOT NULL,
  revision_seq INTEGER NOT NULL, made INTEGER NOT NULL);
-- which series a file holds, from when to when (inclusive); no entry: not there, whatever the file says.
-- tier_kind: how the 15-min sums were made; null: the file has none of this series
CREATE TABLE segment_series(
  series INTEGER NOT NULL, segment INTEGER NOT NULL, t0 INTEGER NOT NULL, t1 INTEGER NOT NULL, n INTEGER NOT NULL,
  tier_kind TEXT, PRIMARY KEY(series, segment)) WITHOUT ROWID;
-- rows of these series are still in the file and go when it is next written
CREATE TABLE purged(
  segment INTEGER NOT NULL, series INTEGER NOT NULL, PRIMARY KEY(segment, series)) WITHOUT ROWID;
`;

/** What makes tables of each earlier version those of the next. */
const UPGRADES: Readonly<Record<number, string>> = {
  1: 'ALTER TABLE revision ADD COLUMN correction TEXT; ALTER TABLE revision ADD COLUMN revokes INTEGER;',
};

/**
 * Opens the database for writing and makes its tables if it is new, or brings them to this version.
 * @throws {DatabaseRefusal} `sqlite_too_old`; `store_too_new` if a newer program wrote it.
 */
export function openForWriting(file: string): DatabaseSync {
  requireSqlite(process.versions.sqlite ?? '0');
  const db = new DatabaseSync(file, {timeout: 5000});
  try {
    db.exec(
      'PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; ' +
        'PRAGMA journal_size_limit=67108864; PRAGMA wal_autocheckpoint=4000; PRAGMA foreign_keys=OFF',
    );
    const version = Number(db.prepare('PRAGMA user_version').get()!['user_version']);
    if (version > SCHEMA_VERSION) {
      throw new DatabaseRefusal(
        'store_too_new',
        `${file} has schemaVersion ${version}; this program knows up to ${SCHEMA_VERSION}: use the newer program`,
      );
    }
    if (version === 0) {
      db.exec(`BEGIN IMMEDIATE; ${TABLES} PRAGMA user_version=${SCHEMA_VERSION}; COMMIT`);
    }
    for (let from = version; from > 0 && from < SCHEMA_VERSION; from++) {
      db.exec(`BEGIN IMMEDIATE; ${UPGRADES[from]} PRAGMA user_version=${from + 1}; COMMIT`);
    }
  } catch (error) {
    db.close();
    throw error;
  }
  return db;
}

/** A connection that only reads; transactions on it are short, since a long one keeps the write-ahead log from shrinking. */
export function openForReading(file: string): DatabaseSync {
  const db = new DatabaseSync(file, {readOnly: true, timeout: 5000});
  db.exec('PRAGMA cache_size=-4096; PRAGMA query_only=ON');
  return db;
}

/** @throws {DatabaseRefusal} `sqlite_too_old` below 3.51.3. */
export function requireSqlite(version: string): void {
  const parts = version.split('.').map(Number);
  for (let i = 0; i < LEAST_SQLITE.length; i++) {
    const part = parts[i] ?? 0;
    const least = LEAST_SQLITE[i]!;
    if (part > least) return;
    if (part < least) {
      throw new DatabaseRefusal(
        'sqlite_too_old',
        `SQLite ${version} can damage a database that two connections use; ` +
          `${LEAST_SQLITE.join('.')} or newer is needed: run on the pinned Node (npm ci)`,
      );
    }
  }
}
