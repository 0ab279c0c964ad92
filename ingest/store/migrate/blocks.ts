import {BASE_BUCKET_MS} from '#model';
import {pick} from '../embedded/merge-rows.ts';
import {type Columns, lowerBound} from '../embedded/row-arrays.ts';
import type {EmbeddedStore} from '../embedded/store.ts';
import {STRAY_BIT} from '../embedded/stray.ts';

/** Rows of a block at most, unless a quarter hour has more. */
const BLOCK_ROWS = 50_000;
/** Series that are read before they are asked for. */
const AHEAD = 2;

export type SeriesBlock = {series: number; rows: Columns};
type Range = {fromMs: number; toMs: number};

/**
 * Rows of some series in a range, as they were stored and without those of an impossible time: series in the order given,
 * each oldest first, whole quarter hours at a time.
 */
export async function* blocksOf(
  store: EmbeddedStore,
  series: readonly number[],
  range: Range,
): AsyncGenerator<SeriesBlock> {
  const ahead: ReturnType<typeof blockOf>[] = [];
  let asked = 0;
  for (const one of series) {
    while (asked < series.length && ahead.length < AHEAD) {
      const next = blockOf(store, series[asked++]!, range);
      next.catch(() => {}); // told to who waits for it
      ahead.push(next);
    }
    let block = await ahead.shift()!;
    for (;;) {
      if (block.rows.timeMs.length > 0) yield {series: one, rows: block.rows};
      if (block.nextMs === null) break;
      block = await blockOf(store, one, {fromMs: block.nextMs, toMs: range.toMs});
    }
  }
}

/** The first rows of a range that begins with a quarter hour, and where the next ones begin; null: there are none. */
async function blockOf(
  store: EmbeddedStore,
  series: number,
  range: Range,
): Promise<{rows: Columns; nextMs: number | null}> {
  for (let most = BLOCK_ROWS; ; most *= 2) {
    const {rows, lastMs, more} = await store.storedRows({series, ...range}, most);
    if (!more || lastMs === null) return {rows: credible(rows), nextMs: null};
    const nextMs = Math.floor((lastMs + 1) / BASE_BUCKET_MS) * BASE_BUCKET_MS;
    if (nextMs > range.fromMs) return {rows: credible(rows, nextMs), nextMs};
  }
}

function credible(rows: Columns, toMs = Number.POSITIVE_INFINITY): Columns {
  const n = lowerBound(rows.timeMs, toMs);
  return pick(rows, (i) => i < n && (rows.qc[i]! & STRAY_BIT) === 0);
}
