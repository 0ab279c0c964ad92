import {FLAG, type Flag} from '#schemas';

/** A phenomenon later than its arrival by more than this cannot be true; less is a clock that runs fast. */
export const FUTURE_TOLERANCE_MS = 600_000;
/** 1971-01-01T00:00Z: a clock that was never set starts at 1970. */
export const EARLIEST_TIME_MS = 31_536_000_000;

/**
 * Time test: fail for a time before 1971 or later than arrival + 10 min (both limits inclusive: they pass), else pass.
 * Such a row is stored, is never `latest` and takes no part as a neighbour in the other tests.
 */
export function timeFlag(timeMs: number, receivedMs: number): Flag {
  return timeMs < EARLIEST_TIME_MS || timeMs > receivedMs + FUTURE_TOLERANCE_MS ? FLAG.fail : FLAG.pass;
}
