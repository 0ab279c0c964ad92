/** A morning of one series, on which the kill test of revisions rules. */
import {FLAG, type Row} from '../../../schemas/index.ts';

export const REVISED = 1;
export const START_MS = Date.UTC(2026, 9, 11);
const ROWS = 240;
export const END_MS = START_MS + (ROWS - 1) * 60_000;

export function rowsToRevise(): Row[] {
  return Array.from({length: ROWS}, (_, i) => ({
    timeMs: START_MS + i * 60_000,
    series: REVISED,
    value: 10 + (i % 3),
    receivedMs: START_MS + i * 60_000 + 500,
    qc: FLAG.pass,
  }));
}
