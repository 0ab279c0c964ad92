/** One figure of a benchmark. `against` names what it is compared with in the same run, `ratio` is value ÷ that. */
export type Result = {id: string; value: number; unit: string; against?: string; ratio?: number};

/** A benchmark tells its figures as it has them; `progress` goes to stderr, for a person who waits. */
export type Bench = (tell: {
  result: (result: Result) => void;
  progress: (text: string) => void;
}) => Promise<void>;

function shown(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  const size = Math.abs(value);
  if (size >= 1000) return Math.round(value).toLocaleString('en-US');
  return size >= 100 ? value.toFixed(0) : size >= 10 ? value.toFixed(1) : value.toFixed(2);
}

/** Figures as a table for a terminal. */
export function table(results: readonly Result[]): string {
  const rows = results.map(({id, value, unit, against, ratio}) => [
    id,
    shown(value),
    unit,
    ratio === undefined ? '' : `${ratio.toFixed(2)} × ${against ?? ''}`,
  ]);
  const widths = [0, 1, 2].map((column) => Math.max(0, ...rows.map((row) => row[column]!.length)));
  return rows
    .map(([id, value, unit, ratio]) =>
      `${id!.padEnd(widths[0]!)}  ${value!.padStart(widths[1]!)} ${unit!.padEnd(widths[2]!)}  ${ratio}`.trimEnd(),
    )
    .join('\n');
}

/** The middle one; of an even number, the mean of the middle two. NaN for none. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const half = sorted.length / 2;
  if (sorted.length === 0) return Number.NaN;
  return sorted.length % 2 === 1 ? sorted[Math.floor(half)]! : (sorted[half - 1]! + sorted[half]!) / 2;
}

/** The value that a fraction of the values does not exceed (nearest rank). NaN for none. */
export function quantile(values: readonly number[], fraction: number): number {
  if (values.length === 0) return Number.NaN;
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(fraction * sorted.length) - 1))]!;
}
