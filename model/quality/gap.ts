import type {Gap} from '#schemas';

/** No value for more than this many nominal intervals is a gap. */
export const GAP_INTERVALS = 3;

/**
 * Gap test (QARTOD test 1, as entries rather than rows): stretches of [fromMs, toMs) in which no value came for more than
 * three intervals: from the last value (or `fromMs`) to the next (or `toMs`), with the number of values missing between.
 * `timeMs` ascending; rows without a value (NaN in `value`) end no gap. Without a nominal interval there are no gaps.
 * The caller ends the range at the present and begins it no earlier than the series does.
 */
export function findGaps(
  timeMs: ArrayLike<number>,
  fromMs: number,
  toMs: number,
  intervalS: number | null,
  value?: ArrayLike<number>,
): Gap[] {
  const gaps: Gap[] = [];
  if (intervalS === null || !(intervalS > 0) || toMs <= fromMs) return gaps;
  const stepMs = intervalS * 1000;
  let lastMs: number | null = null;
  const add = (to: number): void => {
    const from = lastMs ?? fromMs;
    if (to - from <= GAP_INTERVALS * stepMs) return;
    const steps = (to - from) / stepMs;
    let missing = Math.floor(steps);
    // between two values both ends are there; towards the end of the range only the first is
    if (lastMs !== null) missing = to === toMs ? Math.ceil(steps) - 1 : Math.round(steps) - 1;
    gaps.push({fromMs: from, toMs: to, missing});
  };
  for (let row = 0; row < timeMs.length; row += 1) {
    const at = timeMs[row]!;
    if (at < fromMs) continue;
    if (at >= toMs) break;
    if (value !== undefined && Number.isNaN(value[row]!)) continue;
    add(at);
    lastMs = at;
  }
  add(toMs);
  return gaps;
}

/**
 * Values that a series with a nominal interval should have in [fromMs, toMs), rounded down: what is left of an interval
 * owes nothing yet. null without a nominal interval. For long ranges, where `findGaps` would want every row.
 */
export function expectedRows(range: {fromMs: number; toMs: number; intervalS: number | null}): number | null {
  const {fromMs, toMs, intervalS} = range;
  if (intervalS === null || !(intervalS > 0)) return null;
  return Math.max(0, Math.floor((toMs - fromMs) / (intervalS * 1000)));
}
