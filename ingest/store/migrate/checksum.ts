import {createHash} from 'node:crypto';
import type {EmbeddedStore} from '../embedded/store.ts';

/** Rows read at once. */
const BLOCK_ROWS = 100_000;

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
    let at = fromMs;
    for (;;) {
      options.signal?.throwIfAborted();
      const block = await store.storedRows({series, fromMs: at, toMs: lastMs + 1}, BLOCK_ROWS);
      const n = block.timeMs.length;
      const bytes = new DataView(new ArrayBuffer(n * 28));
      for (let i = 0; i < n; i++) {
        bytes.setFloat64(i * 28, block.timeMs[i]!, true);
        bytes.setFloat64(i * 28 + 8, block.value[i]!, true);
        bytes.setFloat64(i * 28 + 16, block.receivedMs[i]!, true);
        bytes.setInt32(i * 28 + 24, block.qc[i]!, true);
      }
      one.update(bytes);
      rows += n;
      options.onRows?.(n);
      if (n < BLOCK_ROWS) break;
      at = block.timeMs[n - 1]! + 1;
    }
    whole.update(`${series} ${one.digest('hex')}\n`);
  }
  return {series: inventory.length, rows, sha256: whole.digest('hex')};
}
