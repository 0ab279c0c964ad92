import {EARLIEST_TIME_MS} from '#model';
import {
  type LimitsInForce,
  type Observation,
  type ObservationReader,
  QC_TEST,
  type RowColumns,
} from '#schemas';
import type {Series} from './message.ts';

/** Series read at the same time: a start has hundreds, and messages of others must get through meanwhile. */
const READS_AT_ONCE = 8;
/** Time before a read that failed is made again, ms. Its messages wait, unacknowledged. */
const RETRY_MS = 1000;
const FOR_EVER_MS = 8.64e15;

type Reader = Pick<ObservationReader, 'rows' | 'latest'>;

/**
 * Brings series into memory when their first message comes: the newest rows that their next verdicts depend on. A series
 * without rows is ready at once.
 */
export function createSeriesLoader(options: {
  reader: Reader;
  loaded: (series: Series) => void;
  log: (line: {event: string} & Record<string, unknown>) => void;
}) {
  const {reader, loaded, log} = options;
  const waiting: Series[] = [];
  let reading = 0;

  async function credibleRows(series: Series, newestMs: number): Promise<{rows: RowColumns; whole: boolean}> {
    const needed = series.rowsNeeded();
    for (const fromMs of startsOfRanges(series.limits, needed, newestMs)) {
      const rows = await reader.rows({series: series.series, fromMs, toMs: FOR_EVER_MS});
      const whole = fromMs <= EARLIEST_TIME_MS;
      if (whole) return {rows, whole};
      let credible = 0;
      for (const qc of rows.qc) if ((qc & QC_TEST.time) === 0) credible++;
      if (credible >= needed) return {rows, whole};
    }
    throw new Error('unreachable: the last range is everything');
  }

  async function read(series: Series, newest: Observation): Promise<void> {
    const {rows, whole} = await credibleRows(series, newest.timeMs);
    const windAt =
      series.needsWind && series.wind ? await windOver(series.wind.series, rows) : () => Number.NaN;
    series.resume(rows, whole, newest, windAt);
  }

  async function windOver(wind: number, rows: RowColumns): Promise<(timeMs: number) => number> {
    if (rows.timeMs.length === 0) return () => Number.NaN;
    const speeds = await reader.rows({series: wind, fromMs: rows.timeMs[0]!, toMs: rows.timeMs.at(-1)! + 1});
    const at = new Map<number, number>();
    for (let i = 0; i < speeds.timeMs.length; i++) at.set(speeds.timeMs[i]!, speeds.value[i]!);
    return (timeMs) => at.get(timeMs) ?? Number.NaN;
  }

  function next(): void {
    while (reading < READS_AT_ONCE && waiting.length > 0) {
      const series = waiting.shift()!;
      const [row] = reader.latest([series.series]);
      if (row === undefined) {
        series.start();
        loaded(series);
        continue;
      }
      reading++;
      read(series, {...row, datastream: series.id}).then(
        () => {
          reading--;
          loaded(series);
          next();
        },
        (error: unknown) => {
          reading--;
          log({event: 'series_unread', series: series.id, message: String(error)});
          setTimeout(() => {
            waiting.push(series);
            next();
          }, RETRY_MS).unref();
          next();
        },
      );
    }
  }

  return {
    /** Ready now, without a wait, if the store has no rows of it. */
    tryStart(series: Series): boolean {
      if (reader.latest([series.series]).length > 0) return false;
      series.start();
      return true;
    },
    load(series: Series): void {
      if (series.loading) return;
      series.loading = true;
      waiting.push(series);
      next();
    },
  };
}

/** From where to read: enough at the nominal interval, then with gaps, then everything. */
function* startsOfRanges(limits: LimitsInForce, needed: number, newestMs: number): Generator<number> {
  if (limits.intervalS !== null) {
    const usualMs = needed * limits.intervalS * 1000;
    yield newestMs - 1.5 * usualMs;
    yield newestMs - 20 * usualMs;
  }
  yield EARLIEST_TIME_MS;
}
