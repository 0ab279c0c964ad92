import type {DatabaseSync} from 'node:sqlite';
import type {Correction, Revision, Row} from '#schemas';
import type {ColdSegment, OpeningState} from './protocol.ts';

/** Everything that the main thread keeps in memory, read once at the start. */
export function readOpeningState(db: DatabaseSync, strayBit: number): OpeningState {
  const latest = readLatest(db, strayBit);
  const count = (where: string) => Number(db.prepare(`SELECT count(*) n FROM hot ${where}`).get()!['n']);
  return {
    documents: db
      .prepare('SELECT collection, id, schema_version, value FROM document ORDER BY collection, id')
      .all()
      .map((row) => ({
        collection: String(row['collection']),
        id: String(row['id']),
        schemaVersion: Number(row['schema_version']),
        json: String(row['value']),
      })),
    counters: Object.fromEntries(
      db
        .prepare('SELECT name, n FROM counter')
        .all()
        .map((row) => [String(row['name']), Number(row['n'])]),
    ),
    hotRows: count(''),
    strayRows: count(`WHERE qc & ${strayBit} <> 0`),
    latest,
    revisions: readRevisionsFrom(db, latest),
    rechecks: db
      .prepare('SELECT series, t0, t1 FROM recheck')
      .all()
      .map((row) => ({series: Number(row['series']), fromMs: Number(row['t0']), toMs: Number(row['t1'])})),
    segments: readSegments(db),
  };
}

type StoredRow = {series: number; ts: number; value: number | null; qc: number; received: number};

function readLatest(db: DatabaseSync, strayBit: number): Row[] {
  // With max() SQLite takes the other columns from the row that has it: https://sqlite.org/lang_select.html#bareagg
  const found = db
    .prepare(
      `SELECT series, max(ts) ts, value, qc, received FROM (
         SELECT series, ts, value, qc, received FROM hot WHERE qc & ${strayBit} = 0
         UNION ALL SELECT series, ts, value, qc, received FROM latest) GROUP BY series`,
    )
    .all() as StoredRow[];
  return found.map((row) => ({
    timeMs: row.ts,
    series: row.series,
    value: row.value,
    receivedMs: row.received,
    qc: row.qc,
  }));
}

/** Revisions that reach to the newest row of their series or beyond, in the order in which they were made. */
function readRevisionsFrom(db: DatabaseSync, latest: readonly Row[]): Revision[] {
  const find = db.prepare('SELECT * FROM revision WHERE series=? AND t1>=? ORDER BY id');
  const found: Revision[] = [];
  for (const row of latest) {
    for (const revision of find.all(row.series, row.timeMs)) found.push(revisionOf(revision));
  }
  return found;
}

/** A row of table `revision` as the port's Revision. */
export function revisionOf(row: Record<string, unknown>): Revision {
  return {
    series: row['series'] as number,
    fromMs: row['t0'] as number,
    toMs: row['t1'] as number,
    version: row['version'] as number,
    value: row['value'] as number | null,
    qc: row['qc'] as number,
    reason: row['reason'] as string,
    who: row['who'] as string,
    atMs: row['at'] as number,
    ...(row['correction'] === null
      ? {}
      : {correction: JSON.parse(row['correction'] as string) as Correction}),
    ...(row['revokes'] === null ? {} : {revokes: row['revokes'] as number}),
  };
}

function readSegments(db: DatabaseSync): ColdSegment[] {
  const dirty = new Set(
    db
      .prepare('SELECT DISTINCT segment FROM purged')
      .all()
      .map((row) => row['segment']),
  );
  const inside = db.prepare('SELECT series, t0, t1, n FROM segment_series WHERE segment=? ORDER BY series');
  return db
    .prepare('SELECT id, month, raw, tier, t0, t1, n, bytes FROM segment ORDER BY t0, id')
    .all()
    .map((row) => {
      const entries = inside.all(row['id']!) as {series: number; t0: number; t1: number; n: number}[];
      return {
        id: Number(row['id']),
        month: String(row['month']),
        raw: String(row['raw']),
        tier: row['tier'] as string | null,
        t0: Number(row['t0']),
        t1: Number(row['t1']),
        n: Number(row['n']),
        bytes: Number(row['bytes']),
        series: Int32Array.from(entries, (entry) => entry.series),
        seriesT0: Float64Array.from(entries, (entry) => entry.t0),
        seriesT1: Float64Array.from(entries, (entry) => entry.t1),
        seriesN: Int32Array.from(entries, (entry) => entry.n),
        dirty: dirty.has(row['id']!),
      };
    });
}
