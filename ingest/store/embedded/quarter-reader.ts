import {BASE_BUCKET_MS, hasCensored} from '#model';
import type {RollUp, SeriesQuery} from '#schemas';
import type {ColdSource} from './cold-source.ts';
import {mergeRows, pick} from './merge-rows.ts';
import {revise} from './revise.ts';
import type {Columns} from './row-arrays.ts';
import type {SeriesFile, SeriesSnapshot} from './series-snapshot.ts';
import {emptyTier, mergeTiers, type TierColumns, tierColumns, tierOutside} from './tier-columns.ts';

type Range = {fromMs: number; toMs: number};

/** With more stretches than this to be made from rows, reading all rows is as quick. */
const MOST_STRETCHES = 200;

/**
 * Quarter hours of one series in [fromMs, toMs) (whole quarter hours): from the tier files where these still tell the
 * truth, and from the rows, in order of time, where a row came later, a verdict changed, or two files share a quarter
 * hour. The result is that of all rows, bit for bit.
 */
export async function readQuarters(
  cold: ColdSource,
  query: Pick<SeriesQuery, 'series'> & Range,
  snapshot: SeriesSnapshot,
  kind: RollUp,
): Promise<TierColumns> {
  const tiered = tieredFiles(snapshot, kind);
  const stored = await cold.quarters(
    tiered.map((file) => file.tier!),
    query,
  );
  const stretches = stretchesToRead(query, snapshot, tiered, stored);
  if (stretches.length === 0) return stored;
  const rows = await readStretches(cold, query.series, snapshot, stretches);
  return mergeTiers(tierOutside(stored, stretches), tierColumns(rows, kind));
}

/**
 * Those quarter hours alone that are not stored, or not as they are now; each file has quarter hours of its own. null: some
 * of their rows hold a limit in place of a value, which quarter hours do not know.
 */
export async function changedQuarters(
  cold: ColdSource,
  query: Pick<SeriesQuery, 'series'> & Range,
  snapshot: SeriesSnapshot,
  kind: RollUp,
): Promise<TierColumns | null> {
  const stretches = stretchesToRead(query, snapshot, tieredFiles(snapshot, kind), emptyTier(0));
  const rows = await readStretches(cold, query.series, snapshot, stretches);
  return hasCensored(rows.qc) ? null : tierColumns(rows, kind);
}

function tieredFiles({files}: SeriesSnapshot, kind: RollUp): SeriesFile[] {
  return files.filter((file) => file.tierKind === kind && file.tier !== null);
}

/** The stretches whose rows must be read; all of the query where that is as quick. */
function stretchesToRead(
  query: Range,
  snapshot: SeriesSnapshot,
  tiered: readonly SeriesFile[],
  stored: TierColumns,
): Range[] {
  const stale = staleStretches(query, snapshot, tiered, stored);
  const staleMs = stale.reduce((sum, stretch) => sum + stretch.toMs - stretch.fromMs, 0);
  const all = stale.length > MOST_STRETCHES || staleMs > (query.toMs - query.fromMs) / 2;
  return all ? [{fromMs: query.fromMs, toMs: query.toMs}] : stale;
}

/** Where the stored quarter hours are not those of the rows: merged, in order, whole quarter hours inside the query. */
function staleStretches(
  query: Range,
  {files, hot, revisions}: SeriesSnapshot,
  tiered: readonly SeriesFile[],
  stored: TierColumns,
): Range[] {
  const stale: Range[] = [];
  const add = (fromMs: number, lastMs: number): void => {
    const from = Math.max(query.fromMs, Math.floor(fromMs / BASE_BUCKET_MS) * BASE_BUCKET_MS);
    const to = Math.min(query.toMs, (Math.floor(lastMs / BASE_BUCKET_MS) + 1) * BASE_BUCKET_MS);
    if (from < to) stale.push({fromMs: from, toMs: to});
  };
  for (const timeMs of hot.timeMs) add(timeMs, timeMs);
  for (const file of files) if (!tiered.includes(file)) add(file.t0, file.t1);
  for (const revision of revisions) {
    for (const file of tiered) {
      if (revision.id > file.revisionSeq && revision.fromMs <= file.t1 && revision.toMs >= file.t0) {
        add(Math.max(revision.fromMs, file.t0), Math.min(revision.toMs, file.t1));
      }
    }
  }
  for (let i = 1; i < stored.startMs.length; i++) {
    if (stored.startMs[i] === stored.startMs[i - 1]) add(stored.startMs[i]!, stored.startMs[i]!);
  }
  stale.sort((a, b) => a.fromMs - b.fromMs);
  const merged: Range[] = [];
  for (const stretch of stale) {
    const last = merged.at(-1);
    if (last && stretch.fromMs <= last.toMs) last.toMs = Math.max(last.toMs, stretch.toMs);
    else merged.push({...stretch});
  }
  return merged;
}

/** All rows of some stretches, with their newest verdicts, oldest first. */
async function readStretches(
  cold: ColdSource,
  series: number,
  {files, hot, revisions}: SeriesSnapshot,
  stretches: readonly Range[],
): Promise<Columns> {
  const raw = files
    .filter((file) => stretches.some((stretch) => file.t0 < stretch.toMs && file.t1 >= stretch.fromMs))
    .map((file) => file.raw);
  const stored = await cold.rowsIn(raw, series, stretches);
  const late = pick(hot, (i) => inside(stretches, hot.timeMs[i]!));
  const rows = mergeRows(stored, late);
  revise(rows, revisions);
  return rows;
}

/** Whether a time lies in one of the stretches (in order, apart). */
function inside(stretches: readonly Range[], timeMs: number): boolean {
  let low = 0;
  let high = stretches.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (stretches[middle]!.toMs <= timeMs) low = middle + 1;
    else high = middle;
  }
  return low < stretches.length && stretches[low]!.fromMs <= timeMs;
}
