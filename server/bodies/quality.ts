import {expectedRows} from '#model';
import {
  type Datastream,
  failedTests,
  flagOf,
  type QualityBody,
  type Registry,
  type VerdictCounts,
} from '#schemas';

export type QualityItem = QualityBody['items'][number];

/** Counts by week of each series, from counts by verdict. */
export function qualityItems(
  registry: Registry,
  datastreams: readonly Datastream[],
  counts: VerdictCounts,
  of: {edgesMs: readonly number[]; nowMs: number},
): QualityItem[] {
  const weeks = of.edgesMs.length - 1;
  const items = new Map<number, QualityItem>();
  for (const {id, series} of datastreams) {
    items.set(series, {datastream: id, rows: zeros(weeks), expected: [], flags: {}, failed: {}});
  }
  for (let i = 0; i < counts.series.length; i++) {
    const item = items.get(counts.series[i]!);
    if (!item) continue;
    const week = counts.span[i]!;
    const verdict = counts.verdict[i]!;
    const rows = counts.rows[i]!;
    item.rows[week]! += rows;
    const flag = String(flagOf(verdict));
    item.flags[flag] ??= zeros(weeks);
    item.flags[flag][week]! += rows;
    for (const test of failedTests(verdict)) {
      item.failed[test] ??= zeros(weeks);
      item.failed[test][week]! += rows;
    }
  }
  for (const datastream of datastreams) {
    const item = items.get(datastream.series)!;
    item.expected = expectedByWeek(registry, datastream, item.rows, of);
  }
  return [...items.values()];
}

const zeros = (n: number) => new Array<number>(n).fill(0);

/**
 * Rows that each week should have: while a device is deployed, and until now. What no device feeds is expected from the
 * week after its first one in the range, since nobody says when it began.
 */
function expectedByWeek(
  registry: Registry,
  {id, series}: Datastream,
  rows: readonly number[],
  {edgesMs, nowMs}: {edgesMs: readonly number[]; nowMs: number},
): (number | null)[] {
  const {intervalS} = registry.limits(series);
  const deployments = registry.deployments(id);
  const first = rows.findIndex((n) => n > 0);
  return rows.map((_, week) => {
    const weekFromMs = edgesMs[week]!;
    const weekToMs = Math.min(edgesMs[week + 1]!, nowMs);
    if (deployments.length === 0) {
      if (first < 0 || week <= first) return null;
      return expectedRows({fromMs: weekFromMs, toMs: weekToMs, intervalS});
    }
    let expected: number | null = intervalS === null ? null : 0;
    for (const {fromMs, toMs} of deployments) {
      const stretch = {fromMs: Math.max(fromMs, weekFromMs), toMs: Math.min(toMs ?? weekToMs, weekToMs)};
      if (expected !== null && stretch.fromMs < stretch.toMs) {
        expected += expectedRows({...stretch, intervalS}) ?? 0;
      }
    }
    return expected;
  });
}
