import {createHash} from 'node:crypto';
import type {RowColumns} from '#schemas';
import type {EmbeddedStore} from '../embedded/store.ts';

/** Rows read at once. */
const BLOCK_ROWS = 100_000;
const FIRST_WINDOW_MS = 32 * 86_400_000;

export type Checksum = {series: number; rows: number; sha256: string};

/**
 * Rows, and a checksum of them as they were stored: SHA-256 over the SHA-256 of each series in order of their numbers,
 * each over the columns time, value, arrival (float64) and quality (int32), little-endian, row by row.
 */
export async function checksumOf(
  store: EmbeddedStore,
  options: {signal?: AbortSignal | undefined; onRows?: (rows: number) => void} = {},
): Promise<Checksum> {
  const whole = createHash('sha256');
  const inventory = await store.inventory();
  let rows = 0;
  for (const {series, fromMs, lastMs} of inventory) {
    const one = createHash('sha256');
    // A window of time after the other: all that is asked of what lies in many months is too much at once.
    let windowMs = FIRST_WINDOW_MS;
    for (let at = fromMs; at <= lastMs; ) {
      options.signal?.throwIfAborted();
      const toMs = Math.min(at + windowMs, lastMs + 1);
      const {
        rows: block,
        more,
        lastMs: reachMs,
      } = await store.storedRows({series, fromMs: at, toMs}, BLOCK_ROWS);
      one.update(bytesOf(block));
      const n = block.timeMs.length;
      rows += n;
      options.onRows?.(n);
      if (more && reachMs !== null) at = reachMs + 1;
      else {
        at = toMs;
        if (n < BLOCK_ROWS / 4) windowMs *= 2;
      }
    }
    whole.update(`${series} ${one.digest('hex')}\n`);
  }
  return {series: inventory.length, rows, sha256: whole.digest('hex')};
}

function bytesOf({timeMs, value, receivedMs, qc}: RowColumns): DataView {
  const bytes = new DataView(new ArrayBuffer(timeMs.length * 28));
  for (let i = 0; i < timeMs.length; i++) {
    bytes.setFloat64(i * 28, timeMs[i]!, true);
    bytes.setFloat64(i * 28 + 8, value[i]!, true);
    bytes.setFloat64(i * 28 + 16, receivedMs[i]!, true);
    bytes.setInt32(i * 28 + 24, qc[i]!, true);
  }
  return bytes;
}
