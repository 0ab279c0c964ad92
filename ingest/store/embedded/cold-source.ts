import type {SeriesQuery, VerdictCounts} from '#schemas';
import type {Columns} from './row-arrays.ts';
import type {TierColumns} from './tier-columns.ts';

/** Keys to be found, sorted or not; index i of the answer belongs to key i. */
export type Keys = {series: Int32Array<ArrayBuffer>; timeMs: Float64Array<ArrayBuffer>};

/** Of a key: it is not there, it is, or nobody can tell now (the place does not answer). */
export const KEY = {absent: 0, present: 1, unknown: 2} as const;

export type RangeOfSeries = Pick<SeriesQuery, 'series' | 'fromMs' | 'toMs'>;

/** What of a file counts: rows of these series, from when to when (both inclusive), and how many. */
export type HeldFile = {
  raw: string;
  t0: number;
  t1: number;
  series: readonly {series: number; t0: number; t1: number; n: number}[];
};
/** A stretch of one series, both ends inclusive. */
export type Stretch = {series: number; fromMs: number; toMs: number};
/** Bit fields of rows, as they were stored. */
export type BitColumns = {series: Int32Array; timeMs: Float64Array; qc: Int32Array};
/** Times of rows that are still hot, by series, where they lie in the time of files. */
export type HotTimes = ReadonlyMap<number, ReadonlySet<number>>;
/** Bit fields that one answer may hold: about 64 MB. */
export const MOST_BITS = 4_000_000;

/**
 * Where rows lie that are no longer hot: column files, or another database. `files` are names that the manifest gives
 * (`segment.raw`, `segment.tier`); what a file holds besides rows that were moved to it is never asked for.
 */
export type ColdSource = {
  /** Rows of one series with fromMs <= time < toMs, oldest first; the first `limit` of them if given. */
  rows(
    files: readonly string[],
    of: RangeOfSeries & {asOfMs?: number | undefined; limit?: number | undefined},
  ): Promise<Columns>;
  /** Rows of one series in several stretches, oldest first. */
  rowsIn(
    files: readonly string[],
    series: number,
    stretches: readonly {fromMs: number; toMs: number}[],
  ): Promise<Columns>;
  /** Which keys a file holds (KEY), and the values there (NaN: none). */
  lookUp(file: string, keys: Keys): Promise<{hit: Uint8Array<ArrayBuffer>; value: Float64Array<ArrayBuffer>}>;
  /** Stored quarter hours of one series, oldest first; one that lies in two files comes twice. */
  quarters(files: readonly string[], of: RangeOfSeries): Promise<TierColumns>;
  /** Whether a row may be there before it stops being hot: then the two questions below leave out what is hot. */
  readonly holdsHot: boolean;
  /** Rows of the series that files hold, counted by the verdict that they were stored with. */
  verdicts(files: readonly HeldFile[], edgesMs: readonly number[], hot: HotTimes): Promise<VerdictCounts>;
  /** Bit fields of the rows that files hold in some stretches, in any order. */
  bitsIn(files: readonly HeldFile[], stretches: readonly Stretch[], hot: HotTimes): Promise<BitColumns>;
  /** Ends all queries under way, and those that wait, with an error. */
  interrupt(): void;
  close(): void;
};
