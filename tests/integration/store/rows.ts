/** The rows of the kill test by number: the writer and the ledger agree on what each must be. */
import type {Row} from '#schemas';
import type {SeriesInfo} from '../../../ingest/store/index.ts';

export const BATCH_ROWS = 6;
export const SERIES = 12;
const STEP_MS = 60_000;
/** 2025-10-20: two months, so that files of closed months are written anew too. */
const START = Date.UTC(2025, 9, 20);
/** Row 12 i + s is of series s + 1; every 50th is of an earlier day than its neighbours, as a back-fill is. */
const BACK_MS = 3 * 86_400_000;

export function rowOf(number: number): Row {
  const place = Math.floor(number / SERIES);
  const timeMs = START + BACK_MS + place * STEP_MS - (place % 50 === 49 ? BACK_MS - 500 : 0);
  const value = number % 97 === 5 ? null : (number % 1000) / 8;
  return {
    timeMs,
    series: (number % SERIES) + 1,
    value,
    receivedMs: timeMs + 500,
    qc: value === null ? 9 : 1,
  };
}

const INFO: SeriesInfo = {
  limits: {
    hardRange: [-1000, 1000],
    suspectRange: null,
    intervalS: 60,
    ratePerS: null,
    spike: null,
    flatLine: null,
  },
  rollUp: 'mean',
  latitudeDeg: 29.58,
  longitudeDeg: 106.71,
  timeZone: 'Asia/Shanghai',
  companion: null,
};

export function knownSeries(series: number): SeriesInfo | undefined {
  return series >= 1 && series <= SERIES ? INFO : undefined;
}
