import {type Columns, columns} from './row-arrays.ts';

/** Two sorted sets of rows of one series as one; where both have a time, the row of `b`. The first `limit` if given. */
export function mergeRows(a: Columns, b: Columns, limit = Number.POSITIVE_INFINITY): Columns {
  const total = a.timeMs.length + b.timeMs.length;
  if (b.timeMs.length === 0 && total <= limit) return a;
  if (a.timeMs.length === 0 && total <= limit) return b;
  const merged = columns(Math.min(limit, total));
  let i = 0;
  let j = 0;
  let k = 0;
  for (; k < merged.timeMs.length && (i < a.timeMs.length || j < b.timeMs.length); k++) {
    const fromA = j >= b.timeMs.length || (i < a.timeMs.length && a.timeMs[i]! < b.timeMs[j]!);
    if (!fromA && i < a.timeMs.length && a.timeMs[i] === b.timeMs[j]) i++;
    const source = fromA ? a : b;
    const at = fromA ? i++ : j++;
    merged.timeMs[k] = source.timeMs[at]!;
    merged.value[k] = source.value[at]!;
    merged.qc[k] = source.qc[at]!;
    merged.receivedMs[k] = source.receivedMs[at]!;
  }
  if (k === merged.timeMs.length) return merged;
  return {
    timeMs: merged.timeMs.slice(0, k),
    value: merged.value.slice(0, k),
    qc: merged.qc.slice(0, k),
    receivedMs: merged.receivedMs.slice(0, k),
  };
}

/** The rows for whose index `keep` is true. */
export function pick(rows: Columns, keep: (index: number) => boolean): Columns {
  const chosen: number[] = [];
  for (let i = 0; i < rows.timeMs.length; i++) if (keep(i)) chosen.push(i);
  if (chosen.length === rows.timeMs.length) return rows;
  return {
    timeMs: Float64Array.from(chosen, (i) => rows.timeMs[i]!),
    value: Float64Array.from(chosen, (i) => rows.value[i]!),
    qc: Int32Array.from(chosen, (i) => rows.qc[i]!),
    receivedMs: Float64Array.from(chosen, (i) => rows.receivedMs[i]!),
    ...(rows.storedValue && {storedValue: Float64Array.from(chosen, (i) => rows.storedValue![i]!)}),
    ...(rows.storedQc && {storedQc: Int32Array.from(chosen, (i) => rows.storedQc![i]!)}),
  };
}
