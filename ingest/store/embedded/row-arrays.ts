import type {Row, RowColumns} from '#schemas';

/** Rows as columns, for the way to a worker: buffers move without a copy. `value` is NaN where there is none. */
export type RowArrays = {
  timeMs: Float64Array<ArrayBuffer>;
  series: Int32Array<ArrayBuffer>;
  value: Float64Array<ArrayBuffer>;
  qc: Int32Array<ArrayBuffer>;
  receivedMs: Float64Array<ArrayBuffer>;
};

export function rowArrays(capacity: number): RowArrays {
  return {
    timeMs: new Float64Array(capacity),
    series: new Int32Array(capacity),
    value: new Float64Array(capacity),
    qc: new Int32Array(capacity),
    receivedMs: new Float64Array(capacity),
  };
}

/** The same rows with room for `capacity`. */
export function grown(rows: RowArrays, capacity: number): RowArrays {
  const wide = rowArrays(capacity);
  wide.timeMs.set(rows.timeMs);
  wide.series.set(rows.series);
  wide.value.set(rows.value);
  wide.qc.set(rows.qc);
  wide.receivedMs.set(rows.receivedMs);
  return wide;
}

export function putRow(rows: RowArrays, at: number, row: Row): void {
  rows.timeMs[at] = row.timeMs;
  rows.series[at] = row.series;
  rows.value[at] = row.value === null ? Number.NaN : row.value;
  rows.qc[at] = row.qc;
  rows.receivedMs[at] = row.receivedMs;
}

export function getRow(rows: RowArrays, at: number): Row {
  const value = rows.value[at]!;
  return {
    timeMs: rows.timeMs[at]!,
    series: rows.series[at]!,
    value: Number.isNaN(value) ? null : value,
    receivedMs: rows.receivedMs[at]!,
    qc: rows.qc[at]!,
  };
}

export function buffersOf(rows: RowArrays): ArrayBuffer[] {
  return [rows.timeMs.buffer, rows.series.buffer, rows.value.buffer, rows.qc.buffer, rows.receivedMs.buffer];
}

/** Columns of one series, writable and transferable. */
export type Columns = {
  [K in keyof RowColumns]: NonNullable<RowColumns[K]> extends Int32Array
    ? Int32Array<ArrayBuffer>
    : Float64Array<ArrayBuffer>;
};

export function columns(n: number): Columns {
  return {
    timeMs: new Float64Array(n),
    value: new Float64Array(n),
    qc: new Int32Array(n),
    receivedMs: new Float64Array(n),
  };
}

export function columnBuffers(rows: Columns): ArrayBuffer[] {
  return [rows.timeMs.buffer, rows.value.buffer, rows.qc.buffer, rows.receivedMs.buffer];
}

/** First index in `sorted` whose number is at least `least`. */
export function lowerBound(sorted: Float64Array, least: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (sorted[middle]! < least) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The buffers of the typed arrays in an answer (its fields, or those of its fields), to be moved. */
export function buffersIn(answer: unknown): ArrayBuffer[] {
  const found = new Set<ArrayBuffer>();
  const look = (thing: unknown, depth: number): void => {
    if (ArrayBuffer.isView(thing)) {
      if (
        thing.byteLength > 0 &&
        thing.buffer instanceof ArrayBuffer &&
        thing.byteLength === thing.buffer.byteLength
      ) {
        found.add(thing.buffer);
      }
    } else if (depth > 0 && thing !== null && typeof thing === 'object' && !Array.isArray(thing)) {
      for (const field of Object.values(thing)) look(field, depth - 1);
    }
  };
  look(answer, 2);
  return [...found];
}
