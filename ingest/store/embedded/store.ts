import {statSync} from 'node:fs';
import type {Worker} from 'node:worker_threads';
import {
  type Batch,
  type Bucket,
  type Conflict,
  type DocumentStore,
  EcoError,
  type ObservationStore,
  type Revision,
  type RollUpRow,
  type Row,
  type RowColumns,
  type SeriesQuery,
  type SeriesResult,
  type StoreCounts,
  type StoredDeadLetter,
  type StoreStats,
  type VerdictCounts,
} from '#schemas';
import {ColdIndex} from './cold-index.ts';
import type {ColdKeeper, CompactionNeeds, LogLevel} from './cold-keeper.ts';
import {KEY} from './cold-source.ts';
import {CommitTimes} from './commit-times.ts';
import {addCounts, Committer, type Gathering, type Outcome} from './committer.ts';
import {DocumentBook} from './document-book.ts';
import {FileHolds} from './file-holds.ts';
import {LatestRows} from './latest-rows.ts';
import type {Layout} from './layout.ts';
import {MonthLoad} from './month-load.ts';
import type {EmbeddedStoreOptions, SeriesInfo} from './options.ts';
import type {
  Forwarded,
  FromWriter,
  OpeningState,
  ToWriter,
  WriteResult,
  WriteTransaction,
} from './protocol.ts';
import type {Reader} from './reader.ts';
import type {RowsAnswer, SeriesInventory, SeriesSpan} from './reader-protocol.ts';
import {RecheckRunner} from './recheck-runner.ts';
import type {RowArrays} from './row-arrays.ts';
import {type BackupOptions, copyStore, type StoreCopy} from './store-backup.ts';

const EMPTY: Batch = {rows: [], revisions: [], deadLetters: [], rechecks: []};
/** How long `close` waits for what is not yet durable: a stop must end within 5 s also when the disk is full. */
const CLOSE_LIMIT_MS = 3_000;
const WRITER_CLOSE_MS = 1_000;
const RETRY_MS = 200;
const BLOCK_ROWS = 50_000;

/**
 * `stalled`: commits do not go through (a full disk) and are tried again; nothing is acknowledged meanwhile. `degraded`:
 * all that comes is durable here, but does not go on to where it should.
 */
export type StoreState =
  | {state: 'ok'}
  | {state: 'stalled'; sinceMs: number; message: string}
  | {state: 'degraded'; sinceMs: number; message: string}
  | {state: 'failed'; message: string}
  | {state: 'closed'};

/** What stands behind the store besides its own folder has a say in its writing. */
export type StoreHooks = {
  /** Called before rows are written; a promise: there is no room for them until it resolves. Says so through `stall`. */
  room(stall: (message: string) => void): Promise<void> | null;
  /** Rows were written or purged; so many of them are to go on. */
  onWritten(queued: number): void;
};

export type StoreParts = {
  options: EmbeddedStoreOptions;
  layout: Layout;
  lock: {release(): void};
  writer: Worker;
  reader: Reader;
  state: OpeningState;
  /** Makes what moves closed time away. */
  keeper: (needs: CompactionNeeds) => ColdKeeper;
  hooks?: StoreHooks;
};

/** The embedded store: hot rows in SQLite behind a group commit, cold ones in Parquet behind DuckDB. */
export class EmbeddedStore implements ObservationStore {
  readonly documents: DocumentStore;
  readonly #options: EmbeddedStoreOptions;
  readonly #layout: Layout;
  readonly #lock: {release(): void};
  readonly #writer: Worker;
  readonly #committer: Committer;
  readonly #latest: LatestRows;
  readonly #reader: Reader;
  readonly #cold: ColdIndex;
  readonly #rechecks: RecheckRunner;
  readonly #compaction: ColdKeeper;
  readonly #holds: FileHolds;
  /** Copies under way end with the store. */
  readonly #stopCopies = new AbortController();
  readonly #hooks: StoreHooks | null;
  readonly #counts: StoreCounts;
  readonly #times = new CommitTimes();
  readonly #now: () => number;
  #hotRows: number;
  #lastCommitMs: number | null = null;
  #state: StoreState = {state: 'ok'};
  #transactions = 0;
  #closing: Promise<void> | null = null;
  /** The writer's end, once it was asked for. */
  #writerEnd: Promise<void> | null = null;

  constructor({options, layout, lock, writer, reader, state, keeper, hooks}: StoreParts) {
    this.#options = options;
    this.#hooks = hooks ?? null;
    this.#layout = layout;
    this.#lock = lock;
    this.#writer = writer;
    this.#now = options.now ?? Date.now;
    this.#counts = countsOf(state.counters);
    this.#hotRows = state.hotRows;
    this.#latest = new LatestRows(state.latest, state.revisions);
    this.#cold = new ColdIndex(state.segments);
    this.#committer = new Committer(
      {
        send: (transaction, transfer) =>
          this.#say({kind: 'transaction', id: ++this.#transactions, transaction}, transfer),
        lookUp: (rows, count, oldestMs) => this.#lookUp(rows, count, oldestMs),
        onWritten: (unit, result) => this.#onWritten(unit, result),
      },
      options.commitIntervalMs ?? 5,
    );
    this.documents = new DocumentBook(state.documents, options.documentVersions ?? {}, (changes) => {
      this.#requireWriter();
      return this.#committer.documents(changes);
    });
    this.#reader = reader;
    this.#rechecks = new RecheckRunner(state.rechecks, {
      seriesInfo: options.seriesInfo,
      recheck: (interval, info) => this.#reader.ask({kind: 'recheck', interval, info}),
      commit: (revisions, changes) =>
        new Promise((resolve) =>
          this.#add({...EMPTY, revisions}, changes, () => {
            if (revisions.length > 0) options.onRevisions?.(revisions);
            resolve();
          }),
        ),
      now: this.#now,
      onFault: (error) => {
        // It waits until the other database is back, which is said already.
        if (error instanceof EcoError && error.code === 'store_away') return;
        this.#log('error', 'a recheck failed', {error});
      },
    });
    this.#holds = new FileHolds((files) => this.#reader.ask({kind: 'retire', files}));
    this.#compaction = keeper({
      layout,
      options,
      cold: this.#cold,
      committer: this.#committer,
      record: (range) => this.#say({kind: 'record', range}),
      retire: (files) => this.#holds.retire(files),
      hotRows: () => this.#hotRows,
      strayRows: state.strayRows,
      series: () => this.#latest.series(),
      onSwapped: (deletedHot) => {
        this.#hotRows -= deletedHot;
      },
      now: this.#now,
      log: (level, message, details) => this.#log(level, message, details),
    });
    writer.on('message', (message: FromWriter) => this.#hear(message));
    writer.on('error', (error) => this.#fail(error));
    this.#compaction.start();
  }

  // ── writing ──

  add(batch: Batch, done: (outcome: Outcome) => void): void {
    this.#requireOpen();
    this.#requireWriter();
    this.#add(batch, this.#rechecks.note(batch), done);
  }

  #add(batch: Batch, rechecks: WriteTransaction['recheckChanges'], done: (outcome: Outcome) => void): void {
    this.#committer.add(batch, rechecks, this.#now(), done);
  }

  /** What became of rows that another database gets; durable with the next commit. */
  forwarded(report: Forwarded): void {
    void this.#committer.forwarded(report);
  }

  /** Evidence of the store's own. */
  keepLetters(deadLetters: Batch['deadLetters']): void {
    this.#add({...EMPTY, deadLetters}, [], () => {});
  }

  pending(): number {
    return this.#committer.pending;
  }

  async written(): Promise<void> {
    if (this.#writerEnd) return;
    await new Promise((done) => this.#add(EMPTY, [], done));
  }

  async endWriting(): Promise<void> {
    this.#requireOpen();
    // what writes by itself goes first
    await Promise.all([this.#rechecks.stop(), this.#compaction.stop()]);
    await this.#committer.drained();
    await this.#endWriter();
  }

  /** Resolves once it is gone. */
  #endWriter(): Promise<void> {
    this.#writerEnd ??= new Promise((resolve) => {
      this.#writer.once('exit', () => resolve());
      this.#say({kind: 'close'});
    });
    return this.#writerEnd;
  }

  #lookUp(rows: RowArrays, count: number, oldestMs: number): Promise<WriteTransaction['cold']> | null {
    const waiting = count > 0 ? (this.#hooks?.room((message) => this.#stall(message)) ?? null) : null;
    if (!waiting) return this.#find(rows, count, oldestMs);
    return waiting.then(() => this.#find(rows, count, oldestMs));
  }

  #find(rows: RowArrays, count: number, oldestMs: number): Promise<WriteTransaction['cold']> | null {
    if (oldestMs > this.#cold.newestMs) return null;
    const files = new Map<string, number[]>();
    for (let i = 0; i < count; i++) this.#cold.noteFiles(rows.series[i]!, rows.timeMs[i]!, i, files);
    return files.size === 0 ? null : this.#lookUpIn(files, rows, count);
  }

  /** Asks each file for those rows alone that may be in it: rows purged from it are no answer. */
  async #lookUpIn(
    files: ReadonlyMap<string, readonly number[]>,
    rows: RowArrays,
    count: number,
  ): Promise<WriteTransaction['cold']> {
    const asked = [...files].map(([file, places]) => ({
      file,
      keys: {
        series: Int32Array.from(places, (i) => rows.series[i]!),
        timeMs: Float64Array.from(places, (i) => rows.timeMs[i]!),
      },
    }));
    const found = await this.#persist(() => this.#reader.ask({kind: 'lookUp', files: asked}));
    const hit = new Uint8Array(count);
    const value = new Float64Array(count);
    [...files.values()].forEach((places, f) => {
      places.forEach((place, k) => {
        if (found[f]!.hit[k] === KEY.absent) return;
        hit[place] = found[f]!.hit[k]!;
        value[place] = found[f]!.value[k]!;
      });
    });
    return {hit, value};
  }

  /** What a commit needs is tried until it succeeds: the batch waits, nothing of it is acknowledged. */
  async #persist<T>(work: () => Promise<T>): Promise<T> {
    for (;;) {
      try {
        return await work();
      } catch (error) {
        // On close the rows are left to those who sent them.
        if (this.#closing) return new Promise(() => {});
        this.#stall((error as Error).message);
        await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
      }
    }
  }

  #stall(message: string): void {
    if (this.#state.state !== 'ok') return;
    this.#state = {state: 'stalled', sinceMs: this.#now(), message};
    this.#log('error', 'the store cannot write and holds what comes', {
      reason: message,
      pending: this.pending(),
    });
  }

  #onWritten(unit: Gathering, result: WriteResult): void {
    let {stored, duplicate, conflict} = {stored: unit.count, duplicate: 0, conflict: 0};
    if (result.outcomes) {
      stored = 0;
      for (let at = 0; at < result.outcomes.length; at += 3) {
        stored += result.outcomes[at]!;
        duplicate += result.outcomes[at + 1]!;
        conflict += result.outcomes[at + 2]!;
      }
    }
    const {late} = result;
    this.#counts.received += unit.count;
    this.#counts.stored += stored - late.duplicate - late.conflict;
    this.#counts.duplicate += duplicate + late.duplicate;
    this.#counts.conflict += conflict + late.conflict;
    for (const letter of unit.deadLetters) {
      this.#counts.deadLetters[letter.code] = (this.#counts.deadLetters[letter.code] ?? 0) + 1;
    }
    addCounts(this.#counts.byCode, unit.counted);
    this.#hotRows += stored - late.duplicate - late.conflict;
    this.#latest.take(result.rows, unit.count, result.unlike);
    for (const revision of unit.revisions) this.#latest.revise(revision);
    this.#lastCommitMs = this.#now();
    this.#hooks?.onWritten(result.queued);
  }

  #hear(message: FromWriter): void {
    if (message.kind === 'done') {
      if (this.#state.state === 'stalled') {
        this.#log('info', 'the store writes again', {afterMs: this.#now() - this.#state.sinceMs});
        this.#state = {state: 'ok'};
      }
      this.#times.add(message.ms);
      this.#committer.finished(message.result);
    } else if (message.kind === 'stalled') {
      this.#stall(message.message);
    }
  }

  #say(message: ToWriter, transfer: ArrayBuffer[] = []): void {
    this.#writer.postMessage(message, transfer);
  }

  // ── reading ──

  async rows(query: SeriesQuery): Promise<RowColumns> {
    return (await this.#reader.ask({kind: 'rows', query})).rows;
  }

  /** Rows as they came, whatever later verdicts say: the first `limit` of them, and whether more can follow. */
  storedRows(query: SeriesQuery, limit: number): Promise<RowsAnswer> {
    return this.#reader.ask({kind: 'rows', query: {...query, asStored: true}, limit});
  }

  /** Which series there are, from when to when, and how many rows of each. */
  inventory(): Promise<SeriesInventory[]> {
    return this.#reader.ask({kind: 'inventory'});
  }

  async *rowBlocks(query: SeriesQuery, blockRows = BLOCK_ROWS): AsyncIterable<RowColumns> {
    let fromMs = query.fromMs;
    for (;;) {
      const {rows, lastMs, more} = await this.#reader.ask({
        kind: 'rows',
        query: {...query, fromMs},
        limit: blockRows,
      });
      if (rows.timeMs.length > 0) yield rows;
      if (!more || lastMs === null) return;
      fromMs = lastMs + 1;
    }
  }

  series(
    query: SeriesQuery & {points: number; bucket?: Bucket; dayStartHour?: number},
  ): Promise<SeriesResult> {
    return this.#reader.ask({kind: 'series', query, info: this.#info(query.series), nowMs: this.#now()});
  }

  rollUp(query: SeriesQuery & {bucket: Exclude<Bucket, 'raw'>; dayStartHour?: number}): Promise<RollUpRow[]> {
    return this.#reader.ask({kind: 'rollUp', query, info: this.#info(query.series)});
  }

  verdicts(query: {edgesMs: readonly number[]; series?: readonly number[]}): Promise<VerdictCounts> {
    return this.#reader.ask({kind: 'verdicts', ...query});
  }

  latest(series?: readonly number[]): Row[] {
    return this.#latest.get(series);
  }

  deadLetters(query: {limit: number; beforeId?: number; code?: string}): Promise<StoredDeadLetter[]> {
    return this.#reader.ask({kind: 'deadLetters', ...query});
  }

  conflicts(query: {limit: number; series?: number}): Promise<Conflict[]> {
    return this.#reader.ask({kind: 'conflicts', ...query});
  }

  revisions(query: {
    series: number;
    fromMs: number;
    toMs: number;
    leastVersion?: number;
  }): Promise<Revision[]> {
    return this.#reader.ask({kind: 'revisions', ...query});
  }

  counts(): StoreCounts {
    const {deadLetters, byCode} = this.#counts;
    return {...this.#counts, deadLetters: {...deadLetters}, byCode: {...byCode}};
  }

  #info(series: number): SeriesInfo | null {
    return this.#options.seriesInfo(series) ?? null;
  }

  // ── keeping ──

  /** Whether commits go through; synchronous, for the health board. */
  state(): StoreState {
    return {...this.#state};
  }

  async stats(): Promise<StoreStats> {
    const {p50, p99} = this.#times.quantiles();
    const bounds = await this.#reader.ask({kind: 'hotBounds'});
    const oldest = Math.min(bounds.oldestMs ?? Number.POSITIVE_INFINITY, this.#cold.oldestMs);
    const newest = Math.max(bounds.newestMs ?? Number.NEGATIVE_INFINITY, this.#cold.newestMs);
    return {
      hotRows: this.#hotRows,
      coldRows: this.#cold.rows,
      coldFiles: this.#cold.segments.length,
      months: this.#cold.months,
      bytes: {
        hot: sizeOf(this.#layout.database) + sizeOf(`${this.#layout.database}-wal`),
        cold: this.#cold.bytes,
      },
      oldestMs: Number.isFinite(oldest) ? oldest : null,
      newestMs: Number.isFinite(newest) ? newest : null,
      pending: this.pending(),
      lastCommitMs: this.#lastCommitMs,
      commitP50Ms: p50,
      commitP99Ms: p99,
      stalled:
        this.#state.state === 'stalled' ? {sinceMs: this.#state.sinceMs, message: this.#state.message} : null,
    };
  }

  /** Which series can have rows in a range, without those of an impossible time. */
  held(range: {fromMs: number; toMs: number}): Promise<SeriesSpan[]> {
    return this.#reader.ask({kind: 'held', ...range});
  }

  /** Rows with an impossible time, a page of them: those after a key, in the order of time and series. */
  strays(page: {after: Row | null; limit: number}): Promise<Row[]> {
    return this.#reader.ask({kind: 'strays', ...page});
  }

  /** The time before which rows are moved to where closed time stays. */
  closedToMs(): number {
    return this.#compaction.cutoffMs();
  }

  /** Months (`2026-11`) of which there are rows where closed time stays. */
  coldMonths(): string[] {
    return this.#cold.months.map(({month}) => month);
  }

  /** Takes rows of a month of closed time in that is not there yet, past the row store. */
  async load(month: string): Promise<MonthLoad> {
    this.#requireOpen();
    const place = await this.#compaction.load(month);
    return new MonthLoad(place, {committer: this.#committer, cold: this.#cold});
  }

  compact(): Promise<void> {
    this.#requireOpen();
    return this.#compaction.run();
  }

  async purge(series: readonly number[]): Promise<{rows: number}> {
    this.#requireOpen();
    const list = [...new Set(series)];
    this.#rechecks.forget(list);
    this.#compaction.notePurge(list);
    const result = await this.#committer.purge({kind: 'purge', series: list});
    this.#latest.forget(list);
    this.#hotRows -= result.hotRows;
    this.#cold.purge(list, result.dirty);
    this.#hooks?.onWritten(0);
    await this.#compaction.clean();
    return {rows: result.hotRows + result.coldRows};
  }

  /** Copies the store as of one moment into an empty folder, while it goes on. */
  async backup(folder: string, options: BackupOptions = {}): Promise<StoreCopy> {
    this.#requireOpen();
    const signals = [this.#stopCopies.signal, ...(options.signal ? [options.signal] : [])];
    return await copyStore(
      {layout: this.#layout, committer: this.#committer, holds: this.#holds, now: this.#now},
      folder,
      {...options, signal: AbortSignal.any(signals)},
    );
  }

  async settled(): Promise<void> {
    await this.#rechecks.settled();
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    const until = performance.now() + CLOSE_LIMIT_MS;
    this.#stopCopies.abort(new EcoError('store_closed', 'the store is closed', 503));
    void this.#rechecks.stop();
    if (!(await before(until, this.#compaction.stop()))) this.#compaction.terminate();
    if (this.#state.state !== 'failed') {
      if (!(await before(until, this.#committer.drained()))) {
        this.#log('warn', 'the store closes over rows that nobody was told are stored', {
          pending: this.pending(),
        });
      }
      await this.#reader.close();
      if (!(await before(until + WRITER_CLOSE_MS, this.#endWriter()))) await this.#writer.terminate();
    }
    this.#state = {state: 'closed'};
    this.#lock.release();
  }

  #requireOpen(): void {
    if (this.#closing || this.#state.state === 'closed') {
      throw new EcoError('store_closed', 'the store is closed', 503);
    }
  }

  #requireWriter(): void {
    if (this.#writerEnd) throw new EcoError('store_closed', 'the store is only read from now on', 503);
  }

  #fail(error: Error): void {
    if (this.#closing) return;
    this.#state = {state: 'failed', message: error.message};
    this.#log('error', 'the store stopped', {error});
  }

  #log(level: LogLevel, message: string, details: object): void {
    this.#options.log?.({level, message, ...details});
  }
}

function countsOf(counters: Record<string, number>): StoreCounts {
  const under = (prefix: string) =>
    Object.fromEntries(
      Object.entries(counters)
        .filter(([name]) => name.startsWith(prefix))
        .map(([name, n]) => [name.slice(prefix.length), n]),
    );
  return {
    received: counters['received'] ?? 0,
    stored: counters['stored'] ?? 0,
    duplicate: counters['duplicate'] ?? 0,
    conflict: counters['conflict'] ?? 0,
    deadLetters: under('deadLetter:'),
    byCode: under('code:'),
  };
}

function sizeOf(file: string): number {
  return statSync(file, {throwIfNoEntry: false})?.size ?? 0;
}

/** True if the promise resolved before a time of `performance.now()`. */
async function before(untilMs: number, promise: Promise<unknown>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), Math.max(0, untilMs - performance.now()));
  });
  const inTime = await Promise.race([promise.then(() => true as const), late]);
  clearTimeout(timer);
  return inTime;
}
