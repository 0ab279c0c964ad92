import type {DatabaseSync, StatementSync} from 'node:sqlite';
import {KEY} from './cold-source.ts';
import type {
  ColdSegment,
  PurgeResult,
  PurgeTransaction,
  SegmentRecord,
  SwapResult,
  SwapTransaction,
  Transaction,
  TransactionResult,
  WriteResult,
  WriteTransaction,
} from './protocol.ts';
import {getRow, type RowArrays} from './row-arrays.ts';

/** Rows of one INSERT: one statement for several rows saves a third of the time of one for each. */
const ROWS_A_STATEMENT = 16;
/** The same where all rows of a transaction go in at once. */
const FRESH_A_STATEMENT = 64;

type Range = {fromMs: number; toMs: number};
/** What became of the rows: in all, of each batch (three numbers each), and which of them are not as the table has them. */
type Tally = {
  stored: number;
  duplicate: number;
  conflict: number;
  outcomes: Int32Array<ArrayBuffer>;
  unlike: number[];
  /** Rows that the outbox took. */
  queued: number;
};
const NO_OUTCOMES = new Int32Array(0);
const NONE: readonly number[] = [];

/** Keeps, in the same transactions, what another database is to get. */
export type Outbox = {
  /**
   * The rows of a commit that were stored, but for those in `not`; `unsure` may be over there already. Gives how many
   * wait now because of it.
   */
  put(rows: RowArrays, count: number, not: readonly number[], unsure: readonly number[]): number;
  purge(series: readonly number[]): void;
  /** Gives the rows that are not to be counted as stored any more. */
  report(reports: WriteTransaction['forwarded']): {duplicate: number; conflict: number};
  /** SQL of a condition on `hot`: leaves out rows that must stay there. */
  stay: string;
};

/** Makes each kind of transaction on one connection. Throws what SQLite throws; then nothing of it has happened. */
export class TransactionWriter {
  readonly #db: DatabaseSync;
  readonly #inserts: StatementSync[] = [];
  readonly #insertFresh: StatementSync;
  readonly #statements = new Map<string, StatementSync>();
  readonly #parameters: number[] = [];
  readonly #order: number[] = [];
  /** Range of a compaction under way and what came for it since. */
  #recording: Range | null = null;
  #recorded: number[][] = [];
  /** Of the transaction in hand; kept only if it commits. */
  #recordedNow: number[][] = [];

  /** Whether the last rows were all new. */
  #fresh = true;
  readonly #strayBit: number;
  readonly #outbox: Outbox | null;

  /** `strayBit`: set in `qc` where the time is impossible. Such rows stay hot: they would stretch a file's range over centuries. */
  constructor(db: DatabaseSync, strayBit: number, outbox: Outbox | null = null) {
    this.#db = db;
    this.#strayBit = strayBit;
    for (let rows = 1; rows <= ROWS_A_STATEMENT; rows++) this.#inserts.push(prepareInsert(db, rows));
    this.#insertFresh = prepareInsert(db, FRESH_A_STATEMENT);
    this.#outbox = outbox;
  }

  run(transaction: Transaction): TransactionResult {
    this.#recordedNow = [];
    this.#db.exec('BEGIN IMMEDIATE');
    const result = this.#apply(transaction);
    this.#db.exec('COMMIT');
    if (this.#recording) for (const row of this.#recordedNow) this.#recorded.push(row);
    if (transaction.kind === 'purge' && this.#recorded.length > 0) {
      const gone = new Set(transaction.series);
      this.#recorded = this.#recorded.filter((row) => !gone.has(row[1]!));
    }
    if (transaction.kind === 'swap' && transaction.hot) this.record(null);
    return result;
  }

  record(range: Range | null): void {
    this.#recording = range;
    this.#recorded = [];
  }

  #apply(transaction: Transaction): TransactionResult {
    switch (transaction.kind) {
      case 'write':
        return this.#write(transaction);
      case 'swap':
        return this.#swap(transaction);
      case 'purge':
        return this.#purge(transaction);
    }
  }

  #sql(text: string): StatementSync {
    let statement = this.#statements.get(text);
    if (!statement) {
      statement = this.#db.prepare(text);
      this.#statements.set(text, statement);
    }
    return statement;
  }

  #write(t: WriteTransaction): WriteResult {
    const tally = this.#insertRows(t);
    for (const change of t.documents) {
      if (change.kind === 'put') {
        this.#sql(
          'INSERT INTO document(collection,id,schema_version,value) VALUES(?,?,?,?) ' +
            'ON CONFLICT DO UPDATE SET schema_version=excluded.schema_version, value=excluded.value',
        ).run(change.collection, change.id, change.schemaVersion, change.json);
      } else {
        this.#sql('DELETE FROM document WHERE collection=? AND id=?').run(change.collection, change.id);
      }
    }
    for (const r of t.revisions) {
      this.#sql(
        'INSERT INTO revision(series,t0,t1,version,value,qc,reason,who,at,correction,revokes) VALUES(?,?,?,?,?,?,?,?,?,?,?)',
      ).run(
        r.series,
        r.fromMs,
        r.toMs,
        r.version,
        r.value,
        r.qc,
        r.reason,
        r.who,
        r.atMs,
        r.correction === undefined ? null : JSON.stringify(r.correction),
        r.revokes ?? null,
      );
    }
    for (const letter of t.deadLetters) {
      this.#sql(
        'INSERT INTO dead_letter(received,source,topic,principal,device,code,message,payload) VALUES(?,?,?,?,?,?,?,?)',
      ).run(
        letter.receivedMs,
        letter.source,
        letter.topic,
        letter.principal,
        letter.device,
        letter.code,
        letter.message,
        letter.payload,
      );
      this.#count(`deadLetter:${letter.code}`, 1);
    }
    for (const [code, n] of Object.entries(t.counted)) this.#count(`code:${code}`, n);
    for (const {ids, atMs} of t.replayed) {
      for (const id of ids) this.#sql('UPDATE dead_letter SET replayed=? WHERE id=?').run(atMs, id);
    }
    for (const {kind, interval} of t.recheckChanges) {
      if (kind === 'put') {
        this.#sql(
          'INSERT INTO recheck(series,t0,t1) VALUES(?,?,?) ON CONFLICT DO UPDATE SET t1=max(t1,excluded.t1)',
        ).run(interval.series, interval.fromMs, interval.toMs);
      } else {
        this.#sql('DELETE FROM recheck WHERE series=? AND t0=?').run(interval.series, interval.fromMs);
      }
    }
    const late = this.#outbox?.report(t.forwarded) ?? {duplicate: 0, conflict: 0};
    this.#count('received', t.count);
    this.#count('stored', tally.stored - late.duplicate - late.conflict);
    this.#count('duplicate', tally.duplicate + late.duplicate);
    this.#count('conflict', tally.conflict + late.conflict);
    return {
      kind: 'write',
      rows: t.rows,
      outcomes: tally.stored === t.count ? null : tally.outcomes,
      unlike: tally.unlike,
      late,
      queued: tally.queued,
    };
  }

  #count(name: string, n: number): void {
    if (n === 0) return;
    this.#sql('INSERT INTO counter(name,n) VALUES(?,?) ON CONFLICT DO UPDATE SET n=n+excluded.n').run(
      name,
      n,
    );
  }

  #insertRows(t: WriteTransaction): Tally {
    if (t.cold === null && this.#recording === null && this.#fresh) {
      if (this.#insertAll(t)) {
        const queued = t.count > 0 ? (this.#outbox?.put(t.rows, t.count, NONE, NONE) ?? 0) : 0;
        return {stored: t.count, duplicate: 0, conflict: 0, outcomes: NO_OUTCOMES, unlike: [], queued};
      }
      // Some are there already, and which matters: begin again, batch by batch.
      this.#db.exec('ROLLBACK; BEGIN IMMEDIATE');
    }
    const tally = this.#insertBatches(t);
    this.#fresh = tally.stored === t.count;
    return tally;
  }

  /**
   * Inserts all rows in the order of the table, which spares SQLite the way down from its root for each of them; false, at
   * the first that was there, with the transaction half done.
   */
  #insertAll({rows, count}: WriteTransaction): boolean {
    const {timeMs, series} = rows;
    const order = this.#order;
    order.length = count;
    for (let row = 0; row < count; row++) order[row] = row;
    order.sort((a, b) => timeMs[a]! - timeMs[b]! || series[a]! - series[b]!);
    let at = 0;
    for (; at + FRESH_A_STATEMENT <= count; at += FRESH_A_STATEMENT) {
      const changes = this.#put(this.#insertFresh, rows, at, at + FRESH_A_STATEMENT, order);
      if (changes < FRESH_A_STATEMENT) return false;
    }
    while (at < count) {
      const stop = Math.min(count, at + ROWS_A_STATEMENT);
      if (this.#put(this.#inserts[stop - at - 1]!, rows, at, stop, order) < stop - at) return false;
      at = stop;
    }
    return true;
  }

  #insertBatches(t: WriteTransaction): Tally {
    const outcomes = new Int32Array(t.ends.length * 3);
    const unlike: number[] = [];
    /** Rows that the store holds as others of them came, and rows that may be cold already. */
    const held: number[] = [];
    const unsure: number[] = [];
    const total = {stored: 0, duplicate: 0, conflict: 0};
    let from = 0;
    for (let batch = 0; batch < t.ends.length; batch++) {
      const end = t.ends[batch]!;
      let stored = 0;
      let conflict = 0;
      for (let at = from; at < end; at += ROWS_A_STATEMENT) {
        const stop = Math.min(end, at + ROWS_A_STATEMENT);
        if (t.cold || this.#recording) {
          for (let row = at; row < stop; row++) {
            const fate = this.#insertOne(t, row);
            if (fate === 'stored') {
              stored++;
              if (t.cold?.hit[row] === KEY.unknown) unsure.push(row);
            } else {
              unlike.push(row);
              held.push(row);
            }
            if (fate === 'conflict') conflict++;
          }
          continue;
        }
        const changes = this.#insert(t.rows, at, stop);
        stored += changes;
        if (changes < stop - at) {
          for (let row = at; row < stop; row++) {
            // A row found equal may be one that this very statement put in, so only the number of those is known.
            const kept = this.#kept(t.rows, row);
            if (!sameValue(kept.value, t.rows.value[row]!)) {
              unlike.push(row);
              held.push(row);
              if (this.#keepConflict(t.rows, row, kept.value)) conflict++;
            } else if (kept.qc !== t.rows.qc[row]) {
              unlike.push(row);
              held.push(row);
            } else if (kept.received !== t.rows.receivedMs[row]) {
              held.push(row);
            }
          }
        }
      }
      outcomes[batch * 3] = stored;
      outcomes[batch * 3 + 1] = end - from - stored - conflict;
      outcomes[batch * 3 + 2] = conflict;
      total.stored += stored;
      total.conflict += conflict;
      total.duplicate += end - from - stored - conflict;
      from = end;
    }
    const queued = total.stored > 0 ? (this.#outbox?.put(t.rows, t.count, held, unsure) ?? 0) : 0;
    return {...total, outcomes, unlike, queued};
  }

  #insert(rows: RowArrays, from: number, to: number): number {
    return this.#put(this.#inserts[to - from - 1]!, rows, from, to, null);
  }

  /** Rows [from, to), by place or by place in an order, with the statement for so many; how many are new. */
  #put(
    statement: StatementSync,
    rows: RowArrays,
    from: number,
    to: number,
    order: readonly number[] | null,
  ): number {
    const parameters = this.#parameters;
    parameters.length = (to - from) * 5;
    for (let at = from, p = 0; at < to; at++) {
      const row = order === null ? at : order[at]!;
      parameters[p++] = rows.timeMs[row]!;
      parameters[p++] = rows.series[row]!;
      // SQLite takes NaN as NULL.
      parameters[p++] = rows.value[row]!;
      parameters[p++] = rows.qc[row]!;
      parameters[p++] = rows.receivedMs[row]!;
    }
    return Number(statement.run(...parameters).changes);
  }

  /** One row where more must be known of it: it may be in a column file, or a compaction of its time is under way. */
  #insertOne(t: WriteTransaction, row: number): 'stored' | 'duplicate' | 'conflict' | 'known conflict' {
    if (t.cold?.hit[row] === KEY.present) {
      const kept = t.cold.value[row]!;
      if (sameValue(kept, t.rows.value[row]!)) return 'duplicate';
      return this.#keepConflict(t.rows, row, kept) ? 'conflict' : 'known conflict';
    }
    if (this.#insert(t.rows, row, row + 1) === 1) {
      const time = t.rows.timeMs[row]!;
      const range = this.#recording;
      if (range && time >= range.fromMs && time < range.toMs) {
        this.#recordedNow.push([
          time,
          t.rows.series[row]!,
          t.rows.value[row]!,
          t.rows.qc[row]!,
          t.rows.receivedMs[row]!,
        ]);
      }
      return 'stored';
    }
    const kept = this.#kept(t.rows, row);
    if (sameValue(kept.value, t.rows.value[row]!)) return 'duplicate';
    return this.#keepConflict(t.rows, row, kept.value) ? 'conflict' : 'known conflict';
  }

  #kept(rows: RowArrays, row: number): {value: number; qc: number; received: number} {
    const found = this.#sql('SELECT value, qc, received FROM hot WHERE ts=? AND series=?').get(
      rows.timeMs[row]!,
      rows.series[row]!,
    ) as {value: number | null; qc: number; received: number};
    return {...found, value: found.value ?? Number.NaN};
  }

  /** False if the same other value was offered before. */
  #keepConflict(rows: RowArrays, row: number, kept: number): boolean {
    const offered = getRow(rows, row);
    const done = this.#sql(
      'INSERT INTO conflict(series,ts,kept,offered,seen) VALUES(?,?,?,?,?) ON CONFLICT DO NOTHING',
    ).run(offered.series, offered.timeMs, kept, offered.value, offered.receivedMs);
    return done.changes === 1;
  }

  #swap(t: SwapTransaction): SwapResult {
    let deletedHot = 0;
    if (t.hot) {
      const {fromMs, toMs} = t.hot;
      deletedHot = Number(
        this.#sql(
          `DELETE FROM hot WHERE ts>=? AND ts<? AND qc & ${this.#strayBit} = 0 ${this.#outbox?.stay ?? ''}`,
        ).run(fromMs, toMs).changes,
      );
      const put = this.#inserts[0]!;
      for (const row of this.#recorded) deletedHot -= Number(put.run(...row).changes);
    }
    for (const id of t.remove) {
      this.#sql('DELETE FROM segment WHERE id=?').run(id);
      this.#sql('DELETE FROM segment_series WHERE segment=?').run(id);
      this.#sql('DELETE FROM purged WHERE segment=?').run(id);
    }
    const purged = new Set(t.purged);
    const segments = t.add.map((record) => this.#addSegment(record, purged));
    if (t.latest) {
      const keep = this.#sql(
        'INSERT INTO latest(series,ts,value,qc,received) VALUES(?,?,?,?,?) ON CONFLICT DO UPDATE SET ' +
          'ts=excluded.ts, value=excluded.value, qc=excluded.qc, received=excluded.received WHERE excluded.ts > ts',
      );
      for (let i = 0; i < t.latest.series.length; i++) {
        const row = getRow(t.latest, i);
        if (!purged.has(row.series)) keep.run(row.series, row.timeMs, row.value, row.qc, row.receivedMs);
      }
    }
    return {kind: 'swap', deletedHot, segments};
  }

  #addSegment(record: SegmentRecord, purged: ReadonlySet<number>): ColdSegment {
    const id = Number(
      this.#sql(
        'INSERT INTO segment(month,raw,tier,t0,t1,n,bytes,revision_seq,made) VALUES(?,?,?,?,?,?,?,?,?)',
      ).run(
        record.month,
        record.raw,
        record.tier,
        record.t0,
        record.t1,
        record.n,
        record.bytes,
        record.revisionSeq,
        Date.now(),
      ).lastInsertRowid,
    );
    const kept: number[] = [];
    for (let i = 0; i < record.series.length; i++) {
      const series = record.series[i]!;
      if (purged.has(series)) {
        this.#sql('INSERT INTO purged(segment,series) VALUES(?,?)').run(id, series);
        continue;
      }
      kept.push(i);
      this.#sql('INSERT INTO segment_series(series,segment,t0,t1,n,tier_kind) VALUES(?,?,?,?,?,?)').run(
        series,
        id,
        record.seriesT0[i]!,
        record.seriesT1[i]!,
        record.seriesN[i]!,
        record.seriesTierKind[i]!,
      );
    }
    return {
      id,
      month: record.month,
      raw: record.raw,
      tier: record.tier,
      t0: record.t0,
      t1: record.t1,
      n: record.n,
      bytes: record.bytes,
      series: Int32Array.from(kept, (i) => record.series[i]!),
      seriesT0: Float64Array.from(kept, (i) => record.seriesT0[i]!),
      seriesT1: Float64Array.from(kept, (i) => record.seriesT1[i]!),
      seriesN: Int32Array.from(kept, (i) => record.seriesN[i]!),
      dirty: kept.length < record.series.length,
    };
  }

  /** The rows are gone for every reader with this commit; files that still hold some are written anew later. */
  #purge(t: PurgeTransaction): PurgeResult {
    let hotRows = 0;
    let coldRows = 0;
    const dirty = new Set<number>();
    const list = JSON.stringify(t.series);
    const among = 'series IN (SELECT value FROM json_each(?))';
    hotRows = Number(this.#sql(`DELETE FROM hot WHERE ${among}`).run(list).changes);
    for (const entry of this.#sql(`SELECT series, segment, n FROM segment_series WHERE ${among}`).all(list)) {
      coldRows += Number(entry['n']);
      dirty.add(Number(entry['segment']));
      this.#sql('INSERT INTO purged(segment,series) VALUES(?,?) ON CONFLICT DO NOTHING').run(
        entry['segment']!,
        entry['series']!,
      );
    }
    for (const table of ['segment_series', 'revision', 'conflict', 'recheck', 'latest']) {
      this.#sql(`DELETE FROM ${table} WHERE ${among}`).run(list);
    }
    this.#outbox?.purge(t.series);
    return {kind: 'purge', hotRows, coldRows, dirty: [...dirty]};
  }
}

function prepareInsert(db: DatabaseSync, rows: number): StatementSync {
  const places = Array.from({length: rows}, () => '(?,?,?,?,?)').join(',');
  return db.prepare(`INSERT INTO hot(ts,series,value,qc,received) VALUES ${places} ON CONFLICT DO NOTHING`);
}

/** NaN stands for no value. */
export function sameValue(a: number, b: number): boolean {
  return a === b || (Number.isNaN(a) && Number.isNaN(b));
}
