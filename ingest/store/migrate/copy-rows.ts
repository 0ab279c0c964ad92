import type {Row} from '#schemas';
import {endOfMonth, monthOf, startOfMonth} from '../embedded/compaction-snapshot.ts';
import type {MonthLoad} from '../embedded/month-load.ts';
import type {Columns} from '../embedded/row-arrays.ts';
import type {EmbeddedStore} from '../embedded/store.ts';
import {blocksOf, type SeriesBlock} from './blocks.ts';
import {MIGRATION, type MigrationState} from './side-tables.ts';

const BATCH_ROWS = 8_000;
/** Blocks that are written at once. */
const AT_ONCE = 4;
const DAY_MS = 86_400_000;

type Options = {signal?: AbortSignal | undefined; onRows?: (done: number, total: number) => void};
type Range = {fromMs: number; toMs: number};

/**
 * Copies all rows, from where the target says that it stopped: closed time month by month, each straight to where it stays,
 * where it counts when it is whole; then the last days by the way of every row that comes in. What was begun is copied
 * again: rows that are there already change nothing.
 */
export async function copyRows(from: EmbeddedStore, to: EmbeddedStore, options: Options = {}): Promise<void> {
  const {signal, onRows} = options;
  const total = (await from.inventory()).reduce((sum, {rows}) => sum + rows, 0);
  let done = 0;
  const count = (rows: number) => {
    signal?.throwIfAborted();
    done += rows;
    onRows?.(done, total);
  };
  const [found] = to.documents.all<MigrationState>(MIGRATION.collection);
  // What is closed stays so when it goes on another day: the months of today are all there or not.
  const state: MigrationState = {...found!, closedToMs: found!.closedToMs ?? to.closedToMs()};
  const mark = (value: MigrationState) => to.documents.put([{...MIGRATION, value}]);
  const closedToMs = state.closedToMs!;
  await mark(state);
  if (state.doneToMs === null) {
    await copyStrays(from, to, count);
    await copyMonths(from, to, {closedToMs, count, signal});
  }
  const fromMs = state.doneToMs ?? closedToMs;
  await copyDays(from, to, {fromMs, count, onDone: (doneToMs) => mark({...state, doneToMs})});
}

/** Rows with an impossible time: few, and of no month. */
async function copyStrays(
  from: EmbeddedStore,
  to: EmbeddedStore,
  count: (rows: number) => void,
): Promise<void> {
  for (let after: Row | null = null; ; ) {
    const rows: Row[] = await from.strays({after, limit: BATCH_ROWS});
    await add(to, rows);
    count(rows.length);
    if (rows.length < BATCH_ROWS) return;
    after = rows.at(-1)!;
  }
}

async function copyMonths(
  from: EmbeddedStore,
  to: EmbeddedStore,
  of: {closedToMs: number; count: (rows: number) => void; signal: AbortSignal | undefined},
): Promise<void> {
  const {closedToMs, count, signal} = of;
  const there = new Set(to.coldMonths());
  for (let fromMs = Number.MIN_SAFE_INTEGER; fromMs < closedToMs; ) {
    const left = await from.held({fromMs, toMs: closedToMs});
    if (left.length === 0) return;
    const month = monthOf(left.reduce((least, span) => Math.min(least, span.fromMs), closedToMs));
    const range = {fromMs: startOfMonth(month), toMs: Math.min(endOfMonth(month), closedToMs)};
    if (!there.has(month)) await copyMonth(from, to, {month, range, count, signal});
    fromMs = range.toMs;
  }
}

/** All of a month or, when it is stopped, nothing of it. */
async function copyMonth(
  from: EmbeddedStore,
  to: EmbeddedStore,
  of: {month: string; range: Range; count: (rows: number) => void; signal: AbortSignal | undefined},
): Promise<void> {
  const {month, range, count, signal} = of;
  const held = await from.held(range);
  const load: MonthLoad = await to.load(month);
  try {
    const series = held.map((span) => span.series);
    const putting: Promise<void>[] = [];
    for await (const block of blocksOf(from, series, range)) {
      if (putting.length === AT_ONCE) await unlessStopped(putting.shift()!, signal);
      count(block.rows.timeMs.length);
      const one = put(block, load, to);
      one.catch(() => {}); // told to who waits for it
      putting.push(one);
    }
    await unlessStopped(Promise.all(putting), signal);
    await load.commit();
  } catch (error) {
    await load.abandon();
    throw error;
  }
}

/** Waits for work that may wait itself, as long as the target does not answer. */
async function unlessStopped(work: Promise<unknown>, signal: AbortSignal | undefined): Promise<void> {
  signal?.throwIfAborted();
  let stop = () => {};
  const stopped = new Promise<never>((_, reject) => {
    stop = () => reject(signal?.reason);
  });
  signal?.addEventListener('abort', stop);
  try {
    await Promise.race([work, stopped]);
  } finally {
    signal?.removeEventListener('abort', stop);
  }
}

async function put({series, rows}: SeriesBlock, load: MonthLoad, to: EmbeddedStore): Promise<void> {
  const left = await load.put(series, rows);
  // Before the month counts: what counts is not copied again.
  await add(to, [...rowsOf(series, left)]);
}

/** The days that are not yet closed, one after the other, as rows that come in. */
async function copyDays(
  from: EmbeddedStore,
  to: EmbeddedStore,
  of: {fromMs: number; count: (rows: number) => void; onDone: (toMs: number) => Promise<void>},
): Promise<void> {
  for (let {fromMs} = of; ; ) {
    const left = await from.held({fromMs, toMs: Number.MAX_SAFE_INTEGER});
    if (left.length === 0) return;
    const first = left.reduce((least, span) => Math.min(least, span.fromMs), Number.MAX_SAFE_INTEGER);
    const toMs = (Math.floor(first / DAY_MS) + 1) * DAY_MS;
    const series = left.filter((span) => span.fromMs < toMs).map((span) => span.series);
    let rows: Row[] = [];
    for await (const block of blocksOf(from, series, {fromMs, toMs})) {
      for (const row of rowsOf(block.series, block.rows)) {
        rows.push(row);
        if (rows.length < BATCH_ROWS) continue;
        of.count(rows.length);
        await add(to, rows);
        rows = [];
      }
    }
    of.count(rows.length);
    await add(to, rows);
    await of.onDone(toMs);
    fromMs = toMs;
  }
}

function* rowsOf(series: number, {timeMs, value, qc, receivedMs}: Columns): Generator<Row> {
  for (let i = 0; i < timeMs.length; i++) {
    yield {
      series,
      timeMs: timeMs[i]!,
      value: Number.isNaN(value[i]!) ? null : value[i]!,
      qc: qc[i]!,
      receivedMs: receivedMs[i]!,
    };
  }
}

async function add(to: EmbeddedStore, rows: Row[]): Promise<void> {
  if (rows.length === 0) return;
  await new Promise((resolve) => to.add({rows, revisions: [], deadLetters: [], rechecks: []}, resolve));
}
