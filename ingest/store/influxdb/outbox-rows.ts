import {type RowArrays, rowArrays} from '../embedded/row-arrays.ts';

/** Bytes of one row in the outbox. */
export const ROW_BYTES = 32;

/** Chosen rows as one block of bytes: the columns one after the other, in this machine's byte order. */
export function packRows(rows: RowArrays, chosen: readonly number[]): Uint8Array {
  const n = chosen.length;
  const bytes = new ArrayBuffer(n * ROW_BYTES);
  const wide = new Float64Array(bytes, 0, n * 3);
  const narrow = new Int32Array(bytes, n * 24, n * 2);
  for (let i = 0; i < n; i++) {
    const row = chosen[i]!;
    wide[i] = rows.timeMs[row]!;
    wide[n + i] = rows.value[row]!;
    wide[2 * n + i] = rows.receivedMs[row]!;
    narrow[i] = rows.series[row]!;
    narrow[n + i] = rows.qc[row]!;
  }
  return new Uint8Array(bytes);
}

export function unpackRows(bytes: Uint8Array): RowArrays {
  const n = bytes.byteLength / ROW_BYTES;
  // A copy: what a database gives need not begin at a multiple of eight.
  const {buffer} = bytes.slice();
  return {
    timeMs: new Float64Array(buffer.slice(0, n * 8)),
    value: new Float64Array(buffer.slice(n * 8, n * 16)),
    receivedMs: new Float64Array(buffer.slice(n * 16, n * 24)),
    series: new Int32Array(buffer.slice(n * 24, n * 28)),
    qc: new Int32Array(buffer.slice(n * 28, n * 32)),
  };
}

/** The chosen rows, in their order. */
export function chooseRows(rows: RowArrays, chosen: readonly number[]): RowArrays {
  const some = rowArrays(chosen.length);
  chosen.forEach((row, i) => {
    some.timeMs[i] = rows.timeMs[row]!;
    some.series[i] = rows.series[row]!;
    some.value[i] = rows.value[row]!;
    some.qc[i] = rows.qc[row]!;
    some.receivedMs[i] = rows.receivedMs[row]!;
  });
  return some;
}
