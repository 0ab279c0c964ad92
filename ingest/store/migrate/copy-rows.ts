import type {Row, RowColumns} from '#schemas';
import type {SeriesInventory} from '../embedded/reader-protocol.ts';
import type {EmbeddedStore} from '../embedded/store.ts';
import {MIGRATION, type MigrationState} from './side-tables.ts';

const DAY_MS = 86_400_000;
/** Rows of one series in a window of time: a window ends where a series has more, so that it is held in memory whole. */
const SERIES_ROWS = 750;
/** Rows after which the target moves closed time to where it stays. */
const COMPACT_ROWS = 300_000;
const MOST_WINDOW_MS = 100 * 365 * DAY_MS;
const BATCH_ROWS = 8_000;
/** Series read at once. */
const AT_ONCE = 4;

/**
 * Copies all rows, all series of a window of time after the other, from where the target's mark says that it stopped.
 * A window that was begun is copied again: rows that are there already change nothing.
 */
export async function copyRows(
  from: EmbeddedStore,
  to: EmbeddedStore,
  options: {signal?: AbortSignal | undefined; onRows?: (done: number, total: number) => void} = {},
): Promise<{rows: number}> {
  const {signal, onRows} = options;
  const inventory = await from.inventory();
  const total = inventory.reduce((sum, {rows}) => sum + rows, 0);
  const [state] = to.documents.all<MigrationState>(MIGRATION.collection);
  const lastMs = inventory.reduce((most, one) => Math.max(most, one.lastMs), Number.NEGATIVE_INFINITY);
  let fromMs = inventory.reduce((least, one) => Math.min(least, one.fromMs), Number.POSITIVE_INFINITY);
  if (state?.doneToMs != null) fromMs = state.doneToMs;
  let windowMs = DAY_MS;
  let copied = 0;
  let waiting = 0;
  while (fromMs <= lastMs) {
    signal?.throwIfAborted();
    const {rows, toMs} = await windowOf(from, inventory, fromMs, Math.min(fromMs + windowMs, lastMs + 1));
    for (let at = 0; at < rows.length; at += BATCH_ROWS) await add(to, rows.slice(at, at + BATCH_ROWS));
    waiting += rows.length;
    // Out of the way, and closed time where it will stay: what is compared later is read from there.
    if (waiting >= COMPACT_ROWS) {
      await to.compact();
      waiting = 0;
    }
    await to.documents.put([{...MIGRATION, value: {...state!, doneToMs: toMs}}]);
    copied += rows.length;
    onRows?.(copied, total);
    // Where there is little the next window is wider; where there was too much it is as wide as there was room for.
    windowMs = Math.min((toMs - fromMs) * 2, MOST_WINDOW_MS);
    fromMs = toMs;
  }
  return {rows: copied};
}

/** All rows from `fromMs` on, oldest first, up to a time (exclusive) that is `toMs` or, where they are too many, earlier. */
async function windowOf(
  from: EmbeddedStore,
  inventory: readonly SeriesInventory[],
  fromMs: number,
  toMs: number,
): Promise<{rows: Row[]; toMs: number}> {
  const found: {series: number; columns: RowColumns}[] = [];
  let endMs = toMs;
  const wanted = inventory.filter((one) => one.lastMs >= fromMs && one.fromMs < toMs);
  for (let at = 0; at < wanted.length; at += AT_ONCE) {
    const some = wanted.slice(at, at + AT_ONCE).map(async ({series}) => {
      const columns = await from.storedRows({series, fromMs, toMs: endMs}, SERIES_ROWS);
      return {series, columns};
    });
    for (const one of await Promise.all(some)) {
      found.push(one);
      const {timeMs} = one.columns;
      if (timeMs.length === SERIES_ROWS) endMs = Math.min(endMs, timeMs.at(-1)! + 1);
    }
  }
  const rows: Row[] = [];
  for (const {series, columns} of found) {
    const {timeMs, value, qc, receivedMs} = columns;
    for (let i = 0; i < timeMs.length && timeMs[i]! < endMs; i++) {
      rows.push({
        timeMs: timeMs[i]!,
        series,
        value: Number.isNaN(value[i]!) ? null : value[i]!,
        qc: qc[i]!,
        receivedMs: receivedMs[i]!,
      });
    }
  }
  return {rows: rows.sort((a, b) => a.timeMs - b.timeMs || a.series - b.series), toMs: endMs};
}

function add(to: EmbeddedStore, rows: Row[]): Promise<unknown> {
  return new Promise((resolve) => to.add({rows, revisions: [], deadLetters: [], rechecks: []}, resolve));
}
