import {
  accumulate,
  BASE_BUCKET_MS,
  type Buckets,
  composeColumns,
  composeRollUps,
  findGaps,
  GAP_INTERVALS,
  hasCensored,
  type RollUpColumns,
  rollUp,
  rollUpPoints,
  thin,
  thinRollUps,
  zonedBoundaries,
} from '#model';
import {
  type Bucket,
  type Gap,
  QC_CENSORED,
  type RollUp,
  type RollUpRow,
  type SeriesPoint,
  type SeriesQuery,
  type SeriesResult,
} from '#schemas';
import {mergeRows} from './merge-rows.ts';
import type {SeriesInfo} from './options.ts';
import {readQuarters} from './quarter-reader.ts';
import {type Columns, columns} from './row-arrays.ts';
import {type SeriesReader, withFlags} from './series-reader.ts';
import {type SeriesSnapshot, within} from './series-snapshot.ts';
import {mergeTiers, rowsIn, type TierColumns, tierColumns} from './tier-columns.ts';

type Tier = Exclude<Bucket, 'raw'>;
type ChartQuery = SeriesQuery & {points: number; bucket?: Bucket; dayStartHour?: number};
type RollUpQuery = SeriesQuery & {bucket: Tier; dayStartHour?: number};

const UTC_BUCKET_MS: Partial<Record<Tier, number>> = {PT1M: 60_000, PT15M: BASE_BUCKET_MS, PT1H: 3_600_000};
/** Reading this many times the points asked for row by row costs less than the tier would save. */
const ROWS_A_POINT = 3;
/** No series is longer. */
const LONGEST_MS = 100 * 365.25 * 86_400_000;

/** Points and roll-ups of one series. */
export class ChartReader {
  readonly #reader: SeriesReader;

  constructor(reader: SeriesReader) {
    this.#reader = reader;
  }

  async series(query: ChartQuery, info: SeriesInfo | null, nowMs: number): Promise<SeriesResult> {
    if (query.bucket !== undefined && query.bucket !== 'raw') {
      return this.#bucketed({...query, bucket: query.bucket}, info, nowMs);
    }
    const kind = info?.rollUp ?? 'mean';
    const snapshot = this.#reader.snapshots.take(query);
    const byQuarters =
      query.bucket === undefined &&
      query.flags === undefined &&
      query.asOfMs === undefined &&
      query.asStored !== true &&
      query.toMs - query.fromMs >= BASE_BUCKET_MS * query.points;
    const expected = expectedRows(query, snapshot);
    if (byQuarters && !mayBeCensored(snapshot) && expected > ROWS_A_POINT * query.points) {
      const quarters = await this.#quarters(query, snapshot, kind);
      if (rowsIn(quarters) > query.points) return this.#ofQuarters(query, quarters, info, nowMs);
    }
    const all = await this.#reader.rowsOf(query, snapshot);
    const rows = withFlags(all, query.flags);
    // The road taken must not show: long buckets are made of quarter hours also where all rows were read.
    if (byQuarters && rows.timeMs.length > query.points && !hasCensored(rows.qc)) {
      return this.#ofQuarters(query, tierColumns(rows, kind), info, nowMs);
    }
    return {
      points: thin(rows, {points: query.points, fromMs: query.fromMs, toMs: query.toMs, kind}),
      gaps: this.#gaps(query, info, nowMs, all.timeMs[0], (fromMs, toMs, intervalS) =>
        findGaps(all.timeMs, fromMs, toMs, intervalS, all.value),
      ),
      rows: rows.timeMs.length,
    };
  }

  /** Whole buckets that cover the query's range, so that a bucket does not depend on who asks. */
  async rollUp(query: RollUpQuery, info: SeriesInfo | null): Promise<RollUpRow[]> {
    const kind = info?.rollUp ?? 'mean';
    const range = this.#wholeBuckets(query, info);
    if (!range) return [];
    return rollUpOf(await this.#read(query, range, kind), range, kind);
  }

  async #bucketed(
    query: RollUpQuery & {points: number},
    info: SeriesInfo | null,
    nowMs: number,
  ): Promise<SeriesResult> {
    const kind = info?.rollUp ?? 'mean';
    const range = this.#wholeBuckets(query, info);
    if (!range) return {points: [], gaps: this.#gaps(query, info, nowMs, undefined, () => []), rows: 0};
    const source = await this.#read(query, range, kind);
    let points = rollUpPoints(rollUpOf(source, range, kind));
    if (points.length > query.points) {
      const few = {...range, points: query.points, kind};
      // Limits are joined from the rows alone: a mean of means would take them for values.
      points =
        'rows' in source && hasCensored(source.rows.qc)
          ? thin(source.rows, few)
          : thinRollUps(columnsOf(source, range, kind), few);
    }
    const quarters = 'rows' in source ? tierColumns(source.rows, kind) : source.quarters;
    return {
      points,
      gaps: this.#gaps(query, info, nowMs, firstValueMs(quarters), (fromMs, toMs, intervalS) =>
        'rows' in source
          ? findGaps(source.rows.timeMs, fromMs, toMs, intervalS, source.rows.value)
          : gapsOfQuarters(quarters, fromMs, toMs, intervalS),
      ),
      rows: rowsIn(quarters),
    };
  }

  #ofQuarters(
    query: ChartQuery,
    quarters: TierColumns,
    info: SeriesInfo | null,
    nowMs: number,
  ): SeriesResult {
    const kind = info?.rollUp ?? 'mean';
    const fromMs = floorTo(query.fromMs, BASE_BUCKET_MS);
    const points = thinRollUps(quarters, {points: query.points, fromMs, toMs: query.toMs, kind});
    widen(points, quarters);
    // The first quarter hour may begin before the range, its rows do not.
    if (points[0] && points[0].timeMs < query.fromMs) points[0].timeMs = query.fromMs;
    return {
      points,
      gaps: this.#gaps(query, info, nowMs, firstValueMs(quarters), (from, to, intervalS) =>
        gapsOfQuarters(quarters, from, to, intervalS),
      ),
      rows: rowsIn(quarters),
    };
  }

  /** Quarter hours of exactly the query's rows: the stored ones inside, the two cut ones at its ends from rows. */
  async #quarters(query: SeriesQuery, snapshot: SeriesSnapshot, kind: RollUp): Promise<TierColumns> {
    const fromMs = Math.ceil(query.fromMs / BASE_BUCKET_MS) * BASE_BUCKET_MS;
    const toMs = floorTo(query.toMs, BASE_BUCKET_MS);
    let ends = columns(0);
    for (const end of [
      {series: query.series, fromMs: query.fromMs, toMs: fromMs},
      {series: query.series, fromMs: toMs, toMs: query.toMs},
    ]) {
      if (end.fromMs >= end.toMs) continue;
      ends = mergeRows(ends, await this.#reader.rowsOf(end, within(snapshot, end)));
    }
    const inner = {...query, fromMs, toMs};
    const stored = await readQuarters(this.#reader.cold, inner, within(snapshot, inner), kind);
    return ends.timeMs.length === 0 ? stored : mergeTiers(stored, tierColumns(ends, kind));
  }

  /** Rows where only they tell, else quarter hours. */
  async #read(query: RollUpQuery, range: WholeBuckets, kind: RollUp): Promise<TierSource> {
    const whole = {...query, fromMs: range.fromMs, toMs: range.toMs};
    const snapshot = this.#reader.snapshots.take(whole);
    const fromRows =
      query.bucket === 'PT1M' ||
      query.flags !== undefined ||
      query.asOfMs !== undefined ||
      query.asStored === true ||
      mayBeCensored(snapshot) ||
      !range.ofQuarters;
    if (fromRows) return {rows: withFlags(await this.#reader.rowsOf(whole, snapshot), query.flags)};
    return {quarters: await readQuarters(this.#reader.cold, whole, snapshot, kind)};
  }

  /** The buckets that can hold rows of the query; null: there are no rows. */
  #wholeBuckets(query: RollUpQuery, info: SeriesInfo | null): WholeBuckets | null {
    let bounds = boundsOf(query, this.#reader.snapshots.take(query));
    if (bounds && bounds.lastMs - bounds.firstMs > LONGEST_MS) {
      // A row with an impossible time must not cost a million empty days.
      bounds = boundsOf(query, this.#reader.snapshots.take({...query, credible: true}));
    }
    if (!bounds) return null;
    const bucketMs = UTC_BUCKET_MS[query.bucket];
    if (bucketMs !== undefined) {
      const fromMs = floorTo(bounds.firstMs, bucketMs);
      const toMs = floorTo(bounds.lastMs, bucketMs) + bucketMs;
      return {buckets: {bucketMs}, fromMs, toMs, ofQuarters: bucketMs % BASE_BUCKET_MS === 0};
    }
    const buckets = zonedBoundaries(
      bounds.firstMs,
      bounds.lastMs + 1,
      info?.timeZone ?? 'UTC',
      query.bucket as 'P1D' | 'P1M',
      query.dayStartHour ?? 0,
    );
    return {
      buckets,
      fromMs: buckets[0]!,
      toMs: buckets.at(-1)!,
      // Old local times are seconds apart from UTC.
      ofQuarters: buckets.every((boundary) => boundary % BASE_BUCKET_MS === 0),
    };
  }

  /** Gaps in what of the range has been: from the series' first row on, up to now. */
  #gaps(
    query: SeriesQuery,
    info: SeriesInfo | null,
    nowMs: number,
    firstMs: number | undefined,
    find: (fromMs: number, toMs: number, intervalS: number) => Gap[],
  ): Gap[] {
    const intervalS = info?.limits.intervalS ?? null;
    if (intervalS === null) return [];
    const hadBefore = this.#reader.snapshots.hasBefore(query.series, query.fromMs);
    const fromMs = hadBefore ? query.fromMs : firstMs;
    const toMs = Math.min(query.toMs, nowMs);
    if (fromMs === undefined || fromMs >= toMs) return [];
    return find(fromMs, toMs, intervalS);
  }
}

type TierSource = {rows: Columns} | {quarters: TierColumns};
type WholeBuckets = {buckets: Buckets; fromMs: number; toMs: number; ofQuarters: boolean};

function rollUpOf(source: TierSource, range: WholeBuckets, kind: RollUp): RollUpRow[] {
  return 'rows' in source
    ? rollUp(source.rows, range.buckets, kind)
    : composeRollUps(source.quarters, range.buckets, kind);
}

/**
 * Whether some rows may hold a limit in place of a value: quarter hours know no limits, so a file with such rows has none of
 * the series.
 */
function mayBeCensored({files, hot, revisions}: SeriesSnapshot): boolean {
  return (
    files.some(({tierKind}) => tierKind === null) ||
    revisions.some(({value, qc}) => value !== null && (qc & QC_CENSORED) !== 0) ||
    hasCensored(hot.qc)
  );
}

function columnsOf(source: TierSource, {buckets}: WholeBuckets, kind: RollUp): RollUpColumns {
  return 'rows' in source ? accumulate(source.rows, buckets, kind) : composeColumns(source.quarters, buckets);
}

function floorTo(timeMs: number, stepMs: number): number {
  return Math.floor(timeMs / stepMs) * stepMs;
}

/** Times of the first and the last row that a query can find, as far as the manifest tells. */
function boundsOf(
  query: SeriesQuery,
  {files, hot}: SeriesSnapshot,
): {firstMs: number; lastMs: number} | null {
  let firstMs = hot.timeMs[0] ?? Number.POSITIVE_INFINITY;
  let lastMs = hot.timeMs.at(-1) ?? Number.NEGATIVE_INFINITY;
  for (const file of files) {
    firstMs = Math.min(firstMs, file.t0);
    lastMs = Math.max(lastMs, file.t1);
  }
  firstMs = Math.max(firstMs, query.fromMs);
  lastMs = Math.min(lastMs, query.toMs - 1);
  return firstMs <= lastMs ? {firstMs, lastMs} : null;
}

/** Rows of the query if those of a file lie evenly. */
function expectedRows(query: SeriesQuery, {files, hot}: SeriesSnapshot): number {
  let rows = hot.timeMs.length;
  for (const {t0, t1, n} of files) {
    const overlap = Math.min(t1 + 1, query.toMs) - Math.max(t0, query.fromMs);
    rows += n * Math.min(1, overlap / (t1 + 1 - t0));
  }
  return rows;
}

/** Lets failed extremes show: a picture of all values is asked for. */
function widen(points: SeriesPoint[], quarters: TierColumns): void {
  let at = 0;
  for (let i = 0; i < quarters.startMs.length; i++) {
    while (at + 1 < points.length && points[at + 1]!.timeMs <= quarters.startMs[i]!) at++;
    const point = points[at]!;
    const low = quarters.minAll[i]!;
    const high = quarters.maxAll[i]!;
    if (!Number.isNaN(low)) point.min = point.min === null ? low : Math.min(point.min, low);
    if (!Number.isNaN(high)) point.max = point.max === null ? high : Math.max(point.max, high);
  }
}

function firstValueMs(quarters: TierColumns): number | undefined {
  return quarters.firstMs.find((timeMs) => !Number.isNaN(timeMs));
}

/** Gaps between quarter hours; one inside a quarter hour does not show at this scale. */
function gapsOfQuarters(quarters: TierColumns, fromMs: number, toMs: number, intervalS: number): Gap[] {
  const gaps: Gap[] = [];
  let lastMs: number | null = null;
  for (let i = 0; i < quarters.startMs.length; i++) {
    const firstMs = quarters.firstMs[i]!;
    if (Number.isNaN(firstMs) || quarters.lastMs[i]! < fromMs || firstMs >= toMs) continue;
    if (lastMs === null) gaps.push(...findGaps([firstMs], fromMs, firstMs + 1, intervalS));
    else if (firstMs - lastMs > GAP_INTERVALS * intervalS * 1000) {
      gaps.push(...findGaps([lastMs, firstMs], lastMs, firstMs + 1, intervalS));
    }
    lastMs = quarters.lastMs[i]!;
  }
  gaps.push(
    ...(lastMs === null
      ? findGaps([], fromMs, toMs, intervalS)
      : findGaps([lastMs], lastMs, toMs, intervalS)),
  );
  return gaps;
}
