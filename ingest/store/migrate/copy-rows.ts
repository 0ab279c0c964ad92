import type {Row} from '#schemas';
import type {SeriesInventory} from '../embedded/reader-protocol.ts';
import type {EmbeddedStore} from '../embedded/store.ts';
import {MIGRATION, type MigrationState} from './side-tables.ts';

const DAY_MS = 86_400_000;
/** Rows of one window of time that are held in memory; the window grows and shrinks towards it. */
const WINDOW_ROWS = 150_000;
/** Rows after which the target moves closed time to where it stays. */
const COMPACT_ROWS = 600_000;
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
    const toMs = Math.min(fromMs + windowMs, lastMs + 1);
    const rows = await rowsOf(from, inventory, fromMs, toMs);
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
    fromMs = toMs;
    if (rows.length < WINDOW_ROWS / 2) windowMs = Math.min(windowMs * 2, MOST_WINDOW_MS);
    else if (rows.length > WINDOW_ROWS * 2) windowMs = Math.max(Math.round(windowMs / 2), 1);
  }
  return {rows: copied};
}

/** All rows in [fromMs, toMs), oldest first. */
async function rowsOf(
  from: EmbeddedStore,
  inventory: readonly SeriesInventory[],
  fromMs: number,
  toMs: number,
): Promise<Row[]> {
  const wanted = inventory.filter((one) => one.lastMs >= fromMs && one.fromMs < toMs);
  const rows: Row[] = [];
  for (let at = 0; at < wanted.length; at += AT_ONCE) {
    const some = wanted.slice(at, at + AT_ONCE);
    const found = await Promise.all(some.map(({series}) => from.storedRows({series, fromMs, toMs})));
    some.forEach(({series}, s) => {
      const {timeMs, value, qc, receivedMs} = found[s]!;
      for (let i = 0; i < timeMs.length; i++) {
        rows.push({
          timeMs: timeMs[i]!,
          series,
          value: Number.isNaN(value[i]!) ? null : value[i]!,
          qc: qc[i]!,
          receivedMs: receivedMs[i]!,
        });
      }
    });
  }
  return rows.sort((a, b) => a.timeMs - b.timeMs || a.series - b.series);
}

function add(to: EmbeddedStore, rows: Row[]): Promise<unknown> {
  return new Promise((resolve) => to.add({rows, revisions: [], deadLetters: [], rechecks: []}, resolve));
}
