import type {Batch} from '#schemas';
import type {
  DocumentChange,
  Forwarded,
  Interval,
  PurgeResult,
  PurgeTransaction,
  SwapResult,
  SwapTransaction,
  Transaction,
  TransactionResult,
  WriteResult,
  WriteTransaction,
} from './protocol.ts';
import {buffersOf, grown, putRow, type RowArrays, rowArrays} from './row-arrays.ts';

/** Rows of one transaction at most: about 20 ms, so that nobody waits long behind a flood. */
const MOST_ROWS = 16_384;
const MOST_OTHERS = 4_096;
const FIRST_ROWS = 1_024;

export type Outcome = {stored: number; duplicate: number; conflict: number};
type Done = (outcome: Outcome) => void;

/** What gathers for one transaction while another is in flight. */
type Gathering = {
  kind: 'write';
  rows: RowArrays;
  count: number;
  ends: number[];
  dones: (Done | null)[];
  others: number;
  oldestMs: number;
  revisions: WriteTransaction['revisions'];
  deadLetters: WriteTransaction['deadLetters'];
  replayed: WriteTransaction['replayed'];
  counted: WriteTransaction['counted'];
  documents: DocumentChange[];
  documentDones: (() => void)[];
  recheckChanges: WriteTransaction['recheckChanges'];
  forwarded: Forwarded[];
};

type Special = {
  kind: 'special';
  transaction: SwapTransaction | PurgeTransaction;
  resolve(result: TransactionResult): void;
};
type Pause = {kind: 'pause'; resolve(resume: () => void): void};

export type CommitterPort = {
  /** Sends a transaction on its way; exactly one `finished` follows. */
  send(transaction: Transaction, transfer: ArrayBuffer[]): void;
  /** Which of these rows are in column files; null: none can be. Asked when nothing else is in flight; never rejects. */
  lookUp(rows: RowArrays, count: number, oldestMs: number): Promise<WriteTransaction['cold']> | null;
  /** A write is durable; called before the callbacks of its batches. */
  onWritten(unit: Gathering, result: WriteResult): void;
};

/**
 * Group commit: takes batches in call order, keeps one transaction in flight and gathers the next meanwhile. Callbacks
 * fire after the commit. A transaction that does not go through holds everything behind it.
 */
export class Committer {
  readonly #port: CommitterPort;
  readonly #intervalMs: number;
  readonly #queue: (Gathering | Special | Pause)[] = [];
  #spare: RowArrays | null = null;
  #flight: Gathering | Special | Pause | null = null;
  #began = 0;
  #timer: NodeJS.Timeout | null = null;
  #soon = false;
  #pending = 0;
  #idle: (() => void)[] = [];

  constructor(port: CommitterPort, intervalMs: number) {
    this.#port = port;
    this.#intervalMs = intervalMs;
  }

  /** Rows, letters and revisions taken in and not yet durable. */
  get pending(): number {
    return this.#pending;
  }

  add(batch: Batch, rechecks: WriteTransaction['recheckChanges'], nowMs: number, done: Done | null): void {
    const unit = this.#open();
    for (const row of batch.rows) {
      if (unit.count === unit.rows.timeMs.length) unit.rows = grown(unit.rows, unit.count * 2);
      putRow(unit.rows, unit.count++, row);
      if (row.timeMs < unit.oldestMs) unit.oldestMs = row.timeMs;
    }
    for (const revision of batch.revisions) unit.revisions.push(revision);
    for (const letter of batch.deadLetters) unit.deadLetters.push(letter);
    for (const change of rechecks) unit.recheckChanges.push(change);
    if (batch.replayed?.length) unit.replayed.push({ids: [...batch.replayed], atMs: nowMs});
    if (batch.counted) addCounts(unit.counted, batch.counted);
    unit.ends.push(unit.count);
    unit.dones.push(done);
    unit.others += batch.revisions.length + batch.deadLetters.length + rechecks.length;
    this.#pending += batch.rows.length + batch.deadLetters.length + batch.revisions.length;
    this.#arm();
  }

  documents(changes: DocumentChange[]): Promise<void> {
    const unit = this.#open();
    unit.documents.push(...changes);
    unit.others += changes.length;
    this.#arm();
    return new Promise((resolve) => unit.documentDones.push(resolve));
  }

  forwarded(report: Forwarded): Promise<void> {
    const unit = this.#open();
    unit.forwarded.push(report);
    unit.others++;
    this.#arm();
    return new Promise((resolve) => unit.documentDones.push(resolve));
  }

  swap(transaction: SwapTransaction): Promise<SwapResult> {
    return this.#special(transaction) as Promise<SwapResult>;
  }

  purge(transaction: PurgeTransaction): Promise<PurgeResult> {
    return this.#special(transaction) as Promise<PurgeResult>;
  }

  /** Resolves with nothing in flight; commits go on when the function it gives is called. */
  pause(): Promise<() => void> {
    return new Promise((resolve) => {
      this.#queue.push({kind: 'pause', resolve});
      this.#arm();
    });
  }

  /** Resolves when all that was taken in so far is durable. */
  drained(): Promise<void> {
    if (!this.#flight && this.#queue.length === 0) return Promise.resolve();
    return new Promise((resolve) => {
      this.#idle.push(resolve);
      this.#arm();
    });
  }

  /** The transaction in flight is durable. */
  finished(result: TransactionResult): void {
    const unit = this.#flight;
    this.#flight = null;
    if (unit?.kind === 'write' && result.kind === 'write') this.#report(unit, result);
    else if (unit?.kind === 'special') unit.resolve(result);
    this.#next();
  }

  #special(transaction: Special['transaction']): Promise<TransactionResult> {
    return new Promise((resolve) => {
      this.#queue.push({kind: 'special', transaction, resolve});
      this.#arm();
    });
  }

  #open(): Gathering {
    const last = this.#queue.at(-1);
    if (last?.kind === 'write' && last.count < MOST_ROWS && last.others < MOST_OTHERS) return last;
    const unit: Gathering = {
      kind: 'write',
      rows: this.#spare ?? rowArrays(FIRST_ROWS),
      count: 0,
      ends: [],
      dones: [],
      others: 0,
      oldestMs: Number.POSITIVE_INFINITY,
      revisions: [],
      deadLetters: [],
      replayed: [],
      counted: {},
      documents: [],
      documentDones: [],
      recheckChanges: [],
      forwarded: [],
    };
    this.#spare = null;
    this.#queue.push(unit);
    return unit;
  }

  /** Sees to it that the next transaction starts as soon as it may. */
  #arm(): void {
    if (this.#flight || this.#soon) return;
    const head = this.#queue[0];
    if (!head) return;
    const full = head.kind !== 'write' || this.#queue.length > 1 || head.count >= MOST_ROWS;
    const wait = full ? 0 : this.#began + this.#intervalMs - performance.now();
    if (wait <= 0) {
      if (this.#timer) clearTimeout(this.#timer);
      this.#timer = null;
      // After this turn of the loop: what comes with the same chunk of a socket joins.
      this.#soon = true;
      setImmediate(() => {
        this.#soon = false;
        this.#start();
      });
    } else {
      this.#timer ??= setTimeout(() => {
        this.#timer = null;
        this.#start();
      }, wait);
    }
  }

  #next(): void {
    if (this.#queue.length > 0) this.#arm();
    else for (const resolve of this.#idle.splice(0)) resolve();
  }

  #start(): void {
    if (this.#flight) return;
    const unit = this.#queue.shift();
    if (!unit) return;
    this.#flight = unit;
    this.#began = performance.now();
    if (unit.kind === 'write') this.#write(unit);
    else if (unit.kind === 'special') this.#port.send(unit.transaction, []);
    else {
      unit.resolve(() => {
        this.#flight = null;
        this.#next();
      });
    }
  }

  #write(unit: Gathering): void {
    const looking = this.#port.lookUp(unit.rows, unit.count, unit.oldestMs);
    if (looking === null) this.#send(unit, null);
    else looking.then((cold) => this.#send(unit, cold));
  }

  #send(unit: Gathering, cold: WriteTransaction['cold']): void {
    const ends = Int32Array.from(unit.ends);
    const transfer = [...buffersOf(unit.rows), ends.buffer];
    if (cold) transfer.push(cold.hit.buffer, cold.value.buffer);
    this.#port.send(
      {
        kind: 'write',
        rows: unit.rows,
        count: unit.count,
        ends,
        cold,
        revisions: unit.revisions,
        deadLetters: unit.deadLetters,
        replayed: unit.replayed,
        counted: unit.counted,
        documents: unit.documents,
        recheckChanges: unit.recheckChanges,
        forwarded: unit.forwarded,
      },
      transfer,
    );
  }

  #report(unit: Gathering, result: WriteResult): void {
    unit.rows = result.rows;
    this.#port.onWritten(unit, result);
    this.#spare = result.rows;
    this.#pending -= unit.count + unit.deadLetters.length + unit.revisions.length;
    for (const resolve of unit.documentDones) resolve();
    let from = 0;
    for (let b = 0; b < unit.ends.length; b++) {
      const end = unit.ends[b]!;
      const done = unit.dones[b];
      if (done) tell(done, outcomeOf(result, b, end - from));
      from = end;
    }
  }
}

/** Adds counts to those of the same names. */
export function addCounts(to: Record<string, number>, counts: Readonly<Record<string, number>>): void {
  for (const [name, n] of Object.entries(counts)) to[name] = (to[name] ?? 0) + n;
}

function outcomeOf({outcomes}: WriteResult, batch: number, rows: number): Outcome {
  if (!outcomes) return {stored: rows, duplicate: 0, conflict: 0};
  const at = batch * 3;
  return {stored: outcomes[at]!, duplicate: outcomes[at + 1]!, conflict: outcomes[at + 2]!};
}

/** An error of one callback is its own: the others are told all the same, and it comes out as an uncaught one. */
function tell(done: Done, outcome: Outcome): void {
  try {
    done(outcome);
  } catch (error) {
    queueMicrotask(() => {
      throw error;
    });
  }
}

export type {Gathering, Interval};
