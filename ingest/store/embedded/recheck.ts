import {affectedRows, checkSeries, contextRows, settledRange} from '#model';
import {QC_CORRECTED, QC_VERDICT_MASK} from '#schemas';
import type {SeriesInfo} from './options.ts';
import type {Interval} from './protocol.ts';
import type {RecheckAnswer} from './reader-protocol.ts';
import {revise} from './revise.ts';
import type {SeriesReader} from './series-reader.ts';

/** Rows of one check at most: the rest of a long stretch follows in another. */
const MOST_ROWS = 50_000;
const HOUR_MS = 3_600_000;
const NEVER_MS = 8.64e15;

/** Makes the tests again for the rows of a stretch and for the neighbours whose verdict it can change. */
export async function recheck(
  reader: SeriesReader,
  {series, fromMs, toMs}: Interval,
  info: SeriesInfo,
): Promise<RecheckAnswer> {
  const {limits} = info;
  const affected = affectedRows(limits);
  const middle = await reader.rows({series, fromMs, toMs: toMs + 1}, MOST_ROWS);
  const doneToMs = middle.more ? middle.lastMs! : toMs;
  const before = await startOfContext(
    reader,
    series,
    fromMs,
    contextRows(limits) + affected.before,
    limits.intervalS,
  );
  const after = await endOfContext(reader, series, doneToMs, affected.after + 1);

  const range = {series, fromMs: before.fromMs, toMs: after.lastMs + 1};
  const snapshot = reader.snapshots.take({...range, credible: true});
  const rows = await reader.storedRows(range, snapshot);
  const inForce = revise(rows, snapshot.revisions);
  const companion =
    limits.flatLine?.unless === 'calm' && info.companion !== null
      ? (await reader.rows({...range, series: info.companion})).rows
      : null;
  const checked = checkSeries(rows, limits, info, companion);
  const settled = settledRange(rows, limits, {fromStart: before.all, toEnd: after.all});

  const changed: RecheckAnswer['changed'] = [];
  for (let i = settled.from; i < settled.to; i++) {
    if ((checked[i]! & QC_VERDICT_MASK) === (rows.qc[i]! & QC_VERDICT_MASK)) continue;
    const held = inForce && inForce.verdict[i]! >= 0 ? snapshot.revisions[inForce.verdict[i]!]! : null;
    changed.push({
      timeMs: rows.timeMs[i]!,
      qc: checked[i]! & ~QC_CORRECTED,
      // Not above the one in force: the next verdict of the stream must still count.
      version: held?.version ?? 1,
    });
  }
  return {changed, doneToMs};
}

/** Where the last `rows` rows before a time begin; `all`: there are no more before them. */
async function startOfContext(
  reader: SeriesReader,
  series: number,
  timeMs: number,
  rows: number,
  intervalS: number | null,
): Promise<{fromMs: number; all: boolean}> {
  for (let spanMs = rows * 2 * (intervalS === null ? HOUR_MS : intervalS * 1000); ; spanMs *= 8) {
    const range = {series, fromMs: timeMs - spanMs, toMs: timeMs};
    const found = await reader.rowsOf(range, reader.snapshots.take({...range, credible: true}));
    const n = found.timeMs.length;
    if (n >= rows) return {fromMs: found.timeMs[n - rows]!, all: false};
    if (!reader.snapshots.hasBefore(series, range.fromMs)) {
      return {fromMs: n > 0 ? found.timeMs[0]! : timeMs, all: true};
    }
  }
}

/** Time of the last of the first `rows` rows after a time; `all`: there are no more after them. */
async function endOfContext(
  reader: SeriesReader,
  series: number,
  timeMs: number,
  rows: number,
): Promise<{lastMs: number; all: boolean}> {
  const range = {series, fromMs: timeMs + 1, toMs: NEVER_MS};
  const snapshot = reader.snapshots.take({...range, credible: true, limit: rows});
  const found = await reader.storedRows(range, snapshot, rows);
  const n = found.timeMs.length;
  return {lastMs: n > 0 ? found.timeMs[n - 1]! : timeMs, all: n < rows};
}
